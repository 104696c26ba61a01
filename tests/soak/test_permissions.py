"""Ten thousand sequences of all acts, on both engines: no law of permissions is broken."""

from pathlib import Path

import pytest

from tests.databases import migrated
from tests.doubles.postgresql import Postgresql
from tests.drills.test_permission_property import TOGETHER, fast_codes, run_sequences
from tests.rig import make_rig

SEQUENCES = 10_000
PARTS = 40
"""An interrupted run goes on with the part that was under way."""
ORGANISATIONS = SEQUENCES // PARTS // TOGETHER

__all__ = ["fast_codes"]


@pytest.mark.parametrize("part", range(0, PARTS, 2))
async def test_no_sequence_breaks_a_law_on_sqlite(tmp_path: Path, part: int, seed: int) -> None:
    for number in range(ORGANISATIONS):
        folder = tmp_path / str(number)
        folder.mkdir()
        await run_sequences(make_rig(folder), f"{seed} {part} {number}")


@pytest.mark.parametrize("part", range(1, PARTS, 2))
async def test_no_sequence_breaks_a_law_on_postgresql(
    tmp_path: Path, part: int, seed: int, postgresql: Postgresql
) -> None:
    for number in range(ORGANISATIONS):
        folder = tmp_path / str(number)
        folder.mkdir()
        async with migrated(postgresql) as name:
            rig = make_rig(folder, url=postgresql.url(name))
            await run_sequences(rig, f"{seed} {part} {number}")
