"""The checker takes bounded time, whatever the file is."""

from itertools import islice

import pytest

from flows import CheckResult, Cost, check
from flows.checks.check import MAX_STEPS
from tests.cpu_time import takes_at_most
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

    def find_problems() -> None:
        assert check(text, "x.toml").problems

    assert takes_at_most(10, find_problems)


@pytest.mark.parametrize("conditions", [0, 1, 2])
def test_two_hundred_steps_are_checked_and_their_ways_listed_in_two_seconds(
    conditions: int,
) -> None:
    text = long_text(200, conditions)

    def checked() -> CheckResult:
        return check(text, "long.toml", bot_cost=Cost(messages=10, taps=4))

    def check_and_list() -> None:
        flow = checked().flow
        assert flow
        assert sum(1 for _ in islice(listed(flow), 1_000)) == 1_000

    assert takes_at_most(2, check_and_list)
    found = checked()
    assert found.paths
    assert "ways through" in str(found.paths)
    assert any("the longest way takes" in p.what for p in found.problems)
