"""From the tables of a TOML file to a flow: keys, types and kinds.

Everything wrong is noted and then read as it was probably meant, so that one slip is one problem
and does not hide, or cause, others. What the steps say together is judged in ``checks.rules``.
"""

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flows.checks.problem import FlowProblems, Problem, did_you_mean, nearest
from flows.files.lines import Spot, line_at, lines_of
from flows.model import GO_ON, SKIP_SECTION, USE_IT, Choice, Flow, Guard, Kind, Overrule, Step

Table = Mapping[str, Any]

TOP_KEYS = ("name", "language", "choose", "step", "overrule")
OVERRULE_KEYS = ("step", "rule", "because")
COMMON_KEYS = ("id", "kind", "text", "when", "unless", "section", "place")
KIND_KEYS: Mapping[Kind, tuple[str, ...]] = {
    Kind.NOTE: ("hint",),
    Kind.TEXT: ("hint", "many", "part"),
    Kind.PERSON: ("hint",),
    Kind.ONE: ("hint", "choices", "part"),
    Kind.MANY: ("hint", "choices", "part"),
    Kind.SECTION: ("hint", "touches"),
    # No hint where words are signed: what is shown and what is signed are the same.
    Kind.FORK: ("choices",),
    Kind.PERMISSION: ("choices", "asks"),
    Kind.DETAIL: ("choices", "of"),
    Kind.REVIEW: ("hint",),
}
ALL_KEYS = (*COMMON_KEYS, *sorted({key for keys in KIND_KEYS.values() for key in keys}))
CHOICE_KEYS: Mapping[Kind, tuple[str, ...]] = {
    Kind.MANY: ("id", "text", "alone"),
    Kind.FORK: ("id", "text", "asks"),
}
FIXED_CHOICES: Mapping[Kind, tuple[Choice, ...]] = {
    Kind.SECTION: (GO_ON, SKIP_SECTION),
    Kind.REVIEW: (USE_IT,),
}
ENDS_A_BRANCH = frozenset({"later", "erase"})
"""The choices of a fork that go with no other."""

PLACE = re.compile(r" \(at line (\d+), column (\d+)\)$")


def tables(text: str, file: str) -> dict[str, Any]:
    """The file as TOML; the mark that some editors put before the first letter is left out.

    :raises FlowProblems: it is not TOML; with line and column, as far as they can be known.
    """
    try:
        return tomllib.loads(plain(text))
    except ValueError as error:  # of TOML's own, and of numbers that are too long
        raise FlowProblems([_unreadable(str(error), plain(text), file)]) from None
    except RecursionError:
        what, cure = "brackets stand in brackets too often", "Write each step as [[step]]."
        raise FlowProblems([Problem(file, 1, None, what, cure)]) from None


def plain(text: str) -> str:
    """The text without a byte order mark, and with line ends as TOML counts them."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n")


MISSING = "Look for a quotation mark, bracket or comma that is missing here or just above."
CURLY = re.compile(r"[“”„‟‘’«»]")
SLIPS = (
    ("Cannot overwrite", "the same key is written twice", "Keep one; [[step]] begins a step."),
    ("Cannot declare", "this was opened above already", "A step begins with [[step]]."),
    ("Unescaped", "a \\ stands in a text", "Write \\\\ for it, or leave it out."),
    ("Expected '='", "here is no key with its value", 'Write key = "value", or # before a note.'),
)
"""How the words of ``tomllib`` begin, and what they mean to somebody who writes questions."""


def _unreadable(error: str, text: str, file: str) -> Problem:
    place = PLACE.search(error)
    if place is None:
        what = "the file ends in the middle of a text or a list"
        return Problem(file, _last_opening(text), None, what, MISSING)
    line, column = int(place[1]), int(place[2])
    what, cure = _slip(error, text.split("\n")[line - 1], column)
    return Problem(file, line, None, what, cure)


def _slip(error: str, line: str, column: int) -> tuple[str, str]:
    sign = CURLY.match(line, column - 1)
    if sign is not None:
        cure = 'Write the straight " instead; word processors turn it into others.'
        return f"{sign[0]} is not a quotation mark here (column {column})", cure
    slips = ((what, cure) for start, what, cure in SLIPS if error.startswith(start))
    return next(slips, (f"this cannot be read, from column {column} on", MISSING))


def _last_opening(text: str) -> int:
    """The line on which the last text of several lines was opened, or the last line."""
    opening = text.rfind('"""')
    return text.count("\n", 0, opening if opening >= 0 else len(text)) + 1


