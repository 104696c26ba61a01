"""The bot on Matrix, whole: talks with a strict client against a real homeserver."""

from tests.bot.matrix.running import begin, pieces, running
from tests.matrix.person import Clients
from tests.matrix.synapse import Synapse
from tests.rig import Rig


async def test_a_talk_begins_and_what_is_told_is_sealed(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    async with running(rig, synapse) as bot:
        robin = await clients.person()
        await begin(robin, bot)
        await robin.say("It was after the rehearsal.")
        await robin.wait("Sealed. Go on")
        assert await pieces(bot, robin) == ["It was after the rehearsal."]
