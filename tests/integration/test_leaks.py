"""Whatever is said, no file, log, ``repr`` or error of the program holds a word of it."""

import base64
import gzip
import io
import itertools
import json
import logging
import random
import re
import secrets
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
import traceback
import zlib
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import datetime
from inspect import iscoroutinefunction
from pathlib import Path
from string import ascii_lowercase
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import func, select, update

import flows
from bot.app import Application, open_application
from bot.config.load import read_config
from bot.demo.trial import Trial, TrialClock, found_trial
from bot.errors import CryptoStoreError
from bot.platforms.matrix.crypto.store import store_class_for
from bot.platforms.terminal.adapter import TerminalMessenger
from bot.runtime.conversations import Conversations
from bot.runtime.health.file import HealthFile
from bot.runtime.health.recorder import HealthRecorder, ObservedPlatform
from bot.runtime.health.upkeep_rounds import UpkeepRounds
from bot.runtime.logs import AllowList
from handlers.messages import (
    ButtonPress,
    IncomingMessage,
    MessageContent,
    Reply,
    TextMessage,
    UnusableMessage,
)
from handlers.reporter.markers import WORD_CHECK, find_marker
from handlers.reporter.typed_text import NOT_SAFE_TOKEN
from handlers.texts.english import ENGLISH
from handlers.turn import TurnProcessor
from store.crypto.age import file as age
from store.crypto.case_keys import CaseKeys
from store.crypto.cbor import decode_map
from store.crypto.document import Document
from store.crypto.keyring import Keyring, create_keyring
from store.crypto.mnemonics import candidates
from store.db.schema import draft, item, metadata, outbox
from store.model.accounts import Account
from store.model.errors import StoreError
from store.model.snapshot import Snapshot
from store.stores import Stores
from tests.doubles.matrix.fixtures import clients, synapse
from tests.doubles.matrix.person import Clients
from tests.doubles.matrix.person import Person as MatrixPerson
from tests.doubles.matrix.proxy import Fault as MatrixFault
from tests.doubles.matrix.proxy import Proxy
from tests.doubles.matrix.synapse import Credentials, Synapse
from tests.doubles.telegram.double import Double
from tests.doubles.telegram.faults import Fault
from tests.doubles.telegram.person import Person
from tests.integration.matrix.running import Running as OnMatrix
from tests.integration.matrix.running import begin as begin_on_matrix
from tests.integration.matrix.running import fetch as fetch_on_matrix
from tests.integration.matrix.running import hand_over as hand_over_on_matrix
from tests.integration.matrix.running import join as join_on_matrix
from tests.integration.matrix.running import running as on_matrix
from tests.integration.telegram.running import answer, begin, join, running
from tests.program import HOLDFAST
from tests.rig import FLOWS, Rig, Screen, make_rig, person
from tests.search import SHORTEST, Search, files_below
from tests.talk_script import OAK_READS

__all__ = ["clients", "synapse"]

ROOT = Path(__file__).parents[2]
TALKS = 100
TALKS_IN_A_HOUSE = 20
MESSAGES = (4, 8, 12)
TOUR = 60
"""Messages of somebody in each house who goes all the way, and comes back."""
LETTERS = 11


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the program's temporary files go."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setenv("TMPDIR", str(place))
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


LIBRARIES = (
    *("aiosqlite", "sqlalchemy", "alembic", "asyncio", "bot"),
    *("aiohttp", "aiohttp.client", "httpx", "httpcore", "telegram", "telegram.Bot"),
    *("nio", "nio.client", "nio.crypto", "nio.crypto.log", "nio.store", "peewee", "sqlcipher3"),
)


