"""What is signed are the words that were shown: where they are gone, it is asked anew."""

from dataclasses import replace

import pytest

from handlers.context import Settings
from handlers.reporter.markers import OVERVIEW, REVIEW, WORDING, find_marker
from store.model.drafts import Phase
from tests.other_language import BOTH_LANGUAGES, OTHER, translated_flow
from tests.unit.handlers.talks import FLOW, OAK, SETTING, Talk

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
    told.say(typed)
    assert not told.handed


def test_the_new_words_are_signed_once_they_were_shown() -> None:
    told = at_review()
    told.settings = changed()
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
    answered = {answer.step for answer in draft.answers}
    assert {"fate", "never", "read"} <= answered
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
