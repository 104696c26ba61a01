"""Organisations with few and with many open talks.

The first talk goes through the store. The others are rows that are generated in all cores at once
and inserted in bulk: each talk has keys of its own, its texts are really sealed to them, and its
draft is wrapped for an account of its own, by the same functions as the store's. Some of them are
opened through the store afterwards, which holds that the rows are what it would have written.
"""

import asyncio
import os
import random
import secrets
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from bench.bulk import Rows, filling, insert
from bench.load import PLATFORM, WORDS
from bench.organisation import CONFIG, found, opened
from bot.app import Application, make_repositories
from bot.config.load import read_config
from bot.platforms.facts import CHAT_PLATFORMS
from bot.roster_file import read_roster
from bot.runtime.clock import system_clock
from handlers.sending.chat_cleaner import AGEING_HOURS, HOUR_SECONDS
from store.cases.account_state import BEGUN
from store.cases.draft_changes import CASE_VERSION
from store.cases.drafts import settled
from store.cases.items import answer
from store.crypto.age import file as age
from store.crypto.case_keys import ENTROPY_BYTES, CaseKeys
from store.crypto.keyring import open_keyring
from store.crypto.labels import Label
from store.inbox.accounts import row_id
from store.inbox.processed_messages import message_name
from store.model.accounts import Account
from store.model.changes import BeginCase, Change, SaveDraft, SealItem
from store.model.clock import day_of, hour_of, week_of
from store.model.drafts import Draft, StoredAnswer
from store.outbox.deletable_messages import encode_row
from store.repositories import Repositories

FIRST = 9_000_000
"""Nobody of these talks while the bench measures."""

STEPS = ("story", "story", "first")
"""What each of the three sealed texts of a talk answers."""

ITEM_BYTES = 16
AT_ONCE = 1000
"""Talks that one process makes before it hands their rows over."""

OPENED = 20
"""Generated talks that are opened through the store afterwards."""


class NotOpenable(Exception):
    """The store cannot open what was generated."""


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of the clock and of the CPU."""

    wall: float
    cpu: float


async def prepare(folder: Path, drafts: int) -> None:
    """Make an organisation in which so many talks are open."""
    found(folder)
    config = folder / CONFIG
    async with opened(config) as application:
        revision = application.settings.flow.revision
        await _begin(application, revision)
    await asyncio.to_thread(_generate, config, revision, range(FIRST + 1, FIRST + drafts))
    await _open_some(config, drafts)


async def _begin(application: Application, revision: str) -> None:
    """Begin the first talk as one turn, with everything that a first turn notes."""
    who, texts = account_of(FIRST), texts_of(FIRST)
    items = [secrets.token_hex(ITEM_BYTES) for _ in STEPS]
    changes: tuple[Change, ...] = (
        BeginCase(Draft(revision, "en")),
        *(SealItem(*parts) for parts in zip(items, STEPS, texts, strict=True)),
        SaveDraft(_draft(revision, items)),
    )
    await application.stores.cases.commit(
        who, f"draft {FIRST}", changes, (), system_clock(), chat_message=str(FIRST)
    )


def _generate(config: Path, revision: str, numbers: range) -> None:
    """Make rows in as many processes as there are cores, and insert them in this one."""
    database = read_config(config).store.database
    assert database is not None  # noqa: S101 - the organisation was just founded with a file
    portions = [numbers[start : start + AT_ONCE] for start in range(0, len(numbers), AT_ONCE)]
    make = partial(_rows_of_talks, config, revision)
    with filling(database) as connection:
        if len(portions) <= 1:  # not worth another process
            for rows in map(make, portions):
                insert(connection, rows)
            return
        spawning = get_context("spawn")
        with ProcessPoolExecutor(os.cpu_count(), mp_context=spawning) as processes:
            for rows in processes.map(make, portions):
                insert(connection, rows)


def _rows_of_talks(config: Path, revision: str, numbers: Sequence[int]) -> Rows:
    """Make the rows of some talks; runs in a process of its own."""
    read = read_config(config)
    keyring = open_keyring(read.store.keyring, secrets.token_bytes)
    repositories = make_repositories(
        read, keyring, secrets.token_bytes, read_roster(read), CHAT_PLATFORMS
    )
    rows: dict[str, list[dict[str, object]]] = {}
    for number in numbers:
        for table, row in _rows_of(repositories, number, revision):
            rows.setdefault(table, []).append(row)
    return rows


def _rows_of(
    repositories: Repositories, number: int, revision: str
) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield all rows of one talk, each with its table; owners come first."""
    now, who = system_clock(), account_of(number)
    keys = CaseKeys(secrets.token_bytes(ENTROPY_BYTES))
    items = [secrets.token_hex(ITEM_BYTES) for _ in STEPS]
    drafts = repositories.drafts
    draft = settled(drafts._aged(_draft(revision, items), now, ""))  # noqa: SLF001 - as it seals
    yield "case_file", _case_row(repositories, keys, draft.expires)
    for item, step, text in zip(items, STEPS, texts_of(number), strict=True):
        yield from _item_rows(keys, bytes.fromhex(item), step, text)
    yield "draft", drafts._row(who, keys, draft, day_of(now))  # noqa: SLF001 - as it seals
    yield from _rows_of_messages(repositories, who, number)


