"""The shape of the code: short functions, typed ends, modules and tests that find each other."""

import ast
import re
from pathlib import Path
from statistics import median

import pytest

from tests.unit.project.source_tree import PACKAGES, ROOT, Function, functions, modules

UNIT = ROOT / "tests" / "unit"
MEDIAN_LINES = 8
MOST_LINES = 60
VAGUE = re.compile(r"(utils?|helpers?|managers?|common|misc)$")


def lines(function: Function) -> int:
    """From ``def`` to the last line, docstring included, decorators not."""
    assert function.end_lineno is not None
    return function.end_lineno - function.lineno + 1


def room(test: Path) -> Path:
    """Return the folder of the program that a test belongs to: ``store/cases``, or ``bot``."""
    inside = test.parent.relative_to(UNIT).parts
    return ROOT.joinpath(*inside[:2])


def is_in_the_room_of_a_module(test: Path) -> bool:
    """Check that a test is named after a module or a folder somewhere in its room.

    ``test_age_vectors`` is a second test of ``age``; where in the room it stands is free.
    """
    words = test.stem.split("_")[1:]
    names = {"_".join(words[:count]) for count in range(1, len(words) + 1)} | {room(test).name}
    found = {path.stem for path in room(test).rglob("*.py")} - {"__init__"}
    folders = {path.parent.name for path in room(test).rglob("*.py")}
    return names == {"main"} or bool(names & (found | folders)) or "main" in names


def test_half_of_all_functions_have_eight_lines_or_fewer() -> None:
    assert median(lines(function) for _, function in functions()) <= MEDIAN_LINES


def test_no_function_has_more_than_sixty_lines() -> None:
    long = [place for place, function in functions() if lines(function) > MOST_LINES]
    assert long == []


def test_every_function_says_what_it_returns() -> None:
    silent = [place for place, function in functions() if function.returns is None]
    assert silent == []


def test_every_module_is_named_after_what_it_is() -> None:
    vague = [module.place for module in modules() if VAGUE.search(module.path.stem)]
    assert vague == []


@pytest.mark.parametrize("name", ["utils", "text_utils", "helper", "managers", "case_manager"])
def test_vague_names_are_noticed(name: str) -> None:
    assert VAGUE.search(name)


def test_every_test_module_is_named_after_a_module() -> None:
    tests = [t for package in PACKAGES for t in (UNIT / package).rglob("test_*.py")]
    astray = [str(t.relative_to(ROOT)) for t in tests if not is_in_the_room_of_a_module(t)]
    assert tests
    assert astray == []


def test_no_module_of_the_program_is_empty_of_words() -> None:
    silent = [
        module.place
        for module in modules()
        if module.path.name != "__init__.py" and ast.get_docstring(module.tree) is None
    ]
    assert silent == []
