"""The oracle: what Telegram's own description of Bot API 10.0 says about a value.

The description is data (``.schema/schema.json``, see ``install.py``). Types, required fields and
unknown keys come from its columns; limits and enumerations from its sentences.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tests.doubles.telegram.wire import Upload

FILE = Path(__file__).parent / ".schema" / "schema.json"
RETURNS = {
    "answerCallbackQuery": "True",
    "close": "True",
    "deleteMessage": "True",
    "deleteMessages": "True",
    "deleteMyCommands": "True",
    "deleteWebhook": "True",
    "editMessageReplyMarkup": "Message",
    "editMessageText": "Message",
    "getChat": "ChatFullInfo",
    "getFile": "File",
    "getMe": "User",
    "getMyCommands": "Array of BotCommand",
    "getUpdates": "Array of Update",
    "getWebhookInfo": "WebhookInfo",
    "leaveChat": "True",
    "logOut": "True",
    "sendChatAction": "True",
    "sendDocument": "Message",
    "sendMessage": "Message",
    "setMyCommands": "True",
    "setMyDescription": "True",
    "setMyShortDescription": "True",
    "setWebhook": "True",
}
"""What a method answers, read from its description; only those that the double implements."""

ALWAYS = re.compile(r"(?:, always|^Always|^Type of [\w ]+, always|, must be) ['\"“]?(\w+)['\"”]?$")
CHOICES = re.compile(r"can be|either|one of")
QUOTED = re.compile(r"['\"“](\w+)['\"”]")
LENGTH = re.compile(r"(\d+)-(\d+) (characters|bytes|identifiers|items)", re.IGNORECASE)
RANGE = re.compile(r"\b(\d+)-(\d+)\b")
LISTED = re.compile(r"^\s*[-•]\s*(\w+)\s*$", re.MULTILINE)

Size = Callable[[Any], int]


def utf16_units(text: str) -> int:
    """How Telegram counts characters and offsets (Bot API, MessageEntity)."""
    return len(text.encode("utf-16-le")) // 2


def utf8_bytes(text: str) -> int:
    """How Telegram counts what a button carries (Bot API, InlineKeyboardButton)."""
    return len(text.encode())


SIZES: Mapping[str, Size] = {
    "characters": utf16_units,
    "bytes": utf8_bytes,
    "identifiers": len,
    "items": len,
}


def _number(value: object) -> int:
    return int(value) if isinstance(value, int | float) else 0


@dataclass(frozen=True, slots=True)
class Limit:
    """From least to most, measured in a unit."""

    least: int
    most: int
    size: Size
    unit: str

    def check(self, value: Any) -> list[str]:
        """What is wrong with a value's size."""
        size = self.size(value)
        if self.least <= size <= self.most:
            return []
        return [f"{size} {self.unit}, not {self.least} to {self.most}"]


@dataclass(frozen=True, slots=True)
class Field:
    """One row of a table: a parameter of a method, or a field of a type."""

    name: str
    type: str
    required: bool
    limit: Limit | None
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class Table:
    """A method or a type; ``parts`` are the types of which a union is one."""

    name: str
    fields: Mapping[str, Field]
    parts: tuple[str, ...]
    said: str
    """Its description."""


@dataclass(frozen=True, slots=True)
class Schema:
    """All of the Bot API."""

    version: str
    tables: Mapping[str, Table] = field(repr=False)

    def knows(self, method: str) -> bool:
        """Whether the Bot API has this method."""
        return method[:1].islower() and method in self.tables

    def names(self) -> frozenset[str]:
        """All methods."""
        return frozenset(filter(self.knows, self.tables))

    def check(self, value: Any, kind: str, place: str) -> list[str]:
        """What is wrong with a value of a type, each with its place and without its content."""
        if kind.startswith("Array of "):
            return self._array(value, kind.removeprefix("Array of "), place)
        parts = self._parts(kind)
        if len(parts) > 1:
            return self._union(value, parts, place)
        plain = PLAIN.get(kind)
        if plain is not None:
            return [] if plain(value) else [f"{place}: {_kind(value)} is not {kind}"]
        return self.check_table(value, kind, place)

    def check_table(self, value: Any, name: str, place: str) -> list[str]:
        """An object, or the parameters of a method."""
        if not isinstance(value, dict):
            return [f"{place}: {_kind(value)} is not {name}"]
        fields = self.tables[name].fields
        unknown = [f"{place}: unknown key {key}" for key in value if key not in fields]
        missing = [
            f"{place}: {f.name} is missing"
            for f in fields.values()
            if f.required and f.name not in value
        ]
        known = (fields[key] for key in value if key in fields)
        inside = [w for f in known for w in self._field(value[f.name], f, f"{place}.{f.name}")]
        return [*unknown, *missing, *inside]

    def _field(self, value: Any, row: Field, place: str) -> list[str]:
        wrong = self.check(value, row.type, place)
        if wrong:
            return wrong
        if row.values and isinstance(value, str) and value not in row.values:
            return [f"{place}: not one of {', '.join(sorted(row.values))}"]
        if row.limit is not None and not isinstance(value, Upload):
            return [f"{place}: {what}" for what in row.limit.check(value)]
        return []

    def _array(self, value: Any, kind: str, place: str) -> list[str]:
        if not isinstance(value, list):
            return [f"{place}: {_kind(value)} is not Array of {kind}"]
        return [
            wrong
            for number, entry in enumerate(value)
            for wrong in self.check(entry, kind, f"{place}[{number}]")
        ]

    def _parts(self, kind: str) -> tuple[str, ...]:
        if " or " in kind or ", " in kind:
            return tuple(re.split(r", | or | and ", kind))
        table = self.tables.get(kind)
        return table.parts if table is not None and table.parts else (kind,)

    def _union(self, value: Any, parts: Iterable[str], place: str) -> list[str]:
        """The part that fits best speaks for the union."""
        return min((self.check(value, part, place) for part in parts), key=len)