@contextmanager
def listening(*, aloud: bool = True) -> Iterator[Callable[[], bytes]]:
    """Everything that any library logs, ``aloud`` at its most talkative."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(name)s %(message)s %(args)s"))
    root = logging.getLogger()
    loggers = [root, *map(logging.getLogger, LIBRARIES)] if aloud else []
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    others, root.handlers = root.handlers, [handler]
    try:
        yield lambda: stream.getvalue().encode("utf-8", "surrogatepass")
    finally:
        root.handlers = others
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


# The search itself can fail


NEEDLE = "wonderfully"
PLANTED = {
    "raw": NEEDLE.encode(),
    "reversed": NEEDLE[::-1].encode(),
    "capitals": NEEDLE.upper().encode(),
    "hex": NEEDLE.encode().hex().encode(),
    "hex in capitals": NEEDLE.encode().hex().upper().encode(),
    "utf-16 little": NEEDLE.encode("utf-16-le"),
    "utf-16 big": NEEDLE.encode("utf-16-be"),
    "percent": "".join(f"%{ord(c):02X}" for c in NEEDLE).encode(),
    "quoted in an address": quote(f"a {NEEDLE} b").encode(),
    "zlib": zlib.compress(f"so {NEEDLE} said".encode()),
    "zlib, fast": zlib.compress(f"so {NEEDLE} said".encode(), 1),
    "gzip": gzip.compress(f"so {NEEDLE} said".encode()),
    "deflate": zlib.compress(f"so {NEEDLE} said".encode(), wbits=-15),
    "cut deflate": zlib.compress(f"so {NEEDLE} said {'.' * 99}".encode(), wbits=-15)[:-3],
    **{
        f"{encode.__name__}, {shift} before, {more} behind": encode(
            bytes(range(shift)) + NEEDLE.encode() + b"!" * more
        )
        for encode in (base64.b64encode, base64.urlsafe_b64encode, base64.b32encode)
        for shift in range(6)
        for more in range(3)
    },
}


@pytest.mark.parametrize("how", PLANTED)
def test_what_is_planted_is_found(how: str, tmp_path: Path) -> None:
    search = Search()
    search.add(NEEDLE, "something else")
    noise = random.Random(how).randbytes  # noqa: S311 - noise
    for before in range(4):
        (tmp_path / "file").write_bytes(noise(900 + before) + PLANTED[how] + noise(900))
        hits = search.found_in(files_below(tmp_path), raw=True)
        assert hits, how
        assert all(NEEDLE in hit for hit in hits)


def test_what_is_not_there_is_not_found(tmp_path: Path) -> None:
    search = Search()
    search.add(NEEDLE)
    almost = NEEDLE[:-1].encode()
    noise = random.Random(1).randbytes(9999)  # noqa: S311 - noise
    (tmp_path / "file").write_bytes(almost + noise + almost.hex().encode())
    assert not search.found_in(files_below(tmp_path), raw=True)


async def test_a_word_planted_in_the_database_is_found(rig: Rig) -> None:
    search = Search()
    search.add(NEEDLE)
    await rig.tell("a story")
    async with rig.house() as house:
        assert not search.found_in(files_below(rig.folder))
        messages = metadata.tables["processed_message"]
        planted = update(messages).values(platform=NEEDLE[::-1])
        await house.stores.cases.database.transaction(
            lambda connection: connection.execute(planted)
        )
        assert search.found_in(files_below(rig.folder))


# Random talks


COMMANDS = (
    *("/back", "/skip", "/skip", "/help", "/pause", "/stop", "/show", "/show 1", "/permissions"),
    *("/privacy", "/words", "/withdraw", "/erase", "/start", "/history", "/add", "stop", "/done"),
)
RATHER = {
    "bot.safe": "go",
    "bot.overview": "right",
    "bot.back": "words",
    "bot.code": "have",
    "bot.stop": "story",
    "bot.erase": "no",
    "bot.review": "hold",
    "fate": "read",
    "keep": "yes",
    "parts": "all",
}
"""What somebody says who wants to come to an end."""


@dataclass
class Reporter:
    """Somebody who says anything that can be said, in words that nobody else uses."""

    house: Application
    conversations: Conversations
    screen: Screen
    chance: random.Random
    search: Search
    common: str
    """What stands in the files anyway, so that finding it there means nothing."""
    who: Account = field(init=False)
    wild: float = field(init=False)
    asked: Reply | None = None
    ways: set[str] = field(default_factory=set)
    """Twelve words and codes that this person has written down."""

    def __post_init__(self) -> None:
        self.who = person(self.word())
        self.wild = self.chance.uniform(0.1, 0.6)

    def word(self) -> str:
        word = "".join(self.chance.choices(ascii_lowercase, k=LETTERS))
        self.search.add(word)
        return word

    def sentence(self) -> str:
        return " ".join(self.word() for _ in range(self.chance.randint(1, 3)))

    async def talk(self, messages: int) -> None:
        for _ in range(messages):
            snapshot = await self.house.stores.cases.snapshot(self.who, self.house.clock())
            self.write_down(snapshot)
            await self.hear(self.next_message(snapshot))

    async def hear(self, heard: MessageContent) -> list[Reply]:
        before = len(self.screen.replies)
        await self.conversations.receive(IncomingMessage(secrets.token_hex(8), self.who, heard))
        await self.conversations.settle(self.who)
        replies = [reply for _, reply in self.screen.replies[before:]]
        self.asked = next((r for r in reversed(replies) if r.question), self.asked)
        return replies

    def next_message(self, snapshot: Snapshot) -> MessageContent:
        mark = find_marker(snapshot.draft, WORD_CHECK) if snapshot.draft else None
        if self.asked is None:
            return TextMessage("/start")
        if self.chance.random() < self.wild / 3:
            return TextMessage(self.chance.choice(COMMANDS))
        if self.ways and snapshot.draft is None and snapshot.opened is None:
            return TextMessage(
                f"{self.chance.choice(COMING_BACK)} {self.chance.choice([*self.ways])}"
            )
        if mark and self.asked.question == WORD_CHECK:
            return TextMessage(" ".join(snapshot.words[int(p) - 1] for p in mark.choices))
        if self.asked.offers and self.chance.random() > self.wild / 3:
            return self.choice(self.asked)
        return TextMessage("/done" if self.chance.random() < 0.5 else self.sentence())

    def choice(self, asked: Reply) -> MessageContent:
        ids = [offer.id for offer in asked.offers]
        rather = RATHER.get(asked.question, "")
        if rather in ids and self.chance.random() > self.wild:
            return ButtonPress(asked.question, (rather,))
        count = self.chance.randint(1, 2) if asked.several and len(ids) > 1 else 1
        return ButtonPress(asked.question, tuple(self.chance.sample(ids, count)))

    def write_down(self, snapshot: Snapshot) -> None:
        for way in (snapshot.words, snapshot.code_words):
            if way and " ".join(way) not in self.ways:
                self.ways.add(" ".join(way))
                look_for_words(self.search, way, self.common)


OUR_CODE = ("bot", "handlers", "flows", "store", "tests")
COMING_BACK = ("/open",) * 5 + ("/withdraw", "/erase")


def what_stands_anyway(files: Mapping[Path, bytes], logged: bytes) -> str:
    """A program in which nobody said anything, and its own sources."""
    sources = (p.read_bytes() for place in OUR_CODE for p in (ROOT / place).rglob("*.py"))
    return b"".join((logged, *files.values(), *sources)).decode("latin-1").lower()


def look_for_words(search: Search, way: tuple[str, ...], common: str) -> None:
    """Three in a row, the long ones alone, and the number behind them."""
    for at in range(len(way) - 2):
        search.add(*(between.join(way[at : at + 3]) for between in " ,\n"))
    search.add(*(word for word in way if len(word) >= SHORTEST and word not in common))
    search.add(*(entropy for _, entropy in candidates(way)))


class Unshown(Screen):
    """A test's screen would show what it got."""

    def __repr__(self) -> str:
        return "Unshown()"


