"""Skip, done and back: nothing told is lost, answers stand until others are given."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import flows
from handlers.messages import TextMessage
from handlers.outcome import Outcome
from handlers.permissions.routing import consent_of
from handlers.reporter.markers import ERASE, PIECE, STOP, flow_answers
from store.model.changes import EraseItems, SealItem
from tests.unit.handlers.reporter.places import (
    begin_story,
    reach_overview,
    sentence_names,
)
from tests.unit.handlers.reporter.test_decide import talk_at
from tests.unit.handlers.talks import SINGLE


def test_a_skipped_question_is_not_asked_again() -> None:
    talk = begin_story()
    seen = [talk.question]
    talk.say("told", "/done", "let someone")
    while talk.question != "bot.overview":
        seen.append(talk.question)
        talk.say("/skip" if talk.question != "keep" else "no")
    assert len(seen) == len(set(seen))
    assert not consent_of(talk.view).allowed.read


def test_back_shows_each_answer_again_and_loses_no_story() -> None:
    talk = reach_overview()
    for _ in range(20):
        talk.say("/back")
        assert talk.told == ["first", "second", "a wish", "a person"]
    assert sentence_names(talk.say("/back")) == ["FIRST", "ASK"]
    assert talk.question == "story"


@pytest.mark.parametrize("command", ["/skip", "/done"])
def test_after_back_what_was_told_stands_unless_something_else_is_told(command: str) -> None:
    talk = begin_story()
    talk.say("first", "/done", "/back", command)
    assert talk.told == ["first"]
    assert talk.question == "fate"
    talk.say("/back", "second", "/done")
    assert talk.told == ["first", "second"]
    assert talk.question == "fate"


def test_after_back_a_single_answer_is_replaced_and_the_old_one_erased() -> None:
    talk = begin_story(SINGLE)
    talk.say("first", "/done", "let someone", "nothing", "old wish", "/back", "new wish")
    assert talk.told == ["first", "new wish"]
    assert len(talk.texts) == 2


@pytest.mark.parametrize("typed", ["ok", "Okay!", "thanks", "leave it"])
def test_after_back_words_that_say_nothing_take_the_place_of_no_answer(typed: str) -> None:
    talk = begin_story(SINGLE)
    talk.say("first", "/done", "let someone", "nothing", "old wish", "/back", typed)
    assert talk.told == ["first", "old wish"]
    assert talk.question == "person"


def test_after_back_an_answer_of_several_messages_grows() -> None:
    talk = begin_story()
    talk.say("first", "/done", "let someone", "nothing", "old wish", "/done", "/back", "new wish")
    assert talk.told == ["first", "old wish", "new wish"]


def test_a_yes_or_no_to_keeping_is_asked_until_it_is_given() -> None:
    talk = talk_at("keep")
    assert sentence_names(talk.say("/skip")) == ["CANNOT_SKIP", "ASK"]
    assert talk.question == "keep"


def test_after_back_a_permission_can_be_taken_away_by_skipping() -> None:
    talk = begin_story()
    talk.say(
        "first", "/done", "let someone", "nothing", "/skip", "/skip", "nobody", "Oak", "/back"
    )
    assert talk.question == "read"
    talk.say("/skip")
    assert not consent_of(talk.view).allowed.read


@pytest.mark.parametrize("command", ["/back", "/skip"])
@pytest.mark.parametrize("asked_between", ["/show 1", "/erase", "/stop"])
@pytest.mark.parametrize("place", ["fate", "wish", "keep", "bot.overview", "bot.review"])
def test_back_and_skip_leave_what_was_asked_between_and_answer_nothing_behind_it(
    place: str, asked_between: str, command: str
) -> None:
    talk = talk_at(place)
    before = flow_answers(talk.snapshot.draft) if talk.snapshot.draft else ()
    talk.say(asked_between)
    assert talk.question in {PIECE, ERASE, STOP}
    assert sentence_names(talk.say(command))[-1] == "ASK"
    assert talk.snapshot.draft is not None
    assert (talk.question, flow_answers(talk.snapshot.draft)) == (place, before)


def test_an_answer_that_no_longer_applies_is_erased_at_once() -> None:
    talk = begin_story()
    talk.say("first", "/done", "let someone", "5", "something else", "/done", "/back", "/back")
    assert talk.question == "needs"
    talk.say("nothing")
    assert talk.told == ["first"]
    assert [text for _, text in talk.texts.values()] == ["first"]


def test_choices_that_do_not_fit_are_explained() -> None:
    talk = begin_story()
    talk.say("first", "/done", "let someone")
    assert sentence_names(talk.press("listen", "none")) == ["CHOOSE_ALONE", "ASK"]
    talk.say("nothing", "/skip", "/skip", "nobody", "Oak")
    assert sentence_names(talk.press("all", "needs")) == ["CHOOSE_ONE", "ASK"]
    assert sentence_names(talk.say("12 13")) == ["CHOOSE", "ASK"]


def test_deciding_later_decides_nothing() -> None:
    for later in ("decide later", "/skip"):
        talk = begin_story()
        talk.say("first", "/done")
        assert sentence_names(talk.say(later)) == ["LATER", "PAUSED"]
        assert talk.question == "fate"
        assert talk.told == ["first"]


MESSAGES = st.one_of(
    st.sampled_from(("stop", "/stop", "/back", "/skip", "/done", "/pause", "/show", "/show 1")),
    st.sampled_from(("/erase", "/withdraw", "/words", "/permissions", "/unsafe", "/unknown")),
    st.sampled_from(
        ("1", "2", "3", "4", "1 2", "yes", "no", "none", "nobody", "read", "Oak, Ash")
    ),
    st.text(max_size=12),
)


@settings(max_examples=150)
@given(st.lists(MESSAGES, max_size=40))
def test_over_any_messages_answers_are_settled_and_told_words_stay(texts: list[str]) -> None:
    talk = begin_story()
    told: dict[str, str] = {}
    for text in texts:
        before = talk.question
        outcome = talk.hear(TextMessage(text))
        told |= {c.item: c.text for c in outcome.changes if isinstance(c, SealItem)}
        told = {i: t for i, t in told.items() if i not in _dropped(outcome)}
        if talk.snapshot.draft is None:
            return
        answers = flow_answers(talk.snapshot.draft)
        flow = talk.view.settings.flow_of(talk.snapshot)
        assert flows.settle(flow, answers) == answers
        assert {i: t for i, (_, t) in talk.texts.items()} == told
        if before == "story" and not text.startswith("/"):
            assert not _dropped(outcome)


def _dropped(outcome: Outcome) -> set[str]:
    return {i for c in outcome.changes if isinstance(c, EraseItems) for i in c.items}
