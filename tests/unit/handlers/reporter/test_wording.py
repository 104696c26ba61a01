"""What is signed are the words that were shown: where they are gone, it is asked anew."""

from dataclasses import replace

import pytest

from handlers.context import Settings
from handlers.reporter.markers import (
    OVERVIEW,
    REVIEW,
    WORDING,
    as_kept,
    find_marker,
    without_markers,
)
from store.model.drafts import Phase
from store.model.permissions import DeliveryStage, StandingGrant, StandingHandover
from store.model.snapshot import OpenedCase, Snapshot
from tests.other_language import BOTH_LANGUAGES, OTHER, translated_flow
from tests.unit.handlers.talks import FLOW, OAK, READERS, SETTING, Talk

TRANSLATED = translated_flow(FLOW)
BOTH = replace(
    SETTING,
    languages=BOTH_LANGUAGES,
    translations={(FLOW.revision, OTHER): TRANSLATED},
    begun_in={"en": (FLOW,), OTHER: (TRANSLATED,)},
    bound={},
)
PRESSED = {
    "fate": "read",
    "needs": "none",
    "never": "none",
    "read": OAK.id,
    "parts": "all",
    "act": "listen",
    "keep": "yes",
    OVERVIEW: "right",
}
"""What is chosen at each question, up to the review."""


def changed(settings: Settings = BOTH) -> Settings:
    """The same questions, with other words for one choice of the second language."""
    steps = tuple(
        replace(step, choices=tuple(replace(each, text=f"{each.text}!") for each in step.choices))
        if step.id == "fate"
        else step
        for step in TRANSLATED.steps
    )
    words = replace(TRANSLATED, steps=steps, wording="0" * 12)
    return replace(
        settings,
        translations={(FLOW.revision, OTHER): words},
        begun_in={"en": (FLOW,), OTHER: (words,)},
        bound={},
    )


def lost() -> Settings:
    """The second language is not spoken any more, and its words are gone."""
    return replace(
        BOTH, languages={"en": BOTH_LANGUAGES["en"]}, translations={}, begun_in={}, bound={}
    )


def at_review(switched_at: str = "story") -> Talk:
    """A talk that shares with Oak; its language is the second one from this question on."""
    told = Talk(settings=BOTH)
    told.say("/start", "1", "3")
    go_on(told, switched_at)
    return told


def go_on(told: Talk, switched_at: str = "") -> None:
    """Answer every question up to the review."""
    while (asked := told.question) != REVIEW:
        if asked == switched_at:
            told.say(f"/language {OTHER}")
        if asked in PRESSED:
            told.press(PRESSED[asked])
        elif asked == "story" and not told.told:
            told.say("he followed me")
        else:
            told.say("/done" if asked == "story" else "/skip")


def wording_of(told: Talk) -> tuple[str, ...]:
    assert told.snapshot.draft is not None
    marker = find_marker(told.snapshot.draft, WORDING)
    return marker.choices if marker else ()


def answered(told: Talk) -> dict[str, tuple[str, ...]]:
    """What stands as it is read now, by its step."""
    draft = told.view.snapshot.draft
    assert draft is not None
    return {each.step: each.choices for each in draft.answers if each.choices}


def test_a_translation_has_a_hash_of_its_own_words() -> None:
    assert FLOW.wording == ""
    assert len(TRANSLATED.wording) == 12
    assert TRANSLATED.revision == FLOW.revision
    assert TRANSLATED.wording != TRANSLATED.revision


def test_a_talk_is_bound_to_the_words_of_its_translation() -> None:
    assert wording_of(at_review()) == (f"{OTHER} {TRANSLATED.wording}",)


def test_a_talk_in_the_original_is_bound_by_its_revision_alone() -> None:
    assert wording_of(at_review(switched_at="")) == ()


@pytest.mark.parametrize("settings", [changed(), lost()], ids=["other words", "no words"])
def test_what_was_asked_in_words_that_are_gone_is_asked_anew(settings: Settings) -> None:
    told = at_review()
    told.settings = settings
    assert told.question == "fate"
    assert told.view.snapshot.draft is not None
    assert told.view.snapshot.draft.phase is Phase.QUESTIONS
    assert told.told == ["he followed me"]


