"""Twenty ways of typing lead on Matrix to what the table says, with ``!`` as well as ``/``."""

import pytest

from store.model.accounts import Account
from tests.doubles.matrix.person import Clients
from tests.doubles.matrix.synapse import Synapse
from tests.integration.matrix.running import begin, running
from tests.rig import Rig
from tests.ways_of_typing import expect, expect_question, one_talk

FIRST = "It was in spring."


@pytest.mark.parametrize("sign", ["/", "!"])
async def test_what_is_typed_on_matrix_leads_to_what_the_table_says(
    rig: Rig, synapse: Synapse, clients: Clients, sign: str
) -> None:
    robin = await clients.person()
    async with running(rig, synapse) as bot:
        await begin(robin, bot)
        await robin.say(FIRST)
        who = Account("matrix", robin.id, robin.room)
        snapshots = bot.connection.conversations.snapshots
        for step in one_talk(FIRST):
            await robin.say(_typed(step.typed, sign))
            await expect(snapshots, who, step.then)
            if step.back:
                await robin.say(step.back)
                await expect_question(snapshots, who, "story")


def _typed(text: str, sign: str) -> str:
    """Write a command as people do on Matrix."""
    return text if "nonsense" in text or "\\" in text else text.replace("/", sign)
