"""Ten thousand sequences of hostile acts, drawn from the seed of the run."""

from pathlib import Path

import pytest

from bot.platforms.matrix.sync import decryptor
from tests.drills.test_hostile_homeserver import check

SEQUENCES, OF_A_TEST = 10_000, 50


@pytest.mark.parametrize("part", range(SEQUENCES // OF_A_TEST))
async def test_no_hostile_acts_change_what_a_reporter_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, part: int
) -> None:
    monkeypatch.setattr(decryptor, "KEY_WAIT_SECONDS", 0.2)
    await check(tmp_path, seed, range(part * OF_A_TEST, (part + 1) * OF_A_TEST))
