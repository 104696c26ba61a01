"""Translations as gettext catalogues, one for each language.

What is translated is a ``Source``: a questionnaire, or the bot's own sentences. A translation
belongs to one sentence: when the sentence changes, its translation is no longer used and stays
beside the new sentence for the translator. A source is used in a language only if every sentence
is translated, so nobody is ever spoken to in two languages at once.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polib

from flows.checks.problem import FlowProblems, Problem
from flows.tools.plurals import PluralRule, parse_plural_rule, plural_header

PO_LINE = re.compile(r'#.*|((msg(ctxt|id|id_plural|str(\[\d\])?)\s*)?"([^"\\]|\\.)*")?')
"""A valid line of a ``.po`` file."""

LINE_NUMBER = re.compile(r"\(line (\d+)\)")
WIDTH = 78
PLURAL_FORMS = "Plural-Forms"


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence to translate, its place, and notes for the translator."""

    context: str
    text: str
    notes: tuple[str, ...] = ()
    step: str | None = None
    """The step, or the part of the bot's own sentences, in which it stands."""
    signed: bool = False
    plural: str = ""
    """The sentence for other numbers than one, if a number changes its words."""


@dataclass(frozen=True, slots=True)
class Source:
    """Everything that is translated into one file, in its order, and its language."""

    name: str
    language: str
    messages: tuple[Message, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The translations into one language; its entries are only changed in copies."""

    language: str
    file: str
    entries: tuple[polib.POEntry, ...] = field(repr=False)
    header: str = ""
    """What stands above everything, for translators; empty for the usual sentence."""
    metadata: Mapping[str, str] = field(default_factory=dict, repr=False)
    _at: Mapping[tuple[str | None, str, str], polib.POEntry] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        at = {(e.msgctxt, e.msgid, e.msgid_plural): e for e in self.entries if not e.obsolete}
        object.__setattr__(self, "_at", at)

    def entry(self, message: Message) -> polib.POEntry | None:
        """Return the translation of exactly this sentence at exactly this place."""
        return self._at.get((message.context, message.text, message.plural))

    @property
    def plural_rule(self) -> PluralRule:
        """The plural forms of the language, as the file has them or else as CLDR does."""
        return parse_plural_rule(self.metadata.get(PLURAL_FORMS) or plural_header(self.language))


def forms_of(entry: polib.POEntry) -> tuple[str, ...]:
    """Return what a sentence is in the language: one form, or one for each plural form."""
    if not entry.msgid_plural:
        return (entry.msgstr,)
    return tuple(text for _, text in sorted(entry.msgstr_plural.items()))


def is_begun(entry: polib.POEntry) -> bool:
    """Tell whether any form of a sentence is translated."""
    return any(map(str.strip, forms_of(entry)))


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
    found = Catalogue(language, file, tuple(read), read.header, dict(read.metadata))
    _check_plurals(found, lines)
    _check_twice(found)
    return found


def _check_plurals(found: Catalogue, lines: Sequence[str]) -> None:
    """Refuse a plural rule that cannot be read; whoever uses it may rely on it."""
    try:
        _ = found.plural_rule
    except ValueError:
        line = next((n for n, text in enumerate(lines, 1) if PLURAL_FORMS in text), 1)
        what = f"the line {PLURAL_FORMS} is no rule for plural forms"
        cure = f"Write {plural_header(found.language)}"
        raise FlowProblems([Problem(found.file, line, None, what, cure)]) from None


def _check_twice(found: Catalogue) -> None:
    """Refuse two translations of one sentence: people would review one, and read the other."""
    seen = set[tuple[str | None, str, str]]()
    for entry in found.entries:
        place = entry.msgctxt, entry.msgid, entry.msgid_plural
        if not entry.obsolete and place in seen:
            what = f"'{entry.msgctxt}' is translated a second time"
            raise FlowProblems([Problem(found.file, entry.linenum, None, what, "Keep one.")])
        seen |= set() if entry.obsolete else {place}


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


def to_po(source: Source, catalogue: Catalogue) -> str:
    """Convert a catalogue to the text of a ``.po`` file; equal catalogues give equal texts."""
    file = polib.POFile(wrapwidth=WIDTH)
    usual = f"The words of '{source.name}', to be reviewed by people who know them."
    file.header = catalogue.header or usual
    fixed = {
        "Project-Id-Version": source.name,
        "Language": catalogue.language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "X-Source-Language": source.language,
    }
    if any(message.plural for message in source.messages):
        fixed[PLURAL_FORMS] = plural_header(catalogue.language)
    others = {k: v for k, v in catalogue.metadata.items() if k not in fixed or k == PLURAL_FORMS}
    file.metadata = fixed | others
    file.extend(catalogue.entries)
    return f"{str(file).rstrip()}\n"
