"""Many sequences of hostile acts on a real homeserver, drawn from the seed of the run."""

from pathlib import Path

import pytest

from bot.platforms.matrix.sync import decryptor
from tests.doubles.matrix.synapse import Synapse
from tests.drills.matrix_process import shorten_pauses
from tests.drills.test_hostile_synapse import check

ROUNDS = 30
"""Of ten sequences each."""


@pytest.mark.parametrize("part", range(ROUNDS))
async def test_no_hostile_acts_change_what_a_reporter_allowed(
    tmp_path: Path, synapse: Synapse, monkeypatch: pytest.MonkeyPatch, seed: int, part: int
) -> None:
    monkeypatch.setattr(decryptor, "KEY_WAIT_SECONDS", 0.2)
    shorten_pauses(monkeypatch)
    await check(tmp_path, synapse, seed + part)
