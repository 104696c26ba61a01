"""The language of an account: chosen at the welcome or in a talk, kept, and signed as shown."""

from dataclasses import replace

import pytest

import flows
from handlers.context import language_of, make_view
from handlers.messages import TextMessage
from handlers.outcome import Outcome
from handlers.reporter.conversation import conversation_of
from handlers.reporter.decide import decide
from handlers.reporter.draft_language import shown_in
from handlers.reporter.languages import LANGUAGE_PREFIX
from handlers.reporter.markers import FIRST_WORDS, LANGUAGE, OVERVIEW, REVIEW, SAFE, WORDING
from handlers.reporter.questions import open_question
from handlers.reporter.telling import is_late_choice
from handlers.sending.rendering import render
from store.model.changes import BeginCase, SaveDraft
from store.model.drafts import Phase, StoredAnswer
from store.model.snapshot import OpenedCase, Snapshot
from tests.other_language import BOTH_LANGUAGES, OTHER, in_other_words, translated_flow
from tests.unit.handlers.talks import (
    FLOW,
    OAK,
    PLATFORM,
    READERS,
    SETTING,
    Talk,
    draft,
    drawn,
)

SPANISH = translated_flow(FLOW)
BOTH = replace(
    SETTING,
    languages=BOTH_LANGUAGES,
    translations={(FLOW.revision, OTHER): SPANISH},
    begun_in={"en": (FLOW,), OTHER: (SPANISH,)},
    bound={},
)
CHOICE = f"{LANGUAGE_PREFIX}{OTHER}"


def sentences(outcome: Outcome) -> list[str]:
    return [text.sentence for text in outcome.says]


def talk() -> Talk:
    return Talk(settings=BOTH)


# The welcome


def test_one_language_is_offered_to_nobody() -> None:
    assert Talk().offered == ["go", "unsure", "back"]
    assert sentences(Talk().say("/language")) == ["ONLY_ENGLISH"]
    assert sentences(Talk().say("do you speak spanish")) == ["HELLO", "ONLY_ENGLISH", "ASK"]


def test_the_welcome_offers_the_other_language_by_its_own_name() -> None:
    [*_, offer] = open_question(talk().view).offers
    assert (offer.id, offer.label) == (CHOICE, "Español")


@pytest.mark.parametrize("typed", ["4", "Español", "espanol", "spanish", "ES", "castellano"])
def test_choosing_says_the_welcome_again(typed: str) -> None:
    outcome = talk().say(typed)
    assert outcome == Outcome(says=outcome.says, language=OTHER)
    assert sentences(outcome) == ["HELLO"]


@pytest.mark.parametrize("typed", ["/language es", "/language Español", "/language spanish"])
def test_a_command_that_names_a_language_chooses_it(typed: str) -> None:
    assert talk().say(typed).language == OTHER


@pytest.mark.parametrize("typed", ["/language", "/language klingon"])
def test_a_command_that_names_none_asks_in_each(typed: str) -> None:
    asked = talk()
    assert sentences(asked.say(typed)) == ["WHICH_LANGUAGE", "HELLO"]
    asking = BOTH.language("en").texts.language.ask
    assert asked.replies[0].text == f"{asking}\n{in_other_words(asking)}"


def test_in_the_other_language_the_first_is_offered() -> None:
    view = make_view(Snapshot(readers=READERS), BOTH, PLATFORM, drawn, (OTHER,))
    assert view.language == OTHER
    assert open_question(view).offers[-1].label == "English"
    outcome = decide(view, TextMessage("1"))
    [begun] = outcome.changes
    assert isinstance(begun, BeginCase)
    assert (begun.draft.language, begun.draft.revision) == (OTHER, FLOW.revision)


def test_words_that_were_kept_aside_stay_when_the_language_is_chosen() -> None:
    chosen = talk()
    chosen.say("he followed me home again last night")
    outcome = chosen.say("Español")
    assert sentences(outcome) == ["HELLO"]
    kept = chosen.snapshot.draft
    assert kept is not None
    assert kept.language == OTHER == outcome.language
    assert any(answer.step == FIRST_WORDS for answer in kept.answers)
    assert chosen.question == SAFE


# In a talk


def begun() -> Talk:
    told = talk()
    told.say("/start", "1", "3")
    return told


def test_in_a_talk_it_is_asked_and_the_question_stays_open() -> None:
    told = begun()
    before = told.question
    told.say("/language")
    assert told.question == LANGUAGE
    assert [offer.label for offer in open_question(told.view).offers] == ["English", "Español"]
    told.press(f"{LANGUAGE_PREFIX}en")
    assert told.question == before
    assert told.snapshot.draft is not None
    assert told.snapshot.draft.language == "en"


