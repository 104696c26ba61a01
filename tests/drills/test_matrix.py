"""Losing nothing on Matrix: sixty answers from writers people, while the bot is killed."""

import asyncio
import itertools
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from bot.platforms.matrix.failures import Failure
from store.db.schema import cursor
from tests.doubles.matrix.person import Clients, Person
from tests.doubles.matrix.proxy import Fault, Proxy
from tests.doubles.matrix.synapse import Synapse
from tests.drills.bot_in_process import BotInProcess, in_thread
from tests.drills.crash_driver import lines_of
from tests.drills.failpoints import check_passed
from tests.drills.matrix_peers import STOCK
from tests.drills.matrix_people import Writer, faults_of, faults_on_screen, writers
from tests.drills.matrix_process import MatrixLife, shorten_pauses
from tests.drills.telegram_bot import (
    BEGINNING,
    FIRST_START,
    NEVER,
    Bot,
    Points,
    die_at_first_start,
    events,
    process,
)
from tests.drills.telegram_people import PARTS
from tests.drills.what_waits import emptied, waits
from tests.rig import Rig, make_rig

ANSWERS = 60
RUSH = 20
EXPECTED = {"started", "stopped", "unreachable", "reached-again", "send-failed", "token-refused"}
EXPECTED |= {"text=withheld"}  # nio, of a key that came again after a death
"""What a bot may log whose homeserver is out of order: no turn of it fails."""


@dataclass
class Drill:
    """An organisation, a homeserver, its people, and the bot."""

    folder: Path
    rig: Rig
    synapse: Synapse
    clients: Clients
    bot: Bot | BotInProcess
    user: str
    pace: asyncio.Semaphore
    people: list[Writer]
    under_way: list[int] = field(default_factory=list)
    """How many answers were, at each death."""

    async def die(self) -> None:
        self.note()
        await self.bot.end()

    def note(self) -> None:
        self.under_way.append(sum(p.under_way for p in self.people))

    def release(self, answers: int) -> None:
        for _ in range(answers):
            self.pace.release()

    async def quiet(self) -> None:
        """Until nobody's chat has changed for a while."""
        await asyncio.gather(*(p.person.quiet(1.0) for p in self.people))


@asynccontextmanager
async def drill(
    folder: Path,
    synapse: Synapse,
    count: int = 20,
    kind: str = "holdfast",
    root: str = "",
    *,
    in_process: bool = False,
) -> AsyncIterator[Drill]:
    rig = make_rig(folder / "organisation")
    account = await synapse.register()
    (folder / "root").write_text(root or synapse.url)
    (folder / "user").write_text(account.user_id)
    (folder / "password").write_text(account.password)
    pace = asyncio.Semaphore(0)
    life: AbstractAsyncContextManager[Bot | BotInProcess] = (
        in_thread(MatrixLife, folder)
        if in_process
        else process("tests.drills.matrix_process", kind, folder)
    )
    async with Clients(synapse, folder / "clients.log") as clients, life as bot:
        people = await writers(clients, account.user_id, pace, count, strict=kind not in STOCK)
        yield Drill(folder, rig, synapse, clients, bot, account.user_id, pace, people)


async def begun(running: Drill) -> asyncio.Task[None]:
    """Everybody's talk has begun; the answers come when they are released."""
    await running.bot.begin()
    async with asyncio.TaskGroup() as all_of_them:
        for writer in running.people:
            all_of_them.create_task(writer.begin())
    await running.quiet()
    return asyncio.create_task(_talks(running))


async def _talks(running: Drill) -> None:
    async with asyncio.TaskGroup() as all_of_them:
        for writer in running.people:
            all_of_them.create_task(writer.go_on())


async def finish(running: Drill, talks: asyncio.Task[None]) -> None:
    """No more deaths: everything comes to its end."""
    if not running.bot.life:
        await running.bot.begin()
    while not talks.done():
        running.release(1)
        await asyncio.wait({talks}, timeout=0.02)
    await talks
    while not running.pace.locked():
        await running.pace.acquire()
    await running.quiet()
    await emptied(running.rig, 30)
    await running.bot.end(signal.SIGTERM)


async def check(running: Drill, answers: int = ANSWERS) -> None:
    """Each answer once, each talk at its question, and nothing that still waits."""
    assert sum(p.said for p in running.people) == answers
    async with running.rig.house() as house:
        faults = [f for p in running.people for f in await faults_of(house, p)]
        faults += [f for p in running.people for f in faults_on_screen(p)]
        assert faults == []
        assert not await waits(house.stores.cases.database)
    assert events(running.folder / "errors") <= EXPECTED


