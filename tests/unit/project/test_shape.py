"""The shape of the code: short functions, typed ends, modules and tests that find each other."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[3]
PACKAGES = ("bot", "handlers", "flows", "store")
UNIT = ROOT / "tests" / "unit"
MEDIAN_LINES = 8
MOST_LINES = 60
VAGUE = re.compile(r"(utils?|helpers?|managers?|common|misc)$")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules() -> Iterator[Path]:
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


def functions() -> Iterator[tuple[str, Function]]:
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, Function):
                yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", node


def lines(function: Function) -> int:
    """From ``def`` to the last line, docstring included, decorators not."""
    assert function.end_lineno is not None
    return function.end_lineno - function.lineno + 1


def mirrors_a_module(test: Path) -> bool:
    """A test is named after its module; ``test_age_vectors`` is a second one of ``age``."""
    folder = ROOT / test.parent.relative_to(UNIT)
    words = test.stem.split("_")[1:]
    names = ["_".join(words[:count]) for count in range(1, len(words) + 1)]
    return names == ["main"] or any((folder / f"{name}.py").exists() for name in names)


def test_half_of_all_functions_have_eight_lines_or_fewer() -> None:
    assert median(lines(function) for _, function in functions()) <= MEDIAN_LINES


def test_no_function_has_more_than_sixty_lines() -> None:
    long = [place for place, function in functions() if lines(function) > MOST_LINES]
    assert long == []


def test_every_function_says_what_it_returns() -> None:
    silent = [place for place, function in functions() if function.returns is None]
    assert silent == []


def test_every_module_is_named_after_what_it_is() -> None:
    vague = [str(p.relative_to(ROOT)) for p in modules() if VAGUE.search(p.stem)]
    assert vague == []


@pytest.mark.parametrize("name", ["utils", "text_utils", "helper", "managers", "case_manager"])
def test_vague_names_are_noticed(name: str) -> None:
    assert VAGUE.search(name)


def test_every_test_module_is_named_after_a_module() -> None:
    tests = [t for package in PACKAGES for t in (UNIT / package).rglob("test_*.py")]
    astray = [str(test.relative_to(ROOT)) for test in tests if not mirrors_a_module(test)]
    assert tests
    assert astray == []


def test_no_module_of_the_program_is_empty_of_words() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in modules()
        if path.name != "__init__.py"
        and ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) is None
    ]
    assert silent == []
