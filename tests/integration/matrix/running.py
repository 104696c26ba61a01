"""Run the bot on Matrix in this process, and talk to it with clients of people."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from bot.app import Application
from bot.platforms.base import PlatformAdapter
from bot.platforms.matrix.account import MatrixAccount
from bot.platforms.matrix.adapter import make_matrix_adapter
from bot.platforms.matrix.connection import MatrixConnection
from bot.platforms.matrix.rooms.delays import MembershipDelays
from bot.runtime.supervisor import serve
from handlers.reporter.markers import WORD_CHECK, find_marker
from handlers.texts.english import ENGLISH
from store.crypto import cbor
from store.crypto.age import file as age
from store.crypto.document import Document
from store.model.accounts import Account
from tests.doubles.matrix.person import Message, Person, Server
from tests.doubles.matrix.synapse import Credentials
from tests.rig import Rig
from tests.stages import as_typed
from tests.talk_script import folded

QUIET = 0.05
SECONDS = 20.0
CODE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{6}\b")
NEW = re.compile(r"\b([0-9A-HJKMNP-TV-Z]{6})  not fetched yet")
SOON = MembershipDelays(grace=0.2, greet=0.5, linger=0.3)
NO_GREETING = MembershipDelays(grace=0.2, greet=60.0, linger=0.3)


class HasId(Protocol):
    """A bot that people can write to."""

    @property
    def id(self) -> str:
        """Return its user id."""
        ...


@dataclass
class Running:
    """A bot that runs beside the test."""

    rig: Rig
    synapse: Server
    account: Credentials
    application: Application
    adapter: PlatformAdapter[MatrixConnection]
    said: list[str]
    """The sentences that the operator was shown."""
    task: "asyncio.Task[None]" = field(repr=False)

    @property
    def id(self) -> str:
        """Return the bot's user id."""
        return self.account.user_id

    @property
    def connection(self) -> MatrixConnection:
        """Return the connection that there is now."""
        assert self.adapter.connection is not None, "it is not connected"
        return self.adapter.connection

    async def until(self, holds: Callable[[], bool], seconds: float = SECONDS) -> None:
        """Wait until the condition holds."""
        async with asyncio.timeout(seconds):
            while not holds():  # noqa: ASYNC110 - most conditions have no event
                await asyncio.sleep(0.02)

    async def ready(self, seconds: float = SECONDS) -> None:
        """Wait until the bot listens."""
        await self.until(lambda: self.adapter.connection is not None, seconds)

    async def reconnected(self, before: MatrixConnection) -> None:
        """Wait until the bot listens over another connection."""
        await self.until(lambda: self.adapter.connection not in (None, before))

    async def settled(self, seconds: float = SECONDS) -> None:
        """Wait until nothing is being sent to anybody."""
        await self.until(lambda: not self.connection.conversations.send_queues.queues, seconds)

    async def end(self) -> None:
        """Stop the bot as a signal does."""
        self.adapter.stop.set()
        await asyncio.wait_for(self.task, 8)


@asynccontextmanager
async def running(
    rig: Rig,
    synapse: Server,
    account: Credentials | None = None,
    *,
    waits: MembershipDelays = SOON,
    password: str | None = None,
    url: str = "",
    upkeep: float = 30.0,
    connected: bool = True,
) -> AsyncIterator[Running]:
    """Run the bot for as long as the block; wait until it listens if ``connected``."""
    account = account or await synapse.register()
    file, said = rig.folder / "password", list[str]()
    file.write_text(account.password if password is None else password)
    async with rig.house() as application:
        folder = rig.folder / "data" / "matrix"
        matrix_account = MatrixAccount(
            url or synapse.url, account.user_id, file, "Holdfast", folder
        )
        stop = asyncio.Event()
        adapter = make_matrix_adapter(application, matrix_account, said.append, stop, QUIET, waits)
        # A recorded talk draws each code when it is given.
        serving = serve(application, [adapter], stop, said.append, upkeep, codes_at_once=0)
        task = asyncio.create_task(serving)
        bot = Running(rig, synapse, account, application, adapter, said, task)
        try:
            if connected:
                await bot.ready()
            yield bot
            await bot.end()
        finally:
            bot.task.cancel()
            await asyncio.wait([bot.task])


async def begin(
    person: Person, bot: HasId, clean: str = "When I finish", preset: str = "trusted_private_chat"
) -> None:
    """Talk from a new chat to the first question."""
    await person.open_chat(bot.id, preset=preset)
    await person.say("!start")
    await person.wait("Could anyone else see this chat?")
    await person.say("No, only me")
    await person.wait("Should I delete our messages")
    await person.say(clean)
    await person.wait("What would you like to say?")


