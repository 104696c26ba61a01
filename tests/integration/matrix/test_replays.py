"""A homeserver that sends a message a second time, under another event id, changes nothing."""

import pytest

from bot.platforms.matrix.crypto.message_indices import MessageIndices
from tests.doubles.matrix.homeserver.adversary import Adversary
from tests.doubles.matrix.homeserver.people import People
from tests.doubles.matrix.homeserver.server import Homeserver
from tests.doubles.matrix.person import Person
from tests.integration.matrix.running import NO_GREETING, ask, begin, pieces, running, sealed
from tests.rig import Rig

PIECE = "It was after the rehearsal in spring."


async def _told(robin: Person) -> str:
    event = await robin.say(PIECE)
    await robin.wait("Saved. Carry on")
    return event


@pytest.mark.parametrize("ends", ["at once", "after a restart", "as if killed"])
async def test_a_message_that_a_server_repeats_is_not_taken_again(
    rig: Rig,
    homeserver: Homeserver,
    people: People,
    monkeypatch: pytest.MonkeyPatch,
    ends: str,
) -> None:
    robin, server = await people.person(), Adversary(homeserver)
    if ends == "as if killed":  # what is written later or at the end, is not
        monkeypatch.setattr(MessageIndices, "save", lambda _self: None)
    async with running(rig, homeserver, waits=NO_GREETING) as bot:
        await begin(robin, bot)
        told = await _told(robin)
        if ends == "at once":
            for _ in range(2):
                server.repeat(told)
            await ask(robin, "!permissions", "")
            assert await pieces(bot, robin) == [PIECE]
            return
        account = bot.account
    async with running(rig, homeserver, account, waits=NO_GREETING) as bot:
        for _ in range(2):
            server.repeat(told)
        second = "It was in May as well."
        await robin.say(second)
        await sealed(bot, robin, [PIECE, second])
        assert [text for _, text in robin.told if "couldn't read" in text] == []
