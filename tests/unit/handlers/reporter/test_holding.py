"""What is held is stopped with one tap, a number or a word; every answer says where it stands."""

from dataclasses import replace

import pytest

from handlers.messages import ButtonPress, TextMessage, UnusableMessage
from handlers.outcome import ASK, LookupPurpose, Outcome
from handlers.reporter.decide import decide
from handlers.reporter.holding import hold_offer
from handlers.reporter.markers import HOLD
from handlers.texts.english import ENGLISH
from store.model.changes import BeginCase, TakeBack
from store.model.drafts import Phase
from store.model.permissions import HeldHandover, RevocationBasis
from store.model.snapshot import OpenedCase, Snapshot
from tests.unit.handlers.talks import ASH, OAK, READERS, WORDS, Talk, draft, view_of

KEPT = HeldHandover("aa" * 32, 500_012, kept=True, id="a1" * 16, readers=(OAK.id,))
UNKEPT = HeldHandover("bb" * 32, 500_020, kept=False, id="b2" * 16, readers=(ASH.id,))
ALONE = Snapshot(held=KEPT, readers=READERS)
BOTH = Snapshot(held=UNKEPT, older_holds=(KEPT,), readers=READERS)
STOP_KEPT = TakeBack(RevocationBasis.HOLD, (KEPT.statement,))
STOP_UNKEPT = TakeBack(RevocationBasis.HOLD, (UNKEPT.statement,))
STOP_BOTH = TakeBack(RevocationBasis.HOLD, (KEPT.statement, UNKEPT.statement))


def names(outcome: Outcome) -> list[str]:
    return [s.sentence for s in outcome.says]


def typed(text: str, snapshot: Snapshot = ALONE, *, greeted: bool = False) -> Outcome:
    return decide(view_of(snapshot), TextMessage(text), greeted=greeted)


def pressed(hold: HeldHandover, snapshot: Snapshot) -> Outcome:
    return decide(view_of(snapshot), ButtonPress(HOLD, (hold.id,)))


# The button


def test_one_tap_stops_it_and_says_what_has_become_of_the_story() -> None:
    kept = pressed(KEPT, ALONE)
    assert (kept.changes, names(kept)) == ((STOP_KEPT,), ["HOLD_STOPPED"])
    unkept = pressed(UNKEPT, replace(ALONE, held=UNKEPT))
    assert (unkept.changes, names(unkept)) == ((STOP_UNKEPT,), ["HOLD_STOPPED_DELETED"])


def test_a_button_stops_no_other_hand_over_than_its_own() -> None:
    for hold, change, other in ((KEPT, STOP_KEPT, UNKEPT), (UNKEPT, STOP_UNKEPT, KEPT)):
        outcome = pressed(hold, BOTH)
        assert outcome.changes == (change,)
        assert outcome.says[-1].sentence == "HOLD_STANDS"
        assert outcome.says[-1].ids == (other.id,)


def test_a_stale_button_changes_nothing_and_says_what_is_true_now() -> None:
    gone = pressed(KEPT, Snapshot(readers=READERS))
    assert (gone.changes, names(gone)) == ((), ["HOLD_GONE"])
    other = pressed(KEPT, replace(ALONE, held=UNKEPT))
    assert (other.changes, names(other)) == ((), ["HOLD_GONE", "HOLD_STANDS"])
    beside = pressed(KEPT, Snapshot(draft=draft(), readers=READERS))
    assert (beside.changes, names(beside)) == ((), ["HOLD_GONE", "ASK"])


def test_beside_another_conversation_the_button_stops_only_what_it_was_made_for() -> None:
    beside = replace(ALONE, draft=draft())
    assert pressed(KEPT, beside).changes == (STOP_KEPT,)


def test_in_its_own_conversation_it_is_taken_back_with_the_keys_and_asked_anew() -> None:
    here = replace(KEPT, here=True)
    own = replace(ALONE, draft=draft(phase=Phase.BACK), held=here, shared=True, kept=True)
    outcome = pressed(here, own)
    taken = outcome.changes[0]
    assert isinstance(taken, TakeBack)
    assert (taken.how, taken.statements) == (RevocationBasis.WORDS, (here.statement,))
    assert names(outcome) == ["WITHDRAWN", "STILL_KEPT", "ASK"]


def test_in_the_opened_case_it_is_taken_back_with_the_keys_and_nothing_else_is() -> None:
    here = replace(KEPT, here=True)
    opened = replace(ALONE, held=here, opened=OpenedCase((), ()), kept=True)
    outcome = pressed(here, opened)
    (taken,) = outcome.changes
    assert isinstance(taken, TakeBack)
    assert (taken.how, taken.statements) == (RevocationBasis.WORDS, (here.statement,))
    assert names(outcome) == ["HOLD_STOPPED", "ASK"]


# In words


