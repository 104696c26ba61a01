"""The contracts about structure and language hold, and what still breaks them gets less.

``MOST`` is a ratchet: the number of violations that each package still has. Numbers may only be
lowered; ``python -m tests.unit.project.contracts`` lists the violations and prints the table.
"""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.unit.project import contracts, source_tree
from tests.unit.project.contracts import CONTRACTS, begins_with_a_verb, is_old, verb_share
from tests.unit.project.source_tree import PACKAGES, cycles, import_graph, read_module

MOST: Mapping[str, Mapping[str, int]] = {
    "old names": {"bot": 1, "flows": 1},
}
"""Violations that a package has at most; a package that is not named has none."""

LEAST_VERBS: Mapping[str, int] = {}
"""Percentage of a package's docstrings that begin with a verb; it may only rise."""

WANTED_VERBS = 60


@pytest.mark.parametrize("contract", CONTRACTS)
def test_contract_is_broken_no_more_often_than_before(contract: str) -> None:
    found = contracts.violations(contract)
    allowed = MOST.get(contract, {})
    broken = {p: places for p, places in found.items() if len(places) > allowed.get(p, 0)}
    assert broken == {}


@pytest.mark.parametrize("package", PACKAGES)
def test_docstrings_begin_with_a_verb_no_less_often_than_before(package: str) -> None:
    assert verb_share(package) >= LEAST_VERBS.get(package, WANTED_VERBS)


@pytest.mark.parametrize(
    "docstring",
    [
        "Open a savepoint.",
        "Answer one message.",
        "Return ``None`` at the end.",
        "Answer `name` with its value.",
        "Atomically replace a file.",
        "Never raise; log instead.",
    ],
)
def test_an_imperative_is_recognised(docstring: str) -> None:
    assert begins_with_a_verb(docstring)


@pytest.mark.parametrize(
    "docstring",
    [
        "Answers of one reader.",
        "Answer of a reader.",
        "State of the account.",
        "Whether it is open.",
        "What is open.",
        "From here on can be undone by itself.",
        "Closed.",
        "202647 as people say it.",
        "Opens the file.",
        "Order in which steps come.",
    ],
)
def test_a_noun_or_a_fragment_is_not_taken_for_an_imperative(docstring: str) -> None:
    assert not begins_with_a_verb(docstring)


@pytest.mark.parametrize(
    "name", ["Desk", "House", "open_house", "is_told", "_lane", "mark_of", "tell", "CaseTrace"]
)
def test_an_old_name_is_noticed(name: str) -> None:
    assert is_old(name)


@pytest.mark.parametrize(
    "name", ["TurnProcessor", "notify", "send_queue", "is_marked", "untold", "set_aside", "_"]
)
def test_a_standard_name_is_not_taken_for_an_old_one(name: str) -> None:
    assert not is_old(name)


# Each contract notices what breaks it


def test_a_class_with_many_methods_or_fields_is_noticed() -> None:
    methods = "\n".join(f"    def m{n}(self): self.f{n} = 1" for n in range(16))
    (node,) = ast.parse(f"class Big:\n{methods}").body
    assert isinstance(node, ast.ClassDef)
    assert len(contracts.public_methods(node)) == len(contracts.fields_of(node)) == 16
    assert not contracts.is_record(node)


@pytest.mark.parametrize("head", ["class A(Protocol):", "class A(StrEnum):", "class A(Enum):"])
def test_an_interface_and_an_enumeration_are_records(head: str) -> None:
    (node,) = ast.parse(f"{head}\n    pass").body
    assert isinstance(node, ast.ClassDef)
    assert contracts.is_record(node)


def planted(folder: Path, files: Mapping[str, str]) -> Iterator[source_tree.Module]:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        yield read_module(path, folder)


@pytest.mark.parametrize(
    "files",
    [
        {"p/__init__.py": "", "p/a.py": "import p.b", "p/b.py": "from p import a"},
        {"p/__init__.py": "from p.a import x", "p/a.py": "from p import y"},
        {"p/a.py": "def f():\n    import p.b", "p/b.py": "from p.a import f", "p/__init__.py": ""},
        # Importing q.b runs q, which imports p.a.
        {"p/__init__.py": "", "p/a.py": "import q.b", "q/__init__.py": "import p.a", "q/b.py": ""},
    ],
    ids=["modules", "package and module", "late import", "by way of a package"],
)
def test_an_import_cycle_is_found(tmp_path: Path, files: dict[str, str]) -> None:
    assert len(cycles(import_graph(tuple(planted(tmp_path, files))))) == 1


def test_imports_without_a_cycle_are_none(tmp_path: Path) -> None:
    files = {
        "p/__init__.py": "from p.a import x",
        "p/a.py": "import q.b",
        "q/__init__.py": "from q.b import y",
        "q/b.py": "import os",
    }
    assert cycles(import_graph(tuple(planted(tmp_path, files)))) == []