def words(raw: str) -> str:
    """A text as it is sent: a single newline is a space, an empty line parts paragraphs."""
    paragraphs = re.split(r"\n[ \t]*\n", raw)
    return "\n\n".join(filter(None, (" ".join(p.split()) for p in paragraphs)))


@dataclass(slots=True)
class Parser:
    """One file being read, and what was found wrong with it so far."""

    file: str
    problems: list[Problem] = field(default_factory=list)
    lines: Mapping[Spot, int] = field(default_factory=dict)
    written: dict[Spot, str] = field(default_factory=dict)
    """How a misspelt key is written, by the place that it was meant for."""

    def flow(self, top: Table, text: str) -> Flow:
        """The flow that the file describes, as far as it can be understood."""
        self.lines = lines_of(plain(text))
        place = Place(self, (), None)
        known = place.known(top, TOP_KEYS, "a questionnaire")
        return Flow(
            name=place.text(known, "name") or "",
            language=place.text(known, "language") or "",
            choose=words(place.text(known, "choose") or ""),
            steps=tuple(step.step(raw) for raw, step in place.entries(known, "step")),
            overrules=tuple(o.overrule(raw) for raw, o in place.entries(known, "overrule")),
        )


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file we are: what is wrong here is reported with line and step."""

    sheet: Parser
    path: Spot
    of: str | None

    def line(self, *keys: str | int) -> int:
        """The line of what stands here under these keys, or of the nearest around it."""
        return line_at(self.sheet.lines, (*self.path, *keys))

    def report(self, what: str, cure: str, key: str = "") -> None:
        """Note a problem, of one key if it is named."""
        line = self.line(key) if key else self.line()
        self.sheet.problems.append(Problem(self.sheet.file, line, self.of, what, cure))

    def entries(self, table: Table, key: str) -> list[tuple[Table, "Place"]]:
        """The tables of a list, each with its place; anything else is reported and left out."""
        value = table.get(key, [])
        path = (*self.path, self.sheet.written.get((*self.path, key), key))
        listed = value if isinstance(value, list) else [value]
        found: list[tuple[Table, Place]] = [
            (entry, Place(self.sheet, (*path, number), self.of or _name_of(entry)))
            for number, entry in enumerate(listed)
            if isinstance(entry, dict)
        ]
        if len(found) < len(listed) or (key != "choices" and value is not listed):
            self.report(f"'{key}' must be a list of tables", LISTS[key], str(path[-1]))
        return found

    def known(self, table: Table, keys: Collection[str], owner: str) -> dict[str, Any]:
        """The table under known keys; a misspelt key is reported and read as it was meant."""
        found = {key: value for key, value in table.items() if key in keys}
        for key in (key for key in table if key not in found):
            self._unknown(key, keys, owner)
            meant = nearest(key, keys)
            if meant is not None and key not in ALL_KEYS and meant not in found:
                found[meant] = table[key]
                self.sheet.written[*self.path, meant] = key
        return found

    def _unknown(self, key: str, keys: Collection[str], owner: str) -> None:
        if key in ALL_KEYS:
            cure = f"Known here: {', '.join(keys)}."
            self.report(f"'{key}' does not belong to {owner}", cure, key)
        else:
            self.report(f"{owner} has no key '{key}'", did_you_mean(key, keys), key)

    def text(self, table: Table, key: str) -> str | None:
        """A text, or ``None`` where there is none."""
        value = table.get(key)
        if value is None or isinstance(value, str):
            return value
        self.report(f"'{key}' must be a text", f'Put it in quotation marks: {key} = "..."', key)
        return None

    def flag(self, table: Table, key: str) -> bool:
        """A yes or no; no where it is not said."""
        value = table.get(key, False)
        if isinstance(value, bool):
            return value
        self.report(f"'{key}' must be true or false", f"Write {key} = true, or leave it out.", key)
        return False

    def step(self, raw: Table) -> Step:
        """One step."""
        kind = self._kind(raw)
        table = self.known(raw, (*COMMON_KEYS, *KIND_KEYS[kind]), f"a step of kind '{kind}'")
        optional = {
            key: self.text(table, key)
            for key in ("asks", "of", "touches", "part", "section", "place")
        }
        hint = self.text(table, "hint")
        return Step(
            id=self.text(table, "id") or "",
            kind=kind,
            text=words(self.text(table, "text") or ""),
            hint=words(hint) if hint is not None else None,
            choices=FIXED_CHOICES.get(kind) or self._choices(table, kind),
            many=self.flag(table, "many"),
            when=self._guards(table, "when"),
            unless=self._guards(table, "unless"),
            line=self.line(),
            lines=tuple((key, self.line(self._written(key))) for key in table),
            **optional,
        )

    def _written(self, key: str) -> str:
        return self.sheet.written.get((*self.path, key), key)

    def overrule(self, raw: Table) -> Overrule:
        """One rule that is set aside."""
        table = self.known(raw, OVERRULE_KEYS, "an overrule")
        read = {key: words(self.text(table, key) or "") for key in OVERRULE_KEYS}
        return Overrule(**read, line=self.line())

    def _kind(self, raw: Table) -> Kind:
        meant = (key for key in raw if key not in ALL_KEYS and nearest(key, ("kind",)))
        kind, kinds = raw.get("kind", raw.get(next(meant, ""))), [str(kind) for kind in Kind]
        if kind in kinds:
            return Kind(kind)
        if not isinstance(kind, str):
            self.report("it has no kind", f'Write kind = "...", one of: {", ".join(kinds)}.')
            return Kind.NOTE
        self.report(f"there is no kind '{kind}'", did_you_mean(kind, kinds), "kind")
        return Kind(nearest(kind, kinds) or Kind.NOTE)

    def _choices(self, table: Table, kind: Kind) -> tuple[Choice, ...]:
        choices = [place.choice(raw, kind) for raw, place in self.entries(table, "choices")]
        if kind is Kind.PERMISSION and table.get("asks") in {"read", "never"} and choices:
            choices[0] = replace(choices[0], alone=True)
        return tuple(choices)

    def choice(self, raw: Table, kind: Kind) -> Choice:
        """One choice of a step."""
        owner = f"a choice of kind '{kind}'"
        table = self.known(raw, CHOICE_KEYS.get(kind, ("id", "text")), owner)
        choice_id = self.text(table, "id") or ""
        return Choice(
            id=choice_id,
            text=words(self.text(table, "text") or ""),
            asks=self.text(table, "asks"),
            alone=self.flag(table, "alone") or (kind is Kind.FORK and choice_id in ENDS_A_BRANCH),
            line=self.line(),
        )

    def _guards(self, table: Table, key: str) -> tuple[Guard, ...]:
        value = table.get(key, {})
        if isinstance(value, dict):
            return tuple(self._guard(key, step, wanted) for step, wanted in value.items())
        cure = f'Write {key} = {{ step = "choice" }}.'
        self.report(f"'{key}' must name a step and a choice", cure, self._written(key))
        return ()

    def _guard(self, key: str, step: str, wanted: object) -> Guard:
        match wanted:
            case True:
                return Guard(step)
            case str():
                return Guard(step, (wanted,))
            case [*entries] if entries and all(isinstance(entry, str) for entry in entries):
                return Guard(step, tuple(map(str, entries)))
        self.report(
            f"'{key}': '{step}' must be compared with a choice, a list of choices, or true",
            f'For example {key} = {{ {step} = true }}; for the reverse use "unless".',
            self._written(key),
        )
        return Guard(step)


LISTS = {
    "step": "Begin each step with [[step]], two brackets on each side.",
    "overrule": "Begin each with [[overrule]], two brackets on each side.",
    "choices": 'Write choices = [ { id = "...", text = "..." }, ... ].',
}


def _name_of(entry: object) -> str | None:
    """The step that a table is, or speaks of, as far as it says so."""
    known = entry if isinstance(entry, dict) else {}
    name = known.get("id", known.get("step"))
    return name if isinstance(name, str) else None
