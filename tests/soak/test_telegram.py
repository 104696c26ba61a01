"""Really kill the bot on Telegram, on both engines: everywhere, at random, and out of order."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.databases import ON_BOTH_ENGINES
from tests.drills.telegram_peers import STOCK
from tests.drills.test_telegram import (
    DEATHS,
    OUT_OF_ORDER,
    Moments,
    check_telegram,
    die_at_random,
    die_everywhere,
    die_in_disorder,
    die_in_every_disorder,
    die_in_the_dark,
    drill,
    stock_losses,
)

FEWER = 25


@ON_BOTH_ENGINES
async def test_killed_at_every_failpoint(
    tmp_path: Path, store_url: str, record_property: Callable[[str, object], None]
) -> None:
    async with drill(tmp_path / "drill", store_url) as running:
        await die_everywhere(running, 3, record_property)
        check_telegram(running)


@ON_BOTH_ENGINES
async def test_killed_at_fifty_random_moments(tmp_path: Path, store_url: str, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - moments
    async with drill(tmp_path / "drill", store_url) as running:
        await die_at_random(running, Moments(DEATHS, chance))
    assert sum(n > 0 for n in running.under_way) >= DEATHS // 3


@pytest.mark.parametrize("kind", sorted(STOCK))
async def test_a_stock_bot_loses_answers_at_the_same_moments(
    tmp_path: Path, kind: str, record_property: Callable[[str, object], None]
) -> None:
    record_property("losses", await stock_losses(tmp_path / kind, kind))


@ON_BOTH_ENGINES
@pytest.mark.parametrize("disorder", OUT_OF_ORDER)
async def test_killed_while_telegram_is_out_of_order(
    tmp_path: Path, store_url: str, disorder: str
) -> None:
    await die_in_disorder(tmp_path / "drill", disorder, FEWER, store_url)


@ON_BOTH_ENGINES
async def test_killed_during_an_hour_without_telegram(tmp_path: Path, store_url: str) -> None:
    await die_in_the_dark(tmp_path / "drill", FEWER, store_url)


@ON_BOTH_ENGINES
async def test_killed_while_everything_is_out_of_order(tmp_path: Path, store_url: str) -> None:
    await die_in_every_disorder(tmp_path / "drill", FEWER, store_url)
