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


def test_each_account_is_woken_on_its_own_platform() -> None:
    telegram, matrix = Queues(), Queues()
    wakeups = Wakeups()
    with wakeups.connect("matrix", matrix), wakeups.connect("telegram", telegram):
        wakeups.wake((ALEX, OAK))
    assert telegram.woken == [ALEX]
    assert matrix.woken == [OAK]


def test_nobody_is_woken_on_a_platform_that_is_not_connected() -> None:
    telegram, matrix = Queues(), Queues()
    wakeups = Wakeups()
    with wakeups.connect("telegram", telegram):
        with wakeups.connect("matrix", matrix):
            pass
        wakeups.wake((ROBIN, OAK))
    assert telegram.woken == [ROBIN]
    assert matrix.woken == []
