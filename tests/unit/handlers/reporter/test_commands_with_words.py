"""A command acts whatever stands behind it, and no word behind it is lost in silence."""

import pytest

from handlers.messages import TextMessage
from handlers.outcome import Outcome
from handlers.reporter.commands_with_words import ASIDE_WITH
from handlers.reporter.decide import decide
from handlers.reporter.typed_text import words_behind
from store.model.snapshot import Snapshot
from tests.unit.handlers.reporter.places import begin_story, reach_overview
from tests.unit.handlers.reporter.test_decide import talk_at
from tests.unit.handlers.reporter.what_followed import asides_of
from tests.unit.handlers.talks import SETTING, SINGLE, Talk, view_of


def names(outcome: Outcome) -> list[str]:
    return [s.sentence for s in (*outcome.direct, *outcome.says)]


def at_wish() -> Talk:
    """A question that one message answers."""
    talk = begin_story(SINGLE)
    talk.say("first", "/done", "read", "none")
    assert talk.question == "wish"
    return talk


# Where the question takes many messages


def test_words_behind_done_are_told_and_the_story_is_done() -> None:
    talk = begin_story()
    outcome = talk.say("/done and then he followed me home")
    assert talk.told == ["and then he followed me home"]
    assert talk.question == "fate"
    assert names(outcome) == ["KEPT_BEHIND", "ASK"]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("/done: “and then”, he said", "“and then”, he said"),
        ("🛑/done 👩‍👧 and I left", "👩‍👧 and I left"),
        ("/done\nand then\n\nI left", "and then\n\nI left"),
        ("/done@a_bot (maybe)", "(maybe)"),
    ],
)
def test_they_are_told_as_they_were_typed(typed: str, told: str) -> None:
    talk = begin_story()
    talk.say(typed)
    assert talk.told == [told]
    assert talk.question == "fate"
    assert words_behind(typed) == told


def test_a_sentence_that_begins_with_stop_halts_and_is_told_whole() -> None:
    talk = begin_story()
    outcome = talk.say("/stop touching me, I said")
    assert names(outcome) == ["KEPT_BEHIND", "ASK"]
    assert talk.question == "bot.stop"
    assert talk.told == ["/stop touching me, I said"]
    talk.press("keep")
    assert talk.told == ["/stop touching me, I said"]


@pytest.mark.parametrize("command", ["pause", "back", "skip", "help"])
def test_what_may_be_part_of_a_story_is_told(command: str) -> None:
    talk = begin_story()
    outcome = talk.say("first", f"/{command} then he was my teacher")
    assert talk.told == ["first", f"/{command} then he was my teacher"]
    assert "KEPT_BEHIND" in names(outcome)
    if command == "skip":
        assert talk.question == "fate"


@pytest.mark.parametrize("command", ["erase", "withdraw", "unsafe", "privacy"])
def test_what_is_meant_for_the_bot_is_not_told_and_that_is_said(command: str) -> None:
    talk = begin_story()
    talk.say("first")
    plain = names(begin_and_say(f"/{command}"))
    outcome = talk.say(f"/{command} it now")
    assert talk.told == ["first"]
    assert sorted(names(outcome)) == sorted([*plain, "NOT_KEPT_BEHIND"])
    first = "NOT_KEPT_BEHIND" if plain == ["ASK"] else plain[0]
    assert names(outcome)[0] == first  # what the command does, then the remark, then the question


def begin_and_say(text: str) -> Outcome:
    talk = begin_story()
    talk.say("first")
    return talk.say(text)


def test_words_that_are_too_long_keep_the_question_open_and_never_a_halt_from_acting() -> None:
    long = "a" * (SETTING.text_length + 1)
    talk = begin_story()
    talk.say("first")
    assert names(talk.say(f"/done {long}")) == ["TOO_LONG"]
    assert talk.question == "story"
    assert "NOT_KEPT_BEHIND" in names(talk.say(f"/stop {long}"))
    assert talk.question == "bot.stop"


def test_a_bare_stop_before_it_is_told_as_well() -> None:
    talk = begin_story()
    talk.say("stop", "/done and then")
    assert talk.told == ["stop", "and then"]
    assert talk.question == "fate"


# Where one message is the answer


def test_words_behind_done_are_the_answer_to_one_question_and_to_no_other() -> None:
    talk = at_wish()
    talk.say("/done that he leaves the choir")
    assert talk.told == ["first", "that he leaves the choir"]
    assert talk.question == "person"


def test_a_wish_that_begins_with_stop_halts_and_is_the_answer() -> None:
    talk = at_wish()
    talk.say("/stop contacting me")
    assert talk.question == "bot.stop"
    assert talk.told == ["first", "/stop contacting me"]
    talk.press("go")
    assert talk.question == "person"
    assert talk.told == ["first", "/stop contacting me"]


@pytest.mark.parametrize(("command", "then"), [("skip", "person"), ("back", "needs")])
def test_who_leaves_a_question_out_has_not_answered_it(command: str, then: str) -> None:
    talk = at_wish()
    outcome = talk.say(f"/{command} I would rather not")
    assert talk.question == then
    assert talk.told == ["first"]
    assert "NOT_KEPT_BEHIND" in names(outcome)


# Where no words are taken


@pytest.mark.parametrize("command", ["erase", "withdraw", "unsafe", "privacy"])
def test_at_a_choice_the_command_acts_and_words_are_said_to_be_lost(command: str) -> None:
    plain, wordy = reach_overview(), reach_overview()
    expected = names(plain.say(f"/{command}"))
    got = names(wordy.say(f"/{command} and so on"))
    assert sorted(got) == sorted([*expected, "NOT_KEPT_BEHIND"])
    assert wordy.question == plain.question
    assert wordy.told == plain.told


@pytest.mark.parametrize("command", sorted(ASIDE_WITH - {"add"}))
def test_at_a_choice_the_command_acts_and_words_are_kept_aside(command: str) -> None:
    plain, wordy = talk_at("keep"), talk_at("keep")
    expected = names(plain.say(f"/{command}"))
    got = names(wordy.say(f"/{command} and he was my teacher"))
    assert sorted(got) == sorted([*expected, "ASIDE_BEHIND"])
    assert wordy.told == plain.told
    assert wordy.question == ("bot.aside" if plain.question == "bot.overview" else plain.question)
    assert len(asides_of(wordy.snapshot.draft)) == 1


def test_words_behind_start_before_the_first_choice_are_kept_aside() -> None:
    talk = Talk()
    assert names(talk.say("/start he was my teacher")) == ["HELLO", "ASIDE_FIRST", "ASK"]
    assert [text for _, text in talk.texts.values()] == ["he was my teacher"]


def test_a_link_that_opens_the_chat_puts_a_word_behind_start_that_nobody_typed() -> None:
    assert names(Talk().say("/start ref_2026")) == ["HELLO"]
    talk = begin_story()
    assert names(talk.say("/start ref_2026")) == ["HERE_YOU_WERE", "ASK"]
    assert talk.told == []


def test_before_a_talk_a_command_acts_with_words_behind_it() -> None:
    outcome = decide(view_of(Snapshot()), TextMessage("/stop it please"))
    assert names(outcome) == ["LEFT_NOTHING", "NOT_KEPT_BEHIND"]


@pytest.mark.parametrize("at", ["story", "overview"])
def test_who_is_not_safe_sees_help_lines_whatever_command_stands_before_it(at: str) -> None:
    talk = begin_story() if at == "story" else reach_overview()
    assert "HELP_LINES" in names(talk.say("/stop I'm not safe!"))
    assert talk.question == "bot.stop"
