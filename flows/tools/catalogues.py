"""The words of a questionnaire in other languages: gettext catalogues, one a language.

A translation belongs to one English sentence: when the sentence changes, it stops being used and
stays beside the new one, for the translator to see. A questionnaire is offered in a language only
if every sentence is translated, so nobody is ever asked in two languages at once.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

import polib

from flows.checks.care import LONGEST_LABEL, MOST_WORDS
from flows.checks.problem import FlowProblems, Problem, did_you_mean
from flows.files.parser import words
from flows.model import Choice, Flow, Kind, Step

CHOOSE = "choose"
SIGNED = frozenset({Kind.PERMISSION, Kind.DETAIL, Kind.FORK})
"""Kinds whose words stand in a signed statement, or decide what one is about."""

WRITTEN = re.compile(r'#.*|((msg(ctxt|id|id_plural|str(\[\d\])?)\s*)?"([^"\\]|\\.)*")?')
"""A line of a ``.po`` file."""

LINE = re.compile(r"\(line (\d+)\)")
WIDTH = 78
SAME = "same meaning as before, said by"
EARLIER = "earlier translation:"

KINDS: Mapping[Kind, str] = {
    Kind.NOTE: "a note; nothing is asked",
    Kind.TEXT: "a question that is answered in own words",
    Kind.PERSON: "a question about a person, answered in a few words",
    Kind.ONE: "a question with one answer",
    Kind.MANY: "a question with several answers",
    Kind.SECTION: "a notice before something hard; it can be skipped",
    Kind.FORK: "the question what should happen with the story",
    Kind.PERMISSION: "this asks for a permission",
    Kind.DETAIL: "this narrows a permission",
    Kind.REVIEW: "the last look, before the second yes",
}


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence to translate: where it stands, and what a translator must know of it."""

    context: str
    text: str
    notes: tuple[str, ...] = ()
    step: str | None = None
    signed: bool = False


class State(StrEnum):
    """What a translation is worth."""

    DONE = "done"
    MISSING = "missing"
    STALE = "stale"  # of an earlier sentence, or marked as not sure


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The translations into one language; what it holds is changed in a copy only."""

    language: str
    file: str
    entries: tuple[polib.POEntry, ...] = field(repr=False)

    def entry(self, message: Message) -> polib.POEntry | None:
        """The translation of exactly this sentence at exactly this place."""
        return self._at.get((message.context, message.text))

    @property
    def _at(self) -> dict[tuple[str | None, str], polib.POEntry]:
        return {(e.msgctxt, e.msgid): e for e in self.entries if not e.obsolete}


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far a language is, sentence by sentence."""

    states: tuple[tuple[Message, State], ...]

    @property
    def complete(self) -> bool:
        """Whether people can be asked in it."""
        return not self.open

    @property
    def open(self) -> tuple[tuple[Message, State], ...]:
        """What is still to be done."""
        return tuple((m, state) for m, state in self.states if state is not State.DONE)

    @property
    def done(self) -> int:
        """How many sentences are translated."""
        return len(self.states) - len(self.open)


@dataclass(frozen=True, slots=True)
class Missing:
    """Why a questionnaire cannot be asked in a language."""

    language: str
    coverage: Coverage
    alike: tuple[tuple[str, str], ...] = ()
    """Step and translation, where two choices would look the same."""


def messages(flow: Flow) -> tuple[Message, ...]:
    """Every sentence of a questionnaire, in its order."""
    hello = Message(CHOOSE, flow.choose, ("how the talk is called at hello, on a button",))
    return (hello, *(message for step in flow.steps for message in _of_step(step)))


def _of_step(step: Step) -> Iterator[Message]:
    signed, kind = step.kind in SIGNED, KINDS[step.kind]
    exact = ("what is shown here is what is signed: no more and no less than the original",)
    long = f"at most {MOST_WORDS} words, short ones"
    yield Message(step.id, step.text, (kind, long, *exact[: int(signed)]), step.id, signed)
    if step.hint:
        yield Message(f"{step.id}.hint", step.hint, ("shown below the question",), step.id)
    for choice in step.choices:
        notes = _choice_notes(step, choice)
        yield Message(f"{step.id}.{choice.id}", choice.text, notes, step.id, signed)


def _choice_notes(step: Step, choice: Choice) -> tuple[str, ...]:
    notes = [f"a choice on a button, at most {LONGEST_LABEL} characters"]
    if choice.id == step.refusal and step.kind is Kind.PERMISSION:
        notes.append("this refuses the permission")
    elif step.kind is Kind.PERMISSION or choice.asks:
        notes.append("by taking it, somebody gives a permission")
    return tuple(notes)


# --- reading and writing ----------------------------------------------------------------------


