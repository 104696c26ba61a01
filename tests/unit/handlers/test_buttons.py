"""Button tokens: read back in their own moment, and in no other."""

import hmac
import string
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from flows import Step
from handlers.buttons import (
    COMMANDS,
    MOST_OFFERS,
    ButtonTokens,
    Meaning,
    SubmitPress,
    TickPress,
    command_buttons,
)
from handlers.context import View
from handlers.messages import ButtonPress, Offer, Reply, TextMessage, UnresolvedPress
from handlers.reporter.markers import CASE
from handlers.reporter.questions import Question, open_question, step_question
from handlers.sending.questions import render_question
from handlers.texts.english import ENGLISH
from store.model.accounts import Account
from store.model.drafts import Draft, Phase, StoredAnswer
from store.model.permissions import HistoryEntry
from store.model.readers import Reader
from store.model.snapshot import OpenedCase, Snapshot
from tests.unit.handlers.talks import FLOW, HOUR, PLATFORM, READERS, WORDS, Talk, draft, view_of

NOTHING = ButtonPress("", ())
MOST_BYTES = 64
"""Bot API, InlineKeyboardButton: callback_data has 1 to 64 bytes."""
TOKEN_SIGNS = set(string.ascii_letters + string.digits + "-_=")
ANNA, BERTA = Account("chat", "anna", "anna"), Account("chat", "berta", "berta")
BUTTONS = ButtonTokens(partial(hmac.digest, b"the key", digest="sha256"))
FOREIGN = ButtonTokens(partial(hmac.digest, b"another", digest="sha256"))
CHAT = replace(PLATFORM, name="chat", single=True)
OTHER_WORDS = tuple(reversed(WORDS))

STEPS = st.sampled_from(FLOW.steps)
CHOICES = [s for s in FLOW.steps if s.choices and not s.takes_several]
SEVERAL = [s for s in FLOW.steps if s.takes_several]
STORY = FLOW.steps[0]
NEEDS = next(s for s in FLOW.steps if s.id == "needs")


def moment(
    *answers: StoredAnswer, words: Sequence[str] = WORDS, readers: Sequence[Reader] = READERS
) -> View:
    """A talk with these answers."""
    snapshot = Snapshot(draft=draft(*answers), readers=tuple(readers), words=tuple(words))
    return view_of(snapshot, platform=CHAT)


def question_of(step: Step, view: View) -> Question:
    """The step as it is asked, with the readers who can be named."""
    bound = view.settings.flow_of(view.snapshot).step(step.id)
    assert bound is not None
    return step_question(view.settings.flow_of(view.snapshot), (), bound)


def shown(
    question: Question, view: View, who: Account = ANNA, offers: Sequence[Offer] | None = None
) -> Reply:
    """The question with its buttons."""
    plain = Reply(
        "",
        question.id,
        tuple(offers or question.offers),
        commands=command_buttons(ENGLISH, question),
    )
    return BUTTONS.bind(plain, who, view, question)


def tokens(reply: Reply) -> list[str]:
    """All but that of *I'm not safe*, which is the same everywhere."""
    every = (*reply.offers, *reply.commands)
    return [offer.token for offer in every if offer.id != "unsafe"]


def read(token: str, view: View, question: Question, who: Account = ANNA) -> Meaning:
    press = UnresolvedPress(token)
    return BUTTONS.read_anywhere(press, who) or BUTTONS.read(press, who, view, question)


def tick_offers(offers: Sequence[Offer], mask: int) -> tuple[Offer, ...]:
    return tuple(replace(o, ticked=bool(mask >> n & 1)) for n, o in enumerate(offers))


def command(reply: Reply, name: str) -> str:
    return next(c.token for c in reply.commands if c.id == name)


# What is meant


@pytest.mark.parametrize("step", CHOICES, ids=lambda step: str(step.id))
def test_a_choice_is_read_back_as_what_it_was_made_for(step: Step) -> None:
    view = moment()
    question = question_of(step, view)
    for offer in shown(question, view).offers:
        assert read(offer.token, view, question) == ButtonPress(step.id, (offer.id,))