def test_a_talk_goes_on_in_the_other_language_with_all_that_was_told() -> None:
    told = begun()
    told.say("he followed me")
    before = told.question
    told.say("/language")
    outcome = told.press(CHOICE)
    assert outcome.language == OTHER
    assert sentences(outcome) == ["LANGUAGE_CHOSEN", "ASK"]
    assert told.told == ["he followed me"]
    assert told.question == before
    asked = told.replies[-1].text
    step = SPANISH.step(before)
    assert step is not None
    assert step.text in asked or step.id == FLOW.story.id  # type: ignore[union-attr]  # it has one


def test_a_questionnaire_that_is_not_translated_keeps_the_talk_in_its_language() -> None:
    told = Talk(settings=replace(BOTH, translations={}, bound={}))
    told.say("/start", "1", "3")
    assert sentences(told.say("/language")) == ["LANGUAGE_STAYS", "ASK"]
    outcome = told.say("/language es")
    assert sentences(outcome) == ["LANGUAGE_STAYS", "ASK"]
    assert outcome.language == ""


def test_an_opened_story_stays_in_its_language() -> None:
    opened = Talk(Snapshot(readers=READERS, opened=OpenedCase((), ()), kept=True), settings=BOTH)
    assert sentences(opened.say("/language")) == ["LANGUAGE_OPENED", "ASK"]
    assert sentences(opened.say("/language es")) == ["LANGUAGE_OPENED", "ASK"]


def test_stopping_outranks_the_question_about_the_language() -> None:
    told = begun()
    told.say("/language")
    told.say("/stop")
    assert told.question == "bot.stop"
    told.press("go")
    assert told.question != LANGUAGE


# What is signed


def at_review(*, switched_before: str) -> Talk:
    """A talk that shares with Oak; its language changes at this question."""
    told = begun()
    told.say("he followed me", "/done")
    for choice in ("let someone", "nothing", "/skip", "/skip", "nobody", "Oak", "everything"):
        told.say(choice)
    told.say("only read")
    if switched_before == "keep":
        told.say("/language es")
    told.press(told.offered[-1])
    if switched_before == OVERVIEW:
        told.say("/language es")
    told.press("right")
    if switched_before == REVIEW:
        told.say("/language es")
    return told


def test_what_was_agreed_is_signed_in_the_words_and_the_language_that_were_shown() -> None:
    told = at_review(switched_before="keep")
    told.press("now")
    [handed] = told.handed
    read = next(p for p in handed.permissions if p.scope == "named")
    keep = next(p for p in handed.permissions if p.scope == "keep")
    assert handed.draft.language == OTHER
    assert read.language == "en"
    step = SETTING.flow_of(Snapshot(readers=READERS)).step(read.step)
    assert step is not None
    chosen = [choice for choice in step.choices if choice.id == OAK.id]
    assert read.shown == flows.shown_words(step, chosen)
    asked = SPANISH.step(keep.step)
    assert asked is not None
    assert keep.language == ""
    assert keep.shown.startswith(asked.text)


@pytest.mark.parametrize("at", [OVERVIEW, REVIEW])
def test_a_change_before_the_second_yes_leaves_every_yes_as_it_was_shown(at: str) -> None:
    told, same = at_review(switched_before=at), at_review(switched_before="")
    assert told.question == REVIEW
    told.press("now")
    same.press("now")
    [handed], [english] = told.handed, same.handed
    assert [p.shown for p in handed.permissions] == [p.shown for p in english.permissions]
    assert {p.language for p in handed.permissions} == {"en"}
    assert {p.language for p in english.permissions} == {""}


def test_a_permission_that_is_asked_anew_is_signed_in_the_new_words() -> None:
    told = at_review(switched_before=REVIEW)
    told.press("change")
    read = FLOW.permission_step("read")
    assert read is not None
    told.press(f"change.{read.id}")
    told.say("Ash, Oak")
    told.press("right")
    told.press("now")
    [handed] = told.handed
    named = next(p for p in handed.permissions if p.scope == "named")
    assert named.language == ""
    asked = SPANISH.step(named.step)
    assert asked is not None
    assert named.shown.startswith(asked.text)


def test_the_way_back_to_the_first_language_needs_no_remark() -> None:
    told = at_review(switched_before=REVIEW)
    assert told.snapshot.draft is not None
    assert set(shown_in(told.snapshot.draft).values()) == {"en"}
    told.say("/language en")
    assert told.snapshot.draft is not None
    assert shown_in(told.snapshot.draft) == {}


# Which language an account is spoken to in


def test_what_is_open_has_the_language_then_what_was_chosen_then_the_first() -> None:
    spoken = draft(language=OTHER)
    opened = OpenedCase((), (), revision=FLOW.revision, language=OTHER)
    assert language_of(Snapshot(draft=spoken), BOTH, ("en",)) == OTHER
    assert language_of(Snapshot(opened=opened), BOTH, ("en",)) == OTHER
    assert language_of(Snapshot(), BOTH, ("nl", OTHER)) == OTHER
    assert language_of(Snapshot(), BOTH, ("nl",)) == "en"
    assert language_of(Snapshot(), SETTING, (OTHER,)) == "en"