@pytest.mark.parametrize(
    "text",
    [
        *("I changed my mind", "please don't send it!!!", "stop it", "don't send", "take it back"),
        *("cancel", "undo", "no wait", "withdraw", "stop", "/stop", "/withdraw", "/stop!"),
        str(hold_offer(KEPT).number),
        f"{hold_offer(KEPT).number}.",
    ],
)
def test_words_that_want_to_stop_do_so_at_once(text: str) -> None:
    outcome = typed(text)
    assert (outcome.changes, names(outcome)) == ((STOP_KEPT,), ["HOLD_STOPPED"])


@pytest.mark.parametrize("text", ["don't send it", "/withdraw", "/stop"])
def test_words_mean_everything_that_can_be_stopped(text: str) -> None:
    outcome = typed(text, BOTH)
    assert (outcome.changes, names(outcome)) == ((STOP_BOTH,), ["HOLD_STOPPED_MIXED"])


def test_a_number_stops_what_it_stands_for() -> None:
    assert typed(str(hold_offer(UNKEPT).number), BOTH).changes == (STOP_UNKEPT,)


@pytest.mark.parametrize("text", ["hello", "yes", "no", "ok", "don't stop it", "how?"])
def test_what_is_not_understood_is_answered_with_where_things_stand(text: str) -> None:
    outcome = typed(text)
    assert (outcome.changes, names(outcome)) == ((), ["HOLD_STANDS"])
    assert names(typed(text, BOTH)) == ["HOLD_STANDS", "HOLD_STANDS"]


@pytest.mark.parametrize("text", ["/skip", "/unknown", "/permissions"])
def test_every_answer_ends_with_where_things_stand(text: str) -> None:
    assert names(typed(text))[-1] == "HOLD_STANDS"
    assert "ASK" not in names(typed(text))
    picture = decide(view_of(ALONE), UnusableMessage(""))
    assert names(picture) == ["UNUSABLE", "HOLD_STANDS"]


@pytest.mark.parametrize("text", ["/unsafe", "I'm not safe", "/help", "/privacy"])
def test_help_stands_alone(text: str) -> None:
    outcome = typed(text)
    assert outcome.direct
    assert not outcome.says


def test_the_welcome_comes_when_it_is_asked_for_and_its_answer_begins() -> None:
    assert names(typed("/start")) == ["HELLO", "HOLD_STANDS"]
    for begun in (typed("1", greeted=True), typed("1"), typed(ENGLISH.labels["safe.go"])):
        assert isinstance(begun.changes[0], BeginCase)
        assert begun.says == (ASK,)
    pressed_go = decide(view_of(ALONE), ButtonPress("bot.safe", ("go",)))
    assert isinstance(pressed_go.changes[0], BeginCase)


@pytest.mark.parametrize("text", ["stop it", "don't send it", "cancel", "1"])
def test_words_that_may_be_a_story_stop_nothing(text: str) -> None:
    talk = Talk()
    talk.say("/start", "1", "3")
    talk.snapshot = replace(talk.snapshot, held=KEPT)
    talk.say(text)
    assert talk.told == [text]
    assert talk.taken_back == 0


@pytest.mark.parametrize("phase", [Phase.BACK, Phase.WORDS])
def test_right_after_the_second_yes_words_stop_it_too(phase: Phase) -> None:
    here = replace(KEPT, here=True)
    asked = Talk(Snapshot(draft=draft(phase=phase), held=here, shared=True, readers=READERS))
    outcome = asked.say("I changed my mind, please don't send it!!!")
    assert isinstance(outcome.changes[0], TakeBack)
    assert outcome.changes[0].statements == (here.statement,)


def test_two_recovery_words_that_are_asked_for_are_never_words_to_stop() -> None:
    here = replace(KEPT, here=True)
    words = ("cancel", "undo", *WORDS[2:])
    asked = Snapshot(draft=draft(phase=Phase.WORDS), held=here, words=words, readers=READERS)
    assert names(typed("cancel undo", asked)) == ["WRONG_WORDS"]


@pytest.mark.parametrize("waiting", list(LookupPurpose))
def test_words_to_stop_are_no_recovery_words(waiting: LookupPurpose) -> None:
    outcome = decide(view_of(ALONE), TextMessage("please don't send it"), waiting)
    assert outcome.changes == (STOP_KEPT,)
    leaving = decide(view_of(ALONE), TextMessage("/stop"), waiting)
    assert leaving.changes == ()


def test_without_anything_held_all_is_as_ever() -> None:
    nothing = Snapshot(readers=READERS)
    assert names(typed("please don't send it", nothing)) == ["ASK_CODE_WITHDRAW"]
    assert names(typed("/stop", nothing)) == ["LEFT_NOTHING"]


# Deleting


@pytest.mark.parametrize("text", ["/erase", "delete everything", "erase it, please"])
def test_erasing_stops_it_and_asks_for_the_words_of_what_is_kept(text: str) -> None:
    kept = typed(text)
    assert (kept.changes, names(kept)) == ((STOP_KEPT,), ["HOLD_ASKS_WORDS"])
    assert kept.waiting is LookupPurpose.ERASE