def test_the_programs_own_questions_are_read_back_too() -> None:
    talk = Talk().begin("told")
    for line in ("/stop", "keep", "just keep it", "yes, that's right", "/erase"):
        talk.say(line)
        question = open_question(talk.view)
        for offer in shown(question, talk.view).offers:
            assert read(offer.token, talk.view, question) == ButtonPress(question.id, (offer.id,))


@given(step=STEPS)
def test_a_command_beneath_a_question_is_that_command(step: Step) -> None:
    view = moment()
    question = question_of(step, view)
    for each in shown(question, view).commands:
        if each.id in COMMANDS:
            assert read(each.token, view, question) == TextMessage(f"/{each.id}")


# Ticks


@given(step=st.sampled_from(SEVERAL), data=st.data())
def test_a_press_wants_what_its_picture_did_not_show(step: Step, data: st.DataObject) -> None:
    view = moment()
    question = question_of(step, view)
    mask = data.draw(st.integers(0, 2 ** len(question.offers) - 1))
    number = data.draw(st.integers(0, len(question.offers) - 1))
    offers = tick_offers(question.offers, mask)
    meant = read(shown(question, view, offers=offers).offers[number].token, view, question)
    choice = step.choice(question.offers[number].id)
    if choice is not None and choice.alone:
        assert meant == ButtonPress(step.id, (choice.id,))
    else:
        seen = tuple(o.id for o in offers if o.ticked)
        assert meant == TickPress(offers[number].id, not offers[number].ticked, seen)


@given(step=st.sampled_from(SEVERAL), data=st.data())
def test_that_is_all_knows_what_was_shown_as_ticked(step: Step, data: st.DataObject) -> None:
    view = moment()
    question = question_of(step, view)
    mask = data.draw(st.integers(0, 2 ** len(question.offers) - 1))
    offers = tick_offers(question.offers, mask)
    meant = read(command(shown(question, view, offers=offers), "submit"), view, question)
    assert meant == SubmitPress(tuple(o.id for o in offers if o.ticked))


def test_ticks_leave_every_button_of_their_question_good() -> None:
    view = moment()
    question = question_of(NEEDS, view)
    before = shown(question, view)
    ticked = moment(StoredAnswer("bot.ticked", ("needs", "listen")))
    for token in tokens(before):
        assert read(token, ticked, question) == read(token, view, question) != NOTHING


def test_nothing_for_now_needs_one_tap_whatever_is_ticked() -> None:
    view = moment()
    question = question_of(NEEDS, view)
    now = shown(question, view, offers=tick_offers(question.offers, 0b111))
    (none,) = [o for o in now.offers if o.id == "none"]
    assert read(none.token, view, question) == ButtonPress("needs", ("none",))


