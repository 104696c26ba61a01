"""A thousand races between two acts on one hand-over, on each engine."""

from pathlib import Path

from tests.doubles.postgresql import Postgresql
from tests.drills.test_races import race_on_postgresql, race_on_sqlite

ROUNDS = 1000


async def test_a_thousand_races_of_two_tasks_on_sqlite(tmp_path: Path, seed: int) -> None:
    await race_on_sqlite(tmp_path, seed, ROUNDS)


async def test_a_thousand_races_of_two_processes_on_postgresql(
    tmp_path: Path, seed: int, postgresql: Postgresql
) -> None:
    await race_on_postgresql(tmp_path, postgresql, seed, ROUNDS)
