"""A turn speaks, and signs what it says, in the language of its account."""

from dataclasses import replace

from handlers.outcome import ASK, Outcome, say
from handlers.turn_language import with_language
from store.model.changes import HandOver, JoinCase, Narrowing, SaveDraft, StopKeeping, TakeBack
from store.model.drafts import Draft
from store.model.permissions import NewPermission, RevocationBasis
from store.model.snapshot import Snapshot
from tests.other_language import BOTH_LANGUAGES, OTHER
from tests.unit.handlers.talks import SETTING, view_of

VIEW = replace(view_of(Snapshot(), replace(SETTING, languages=BOTH_LANGUAGES)), language=OTHER)
DRAFT = Draft("", OTHER)
YES = NewPermission("named", "read", "Read?")


def test_everything_that_is_said_is_stamped() -> None:
    outcome = with_language(VIEW, Outcome(says=(say("ACK"), ASK), direct=(say("HELP"),)))
    assert [text.language for text in (*outcome.says, *outcome.direct)] == [OTHER] * 3
    assert [text.sentence for text in outcome.says] == ["ACK", "ASK"]


def test_a_choice_counts_for_what_is_said_and_not_for_what_was_shown_before() -> None:
    signed = TakeBack(RevocationBasis.WORDS, shown="Withdrawn.")
    outcome = with_language(VIEW, Outcome((signed,), (ASK,), language="en"))
    assert outcome.says[0].language == "en"
    assert outcome.changes == (replace(signed, language=OTHER),)


def test_every_sentence_that_is_signed_names_its_language() -> None:
    handed = HandOver(DRAFT, (YES,), narrowing=Narrowing(YES, "Withdrawn."))
    changes = (StopKeeping("No."), JoinCase(DRAFT, "Join?"), handed, SaveDraft(DRAFT))
    unkept, joined, given, saved = with_language(VIEW, Outcome(changes)).changes
    assert isinstance(unkept, StopKeeping)
    assert isinstance(joined, JoinCase)
    assert isinstance(given, HandOver)
    assert given.narrowing is not None
    assert {unkept.language, joined.language, given.narrowing.language} == {OTHER}
    assert (given.permissions, saved) == ((YES,), SaveDraft(DRAFT))
