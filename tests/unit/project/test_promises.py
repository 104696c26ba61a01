"""The page of promises is held to the code: every test that it names exists and is run."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.unit.project.source_tree import ROOT, Function

PAGE = ROOT / "docs" / "promises.md"
RUN = ("tests/unit/", "tests/integration/", "tests/drills/", "tests/doubles/", "tests/soak/")
"""Where `make test` and `make soak` look for tests."""

NOT_YET: set[str] = set()
"""What was found and has no promise with a test yet. It only ever shrinks."""


class Promise(NamedTuple):
    words: str
    found: tuple[str, ...]
    tests: tuple[str, ...]


def table(heading: str) -> list[list[str]]:
    """Return the cells of the rows below a heading, without the table's head."""
    below = PAGE.read_text("utf-8").split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in below.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def sections() -> list[str]:
    return re.findall(r"^## (.+)$", PAGE.read_text("utf-8"), re.MULTILINE)[1:]


def promises() -> Iterator[Promise]:
    for section in sections():
        for row in table(section):
            words, found, tests = row
            yield Promise(words, tuple(found.split(", ")), tuple(re.findall("`([^`]+)`", tests)))


@cache
def defined_in(path: Path) -> dict[str, Function]:
    """Return the tests of a file; those within functions are none."""
    tree = ast.parse(path.read_text("utf-8"))
    functions = (node for node in tree.body if isinstance(node, Function))
    return {node.name: node for node in functions if node.name.startswith("test_")}


def is_left_out(test: Function) -> bool:
    """Whether a test is skipped, or expected to fail."""
    marks = {ast.unparse(mark).partition("(")[0] for mark in test.decorator_list}
    return bool(marks & {"pytest.mark.skip", "pytest.mark.xfail"})


PROMISES = list(promises())
NAMED = sorted({test for promise in PROMISES for test in promise.tests})


@pytest.mark.parametrize("named", NAMED)
def test_every_test_that_is_named_exists_and_is_run(named: str) -> None:
    place, _, name = named.partition("::")
    assert place.startswith(RUN)
    assert Path(place).name.startswith("test_")
    tests = defined_in(ROOT / place)
    assert name in tests
    assert not is_left_out(tests[name])


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: str(promise.words))
def test_every_promise_is_a_sentence_and_has_a_test(promise: Promise) -> None:
    assert promise.words.endswith(".")
    assert promise.tests


def test_no_promise_is_made_twice() -> None:
    said = [promise.words for promise in PROMISES]
    assert sorted(said) == sorted(set(said))


def test_everything_that_was_found_has_a_promise() -> None:
    found = {row[0] for row in table("What was found")}
    kept = {mark for promise in PROMISES for mark in promise.found} - {""}
    assert kept <= found
    assert found - kept == NOT_YET
