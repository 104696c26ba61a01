"""A kept case that was opened with its words."""

from dataclasses import replace

import pytest

from handlers.outcome import ASK, TAKE_BACK, Outcome
from handlers.reporter.markers import CONTACT, REOPENED
from handlers.reporter.opened_case import choose
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
    assert held.changes == (TAKE_BACK,)
    assert names(held) == ["WITHDRAWN", "STILL_KEPT", "ASK"]
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
