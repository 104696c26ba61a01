"""A server that takes somebody's place finds nothing open: no story, no case, no hand-over."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from handlers.texts.english import ENGLISH
from tests.doubles.matrix.homeserver.adversary import Adversary
from tests.doubles.matrix.homeserver.people import People
from tests.doubles.matrix.homeserver.server import Homeserver
from tests.doubles.matrix.person import Person
from tests.integration.matrix.running import (
    NO_GREETING,
    Running,
    ask,
    begin,
    keep_story,
    pieces,
    running,
    sealed,
)
from tests.rig import Rig
from tests.talk_script import folded

PIECE = "It was after the rehearsal in spring."
TRIED = (
    "!start",
    "!show",
    "!show 1",
    "!permissions",
    "!done",
    "2",
    "!stop",
    "!pause",
    "!withdraw",
)
"""What somebody who took a place tries first."""


async def told(bot: Running, robin: Person) -> None:
    await begin(robin, bot)
    await ask(robin, PIECE, "Saved. Carry on")
    await sealed(bot, robin, [PIECE])


async def heard_by(person: Person, since: int = 0) -> str:
    return "\n".join(text for _, text in person.told[since:])


@pytest.mark.parametrize("how", ["in the same room", "kicked", "kicked and restarted"])
async def test_who_takes_a_place_is_shown_and_changes_nothing(
    rig: Rig, homeserver: Homeserver, people: People, how: str
) -> None:
    robin, server = await people.person(), Adversary(homeserver)
    account = await homeserver.register()
    async with AsyncExitStack() as lives:
        bot = await lives.enter_async_context(running(rig, homeserver, account, waits=NO_GREETING))
        await told(bot, robin)
        if how != "in the same room":
            server.move(robin.room, bot.id, "leave", robin.id)
            await bot.until(lambda: not [*bot.connection.rooms.directory])
        if how == "kicked and restarted":
            await lives.aclose()
            bot = await lives.enter_async_context(
                running(rig, homeserver, account, waits=NO_GREETING)
            )
        other = await server.take_place(people, robin)
        if how != "in the same room":
            await other.open_chat(bot.id)
        else:
            await other.learn_device(other.id, other.account.device_id)
        for text in TRIED:
            await ask(other, text, "I show none of it")
        assert PIECE not in await heard_by(other)
        assert await pieces(bot, robin) == [PIECE]
        server.give_back(robin)
        if how != "in the same room":
            await robin.open_chat(bot.id)
        await ask(robin, "!start", "Picking up where you left off")
        await ask(robin, "It was in May as well.", "Saved. Carry on")
        await sealed(bot, robin, [PIECE, "It was in May as well."])
        assert PIECE not in await heard_by(other)
        await lives.aclose()


async def test_what_was_written_in_a_place_that_was_given_back_is_not_told(
    rig: Rig, homeserver: Homeserver, people: People
) -> None:
    """The device is hidden by then, and nobody sees that it was somebody else's."""
    robin, server = await people.person(), Adversary(homeserver)
    async with running(rig, homeserver, waits=NO_GREETING) as bot:
        await told(bot, robin)
        other = await server.take_place(people, robin)
        await other.learn_device(other.id, other.account.device_id)
        await ask(other, "!show", "I show none of it")
        server.withhold(robin.room)
        await other.say("I made it all up.")
        homeserver.world.account(robin.id).devices = {}
        server.give_back(robin)
        server.release(robin.room)
        await ask(robin, "It was in May as well.", "Saved. Carry on")
        await sealed(bot, robin, [PIECE, "It was in May as well."])


async def test_a_replaced_identity_is_said_in_the_chat(
    rig: Rig, homeserver: Homeserver, people: People
) -> None:
    robin, server = await people.person(), Adversary(homeserver)
    async with running(rig, homeserver, waits=NO_GREETING) as bot:
        await told(bot, robin)
        other = await server.take_place(people, robin)
        await other.say("!show")
        wanted = folded(ENGLISH.matrix.replaced)
        await other.until(lambda: any(wanted in folded(text) for _, text in other.told))


async def test_help_is_given_to_whoever_is_there(
    rig: Rig, homeserver: Homeserver, people: People
) -> None:
    robin, server = await people.person(), Adversary(homeserver)
    async with running(rig, homeserver, waits=NO_GREETING) as bot:
        await told(bot, robin)
        other = await server.take_place(people, robin)
        await ask(other, "!unsafe", "116 016")


async def test_who_lost_every_key_can_begin_anew(
    rig: Rig, homeserver: Homeserver, people: People
) -> None:
    robin, server = await people.person(), Adversary(homeserver)
    async with running(rig, homeserver, waits=NO_GREETING) as bot:
        await told(bot, robin)
        again = await server.take_place(people, robin)
        await ask(again, "hello", "Then !erase deletes")
        await ask(again, "!erase", "It's deleted, except")
        assert await pieces(bot, robin) == []
        await ask(again, "!start", "Could anyone else see this chat?")
        await ask(again, "No, only me", "Should I delete our messages")


async def test_an_identity_that_a_device_vouches_for_goes_on(
    rig: Rig, homeserver: Homeserver, people: People
) -> None:
    """Somebody who has their device still makes new keys with it, as apps offer to do."""
    robin, server = await people.person(), Adversary(homeserver)
    async with running(rig, homeserver, waits=NO_GREETING) as bot:
        await told(bot, robin)
        server.server.world.account(robin.id).identity = {}
        await people.clients[robin.key]._publish_identity()
        await ask(robin, "It was in May as well.", "Saved. Carry on")
        await sealed(bot, robin, [PIECE, "It was in May as well."])


async def test_a_case_that_was_opened_with_words_is_closed_to_others(
    rig: Rig, homeserver: Homeserver, people: People
) -> None:
    robin, server = await people.person(), Adversary(homeserver)
    async with running(rig, homeserver, waits=NO_GREETING) as bot:
        await told(bot, robin)
        words = await keep_story(bot, robin)
        await robin.member(bot.id, "leave")
        await robin.open_chat(bot.id)
        await ask(robin, f"!open {words}", "Read it")
        other = await server.take_place(people, robin)
        for text in (
            "Read it",
            "in May too",
            "!show",
            "!show 1",
            "!history",
            "!withdraw",
            "!erase",
        ):
            await other.say(text)
            await asyncio.sleep(0)
        await ask(other, "!show", "Nothing is open")
        assert PIECE not in await heard_by(other)
        server.give_back(robin)
        await ask(robin, "!show 1", PIECE)
