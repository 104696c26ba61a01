"""The twelve walks hold on three platforms, and end as it stands in the review kit.

``HOLDFAST_RECORD=1 python -m pytest tests/integration/test_walks.py`` writes transcripts and right
answers anew: see ``tests/recorded.py``. What readers answered stays, for the transcript they had.
"""

from pathlib import Path

import pytest

from tests.doubles.matrix.fixtures import clients, synapse
from tests.doubles.matrix.person import Clients
from tests.doubles.matrix.synapse import Synapse
from tests.recorded import hold, ids_of_readers_rows_apart, recording, seeded
from tests.walks import kit
from tests.walks.playing import found, on_matrix, on_telegram, on_the_terminal, walks
from tests.walks.sheets import people_named, read_sheet, right_answers

__all__ = ["clients", "synapse"]

WALKS = [pytest.param(path, id=path.stem) for path in walks()]


@pytest.mark.timeout(240)
@pytest.mark.parametrize("path", WALKS)
async def test_a_walk_is_seen_and_ends_as_recorded(
    tmp_path: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids_of_readers_rows_apart(monkeypatch)
    kept = await on_the_terminal(found(tmp_path / "terminal", seeded(path.stem)), path)
    rig = found(tmp_path / "telegram", seeded(path.stem))
    same, seen, ending = await on_telegram(rig, path)
    assert kept == same
    transcript = kit.titled(path.stem, seen)
    hold(kit.transcript_of(path.stem), transcript)
    file = kit.sheet_of(path.stem)
    before = read_sheet(file) if file.exists() else None
    now = kit.renewed(before, transcript, right_answers(ending), people_named(ending))
    if recording():
        kit.write(path.stem, now)
    assert before == now or recording()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("path", WALKS)
async def test_a_walk_leaves_the_same_on_matrix(
    tmp_path: Path, path: Path, synapse: Synapse, clients: Clients
) -> None:
    kept = await on_the_terminal(found(tmp_path / "terminal", seeded(path.stem)), path)
    rig = found(tmp_path / "matrix", seeded(path.stem))
    assert kept == await on_matrix(rig, path, synapse, await clients.person())
