"""Really kill the bot on Matrix: at every failpoint, and at moments that the seed decides."""

import random
from collections.abc import Callable
from pathlib import Path

from tests.doubles.matrix.synapse import Synapse
from tests.drills.crash_driver import lines_of
from tests.drills.failpoints import check_passed
from tests.drills.test_matrix import (
    ANSWERS,
    DEATHS,
    Moments,
    begun,
    check,
    die_everywhere,
    die_while_pages_are_withheld,
    drill,
    finish,
    stock_answers,
)


async def test_killed_at_every_failpoint(
    tmp_path: Path, synapse: Synapse, record_property: Callable[[str, object], None]
) -> None:
    async with drill(tmp_path / "drill", synapse) as running:
        await die_everywhere(running, record_property)
        check_passed("matrix", lines_of(running.folder, "passed"))


async def test_killed_at_fifty_random_moments(
    tmp_path: Path, synapse: Synapse, seed: int, record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(seed)  # noqa: S311 - moments
    async with drill(tmp_path / "drill", synapse) as running:
        talks = await begun(running)
        await running.die()
        await Moments(DEATHS, chance).pass_by(running)
        await finish(running, talks)
        await check(running)
    under_way = sum(n > 0 for n in running.under_way)
    record_property("losses", f"0 of {ANSWERS} lost or twice, {under_way} deaths under way")
    assert under_way >= DEATHS // 3


async def test_killed_at_fifty_random_moments_while_pages_are_withheld(
    tmp_path: Path, synapse: Synapse, seed: int
) -> None:
    moments = Moments(DEATHS, random.Random(seed))  # noqa: S311 - moments
    await die_while_pages_are_withheld(tmp_path / "drill", synapse, moments)


async def test_a_bare_bot_loses_answers_at_the_same_moments(
    tmp_path: Path, synapse: Synapse, record_property: Callable[[str, object], None]
) -> None:
    async with drill(tmp_path / "drill", synapse, 5, "nio") as running:
        kept = await stock_answers(running)
    lost, twice = sum(n == 0 for n in kept.values()), sum(n > 1 for n in kept.values())
    assert lost > 0
    record_property("losses", f"bare nio: {lost} of {ANSWERS} lost, {twice} twice")
