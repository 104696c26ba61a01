"""Before anything was begun: nothing is kept, and four words are never taken for a code."""

import pytest

from handlers.doorstep import HELLO, NOT_BEGUN, choose, tell
from handlers.outcome import Purpose
from store.records import Begin, Situation
from tests.handlers.talks import FLOW, view_of


def test_yes_begins_a_talk_in_the_newest_words_and_nothing_else() -> None:
    outcome = choose(view_of(Situation()), "go")
    (change,) = outcome.changes
    assert isinstance(change, Begin)
    assert (change.draft.revision, change.draft.answers) == (FLOW.revision, ())


def test_not_now_keeps_nothing() -> None:
    assert not choose(view_of(Situation()), "no").changes
    assert choose(view_of(Situation()), "back").waiting is Purpose.OPEN


@pytest.mark.parametrize("text", ["", "hello", "I was hurt yesterday", "one " * 11, "one " * 13])
def test_somebody_who_just_writes_is_greeted_and_told_that_it_was_not_kept(text: str) -> None:
    assert tell(text) == NOT_BEGUN
    assert HELLO.says[0] == NOT_BEGUN.says[0]


def test_twelve_words_may_be_those_of_a_case_and_ask_for_no_others() -> None:
    outcome = tell("one " * 12)
    assert outcome.lookup is not None
    assert outcome.lookup.purpose is Purpose.OPEN
    assert outcome.waiting is None
