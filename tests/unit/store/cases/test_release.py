"""A held hand-over is released only behind everything that could stop it."""

from datetime import timedelta

import pytest

from store.cases.handovers import overdue
from store.db.schema import outbox
from store.inbox.watermarks import GRACE, LONGEST_GAP, Watermarks
from store.model.changes import TakeBack
from store.model.clock import hour_of
from store.model.inbox import AcceptedMessage
from store.model.permissions import RevocationBasis
from tests.unit.store.organisation import OAK_ID, Organisation, hand_over, keep, named
from tests.unit.store.people import OAK

HOLD = 12
PLATFORM = "telegram"


class Bot:
    """A program that hears one platform, and runs its upkeep."""

    def __init__(self, org: Organisation) -> None:
        self.org = org
        self.watermarks = Watermarks(frozenset({PLATFORM}), lambda: org.now)
        self.expiry = org.expiry(self.watermarks)

    def hear(self) -> None:
        mark = self.watermarks.of(PLATFORM)
        mark.asking()
        mark.caught_up()

    def hear_for(self, **by: float) -> None:
        """Hear the platform all the time for so long."""
        until = self.org.now + timedelta(**by)
        while self.org.now < until:
            self.org.now = min(self.org.now + LONGEST_GAP, until)
            self.hear()

    async def run(self) -> bool:
        """Run the upkeep; whether hand-overs wait."""
        return await self.expiry.run(self.org.now)

    async def is_released(self) -> bool:
        return bool(await self.org.inbox(OAK))


@pytest.fixture
def bot(org: Organisation) -> Bot:
    return Bot(org)


async def test_it_is_released_when_the_platform_was_heard_all_the_time(bot: Bot) -> None:
    await bot.org.share(keep(), named(OAK_ID), hold=HOLD)
    bot.hear()
    bot.hear_for(hours=HOLD)
    assert not await bot.run()
    assert not await bot.is_released()
    bot.hear_for(hours=1)
    assert not await bot.run()
    assert await bot.is_released()


async def test_it_waits_until_the_platform_is_heard(bot: Bot) -> None:
    await bot.org.share(keep(), named(OAK_ID), hold=HOLD)
    bot.org.now += timedelta(hours=HOLD + 2)
    assert await bot.run()
    assert not await bot.is_released()
    bot.hear()
    assert await bot.run()
    bot.hear_for(minutes=GRACE.total_seconds() / 60)
    assert not await bot.run()
    assert await bot.is_released()


async def test_it_waits_until_what_was_sent_before_is_handled(bot: Bot) -> None:
    await bot.org.share(keep(), named(OAK_ID), hold=HOLD)
    bot.hear()
    sent = bot.org.now
    bot.hear_for(hours=HOLD + 1)
    inbox = bot.org.stores.inbox
    (waiting,) = await inbox.accept(PLATFORM, [AcceptedMessage("1", "77", b"stop", sent)])
    later = AcceptedMessage("2", "78", b"hello", bot.org.now)
    await inbox.accept(PLATFORM, [later])
    assert await bot.run()
    assert not await bot.is_released()
    await inbox.remove(waiting.row)
    assert not await bot.run()
    assert await bot.is_released()


async def test_what_waits_of_a_platform_that_the_bot_has_left_holds_up_nothing(bot: Bot) -> None:
    await bot.org.share(keep(), named(OAK_ID), hold=HOLD)
    sent = bot.org.now
    await bot.org.stores.inbox.accept("matrix", [AcceptedMessage("1", "77", b"stop", sent)])
    bot.hear()
    bot.hear_for(hours=HOLD + 1)
    assert not await bot.run()
    assert await bot.is_released()


async def test_it_can_be_stopped_from_the_account_as_long_as_it_waits(bot: Bot) -> None:
    await bot.org.share(keep(), named(OAK_ID), hold=HOLD)
    bot.org.now += timedelta(hours=HOLD + 5)
    assert await bot.run()
    held = (await bot.org.snapshot()).held
    assert held is not None
    await bot.org.commit(TakeBack(RevocationBasis.HOLD, (held.statement,), "Stop it."))
    bot.hear()
    bot.hear_for(hours=1)
    assert not await bot.run()
    assert not await bot.is_released()
    assert [row for row in await bot.org.rows(outbox) if row["due_hour"]] == []


async def test_one_of_a_later_hour_does_not_wait_for_one_that_was_due_in_an_outage(
    bot: Bot,
) -> None:
    await bot.org.share(keep(), named(OAK_ID), hold=HOLD)
    due = bot.org.now.replace(hour=22, minute=0)
    bot.org.now = due + timedelta(minutes=30)
    await bot.org.commit(hand_over(named(OAK_ID), hold=1))
    bot.org.now = due + timedelta(minutes=110)
    bot.hear()
    bot.hear_for(minutes=15)
    assert await bot.run()
    late = await bot.org.database.read(lambda connection: overdue(connection, bot.org.now))
    assert [*late] == [hour_of(due)]
    assert await bot.is_released()
    bot.hear_for(minutes=15)
    assert not await bot.run()
    assert len(await bot.org.inbox(OAK)) == 2