def _case_row(repositories: Repositories, keys: CaseKeys, draft_exp: int) -> dict[str, object]:
    now = system_clock()
    return {
        "locator": keys.locator,
        "v": CASE_VERSION,
        "rid": keys.rid,
        "pk_r": keys.box,
        "pk_sig": keys.sign_public,
        "week": week_of(now),
        "expire": repositories.retention.story_ends(now),
        "draft_exp": draft_exp,
    }


def _item_rows(
    keys: CaseKeys, item: bytes, step: str, text: str
) -> Iterator[tuple[str, dict[str, object]]]:
    document = answer(step, text, system_clock())
    sealed = age.encrypt(document.encode(), [keys.recipient], secrets.token_bytes)
    header, payload = age.split(sealed)
    owner = {"id": item, "locator": keys.locator, "week": document.week}
    yield "item", {**owner, "header": header, "size": len(payload)}
    yield "item_chunk", {"item": item, "n": 0, "bytes": payload}


def _rows_of_messages(
    repositories: Repositories, who: Account, number: int
) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield what is remembered of a message: that it came, can be deleted, and began a case."""
    now = system_clock()
    day, hour, keyring = day_of(now), hour_of(now), repositories.drafts.keyring
    seen = message_name(who.platform, f"draft {number}")
    own_id = row_id(keyring.key_for(day, Label.SEEN_INDEX), seen)
    row = {"id": own_id, "day": day, "platform": who.platform, "batch": 0, "hour": hour}
    yield "processed_message", row
    plain = encode_row(who, (str(number),), hour)
    sealed = repositories.deletable_messages._row(who, now, plain, full=False)  # noqa: SLF001 - as it seals
    yield "deletable_message", sealed
    counter = repositories.counters._id(BEGUN, who, day)  # noqa: SLF001 - as it is keyed
    yield "quota", {"id": counter, "day": day, "n": 1}


def account_of(number: int) -> Account:
    """Name somebody whose talk is open."""
    return Account(PLATFORM, str(number), str(number))


def texts_of(number: int) -> list[str]:
    """The three texts of a talk, of different lengths."""
    chance = random.Random(number)  # noqa: S311 - sizes of made-up texts
    return [" ".join(chance.choices(WORDS, k=chance.randint(1, 8))) for _ in STEPS]


def _draft(revision: str, items: Sequence[str]) -> Draft:
    answers = (
        StoredAnswer("bot.safe", ("go",)),
        StoredAnswer("bot.clean", ("end",)),
        StoredAnswer("story", (), tuple(items[:2])),
        StoredAnswer("fate", ("keep",)),
        StoredAnswer("first", (), tuple(items[2:])),
    )
    return Draft(revision, "en", answers=answers)


async def _open_some(config: Path, drafts: int) -> None:
    """Open some talks as their accounts would; raise ``NotOpenable`` if one is another."""
    async with opened(config) as application:
        for number in range(FIRST, FIRST + drafts, max(1, drafts // OPENED)):
            snapshot = await application.stores.cases.snapshot(
                account_of(number), system_clock(), pieces=True
            )
            if [piece.text for piece in snapshot.pieces] != texts_of(number):
                raise NotOpenable(f"The generated talk {number} cannot be opened.")


async def upkeep(config: Path) -> Spent:
    """What the bot does by itself once a minute, on this organisation."""
    async with opened(config) as application:
        wall, cpu = time.perf_counter(), time.process_time()
        now = system_clock()
        await application.upkeep.run(now)
        before = int(now.timestamp()) // HOUR_SECONDS - AGEING_HOURS
        await application.stores.deletable_messages.ageing(PLATFORM, before)
        await application.stores.outbox.waiting_accounts(PLATFORM)
        return Spent(time.perf_counter() - wall, time.process_time() - cpu)
