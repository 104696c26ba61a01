"""A long text whose telling is cut off anywhere is there once and whole when it is told again."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from store.cases.staging import ABANDONED_HOURS
from tests.drills.crash_driver import Died, raise_died
from tests.drills.long_text import (
    BEGIN,
    TEXT,
    WORDS,
    Life,
    left_over,
    organisation_in,
    tell,
    told,
)
from tests.rig import Rig

ROOT = Path(__file__).parents[2]
KILLS = 10


async def passed(rig: Rig, folder: Path) -> list[str]:
    """Begin a talk, and tell the text in a copy of it; every failpoint of that, in order."""
    await rig.say(*BEGIN)
    rig.kept.close()
    shutil.copytree(rig.folder, folder)
    here, life = organisation_in(folder), Life(raise_died)
    await tell(here, life)
    here.kept.close()
    assert life.passed.count("sql insert item_chunk") == 3
    return life.passed


async def check(here: Rig, where: str) -> None:
    """Nothing or all of it is there, sealed; told again, it is there once and nothing else is."""
    here.kept.close()
    assert await told(here) in ([], [TEXT]), where
    assert not [path for path, data in here.written().items() if WORDS.encode() in data]
    await tell(here, Life(raise_died))
    assert await told(here) == [TEXT], where
    rows = await here.rows()
    assert (rows["item"], rows["item_chunk"], await left_over(here)) == (1, 3, 0), where
    here.kept.close()


@pytest.mark.timeout(300)
async def test_a_life_that_ends_at_any_failpoint(rig: Rig, tmp_path: Path) -> None:
    points = await passed(rig, tmp_path / "whole")
    for number, name in enumerate(points):
        shutil.copytree(rig.folder, folder := tmp_path / f"life {number}")
        here = organisation_in(folder)
        with pytest.raises(Died):
            await tell(here, Life(raise_died, number))
        await check(here, f"{number} {name}")
        shutil.rmtree(folder)


@pytest.mark.timeout(300)
async def test_a_process_that_is_killed(rig: Rig, tmp_path: Path) -> None:
    points = await passed(rig, tmp_path / "whole")
    lives = {n: tmp_path / f"life {n}" for n in range(0, len(points), len(points) // KILLS)}
    for folder in lives.values():
        shutil.copytree(rig.folder, folder)
    orders = "".join(f"{number} {folder}\n" for number, folder in lives.items())
    command = [sys.executable, "-m", "tests.drills.long_text"]
    ended = subprocess.run(  # noqa: ASYNC221 - nothing else runs
        command, cwd=ROOT, input=orders, stdout=subprocess.PIPE, text=True, check=True
    )
    assert [int(code) for code in ended.stdout.split()] == [-signal.SIGKILL] * len(lives)
    for number, folder in lives.items():
        await check(organisation_in(folder), f"{number} {points[number]}")


async def test_what_was_left_behind_goes_by_itself(rig: Rig, tmp_path: Path) -> None:
    points = await passed(rig, tmp_path / "whole")
    half_way = points.index("sql insert item_chunk") + 5
    here = organisation_in(rig.folder)
    with pytest.raises(Died):
        await tell(here, Life(raise_died, half_way))
    here.kept.close()
    assert await left_over(here) == 1
    await here.pass_time(hours=ABANDONED_HOURS - 1)
    assert await left_over(here) == 1
    await here.pass_time(hours=1)
    assert (await here.rows())["item_chunk"] == await left_over(here) == 0


async def test_what_was_left_behind_goes_with_its_talk(rig: Rig, tmp_path: Path) -> None:
    points = await passed(rig, tmp_path / "whole")
    here = organisation_in(rig.folder)
    with pytest.raises(Died):
        await tell(here, Life(raise_died, points.index("sql insert item_chunk") + 5))
    here.kept.close()
    await here.say("/erase", "yes")
    rows = await here.rows()
    assert rows["item"] == rows["item_chunk"] == 0
