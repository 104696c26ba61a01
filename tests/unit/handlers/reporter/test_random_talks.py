"""Ten thousand talks by chance: every word typed is kept, offered, or said to be left out."""

import random

import pytest

from tests.unit.handlers.reporter.random_talks import DecidedTalk, RandomTalk

TALKS, PARTS = 10_000, 8


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", range(PARTS))
async def test_no_typed_word_is_lost(part: int) -> None:
    for number in range(part, TALKS, PARTS):
        chance = random.Random(f"words {number}")  # noqa: S311 - a drawn test
        lost = await RandomTalk(chance, DecidedTalk()).play()
        assert not lost, "\n".join([f"talk {number}", *lost])