def test_a_story_is_opened_in_the_questionnaire_and_language_that_it_ended_with() -> None:
    opened = OpenedCase((), (), revision=FLOW.revision, language=OTHER)
    assert BOTH.flow_of(Snapshot(opened=opened)).choose == SPANISH.choose
    assert BOTH.flow_of(Snapshot(opened=replace(opened, language="en"))).choose == FLOW.choose


def test_a_talk_in_a_language_of_before_goes_on_in_one_of_now() -> None:
    settings = replace(BOTH, languages={"en": BOTH_LANGUAGES["en"]}, begun_in={})
    read = FLOW.permission_step("read")
    assert read is not None
    given = StoredAnswer(read.id, (OAK.id,))
    words = StoredAnswer(WORDING, (f"{OTHER} {SPANISH.wording}",))
    spoken = draft(given, words, language=OTHER)
    view = make_view(Snapshot(draft=spoken), settings, PLATFORM, drawn)
    assert view.language == "en"
    assert view.snapshot.draft is not None
    assert view.snapshot.draft.language == "en"
    assert shown_in(view.snapshot.draft) == {read.id: OTHER}


def test_questions_of_another_language_stay_as_they_are_where_the_bot_speaks_one() -> None:
    dutch = replace(FLOW, language="nl")
    settings = replace(
        SETTING,
        flow=dutch,
        revisions={FLOW.revision: dutch},
        translations={(FLOW.revision, "en"): FLOW},
        bound={},
    )
    view = make_view(Snapshot(draft=draft(language="nl")), settings, PLATFORM, drawn)
    assert view.language == "en"
    assert view.snapshot.draft is not None
    assert view.snapshot.draft.language == "nl"


def test_a_message_is_rendered_in_the_language_in_which_it_was_said() -> None:
    view = make_view(Snapshot(), BOTH, PLATFORM, drawn)
    said = talk().say("/language es").says[0]
    shown = render(view, replace(said, language=OTHER))
    assert shown is not None
    assert "English" in [offer.label for offer in shown.offers]
    gone = render(view, replace(said, language="nl"))
    assert gone is not None
    assert "Español" in [offer.label for offer in gone.offers]


def test_no_question_is_asked_in_two_languages() -> None:
    told = begun()
    asked = told.say("/back").says[-1]
    told.say("/language es")
    late = render(told.view, asked)
    now = render(told.view, replace(asked, language=OTHER))
    assert late == now


def test_another_questionnaire_is_chosen_in_the_language_of_the_talk() -> None:
    other = replace(FLOW, name="witness", revision="witness-1", choose="I saw something")
    spanish = replace(SPANISH, name="witness", revision="witness-1", choose="Vi algo")
    settings = replace(
        BOTH,
        more=(other,),
        revisions={FLOW.revision: FLOW, "witness-1": other},
        translations={**BOTH.translations, ("witness-1", OTHER): spanish},
        begun_in={"en": (FLOW, other), OTHER: (SPANISH, spanish)},
        bound={},
    )
    told = Talk(settings=settings)
    told.say("/start", "1")
    told.say("/language es")
    assert [offer.label for offer in open_question(told.view).offers] == [
        SPANISH.choose,
        "Vi algo",
    ]
    told.press("witness")
    assert told.snapshot.draft is not None
    assert (told.snapshot.draft.language, told.snapshot.draft.revision) == (OTHER, "witness-1")
    assert told.snapshot.draft.phase is Phase.QUESTIONS


def test_a_newer_revision_that_is_not_translated_is_not_begun_in_the_other_language() -> None:
    newer = replace(FLOW, revision="newer")
    settings = replace(
        BOTH,
        flow=newer,
        revisions={FLOW.revision: FLOW, "newer": newer},
        begun_in={"en": (newer,), OTHER: (SPANISH,)},
        bound={},
    )
    for preferred, revision in (("en", "newer"), (OTHER, FLOW.revision)):
        view = make_view(Snapshot(readers=READERS), settings, PLATFORM, drawn, (preferred,))
        [change] = decide(view, TextMessage("1")).changes
        assert isinstance(change, BeginCase | SaveDraft)
        assert change.draft.revision == revision


@pytest.mark.parametrize("before", ["en", OTHER])
@pytest.mark.parametrize("asked_in", ["en", OTHER])
def test_a_choice_that_comes_late_tells_nothing_in_whatever_language_it_was_asked(
    before: str, asked_in: str
) -> None:
    late, now = at_review(switched_before=""), OTHER if before == "en" else "en"
    conversation = conversation_of(late.view)
    assert conversation is not None
    answered = {answer.step for answer in conversation.answers}
    there = conversation.with_draft(replace(conversation.draft, language=now))
    decided = [step for step in (FLOW if asked_in == "en" else SPANISH).steps if step.id == "act"]
    assert answered >= {step.id for step in decided}
    labels = [choice.text for step in decided for choice in step.choices if " " in choice.text]
    assert labels
    assert all(is_late_choice(there, label) for label in labels)
