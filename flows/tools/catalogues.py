"""Translations of a questionnaire as gettext catalogues, one for each language.

A translation belongs to one English sentence: when the sentence changes, its translation is no
longer used and stays beside the new sentence for the translator. A questionnaire is offered in a
language only if every sentence is translated, so nobody is ever asked in two languages at once.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import polib

from flows.checks.care.readability import MAX_LABEL, MAX_WORDS
from flows.checks.problem import FlowProblems, Problem
from flows.model import SIGNED_KINDS, Choice, Flow, Kind, Step

CHOOSE = "choose"

PO_LINE = re.compile(r'#.*|((msg(ctxt|id|id_plural|str(\[\d\])?)\s*)?"([^"\\]|\\.)*")?')
"""A valid line of a ``.po`` file."""

LINE_NUMBER = re.compile(r"\(line (\d+)\)")
WIDTH = 78

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
    """One sentence to translate, its place, and notes for the translator."""

    context: str
    text: str
    notes: tuple[str, ...] = ()
    step: str | None = None
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The translations into one language; its entries are only changed in copies."""

    language: str
    file: str
    entries: tuple[polib.POEntry, ...] = field(repr=False)

    def entry(self, message: Message) -> polib.POEntry | None:
        """Return the translation of exactly this sentence at exactly this place."""
        return self._at.get((message.context, message.text))

    @property
    def _at(self) -> dict[tuple[str | None, str], polib.POEntry]:
        return {(e.msgctxt, e.msgid): e for e in self.entries if not e.obsolete}


def messages_of(flow: Flow) -> tuple[Message, ...]:
    """List every sentence of a questionnaire, in its order."""
    hello = Message(CHOOSE, flow.choose, ("how the talk is called at hello, on a button",))
    return (hello, *(message for step in flow.steps for message in _of_step(step)))


def _of_step(step: Step) -> Iterator[Message]:
    signed, kind = step.kind in SIGNED_KINDS, KINDS[step.kind]
    exact = ("what is shown here is what is signed: no more and no less than the original",)
    long = f"at most {MAX_WORDS} words, short ones"
    yield Message(step.id, step.text, (kind, long, *exact[: int(signed)]), step.id, signed)
    if step.hint:
        yield Message(f"{step.id}.hint", step.hint, ("shown below the question",), step.id)
    if step.skip:
        label = f"leaves the question out, on a button, at most {MAX_LABEL} characters"
        yield Message(f"{step.id}.skip", step.skip, (label,), step.id)
    for choice in step.choices:
        notes = _choice_notes(step, choice)
        yield Message(f"{step.id}.{choice.id}", choice.text, notes, step.id, signed)


def _choice_notes(step: Step, choice: Choice) -> tuple[str, ...]:
    notes = [f"a choice on a button, at most {MAX_LABEL} characters"]
    if choice.id == step.refusal and step.kind is Kind.PERMISSION:
        notes.append("this refuses the permission")
    elif step.kind is Kind.PERMISSION or choice.asks:
        notes.append("by taking it, somebody gives a permission")
    return tuple(notes)


# --- reading and writing ----------------------------------------------------------------------


def parse_po(text: str, file: str, language: str) -> Catalogue:
    """Parse a ``.po`` text; ``file`` is only a name for the problems.

    :raises FlowProblems: it cannot be read, or it is of another language.
    """
    text = text.removeprefix("\ufeff")
    _check_lines(text, file)
    try:
        read = polib.pofile(f"\n{text}", wrapwidth=WIDTH)  # a line break, or it could be a path
    except (OSError, ValueError, IndexError, KeyError) as error:
        place = LINE_NUMBER.search(str(error))
        line = max(int(place[1]) - 1, 1) if place else 1
        raise FlowProblems([_unreadable(file, line)]) from None
    says = read.metadata.get("Language", language).strip().replace("_", "-")
    if says.casefold() != language.casefold():
        what = f"the file says that its language is '{says}', and its name says '{language}'"
        cure = "Correct the line Language: at its top, or its name."
        raise FlowProblems([Problem(file, 1, None, what, cure)])
    lines = text.splitlines()
    for entry in read:
        entry.linenum = _line_of_translation(lines, entry.linenum or 1)
    return Catalogue(language, file, tuple(read))


def _line_of_translation(lines: Sequence[str], start: int) -> int:
    """Return the line in which the translation of an entry begins."""
    following = range(max(start - 1, 1), len(lines) + 1)
    return next((n for n in following if lines[n - 1].lstrip().startswith("msgstr")), start)


def _check_lines(text: str, file: str) -> None:
    """Refuse lines that polib would accept with a letter lost to a missing quotation mark."""
    for number, line in enumerate(text.splitlines(), 1):
        if not PO_LINE.fullmatch(line.strip()):
            raise FlowProblems([_unreadable(file, number)])


def _unreadable(file: str, line: int) -> Problem:
    what = "this translation cannot be read from here on"
    cure = "Look for a quotation mark that is missing here or just above, or open it in Poedit."
    return Problem(file, line, None, what, cure)


def to_po(flow: Flow, catalogue: Catalogue) -> str:
    """Convert a catalogue to the text of a ``.po`` file; equal catalogues give equal texts."""
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
