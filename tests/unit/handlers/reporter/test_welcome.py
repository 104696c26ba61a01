"""Before anything was begun: nothing is kept, and four words are never taken for a code."""

import pytest

from handlers.messages import TextMessage
from handlers.outcome import LookupPurpose
from handlers.reporter.welcome import HELLO, NOT_BEGUN, choose, greet
from handlers.texts.english import ENGLISH
from store.model.changes import BeginCase
from store.model.snapshot import Snapshot
from tests.rig import Rig
from tests.unit.handlers.talks import FLOW, view_of


def test_yes_begins_a_conversation_in_the_newest_revision() -> None:
    outcome = choose(view_of(Snapshot()), "go")
    (change,) = outcome.changes
    assert isinstance(change, BeginCase)
    assert (change.draft.revision, change.draft.answers) == (FLOW.revision, ())


def test_not_now_keeps_nothing() -> None:
    assert not choose(view_of(Snapshot()), "unsure").changes
    assert choose(view_of(Snapshot()), "back").waiting is LookupPurpose.OPEN


@pytest.mark.parametrize("text", ["", "hello", "I was hurt yesterday", "one " * 11, "one " * 13])
def test_somebody_who_just_writes_is_greeted_and_told_that_it_was_not_kept(text: str) -> None:
    assert greet(text) == NOT_BEGUN
    assert HELLO.says[0] == NOT_BEGUN.says[0]


def test_twelve_words_may_be_those_of_a_case_and_ask_for_no_others() -> None:
    outcome = greet("one " * 12)
    assert outcome.lookup is not None
    assert outcome.lookup.purpose is LookupPurpose.OPEN
    assert outcome.waiting is None


def greetings(texts: list[str]) -> int:
    """How often somebody was greeted."""
    return sum(text.startswith("Hello.") for text in texts)


async def test_who_writes_several_lines_at_once_is_greeted_once(rig: Rig) -> None:
    async with rig.staying():
        first, *others = [
            [reply.text for reply in await rig.hear(TextMessage(text))]
            for text in ("hi", "he hit me", "can anybody help", "one " * 12)
        ]
    assert greetings(first) == 1
    for said in others:
        assert greetings(said) == 0
        assert said[0] == ENGLISH.welcome.not_begun
        assert "Could anyone else see this chat?" in said[-1]


@pytest.mark.parametrize("between", ["/start", "/stop", "yes, or", "/help"])
async def test_the_welcome_is_said_again_where_something_else_was_said(
    rig: Rig, between: str
) -> None:
    async with rig.staying():
        await rig.say("hi", between)
        after = [reply.text for reply in await rig.say("hi again")]
        assert greetings([*after]) == (between != "/start")
        rig.clock.forward(minutes=11)
        assert greetings([reply.text for reply in await rig.say("hi again")]) == 1
        assert greetings([reply.text for reply in await rig.say("/start")]) == 1
