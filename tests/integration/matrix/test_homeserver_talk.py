"""Whole conversations on the homeserver in memory, which checks each request of the bot."""

import asyncio
from pathlib import Path

import pytest

from bot.platforms.matrix.http_client import endpoint_of
from bot.platforms.matrix.sync import source
from handlers.texts.english import ENGLISH
from tests.doubles.matrix.homeserver.people import People
from tests.doubles.matrix.homeserver.server import Homeserver
from tests.doubles.matrix.person import Clients, Host, Server
from tests.doubles.matrix.proxy import Proxy
from tests.doubles.matrix.synapse import Synapse
from tests.integration.matrix.running import (
    NO_GREETING,
    ask,
    begin,
    fetch,
    hand_over,
    join,
    running,
    sealed,
)
from tests.rig import Rig, make_rig

STORY = "It was after the rehearsal in spring."


@pytest.mark.parametrize("clean", ["As we go", "When I finish", "I'll do it myself"])
async def test_a_story_is_sealed_reaches_its_reader_and_the_chat_is_cleaned(
    rig: Rig, homeserver: Homeserver, people: People, clean: str
) -> None:
    robin, oak = await asyncio.gather(people.person(), people.person())
    async with running(rig, homeserver) as bot:
        await join(oak, rig, bot, "Oak")
        await begin(robin, bot, clean)
        told = await robin.say(STORY)
        await robin.wait("Saved. Carry on")
        await sealed(bot, robin, [STORY])
        await hand_over(robin)
        await oak.wait(ENGLISH.readers.notice.replace("/", "!"))
        delivery = await fetch(oak)
        await robin.member(bot.id, "leave")
    assert STORY in rig.open("Oak", delivery).text
    assert robin.messages[told].redacted is (clean != "I'll do it myself")
    assert [m.unreadable or m.shield for m in robin.messages.values() if not m.redacted] == [
        "" for m in robin.messages.values() if not m.redacted
    ]


async def test_a_burst_that_a_batch_leaves_out_is_sealed_in_order(
    rig: Rig, homeserver: Homeserver, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "TIMELINE_LIMIT", 4)
    robin = await people.person()
    pieces = [f"piece {number}" for number in range(30)]
    async with running(rig, homeserver, waits=NO_GREETING) as bot:
        await begin(robin, bot)
        for piece in pieces:
            await robin.say(piece)
        await sealed(bot, robin, pieces)
    assert homeserver.seen(r"/messages$"), "some of them were not in the batch"


async def test_fifty_people_talk_at_once(rig: Rig, homeserver: Homeserver, people: People) -> None:
    everybody = await asyncio.gather(*(people.person() for _ in range(50)))
    async with running(rig, homeserver) as bot:
        for person in everybody:
            await person.open_chat(bot.id, joined=False)
        await asyncio.gather(*(person.member(bot.id, "join", 30) for person in everybody))
        started = (
            ask(person, "!start", "Could anyone else see this chat?", 30) for person in everybody
        )
        await asyncio.gather(*started)


async def asked(rig: Rig, server: Server, host: Host) -> list[tuple[str, str, int]]:
    """Have a whole talk; return what the bot asked its server for, and how that ended."""
    async with Proxy(server.url) as proxy, running(rig, server, url=proxy.url) as bot:
        robin = await host.person()
        await begin(robin, bot)
        await robin.say(STORY)
        await robin.wait("Saved. Carry on")
        await sealed(bot, robin, [STORY])
        await ask(robin, "!erase", "It can't be brought back.")
        await ask(robin, "Yes, delete it all", "It's deleted.")
        await robin.member(bot.id, "leave")
        await bot.until(lambda: bool(proxy.seen("/forget$")))
        seen = {(r.method, endpoint_of(server.url + r.path), r.status) for r in proxy.requests}
    return sorted(seen - {("GET", "client/v3/sync", 0)})


async def test_the_bot_asks_for_the_same_in_front_of_synapse(
    rig: Rig,
    tmp_path: Path,
    synapse: Synapse,
    clients: Clients,
    homeserver: Homeserver,
    people: People,
) -> None:
    (folder := tmp_path / "other").mkdir()
    assert await asked(make_rig(folder), homeserver, people) == await asked(rig, synapse, clients)
