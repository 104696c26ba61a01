"""Words for the open question: nothing told is lost."""

from dataclasses import replace

import pytest

from handlers.outcome import Outcome
from handlers.reporter import telling
from store.model.changes import EraseItems
from store.model.drafts import StoredAnswer
from tests.unit.handlers.reporter.places import (
    begin_story,
    sentence_names,
)
from tests.unit.handlers.talks import PLATFORM, SINGLE, Talk

SAYINGS = ("stop", "help", "no", "back", "send", "yes")


def test_a_story_of_command_words_survives_where_stop_was_part_of_it() -> None:
    talk = begin_story()
    talk.say("stop")
    assert talk.question == "bot.stop"
    talk.press("story")
    talk.say(*SAYINGS[1:], "/done")
    assert talk.told == list(SAYINGS)
    assert talk.question == "fate"


def test_a_story_of_command_words_survives_where_one_just_goes_on() -> None:
    talk = begin_story()
    talk.say(*SAYINGS, "/done")
    assert talk.told == list(SAYINGS)
    assert talk.question == "fate"


def test_stop_as_the_last_word_and_again_and_again_is_told_too() -> None:
    talk = begin_story()
    talk.say("I said", "stop", "stop", "Stop!", "/done")
    assert talk.told == ["I said", "stop", "stop", "Stop!"]
    assert talk.question == "fate"


@pytest.mark.parametrize("question", ["needs_other", "wish", "person"])
def test_stop_can_be_the_whole_of_a_single_answer(question: str) -> None:
    talk = single(question)
    before = talk.told
    talk.say("stop")
    assert talk.question == "bot.stop"
    talk.press("story")
    assert talk.told == [*before, "stop"]
    assert talk.question != question


@pytest.mark.parametrize("question", ["needs_other", "wish", "person"])
def test_stop_and_what_follows_are_one_single_answer(question: str) -> None:
    talk = single(question)
    before = talk.told
    talk.say("stop", "stop", "that is what I want")
    assert talk.told == [*before, "stop", "stop", "that is what I want"]
    assert talk.question == "bot.stop"
    talk.press("go")
    assert talk.question not in {question, "bot.stop"}
    assert talk.told == [*before, "stop", "stop", "that is what I want"]


def test_words_after_a_stop_are_told_and_undo_no_halt() -> None:
    talk = begin_story()
    for halted in ("stop", "/stop"):
        talk.say("first", halted)
        outcome = talk.say("he kept on")
        assert [text.sentence for text in outcome.says] == ["STILL_STOPPED", "ASK"]
        assert talk.question == "bot.stop"
        assert talk.told[-1] == "he kept on"
        talk.press("go")
        assert talk.question == "story"
    assert talk.told == ["first", "stop", "he kept on", "first", "he kept on"]


def test_skipping_says_what_becomes_of_words_that_were_told_there() -> None:
    talk = begin_story()
    talk.say("first", "/done", "let someone", "nothing", "a wish")
    outcome = talk.say("/skip")
    assert [text.sentence for text in outcome.says] == ["SKIP_KEPT", "ASK"]
    assert talk.told == ["first", "a wish"]
    assert talk.question == "person"
    assert [text.sentence for text in talk.say("/skip").says] == ["ASK"]


BUTTONS = replace(PLATFORM, buttons=True, single=True)


@pytest.mark.parametrize("typed", ["done", "Done", "Done.", "next"])
def test_done_typed_alone_is_the_button_that_stands_there(typed: str) -> None:
    talk = Talk(platform=BUTTONS)
    talk.say("/start", "1", "3", "first", typed)
    assert (talk.question, talk.told) == ("fate", ["first"])


@pytest.mark.parametrize("typed", ["skip", "Skip!", "next"])
def test_skip_typed_alone_is_the_button_that_stands_there(typed: str) -> None:
    talk = Talk(platform=BUTTONS)
    talk.say("/start", "1", "3", "first", "done", "let someone", "nothing", typed)
    assert (talk.question, talk.told) == ("person", ["first"])


@pytest.mark.parametrize("typed", ["he was done", "next day he came", "done done"])
def test_in_a_sentence_they_are_told(typed: str) -> None:
    talk = Talk(platform=BUTTONS)
    talk.say("/start", "1", "3", typed)
    assert (talk.question, talk.told) == ("story", [typed])


@pytest.mark.parametrize("question", ["needs_other", "wish", "person"])
@pytest.mark.parametrize("word", SAYINGS[1:])
def test_command_words_are_single_answers(question: str, word: str) -> None:
    talk = single(question)
    before = talk.told
    talk.say(word)
    assert talk.told == [*before, word]
    assert talk.question != question


def single(question: str) -> Talk:
    talk = begin_story(SINGLE)
    talk.say("first", "/done", "let someone", "5")
    for step in ("needs_other", "wish"):
        if talk.question != question:
            assert talk.question == step
            talk.say("said")
    assert talk.question == question
    return talk


