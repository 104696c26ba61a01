"""What was written before a question stood in the chat answers nothing that decides."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from handlers.messages import IncomingMessage, LastAnswer, Offer, Reply, TextMessage
from handlers.reporter.decide import decide
from handlers.reporter.markers import ASIDE, OVERVIEW, PIECE, REVIEW
from handlers.reporter.questions import open_question
from handlers.shown_questions import SHOWN_FOR, ShownQuestions
from store.model.accounts import Account
from store.model.snapshot import OpenedCase, Snapshot
from tests.unit.handlers.reporter.test_decide import talk_at
from tests.unit.handlers.reporter.test_opened_case import ANSWERS, HELD
from tests.unit.handlers.talks import READERS, view_of

WHO = Account("chat", "somebody", "room")
NOW = datetime(2026, 1, 2, 3, tzinfo=UTC)
QUESTION = Reply("Shall I?", question=REVIEW, offers=(Offer("now", "Yes"),))


def written(number: int) -> IncomingMessage:
    return IncomingMessage(f"update {number}", WHO, TextMessage("yes"), str(number))


def questions() -> ShownQuestions:
    """It was seen before that both sides are counted together."""
    shown = ShownQuestions(lambda: NOW)
    hello, answered = Account("chat", "first", "other room"), written(2)
    shown.note(hello, Reply("Hello."), ("1",))
    assert not shown.came_before(replace(answered, who=hello))
    return shown


def test_what_stands_above_a_question_came_before_it() -> None:
    shown = questions()
    shown.note(WHO, QUESTION, ("7",))
    assert shown.came_before(written(6))
    assert not shown.came_before(written(8))


def test_what_comes_while_a_question_is_on_its_way_came_before_it() -> None:
    shown = questions()
    shown.note(WHO, QUESTION, ("7",))
    shown.expect(WHO, OVERVIEW)
    assert shown.came_before(written(8))
    shown.note(WHO, replace(QUESTION, text="And this?", question=OVERVIEW), ("9",))
    assert shown.came_before(written(8))
    assert not shown.came_before(written(10))


def test_a_question_that_is_asked_once_more_was_seen_where_it_stood_first() -> None:
    shown = questions()
    shown.note(WHO, QUESTION, ("7",))
    shown.expect(WHO, REVIEW)
    assert not shown.came_before(written(8))
    again = replace(QUESTION, offers=(Offer("now", "Yes", token="another"),))
    shown.note(WHO, again, ("9",))
    assert not shown.came_before(written(8))


def test_nothing_is_known_of_others_and_after_a_while() -> None:
    now = [NOW]
    shown = ShownQuestions(lambda: now[0], share_ids=True)
    shown.note(WHO, QUESTION, ("7",))
    other = replace(written(6), who=Account("chat", "other", "room"))
    assert not shown.came_before(other)
    now[0] += SHOWN_FOR + timedelta(seconds=1)
    assert not shown.came_before(written(6))


def test_an_older_question_that_arrives_late_ends_no_waiting() -> None:
    shown = questions()
    shown.expect(WHO, OVERVIEW)
    shown.expect(WHO, REVIEW)
    shown.note(WHO, replace(QUESTION, question=OVERVIEW), ("7",))
    assert shown.came_before(written(8))
    shown.note(WHO, QUESTION, ("9",))
    assert not shown.came_before(written(10))


def test_a_question_that_is_on_its_way_is_waited_for_before_ids_are_trusted() -> None:
    shown = ShownQuestions(lambda: NOW)
    shown.expect(WHO, REVIEW)
    assert shown.came_before(written(8))


def test_another_part_of_a_story_is_another_question() -> None:
    shown = questions()
    shown.note(WHO, replace(QUESTION, question=PIECE), ("7",))
    shown.expect(WHO, PIECE)
    assert shown.came_before(written(8))


@pytest.mark.parametrize("ids", [(), ("-7",), ("seven",), ("9" * 30,)])
def test_a_question_without_a_usable_id_is_not_waited_for(ids: tuple[str, ...]) -> None:
    shown = questions()
    shown.expect(WHO, REVIEW)
    shown.note(WHO, QUESTION, ids)
    assert not shown.came_before(written(10))


def test_ids_that_are_no_numbers_tell_nothing() -> None:
    shown = questions()
    shown.note(WHO, QUESTION, ("seven",))
    assert not shown.came_before(written(6))
    shown.note(WHO, QUESTION, ("7",))
    assert not shown.came_before(replace(written(6), message="six"))


@pytest.mark.parametrize("own", [(1001, 1002), (1, 2, 3)], ids=["far above", "by itself"])
def test_where_each_side_is_counted_by_itself_every_answer_counts(own: Sequence[int]) -> None:
    shown = ShownQuestions(lambda: NOW)
    for number in own:
        shown.note(WHO, replace(QUESTION, text=f"Question {number}?"), (str(number),))
        shown.expect(WHO, REVIEW)
    assert not shown.came_before(written(2))
    assert not shown.came_before(written(1))


# What follows


@pytest.mark.parametrize(
    ("at", "typed"),
    [
        *((REVIEW, "1"), (REVIEW, "yes, send now"), ("keep", "yes"), ("read", "Oak")),
        *(("fate", "1"), (OVERVIEW, "yes"), (OVERVIEW, "1"), ("never", "/skip")),
    ],
)
def test_what_came_before_a_question_allows_nothing(at: str, typed: str) -> None:
    talk = talk_at(at)
    outcome = decide(talk.view, TextMessage(typed), last_answer=LastAnswer.AHEAD)
    assert outcome.changes == ()
    assert [text.sentence for text in outcome.says] == ["ASKED_LATER", "ASK"]
    assert decide(talk.view, TextMessage(typed)).changes


@pytest.mark.parametrize("typed", ["no", "yes", "2"])
def test_what_was_put_aside_is_neither_added_nor_deleted_by_what_came_before(typed: str) -> None:
    talk = talk_at("bot.clean")
    talk.say("he also wrote to my sister every day")
    talk.press("go")
    assert talk.question == ASIDE
    outcome = decide(talk.view, TextMessage(typed), last_answer=LastAnswer.AHEAD)
    assert outcome.changes == ()


@pytest.mark.parametrize("choice", ["now", "withdraw"])
def test_nothing_is_released_or_taken_back_in_an_opened_story(choice: str) -> None:
    opened = OpenedCase((HELD,), (), ANSWERS)
    view = view_of(Snapshot(opened=opened, readers=READERS, kept=True))
    place = [offer.id for offer in open_question(view).offers].index(choice) + 1
    outcome = decide(view, TextMessage(str(place)), last_answer=LastAnswer.AHEAD)
    assert outcome.changes == ()
    assert decide(view, TextMessage(str(place))).changes


@pytest.mark.parametrize("typed", ["change something", "show all"])
def test_what_leaves_everything_as_it_is_counts(typed: str) -> None:
    outcome = decide(talk_at(REVIEW).view, TextMessage(typed), last_answer=LastAnswer.AHEAD)
    assert "ASKED_LATER" not in [text.sentence for text in outcome.says]


@pytest.mark.parametrize("typed", ["/stop", "stop", "/withdraw", "/help", "I'm not safe"])
def test_what_is_asked_for_by_itself_counts(typed: str) -> None:
    outcome = decide(talk_at(OVERVIEW).view, TextMessage(typed), last_answer=LastAnswer.AHEAD)
    assert "ASKED_LATER" not in [text.sentence for text in outcome.says]


def test_a_story_is_told_as_fast_as_people_type() -> None:
    outcome = decide(talk_at("story").view, TextMessage("He came."), last_answer=LastAnswer.AHEAD)
    assert outcome.changes