PLAIN: Mapping[str, Callable[[Any], bool]] = {
    "String": lambda v: isinstance(v, str),
    "Integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "Float": lambda v: isinstance(v, int | float) and not isinstance(v, bool),
    "Boolean": lambda v: isinstance(v, bool),
    "True": lambda v: v is True,
    "InputFile": lambda v: isinstance(v, Upload),
}


def _kind(value: object) -> str:
    return type(value).__name__


@cache
def bot_api() -> Schema:
    """The Bot API, read once."""
    if not FILE.exists():
        raise FileNotFoundError(f"{FILE} is missing; run: make test")
    read = json.loads(FILE.read_text(encoding="utf-8"))
    entries = (child for section in read["items"] for child in section["children"])
    tables = {entry["name"]: _table(entry) for entry in entries}
    return Schema(read["api"]["version"], tables)


def _table(entry: Mapping[str, Any]) -> Table:
    fields = {row["name"]: _row(row) for row in entry["annotations"]}
    parts = () if fields else tuple(LISTED.findall(entry["description"]))
    return Table(entry["name"], fields, parts, entry["description"])


def _row(row: Mapping[str, Any]) -> Field:
    said, kind = row["description"].strip(), row["type"]
    values = frozenset(_values(said)) if kind == "String" else frozenset()
    return Field(row["name"], kind, row["required"], _limit(said, kind), values)


def _values(said: str) -> Iterator[str]:
    always = ALWAYS.search(said)
    if always is not None:
        yield always[1]
    elif CHOICES.search(said):
        # A single quoted word is an example and no enumeration.
        quoted = QUOTED.findall(said)
        yield from quoted if len(quoted) > 1 else ()


def _limit(said: str, kind: str) -> Limit | None:
    length = LENGTH.search(said)
    if length is not None:
        unit = length[3].lower()
        fits = kind.startswith("Array of ") == (SIZES[unit] is len)
        return Limit(int(length[1]), int(length[2]), SIZES[unit], unit) if fits else None
    ranges = RANGE.findall(said)
    if kind in {"Integer", "Float"} and len(ranges) == 1:
        return Limit(int(ranges[0][0]), int(ranges[0][1]), _number, "as a number")
    return None


def check_request(method: str, params: Mapping[str, Any]) -> list[str]:
    """What is wrong with a call's parameters, by the schema and by aiogram's models."""
    from tests.doubles.telegram import opinion  # two seconds that a bench does not need

    if not bot_api().knows(method):
        return [f"{method}: no method of Bot API {bot_api().version}"]
    wrong = bot_api().check_table(dict(params), method, method)
    return [*wrong, *opinion.of_request(method, params)]


def check_answer(method: str, result: Any) -> list[str]:
    """What is wrong with what the double answers: such a finding is a fault of the double."""
    from tests.doubles.telegram import opinion  # as above

    place = f"answer of {method}"
    wrong = bot_api().check(result, RETURNS[method], place)
    return [*wrong, *opinion.of_answer(method, result, place)]


def check_update(update: Mapping[str, Any]) -> list[str]:
    """What is wrong with an update that the double makes."""
    from tests.doubles.telegram import opinion  # as above

    wrong = bot_api().check_table(dict(update), "Update", "update")
    return [*wrong, *opinion.of_update(update)]
