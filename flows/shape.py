"""From the tables of a TOML file to a flow: keys, types and kinds.

Everything wrong is noted and then read as it was probably meant, so that one slip is one problem
and does not hide, or cause, others. What the steps say together is judged in ``flows.rules``.
"""

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from flows.model import GO_ON, SKIP_SECTION, USE_IT, Choice, Flow, Guard, Kind, Step
from flows.problem import FlowProblems, Problem, did_you_mean, nearest

Table = Mapping[str, Any]

TOP_KEYS = ("name", "language", "choose", "step")
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

HEADER = re.compile(r"^[ \t]*\[\[[ \t]*step[ \t]*\]\]", re.MULTILINE)
PLACE = re.compile(r" \(at line (\d+), column (\d+)\)$")


def tables(text: str, file: str) -> dict[str, Any]:
    """The file as TOML.

    :raises FlowProblems: it is not TOML; with line and column, as far as they can be known.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FlowProblems([_unreadable(str(error), text, file)]) from None


def _unreadable(error: str, text: str, file: str) -> Problem:
    cure = "Look for a quotation mark, bracket or comma that is missing here or just above."
    place = PLACE.search(error)
    if place is None:
        what = "the file ends in the middle of a text or a list"
        return Problem(file, _last_opening(text), None, what, cure)
    line, column = int(place[1]), int(place[2])
    return Problem(file, line, None, f"this cannot be read, from column {column} on", cure)


def _last_opening(text: str) -> int:
    """The line on which the last text of several lines was opened, or the last line."""
    opening = text.rfind('"""')
    return text.count("\n", 0, opening if opening >= 0 else len(text)) + 1


def words(raw: str) -> str:
    """A text as it is sent: a single newline is a space, an empty line parts paragraphs."""
    paragraphs = re.split(r"\n[ \t]*\n", raw)
    return "\n\n".join(filter(None, (" ".join(p.split()) for p in paragraphs)))


@dataclass(slots=True)
class Sheet:
    """One file being read, and what was found wrong with it so far."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def flow(self, top: Table, text: str) -> Flow:
        """The flow that the file describes, as far as it can be understood."""
        place = Place(self, 1, None)
        known = place.known(top, TOP_KEYS, "a questionnaire")
        lines = [text.count("\n", 0, match.start()) + 1 for match in HEADER.finditer(text)]
        return Flow(
            name=place.text(known, "name") or "",
            language=place.text(known, "language") or "",
            choose=words(place.text(known, "choose") or ""),
            steps=tuple(
                self._step(table, line)
                for table, line in zip(
                    tuple_of_tables(place, known.get("step", []), "step"),
                    lines + [1] * len(known.get("step", [])),
                    strict=False,
                )
            ),
        )

    def _step(self, raw: Table, line: int) -> Step:
        step_id = raw.get("id")
        place = Place(self, line, step_id if isinstance(step_id, str) else None)
        return place.step(raw)


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file we are: what is wrong here is reported with line and step."""

    sheet: Sheet
    line: int
    of: str | None

    def report(self, what: str, cure: str) -> None:
        """Note a problem."""
        self.sheet.problems.append(Problem(self.sheet.file, self.line, self.of, what, cure))

    def known(self, table: Table, keys: Collection[str], owner: str) -> dict[str, Any]:
        """The table under known keys; a misspelt key is reported and read as it was meant."""
        found = {key: value for key, value in table.items() if key in keys}
        for key in table.keys() - found.keys():
            self._unknown(key, keys, owner)
            meant = nearest(key, keys)
            if meant is not None and key not in ALL_KEYS:
                found.setdefault(meant, table[key])
        return found

    def _unknown(self, key: str, keys: Collection[str], owner: str) -> None:
        if key in ALL_KEYS:
            self.report(f"'{key}' does not belong to {owner}", f"Known here: {', '.join(keys)}.")
        else:
            self.report(f"{owner} has no key '{key}'", did_you_mean(key, keys))

    def text(self, table: Table, key: str) -> str | None:
        """A text, or ``None`` where there is none."""
        value = table.get(key)
        if value is None or isinstance(value, str):
            return value
        self.report(f"'{key}' must be a text", f'Put it in quotation marks: {key} = "..."')
        return None

    def flag(self, table: Table, key: str) -> bool:
        """A yes or no; no where it is not said."""
        value = table.get(key, False)
        if isinstance(value, bool):
            return value
        self.report(f"'{key}' must be true or false", f"Write {key} = true, or leave it out.")
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
            line=self.line,
            **optional,
        )

    def _kind(self, raw: Table) -> Kind:
        kind, kinds = raw.get("kind"), [str(kind) for kind in Kind]
        if kind in kinds:
            return Kind(kind)
        if not isinstance(kind, str):
            self.report("it has no kind", f'Write kind = "...", one of: {", ".join(kinds)}.')
            return Kind.NOTE
        self.report(f"there is no kind '{kind}'", did_you_mean(kind, kinds))
        return Kind(nearest(kind, kinds) or Kind.NOTE)

    def _choices(self, table: Table, kind: Kind) -> tuple[Choice, ...]:
        entries = tuple_of_tables(self, table.get("choices", []), "choices")
        choices = [self._choice(entry, kind) for entry in entries]
        if kind is Kind.PERMISSION and table.get("asks") in {"read", "never"} and choices:
            choices[0] = Choice(choices[0].id, choices[0].text, alone=True)
        return tuple(choices)

    def _choice(self, raw: Table, kind: Kind) -> Choice:
        owner = f"a choice of kind '{kind}'"
        table = self.known(raw, CHOICE_KEYS.get(kind, ("id", "text")), owner)
        choice_id = self.text(table, "id") or ""
        return Choice(
            id=choice_id,
            text=words(self.text(table, "text") or ""),
            asks=self.text(table, "asks"),
            alone=self.flag(table, "alone") or (kind is Kind.FORK and choice_id in ENDS_A_BRANCH),
        )

    def _guards(self, table: Table, key: str) -> tuple[Guard, ...]:
        value = table.get(key, {})
        if isinstance(value, dict):
            return tuple(self._guard(key, step, wanted) for step, wanted in value.items())
        self.report(f"'{key}' must name a step and a choice", f'{key} = {{ step = "choice" }}')
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
        )
        return Guard(step)


def tuple_of_tables(place: Place, value: object, key: str) -> tuple[Table, ...]:
    """The entries of a list of tables; anything else is reported and left out."""
    entries = value if isinstance(value, list) else [value]
    if not all(isinstance(entry, dict) for entry in entries):
        place.report(f"'{key}' must be a list of tables", 'Like { id = "...", text = "..." }.')
    return tuple(entry for entry in entries if isinstance(entry, dict))