class Tap:
    """A store that shows all that goes in and comes out, as ``repr`` would print it."""

    def __init__(self, store: object, shown: list[str]) -> None:
        self._store, self._shown = store, shown

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)

        async def call(*args: Any, **more: Any) -> Any:
            result = await method(*args, **more)
            self._show(*args, result)
            return result

        def call_now(*args: Any, **more: Any) -> Any:
            result = method(*args, **more)
            self._show(*args, result)
            return result

        return call if iscoroutinefunction(method) else call_now

    def _show(self, *values: object) -> None:
        self._shown += [repr(value) for value in values if not isinstance(value, str)]


def tapped(stores: Stores, shown: list[str]) -> Stores:
    """Stores that show what goes in and comes out; those of readers were never tapped."""
    names = ("cases", "recovery", "revisions", "outbox", "deletable_messages")
    taps: dict[str, Any] = {name: Tap(getattr(stores, name), shown) for name in names}
    return replace(stores, **taps)


async def random_talks(
    rig: Rig, house: Application, chance: random.Random, search: Search, common: str
) -> list[str]:
    """Several people at once, each in a lane of their own; what ``repr`` showed meanwhile."""
    shown: list[str] = []
    rig.screen = Unshown(rig.screen.platform)
    conversations = replace(house, stores=tapped(house.stores, shown)).conversations(rig.screen)
    people = [
        Reporter(house, conversations, rig.screen, chance, search, common)
        for _ in range(TALKS_IN_A_HOUSE)
    ]
    await be_reader(rig, Reporter(house, conversations, rig.screen, chance, search, common), "Oak")
    people[0].wild = 0.0
    await people[0].talk(TOUR)
    for reporter in people[1:]:
        await reporter.talk(chance.choice(MESSAGES))
    await be_reader(rig, Reporter(house, conversations, rig.screen, chance, search, common), "Ash")
    things = (house, conversations, house.settings, *(r for _, r in rig.screen.replies))
    return [*shown, *map(repr, (*things, *(somebody.who for somebody in people)))]


