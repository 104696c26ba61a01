"""Read from the store, the readers' keys and the chat how a walk ended.

Nothing here follows from what the bot said: what opens is opened, what a reader could get is got
and opened with that reader's key, and what stands in the chat is looked up in the double.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from bot.app import Application
from handlers.sending.formatting import format_day
from handlers.texts.languages import FIRST_LANGUAGE, LANGUAGES
from store.cases.handovers import HELD
from store.db.connection import Connection
from store.db.schema import case_file, delivery, permission
from store.model.accounts import Account
from store.model.clock import HOUR_SECONDS
from tests.doubles.telegram.person import Person
from tests.rig import Rig
from tests.talk_script import FILLS, twelve_words
from tests.walks.reading import spans


@dataclass(frozen=True)
class Chat:
    """What stands in the chat at the end; numbers are those of the transcript."""

    of_person: str
    of_bot: str
    deleted: str
    secrets: bool
    """Recovery words stand in it."""


@dataclass(frozen=True)
class Ending:
    """Where a walk leaves a person."""

    chat: Chat
    talk_until: str
    """The day on which the talk that is open ends; empty if none is."""
    stays_after_talk: bool
    """What is open does not end with the talk."""
    opens: bool
    """The twelve words that were shown open a story."""
    takes_back: bool
    """The four words that were shown take back a story."""
    stops: bool
    """A tap or plain words from this account stop what is held."""
    held: Mapping[str, int]
    """Readers who cannot get it yet, and in how many hours they can."""
    can_get: tuple[str, ...]
    has_copy: tuple[str, ...]
    kept: bool
    """The person wanted it kept, not only handed over."""
    kept_until: str
    """The month in which a story ends that lasts longer than a talk; empty if there is none."""
    kept_weeks: int

    @property
    def is_anything_there(self) -> bool:
        """Whether the store holds anything of this person."""
        return bool(self.talk_until or self.kept_until)


async def read_ending(rig: Rig, person: Person, shown: str, copies: Mapping[str, bytes]) -> Ending:
    """The ending of the one talk that a store has seen, of somebody with Telegram."""
    now, account = rig.clock(), Account("telegram", str(person.id), str(person.id))
    words = " ".join(twelve_words(shown)) if "Your twelve words:" in shown else ""
    code = FILLS["four words"](shown) if "take-back code:\n" in shown else ""
    async with rig.house() as house:
        stores = house.stores
        snapshot = await stores.cases.snapshot(account, now)
        opens = bool(words) and await stores.recovery.find_by_words(words) is not None
        takes_back = bool(code) and await stores.recovery.find_by_code(code) is not None
        names = {reader.id: reader.name for reader in snapshot.readers}
        due, weeks, is_kept = await stores.cases.database.read(_standing)
    draft = snapshot.draft
    kept = (not draft or snapshot.outlives_draft) and max(weeks, default=0)
    return Ending(
        chat=_chat(person, words, code),
        talk_until=format_day(LANGUAGES[FIRST_LANGUAGE], draft.expires) if draft else "",
        stays_after_talk=snapshot.outlives_draft,
        opens=opens and not (draft and not snapshot.outlives_draft),
        takes_back=takes_back,
        stops=bool(snapshot.holds),
        held={names[fp]: int(hour - now.timestamp() / HOUR_SECONDS) for fp, hour in due.items()},
        can_get=tuple([name for name in rig.keys if await _can_get(rig, name)]),
        has_copy=tuple(name for name, data in copies.items() if rig.open(name, data).text),
        kept=is_kept,
        kept_until=_month(kept) if kept else "",
        kept_weeks=(_last_day(kept) - now.date()).days // 7 if kept else 0,
    )


def _standing(connection: Connection) -> tuple[dict[str, int], list[int], bool]:
    """Readers for whom something is held, with the hour; last weeks of stories; is one kept?"""
    held = select(delivery.c.fp, delivery.c.due).where(delivery.c.state == HELD)
    due = {row.fp.hex(): int(row.due) for row in connection.execute(held.order_by(delivery.c.fp))}
    keeping = (permission.c.kind == "keep") & permission.c.revoked.is_(None)
    is_kept = connection.execute(select(permission.c.stmt).where(keeping)).first() is not None
    weeks = connection.execute(select(case_file.c.expire)).scalars()
    return due, [int(week) for week in weeks], is_kept


async def _can_get(rig: Rig, name: str) -> bool:
    """Whether the store gives this reader a file that their key opens, and they had none yet."""
    waiting = [code for code, had in (await rig.inbox(name)).items() if not had]
    return any([bool(rig.open(name, await _file(rig, name, code)).text) for code in waiting])


async def _file(rig: Rig, name: str, code: str) -> bytes:
    """A file without the mark that it was got."""
    async with rig.house() as house:
        return await _bundle(house, name, code, rig.clock())


async def _bundle(house: Application, name: str, code: str, now: datetime) -> bytes:
    member = house.stores.readers.named(name, now)
    assert member is not None
    return await house.stores.readers.bundle(member, code)


def _last_day(week: int) -> date:
    return date.fromisocalendar(week // 100, week % 100, 7)


def _month(week: int) -> str:
    return f"{_last_day(week):%B %Y}"


def _chat(person: Person, words: str, code: str) -> Chat:
    numbers = {m.id: n for n, m in enumerate(person.chat.history, 1)}
    there = person.screen
    text = " ".join(" ".join(m.text.split()) for m in there)
    listed = [f"{n} {word}" for n, word in enumerate(words.split(), 1)]
    return Chat(
        of_person=spans(numbers[m.id] for m in there if m.mine),
        of_bot=spans(numbers[m.id] for m in there if not m.mine),
        deleted=spans(numbers[m.id] for m in person.chat.history if not m.live),
        secrets=any(s in text for s in (words, code, " ".join(listed)) if s),
    )
