"""Reading one table of ``config.toml``: typed keys, and a list of everything that is wrong.

Reading goes on after a problem, so that all of them are reported at once.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.errors import ConfigError
from flows.checks.problem import did_you_mean

LONGEST_TEXT = 200

LATER = {
    "telegram.webhook_url": "this version asks Telegram by polling",
    "matching": "this version does not match stories yet",
    "handover.answer_days": "this version does not watch dates of answers yet",
    "retention.mailbox_months": "this version has no mailboxes yet",
    "limits.file_mib": "this version takes text only and no files yet",
}
"""Keys and sections that are planned and not implemented: refused, so that nobody relies on them.
The values say why."""


@dataclass(frozen=True, slots=True)
class SectionReader:
    """Read the keys of one section and append what is wrong to ``problems``.

    Every method returns a usable value, also after a problem.
    """

    name: str
    table: Mapping[str, object]
    problems: list[ConfigError]

    def refuse(self, key: str, why: str, cure: str) -> None:
        """Report a problem with one key. Neither text may repeat its value."""
        self.problems.append(ConfigError(f"{self.name}.{key}", why, cure))

    def text(self, key: str, default: str | None = None) -> str:
        """Read one line of text; empty only if that is the default, or after a problem."""
        value = self.table.get(key, default)
        if value is None:
            self.refuse(key, "it is missing", f'Add a line: {key} = "…"')
        elif not isinstance(value, str):
            self.refuse(key, "it must be a text", f'Put it in quotation marks: {key} = "…"')
        elif not value.strip() and default != "":
            self.refuse(key, "it is empty", "Write something between the quotation marks.")
        elif not value.isprintable() or len(value) > LONGEST_TEXT:
            cure = (
                f"Use one line of at most {LONGEST_TEXT} characters. A \\ between quotation marks "
                "begins a special sign: write / instead."
            )
            self.refuse(key, "it is too long or not one line of plain text", cure)
        else:
            return value.strip()
        return ""

    def number(self, key: str, default: int, low: int, high: int) -> int:
        """Read a whole number from ``low`` to ``high``, both included."""
        value = self.table.get(key, default)
        # In Python a truth value is a number too; in a config it is a mistake.
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        cure = f"For instance: {key} = {default}"
        self.refuse(key, f"it must be a whole number from {low} to {high}", cure)
        return default

    def texts(self, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
        """Read a list of at least one text."""
        value = self.table.get(key, default)
        if isinstance(value, list | tuple) and value and all(isinstance(v, str) for v in value):
            return tuple(value)
        cure = f'For instance: {key} = ["{default[0]}"]'
        self.refuse(key, "it must be a list of texts, with at least one", cure)
        return default

    def refuse_unknown(self, known: Collection[str]) -> None:
        """Report every key of the table that is not among the known ones."""
        for key in unknown_keys(self.table, known):
            later = LATER.get(f"{self.name}.{key}")
            if later:
                self.refuse(key, later, "Take the line out.")
            else:
                self.refuse(printable_key(key), "this key is not known", did_you_mean(key, known))


def refuse_unknown_sections(
    tables: Mapping[str, object], known: Collection[str], problems: list[ConfigError]
) -> None:
    """Report every section of the file that is not among the known ones."""
    for name in unknown_keys(tables, known):
        if name in LATER:
            problem = ConfigError(name, LATER[name], "Take the section out.")
        else:
            cure = did_you_mean(name, known)
            problem = ConfigError(printable_key(name), "this section is not known", cure)
        problems.append(problem)


def unknown_keys(table: Mapping[str, object], known: Collection[str]) -> list[str]:
    """Return the keys of a table that are not among the known ones, in their order."""
    return [key for key in table if key not in known]


def printable_key(name: str) -> str:
    """Return a key as a message can show it: keys are typed by hand and can be anything."""
    return name if name.isprintable() and len(name) <= LONGEST_TEXT else "?"
