"""One message of one account: what acts, what is kept, what is answered."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.messages import ButtonPress, TextMessage, UnusableMessage
from handlers.outcome import ASK, LookupPurpose, Outcome, take_back
from handlers.reporter.bare_words import BARE_OUTSIDE_STORIES
from handlers.reporter.decide import decide, leave
from handlers.reporter.typed_text import BARE
from handlers.texts.english import ENGLISH
from store.model.changes import BeginCase, CloseCase, EraseCase, TakeBack
from store.model.permissions import DeliveryStage, HeldHandover, RevocationBasis, StandingHandover
from store.model.phrase import CODE_WORDS
from store.model.snapshot import OpenedCase, Snapshot
from tests.unit.handlers.talks import OAK, READERS, SETTING, Talk, view_of

HELD = HeldHandover("ee" * 32, 500_012, kept=True)
CASE = Snapshot(opened=OpenedCase((), ()), readers=READERS)
SHARED_CASE = replace(
    CASE, opened=OpenedCase((StandingHandover("ee" * 32, (OAK.id,), DeliveryStage.HELD),), ())
)
EVERY_QUESTION = (
    *("bot.safe", "bot.clean", "story", "fate", "needs", "needs_other", "wish", "person"),
    *("never", "read", "parts", "act", "keep", "bot.overview", "bot.review", "bot.back"),
    *("bot.asked", "bot.code", "bot.stop", "bot.erase", "bot.piece"),
)
ANSWERS = {
    "bot.safe": ("1",),
    "bot.clean": ("3",),
    "story": ("first", "second", "/done"),
    "fate": ("let someone",),
    "needs": ("5",),
    "needs_other": ("something", "/done"),
    "wish": ("rest", "/done"),
    "person": ("somebody", "/done"),
    "never": ("nobody",),
    "read": ("Oak",),
    "parts": ("everything",),
    "act": ("1",),
    "called": ("/skip",),
    "reach": ("/skip",),
    "keep": ("yes",),
    "bot.overview": ("1",),
    "bot.review": ("1",),
    "bot.back": ("1",),
}


def talk_at(question: str) -> Talk:
    """A talk that was answered up to this question, or in which it was asked in between."""
    if question == "bot.code":
        talk = talk_at("keep")
        talk.say("no", "1", "1")
        return talk
    talk = Talk()
    for asked, texts in ANSWERS.items():
        if asked == question:
            return talk
        talk.say(*texts)
        if asked == "wish" and question in {"bot.stop", "bot.erase", "bot.piece"}:
            break
    between = {"bot.stop": "/stop", "bot.erase": "/erase", "bot.piece": "/show 1"}
    if question in between:
        talk.say(between[question])
    return talk


def names(outcome: Outcome) -> list[str]:
    return [s.sentence for s in (*outcome.direct, *outcome.says)]


@pytest.mark.parametrize("question", EVERY_QUESTION)
def test_every_question_can_be_reached(question: str) -> None:
    assert talk_at(question).question == question


# At every question


@pytest.mark.parametrize("question", EVERY_QUESTION)
@pytest.mark.parametrize("text", ["/unsafe", "/help", "/privacy"])
def test_help_asks_nothing_and_stores_nothing(question: str, text: str) -> None:
    talk = talk_at(question)
    before = talk.snapshot
    outcome = talk.say(text)
    assert not outcome.changes
    assert not outcome.says
    assert outcome.waiting is None
    assert talk.snapshot == before
    assert not talk.replies[-1].question
    if text != "/privacy":
        assert "116 016" in talk.replies[-1].text


@pytest.mark.parametrize("question", EVERY_QUESTION)
def test_i_am_not_safe_shows_help_at_once_everywhere(question: str) -> None:
    talk = talk_at(question)
    told = talk.told
    outcome = talk.say("I am not safe.")
    assert names(outcome)[0] == "HELP_LINES"
    if outcome.changes:  # where it may be a sentence of the story, it is also kept as one
        assert question in {"story", "needs_other", "wish", "person", "bot.stop"}
        assert talk.told == [*told, "I am not safe."]


@pytest.mark.parametrize("question", EVERY_QUESTION[1:])
def test_stop_halts_at_every_question_and_erases_nothing(question: str) -> None:
    for stop in ("/stop", "stop", "Stop!", "¡Para ya!", "basta"):
        talk = talk_at(question)
        told, permits = talk.told, talk.handed
        talk.say(stop)
        assert talk.question == "bot.stop"
        assert talk.told == told
        assert talk.handed == permits
        talk.press("keep")
        assert talk.told == told
        assert talk.question == talk_at(question).question or question.startswith("bot.")


@pytest.mark.parametrize("question", EVERY_QUESTION[1:])
def test_stop_and_erase_asks_once_more(question: str) -> None:
    talk = talk_at(question)
    talk.say("/stop")
    outcome = talk.press("erase")
    assert not any(isinstance(c, EraseCase) for c in outcome.changes)
    assert talk.question == "bot.erase"
    talk.press("no")
    assert talk.question == talk_at(question).question or question.startswith("bot.")
    talk.say("/erase")
    assert talk.question == "bot.erase"
    assert EraseCase() in talk.press("yes").changes


@pytest.mark.parametrize("question", EVERY_QUESTION[1:])
@pytest.mark.parametrize("command", ["pause", "back", "skip", "show", "permissions", "language"])
def test_commands_work_at_every_question_and_lose_nothing(question: str, command: str) -> None:
    talk = talk_at(question)
    told = talk.told
    outcome = talk.say(f"/{command}")
    assert outcome.says
    assert talk.told == told


@pytest.mark.parametrize("question", EVERY_QUESTION)
def test_an_old_button_asks_the_current_question_again(question: str) -> None:
    talk = talk_at(question)
    before = talk.snapshot
    for press in (
        ButtonPress("bot.nothing", ("go",)),
        ButtonPress(question, ("foreign",)),
        ButtonPress(question, ()),
        ButtonPress("keep" if question != "keep" else "fate", ("yes",)),
    ):
        assert talk.hear(press) == Outcome(says=(ASK,))
    assert talk.snapshot == before
    assert talk.replies[-1].question == question


@pytest.mark.parametrize("question", EVERY_QUESTION)
@pytest.mark.parametrize("kind", ["edit", "voice", "picture", "sticker", ""])
def test_what_cannot_be_taken_is_answered_and_nothing_is_lost(question: str, kind: str) -> None:
    talk = talk_at(question)
    before = talk.snapshot
    talk.hear(UnusableMessage(kind))
    assert talk.snapshot == before
    assert talk.replies[-1].text


@pytest.mark.parametrize("question", EVERY_QUESTION)
def test_a_message_that_is_too_long_is_not_taken_and_that_is_said(question: str) -> None:
    talk = talk_at(question)
    before = talk.snapshot
    talk.say("a" * (SETTING.text_length + 1))
    assert talk.snapshot == before
    assert "2000" in talk.replies[-1].text


@pytest.mark.parametrize("question", EVERY_QUESTION[1:])
def test_an_unknown_command_is_kept_where_words_are_told_and_said_elsewhere(question: str) -> None:
    talk = talk_at(question)
    told = talk.told
    outcome = talk.say("/unknown")
    if outcome.changes:
        assert talk.told == [*told, "/unknown"]
        assert "KEPT_UNKNOWN" in names(outcome)
    else:
        assert names(outcome) == ["UNKNOWN_COMMAND", "ASK"]


@pytest.mark.parametrize("question", EVERY_QUESTION[1:])
def test_a_second_case_is_not_opened_beside_a_conversation(question: str) -> None:
    talk = talk_at(question)
    before = talk.snapshot
    for text in ("/open", "/open a b"):
        assert "TALK_FIRST" in names(talk.say(text))
    assert talk.snapshot == before


def test_words_beside_a_conversation_are_looked_up_and_none_are_awaited() -> None:
    talk = talk_at("story")
    for command in ("withdraw", "erase"):
        outcome = talk.say(f"/{command} a b c d e f g h i j k l")
        assert outcome.lookup is not None
        assert outcome.waiting is None


def test_the_four_words_work_beside_a_conversation() -> None:
    outcome = talk_at("story").say("/withdraw one two three four")
    assert outcome.lookup is not None
    assert outcome.waiting is None  # the next message is the story again


# Without a talk


@pytest.mark.parametrize("text", ["he would not stop", "I was hurt yesterday"])
def test_words_before_a_conversation_are_kept_aside_and_that_is_said(text: str) -> None:
    talk = Talk()
    outcome = talk.say(text)
    assert outcome.lookup is None
    assert names(outcome) == ["HELLO", "ASIDE_FIRST", "ASK"]
    assert talk.question == "bot.safe"
    assert talk.told == []


def test_a_greeting_before_a_conversation_is_answered_with_one() -> None:
    outcome = Talk().say("hello")
    assert not outcome.changes
    assert names(outcome) == ["HELLO"]


@pytest.mark.parametrize("text", ["", "   ", "1 or 2"])
def test_what_says_nothing_is_not_kept_and_that_is_said(text: str) -> None:
    talk = Talk()
    outcome = talk.say(text)
    assert outcome.lookup is None
    assert not outcome.changes
    assert names(outcome) == ["HELLO", "NOT_BEGUN", "ASK"]


@pytest.mark.parametrize("text", ["no", "never mind", "cancel", "No thanks!", "i dont have them"])
@pytest.mark.parametrize("purpose", list(LookupPurpose))
def test_a_clear_answer_ends_that_words_are_awaited(purpose: LookupPurpose, text: str) -> None:
    outcome = Talk().hear(TextMessage(text), waiting=purpose)
    assert outcome.lookup is None
    assert outcome.waiting is None
    assert names(outcome) == ["LEFT_NOTHING"]


@pytest.mark.parametrize("text", ["ok", "that's right", "looks good"])
def test_who_agrees_to_the_overview_sees_the_review(text: str) -> None:
    talk = talk_at("bot.overview")
    talk.say(text)
    assert talk.question == "bot.review"


def test_thanks_with_nothing_open_are_answered_alone() -> None:
    outcome = Talk().say("thank you so much")
    assert [(text.sentence, text.ids) for text in outcome.says] == [("HEARD", ("thanks",))]


def test_stop_leaves_before_a_conversation_and_while_words_are_awaited() -> None:
    for waiting in (None, *LookupPurpose):
        for text in ("stop", "/stop"):
            outcome = decide(view_of(Snapshot()), TextMessage(text), waiting)
            assert names(outcome) == ["LEFT_NOTHING"]
            assert outcome.waiting is None
        unsafe = decide(view_of(Snapshot()), TextMessage("i am not safe"), waiting)
        assert names(unsafe) == ["HELP_LINES"]
        assert not unsafe.says


@pytest.mark.parametrize("waiting", list(LookupPurpose))
@pytest.mark.parametrize("text", sorted(BARE_OUTSIDE_STORIES))
def test_help_and_leaving_need_no_slash_while_words_are_awaited(
    text: str, waiting: LookupPurpose
) -> None:
    view = view_of(Snapshot())
    assert len(text.split()) < CODE_WORDS
    acts = decide(view, TextMessage(f"/{BARE_OUTSIDE_STORIES[text]}"), waiting)
    assert decide(view, TextMessage(f"{text}!"), waiting) == acts


def test_the_welcome_offers_three_ways_on() -> None:
    talk = Talk()
    assert names(talk.say("/start")) == ["HELLO"]
    assert names(talk.say("yes, or")) == ["NOT_NOW"]
    back = talk.say("I was here before")
    assert (names(back), back.waiting) == (["ASK_OPEN"], LookupPurpose.OPEN)
    assert any(isinstance(c, BeginCase) for c in talk.say("1").changes)


@pytest.mark.parametrize("waiting", list(LookupPurpose))
def test_a_picture_among_words_that_are_waited_for_ends_no_waiting(waiting: LookupPurpose) -> None:
    outcome = decide(view_of(Snapshot()), UnusableMessage(""), waiting)
    assert names(outcome) == ["UNUSABLE"]
    assert outcome.waiting is waiting


@pytest.mark.parametrize("waiting", list(LookupPurpose))
def test_words_that_are_waited_for_are_looked_up(waiting: LookupPurpose) -> None:
    outcome = decide(view_of(Snapshot()), TextMessage("some words"), waiting)
    assert outcome.lookup is not None
    assert (outcome.lookup.purpose, outcome.lookup.text) == (waiting, "some words")
    assert outcome.waiting is waiting


@pytest.mark.parametrize("command", sorted(BARE))
def test_every_command_is_answered_wherever_it_is_given(command: str) -> None:
    for snapshot in (Snapshot(), CASE, SHARED_CASE, replace(Snapshot(), held=HELD)):
        outcome = decide(view_of(snapshot), TextMessage(f"/{command}"))
        assert outcome.says or outcome.direct, (command, snapshot)


@pytest.mark.parametrize("command", ["done", "skip", "back", "pause", "words"])
def test_commands_of_a_conversation_ask_again_in_an_opened_case(command: str) -> None:
    assert decide(view_of(CASE), TextMessage(f"/{command}")) == Outcome(says=(ASK,))
    assert names(decide(view_of(Snapshot()), TextMessage(f"/{command}"))) == ["NOTHING_OPEN"]


# Taking back


def test_what_is_held_is_stopped_from_the_same_account_with_one_word() -> None:
    outcome = decide(view_of(Snapshot(held=HELD)), TextMessage("/withdraw"))
    assert outcome.changes == (TakeBack(RevocationBasis.HOLD, (HELD.statement,)),)
    assert names(outcome) == ["HOLD_STOPPED"]
    unkept = decide(view_of(Snapshot(held=replace(HELD, kept=False))), TextMessage("/withdraw"))
    assert names(unkept) == ["HOLD_STOPPED_DELETED"]


def test_a_held_handover_is_stopped_also_beside_a_new_conversation_or_another_case() -> None:
    talk = talk_at("story")
    talk.snapshot = replace(talk.snapshot, held=HELD)
    assert talk.say("/withdraw").changes == (TakeBack(RevocationBasis.HOLD, (HELD.statement,)),)
    other = replace(CASE, held=HELD)
    changes = decide(view_of(other), TextMessage("/withdraw")).changes
    assert changes == (TakeBack(RevocationBasis.HOLD, (HELD.statement,)),)


def test_an_open_hand_over_is_withdrawn_before_an_older_one() -> None:
    both = replace(SHARED_CASE, held=HELD)
    assert decide(view_of(both), TextMessage("/withdraw")).changes == (take_back(ENGLISH),)


def test_without_anything_at_hand_the_words_are_asked_for() -> None:
    asked = {
        "/withdraw": LookupPurpose.WITHDRAW,
        "/erase": LookupPurpose.ERASE,
        "/open": LookupPurpose.OPEN,
    }
    for text, purpose in asked.items():
        assert decide(view_of(Snapshot()), TextMessage(text)).waiting is purpose


# An open case


def test_an_open_case_takes_choices_and_nothing_else() -> None:
    assert names(decide(view_of(CASE), TextMessage("he hit me"))) == ["NOT_ADDED", "ASK"]
    assert names(decide(view_of(CASE), TextMessage("hello"))) == ["ASK"]
    assert names(decide(view_of(CASE), TextMessage("/unknown"))) == ["UNKNOWN_COMMAND", "ASK"]
    assert decide(view_of(CASE), TextMessage("stop")).changes == (CloseCase(),)
    assert decide(view_of(CASE), TextMessage("/start")) == Outcome(says=(ASK,))
    assert names(decide(view_of(CASE), TextMessage("/history"))) == ["HISTORY"]


def test_leaving_says_what_waits() -> None:
    assert names(leave(view_of(Snapshot()))) == ["LEFT_NOTHING"]
    assert names(leave(talk_at("story").view)) == ["LEFT"]
    assert names(leave(talk_at("bot.back").view)) == ["LEFT_SHARED"]


@given(st.sampled_from(EVERY_QUESTION), st.text(max_size=40))
def test_whatever_is_typed_is_answered_and_nothing_told_is_lost(question: str, text: str) -> None:
    talk = talk_at(question)
    told = talk.told
    erasing = question in {"bot.erase", "bot.piece"}
    outcome = talk.say(text)
    assert outcome.says or outcome.direct or not text.strip()
    if not erasing:
        assert set(told) <= set(talk.told) or talk.snapshot.draft is None