async def be_reader(rig: Rig, reader: Reporter, name: str) -> None:
    """Link an account, look, fetch all that waits."""
    await reader.hear(TextMessage(f"/join {name}"))
    sealed = age.decrypt(rig.screen.files["join.age"], [rig.keys[name].identity])
    digits = decode_map(Document.decode(sealed).body, "An invitation")["code"]
    assert isinstance(digits, str)
    reader.search.add(digits)
    await reader.hear(TextMessage("/join 00000000"))
    await reader.hear(TextMessage(f"/join {digits}"))
    (inbox,) = await reader.hear(TextMessage("/inbox"))
    for code in re.findall(r"\b[0-9A-Z]{6}\b", inbox.text):
        await reader.hear(TextMessage(f"/fetch {code}"))


# A hundred talks of two dozen messages, most with a commit on the disk.
@pytest.mark.timeout(300)
async def test_a_hundred_random_talks_leave_no_word_anywhere(rig: Rig, temporary: Path) -> None:
    chance = random.Random(100)  # noqa: S311 - what somebody may say
    search, reached = Search(), Counter[str]()
    rig.hook = lambda point: reached.update([point])
    with listening() as logged:
        async with rig.house():
            common = what_stands_anyway(files_below(rig.folder), logged())
    for round_ in range(TALKS // TALKS_IN_A_HOUSE):
        async with rig.house() as house:
            with listening(aloud=round_ == 0) as logged:
                shown = await random_talks(rig, house, chance, search, common)
            assert not search.found_in(files_below(rig.folder, temporary))
            assert not search.found("\n".join(shown).encode())
            assert not search.found(logged())
        await rig.pass_time(hours=13 if round_ % 2 else 72)
    files = files_below(rig.folder, temporary) | {Path(n): d for n, d in rig.screen.files.items()}
    assert not search.found_in(files)
    assert reached.keys() >= ALWAYS_REACHED


ALWAYS_REACHED = {
    f"sql {statement}"
    for statement in (
        "insert case_file",
        "insert item",
        "update draft",
        "delete draft",
        "insert permission",
        "insert access_grant",
        "insert delivery",
        "update case_file",
    )
}
"""What chance cannot miss here; a test of crashes goes through every kind of change."""


# The sample talk


async def test_the_sample_talk_leaves_no_word_anywhere(tmp_path: Path, temporary: Path) -> None:
    folder = tmp_path / "organisation"
    config, clock, search = found_trial(folder), TrialClock(), Search()
    with listening(aloud=True) as logged:
        async with open_application(config, clock, secrets.token_bytes) as house:
            common = what_stands_anyway(files_below(folder), logged())
            trial = Trial(house, folder, clock, TerminalMessenger(io.StringIO(), folder))
            assert await trial.hold_conversation(trial.sample())
            assert len(trial.words) == 12
            look_for_words(search, trial.words, common)
            search.add(*(line for line in trial.typed if len(line) > 12 and line not in KNOWN))
            data = files_below(folder / "data", folder / "keyring", temporary)
            assert not search.found_in(data, raw=True)
            assert not search.found("".join(map(repr, (trial, house, config))).encode())
            await trial.show_readers()
            assert not search.found_in(files_below(folder, temporary))
    assert not search.found_in(files_below(folder, temporary), raw=False)
    assert not search.found(logged())


STEPS = flows.load((FLOWS / "intake.toml").read_text(), "intake.toml").steps
KNOWN = {choice.text for step in STEPS for choice in step.choices} | {*ENGLISH.labels.values()}
"""Of what the sample talk says, this stands in the questionnaire."""


# On Telegram


@contextmanager
def logged_as_operators_see_it() -> Iterator[Callable[[], bytes]]:
    """Everything at its most talkative, through the program's own formatter."""
    with listening() as _:
        stream = io.StringIO()
        handler = logging.StreamHandler(stream)
        handler.setFormatter(AllowList())
        logging.getLogger().handlers = [handler]
        yield lambda: stream.getvalue().encode()


def look_for_number(search: Search, number: int) -> None:
    """As digits and as integers of eight bytes; CBOR's largest form is the big-endian one."""
    search.add(str(number), number.to_bytes(8, "big"), number.to_bytes(8, "little"))
    search.add(b"\x1b" + number.to_bytes(8, "big"))


LONG_ID = 7_766_554_433_221_100
LONG_MESSAGE = 8_877_665_544_332_200


def recorder_of(rig: Rig, platform: ObservedPlatform) -> HealthRecorder:
    """What records the state of the bot for ``holdfast status``, beside the database."""
    file = HealthFile(rig.folder / "data")
    return HealthRecorder(file, [platform], UpkeepRounds(rig.clock()), rig.clock)


def tokens_of(people: Sequence[Person]) -> list[str]:
    """All that buttons carried, but for what is the same in every chat."""
    every = (b.data for p in people for m in p.received for b in m.buttons if b.data)
    return [data for data in every if data != NOT_SAFE_TOKEN]


async def test_a_talk_on_telegram_leaves_no_number_token_or_word_anywhere(
    rig: Rig, temporary: Path
) -> None:
    search, word = Search(), "extraordinarily"
    search.add(word)
    async with Double(clock=lambda: rig.clock().timestamp()) as double:
        double.world._message_ids = itertools.count(LONG_MESSAGE)
        people = [double.person(LONG_ID + n, "Robinsonia") for n in range(2)]
        search.add(double.token, double.token.partition(":")[2], "Robinsonia")
        with logged_as_operators_see_it() as logged:
            async with running(rig, double) as bot:
                await join(people[1], rig, "Oak")
                await begin(people[0])
                for text in (f"a {word} story", f"more {word}", "/done"):
                    await people[0].say(text)
                await answer(people[0], "Let someone read it", "What would help you now?")
                double.faults.add(Fault.ERROR, every=2, polls=True, times=4)
                double.faults.add(Fault.DROP_AFTER, every=2, polls=True, times=4)
                double.faults.add(Fault.FLOOD, times=1, seconds=600)
                await people[0].say("stop")
                await bot.until(lambda: double.faults.struck[Fault.FLOOD] == 1, 30)
                for person in people:
                    look_for_number(search, person.id)
                    for message in person.chat.history:
                        look_for_number(search, message.id)
                search.add(*map(str, double.updates.given))
                search.add(*tokens_of(people))
                recorder = recorder_of(rig, bot.adapter)
                await recorder.look()
                shown = [repr(thing) for thing in (*reachable(bot.adapter), recorder)]
                files = files_below(rig.folder, temporary)
                files.pop(bot.token_file)
                assert not search.found_in(files)
                assert recorder.file.path in files
            await recorder.end()
            files = files_below(rig.folder, temporary)
            files.pop(bot.token_file)
        assert not search.found_in(files)
        assert not search.found(logged())
        assert not search.found("\n".join((*shown, *bot.said)).encode())
        assert len(logged().splitlines()) > 20
        assert len(shown) > 20


def reachable(root: object) -> list[object]:
    """Every object of ours that hangs on this one, however deep; nobody prints containers."""
    found: dict[int, object] = {}
    waiting = [root]
    while waiting:
        thing = waiting.pop()
        if id(thing) not in found:
            found[id(thing)] = thing
            waiting += parts_of(thing)
    return [t for t in found.values() if type(t).__module__.partition(".")[0] in OUR_CODE]


def parts_of(thing: object) -> list[object]:
    if is_dataclass(thing) and not isinstance(thing, type):
        return [getattr(thing, f.name, None) for f in fields(thing)]
    if isinstance(thing, dict):
        return [*thing.values()]
    if isinstance(thing, deque | set | list | tuple):
        return [*thing]
    return [getattr(thing, "__self__", None)]


async def test_no_turn_that_fails_on_telegram_tells_what_was_typed(
    rig: Rig, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    search, word = Search(), "extraordinarily"
    search.add(word)

    async def fail(_processor: object, incoming: IncomingMessage) -> None:
        raise ValueError(f"{incoming.heard!r} {word}") from OSError(word)

    async with Double(clock=lambda: rig.clock().timestamp()) as double:
        search.add(double.token)
        robin = double.person(LONG_ID)
        look_for_number(search, robin.id)
        with logged_as_operators_see_it() as logged:
            async with running(rig, double):
                await begin(robin)
                monkeypatch.setattr(TurnProcessor, "_process", fail)
                await robin.say(word)
                await robin.wait("Something went wrong on my side.")
    assert b"turn-failed error=ValueError" in logged()
    assert not search.found(logged())
    assert not search.found("".join(capsys.readouterr()).encode())


# On Matrix


def look_for_account(search: Search, account: Credentials) -> None:
    """Its name in each form, and what it proves itself by."""
    search.add(account.user_id, account.user_id.partition(":")[0][1:])
    search.add(account.device_id, account.access_token, account.password)


def look_for_keys(search: Search, keyring: Keyring) -> None:
    """Everything of the bot's own: its session, its device, the seeds of its identity."""
    mine = {name: key for name, key in keyring.bot.items() if name.startswith("matrix.")}
    assert {"matrix.token", "matrix.device"} < mine.keys()
    assert len(mine) > 4
    search.add(*mine.values(), keyring.nio, keyring.nio.hex())


def look_for_chats(search: Search, *people: MatrixPerson) -> None:
    """Rooms, events, devices."""
    for somebody in people:
        look_for_account(search, somebody.account)
        search.add(*{m.room for m in somebody.messages.values()}, *somebody.messages)


def unproved(rig: Rig, temporary: Path) -> dict[Path, bytes]:
    """All files but those that hold what the bot proves itself by, and those of the test."""
    given = {"password", "clients.log"}
    files = files_below(rig.folder, temporary)
    return {
        p: data for p, data in files.items() if p.parent.name != "keyring" and p.name not in given
    }


async def hands_over_on_matrix(robin: MatrixPerson, oak: MatrixPerson, bot: OnMatrix) -> bytes:
    """From the story to the delivery, and until the bot has left."""
    await hand_over_on_matrix(robin)
    await robin.member(bot.id, "leave")
    await bot.until(lambda: bot.connection.rooms.directory.get(robin.room) is None)
    await oak.wait("Something was shared with you.")
    return await fetch_on_matrix(oak)


async def test_a_talk_on_matrix_leaves_no_word_name_room_or_key_anywhere(
    rig: Rig, temporary: Path, synapse: Synapse, clients: Clients
) -> None:
    search, word = Search(), "extraordinarily"
    search.add(word)

    async def note(_asked: object, answer: dict[str, Any]) -> object:
        search.add(answer["next_batch"])
        return answer

    robin, oak = await clients.person(), await clients.person()
    async with Proxy(synapse.url) as proxy:
        proxy.lie("/sync$", note)
        with logged_as_operators_see_it() as logged:
            async with on_matrix(rig, synapse, url=proxy.url) as bot:
                look_for_account(search, bot.account)
                look_for_keys(search, bot.application.keyring)
                await join_on_matrix(oak, rig, bot, "Oak")
                await begin_on_matrix(robin, bot)
                for text in (f"a {word} story", f"more {word}"):
                    await robin.say(text)
                await robin.wait("Saved. Carry on")
                look_for_chats(search, robin, oak)
                shown = [repr(thing) for thing in reachable(bot.adapter)]
                assert not search.found_in(unproved(rig, temporary))
                delivery = await hands_over_on_matrix(robin, oak, bot)
                look_for_chats(search, robin, oak)
                shown += [repr(thing) for thing in reachable(bot.adapter)]
                assert not search.found_in(unproved(rig, temporary))
                proxy.add(MatrixFault.ERROR, every=2, times=6)
                proxy.add(MatrixFault.LOGGED_OUT, "sync$", times=1)
                await oak.say("!inbox")
                await bot.until(lambda: bool(bot.said), 30)
            assert not search.found_in(unproved(rig, temporary))
    assert word in rig.open("Oak", delivery).text
    assert not search.found(logged())
    assert not search.found("\n".join((*shown, *bot.said)).encode())
    assert len(logged().splitlines()) > 20
    assert len(shown) > 40


async def test_without_the_keyring_nothing_of_a_talk_on_matrix_opens(
    rig: Rig, tmp_path: Path, synapse: Synapse, clients: Clients
) -> None:
    robin = await clients.person()
    async with on_matrix(rig, synapse) as bot:
        await begin_on_matrix(robin, bot)
        await robin.say("a story")
        await robin.wait("Saved. Carry on")
        device = bot.connection.device.crypto.olm.device_id
    thief = stolen(rig, tmp_path / "thief")
    async with thief.house() as house:
        await check_closed(house, Account("matrix", robin.id, robin.room), thief.clock())
        with pytest.raises(StoreError):
            await house.stores.cursors.position("matrix")
        folder = thief.folder / "data" / "matrix"
        with pytest.raises(CryptoStoreError):
            store_class_for(house.keyring.nio)(bot.id, device, str(folder))
    plain = sqlite3.connect(thief.folder / "data" / "matrix" / "matrix.db")
    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        plain.execute("SELECT * FROM sqlite_master")
    plain.close()


# Cut off by SIGKILL


@pytest.mark.parametrize(
    "death",
    ["m3\tsend", "m4\tcommit", "m4\tcommitted", "m5\tsent", "m7\tcommitted", "m7\tcheckpointed"],
)
def test_a_killed_program_leaves_no_word_anywhere(tmp_path: Path, death: str) -> None:
    chance = random.Random(death)  # noqa: S311 - what somebody may say
    search = Search()
    story = ["".join(chance.choices(ascii_lowercase, k=LETTERS)) for _ in range(3)]
    search.add(*story)
    inside = tmp_path / "organisation"
    inside.mkdir()
    make_rig(inside)
    lines = ("/start", "1", "3", *story, "/erase", "yes")
    (tmp_path / "talk").write_text("\n".join(f"m{n}\t{text}" for n, text in enumerate(lines)))
    (tmp_path / "deaths").write_text(death)
    one_life = (
        "import sys, pathlib; from tests.drills.crash_driver import start_process, was_killed;"
        "sys.exit(not was_killed(start_process(pathlib.Path(sys.argv[1]))))"
    )
    subprocess.run(
        [sys.executable, "-c", one_life, str(tmp_path)], cwd=ROOT, check=True, timeout=60
    )
    paper = json.loads((tmp_path / "paper").read_text())
    look_for_words(search, tuple(paper["{words}"].split()), "")
    files = files_below(inside)
    assert any(path.name.endswith("-wal") for path in files)
    assert not search.found_in({p: d for p, d in files.items() if p.suffix != ".toml"}, raw=True)


# Errors


async def test_no_error_tells_what_was_typed(rig: Rig) -> None:
    search, word = Search(), "extraordinarily"
    search.add(word)
    errors: list[str] = []
    with listening(aloud=True) as logged:
        await rig.tell(f"a {word} story")
        for heard in malformed(word):
            try:
                await rig.hear(heard, person(word))
                await rig.hear(heard)
            except Exception as error:  # noqa: BLE001 - whatever it is, it must not tell
                errors += [str(error), *traceback.format_exception_only(error)]
    assert not search.found("\n".join(errors).encode("utf-8", "surrogatepass"))
    assert not search.found(logged())


def malformed(word: str) -> list[MessageContent]:
    texts = [
        *(f"{word}\x00\x1b[2J", f"\ud800{word}", f"{word} " * 9999, f"/{word}", f"/open {word}"),
        *(f"/join {word}", f"/fetch {word}", f"/withdraw {f'{word} ' * 4}", f"/erase {word}"),
        *(
            f"/open {f'{word} ' * 12}",
            f"/show {word}",
            f"/join \ud800{word}",
            f"/open \ud800{word}",
        ),
        *(f"/fetch ../../{word}", f"/start {word}", f"{word}\u202e", f"/\ud800{word}"),
    ]
    return [
        *map(TextMessage, texts),
        ButtonPress(word, (word,)),
        ButtonPress("story", (word,)),
        UnusableMessage(word),
    ]


async def test_no_error_of_a_damaged_database_tells_what_was_typed(
    rig: Rig, tmp_path: Path
) -> None:
    search, word = Search(), "extraordinarily"
    who = person(word)
    search.add(word)
    await rig.tell(f"a {word} story", who=who)
    await share(rig, who, "yes, send now")
    errors = [
        e for name in PAYLOADS for e in await errors_of_damage(rig, tmp_path / name, name, who)
    ]
    assert len(errors) > len(PAYLOADS) // 2
    assert not search.found("\n".join(errors).encode())


async def share(rig: Rig, who: Account, how: str) -> None:
    """With Oak, and kept."""
    await rig.say(*OAK_READS, who=who)
    await rig.say("yes, keep it", "yes, that's right", how, who=who)


PAYLOADS = (
    *("draft.state", "draft.wrap", "draft.salt", "item.header", "item_chunk.bytes"),
    *(
        "permission.env",
        "case_file.pk_r",
        "case_file.rid",
        "access_grant.header",
        "delivery.env",
        "outbox.blob",
    ),
)


async def errors_of_damage(rig: Rig, folder: Path, name: str, who: Account) -> list[str]:
    """What is raised when the last byte of one stored kind of value was changed."""
    shutil.copytree(rig.folder, folder, ignore=shutil.ignore_patterns(*PAYLOADS))
    copy = Rig(folder, read_config(folder / "config.toml"), rig.keys)
    table, column = name.split(".")
    async with copy.house() as house:
        damaged = metadata.tables[table]
        shorter = func.substr(damaged.c[column], 1, func.length(damaged.c[column]) - 1)
        damage = update(damaged).values({column: shorter})
        await house.stores.cases.database.transaction(
            lambda connection: connection.execute(damage)
        )
        errors = [
            await error_of(house.stores.cases.snapshot(who, rig.clock(), pieces=True)),
            await error_of(house.stores.outbox.messages_for(who)),
            await error_of(fetch(copy, house)),
        ]
    return [e for e in errors if e]


async def fetch(rig: Rig, house: Application) -> None:
    member = house.stores.readers.named("Oak", rig.clock())
    assert member is not None
    (delivery,) = await house.stores.readers.deliveries(member)
    rig.open("Oak", await house.stores.readers.bundle(member, delivery.code))


async def error_of(act: Awaitable[object]) -> str:
    try:
        await act
    except Exception as error:  # noqa: BLE001 - whatever it is, it must not tell
        return f"{error} {error!r}"
    return ""


# Without the keyring


async def test_without_the_keyring_nothing_opens(rig: Rig, tmp_path: Path) -> None:
    names = ["first-account", "second-account", "third-account"]
    drafting, holding, keeping = map(person, names)
    await rig.tell("a story", who=drafting)
    for who, how in ((holding, "yes, send in 12 hours"), (keeping, "yes, send now")):
        await rig.tell("a story", who=who)
        await share(rig, who, how)
    await rig.say("twelve words", who=keeping)
    assert (await rig.say("/show", who=drafting))[0].text.count("a story") == 1
    thief = stolen(rig, tmp_path / "thief")
    async with thief.house() as house:
        for who in map(person, [*names, *(f"guess-{n}" for n in range(200))]):
            await check_closed(house, who, thief.clock())
        await check_rows_closed(house)


def stolen(rig: Rig, place: Path) -> Rig:
    """Everything but the keyring, in the hands of somebody with a keyring of their own."""
    place.mkdir()
    shutil.copytree(rig.folder / "data", place / "data")
    shutil.copytree(rig.folder / "flows", place / "flows")
    for file in ("config.toml", "roster.note"):
        shutil.copy(rig.folder / file, place)
    create_keyring(place / "keyring", secrets.token_bytes)
    return Rig(place, read_config(place / "config.toml"), {})


async def check_closed(house: Application, who: Account, now: datetime) -> None:
    snapshot = await house.stores.cases.snapshot(who, now, pieces=True)
    assert snapshot == Snapshot(readers=snapshot.readers)
    assert await house.stores.outbox.messages_for(who) == []
    assert await house.stores.readers.reader_on(who) is None


async def check_rows_closed(house: Application) -> None:
    """Also who knows the row and asks for it directly gets nothing but an error."""
    repositories = house.stores.cases.repositories
    stranger = CaseKeys(bytes(16))
    drafts, posts, items = await house.stores.cases.database.read(
        lambda connection: [
            connection.execute(select(table)).mappings().all() for table in (draft, outbox, item)
        ]
    )
    assert len(drafts) == 3
    assert len(items) > 3
    for row in (*drafts, *posts):
        repositories.drafts.keyring.day_key(row["day"])
    for row in drafts:
        with pytest.raises(StoreError):
            repositories.drafts._open(row, person("first-account"))
    for row in posts:
        with pytest.raises(StoreError):
            repositories.outbox._open(row)
    for row in items:
        with pytest.raises(StoreError):
            age.open_header(row["header"], [stranger.identity])


# Whom the files belong to


def test_only_their_owner_can_look_into_the_files(tmp_path: Path) -> None:
    found_trial(tmp_path / "organisation")
    config = tmp_path / "organisation" / "config.toml"
    started = f"import os; os.umask(0); {HOLDFAST[-1]}"
    command = [sys.executable, "-c", started, "run", "--config", str(config)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()
        process.stdin.write("1\n")
        process.stdin.flush()
        while "would you like to say" not in (line := process.stdout.readline()) and line:
            pass
        data = tmp_path / "organisation" / "data"
        modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in (data, *data.iterdir())}
        process.stdin.close()
    assert modes.pop("data") == 0o700
    assert len(modes) >= 3
    assert set(modes.values()) == {0o600}
