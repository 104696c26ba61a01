"""Twenty things that people say lead on Telegram to what the table says."""

from store.model.accounts import Account
from tests.doubles.telegram.double import Double
from tests.integration.telegram.running import begin, running
from tests.rig import Rig
from tests.sayings import one_talk
from tests.ways_of_typing import expect, expect_question

FIRST = "It was in spring."


async def test_what_is_said_on_telegram_leads_to_what_the_table_says(
    rig: Rig, double: Double
) -> None:
    robin = double.person(77)
    who = Account("telegram", "77", "77")
    async with running(rig, double) as bot:
        await begin(robin)
        snapshots = bot.conversations.snapshots
        await robin.say(FIRST)
        await robin.say("/done")
        await expect(snapshots, who, ("fate", (FIRST,)))
        for step in one_talk(FIRST):
            await robin.say(step.typed)
            await bot.settled()
            await expect(snapshots, who, step.then)
            if step.back:
                await robin.say(step.back)
                await expect_question(snapshots, who, "fate")
