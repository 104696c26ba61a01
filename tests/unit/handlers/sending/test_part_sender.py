"""A message in parts arrives whole, whatever fails between them and whatever is said then."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

import pytest

from bot.platforms.telegram.facts import TELEGRAM
from handlers.messages import Reply
from handlers.ports.messenger import MessageRefused, SendError, Undelivered
from handlers.reporter.markers import OVERVIEW
from handlers.sending.part_sender import PartSender
from handlers.shown_questions import ShownQuestions
from store.model.accounts import Account
from store.model.outbox import OutboxMessage, SentMessages

ACCOUNT = Account("chat", "somebody", "room")
ROW = b"\x01" * 16
FIRST, SECOND, OTHER = (f"{word} " * 49 + f"{word}." for word in ("one", "two", "other"))
LONG = f"{FIRST}\n\n{SECOND}"


@dataclass
class Server:
    """A platform that takes each idempotency key once, and can fail before or behind that."""

    fails: list[SendError | None] = field(default_factory=list)
    """What becomes of the next messages; None is well."""
    loses_answer: bool = False
    """A failing message is taken, and only the answer is lost."""
    shown: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    platform = TELEGRAM

    def parts(self, reply: Reply) -> tuple[Reply, ...]:
        """Split nothing."""
        return (reply,)

    async def send(self, to: Account, reply: Reply) -> tuple[str, ...]:
        """Take a message."""
        error = self.fails.pop(0) if self.fails else None
        if error is None or self.loses_answer:
            self.shown.setdefault(reply.once, reply.text)
        if error is not None:
            raise error
        self.asked.append(reply.question)
        return (reply.once,)


class Outbox:
    """Takes every confirmation."""

    async def confirm(
        self, messages: Sequence[OutboxMessage], sent: Sequence[SentMessages] = ()
    ) -> None:
        """Forget it."""


def sender_to(server: Server) -> PartSender:
    """A sender to this server."""
    return PartSender(server, Outbox(), ShownQuestions(partial(datetime.now, UTC)))  # type: ignore[arg-type]  # all that it uses of them


async def fails_first(server: Server, at: int, text: str = LONG) -> PartSender:
    """Send a message of which this part fails."""
    server.fails = [None] * at + [Undelivered("away")]
    sender = sender_to(server)
    with pytest.raises(Undelivered):
        await sender.send(ACCOUNT, Reply(text, question=OVERVIEW), ROW)
    return sender


async def test_a_part_that_went_is_not_repeated() -> None:
    server = Server()
    sender = await fails_first(server, at=1)
    await sender.send(ACCOUNT, Reply(LONG, question=OVERVIEW), ROW)
    assert [*server.shown.values()] == [FIRST, SECOND]


@pytest.mark.parametrize(
    "now", ["It is over.", FIRST, f"{OTHER}\n\n{FIRST}\n\n{SECOND}", f"{OTHER}\n\n{SECOND}"]
)
@pytest.mark.parametrize("loses_answer", [False, True])
async def test_what_is_said_otherwise_meanwhile_is_said_whole(
    now: str, *, loses_answer: bool
) -> None:
    server = Server(loses_answer=loses_answer)
    sender = await fails_first(server, at=1)
    await sender.send(ACCOUNT, Reply(now, question=OVERVIEW), ROW)
    whole = now.split("\n\n")
    assert [*server.shown.values()][-len(whole) :] == whole
    assert server.asked[-1] == OVERVIEW


async def test_the_first_part_is_not_mistaken_for_what_was_tried_before() -> None:
    server = Server(loses_answer=True)
    sender = await fails_first(server, at=0)
    await sender.send(ACCOUNT, Reply(f"{OTHER}\n\n{SECOND}"), ROW)
    assert OTHER in server.shown.values()


async def test_a_repetition_arrives_once_although_its_answer_was_lost() -> None:
    server = Server(loses_answer=True)
    sender = await fails_first(server, at=0)
    await sender.send(ACCOUNT, Reply(LONG), ROW)
    assert [*server.shown.values()] == [FIRST, SECOND]


async def test_nothing_is_remembered_of_a_message_that_is_lost() -> None:
    server = Server(fails=[None, MessageRefused("no")])
    sender = sender_to(server)
    with pytest.raises(MessageRefused):
        await sender.send(ACCOUNT, Reply(LONG), ROW)
    assert not sender.progress
