"""What crosses between a platform and the handlers prints nothing of a person."""

from handlers.messages import ChatClearing, IncomingMessage, Reply, TextMessage
from store.model.accounts import Account

SECRET = "rosemary"


def test_nothing_that_was_typed_or_shown_is_printed() -> None:
    who = Account("terminal", SECRET, SECRET)
    for value in (
        TextMessage(SECRET),
        Reply(SECRET),
        IncomingMessage(SECRET, who, TextMessage(SECRET)),
        who,
    ):
        assert SECRET not in repr(value)


def test_a_reply_asks_nothing_and_clears_nothing_by_itself() -> None:
    reply = Reply("words")
    assert (reply.question, reply.offers, reply.silent) == ("", (), False)
    assert reply.clear is ChatClearing.NOTHING
