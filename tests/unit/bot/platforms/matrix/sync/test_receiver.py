"""What is heard in a room is stored with its room and its time, after help was sent for it."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

import pytest

from bot.platforms.matrix.events import MESSAGE, RoomEvent, parse_event
from bot.platforms.matrix.sync.receiver import MessageReceiver
from bot.platforms.matrix.sync.stored_events import (
    Gap,
    Stored,
    StoredEvent,
    decode_stored,
)
from bot.runtime.admission import Arrival, Reason
from bot.runtime.help_sender import HelpSender
from handlers.messages import IncomingMessage, MessageContent, TextMessage, UnusableMessage
from handlers.texts.names import SentenceName
from store.model.accounts import Account
from store.model.inbox import InboxRow, WaitingMessage

if TYPE_CHECKING:
    from bot.platforms.matrix.sync.decryptor import Decryptor

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
ROOM = "!room"
ROBIN = Account("matrix", "@robin:x", ROOM)


def event(millis: int = 0, name: str = "$event") -> RoomEvent:
    found = parse_event(
        {
            "event_id": name,
            "sender": ROBIN.name,
            "type": MESSAGE,
            "content": {"a": 1},
            "origin_server_ts": millis,
        }
    )
    assert found is not None
    return found


def stored(arrival: Arrival) -> Stored:
    message = arrival.message
    return decode_stored(WaitingMessage(InboxRow(1), message.chat, 0, 0, message.content))


class Helper:
    """Notes to whom help was sent."""

    def __init__(self, content: MessageContent | None = None) -> None:
        self.content = content
        self.helped: list[tuple[Account, SentenceName]] = []
        self.sender = HelpSender(self.send, lambda: 1.0)
        decryptor = cast("Decryptor", self)
        self.receiver = MessageReceiver(self.sender, decryptor, lambda: NOW)

    def peek(self, room_id: str, _event: RoomEvent) -> MessageContent | None:
        assert room_id == ROOM
        return self.content

    async def send(self, who: Account, sentence: SentenceName) -> None:
        self.helped.append((who, sentence))


def test_an_event_waits_in_its_room_as_it_came() -> None:
    arrival = Helper(TextMessage("It began in May.")).receiver.event(event(), ROOM)
    assert (arrival.message.id, arrival.message.chat) == ("$event", ROOM)
    assert stored(arrival) == StoredEvent(ROOM, event())
    assert b"It began" not in arrival.message.content
    assert not arrival.urgent


def test_a_gap_counts_once_for_its_place() -> None:
    gap = Gap(ROOM, ROBIN.name, "p", "s1")
    arrival = Helper().receiver.gap(gap)
    assert (arrival.message.id, arrival.message.chat) == (f"gap {ROOM} p", ROOM)
    assert stored(arrival) == gap


@pytest.mark.parametrize(
    ("millis", "sent"),
    [
        (int((NOW - timedelta(hours=3)).timestamp() * 1000), NOW - timedelta(hours=3)),
        (int((NOW + timedelta(hours=3)).timestamp() * 1000), NOW),
        (10**40, NOW),
        (-(10**40), NOW),
        (-1, NOW),
    ],
)
def test_it_was_sent_when_its_server_says_if_that_can_be(millis: int, sent: datetime) -> None:
    arrival = Helper().receiver.event(event(millis), ROOM)
    assert arrival.message.sent == sent


async def test_help_is_sent_before_anything_is_stored_and_once_for_a_message() -> None:
    helper = Helper(TextMessage("/unsafe"))
    for _ in range(2):
        arrival = helper.receiver.event(event(), ROOM)
        assert stored(arrival) == StoredEvent(ROOM, event())
        assert arrival.urgent
        assert helper.sender.helps(arrival.message.id)
    await asyncio.gather(*helper.sender.tasks)
    assert helper.helped == [(ROBIN, "HELP_LINES")]


def test_what_is_too_much_leaves_a_marker() -> None:
    arrival = Helper().receiver.event(event(), ROOM)
    marker = decode_stored(WaitingMessage(InboxRow(1), ROOM, 0, 0, arrival.left_out(Reason.MANY)))
    assert isinstance(marker, IncomingMessage)
    assert (marker.who, marker.heard) == (ROBIN, UnusableMessage("many"))


def test_a_greeting_counts_once_for_a_room() -> None:
    arrival = Helper().receiver.greeting(ROBIN)
    assert arrival.message.id == f"greeting {ROOM}"
    greeting = stored(arrival)
    assert isinstance(greeting, IncomingMessage)
    assert greeting.heard == TextMessage("/start")
