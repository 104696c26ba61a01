"""An edited message is what it is now, and never a choice."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.messages import EditedMessage, TextMessage
from handlers.outcome import LookupPurpose, Outcome
from handlers.reporter.decide import decide
from store.model.changes import EraseItems, SealItem
from store.model.drafts import Draft
from store.model.snapshot import Snapshot
from tests.unit.handlers.reporter.places import (
    begin_story,
    checked_words,
    reach_overview,
    reach_ways_back,
)
from tests.unit.handlers.reporter.test_decide import EVERY_QUESTION, talk_at
from tests.unit.handlers.talks import SETTING, SINGLE, Talk, view_of

LONG = "a" * (SETTING.text_length + 1)


def names(outcome: Outcome) -> list[str]:
    return [s.sentence for s in (*outcome.direct, *outcome.says)]


def unusable(outcome: Outcome) -> str:
    """Which kind is said not to be taken."""
    return next(s.ids[0] for s in outcome.says if s.sentence == "UNUSABLE")


def send(talk: Talk, text: str, message: str) -> Outcome:
    """A message whose id the platform knows, so that it can be edited."""
    return talk.hear(TextMessage(text), message)


def edit(talk: Talk, text: str, message: str, refused_at: str = "") -> Outcome:
    return talk.hear(EditedMessage(text, message), message, refused_at)


# What was kept


def test_what_was_kept_is_sealed_anew_in_its_place() -> None:
    talk = begin_story()
    send(talk, "first", "1")
    send(talk, "second", "2")
    assert names(edit(talk, "first, otherwise", "1")) == ["EDITED"]
    assert talk.told == ["first, otherwise", "second"]


@pytest.mark.parametrize("text", ["help", "done", "/nonsense"])
def test_words_that_could_be_a_command_replace_nothing_and_that_is_said(text: str) -> None:
    talk = begin_story()
    send(talk, "first", "1")
    assert unusable(edit(talk, text, "1")) == "edit_command"
    assert talk.told == ["first"]


def test_a_call_for_help_in_an_edit_is_heard_and_sealed_anew() -> None:
    talk = begin_story()
    send(talk, "first", "1")
    assert names(edit(talk, "I'm not safe", "1")) == ["HELP_LINES", "EDITED", "KEPT_SAFE"]
    assert talk.told == ["I'm not safe"]


@pytest.mark.parametrize("text", ["/stop", "stop", "/stop!", "Stop.", "🛑/stop"])
def test_a_message_that_is_edited_into_stop_halts_and_what_stood_there_stays(text: str) -> None:
    talk = begin_story()
    send(talk, "first", "1")
    outcome = edit(talk, text, "1")
    assert talk.question == "bot.stop"
    assert "EDIT_STANDS" in names(outcome)
    talk.press("keep")
    assert talk.told == ["first"]


@pytest.mark.parametrize("command", ["unsafe", "erase", "withdraw", "done"])
def test_a_message_that_is_edited_into_a_command_is_one(command: str) -> None:
    typed, edited = begin_story(), begin_story()
    for talk in (typed, edited):
        send(talk, "first", "1")
    expected = names(typed.say(f"/{command}"))
    assert sorted(names(edit(edited, f"/{command}", "1"))) == sorted([*expected, "EDIT_STANDS"])
    assert edited.question == typed.question
    assert edited.told == ["first"]


def test_a_stop_that_is_edited_into_a_sentence_was_told() -> None:
    talk = begin_story()
    send(talk, "stop", "1")
    assert talk.question == "bot.stop"
    edit(talk, "stop it, I said", "1")
    assert talk.question == "story"
    assert talk.told == ["stop it, I said"]


def test_what_is_closed_stays_as_it_was_sealed_and_that_is_said() -> None:
    talk = begin_story()
    send(talk, "first", "1")
    talk.say("/done")
    assert unusable(edit(talk, "otherwise", "1")) == "edit"
    assert talk.told == ["first"]


# What was never kept


def test_a_message_that_was_too_long_is_taken_when_it_is_edited_shorter() -> None:
    talk = begin_story()
    assert names(send(talk, LONG, "1")) == ["TOO_LONG"]
    assert names(edit(talk, "shorter", "1", "story")) == ["ACK"]
    assert names(edit(talk, "shorter still", "1")) == ["EDITED"]  # it is known by now
    assert talk.told == ["shorter still"]
    assert names(edit(talk, LONG, "1")) == ["TOO_LONG"]
    assert talk.told == ["shorter still"]


def test_a_single_question_is_not_answered_by_a_message_that_may_belong_to_another() -> None:
    talk = begin_story(SINGLE)
    talk.say("first", "/done", "read")
    send(talk, "1", "9")
    assert talk.question == "wish"
    for text in ("2", "none", "somebody who listens"):
        assert unusable(edit(talk, text, "9", "story")) == "edit_new"
    assert talk.question == "wish"
    assert talk.told == ["first"]
    edit(talk, "an apology", "10", "wish")
    assert talk.told == ["first", "an apology"]
    assert talk.question == "person"


def test_what_was_a_choice_is_no_part_of_a_story() -> None:
    talk = Talk()
    talk.say("/start")
    send(talk, "1", "1")
    send(talk, "as we go", "2")
    assert talk.question == "story"
    for text in ("3", "when I finish"):
        assert unusable(edit(talk, text, "2")) == "edit_new"
    assert talk.told == []


@pytest.mark.parametrize("question", EVERY_QUESTION)
@pytest.mark.parametrize(
    "text", ["1", "2", "yes", "Yes", "3️⃣", "yes, keep it", "Oak", "yes, delete"]
)
def test_an_edit_never_chooses(question: str, text: str) -> None:
    talk = talk_at(question)
    before, handed = talk.snapshot, list(talk.handed)
    outcome = edit(talk, text, "elsewhere")
    edit(talk, text, "refused", question)
    assert talk.handed == handed
    if question not in {"story", "needs_other", "wish", "person", "bot.stop"}:
        assert talk.question == question
    assert outcome.says
    assert choices_of(talk.snapshot.draft) == choices_of(before.draft)


@given(st.sampled_from(EVERY_QUESTION), st.text(max_size=20))
def test_whatever_an_edit_says_it_chooses_nothing(question: str, text: str) -> None:
    talk = talk_at(question)
    choices, handed = choices_of(talk.snapshot.draft), list(talk.handed)
    edit(talk, text, "elsewhere", question)
    assert choices_of(talk.snapshot.draft) == choices
    assert talk.handed == handed


def choices_of(draft: Draft | None) -> dict[str, tuple[str, ...]]:
    """What was chosen at the questions of the questionnaire."""
    answers = draft.answers if draft else ()
    return {a.step: a.choices for a in answers if a.choices and not a.step.startswith("bot.")}


def test_without_a_talk_nothing_is_said_about_a_closed_question() -> None:
    outcome = decide(view_of(Snapshot()), EditedMessage("other words", "1"))
    assert names(outcome) == ["UNUSABLE"]
    assert unusable(outcome) == "edit_nothing"
    stopped = decide(view_of(Snapshot()), EditedMessage("/stop", "1"))
    assert names(stopped) == ["LEFT_NOTHING"]


# Words that open or take back


@pytest.mark.parametrize("waiting", list(LookupPurpose))
def test_words_that_were_asked_for_are_looked_up_when_they_are_corrected(
    waiting: LookupPurpose,
) -> None:
    outcome = decide(view_of(Snapshot()), EditedMessage("zone zoo wolf wood", "1"), waiting)
    assert outcome.lookup is not None
    assert outcome.lookup.purpose is waiting


def test_twelve_words_are_looked_up_where_no_talk_is_open() -> None:
    outcome = decide(view_of(Snapshot()), EditedMessage("word " * 12, "1"))
    assert outcome.lookup is not None


def test_the_two_words_can_be_corrected() -> None:
    talk = reach_ways_back()
    talk.press("words")
    first, second = checked_words(talk)
    assert names(send(talk, f"{first} wrong", "1")) == ["WRONG_WORDS"]
    assert names(edit(talk, f"{first} {second}", "1")) == ["ASK"]
    assert talk.question == "bot.code"


def test_an_edit_erases_nothing_but_what_it_replaces() -> None:
    talk = reach_overview()
    outcome = edit(talk, "other words", "77")
    assert not [c for c in outcome.changes if isinstance(c, EraseItems | SealItem)]
    assert replace(outcome, says=()) == Outcome()
