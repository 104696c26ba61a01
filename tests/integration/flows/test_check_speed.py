"""The checker takes bounded time, whatever the file is."""

import time

import pytest

from flows import Cost, check
from flows.checks.check import MAX_STEPS
from tests.unit.flows.generated import STORY, Entry, fate, long_text, toml
from tests.unit.flows.path_listing import listed


@pytest.mark.parametrize(
    "steps",
    [
        [STORY | {"text": "[" * 390_000}],
        [STORY | {"text": "<a" * 190_000}],
        [STORY | {"text": "1 " * 190_000}],
        [STORY | {"text": "why " * 90_000}],
        [STORY, fate(*(f"c{n}" for n in range(9_000)))],
        [STORY, *({"id": f"s{n}", "kind": "note", "when": {f"x{n}": True}} for n in range(500))],
    ],
    ids=["brackets", "angles", "digits", "words", "choices", "conditions"],
)
def test_a_strange_file_takes_no_longer_than_a_long_one(steps: list[Entry]) -> None:
    text = toml(steps[:MAX_STEPS])
    begun = time.process_time()
    assert check(text, "x.toml").problems
    assert time.process_time() - begun < 10


@pytest.mark.parametrize("conditions", [0, 1, 2])
def test_two_hundred_steps_are_checked_and_their_ways_listed_in_two_seconds(
    conditions: int,
) -> None:
    text = long_text(200, conditions)
    begun = time.process_time()
    found = check(text, "long.toml", bot_cost=Cost(messages=10, taps=4))
    assert found.flow
    first = [path for path, _ in zip(listed(found.flow), range(1_000), strict=False)]
    assert time.process_time() - begun < 2
    assert len(first) == 1_000
    assert found.paths
    assert "ways through" in str(found.paths)
    assert any("the longest way takes" in p.what for p in found.problems)
