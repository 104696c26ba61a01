"""A kept case that was opened with its words."""

from dataclasses import replace

import pytest

from handlers.messages import TextMessage
from handlers.outcome import ASK, Outcome, take_back
from handlers.reporter.decide import decide
from handlers.reporter.markers import CONTACT, REOPENED
from handlers.reporter.opened_case import choose
from handlers.sending.rendering import render
from handlers.texts.english import ENGLISH
from store.model.changes import AskErasure, CloseCase, ReleaseHandover, ReopenCase
from store.model.drafts import StoredAnswer
from store.model.permissions import DeliveryStage, StandingHandover
from store.model.snapshot import OpenedCase, Snapshot
from tests.unit.handlers.talks import ASH, OAK, READERS, view_of

ANSWERS = (
    StoredAnswer("story", items=("ab",)),
    StoredAnswer("fate", ("read",)),
    StoredAnswer("wish", items=("cd",)),
    StoredAnswer("read", (OAK.id,)),
    StoredAnswer("parts", ("all",)),
    StoredAnswer("never", (ASH.id,)),
    StoredAnswer("act", ("named",)),
    StoredAnswer("keep", ("yes",)),
    StoredAnswer("bot.clean", ("go",)),
)
HELD = StandingHandover("aa", (OAK.id,), DeliveryStage.HELD)
FETCHED = StandingHandover("bb", (ASH.id,), DeliveryStage.FETCHED)


def chosen(choice: str, *shares: StandingHandover) -> Outcome:
    case = Snapshot(opened=OpenedCase(shares, (), ANSWERS), readers=READERS, kept=True)
    return choose(view_of(case), choice)


def names(outcome: Outcome) -> list[str]:
    return [s.sentence for s in outcome.says]


def test_reading_changes_nothing() -> None:
    assert names(chosen("read")) == ["SHOW_ALL", "ASK"]
    assert not chosen("read").changes


def test_withdrawing_takes_back_every_hand_over_and_says_who_had_it_already() -> None:
    held = chosen("withdraw", HELD)
    assert held.changes == (take_back(ENGLISH),)
    assert names(held) == ["WITHDRAWN", "STILL_KEPT", "ASK"]
    case = Snapshot(opened=OpenedCase((HELD,), (), ANSWERS), kept=True, taken_back=True)
    assert names(choose(view_of(case), "withdraw"))[0] == "WITHDRAWN_LATE"
    late = chosen("withdraw", HELD, FETCHED, FETCHED)
    assert names(late) == ["WITHDRAWN_FETCHED", "STILL_KEPT", "ASK"]
    assert late.says[0].ids == (ASH.id,)
    assert names(chosen("withdraw")) == ["NOTHING_SHARED"]


def test_only_what_is_held_is_handed_over_now() -> None:
    both = chosen("now", HELD, FETCHED)
    assert both.changes == (ReleaseHandover("aa"),)
    assert both.says[0].ids == (OAK.id,)
    assert chosen("now", FETCHED) == Outcome(says=(ASK,))


def test_erasing_asks_once_more() -> None:
    (asks,) = chosen("erase", HELD).changes
    assert isinstance(asks, AskErasure)
    assert asks.asked is not None
    assert asks.asked.is_of_opened
    assert chosen("erase", HELD).says == (ASK,)


def test_sharing_goes_on_with_what_was_told_and_asks_every_permission_anew() -> None:
    outcome = chosen("change")
    (change,) = outcome.changes
    assert isinstance(change, ReopenCase)
    steps = [a.step for a in change.draft.answers]
    assert steps == [REOPENED, CONTACT, "story", "wish", "fate"]
    assert replace(change.draft.answers[-1]) == StoredAnswer("fate", ("read",))


@pytest.mark.parametrize("choice", ["close", "anything else"])
def test_closing_forgets_the_keys(choice: str) -> None:
    assert chosen(choice).changes == (CloseCase(),)


# In words


def typed(text: str, **more: object) -> Outcome:
    opened = Snapshot(opened=OpenedCase((), ()), kept=True, readers=READERS)
    return decide(view_of(replace(opened, **more)), TextMessage(text))  # type: ignore[arg-type]  # fields of Snapshot


@pytest.mark.parametrize("text", ["show me", "Show it!", "show my story please"])
def test_the_story_is_shown_to_who_asks_for_it(text: str) -> None:
    assert names(typed(text)) == ["SHOW_ALL", "ASK"]


@pytest.mark.parametrize("text", ["let oak read it", "share it", "i want Oak to read it"])
def test_a_wish_to_share_leads_to_the_questions_about_it(text: str) -> None:
    (change,) = typed(text).changes
    assert isinstance(change, ReopenCase)


def test_who_wants_to_add_something_and_goes_on_is_asked_for_it() -> None:
    outcome = typed("i want to add something. he wrote me again")
    assert names(outcome) == ["NOT_SAVED", "ASK"]
    (change,) = outcome.changes
    assert isinstance(change, ReopenCase)


def test_words_that_tell_something_are_said_to_be_lost_and_where_they_belong() -> None:
    outcome = typed("he wrote me again")
    assert (names(outcome), outcome.changes) == (["NOT_ADDED", "ASK"], ())
    said = render(view_of(Snapshot(opened=OpenedCase((), ()), kept=True)), outcome.says[0])
    assert said is not None
    assert "Add to my story" in said.text
    assert names(typed("2 or 3")) == ["CHOOSE", "ASK"]
