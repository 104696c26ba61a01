"""Accounts that flood the bot on Matrix, on a homeserver in memory."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from vodozemac import GroupSession

from bench import organisation
from bench.amount import Floods
from bench.beside import QUESTIONS
from bench.figures import MILLI
from bench.floods import Crowd, Flooded, measure
from bench.loop_work import timed
from bench.matrix_load import prepare
from bench.process import Process, started
from tests.doubles.matrix.homeserver.olm_device import MEGOLM
from tests.doubles.matrix.homeserver.people import People
from tests.doubles.matrix.homeserver.server import Homeserver
from tests.doubles.matrix.homeserver.world import new_id
from tests.doubles.matrix.person import Message, Person


@dataclass(frozen=True, slots=True)
class Town:
    """A homeserver in this process, those who live there, and the bot in its own."""

    server: Homeserver
    people: People
    bot: Process
    bot_id: str


@asynccontextmanager
async def running() -> AsyncIterator[Town]:
    """Run the bot of a new organisation, its loop timed, in front of a homeserver in memory."""
    with TemporaryDirectory(prefix="holdfast-bench-") as name:
        place = Path(name)
        folder = place / "organisation"
        organisation.found_sharing(folder, QUESTIONS)
        async with Homeserver() as server, People(server) as people:
            server.remembers = False
            account = await server.register("holdfast")
            config = organisation.connect_matrix(folder, server.url, account)
            with started(place, *timed(place, "run", "--config", config)) as bot:
                yield Town(server, people, bot, account.user_id)


async def flood(town: Town, amount: Floods) -> Flooded:
    """Measure others alone, and then as many new others beside those who flood with words."""
    crowd = await _crowd(town, amount, Person.say, town.server.world.unheard)
    return await measure(crowd, town.bot, amount)


async def flood_with_keys(town: Town, amount: Floods) -> Flooded:
    """Measure as well beside those who flood with keys to rooms that there are not."""

    async def give_key(person: Person, _text: str) -> None:
        client, session = town.people.clients[person.key], GroupSession()
        devices = [device for device in await client.devices_of([town.bot_id]) if device.signed]
        key = {
            "algorithm": MEGOLM,
            "room_id": new_id("!"),
            "session_id": session.session_id,
            "session_key": session.session_key.to_base64(),
        }
        await client.share(devices, key)

    crowd = await _crowd(town, amount, give_key, town.server.world.undelivered)
    return await measure(crowd, town.bot, amount)


async def _crowd(
    town: Town,
    amount: Floods,
    say: Callable[[Person, str], Awaitable[object]],
    waiting: Callable[[str], int],
) -> Crowd[Person]:
    first, second, loud = [
        await asyncio.gather(*(town.people.person() for _ in range(count)))
        for count in (amount.others, amount.others, amount.flooders)
    ]
    script = organisation.longer(organisation.keeping(QUESTIONS), 0)

    async def lead_one(person: Person) -> None:
        await prepare(person, town.bot_id, script)
        if person in loud:
            await person.stop()  # it only sends, so that this process has time for others

    return Crowd(
        *(first, second, loud),
        prepare=lead_one,
        answer=_answer,
        say=say,
        waiting=partial(waiting, town.bot_id),
    )


async def _answer(person: Person, text: str, wanted: str) -> float:
    """Say something; return how many seconds later the server had the reply with these words."""
    seen = len(person.messages)
    said = await person.say(text)
    while (reply := _reply(person, seen, wanted)) is None or said not in person.messages:
        person.clients.check()
        await person.pulse.wait()
    return (reply.at - person.messages[said].at) / MILLI


def _reply(person: Person, seen: int, wanted: str) -> Message | None:
    fresh = list(person.messages.values())[seen:]
    return next((m for m in fresh if not m.mine and wanted in m.text), None)
