"""Waking accounts on every platform that is connected."""

from dataclasses import dataclass, field

from handlers.sending.wakeups import Wakeups
from store.model.accounts import Account

ROBIN, ALEX = (Account("telegram", name, name) for name in ("robin", "alexander"))
OAK = Account("matrix", "@oak:example.org", "!room")


@dataclass
class Queues:
    """Send queues that note who is woken."""

    woken: list[Account] = field(default_factory=list)

    def wake(self, account: Account) -> None:
        self.woken.append(account)


@dataclass
class Waiting:
    """An outbox in which something waits for everybody."""

    asked: list[str] = field(default_factory=list)

    async def waiting_accounts(self, platform: str) -> tuple[Account, ...]:
        self.asked.append(platform)
        return tuple(each for each in (ROBIN, ALEX, OAK) if each.platform == platform)


async def test_everybody_else_is_woken_and_the_own_platform_comes_first() -> None:
    waiting, telegram, matrix = Waiting(), Queues(), Queues()
    wakeups = Wakeups(waiting)
    with wakeups.connect("matrix", matrix), wakeups.connect("telegram", telegram):
        await wakeups.wake_others(ROBIN)
    assert waiting.asked == ["telegram", "matrix"]
    assert telegram.woken == [ALEX]
    assert matrix.woken == [OAK]


async def test_a_platform_that_is_not_connected_is_not_asked() -> None:
    waiting, telegram = Waiting(), Queues()
    wakeups = Wakeups(waiting)
    with wakeups.connect("telegram", telegram):
        pass
    await wakeups.wake_others(OAK)
    assert waiting.asked == []
    assert telegram.woken == []
