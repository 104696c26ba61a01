"""What goes on with an answer, as the next question was not shown yet."""

from dataclasses import replace

import pytest

from handlers.messages import TextMessage
from handlers.outcome import Outcome
from handlers.reporter.decide import decide
from store.model.permissions import HeldHandover
from tests.unit.handlers.reporter.places import sentence_names
from tests.unit.handlers.talks import HOUR, SINGLE, Talk

TO_THE_FIRST = (
    *("/start", "1", "3", "a story", "/done"),
    *("let someone", "1", "/skip", "/skip", "nobody", "Oak", "everything", "only read"),
)
ANSWERS = ("Kim", "0151 00000000", "evenings", "1", "a friend", "my mum might")
STEPS = ("called", "reach", "reach_when", "reach_message", "reach_as", "reach_others")
HOLD = HeldHandover("ab" * 16, HOUR + 5, kept=True, id="cd" * 16, readers=("bb" * 10,))


def answered(step: str) -> Talk:
    """A talk in which this question was just answered."""
    talk = Talk(settings=SINGLE)
    talk.say(*TO_THE_FIRST, *ANSWERS[: STEPS.index(step) + 1])
    return talk


def go_on(talk: Talk, step: str, text: str) -> Outcome:
    """Say more before the next question is shown."""
    outcome = decide(talk.view, TextMessage(text), None, "more", burst_of=step)
    talk.apply(outcome)
    return outcome


def told(talk: Talk, step: str) -> list[str]:
    """What was told to a question."""
    answers = talk.snapshot.draft.answers if talk.snapshot.draft else ()
    return [talk.texts[item][1] for a in answers if a.step == step for item in a.items]


@pytest.mark.parametrize("number", ["1", "2"])
@pytest.mark.parametrize(
    ("step", "asked"), [("reach_when", "reach_message"), ("reach_others", "keep")]
)
def test_no_number_allows_anything_before_its_question_is_shown_while_something_is_held(
    step: str, asked: str, number: str
) -> None:
    talk = answered(step)
    talk.snapshot = replace(talk.snapshot, held=HOLD)
    go_on(talk, step, number)
    assert talk.question == asked
    assert told(talk, step)[1:] == [number]


AS_PART = ("skip", "/foo")
"""They are part of any answer that they come behind."""
IN_WORDS = ("help", "back", "can you delete it")
"""They ask for something where a way to reach somebody is asked for."""


@pytest.mark.parametrize(
    ("step", "asked", "text"),
    [
        *(("called", "reach", text) for text in AS_PART),
        *(("reach", "reach_when", text) for text in (*AS_PART, *IN_WORDS)),
        *(("reach_as", "reach_others", text) for text in (*AS_PART, *IN_WORDS)),
    ],
)
def test_what_is_said_to_the_bot_answers_no_question_that_was_not_shown(
    step: str, asked: str, text: str
) -> None:
    talk = answered(step)
    outcome = go_on(talk, step, text)
    assert talk.question == asked
    assert told(talk, step)[1:] == [text]
    assert {"KEPT_COMMAND", "HEARD_KEPT", "KEPT_UNKNOWN"} & {*sentence_names(outcome)}


@pytest.mark.parametrize("text", IN_WORDS)
def test_what_is_said_to_the_bot_is_no_way_that_was_not_asked_for_yet(text: str) -> None:
    talk = answered("called")
    before = told(talk, "called")
    go_on(talk, "called", text)
    assert told(talk, "called") == before
    assert not told(talk, "reach")


@pytest.mark.parametrize("text", IN_WORDS)
def test_what_is_said_to_the_bot_acts_where_it_is_no_answer(text: str) -> None:
    talk = answered("reach_others")
    go_on(talk, "reach_others", text)
    assert told(talk, "reach_others") == ["my mum might"]


@pytest.mark.parametrize("sign", ["👍", "🙏", ".", "?", "..."])
@pytest.mark.parametrize("step", ["called", "reach"])
def test_a_sign_behind_an_answer_does_not_take_it_back(step: str, sign: str) -> None:
    talk = answered(step)
    go_on(talk, step, sign)
    assert told(talk, step)[0] == ANSWERS[STEPS.index(step)]


@pytest.mark.parametrize("sign", ["❌", "👎", "no"])
def test_a_refusal_behind_a_way_takes_it_back(sign: str) -> None:
    talk = answered("reach")
    go_on(talk, "reach", sign)
    assert not told(talk, "reach")


@pytest.mark.parametrize(
    "label", ["Only read and listen", "Everything, with my story", "Let someone read it"]
)
def test_a_choice_that_comes_late_goes_on_with_no_answer(label: str) -> None:
    talk = answered("called")
    outcome = go_on(talk, "called", label)
    assert told(talk, "called") == ["Kim"]
    assert "NOT_AN_ANSWER" in sentence_names(outcome)


def test_it_is_said_what_could_not_be_kept_of_what_goes_on() -> None:
    talk = answered("called")
    outcome = go_on(talk, "called", "and \u202eso on")
    assert "CHARACTERS_LEFT_OUT" in sentence_names(outcome)


def test_help_is_offered_for_a_call_for_help_that_goes_on_with_an_answer() -> None:
    talk = answered("called")
    outcome = go_on(talk, "called", "I'm not safe")
    assert "KEPT_SAFE" in sentence_names(outcome)
