"""Organisations with few and with many open talks, made through the real store."""

import random
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.load import PLATFORM, WORDS
from bench.organisation import CONFIG, found
from bot.app import Application, open_application
from bot.config.load import read_config
from bot.runtime.clock import system_clock
from handlers.sending.chat_cleaner import AGEING_HOURS, HOUR_SECONDS
from store.model.accounts import Account
from store.model.changes import BeginCase, Change, SaveDraft, SealItem
from store.model.drafts import Draft, StoredAnswer

FIRST = 9_000_000
"""Nobody of these talks while the bench measures."""

PIECES = 3
ITEM_BYTES = 16


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of the clock and of the CPU."""

    wall: float
    cpu: float


async def prepare(folder: Path, drafts: int) -> None:
    """An organisation in which so many talks are open."""
    found(folder)
    opened = open_application(read_config(folder / CONFIG), system_clock, secrets.token_bytes)
    chance = random.Random(7)  # noqa: S311 - sizes of made-up texts
    async with opened as house:
        for number in range(drafts):
            await _begin(house, FIRST + number, chance)


async def _begin(house: Application, number: int, chance: random.Random) -> None:
    """Two pieces of a story and a first answer, as one turn; each text with its seal."""
    who = Account(PLATFORM, str(number), str(number))
    items = [secrets.token_hex(ITEM_BYTES) for _ in range(PIECES)]
    keeps = [
        SealItem(item, step, _text(chance))
        for item, step in zip(items, ("story", "story", "first"), strict=True)
    ]
    revision = house.settings.flow.revision
    changes: tuple[Change, ...] = (
        BeginCase(Draft(revision, "en")),
        *keeps,
        SaveDraft(_draft(revision, items)),
    )
    message = f"draft {number}"
    await house.stores.cases.commit(
        who, message, changes, (), system_clock(), chat_message=str(number)
    )


def _text(chance: random.Random) -> str:
    return " ".join(chance.choices(WORDS, k=chance.randint(1, 8)))


def _draft(revision: str, items: Sequence[str]) -> Draft:
    answers = (
        StoredAnswer("bot.safe", ("go",)),
        StoredAnswer("bot.clean", ("end",)),
        StoredAnswer("story", (), tuple(items[:2])),
        StoredAnswer("fate", ("keep",)),
        StoredAnswer("first", (), tuple(items[2:])),
    )
    return Draft(revision, "en", answers=answers)


async def upkeep(config: Path) -> Spent:
    """What the bot does by itself once a minute, on this organisation."""
    opened = open_application(read_config(config), system_clock, secrets.token_bytes)
    async with opened as house:
        wall, cpu = time.perf_counter(), time.process_time()
        now = system_clock()
        await house.upkeep.run(now)
        before = int(now.timestamp()) // HOUR_SECONDS - AGEING_HOURS
        await house.stores.deletable_messages.ageing(PLATFORM, before)
        await house.stores.outbox.waiting_accounts(PLATFORM)
        return Spent(time.perf_counter() - wall, time.process_time() - cpu)
