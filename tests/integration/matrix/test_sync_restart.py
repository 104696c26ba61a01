"""A bot that restarts at once finds the rooms as they are."""

from tests.doubles.matrix.person import Clients
from tests.doubles.matrix.synapse import Synapse
from tests.integration.matrix.running import begin, running, sealed
from tests.rig import Rig


async def test_a_bot_that_restarts_within_minutes_finds_its_rooms(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    account = await synapse.register()
    async with running(rig, synapse, account) as bot:
        robin = await clients.person()
        await begin(robin, bot)
    await robin.say("It was after the rehearsal.")
    async with running(rig, synapse, account) as bot:
        await robin.wait("Saved. Carry on")
        await sealed(bot, robin, ["It was after the rehearsal."])
        assert robin.members()[bot.id] == "join"
