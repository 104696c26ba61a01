"""What is said before, beside or instead of an answer is kept apart and offered, never lost."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import flows
from handlers.messages import ButtonPress, EditedMessage, TextMessage
from handlers.reporter.asides import is_worth_keeping
from handlers.reporter.questions import open_question
from handlers.texts.english import ENGLISH
from store.model.changes import BeginCase, EraseItems, SealItem
from store.model.drafts import StoredAnswer
from store.model.snapshot import Snapshot
from tests.unit.handlers.reporter.places import (
    begin_story,
    reach_overview,
    reach_ways_back,
    sentence_names,
)
from tests.unit.handlers.reporter.test_decide import HELD, talk_at
from tests.unit.handlers.reporter.what_followed import asides_of
from tests.unit.handlers.talks import FLOW, READERS, SETTING, Talk

WORDS = "he also wrote to my sister"
CHOICES = ("bot.clean", "fate", "needs", "read", "parts", "never", "act", "keep")
BETWEEN = ("bot.stop", "bot.erase", "bot.piece")


def texts_aside(talk: Talk) -> list[str]:
    """Return what is kept aside."""
    return [talk.texts[item][1] for item in asides_of(talk.snapshot.draft)]


# At a choice


@pytest.mark.parametrize("question", [*CHOICES, *BETWEEN])
def test_words_at_a_choice_are_kept_aside_and_answer_nothing(question: str) -> None:
    talk = talk_at(question)
    told = talk.told
    outcome = talk.say(WORDS)
    if question in BETWEEN and talk.told != told:
        return  # behind it, words are awaited
    assert texts_aside(talk) == [WORDS]
    assert talk.told == told
    assert talk.question == question
    assert sentence_names(outcome) == ["ASIDE", "ASK"]


@pytest.mark.parametrize("question", ["fate", "needs", "read", "keep"])
def test_they_are_added_to_the_story_where_their_reporter_says_so(question: str) -> None:
    talk = talk_at(question)
    story = len(talk_at("fate").told)
    talk.say(WORDS, "and to my boss")
    outcome = talk.say("/add")
    assert sentence_names(outcome) == ["ASIDE_ADDED", "ASK"]
    assert talk.told[story : story + 2] == [WORDS, "and to my boss"]
    assert talk.question == question
    assert texts_aside(talk) == []


def test_words_behind_add_are_added_at_once() -> None:
    talk = talk_at("read")
    talk.say("/add he also wrote to my sister")
    assert WORDS in talk.told
    assert talk.question == "read"


@pytest.mark.parametrize("typed", ["add it", "yes add it", "put it in my story pls"])
def test_they_are_added_by_what_people_type(typed: str) -> None:
    talk = talk_at("read")
    talk.say(WORDS, typed)
    assert WORDS in talk.told


def test_who_answers_anyway_is_asked_before_anything_is_decided() -> None:
    talk = talk_at("keep")
    talk.say(WORDS)
    talk.press("yes")
    assert talk.question == "bot.aside"
    assert WORDS not in talk.told
    talk.press("yes")
    assert WORDS in talk.told
    assert talk.question == "bot.overview"


def test_what_is_written_at_that_question_is_said_to_be_put_aside_too() -> None:
    talk = talk_at("bot.clean")
    talk.say(WORDS)
    talk.press("go")
    assert talk.question == "bot.aside"
    assert sentence_names(talk.say("and to my boss")) == ["ASIDE_FIRST_MORE", "ASK"]
    assert texts_aside(talk) == [WORDS, "and to my boss"]
    assert "2 times. Should I add all of it" in talk.replies[-1].text


def test_who_says_no_to_it_has_it_erased() -> None:
    talk = talk_at("keep")
    talk.say(WORDS)
    (item,) = asides_of(talk.snapshot.draft)
    talk.press("yes")
    outcome = talk.press("no")
    assert EraseItems((item,)) in outcome.changes
    assert sentence_names(outcome) == ["ASIDE_DROPPED", "ASK"]
    assert talk.question == "bot.overview"
    assert item not in talk.texts


@pytest.mark.parametrize("at", ["bot.overview", "bot.review"])
def test_words_at_the_overview_and_the_review_leave_them_in_sight(at: str) -> None:
    talk, said = talk_at(at), {"bot.overview": "ASIDE_OVERVIEW", "bot.review": "ASIDE_REVIEW"}[at]
    for words in (WORDS, "and to my boss"):
        assert sentence_names(talk.say(words)) == [said, "ASK"]
        assert talk.question == at
    assert open_question(talk.view).has_asides
    assert texts_aside(talk) == [WORDS, "and to my boss"]
    assert talk.told[2:4] != [WORDS, "and to my boss"]


@pytest.mark.parametrize(("at", "yes"), [("bot.overview", "right"), ("bot.review", "hold")])
def test_after_the_yes_it_is_asked_about_them_once(at: str, yes: str) -> None:
    talk = talk_at(at)
    talk.say(WORDS)
    talk.press(yes)
    assert (talk.question, talk.handed) == ("bot.aside", [])
    talk.press("yes")
    assert (talk.question, talk.handed) == ("bot.review", [])
    assert WORDS in talk.told
    talk.press("hold")
    assert WORDS in talk.handed[0].report


def test_who_changes_a_line_first_is_asked_about_them_after_the_yes() -> None:
    talk = talk_at("bot.overview")
    talk.say(WORDS, "Change what they may do", "Act without naming me")
    assert talk.question == "bot.overview"
    talk.say("Yes, that's right")
    assert talk.question == "bot.aside"


def test_nothing_is_handed_over_before_it_is_decided() -> None:
    talk = talk_at("bot.review")
    talk.say(WORDS)
    for press in ("hold", "now", "keep", "finish"):
        talk.hear(ButtonPress("bot.review", (press,)))
    assert talk.handed == []
    talk.press("no")
    talk.press("hold")
    assert WORDS not in talk.handed[0].report


def test_what_was_added_is_in_the_report_and_what_was_not_is_in_none() -> None:
    talk = talk_at("read")
    talk.say(WORDS, "/add", "something else entirely")
    talk.say("Oak", "everything", "no, nobody", "only read", "/skip", "/skip", "no")
    assert talk.question == "bot.aside"
    talk.press("no")
    talk.press("right")
    talk.press("hold")
    assert WORDS in talk.handed[0].report
    assert "something else" not in talk.handed[0].report


def test_after_the_second_yes_nothing_is_kept_aside() -> None:
    talk = reach_ways_back()
    assert sentence_names(talk.say(WORDS)) == ["NOT_ADDED", "ASK"]
    assert texts_aside(talk) == []


@pytest.mark.parametrize("typed", ["yes", "Yes!", "no", "ok"])
def test_a_bare_yes_after_the_offer_gives_no_permission(typed: str) -> None:
    talk = talk_at("keep")
    talk.say(WORDS)
    before = talk.snapshot.draft
    talk.say(typed)
    assert talk.question == "keep"
    assert talk.snapshot.draft == before


@pytest.mark.parametrize("typed", ["2", "yes, keep it"])
def test_what_can_mean_nothing_else_does(typed: str) -> None:
    talk = talk_at("keep")
    talk.say(WORDS, typed)
    assert talk.question == "bot.aside"


def test_once_another_question_is_open_a_bare_yes_counts_again() -> None:
    talk = talk_at("act")
    talk.say(WORDS)
    talk.press("listen")
    talk.say("/skip", "/skip", "yes")
    assert talk.question == "bot.aside"
    assert any(a.step == "keep" and a.choices == ("yes",) for a in _answers(talk))


def _answers(talk: Talk) -> tuple[StoredAnswer, ...]:
    draft = talk.snapshot.draft
    return draft.answers if draft else ()


def test_a_lone_attempt_at_an_answer_is_asked_for_again() -> None:
    for typed in ("12", "1 or 2", "not 2", "👍", "2?"):
        talk = talk_at("fate")
        assert "ASIDE" not in sentence_names(talk.say(typed)), typed
    view = talk_at("read").view
    question = open_question(view)
    assert not is_worth_keeping(view, "Ash but not Oak", question)
    assert is_worth_keeping(view, "Ash hurt me", question)


def test_an_edited_message_stays_aside_with_its_new_words() -> None:
    talk = talk_at("fate")
    talk.hear(TextMessage(WORDS), message="1")
    outcome = talk.hear(EditedMessage(f"{WORDS} twice", "1"))
    assert sentence_names(outcome) == ["EDITED"]
    assert texts_aside(talk) == [f"{WORDS} twice"]


def test_words_behind_a_command_are_kept_aside_where_no_words_are_taken() -> None:
    talk = talk_at("fate")
    outcome = talk.say("/pause I have to go to my sister")
    assert sentence_names(outcome) == ["PAUSED", "ASIDE_BEHIND"]
    assert texts_aside(talk) == ["/pause I have to go to my sister"]


@pytest.mark.parametrize(
    "typed", ["/erase he did it", "/withdraw he did it", "/unsafe he is here"]
)
def test_not_behind_words_that_take_back_or_call_for_help(typed: str) -> None:
    talk = talk_at("fate")
    outcome = talk.say(typed)
    assert "NOT_KEPT_BEHIND" in sentence_names(outcome)
    assert texts_aside(talk) == []


# Before the first choice


def test_what_is_typed_before_the_first_choice_is_sealed_in_a_draft_of_nothing_else() -> None:
    talk = Talk()
    outcome = talk.say(WORDS)
    begin, seal = outcome.changes
    assert isinstance(begin, BeginCase)
    assert isinstance(seal, SealItem)
    assert seal.text == WORDS
    assert begin.draft.answers[0].step == "bot.first"
    assert talk.told == []
    assert talk.question == "bot.safe"
    assert sentence_names(outcome) == ["HELLO", "ASIDE_FIRST", "ASK"]


def test_a_burst_before_the_first_choice_is_one_aside() -> None:
    talk = Talk()
    talk.say(WORDS, "twice", "and I am scared of him")
    assert texts_aside(talk) == [WORDS, "twice", "and I am scared of him"]
    talk.press("go")
    talk.say("3")
    assert talk.question == "bot.aside"
    talk.press("yes")
    assert talk.question == "story"
    assert talk.told == [WORDS, "twice", "and I am scared of him"]
    talk.say("more")
    assert talk.told[-1] == "more"


def test_a_stop_there_halts_and_erasing_asks_once_more() -> None:
    talk = Talk()
    talk.say(WORDS, "/stop")
    assert talk.question == "bot.stop"
    talk.press("go")
    assert talk.question == "bot.safe"
    talk.say("/erase")
    assert talk.question == "bot.erase"
    talk.press("no")
    assert texts_aside(talk) == [WORDS]
    talk.say("/erase", "yes")
    assert talk.snapshot.draft is None


@pytest.mark.parametrize(
    "command", ["/back", "/skip", "/done", "/words", "/show", "/add", "/start"]
)
def test_no_command_chooses_there_or_loses_anything(command: str) -> None:
    talk = Talk()
    talk.say(WORDS, command)
    assert talk.question == "bot.safe"
    assert texts_aside(talk) == [WORDS]


@pytest.mark.parametrize("typed", ["hi", "hello?", "yes?", "12", "who are you", "la segunda"])
def test_what_says_nothing_begins_no_draft(typed: str) -> None:
    talk = Talk()
    talk.say(typed)
    assert talk.snapshot.draft is None


def test_where_no_case_may_begin_any_more_that_is_said() -> None:
    talk = Talk(Snapshot(readers=READERS, cases_begun=SETTING.cases_per_day))
    assert sentence_names(talk.say(WORDS)) == ["HELLO", "NOT_BEGUN", "ASK"]


def test_bare_words_take_no_place_of_a_case_that_is_open_to_somebody_else() -> None:
    talk = Talk(Snapshot(readers=READERS, opened_by_another=True))
    assert sentence_names(talk.say(WORDS)) == ["HELLO", "NOT_BEGUN", "ASK"]
    assert talk.snapshot.draft is None


def test_it_belongs_to_the_questionnaire_that_is_chosen_later() -> None:
    folder = Path(flows.__file__).parent
    witness = flows.load((folder / "witness.toml").read_text("utf-8"), "witness.toml")
    revisions = {flow.revision: flow for flow in (FLOW, witness)}
    talk = Talk(settings=replace(SETTING, more=(witness,), revisions=revisions))
    talk.say(WORDS)
    talk.press("go")
    talk.press("witness")
    talk.say("3")
    talk.press("yes")
    assert talk.question == "seen"
    shown = talk.say("/show")
    replies = [reply.text for s in shown.says if (reply := talk.rendered(s))]
    assert replies[0].endswith(WORDS)


# Whatever is typed


SAID = st.sampled_from(
    [
        *(
            "he hit me",
            "it was in march 😢",
            "im scared",
            "1",
            "2",
            "3",
            "yes",
            "no",
            "ok",
            "stop",
        ),
        *(
            "/done",
            "/skip",
            "/back",
            "/stop",
            "/pause",
            "/add",
            "/add my sister saw it",
            "who r u",
        ),
        *("he is at the door", "i dont know", "Oak", "nobody", "everything", "/start", "read"),
        *("/stop touching me I said", "my boss knew\nfor years", "hi im back", "“no” I said"),
    ]
)


@given(st.lists(SAID, max_size=25))
def test_no_word_is_lost_in_a_random_talk(said: list[str]) -> None:
    talk = Talk()
    for text in said:
        _say_without_losing(talk, text)


TELLING = frozenset({"he hit me", "it was in march 😢", "my boss knew\nfor years", "im scared"})


def _say_without_losing(talk: Talk, text: str) -> None:
    """Say something: what tells something is in the story, offered, or said to be left out."""
    before = len(talk.texts)
    outcome = talk.say(text)
    if text in TELLING and len(talk.texts) <= before:
        said = {*sentence_names(outcome)}
        assert said & {"CHOOSE", "NOT_BEGUN", "WRONG_WORDS", "UNKNOWN_COMMAND"}, text


def test_the_offer_is_a_button_beneath_the_question() -> None:
    talk = talk_at("read")
    talk.say(WORDS)
    labels = [offer.label for offer in talk.replies[-1].commands]
    assert ENGLISH.labels["button.add"] in labels


def test_nothing_is_offered_where_nothing_waits() -> None:
    for talk in (begin_story(), reach_overview()):
        assert not open_question(talk.view).has_asides


def test_beside_a_hold_words_are_put_aside_as_well_and_twelve_words_are_looked_up() -> None:
    held = Snapshot(readers=READERS, held=HELD)
    talk = Talk(held)
    talk.say(WORDS)
    assert [words for _, words in talk.texts.values()] == [WORDS]
    assert talk.say("one " * 12).lookup is not None


@pytest.mark.parametrize("label", ["I'll do it myself", "Let someone read it", "yes, keep it!"])
def test_a_label_that_comes_late_is_no_part_of_a_story(label: str) -> None:
    before = Talk()
    assert before.say(label).changes == ()
    talk = Talk().begin("told")
    talk.say("let someone")
    assert not any(isinstance(c, SealItem) for c in talk.say(label).changes)
