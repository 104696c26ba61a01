"""Ten thousand talks by chance: every word typed is kept, offered, or said to be left out."""

import random

import pytest

from tests.unit.handlers.reporter.random_talks import RandomTalk

TALKS, PARTS = 10_000, 8


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", range(PARTS))
def test_no_typed_word_is_lost(part: int) -> None:
    for number in range(part, TALKS, PARTS):
        lost = RandomTalk(random.Random(f"words {number}")).play()  # noqa: S311 - a drawn test
        assert not lost, "\n".join([f"talk {number}", *lost])
