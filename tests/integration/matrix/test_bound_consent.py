"""A homeserver that delivers a number late, in another question, allows nothing by it."""

import pytest

from handlers.texts.english import ENGLISH
from store.model.accounts import Account
from store.model.drafts import Draft, Phase
from store.model.snapshot import Snapshot
from tests.doubles.matrix.homeserver.adversary import Adversary
from tests.doubles.matrix.homeserver.people import People
from tests.doubles.matrix.homeserver.server import Homeserver
from tests.doubles.matrix.homeserver.world import Event
from tests.doubles.matrix.person import Person
from tests.integration.matrix.running import TO_OAK, Running, ask, begin, running
from tests.rig import Rig
from tests.stages import as_typed

STORY = "It was after the rehearsal in spring."
TO_REVIEW = TO_OAK[:-3]
SEND_NOW, SENT = TO_OAK[-3]


async def at_rest(bot: Running, person: Person) -> Snapshot:
    who = Account("matrix", person.id, person.room)
    return await bot.application.stores.cases.snapshot(who, bot.rig.clock())


async def draft_of(bot: Running, person: Person) -> Draft:
    draft = (await at_rest(bot, person)).draft
    assert draft is not None
    return draft


async def type_twice(server: Adversary, robin: Person, text: str, then: str) -> Event:
    """Type something again because no answer comes; the server keeps the second message."""
    server.withhold(robin.room)
    await robin.say(text)
    (late,) = server.keep(robin.room)
    await ask(robin, text, then)
    return late


@pytest.mark.parametrize("doubled", ["Let someone", "Oak", "Everything", "Yes, keep it"])
async def test_a_number_that_comes_late_says_nothing_at_the_review(
    rig: Rig, homeserver: Homeserver, people: People, doubled: str
) -> None:
    robin, server = await people.person(), Adversary(homeserver)
    async with running(rig, homeserver) as bot:
        await begin(robin, bot)
        await ask(robin, STORY, "Saved. Carry on")
        late = None
        for label, then in TO_REVIEW:
            text = as_typed([label], robin)
            if label.startswith(doubled):
                number = as_typed([label[:5]], robin)
                late = await type_twice(server, robin, number, then)
            else:
                await ask(robin, text, then)
        before = await draft_of(bot, robin)
        assert before.phase is Phase.REVIEW
        assert late is not None
        told = len(robin.told)
        server.deliver(late)
        await bot.until(lambda: len(robin.told) > told + 1)
        assert any(
            words in text
            for _, text in robin.told[told:]
            for words in (ENGLISH.refusals.choose, ENGLISH.refusals.by_number)
        )
        assert await draft_of(bot, robin) == before
        assert not (await at_rest(bot, robin)).shared
        await ask(robin, as_typed([SEND_NOW], robin), SENT)
        assert (await at_rest(bot, robin)).shared


async def test_numbers_in_another_order_name_no_reader(
    rig: Rig, homeserver: Homeserver, people: People
) -> None:
    """The number of somebody who must never read it comes when it is asked who may."""
    robin, server = await people.person(), Adversary(homeserver)
    async with running(rig, homeserver) as bot:
        await begin(robin, bot)
        await ask(robin, STORY, "Saved. Carry on")
        for label, then in TO_REVIEW[:5]:
            await ask(robin, as_typed([label], robin), then)
        never = as_typed(["Ash"], robin)
        late = await type_twice(server, robin, never, "Who may read your story?")
        await ask(robin, as_typed(["Oak"], robin), "How much may they read?")
        await ask(robin, "!back", "Here it is again")
        before = [a for a in (await draft_of(bot, robin)).answers if a.step == "read"]
        told = len(robin.told)
        server.deliver(late)
        await bot.until(lambda: len(robin.told) > told)
        assert [a for a in (await draft_of(bot, robin)).answers if a.step == "read"] == before
