"""Every text of the bot by its recorded name, and every place in the code that uses one."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path

import handlers
from handlers.texts.catalogue import Catalogue
from handlers.texts.counted import Counted
from handlers.texts.english import ENGLISH

ROOT = Path(handlers.__file__).parents[1]
PACKAGES = ("handlers", "bot", "store")
TEXTS = ROOT / "handlers" / "texts"
SENDING = ROOT / "handlers" / "sending"

PREFIXES = {
    "case": "CASE_",
    "footers": "FOOTER_",
    "language": "LANGUAGE_",
    "matrix": "ROOM_",
    "readers": "READER_",
    "report": "REPORT_",
    "terminal": "TERMINAL_",
}
"""By subject: how the recorded names of its texts begin."""
Entry = str | Counted | Mapping[object, str | Counted]
"""What stands in a catalogue by one name."""

WITHOUT_PREFIX = {"case.case", "case.closed", "case.reopened", "readers.too_many_joins"}


def recorded_texts(catalogue: Catalogue = ENGLISH) -> Iterator[tuple[str, str]]:
    """Yield each text with the name it was recorded by; those of a mapping with their keys."""
    for subject in fields(catalogue):
        entries = getattr(catalogue, subject.name)
        if isinstance(entries, Mapping):
            yield from _of_entry(subject.name.upper(), entries)
            continue
        for entry in fields(entries):
            name = _recorded_name(subject.name, entry.name)
            yield from _of_entry(name, getattr(entries, entry.name))


def _recorded_name(subject: str, entry: str) -> str:
    if subject == "room":
        return f"ROOM[{entry.upper()}]"
    prefix = "" if f"{subject}.{entry}" in WITHOUT_PREFIX else PREFIXES.get(subject, "")
    return f"{prefix}{entry.upper()}"


def _of_entry(name: str, value: Entry) -> Iterator[tuple[str, str]]:
    """Yield a text; of one that counts, both forms: that for one has a name of its own."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, Counted):
        one, many = value.forms
        yield name, many
        yield of_one(name), one
    else:
        for key, text in value.items():
            yield from _of_entry(f"{name}[{_key(key)}]", text)


def of_one(name: str) -> str:
    """Return the recorded name of the form for one."""
    return f"{name}[one]"


def _key(key: object) -> str:
    return "+".join(sorted(key)) if isinstance(key, frozenset) else str(key)


CATALOGUES = {"ENGLISH", "texts", "own_texts"}
"""Names of values that are a catalogue, or one of its subjects."""

RECORDED_TEXTS = dict(recorded_texts())
FORMS_FOR_ONE = frozenset(RECORDED_TEXTS) & frozenset(map(of_one, RECORDED_TEXTS))
"""The recorded names of texts that are said where there is one of what is counted."""


def entry_names(catalogue: Catalogue = ENGLISH) -> set[str]:
    """Return the names of all entries of all subjects."""
    subjects = (getattr(catalogue, subject.name) for subject in fields(catalogue))
    of_subjects = (fields(entries) for entries in subjects if not isinstance(entries, Mapping))
    return {entry.name for entries in of_subjects for entry in entries}


def modules() -> Iterator[tuple[Path, ast.Module]]:
    """Yield every module of the program that may use a text, with its syntax tree."""
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            yield path, ast.parse(path.read_text("utf-8"))


def entries_in_code() -> set[str]:
    """Return the entries that any module reads."""
    return {name for _, tree in modules() for name in entries_of(tree)}


def entries_of(tree: ast.Module) -> set[str]:
    """Return the attributes that one module reads from a catalogue or from one of its subjects."""
    attributes = (n for n in ast.walk(tree) if isinstance(n, ast.Attribute))
    return {n.attr for n in attributes if CATALOGUES & {*ast.unparse(n.value).split(".")}}


def names_in_code() -> set[str]:
    """Return every string that stands in a module which neither defines nor renders texts."""
    return {
        node.value
        for path, tree in modules()
        if not {TEXTS, SENDING} & {*path.parents}
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def names_said() -> set[str]:
    """Return every sentence name that is given to ``say`` or ``TextRef``, also conditionally."""
    found: set[str] = set()
    for _, tree in modules():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            if isinstance(node.func, ast.Name) and node.func.id in {"say", "TextRef"}:
                constants = (n for n in ast.walk(node.args[0]) if isinstance(n, ast.Constant))
                # A condition inside the call compares with choices, which are in lower case.
                found |= {str(n.value) for n in constants if str(n.value).isupper()}
    return found
