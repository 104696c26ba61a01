"""Before a whole story is erased it is asked once more, and only a yes to that counts."""

from dataclasses import replace

import pytest

from handlers.messages import ButtonPress, TextMessage, UnusableMessage
from handlers.outcome import ASK, Outcome
from handlers.reporter import erasing
from handlers.reporter.decide import decide
from handlers.reporter.markers import ERASING
from handlers.reporter.questions import open_question
from handlers.sending.rendering import render
from handlers.texts.english import ENGLISH
from store.model.changes import AskErasure, EraseCase, TakeBack, TakeBackByCode
from store.model.permissions import (
    DeliveryStage,
    HeldHandover,
    RevocationBasis,
    StandingHandover,
)
from store.model.snapshot import AskedErasure, OpenedCase, Snapshot
from tests.unit.handlers.talks import ASH, OAK, PLATFORM, READERS, Talk, draft, view_of

LOCATOR = b"\x17" * 16
OPENED = AskedErasure("a1" * 16)
BY_CODE = AskedErasure("b2" * 16, locator=LOCATOR)
HELD = HeldHandover("cc" * 32, 500_012, kept=False, id="c3" * 16, readers=(OAK.id,))
OF_HELD = AskedErasure("d4" * 16, statements=(HELD.statement,))
FETCHED = StandingHandover("bb", (ASH.id,), DeliveryStage.FETCHED)
CASE = Snapshot(opened=OpenedCase((FETCHED,), ()), readers=READERS)
ASKED = {
    "opened": replace(CASE, asked=OPENED),
    "code": Snapshot(readers=READERS, asked=BY_CODE),
    "code beside a conversation": Snapshot(readers=READERS, draft=draft(), asked=BY_CODE),
    "code of somebody else": Snapshot(readers=READERS, identity_changed=True, asked=BY_CODE),
    "held": Snapshot(readers=READERS, held=HELD, asked=OF_HELD),
}
CODE = TakeBackByCode(LOCATOR, erase=True)
CHANGES = {
    "opened": EraseCase(),
    "code": CODE,
    "code beside a conversation": CODE,
    "code of somebody else": CODE,
    "held": TakeBack(RevocationBasis.HOLD, (HELD.statement,)),
}


def names(outcome: Outcome) -> list[str]:
    return [s.sentence for s in outcome.says]


@pytest.mark.parametrize("which", ASKED)
def test_only_yes_erases_what_was_asked_about(which: str) -> None:
    view = view_of(ASKED[which])
    assert open_question(view).id == ERASING
    for yes in (ButtonPress(ERASING, ("yes",)), TextMessage(ENGLISH.labels["erase.yes"])):
        assert decide(view, yes).changes == (CHANGES[which],)


@pytest.mark.parametrize("which", ASKED)
def test_no_leaves_it_and_ends_the_question(which: str) -> None:
    for no in (ButtonPress(ERASING, ("no",)), TextMessage("no")):
        outcome = decide(view_of(ASKED[which]), no)
        assert outcome.changes == (AskErasure(None),)
        assert names(outcome)[0] == "NOT_ERASED"


@pytest.mark.parametrize("which", ["opened", "code", "held"])
def test_what_is_no_answer_is_asked_again_and_erases_nothing(which: str) -> None:
    outcome = decide(view_of(ASKED[which]), TextMessage("what do you mean"))
    assert outcome.changes == (AskErasure(ASKED[which].asked),)
    assert names(outcome) == ["CHOOSE", "ASK"]


@pytest.mark.parametrize("which", ASKED)
@pytest.mark.parametrize("text", ["/stop", "/start"])
def test_whoever_goes_on_with_something_else_has_not_said_yes(which: str, text: str) -> None:
    outcome = decide(view_of(ASKED[which]), TextMessage(text))
    assert not {EraseCase(), CODE} & {*outcome.changes}
    picture = decide(view_of(ASKED[which]), UnusableMessage(""))
    assert not {EraseCase(), CODE} & {*picture.changes}


def test_an_answer_to_an_earlier_question_says_nothing() -> None:
    for question in ("bot.erase", "bot.case"):
        outcome = decide(view_of(ASKED["opened"]), ButtonPress(question, ("yes",)))
        assert EraseCase() not in outcome.changes


def test_a_story_goes_on_beside_the_question() -> None:
    talk = Talk()
    talk.say("/start", "1", "3", "first")
    talk.snapshot = replace(talk.snapshot, asked=BY_CODE)
    talk.say("and then he left")
    assert talk.told == ["first", "and then he left"]


def test_who_has_a_copy_is_said_afterwards() -> None:
    said = erasing.choose(view_of(ASKED["opened"]), "yes").says
    assert [s.sentence for s in said] == ["ERASED", "FETCHED_STAYS"]
    assert said[1].ids == (ASH.id,)


def test_what_was_released_meanwhile_is_not_taken_back_by_the_account() -> None:
    released = replace(ASKED["held"], held=None)
    outcome = decide(view_of(released), ButtonPress(ERASING, ("yes",)))
    assert (outcome.changes, names(outcome)) == ((AskErasure(None),), ["HOLD_GONE"])


def test_what_is_held_and_goes_with_it_is_asked_about_before_it_is_erased() -> None:
    outcome = decide(view_of(Snapshot(held=HELD, readers=READERS)), TextMessage("/erase"))
    (asks,) = outcome.changes
    assert isinstance(asks, AskErasure)
    assert asks.asked is not None
    assert asks.asked.statements == (HELD.statement,)
    assert outcome.says == (ASK,)


def test_each_question_has_numbers_of_its_own_where_messages_can_be_held_back() -> None:
    carried = replace(PLATFORM, reorders=True)
    numbers = set()
    for asked in (OPENED, BY_CODE):
        view = view_of(replace(CASE, asked=asked), platform=carried)
        offers = open_question(view).offers
        numbers |= {offer.number for offer in offers}
        yes = next(o for o in offers if o.id == "yes")
        assert decide(view, TextMessage("yes")).changes == (AskErasure(asked),)
        assert decide(view, TextMessage(str(yes.number))).changes != (AskErasure(asked),)
    assert len(numbers) == 4
    assert all(999 < number < 1_600 for number in numbers)


def test_the_question_says_what_goes_and_what_stays() -> None:
    texts = ENGLISH.leaving
    for which, text in (("opened", texts.erase_case), ("held", texts.erase_held)):
        reply = render(view_of(ASKED[which]), ASK)
        assert reply is not None
        assert reply.text == text
