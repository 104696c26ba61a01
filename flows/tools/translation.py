"""Measure how complete a translation is, and translate a questionnaire."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from flows.files.toml_text import reflow
from flows.model import Flow, Step, compute_revision
from flows.tools.catalogues import Catalogue, Message, Source, forms_of, is_begun
from flows.tools.flow_messages import CHOOSE, flow_source

COMMAND = re.compile(r"(?<![\w/])/\w+")
PLACEHOLDER = re.compile(r"\{[^{}]*\}")


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


def measure_coverage(source: Source, catalogue: Catalogue) -> TranslationCoverage:
    """Classify each sentence of this version as translated, missing or stale."""
    return TranslationCoverage(tuple((m, _message_state(catalogue, m)) for m in source.messages))


def _message_state(catalogue: Catalogue, message: Message) -> TranslationState:
    entry = catalogue.entry(message)
    if entry is None:
        before = any(e.msgctxt == message.context and is_begun(e) for e in catalogue.entries)
        return TranslationState.STALE if before else TranslationState.MISSING
    if entry.fuzzy:
        return TranslationState.STALE
    wanted = catalogue.plural_rule.count if message.plural else 1
    if sum(bool(form.strip()) for form in forms_of(entry)) < wanted:
        return TranslationState.STALE if entry.previous_msgid else TranslationState.MISSING
    return TranslationState.DONE


def translated_forms(
    source: Source, catalogue: Catalogue
) -> Iterator[tuple[Message, tuple[str, ...]]]:
    """Yield each sentence that is translated, with its forms as they stand in the file."""
    for message, state in measure_coverage(source, catalogue).states:
        entry = catalogue.entry(message)
        if state is TranslationState.DONE and entry is not None:
            yield message, forms_of(entry)


def same_as_original(source: Source, catalogue: Catalogue) -> tuple[Message, ...]:
    """Return sentences whose translation equals the original, by intention or by oversight."""
    return tuple(
        message
        for message, forms in translated_forms(source, catalogue)
        if has_words(message.text)
        and {reflow(message.text), reflow(message.plural or message.text)} >= {*map(reflow, forms)}
    )


def has_words(text: str) -> bool:
    """Tell whether there is anything to translate besides commands and placeholders."""
    return any(map(str.isalpha, COMMAND.sub("", PLACEHOLDER.sub("", text))))


def translate(flow: Flow, catalogue: Catalogue) -> Flow | IncompleteTranslation:
    """Translate the whole questionnaire, or report what is missing."""
    source = flow_source(flow)
    coverage = measure_coverage(source, catalogue)
    if not coverage.complete:
        return IncompleteTranslation(catalogue.language, coverage)
    texts = {m.context: reflow(text) for m, (text,) in translated_forms(source, catalogue)}
    translated_flow = replace(
        flow,
        language=catalogue.language,
        choose=texts[CHOOSE],
        steps=tuple(_translate_step(step, texts) for step in flow.steps),
    )
    wording = compute_revision(
        flow.name, catalogue.language, translated_flow.choose, translated_flow.steps
    )
    translated_flow = replace(translated_flow, wording=wording)
    indistinguishable = tuple(
        pair for step in translated_flow.steps for pair in _indistinguishable_choices(step)
    )
    return (
        IncompleteTranslation(catalogue.language, coverage, indistinguishable)
        if indistinguishable
        else translated_flow
    )


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