def parse(text: str, file: str, language: str) -> Catalogue:
    """The catalogue that a ``.po`` text holds; ``file`` is only its name, for the problems.

    :raises FlowProblems: it cannot be read, or it is of another language.
    """
    text = text.removeprefix("\ufeff")
    _look_at_lines(text, file)
    try:
        read = polib.pofile(f"\n{text}", wrapwidth=WIDTH)  # a line break, or it could be a path
    except (OSError, ValueError, IndexError, KeyError) as error:
        place = LINE.search(str(error))
        line = max(int(place[1]) - 1, 1) if place else 1
        raise FlowProblems([_unreadable(file, line)]) from None
    says = read.metadata.get("Language", language).strip().replace("_", "-")
    if says.casefold() != language.casefold():
        what = f"the file says that its language is '{says}', and its name says '{language}'"
        cure = "Correct the line Language: at its top, or its name."
        raise FlowProblems([Problem(file, 1, None, what, cure)])
    return Catalogue(language, file, tuple(read))


def _look_at_lines(text: str, file: str) -> None:
    """The library takes more than these, and loses a letter where a quotation mark is missing."""
    for number, line in enumerate(text.splitlines(), 1):
        if not WRITTEN.fullmatch(line.strip()):
            raise FlowProblems([_unreadable(file, number)])


def _unreadable(file: str, line: int) -> Problem:
    what = "this translation cannot be read from here on"
    cure = "Look for a quotation mark that is missing here or just above, or open it in Poedit."
    return Problem(file, line, None, what, cure)


def merge(flow: Flow, language: str, old: Catalogue | None = None) -> Catalogue:
    """The catalogue for this version of the questionnaire, with all that still fits.

    The translation of a sentence that changed is kept, marked as not sure, with the sentence that
    it belonged to; where somebody signs, the place is empty and the old one stands in a comment,
    so that it cannot be waved through. What belongs to nothing any more stands at the end.
    """
    entries = tuple(_merged(message, old) for message in messages(flow))
    used = {entry.msgctxt for entry in entries}
    left = (e for e in (old.entries if old else ()) if e.msgctxt not in used and e.msgstr)
    file = old.file if old else f"{flow.name}.{language}.po"
    return Catalogue(language, file, (*entries, *(_set_aside(entry) for entry in left)))


def _merged(message: Message, old: Catalogue | None) -> polib.POEntry:
    entry = polib.POEntry(
        msgctxt=message.context, msgid=message.text, comment="\n".join(message.notes)
    )
    kept = old.entry(message) if old else None
    if kept is not None:
        return _carried(entry, kept)
    stale = _stale(message, old) if old else None
    return _outdated(entry, stale, message) if stale is not None else entry


def _carried(entry: polib.POEntry, kept: polib.POEntry) -> polib.POEntry:
    entry.msgstr, entry.tcomment = kept.msgstr, kept.tcomment
    entry.flags = [flag for flag in kept.flags if flag == "fuzzy"]
    entry.previous_msgid = kept.previous_msgid
    return entry


def _stale(message: Message, old: Catalogue) -> polib.POEntry | None:
    """What stood at this place, for another sentence."""
    here = [e for e in old.entries if e.msgctxt == message.context and (e.msgstr or e.tcomment)]
    return next(iter(sorted(here, key=lambda entry: entry.obsolete)), None)


def _outdated(entry: polib.POEntry, stale: polib.POEntry, message: Message) -> polib.POEntry:
    unsure = (stale.fuzzy or not stale.msgstr) and stale.previous_msgid
    entry.previous_msgid = stale.previous_msgid if unsure else stale.msgid
    if message.signed:
        entry.tcomment = _remembered(stale)
    elif stale.msgstr:
        entry.msgstr, entry.flags, entry.tcomment = stale.msgstr, ["fuzzy"], stale.tcomment
    return entry


def _remembered(stale: polib.POEntry) -> str:
    """A comment with the earlier translation, once, however often the sentence changes."""
    if not stale.msgstr:
        return str(stale.tcomment)
    others = [line for line in stale.tcomment.splitlines() if not line.startswith(EARLIER)]
    return "\n".join((*others, f"{EARLIER} {' '.join(stale.msgstr.split())}"))


def _set_aside(entry: polib.POEntry) -> polib.POEntry:
    return polib.POEntry(
        msgctxt=entry.msgctxt, msgid=entry.msgid, msgstr=entry.msgstr, obsolete=True
    )


def written(flow: Flow, catalogue: Catalogue) -> str:
    """The ``.po`` text; the same catalogue always gives the same text."""
    file = polib.POFile(wrapwidth=WIDTH)
    file.header = f"The words of '{flow.name}', to be reviewed by people who know them."
    file.metadata = {
        "Project-Id-Version": flow.name,
        "Language": catalogue.language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "X-Source-Language": flow.language,
    }
    file.extend(catalogue.entries)
    return f"{str(file).rstrip()}\n"


