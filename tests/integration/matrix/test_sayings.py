"""Twenty things that people say lead on Matrix to what the table says."""

from store.model.accounts import Account
from tests.doubles.matrix.person import Clients
from tests.doubles.matrix.synapse import Synapse
from tests.integration.matrix.running import begin, running
from tests.rig import Rig
from tests.sayings import one_talk
from tests.ways_of_typing import expect, expect_question

FIRST = "It was in spring."


async def test_what_is_said_on_matrix_leads_to_what_the_table_says(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin = await clients.person()
    async with running(rig, synapse) as bot:
        await begin(robin, bot)
        who = Account("matrix", robin.id, robin.room)
        snapshots = bot.connection.conversations.snapshots
        await robin.say(FIRST)
        await robin.say("/done")
        await expect(snapshots, who, ("fate", (FIRST,)))
        for step in one_talk(FIRST):
            await robin.say(step.typed)
            await expect(snapshots, who, step.then)
            if step.back:
                await robin.say(step.back)
                await expect_question(snapshots, who, "fate")