async def join(person: Person, rig: Rig, bot: HasId, name: str) -> None:
    """Link a reader's account with the code in the file that only their key opens."""
    await person.open_chat(bot.id)
    await person.say(f"!join {name}")
    await person.wait("I made a sealed file")
    screen = await person.wait(lambda shown: any(m.name == "join.age" for m in shown))
    (sealed,) = [m for m in screen if m.name == "join.age"]
    opened = age.decrypt(await person.fetch(sealed), [rig.keys[name].identity])
    body = Document.decode(opened).body
    await person.say(f"!join {dict(cbor.decode_map(body, 'An invitation'))['code']}")
    await person.wait("This account is linked.")


def files(person: Person) -> list[Message]:
    """Return the deliveries that came."""
    return [m for m in person.screen if m.name.endswith(".holdfast")]


async def pieces(bot: Running, person: Person) -> list[str]:
    """Read the sealed pieces of this person's conversation from the store."""
    who = Account("matrix", person.id, person.room)
    found = await bot.application.stores.cases.snapshot(who, bot.rig.clock(), pieces=True)
    return [p.text for p in found.pieces]


async def sealed(bot: Running, person: Person, wanted: list[str], seconds: float = 10) -> None:
    """Wait until exactly these pieces are sealed, in this order."""
    found = await pieces(bot, person)
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while found != wanted:
                await asyncio.sleep(0.05)
                found = await pieces(bot, person)
    assert found == wanted, found


async def ask(person: Person, text: str, then: str, seconds: float = SECONDS) -> None:
    """Say something, and wait for the answer."""
    await hears(person, then, partial(person.say, text), seconds)


async def hears(
    person: Person,
    words: str,
    after: Callable[[], Awaitable[object]],
    seconds: float = SECONDS,
) -> None:
    """Do something, and wait until the bot says these words after it."""
    before = len(person.told)
    await after()
    try:
        await person.until(
            lambda: any(folded(words) in folded(text) for _, text in person.told[before:]), seconds
        )
    except TimeoutError:
        came = "\n".join(text for _, text in person.told[before:])
        raise AssertionError(f"no {words!r} within {seconds} s, but:\n{came}") from None


async def keep_story(bot: Running, person: Person) -> str:
    """Only keep the story that is being told, and return its twelve words."""
    for said, then in (
        ("!done", "What would you like to do with your story?"),
        ("Just keep it", "This is what you allow"),
        ("Yes, that's right", "Is this what you want to say"),
        ("Yes, keep it like this", "Which words are number"),
    ):
        await ask(person, said, then)
    who = Account("matrix", person.id, person.room)
    snapshot = await bot.application.stores.cases.snapshot(who, bot.rig.clock())
    check = find_marker(snapshot.draft, WORD_CHECK) if snapshot.draft else None
    assert check is not None
    asked = (snapshot.words[int(place) - 1] for place in check.choices)
    await ask(person, " ".join(asked), "Your take-back code")
    await ask(person, ENGLISH.labels["code.have"], "I leave now")
    return " ".join(snapshot.words)


TO_OAK = (
    ("!done", "What would you like to do with your story?"),
    ("Let someone read it", "What would help you now?"),
    ("Nothing for now", "What would you like to happen"),
    ("!skip", "Who is your story about"),
    ("!skip", "must never read your story?"),
    ("Nobody in particular", "Who may read your story?"),
    ("Oak", "How much may they read?"),
    ("Everything", "What may the people who read it do"),
    ("Only read and listen", "May I keep your story"),
    ("Yes, keep it", "This is what you allow"),
    ("Yes, that's right", "Is this what you want to say"),
    ("Yes, send now", "How would you like to come back?"),
    ("Only the code", "Your take-back code"),
    (ENGLISH.labels["code.have"], "Your story is saved for Oak"),
)
"""What a person says from the story to the second yes, and the answers."""


async def hand_over(person: Person, to: str = "Oak") -> None:
    """Talk from the story to the end, keeping it with the take-back code."""
    for said, then in TO_OAK:
        label = said.replace("Oak", to)
        await ask(person, as_typed([label], person), then.replace("Oak", to))


async def fetch(person: Person) -> bytes:
    """Fetch the newest delivery in a reader's inbox."""
    before = len(files(person))
    await ask(person, "!inbox", "not fetched yet")
    code = NEW.findall(person.told[-1][1])[-1]
    await person.say(f"!fetch {code}")
    screen = await person.wait(lambda _: len(files(person)) > before)
    assert screen[-1].name == f"{code}.holdfast"
    return await person.fetch(screen[-1])