# --- using ------------------------------------------------------------------------------------


def coverage(flow: Flow, catalogue: Catalogue) -> Coverage:
    """Which sentences of this version are translated, missing or of an earlier version."""
    return Coverage(tuple((m, _state(catalogue, m)) for m in messages(flow)))


def _state(catalogue: Catalogue, message: Message) -> State:
    entry = catalogue.entry(message)
    if entry is None:
        before = any(e.msgctxt == message.context and e.msgstr for e in catalogue.entries)
        return State.STALE if before else State.MISSING
    if entry.fuzzy:
        return State.STALE
    if not words(entry.msgstr):
        return State.STALE if entry.previous_msgid else State.MISSING
    return State.DONE


def untouched(flow: Flow, catalogue: Catalogue) -> tuple[Message, ...]:
    """Sentences whose translation is the original: meant so, or forgotten."""
    done = (
        (m, catalogue.entry(m))
        for m, state in coverage(flow, catalogue).states
        if state is State.DONE
    )
    return tuple(m for m, entry in done if entry and words(entry.msgstr) == m.text)


def translated(flow: Flow, catalogue: Catalogue) -> Flow | Missing:
    """The questionnaire in this language, all of it; or what is missing. The same revision."""
    covered = coverage(flow, catalogue)
    if not covered.complete:
        return Missing(catalogue.language, covered)
    said = {m.context: _words(catalogue, m) for m in messages(flow)}
    spoken = replace(
        flow,
        language=catalogue.language,
        choose=said[CHOOSE],
        steps=tuple(_spoken(step, said) for step in flow.steps),
    )
    alike = tuple(pair for step in spoken.steps for pair in _alike(step))
    return Missing(catalogue.language, covered, alike) if alike else spoken


def _words(catalogue: Catalogue, message: Message) -> str:
    entry = catalogue.entry(message)
    return words(entry.msgstr) if entry else ""


def _spoken(step: Step, said: Mapping[str, str]) -> Step:
    choices = (replace(c, text=said[f"{step.id}.{c.id}"]) for c in step.choices)
    return replace(
        step,
        text=said[step.id],
        hint=said[f"{step.id}.hint"] if step.hint else step.hint,
        choices=tuple(choices),
    )


def _alike(step: Step) -> Iterator[tuple[str, str]]:
    counted = Counter(choice.text.casefold() for choice in step.choices)
    yield from ((step.id, text) for text, count in counted.items() if count > 1)


def same_meaning(flow: Flow, catalogue: Catalogue, step_id: str, by: str) -> Catalogue:
    """The catalogue, in which the earlier translations of this step hold for its new words.

    Who says so stands beside each of them. It is for a change that alters no meaning.

    :raises FlowProblems: somebody signs these words, nothing changed there, or nobody says so.
    """
    step = flow.step(step_id)
    problem = _objection(flow, catalogue, step, step_id, by)
    if problem is not None:
        raise FlowProblems([problem])
    theirs = {m.context for m in messages(flow) if m.step == step_id}
    entries = tuple(
        _vouched(e, by) if e.msgctxt in theirs and _changed(e) else e for e in catalogue.entries
    )
    return replace(catalogue, entries=entries)


def _objection(
    flow: Flow, catalogue: Catalogue, step: Step | None, step_id: str, by: str
) -> Problem | None:
    def problem(what: str, cure: str) -> Problem:
        return Problem(catalogue.file, 1, step_id if step else None, what, cure)

    if step is None:
        known = [other.id for other in flow.steps]
        return problem(f"there is no step '{step_id}'", did_you_mean(step_id, known))
    if step.kind in SIGNED:
        what = "somebody signs these words, so they are always translated anew"
        return problem(what, "Translate the new sentence.")
    if not by.strip() or not by.isprintable():
        return problem("nobody says that it means the same", 'Say who: --by "NAME".')
    theirs = {m.context for m in messages(flow) if m.step == step_id}
    if not any(e.msgctxt in theirs and _changed(e) for e in catalogue.entries):
        return problem("none of its translations is of earlier words", "There is nothing to do.")
    return None


def _changed(entry: polib.POEntry) -> bool:
    return bool(entry.fuzzy and entry.previous_msgid and entry.msgstr and not entry.obsolete)


def _vouched(entry: polib.POEntry, by: str) -> polib.POEntry:
    said = f"{SAME} {' '.join(by.split())}"
    return polib.POEntry(
        msgctxt=entry.msgctxt,
        msgid=entry.msgid,
        msgstr=entry.msgstr,
        comment=entry.comment,
        tcomment="\n".join(filter(None, (entry.tcomment, said))),
    )
