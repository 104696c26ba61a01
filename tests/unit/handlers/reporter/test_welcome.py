"""Before anything was begun: nothing is kept, and four words are never taken for a code."""

import pytest

from handlers.messages import TextMessage
from handlers.outcome import LookupPurpose, Outcome
from handlers.reporter.welcome import NOT_BEGUN, choose, greet
from store.model.changes import BeginCase, SealItem
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


def heard(text: str) -> Outcome:
    """What is answered to somebody who just writes."""
    return greet(view_of(Snapshot()), TextMessage(text), "ab" * 16)


@pytest.mark.parametrize("text", ["", "1 or 2", "x" * 3_000])
def test_what_cannot_be_kept_is_said_to_be_not_kept(text: str) -> None:
    assert heard(text) == NOT_BEGUN


@pytest.mark.parametrize("text", ["I was hurt yesterday", "one more " * 5, "one more " * 7])
def test_somebody_who_just_writes_is_greeted_and_what_they_wrote_is_kept_aside(text: str) -> None:
    outcome = heard(text)
    assert [s.sentence for s in outcome.says] == ["HELLO", "ASIDE_FIRST", "ASK"]
    begin, seal = outcome.changes
    assert isinstance(begin, BeginCase)
    assert seal == SealItem("ab" * 16, "story", text)


def test_twelve_words_may_be_those_of_a_case_and_ask_for_no_others() -> None:
    outcome = heard("one " * 12)
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
            for text in ("hi", "he hit me", "nobody came", "and then " * 6)
        ]
    assert greetings(first) == 1
    for said in others:
        assert greetings(said) == 0
        assert "aside" in said[0]
        assert "Could anyone else see this chat?" in said[-1]


@pytest.mark.parametrize(
    "first", ["who are you", "did anybody read it", "skip", "do you speak german", "go back", "ok"]
)
async def test_who_asks_something_first_is_told_the_limits_and_hears_them_once(
    rig: Rig, first: str
) -> None:
    async with rig.staying():
        said, *others = [
            [reply.text for reply in await rig.hear(TextMessage(text))]
            for text in (first, "who reads this", "skip", "how long do you keep it", "hello??")
        ]
    assert greetings(said) == 1
    for answers in others:
        assert greetings(answers) == 0
        assert "Could anyone else see this chat?" in answers[-1]


@pytest.mark.parametrize("between", ["/start", "/stop", "yes, or", "/help"])
async def test_the_welcome_is_said_again_where_something_else_was_said(
    rig: Rig, between: str
) -> None:
    async with rig.staying():
        await rig.say("hi", between)
        after = [reply.text for reply in await rig.say("hello")]
        assert greetings([*after]) == (between != "/start")
        rig.clock.forward(minutes=11)
        assert greetings([reply.text for reply in await rig.say("hello")]) == 1
        assert greetings([reply.text for reply in await rig.say("/start")]) == 1
