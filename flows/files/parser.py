"""Parse the tables of a TOML file into a flow: keys, types and kinds.

A mistake is reported, then read as probably intended, so that one slip is one problem and neither
hides nor causes others. The rules in ``checks.rules`` judge what the steps say together.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flows.checks.problem import Problem, did_you_mean, nearest
from flows.files.keys import (
    ALL_KEYS,
    CHOICE_KEYS,
    COMMON_KEYS,
    ENDS_A_BRANCH,
    FIXED_CHOICES,
    KIND_KEYS,
    OVERRULE_KEYS,
    TOP_KEYS,
)
from flows.files.lines import KeyPath, line_at, lines_of
from flows.files.toml_text import normalize_newlines, reflow
from flows.model import Choice, Flow, Guard, Kind, Overrule, Step

Table = Mapping[str, Any]


@dataclass(slots=True)
class Parser:
    """A parser of one file, with the problems found so far."""

    file: str
    problems: list[Problem] = field(default_factory=list)
    lines: Mapping[KeyPath, int] = field(default_factory=dict)
    written: dict[KeyPath, str] = field(default_factory=dict)
    """The misspelt key as written, by the path of the key that was meant."""

    def flow(self, top: Table, text: str) -> Flow:
        """Parse the file, as far as it can be understood."""
        self.lines = lines_of(normalize_newlines(text))
        place = TableReader(self, (), None)
        known_keys = place.known_keys(top, TOP_KEYS, "a questionnaire")
        return Flow(
            name=place.text(known_keys, "name") or "",
            language=place.text(known_keys, "language") or "",
            choose=reflow(place.text(known_keys, "choose") or ""),
            steps=tuple(step.step(raw) for raw, step in place.entries(known_keys, "step")),
            overrules=tuple(o.overrule(raw) for raw, o in place.entries(known_keys, "overrule")),
        )


@dataclass(frozen=True, slots=True)
class TableReader:
    """A reader of one table, which reports problems with their line and step."""

    parser: Parser
    path: KeyPath
    of: str | None

    def line(self, *keys: str | int) -> int:
        """Return the line of these keys, or of the nearest path around them."""
        return line_at(self.parser.lines, (*self.path, *keys))

    def report(self, what: str, cure: str, key: str = "") -> None:
        """Report a problem of the table, or of one of its keys."""
        line = self.line(key) if key else self.line()
        self.parser.problems.append(Problem(self.parser.file, line, self.of, what, cure))

    def entries(self, table: Table, key: str) -> list[tuple[Table, "TableReader"]]:
        """Return the tables of a list, each with its reader; report and omit anything else."""
        value = table.get(key, [])
        path = (*self.path, self.parser.written.get((*self.path, key), key))
        listed = value if isinstance(value, list) else [value]
        found: list[tuple[Table, TableReader]] = [
            (entry, TableReader(self.parser, (*path, number), self.of or _step_name(entry)))
            for number, entry in enumerate(listed)
            if isinstance(entry, dict)
        ]
        if len(found) < len(listed) or (key != "choices" and value is not listed):
            self.report(f"'{key}' must be a list of tables", LIST_CURES[key], str(path[-1]))
        return found

    def known_keys(self, table: Table, keys: Collection[str], owner: str) -> dict[str, Any]:
        """Return the table under known keys; report misspelt keys and read them as intended."""
        found = {key: value for key, value in table.items() if key in keys}
        for key in (key for key in table if key not in found):
            self._unknown(key, keys, owner)
            meant = nearest(key, keys)
            if meant is not None and key not in ALL_KEYS and meant not in found:
                found[meant] = table[key]
                self.parser.written[*self.path, meant] = key
        return found

    def _unknown(self, key: str, keys: Collection[str], owner: str) -> None:
        if key in ALL_KEYS:
            cure = f"Known here: {', '.join(keys)}."
            self.report(f"'{key}' does not belong to {owner}", cure, key)
        else:
            self.report(f"{owner} has no key '{key}'", did_you_mean(key, keys), key)

    def text(self, table: Table, key: str) -> str | None:
        """Read a text, or ``None`` where there is none."""
        value = table.get(key)
        if value is None or isinstance(value, str):
            return value
        self.report(f"'{key}' must be a text", f'Put it in quotation marks: {key} = "..."', key)
        return None

    def flag(self, table: Table, key: str) -> bool:
        """Read a boolean; a missing one is false."""
        value = table.get(key, False)
        if isinstance(value, bool):
            return value
        self.report(f"'{key}' must be true or false", f"Write {key} = true, or leave it out.", key)
        return False

    def step(self, raw: Table) -> Step:
        """Parse a step."""
        kind = self._kind(raw)
        table = self.known_keys(raw, (*COMMON_KEYS, *KIND_KEYS[kind]), f"a step of kind '{kind}'")
        optional = {
            key: self.text(table, key)
            for key in ("asks", "of", "touches", "part", "section", "place")
        }
        hint, skip = self.text(table, "hint"), self.text(table, "skip")
        return Step(
            id=self.text(table, "id") or "",
            kind=kind,
            text=reflow(self.text(table, "text") or ""),
            hint=reflow(hint) if hint is not None else None,
            skip=reflow(skip) if skip is not None else None,
            choices=FIXED_CHOICES.get(kind) or self._choices(table, kind),
            many=self.flag(table, "many"),
            when=self._guards(table, "when"),
            unless=self._guards(table, "unless"),
            line=self.line(),
            lines=tuple((key, self.line(self._written(key))) for key in table),
            **optional,
        )

    def _written(self, key: str) -> str:
        return self.parser.written.get((*self.path, key), key)

    def overrule(self, raw: Table) -> Overrule:
        """Parse an overrule."""
        table = self.known_keys(raw, OVERRULE_KEYS, "an overrule")
        read = {key: reflow(self.text(table, key) or "") for key in OVERRULE_KEYS}
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
        """Parse a choice of a step."""
        owner = f"a choice of kind '{kind}'"
        table = self.known_keys(raw, CHOICE_KEYS.get(kind, ("id", "text")), owner)
        choice_id = self.text(table, "id") or ""
        return Choice(
            id=choice_id,
            text=reflow(self.text(table, "text") or ""),
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


LIST_CURES = {
    "step": "Begin each step with [[step]], two brackets on each side.",
    "overrule": "Begin each with [[overrule]], two brackets on each side.",
    "choices": 'Write choices = [ { id = "...", text = "..." }, ... ].',
}


def _step_name(entry: object) -> str | None:
    """Return the id of the step that a table is, or names, if it has one."""
    known_keys = entry if isinstance(entry, dict) else {}
    name = known_keys.get("id", known_keys.get("step"))
    return name if isinstance(name, str) else None
