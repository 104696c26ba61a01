"""Many accounts share a commit; whatever is killed, each of their turns is there whole or not."""

import random
import subprocess
import sys
from pathlib import Path

from sqlalchemy import select

from store.db.schema import item, item_chunk
from tests.unit.store.killed import PEOPLE, person
from tests.unit.store.organisation import Organisation, organisation

ROOT = Path(__file__).parents[3]
ROUNDS = 6


def live(folder: Path, of_round: int, lines: int) -> dict[int, list[str]]:
    """One life, killed after so many acknowledged answers; what was acknowledged to whom."""
    told: dict[int, list[str]] = {number: [] for number in range(PEOPLE)}
    command = [sys.executable, "-m", "tests.unit.store.killed", str(folder), str(of_round)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for count, line in enumerate(process.stdout):
            number, name = line.split()
            told[int(number)].append(name)
            if count == lines:
                process.kill()
    return told


async def test_a_killed_process_loses_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    chance = random.Random(21)  # noqa: S311 - when somebody pulls the plug
    acknowledged: dict[int, list[str]] = {number: [] for number in range(PEOPLE)}
    for of_round in range(ROUNDS):
        for number, names in live(tmp_path, of_round, chance.randint(20, 200)).items():
            acknowledged[number] += names
        async with organisation(tmp_path) as org:
            for number, names in acknowledged.items():
                await check(org, number, names, lives=of_round + 1)
            await check_whole(org)


async def check(org: Organisation, number: int, acknowledged: list[str], *, lives: int) -> None:
    """All of it, in order and once; and at most one more a life, cut off before it was said."""
    snapshot = await org.snapshot(person(number), pieces=True)
    told = [piece.text for piece in snapshot.pieces]
    known = [text for text in told if text in acknowledged]
    assert len(told) == len(set(told))
    assert len(told) - len(known) <= lives
    assert known == acknowledged[len(acknowledged) - len(known) :]
    assert known or not acknowledged


async def check_whole(org: Organisation) -> None:
    """No item without its payload and its mark, and a begun case for each that is left over."""
    alone = select(item.c.id).outerjoin(item_chunk).where(item_chunk.c.item.is_(None))
    assert await org.database.read(lambda connection: connection.execute(alone).all()) == []
    counted = await org.counted()
    assert counted["processed_message"] == counted["item"] + counted["case_file"]
    assert counted["case_file"] == counted["draft"] <= PEOPLE