async def test_sixty_answers_without_a_death(tmp_path: Path, synapse: Synapse) -> None:
    async with drill(tmp_path / "drill", synapse) as running:
        await finish(running, await begun(running))
        await check(running)


# At every failpoint


@pytest.mark.timeout(900)
async def test_a_bot_whose_memory_is_lost_at_every_failpoint(
    tmp_path: Path,
    synapse: Synapse,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    shorten_pauses(monkeypatch)
    async with drill(tmp_path / "drill", synapse, in_process=True) as running:
        await die_everywhere(running, record_property)
        check_passed("matrix", lines_of(running.folder, "passed"))


@pytest.mark.timeout(300)
async def test_a_bot_that_is_really_killed(tmp_path: Path, synapse: Synapse) -> None:
    async with drill(tmp_path / "drill", synapse) as running:
        talks = await begun(running)
        await running.die()
        await Moments(KILLS).pass_by(running)
        await finish(running, talks)
        await check(running)


KILLS = 10
"""Real ones; ``make soak`` kills at every failpoint and at fifty moments."""


AT_FIRST_START = (
    "request POST client/v3/login",
    "answer POST client/v3/login",
    "file written bot.keys",
    "file replaced bot.keys",
    "request POST client/v3/logout",
    "answer POST client/v3/logout",
    "folder synced bot.keys",
    "request POST client/v3/keys/upload",
    "answer POST client/v3/keys/upload",
    "request POST client/v3/keys/device_signing/upload",
    "answer POST client/v3/keys/device_signing/upload",
    "request POST client/v3/keys/signatures/upload",
    "answer POST client/v3/keys/signatures/upload",
)


async def die_everywhere(running: Drill, record_property: Callable[[str, object], None]) -> None:
    """Die at every failpoint of the first start, of conversations, their ends and beginnings."""
    assert await die_at_first_start(running.bot, AT_FIRST_START) == []
    talks = await begun(running)
    await running.die()
    async with running.rig.house() as house:
        device = house.keyring.bot["matrix.device"].decode()
    await running.synapse.claim_all(running.user, device)  # so that one-time keys are made anew
    points = Points(running, 1, 2.5, 2, later=BEGINNING)
    await points.die_until(talks.done)
    await finish(running, talks)
    await check(running)
    for do in (Writer.finish, Writer.begin_again):
        points.in_vain.clear()
        points.later = BEGINNING if do is Writer.finish else NEVER
        talks = together(running, do)
        await points.die_until(talks.done)
        await finish(running, talks)
        await (check_ended(running) if do is Writer.finish else check(running, 2 * ANSWERS))
    died = Counter(lines_of(running.folder, "died"))
    left = {p for p in undied(running) if not FIRST_START.match(p)}
    assert left <= {*points.in_vain}  # nobody came to them again
    told = f"{len(died)} points, {died.total()} deaths, {ANSWERS} answers: 0 lost, 0 twice."
    record_property("failpoints", told)
    print(told, sorted(undied(running)))


def undied(running: Drill) -> set[str]:
    """Points that were passed, and at which no life ended yet."""
    return {*lines_of(running.folder, "passed")} - {*lines_of(running.folder, "died")}


def together(running: Drill, do: Callable[[Writer], Awaitable[None]]) -> asyncio.Task[None]:
    """Everybody does this, beginning one after the other."""

    async def one(writer: Writer) -> None:
        await writer.pace.acquire()
        await do(writer)

    async def all_do() -> None:
        async with asyncio.TaskGroup() as all_of_them:
            for writer in running.people:
                all_of_them.create_task(one(writer))

    return asyncio.create_task(all_do())


async def check_ended(running: Drill) -> None:
    """Nothing is left but what was handed over, each story whole and once."""
    wanted = sorted(p.name for p in running.people if p.part.asked == PARTS)
    reports = [
        running.rig.open("Oak", await running.rig.fetch("Oak", code)).text
        for code in await running.rig.inbox("Oak")
    ]
    found = [name for text in reports for name in wanted if text.count(f"{name} told") == 1]
    assert sorted(found) == wanted
    assert len(reports) == len(wanted)
    rows = await running.rig.rows()
    assert (rows["draft"], rows["inbox"], rows["outbox"]) == (0, 0, 0)
    assert [f for p in running.people for f in faults_on_screen(p)] == []
    assert events(running.folder / "errors") <= EXPECTED


# At random moments


@dataclass(frozen=True)
class Moments:
    """When the bot dies, and how many answers are sent before that."""

    deaths: int
    chance: random.Random = field(default_factory=lambda: random.Random(50))  # noqa: S311

    async def pass_by(self, running: Drill, answers: int = ANSWERS) -> None:
        """Half of the lives end while they begin, half in a turn; once many wait for one."""
        lumps = Counter(self.chance.randrange(self.deaths) for _ in range(answers - RUSH))
        lumps[self.deaths // 2] += RUSH
        for number in range(self.deaths):
            before, after = self.chance.uniform(*LIVES), self.chance.uniform(*TURN)
            if self.chance.random() < 0.5:
                before, after = after, before
            await running.bot.begin()
            await asyncio.sleep(before)
            running.release(lumps[number])
            await asyncio.sleep(after)
            await running.die()


DEATHS = 50
LIVES = (0.05, 1.6)
"""Seconds."""

TURN = (0.0, 0.2)


async def stock_answers(running: Drill) -> Counter[str]:
    """How often the stock bot kept each answer; people send it without waiting for replies."""
    texts = [f"person-{n % 5} {n // 5}" for n in range(ANSWERS)]
    people = itertools.cycle(p.person for p in running.people)
    await running.bot.begin()
    await asyncio.gather(*(p.person.open_chat(running.user) for p in running.people))
    await asyncio.gather(*(p.person.say("hello") for p in running.people))
    await asyncio.gather(*(p.person.wait("Noted.") for p in running.people))
    await running.die()
    async with asyncio.TaskGroup() as all_of_them:
        for text, person in zip(texts, people, strict=False):
            all_of_them.create_task(say(running, person, text))
        await Moments(FEWER).pass_by(running)
    await running.bot.begin()
    await running.quiet()
    await running.die()
    written = Counter(lines_of(running.folder, "answers"))
    return Counter({text: written[text] for text in texts})


FEWER = 25


async def say(running: Drill, person: Person, text: str) -> None:
    await running.pace.acquire()
    await person.say(text)


# While the homeserver is out of order


async def test_the_homeserver_stops_or_is_killed_and_comes_back(
    tmp_path: Path, own_synapse: Synapse
) -> None:
    async with drill(tmp_path / "drill", own_synapse) as running:
        talks = await begun(running)
        for number, end in enumerate((own_synapse.stop, own_synapse.kill), 1):
            running.release(RUSH)
            await asyncio.sleep(0.1)
            await end()
            running.release(RUSH // 4)
            await asyncio.sleep(OUTAGE)
            await own_synapse.start()
            await asyncio.gather(*(p.person.wake() for p in running.people))
            await told(running, 2 * number)
        await finish(running, talks)
        await check(running)
        assert lines_of(running.folder, "told") == [Failure.UNREACHABLE.value, BACK] * 2


OUTAGE = 2.0
BACK = "Matrix is there again."


async def test_killed_while_the_homeserver_fails_and_lies(
    tmp_path: Path, synapse: Synapse
) -> None:
    folder = tmp_path / "drill"
    async with (
        Proxy(synapse.url) as proxy,
        drill(folder, synapse, root=proxy.url) as running,
    ):
        talks = await begun(running)
        for fault, rule in RULES:
            added = proxy.add(fault, **rule)
            running.release(4)
            await asyncio.sleep(1)
            await running.die()
            await running.bot.begin()
            running.release(4)
            await asyncio.sleep(2)
            assert added.struck, fault
            proxy.clear()
        await finish(running, talks)
        await check(running)


@pytest.mark.timeout(300)
async def test_killed_while_the_homeserver_withholds_what_it_left_out(
    tmp_path: Path, synapse: Synapse
) -> None:
    await die_while_pages_are_withheld(tmp_path / "drill", synapse, Moments(KILLS))


async def die_while_pages_are_withheld(folder: Path, synapse: Synapse, moments: Moments) -> None:
    """One event of a room comes with a sync; the pages with the others fail, or never come."""
    async with (
        Proxy(synapse.url) as proxy,
        drill(folder, synapse, root=proxy.url) as running,
    ):
        (running.folder / "short pages").touch()
        talks = await begun(running)
        await running.die()
        failing = proxy.add(Fault.ERROR, "/messages$", every=2)
        silent = proxy.add(Fault.DELAY, "/messages$", every=2, seconds=NEVER_SECONDS)
        await moments.pass_by(running)
        assert failing.struck
        assert silent.struck
        proxy.clear()
        await finish(running, talks)
        await check(running)


NEVER_SECONDS = 600.0
"""Longer than the bot waits for a page, and than anybody's patience."""

RULES: tuple[tuple[Fault, dict[str, Any]], ...] = (
    (Fault.FLOOD, {"every": 5, "seconds": 0.2}),
    (Fault.ERROR, {"every": 5}),
    (Fault.BROKEN, {"every": 5}),
    (Fault.DROP_BEFORE, {"every": 5}),
    (Fault.DROP_AFTER, {"every": 3}),
    (Fault.DELAY, {"every": 3, "seconds": 0.5}),
    (Fault.LOGGED_OUT, {"path": "v3/(?!login)", "times": 30}),
)


async def test_the_operator_is_told_of_a_password_that_is_not_taken_and_it_goes_on(
    tmp_path: Path, synapse: Synapse
) -> None:
    async with drill(tmp_path / "drill", synapse, 5) as running:
        talks = await begun(running)
        running.release(5)
        await running.quiet()
        await log_out(running)
        await running.quiet()
        assert lines_of(running.folder, "told") == []
        running.release(2)
        await running.quiet()
        await change_password(running, "another one")
        await told(running, 1)
        await asyncio.sleep(2)
        assert lines_of(running.folder, "told") == [Failure.LOGIN_REFUSED.value]
        (running.folder / "password").write_text("another one")
        await told(running, 2)
        await finish(running, talks)
        await check(running, 15)
        assert lines_of(running.folder, "told") == [Failure.LOGIN_REFUSED.value, BACK]


async def log_out(running: Drill) -> None:
    """The device is gone with its token."""
    async with running.rig.house() as house:
        token = house.keyring.bot["matrix.token"].decode()
    status, _ = await running.synapse.call("POST", "/_matrix/client/v3/logout", token=token)
    assert status == 200


async def change_password(running: Drill, password: str) -> None:
    """And every device is logged out."""
    path = f"/_synapse/admin/v2/users/{running.user}"
    body = {"password": password, "logout_devices": True}
    token = (await running.synapse.admin()).access_token
    status, _ = await running.synapse.call("PUT", path, token=token, body=body)
    assert status == 200


async def told(running: Drill, count: int) -> None:
    """Until the operator was told so much."""
    async with asyncio.timeout(20):
        while len(lines_of(running.folder, "told")) < count:  # noqa: ASYNC110 - a file
            await asyncio.sleep(0.05)


# What came while nobody was there


async def test_more_messages_than_a_sync_brings_are_all_there_in_order_and_once(
    tmp_path: Path, synapse: Synapse
) -> None:
    async with drill(tmp_path / "drill", synapse, 1) as running:
        let_handle_all_at_once(running.rig)
        await begun(running)
        await running.die()
        (writer,) = running.people
        texts = [f"{writer.name} {number}" for number in range(MANY)]
        for text in texts:
            await writer.person.say(text)
        for point in EARLIER_MESSAGES:
            await running.bot.begin(point)
            assert await running.bot.ended() == -signal.SIGKILL
        await running.bot.begin()
        await writer.person.wait("Saved. Carry on", 60)
        await running.quiet()
        await emptied(running.rig, 60)
        await running.bot.end(signal.SIGTERM)
        assert await pieces(running, writer) == texts
        assert faults_on_screen(writer) == []


def let_handle_all_at_once(rig: Rig) -> None:
    """Configure that so many messages of one chat are handled without a pause."""
    with (rig.folder / "config.toml").open("a") as config:
        config.write("\n[limits]\nmessages_a_minute = 600\n")


MANY = 250
EARLIER_MESSAGES = (
    "request GET client/v3/rooms/*/messages",
    "answer GET client/v3/rooms/*/messages",
    "sql insert processed_message",
)
"""Failpoints that are passed when a sync leaves messages out."""


async def test_without_its_place_it_asks_for_what_may_be_missing_and_counts_nothing_twice(
    tmp_path: Path, synapse: Synapse
) -> None:
    async with drill(tmp_path / "drill", synapse, 1) as running:
        await begun(running)
        (writer,) = running.people
        await writer.person.say("kept")
        await writer.person.wait("Saved. Carry on")
        await running.die()
        await writer.person.say("not heard")
        async with running.rig.house() as house:
            await house.stores.cases.database.transaction(
                lambda connection: connection.execute(delete(cursor))
            )
        await running.bot.begin()
        await writer.person.wait("I may have missed your last message")
        await writer.person.say("not heard")
        await writer.person.wait(
            lambda screen: sum("Saved. Carry on" in m.text for m in screen) == 2
        )
        await running.die()
        await running.bot.begin()
        await running.quiet()
        await emptied(running.rig, 60)
        await running.bot.end(signal.SIGTERM)
        assert await pieces(running, writer) == ["kept", "not heard"]
        assert sum("I may have missed your last message" in m.text for m in writer.answers) == 1


async def pieces(running: Drill, writer: Writer) -> list[str]:
    """What is sealed of somebody's talk, in its order."""
    async with running.rig.house() as house:
        snapshot = await house.stores.cases.snapshot(writer.account, house.clock(), pieces=True)
    of = {piece.item: piece.text for piece in snapshot.pieces}
    answers = snapshot.draft.answers if snapshot.draft else ()
    return [of[item] for answer in answers for item in answer.items]
