"""Translate a questionnaire, and measure how complete its translation is."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from flows.files.toml_text import reflow
from flows.model import Flow, Step
from flows.tools.catalogues import CHOOSE, Catalogue, Message, messages_of


class TranslationState(StrEnum):
    """The state of the translation of one sentence."""

    DONE = "done"
    MISSING = "missing"
    STALE = "stale"  # of an earlier sentence, or marked as not sure


@dataclass(frozen=True, slots=True)
class TranslationCoverage:
    """The state of every sentence in one language."""

    states: tuple[tuple[Message, TranslationState], ...]

    @property
    def complete(self) -> bool:
        """True if people can be asked in the language."""
        return not self.open

    @property
    def open(self) -> tuple[tuple[Message, TranslationState], ...]:
        """The sentences that still need work."""
        return tuple((m, state) for m, state in self.states if state is not TranslationState.DONE)

    @property
    def done(self) -> int:
        """The number of translated sentences."""
        return len(self.states) - len(self.open)


@dataclass(frozen=True, slots=True)
class IncompleteTranslation:
    """The reasons why a questionnaire cannot be asked in a language."""

    language: str
    coverage: TranslationCoverage
    indistinguishable: tuple[tuple[str, str], ...] = ()
    """Step and translation, where two choices would look the same."""


def measure_coverage(flow: Flow, catalogue: Catalogue) -> TranslationCoverage:
    """Classify each sentence of this version as translated, missing or stale."""
    return TranslationCoverage(tuple((m, _message_state(catalogue, m)) for m in messages_of(flow)))


def _message_state(catalogue: Catalogue, message: Message) -> TranslationState:
    entry = catalogue.entry(message)
    if entry is None:
        before = any(e.msgctxt == message.context and e.msgstr for e in catalogue.entries)
        return TranslationState.STALE if before else TranslationState.MISSING
    if entry.fuzzy:
        return TranslationState.STALE
    if not reflow(entry.msgstr):
        return TranslationState.STALE if entry.previous_msgid else TranslationState.MISSING
    return TranslationState.DONE


def same_as_original(flow: Flow, catalogue: Catalogue) -> tuple[Message, ...]:
    """Return sentences whose translation equals the original, by intention or by oversight."""
    done = (
        (m, catalogue.entry(m))
        for m, state in measure_coverage(flow, catalogue).states
        if state is TranslationState.DONE
    )
    return tuple(m for m, entry in done if entry and reflow(entry.msgstr) == m.text)


def translate(flow: Flow, catalogue: Catalogue) -> Flow | IncompleteTranslation:
    """Translate the whole questionnaire, or report what is missing."""
    coverage = measure_coverage(flow, catalogue)
    if not coverage.complete:
        return IncompleteTranslation(catalogue.language, coverage)
    texts = {m.context: _translated_text(catalogue, m) for m in messages_of(flow)}
    translated_flow = replace(
        flow,
        language=catalogue.language,
        choose=texts[CHOOSE],
        steps=tuple(_translate_step(step, texts) for step in flow.steps),
    )
    indistinguishable = tuple(
        pair for step in translated_flow.steps for pair in _indistinguishable_choices(step)
    )
    return (
        IncompleteTranslation(catalogue.language, coverage, indistinguishable)
        if indistinguishable
        else translated_flow
    )


def _translated_text(catalogue: Catalogue, message: Message) -> str:
    entry = catalogue.entry(message)
    return reflow(entry.msgstr) if entry else ""


def _translate_step(step: Step, texts: Mapping[str, str]) -> Step:
    choices = (replace(c, text=texts[f"{step.id}.{c.id}"]) for c in step.choices)
    return replace(
        step,
        text=texts[step.id],
        hint=texts[f"{step.id}.hint"] if step.hint else step.hint,
        skip=texts[f"{step.id}.skip"] if step.skip else step.skip,
        choices=tuple(choices),
    )


def _indistinguishable_choices(step: Step) -> Iterator[tuple[str, str]]:
    counted = Counter(choice.text.casefold() for choice in step.choices)
    yield from ((step.id, text) for text, count in counted.items() if count > 1)