@pytest.mark.parametrize(("choice", "sentence"), [("keep", "PAUSED"), ("erase", "ASK")])
def test_a_stop_that_was_meant_is_no_part_of_the_story(choice: str, sentence: str) -> None:
    talk = begin_story()
    talk.say("first", "stop")
    outcome = talk.press(choice)
    assert sentence_names(outcome) == [sentence]
    assert [isinstance(c, EraseItems) for c in outcome.changes].count(True) == 1
    assert talk.told == ["first"]
    assert list(talk.texts.values()) == [("story", "first")]  # the sealed stop is erased


def test_showing_a_piece_ends_the_question_and_erases_the_sealed_stop() -> None:
    talk = begin_story()
    talk.say("first", "stop", "/show 1")
    assert talk.question == "bot.piece"
    assert len(talk.texts) == 1


def test_one_acknowledgement_for_words_and_none_beside_a_remark() -> None:
    talk = begin_story()
    assert sentence_names(talk.say("some words")) == ["ACK"]
    assert sentence_names(talk.say("help")) == ["KEPT_COMMAND"]
    assert sentence_names(talk.say("be\x07ll")) == ["CHARACTERS_LEFT_OUT"]
    assert sentence_names(talk.say("cafe\u0301")) == ["ACK"]  # nothing was left out
    assert talk.told[-1] == "café"


def test_empty_lines_between_paragraphs_are_passed_over() -> None:
    talk = begin_story()
    assert talk.say("", "   ") == Outcome()
    assert sentence_names(talk.say("\x07")) == ["CHARACTERS_LEFT_OUT"]
    assert not talk.texts


def test_a_full_conversation_says_so_and_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "MOST_PIECES", 2)
    talk = begin_story()
    talk.say("first", "second")
    assert sentence_names(talk.say("third")) == ["DRAFT_FULL"]
    assert sentence_names(talk.say("stop")) == ["DRAFT_FULL"]
    assert talk.told == ["first", "second"]
    talk.say("/done")
    assert talk.question == "fate"


@pytest.mark.parametrize("label", ["I'll do it myself", "when i finish", "AS WE GO."])
def test_the_choice_before_the_story_that_comes_late_is_not_told(label: str) -> None:
    talk = begin_story()
    outcome = talk.say(label)
    assert "NOT_AN_ANSWER" in sentence_names(outcome)
    assert not talk.told
    assert talk.question == "story"
    talk.say(f"{label}, he said.")
    assert talk.told == [f"{label}, he said."]


def test_a_decision_that_comes_late_is_no_answer_to_what_is_asked_later() -> None:
    talk = single("wish")
    before = talk.told
    assert "NOT_AN_ANSWER" in sentence_names(talk.say("let someone read it"))
    assert talk.told == before
    assert talk.question == "wish"


def test_done_needs_something_told() -> None:
    talk = begin_story()
    assert sentence_names(talk.say("/done")) == ["NOTHING_TOLD", "ASK"]
    talk.say("/skip")
    assert sentence_names(talk.say("/done")) == ["NOT_A_TEXT", "ASK"]


@pytest.mark.parametrize("typed", ["keep my story", "no keep it", "Don't delete it!"])
def test_after_a_stop_who_wants_to_keep_the_story_has_not_told_that_as_well(typed: str) -> None:
    talk = begin_story()
    talk.say("first", "stop")
    assert sentence_names(talk.say(typed)) == ["PAUSED"]
    assert talk.told == ["first"]


@pytest.mark.parametrize("typed", ["delete my story", "no delete it"])
def test_after_a_stop_who_wants_it_deleted_is_asked_once_more(typed: str) -> None:
    talk = begin_story()
    talk.say("first", "stop", typed)
    assert talk.question == "bot.erase"
    assert talk.told == ["first"]


@pytest.mark.parametrize("typed", ["done", "can you call me"])
def test_what_is_told_after_a_stop_is_said_once_to_be_added(typed: str) -> None:
    talk = begin_story()
    talk.say("first", "stop")
    said = talk.say(typed)
    assert "STILL_STOPPED" not in sentence_names(said)
    assert sentence_names(said)[-1] == "ASK"
    assert talk.question == "bot.stop"


@pytest.mark.parametrize(
    ("typed", "choice"),
    [("i will do it myself", "self"), ("no, I'll do it myself", "self"), ("when im done", "end")],
)
def test_who_clears_the_chat_can_be_said_in_other_words(typed: str, choice: str) -> None:
    talk = Talk()
    talk.say("/start", "1", typed)
    assert talk.question == "story"
    assert talk.snapshot.draft
    assert StoredAnswer("bot.clean", (choice,)) in talk.snapshot.draft.answers
