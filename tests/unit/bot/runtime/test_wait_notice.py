"""Who sent what waits is told so, if it can be read who that is."""

from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from bot.runtime.inbox_worker import Decoded, OneOfMany
from bot.runtime.scheduler import Pause
from bot.runtime.wait_notice import STILL_READING, WaitNotice
from handlers.effects import SendDirect
from handlers.messages import IncomingMessage, TextMessage
from handlers.outcome import say
from store.model.accounts import Account
from store.model.inbox import InboxRow, WaitingMessage

WHO = Account("telegram", "77", "77")
ROW = InboxRow(5)
MESSAGE = WaitingMessage(ROW, "77", 0, 0, b"")
INCOMING = IncomingMessage("1", WHO, TextMessage("hello"))


@dataclass
class World:
    """What the notice reads from, and sends to."""

    decoded: Decoded | Exception = INCOMING
    row: WaitingMessage | None = MESSAGE
    sent: list[SendDirect] = field(default_factory=list)
    language: str = "en"

    def decode(self, message: WaitingMessage) -> Decoded:
        assert message is MESSAGE
        if isinstance(self.decoded, Exception):
            raise self.decoded
        return self.decoded

    async def read(self, row: InboxRow) -> WaitingMessage | None:
        assert row == ROW
        return self.row

    def view_of(self, _snapshot: object, _account: object) -> Any:
        return self

    def send_result(self, who: Account, effects: tuple[SendDirect, ...]) -> None:
        assert who == WHO
        self.sent += effects

    async def run(self, waiting: WaitingMessage | InboxRow) -> list[SendDirect]:
        fake = cast("Any", self)
        await WaitNotice(fake, self.decode, fake, fake).send(waiting)
        return self.sent


@pytest.mark.parametrize("waiting", [MESSAGE, ROW])
@pytest.mark.parametrize(
    "decoded", [INCOMING, OneOfMany(INCOMING, 0, lambda: None, lambda: None)], ids=["one", "many"]
)
async def test_it_is_said_to_whoever_sent_it(
    waiting: WaitingMessage | InboxRow, decoded: Decoded
) -> None:
    (effect,) = await World(decoded).run(waiting)
    assert (effect.account, effect.text) == (WHO, say("UNUSABLE", STILL_READING))


@pytest.mark.parametrize("decoded", [Pause(1), None, ValueError()])
async def test_it_is_not_said_to_somebody_unknown(decoded: Decoded | Exception) -> None:
    assert await World(decoded).run(MESSAGE) == []


async def test_what_was_handled_meanwhile_waits_no_more() -> None:
    assert await World(row=None).run(ROW) == []
