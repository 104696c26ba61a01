"""What crosses between a platform and the handlers prints nothing of a person."""

from handlers.messages import Clear, Incoming, Reply, Text
from store.records import Account

SECRET = "rosemary"


def test_nothing_that_was_typed_or_shown_is_printed() -> None:
    who = Account("terminal", SECRET, SECRET)
    for value in (Text(SECRET), Reply(SECRET), Incoming(SECRET, who, Text(SECRET)), who):
        assert SECRET not in repr(value)


def test_a_reply_asks_nothing_and_clears_nothing_by_itself() -> None:
    reply = Reply("words")
    assert (reply.question, reply.offers, reply.silent) == ("", (), False)
    assert reply.clear is Clear.NOTHING