@pytest.mark.parametrize("count", [63, 64, 65, 70, MOST_OFFERS - 2])
def test_a_roster_of_many_readers_can_be_ticked_through(count: int) -> None:
    many = [Reader(f"{n:020x}", f"Reader {n}", "", must_pass_on=False) for n in range(count)]
    view = moment(readers=many)
    step = next(s for s in FLOW.steps if s.id == "read")
    question = question_of(step, view)
    now = shown(question, view)
    for number in (1, count // 2, count):
        meant = read(now.offers[number].token, view, question)
        assert isinstance(meant, TickPress)
        offers = [replace(o, ticked=o.id in {*meant.shown, meant.choice}) for o in now.offers]
        now = shown(question, view, offers=offers)
    chosen = SubmitPress((many[0].id, many[count // 2 - 1].id, many[count - 1].id))
    assert read(command(now, "submit"), view, question) == chosen
    assert max(len(token) for token in tokens(now)) <= MOST_BYTES


def test_of_more_offers_than_a_token_can_hold_the_last_can_only_be_typed() -> None:
    offers = tuple(Offer(f"choice {n}", f"Choice {n}") for n in range(MOST_OFFERS + 10))
    question, view = Question("bot.many", offers), moment()
    now = shown(question, view)
    assert [o.id for o in now.offers if not o.token] == [o.id for o in offers[MOST_OFFERS:]]
    last = now.offers[MOST_OFFERS - 1]
    assert read(last.token, view, question) == ButtonPress("bot.many", (last.id,))


# What does not fit its moment


@given(step=STEPS)
def test_somebody_elses_press_is_nothing(step: Step) -> None:
    view = moment()
    question = question_of(step, view)
    for token in tokens(shown(question, view)):
        assert read(token, view, question, BERTA) == NOTHING
        elsewhere = replace(ANNA, platform="another")
        assert read(token, view, question, elsewhere) == NOTHING


@given(first=STEPS, second=STEPS)
def test_a_press_in_another_question_is_nothing(first: Step, second: Step) -> None:
    assume(first.id != second.id)
    view = moment()
    for token in tokens(shown(question_of(first, view), view)):
        assert read(token, view, question_of(second, view)) == NOTHING


CHANGED = [
    moment(StoredAnswer("story", (), ("ab",))),
    moment(StoredAnswer("bot.stop")),
    moment(words=OTHER_WORDS),
    view_of(replace(moment().snapshot, draft=draft(phase=Phase.REVIEW)), platform=CHAT),
    view_of(replace(moment().snapshot, draft=Draft("another", "en")), platform=CHAT),
]


@given(step=STEPS, later=st.sampled_from(CHANGED))
def test_an_answer_that_was_offered_before_something_changed_is_nothing(
    step: Step, later: View
) -> None:
    view = moment()
    question = question_of(step, view)
    now = shown(question, view)
    answers = [c.token for c in now.commands if c.id not in {*COMMANDS, "unsafe"}]
    for token in [*(o.token for o in now.offers), *answers]:
        assert read(token, later, question) == NOTHING


def test_an_answer_is_nothing_once_other_choices_stand_beside_it() -> None:
    view, fewer = moment(), moment(readers=READERS[:2])
    step = next(s for s in FLOW.steps if s.id == "read")
    for offer in shown(question_of(step, view), view).offers:
        assert read(offer.token, fewer, question_of(step, fewer)) == NOTHING


def test_a_button_of_one_opened_case_does_nothing_in_another() -> None:
    kept = OpenedCase((), (HistoryEntry(1, "keep", (), revoked=False),))
    one = view_of(Snapshot(opened=kept, words=WORDS), platform=CHAT)
    other = view_of(Snapshot(opened=kept, words=OTHER_WORDS), platform=CHAT)
    question = open_question(one)
    assert question.id == CASE
    for token in tokens(shown(question, one)):
        assert read(token, other, open_question(other)) == NOTHING


@given(step=STEPS, data=st.data())
def test_a_token_with_one_bit_flipped_is_nothing(step: Step, data: st.DataObject) -> None:
    view = moment()
    question = question_of(step, view)
    token = data.draw(st.sampled_from(tokens(shown(question, view)) or [""]))
    assume(token)
    raw = bytearray(token, "ascii")
    bit = data.draw(st.integers(0, 8 * len(raw) - 1))
    raw[bit // 8] ^= 1 << bit % 8
    assert read(raw.decode("latin-1"), view, question) == NOTHING


@given(step=STEPS, more=st.text(min_size=1, max_size=8))
def test_a_token_with_something_added_is_nothing(step: Step, more: str) -> None:
    view = moment()
    question = question_of(step, view)
    for token in tokens(shown(question, view)):
        assert read(token + more, view, question) == NOTHING
        assert read(more + token, view, question) == NOTHING


@given(step=STEPS)
def test_a_token_of_a_foreign_key_is_nothing(step: Step) -> None:
    view = moment()
    question = question_of(step, view)
    plain = Reply("", question.id, question.offers, commands=command_buttons(ENGLISH, question))
    for token in tokens(FOREIGN.bind(plain, ANNA, view, question)):
        assert read(token, view, question) == NOTHING


@given(step=STEPS, token=st.text(st.characters(categories=None)) | st.just(""))
def test_garbage_is_nothing_and_no_error(step: Step, token: str) -> None:
    view = moment()
    assert read(token, view, question_of(step, view)) == NOTHING


@given(token=st.text("ABCDwxyz0189-_=", max_size=MOST_BYTES))
def test_what_only_looks_like_a_token_is_nothing(token: str) -> None:
    view = moment()
    assert read(token, view, question_of(NEEDS, view)) == NOTHING


# What can be seen in it


@given(step=STEPS, mask=st.integers(0, 63))
def test_a_token_fits_a_chat_and_is_plain_ascii(step: Step, mask: int) -> None:
    view = moment()
    question = question_of(step, view)
    offers = tick_offers(question.offers, mask)
    for token in tokens(shown(question, view, offers=offers)):
        assert 0 < len(token) <= MOST_BYTES
        assert set(token) <= TOKEN_SIGNS


@given(step=STEPS)
def test_a_token_reveals_nothing_without_the_key(step: Step) -> None:
    view = moment()
    question = question_of(step, view)
    mine = tokens(shown(question, view))
    of_another = tokens(shown(question, view, BERTA))
    assert len({*mine, *of_another}) == len(mine) + len(of_another)
    assert len({len(token) for token in (*mine, *of_another)}) <= 1
    for token in mine:
        assert step.id not in token
        assert ANNA.name not in token


def test_the_same_moment_gives_the_same_tokens() -> None:
    view = moment()
    question = question_of(NEEDS, view)
    assert tokens(shown(question, view)) == tokens(shown(question, view))


def test_tokens_do_not_reveal_ticks_either() -> None:
    view = moment()
    question = question_of(NEEDS, view)
    seen = {
        token
        for mask in range(2 ** len(question.offers))
        for token in tokens(shown(question, view, offers=tick_offers(question.offers, mask)))
        if token
    }
    skips = 1  # it belongs to the question, whatever is ticked
    assert len(seen) >= 2 ** len(question.offers) * (len(question.offers) + 1) + skips


def test_neither_a_key_nor_a_token_is_printed() -> None:
    view = moment()
    now = shown(question_of(NEEDS, view), view)
    assert "key" not in repr(BUTTONS)
    assert not [
        token for token in tokens(now) if token in repr(now) + repr(UnresolvedPress(token))
    ]


# "Done"


def test_done_stays_good_while_the_story_grows() -> None:
    view = moment()
    done = command(shown(question_of(STORY, view), view), "done")
    for count in range(5):
        grown = moment(StoredAnswer("story", (), tuple("abcde"[:count]), closed=False))
        assert read(done, grown, question_of(STORY, grown)) == TextMessage("/done")


def test_done_of_the_story_is_nothing_in_the_next_question_or_conversation() -> None:
    view = moment()
    done = command(shown(question_of(STORY, view), view), "done")
    for step in FLOW.steps[1:]:
        assert read(done, view, question_of(step, view)) == NOTHING
    next_talk = moment(words=OTHER_WORDS)  # begun in the same hour
    assert read(done, next_talk, question_of(STORY, next_talk)) == NOTHING
    later = replace(next_talk.snapshot, draft=replace(draft(), ends=HOUR + 999))
    assert read(done, view_of(later), question_of(STORY, next_talk)) == NOTHING


# What is offered


def test_each_question_offers_what_it_can_take() -> None:
    view = moment()
    names = {
        s.id: [o.id for o in command_buttons(ENGLISH, question_of(s, view))] for s in FLOW.steps
    }
    moves = ["back", "pause", "unsafe"]
    assert names["story"] == names["wish"] == ["done", "skip", *moves]
    assert names["needs"] == ["submit", "skip", *moves]
    assert names["fate"] == ["skip", *moves]
    assert [o.id for o in command_buttons(ENGLISH, Question("bot.stop"))] == moves
    assert [o.id for o in command_buttons(ENGLISH, Question("bot.code"))] == ["pause", "unsafe"]
    assert [o.id for o in command_buttons(ENGLISH, Question("bot.safe"))] == ["unsafe"]


def test_a_question_is_rendered_with_the_commands_that_are_bound() -> None:
    talk = Talk().begin("told")
    reply = render_question(talk.view)
    assert reply is not None
    bound = BUTTONS.bind(reply, ANNA, talk.view, open_question(talk.view))
    assert all(tokens(bound))
    assert [o.label for o in bound.offers] == [o.label for o in reply.offers]