@pytest.mark.parametrize("settings", [changed(), lost()], ids=["other words", "no words"])
@pytest.mark.parametrize("typed", ["now", "send now", "yes", "yes, send now", "ok", "2"])
def test_a_yes_to_words_that_are_gone_hands_nothing_over(settings: Settings, typed: str) -> None:
    told = at_review()
    told.settings = settings
    said = told.say(typed)
    assert not told.handed
    assert told.question == "fate"
    assert "fate" not in answered(told)
    assert any(text.sentence == "ASK" for text in said.says)


@pytest.mark.parametrize("press", [True, False], ids=["pressed", "typed"])
def test_a_question_takes_no_answer_before_it_was_shown_in_its_new_words(*, press: bool) -> None:
    told = Talk(settings=BOTH)
    told.say("/start", "1", "3", f"/language {OTHER}", "he followed me", "/done")
    assert told.question == "fate"
    told.settings = changed()
    outcome = told.press("keep") if press else told.say("1")
    assert [text.sentence for text in outcome.says] == ["LIST_CHANGED", "ASK"]
    assert "fate" not in answered(told)
    told.press("keep")
    assert answered(told)["fate"] == ("keep",)


def test_a_talk_whose_words_nobody_knows_any_more_is_asked_anew() -> None:
    told = at_review()
    assert told.snapshot.draft is not None
    unbound = without_markers(told.snapshot.draft, WORDING)
    told.snapshot = replace(told.snapshot, draft=unbound)
    assert told.question == "fate"


@pytest.mark.parametrize("settings", [BOTH, changed()], ids=["same words", "other words"])
def test_a_story_that_is_opened_again_is_bound_to_its_words(settings: Settings) -> None:
    told = at_review()
    told.press("now")
    [handed] = told.handed
    assert told.snapshot.draft is not None
    terms = next(each.may for each in handed.permissions if each.scope == "named")
    shares = (StandingHandover("aa", (OAK.id,), DeliveryStage.FETCHED),)
    kept = as_kept(told.snapshot.draft.answers)
    opened = OpenedCase(shares, (), kept, FLOW.revision, language=OTHER)
    grants = (StandingGrant("aa", (OAK.id,), terms),)
    again = Talk(
        Snapshot(readers=READERS, opened=opened, kept=True, shared=True, grants=grants),
        settings,
        texts=told.texts,
    )
    again.press("change")
    again.press("self")
    assert again.question == (OVERVIEW if settings is BOTH else "fate")


def test_the_new_words_are_signed_once_they_were_shown() -> None:
    told = at_review()
    told.settings = changed()
    told.press("read")
    go_on(told)
    told.press("now")
    [handed] = told.handed
    assert wording_of(told) == (f"{OTHER} {'0' * 12}",)
    named = next(each for each in handed.permissions if each.scope == "named")
    assert named.language == ""
    asked = TRANSLATED.step(named.step)
    assert asked is not None
    assert named.shown.startswith(asked.text)
    assert told.told == ["he followed me"]


@pytest.mark.parametrize("settings", [changed(), lost()], ids=["other words", "no words"])
def test_what_was_asked_in_other_words_that_stand_is_not_asked_again(settings: Settings) -> None:
    told = at_review(switched_at="parts")
    told.settings = settings
    draft = told.view.snapshot.draft
    assert draft is not None
    assert {"fate", "never", "read"} <= {answer.step for answer in draft.answers}
    assert told.question == "parts"


def test_what_is_the_same_changes_nothing() -> None:
    told = at_review()
    told.settings = replace(BOTH, bound={})
    assert told.question == REVIEW
    assert told.view.snapshot == told.snapshot


@pytest.mark.parametrize("settings", [changed(), lost()], ids=["other words", "no words"])
def test_what_was_signed_already_stands(settings: Settings) -> None:
    told = at_review()
    told.press("now")
    asked = told.question
    told.settings = settings
    assert told.question == asked
    assert told.view.snapshot.draft is not None
    assert told.view.snapshot.draft.phase is Phase.BACK
