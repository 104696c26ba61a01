"""Talks in a chat: what is cleaned when, changed, pressed late, sent late, or not at all."""

import asyncio
import gc
import random
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from bot.runtime.conversations import Conversations
from handlers.context import View
from handlers.messages import EditedMessage, Reply, TextMessage, UnresolvedPress
from handlers.ports.messenger import MessageRefused, RecipientGone, Undelivered
from handlers.repeated_taps import REPEATED_WITHIN
from handlers.reporter.markers import (
    ASIDE,
    REVIEW,
    TICKED,
    UNSHOWN,
    flow_answers,
    without_markers,
)
from handlers.reporter.questions import open_question
from handlers.reporter.typed_text import NOT_SAFE_TOKEN
from handlers.sending.chat_cleaner import MOST_FAILURES
from handlers.texts.english import ENGLISH
from store.cases.case_store import CaseStore
from store.cases.drafts import DraftRepository
from store.crypto import cbor
from store.crypto.age import file as age
from store.crypto.document import Document
from store.model.accounts import Account
from store.model.changes import SaveDraft
from store.model.drafts import Draft
from store.model.errors import Tampered
from store.model.outbox import SentMessages
from store.model.snapshot import Snapshot
from store.model.turn import TurnResult
from tests.rig import Rig
from tests.talk_script import FILLS
from tests.unit.handlers.chats import CHAT, Chat, Phone, account, buttons_of
from tests.unit.handlers.talks import FLOW

TAP_DONE = ENGLISH.labels["do.tap_done"]
SAVED = ENGLISH.telling.ack.format(done=TAP_DONE)
LASTING = ("Your take-back code", "Your twelve words")
TWO_WORDS = "{two words}"
AWAY = Undelivered("the platform is away")


@pytest.fixture(name="anna")
def _anna(rig: Rig) -> Phone:
    return Phone(rig)


def lasting(phone: Phone) -> int:
    """How many messages with a code or words stand in the chat."""
    return sum(text.startswith(LASTING) for text in phone.texts())


async def traces(phone: Phone) -> int:
    return (await phone.rig.rows())["deletable_message"]


async def swept(conversations: Conversations) -> None:
    """Delete what is ageing, as send queues do: who is gone holds up nobody else."""
    for effect in await conversations.cleaner.find_ageing():
        with suppress(RecipientGone, MessageRefused):
            await conversations.dispatcher.dispatch(effect)


async def sweep(phone: Phone, **later: float) -> None:
    await phone.rig.pass_time(**later)
    async with phone.running() as conversations:
        await swept(conversations)


async def test_as_i_go_what_was_not_taken_stays_until_the_next_answer(anna: Phone) -> None:
    await anna.begin("go", "told")
    await anna.press("done")
    await anna.type("words that are no choice")
    assert anna.own() == ["words that are no choice"]
    await anna.press("keep")
    assert anna.own() == []


async def draft_of(phone: Phone) -> Draft | None:
    async with phone.running() as conversations:
        return (await conversations.snapshots.read(phone.who)).snapshot.draft


# As we go


async def test_as_i_go_a_message_goes_before_the_next_question_comes(anna: Phone) -> None:
    await anna.begin("go", "told")
    assert anna.own() == []
    await anna.press("done", "read", "none")
    wish = await anna.type("a wish")
    await anna.press("done")
    (asked,) = [m for m, r in anna.shown() if r.question == "person"]
    assert anna.chat.when("deleted", wish) < anna.chat.when("sent", asked)


async def test_as_i_go_a_message_goes_before_its_burst_is_over(anna: Phone) -> None:
    await anna.begin("go")
    async with anna.running() as conversations:
        for number in range(3):
            message = anna.chat.typed(anna.who, f"line {number}")
            await conversations.receive(
                anna.incoming(TextMessage(f"line {number}"), message=message)
            )
            assert anna.own() == []
    assert await anna.pieces() == ["line 0", "line 1", "line 2"]


async def test_as_i_go_a_question_goes_when_it_was_answered(anna: Phone) -> None:
    await anna.begin("go")
    assert [r.question for _, r in anna.shown()] == ["story"]
    await anna.type("told")
    assert anna.texts() == [SAVED]
    for answer, question in (("done", "fate"), ("read", "needs"), ("none", "wish")):
        await anna.press(answer)
        assert [r.question for _, r in anna.shown()] == [question]


@pytest.mark.parametrize("asked", ["/unsafe", "/help", "/privacy"])
async def test_as_i_go_help_that_was_asked_for_stays_to_be_read(anna: Phone, asked: str) -> None:
    await anna.begin("go", "told")
    async with anna.running() as conversations:
        for text in ("in a burst", asked, "and on"):
            await conversations.receive(
                anna.incoming(TextMessage(text), message=anna.chat.typed(anna.who, text))
            )
    assert len(anna.texts()) == 1
    await anna.type("/done")
    assert len(anna.texts()) == 2
    await anna.type("/pause")
    assert len(anna.texts()) == 1


async def test_as_i_go_an_open_question_stays_while_something_else_is_said(anna: Phone) -> None:
    await anna.begin("go")
    for text in ("/permissions", "/language", "/add", "/show 3", "a" * 20_001):
        await anna.type(text)
        assert anna.button("done")
    assert "a" * 20_001 in anna.own()  # it was not taken, so it is theirs to cut up
    await anna.press("done")
    await anna.press("skip")
    assert anna.own() == []


async def test_as_i_go_there_is_always_a_button_to_go_on(anna: Phone) -> None:
    await anna.begin("go")
    for text in ("told", "help", "/unknown", "be\x07ll", "I am not safe"):
        await anna.type(text)
        assert anna.button("done")
        assert anna.own() == []
    await anna.press("done")
    await anna.type("/back")
    assert [r.text for _, r in anna.shown() if buttons_of(r)] == [
        ENGLISH.telling.add_more.format(done=TAP_DONE)
    ]
    await anna.press("done")
    assert anna.question == "fate"


async def test_as_i_go_each_secret_stays_until_it_was_written_down(anna: Phone) -> None:
    await anna.begin("go", "told")
    await anna.share("Oak", keep=True)
    assert lasting(anna) == 0
    await anna.press("words")
    assert lasting(anna) == 1
    assert ENGLISH.recovery.words_disappear in anna.texts()[-1]
    await anna.type("not these")
    await anna.type("/help")
    assert lasting(anna) == 1
    shown = next(t for t in anna.texts() if t.startswith(LASTING))
    await anna.type(FILLS["two words"](shown))
    (code,) = anna.texts()  # the words have gone, and what was asked for beside them
    assert code.startswith("Your take-back code")
    assert ENGLISH.recovery.code_disappears in code
    await anna.type("/start")
    assert lasting(anna) == 1
    await anna.press("have")
    assert len(anna.texts()) == 1
    assert anna.texts()[0].startswith(ENGLISH.leaving.until_words_shared.partition("{")[0])
    assert anna.own() == []


# At the end

ENDS = {
    "goodbye": (("done", "keep", "right", "keep", TWO_WORDS), "have"),
    "erased": (("/erase",), "yes"),
    "paused": ((), "/pause"),
}


async def do(phone: Phone, act: str) -> None:
    """A command is typed, a choice is pressed."""
    if act == TWO_WORDS:
        await phone.type(FILLS["two words"](phone.texts()[-1]))
    else:
        await (phone.type(act) if act.startswith("/") else phone.press(act))


@pytest.mark.parametrize("end", ENDS)
async def test_at_the_end_everything_goes_and_nothing_before(anna: Phone, end: str) -> None:
    await anna.begin("end", "told")
    before, last_act = ENDS[end]
    for act in ("/start", *before):
        await do(anna, act)
    assert not [e for e in anna.chat.log if e[0] == "deleted"]
    await do(anna, last_act)
    assert anna.own() == []
    assert len(anna.texts()) == 1
    last = next(m for m, _ in anna.shown())
    gone = [n for n, e in enumerate(anna.chat.log) if e[0] == "deleted"]
    assert gone
    assert max(gone) < anna.chat.when("sent", last)
    assert min(gone) > max(n for n, e in enumerate(anna.chat.log) if e[0] == "typed")


async def test_a_talk_that_waits_shows_its_code_again(anna: Phone) -> None:
    await anna.begin("end", "told")
    await anna.share("Oak", keep=False)
    code = anna.code()
    await anna.type("/pause")
    assert lasting(anna) == 0
    await anna.type("/start")
    assert anna.code() == code
    assert anna.question == "bot.code"


# I'll do it myself


async def test_i_do_it_myself_and_nothing_is_deleted_or_remembered(anna: Phone) -> None:
    await anna.begin("self", "told")
    assert await traces(anna) == 0
    await anna.share("Oak", keep=True)
    await anna.give_back()
    assert await traces(anna) == 0
    await sweep(anna, hours=45)
    assert not [e for e in anna.chat.log if e[0] == "deleted"]
    assert "told" in anna.own()


@pytest.mark.parametrize("slow", [False, True])
async def test_a_talk_that_begins_while_the_last_one_is_answered_is_cleaned(
    anna: Phone, *, slow: bool
) -> None:
    await anna.begin("self", "told")
    async with anna.staying() as conversations:

        async def process(text: str) -> None:
            message = anna.chat.typed(anna.who, text)
            incoming = anna.incoming(TextMessage(text), message=message)
            await conversations.processor.process(incoming)

        await process("more of it")
        gate = asyncio.Event()
        anna.chat.gate = gate if slow else None
        sending = asyncio.create_task(conversations.settle(anna.who))
        await (anna.chat.taken.wait() if slow else sending)
        for text in ("/erase", "2", "/start", "is this read?"):
            await process(text)
        anna.chat.gate = None
        gate.set()
        await sending
        await conversations.settle(anna.who)
    await anna.press("go", "go")
    assert anna.own() == ["/start", "told", "more of it", "/erase", "2"]


async def test_what_came_before_the_choice_is_covered_by_it(rig: Rig) -> None:
    for choice, left in (("go", 1), ("end", 3), ("self", 3)):
        phone = Phone(rig, who=account(choice))
        await phone.begin(choice)
        assert len(phone.shown()) == left, choice  # hello, shall it be cleaned, story
        await sweep(phone, hours=45)
        assert len(phone.shown()) == (3 if choice == "self" else 0), choice


async def test_leaving_before_the_choice_cleans_the_chat(anna: Phone) -> None:
    await anna.type("/start")
    await anna.press("go")
    await anna.type("/erase")
    await anna.press("yes")
    assert len(anna.texts()) == 1
    assert anna.own() == []


# Soon too old


@pytest.mark.parametrize("cleaning", ["go", "end"])
async def test_what_will_soon_be_too_old_goes_with_a_draft(anna: Phone, cleaning: str) -> None:
    await anna.begin(cleaning, "told")
    standing = len(anna.chat.standing)
    await sweep(anna, hours=43)
    assert len(anna.chat.standing) == standing
    await sweep(anna, hours=1)
    assert not anna.chat.standing
    assert await traces(anna) == 0
    assert await anna.pieces() == ["told"]
    await anna.type("more")
    assert await anna.pieces() == ["told", "more"]


async def test_what_will_soon_be_too_old_goes_without_a_draft(anna: Phone) -> None:
    await anna.type("/start")
    await anna.begin("end", "told")
    await anna.share("Oak", keep=True)
    await anna.give_back()
    assert await draft_of(anna) is None
    assert len(anna.chat.standing) == 1
    await sweep(anna, hours=45)
    assert not anna.chat.standing


async def test_words_and_codes_are_swept_too(anna: Phone) -> None:
    await anna.begin("end", "told")
    await anna.share("Oak", keep=True)
    await anna.press("words")
    assert lasting(anna) == 1
    await sweep(anna, hours=45)
    assert lasting(anna) == 0


async def test_a_sweep_takes_only_what_is_old(anna: Phone) -> None:
    await anna.begin("end", "told")
    await anna.rig.pass_time(hours=40)
    await anna.type("told late")
    await sweep(anna, hours=5)
    assert anna.own() == ["told late"]
    assert anna.texts() == [SAVED]


async def test_somebody_who_is_gone_does_not_keep_others_from_being_swept(rig: Rig) -> None:
    chat = Chat()
    phones = [Phone(rig, chat, account(name)) for name in ("anna", "berta", "clara")]
    for phone in phones:
        await phone.begin("end", "told")
    chat.broken = {"anna": RecipientGone("blocked"), "clara": MessageRefused("no such chat")}
    await sweep(phones[0], hours=45)
    assert not phones[1].own()
    chat.broken.clear()
    assert await traces(phones[0]) == 0
    assert await phones[0].pieces() == ["told"]


async def test_a_sweep_that_is_cut_off_goes_on_later(anna: Phone) -> None:
    await anna.begin("end", "told")
    anna.chat.broken = {"anna": AWAY}
    with pytest.raises(Undelivered):
        await sweep(anna, hours=45)
    anna.chat.broken.clear()
    await sweep(anna)
    assert not anna.chat.standing


# What could not be deleted


def said_to_stay(phone: Phone) -> list[str]:
    """What was said about messages that stay, at any time."""
    stays = (*(ENGLISH.chat.uncleaned.format(n) for n in range(1, 40)),)
    return [r.text for r in phone.chat.said.values() if r.text in stays]


async def test_what_could_not_be_deleted_is_said_once_with_its_number(anna: Phone) -> None:
    await anna.begin("end")
    for number in range(3):
        anna.chat.stuck.add(await anna.type(f"told {number}"))
    await anna.type("/pause")
    assert said_to_stay(anna) == [ENGLISH.chat.uncleaned.format(3)]
    assert anna.texts()[-1] == ENGLISH.chat.uncleaned.format(3)
    assert anna.shown()[-1][1].silent
    await anna.type("/start", "/pause")
    await sweep(anna, hours=45)
    assert len(said_to_stay(anna)) == 1


async def test_one_message_that_stays_is_one(anna: Phone) -> None:
    await anna.begin("go")
    message = anna.chat.typed(anna.who, "told")
    anna.chat.stuck.add(message)
    await anna.hear(anna.incoming(TextMessage("told"), message=message))
    assert said_to_stay(anna) == [ENGLISH.chat.uncleaned.format(1)]


async def test_a_sweep_says_what_stays(anna: Phone) -> None:
    await anna.begin("end")
    anna.chat.stuck.add(await anna.type("told"))
    anna.chat.faults.append(AWAY)
    with pytest.raises(Undelivered):
        await sweep(anna, hours=45)
    await deliver(anna)
    assert said_to_stay(anna) == [ENGLISH.chat.uncleaned.format(1)]


async def deliver(phone: Phone) -> None:
    """The program was started anew, and everything that waits is sent."""
    async with phone.running() as conversations:
        for who in await conversations.send_queues.outbox.waiting_accounts(
            phone.chat.platform.name
        ):
            await conversations.sender.send_waiting(who, quiet=True, late=True)


class CutOff(BaseException):
    """The program ended here: nobody catches it on the way."""


@dataclass
class Knife:
    """Ends the program at one point, counted from when it is sharp."""

    at: int
    passed: int = -1
    point: str = ""
    unconfirmed: bool = False
    """Something was sent, and it is not on the disk yet that it was."""

    def cut(self, point: str) -> None:
        if self.passed >= 0 and not self.point:
            self.unconfirmed = point == "sent" or (self.unconfirmed and point != "committed")
            self.passed += 1
            if self.passed > self.at:
                self.point = point
                raise CutOff


async def test_what_stays_is_said_once_wherever_the_program_ends(anna: Phone) -> None:
    ends = set()
    for at in range(60):
        phone = Phone(anna.rig, who=account(f"somebody {at}"))
        async with phone.staying():
            await phone.begin("end")
            phone.chat.stuck |= {await phone.type("one"), await phone.type("two")}
        knife = Knife(at)
        phone.rig.hook = knife.cut
        pause = phone.incoming(
            TextMessage("/pause"), message=phone.chat.typed(phone.who, "/pause")
        )
        with suppress(CutOff):
            async with phone.running() as conversations:
                knife.passed = 0
                await conversations.receive(pause)
        phone.rig.hook = None
        await phone.hear(pause)
        await deliver(phone)
        twice = knife.unconfirmed
        assert set(said_to_stay(phone)) == {ENGLISH.chat.uncleaned.format(2)}, knife
        assert len(said_to_stay(phone)) <= 1 + twice, knife
        assert phone.own() == ["one", "two"], knife
        ends.add(knife.point)
        if not knife.point:
            break
    assert ends >= {"", "commit", "committed", "send", "sent"}


async def test_everybody_hears_what_stays_where_no_message_is_ever_too_old(rig: Rig) -> None:
    chat = Chat(platform=replace(CHAT, deletable_hours=None))
    anna, berta = (Phone(rig, chat, account(name)) for name in ("anna", "berta"))
    for phone in (anna, berta):
        await phone.begin("end")
        chat.stuck.add(await phone.type("told"))
        await phone.type("/pause")
    assert said_to_stay(berta) == [ENGLISH.chat.uncleaned.format(1)] * 2


async def attempts(phone: Phone, most: int) -> int:
    """How often sending was tried until it went."""
    for tries in range(1, most + 1):
        with suppress(Undelivered):
            await deliver(phone)
            return tries
    return most


async def test_a_cleaning_that_never_works_does_not_hold_back_a_chat_for_ever(
    anna: Phone,
) -> None:
    async with anna.staying() as conversations:
        await anna.begin("go", "told")
        anna.chat.broken = {"anna": AWAY}
        on, token = anna.button("done")
        await conversations.processor.process(anna.incoming(UnresolvedPress(token), on=on))
        assert await attempts(anna, 20) == MOST_FAILURES + 1
        assert anna.question == "fate"
        assert len(said_to_stay(anna)) == 1


async def test_nothing_is_said_to_stay_while_the_whole_platform_is_away(anna: Phone) -> None:
    async with anna.staying() as conversations:
        await anna.begin("go", "told")
        before = {name for name, _ in anna.shown()}
        anna.chat.broken = {"anna": AWAY}
        anna.chat.faults.extend([AWAY] * 10)
        on, token = anna.button("done")
        await conversations.processor.process(anna.incoming(UnresolvedPress(token), on=on))
        assert await attempts(anna, 8) == 8
        anna.chat.broken.clear()
        anna.chat.faults.clear()
        await deliver(anna)
        assert anna.question == "fate"
        assert said_to_stay(anna) == []
        assert not before & {name for name, _ in anna.shown()}


# Words that open


async def kept(phone: Phone, cleaning: str) -> tuple[tuple[str, ...], str]:
    """A kept case that was handed over; its words and its code."""
    await phone.begin(cleaning, "told")
    await phone.share("Oak", keep=True)
    twelve = await phone.type_two_words()
    code = phone.code()
    await phone.press("have")
    return twelve, code


@pytest.mark.parametrize("cleaning", ["go", "end", "self"])
async def test_words_that_were_typed_are_deleted_at_once(anna: Phone, cleaning: str) -> None:
    twelve, code = await kept(anna, cleaning)
    typed = " ".join(twelve)
    for lines in (["/open", typed], [typed], [f"/open {typed}"], [f"/withdraw {code}"]):
        async with anna.staying():
            last = await anna.type(*lines)
            assert last not in anna.chat.standing
            await anna.type("/stop")
    for lines in (["/withdraw", typed[:-2]], ["/open abandon ability"], [f"/erase {code}"]):
        async with anna.staying():
            last = await anna.type(*lines)
            assert last not in anna.chat.standing
    assert not [text for text in anna.own() if code in text or typed in text]


async def test_words_are_deleted_before_anything_is_answered(anna: Phone) -> None:
    twelve, _ = await kept(anna, "self")
    await anna.type("/start")
    message = await anna.type(" ".join(twelve))
    (menu,) = [m for m, r in anna.shown() if r.question == "bot.case"]
    assert anna.chat.when("deleted", message) < anna.chat.when("sent", menu)


@pytest.mark.parametrize("asked", [True, False])
async def test_words_are_deleted_although_the_program_ends_right_after_their_turn(
    anna: Phone, *, asked: bool
) -> None:
    twelve, _ = await kept(anna, "self")
    words = " ".join(twelve)
    text = words if asked else f"/open {words}"
    message = anna.chat.typed(anna.who, text)
    async with anna.running() as conversations:
        if asked:
            await conversations.processor.process(anna.incoming(TextMessage("/open")))
        await conversations.processor.process(anna.incoming(TextMessage(text), message=message))
    assert message in anna.chat.standing
    await deliver(anna)
    assert message not in anna.chat.standing


async def test_words_that_could_not_be_deleted_are_said_to_stay(anna: Phone) -> None:
    twelve, _ = await kept(anna, "self")
    message = anna.chat.typed(anna.who, f"/open {' '.join(twelve)}")
    anna.chat.stuck.add(message)
    said = await anna.hear(
        anna.incoming(TextMessage(f"/open {' '.join(twelve)}"), message=message)
    )
    assert [r.text for r in said].count(ENGLISH.recovery.words_stay) == 1
    assert "bot.case" in {r.question for r in said}
    await deliver(anna)
    assert all_said(anna).count(ENGLISH.recovery.words_stay) == 1


async def test_words_that_a_turn_gave_up_are_deleted_too(anna: Phone) -> None:
    message = anna.chat.typed(anna.who, "/open one two three")
    async with anna.running() as conversations:
        incoming = anna.incoming(TextMessage("/open one two three"), message=message)
        await conversations.processor.give_up(incoming)
        await conversations.sender.send_waiting(anna.who, quiet=True)
    assert message not in anna.chat.standing


def all_said(phone: Phone) -> list[str]:
    return [reply.text for reply in phone.chat.said.values()]


async def test_words_whose_deletion_never_works_hold_nothing_up_and_are_said_once(
    anna: Phone,
) -> None:
    twelve, _ = await kept(anna, "self")
    async with anna.staying():
        anna.chat.broken = {"anna": AWAY}
        message = await anna.type(f"/open {' '.join(twelve)}")
        assert anna.question == "bot.case"
        for _ in range(10):
            await deliver(anna)
        assert all_said(anna).count(ENGLISH.recovery.words_stay) == 1
        anna.chat.broken.clear()
        await deliver(anna)
        assert message not in anna.chat.standing
        assert all_said(anna).count(ENGLISH.recovery.words_stay) == 1


async def test_words_are_not_said_to_stay_while_the_whole_platform_is_away(anna: Phone) -> None:
    twelve, _ = await kept(anna, "self")
    async with anna.staying():
        anna.chat.broken = {"anna": AWAY}
        anna.chat.faults.extend([AWAY] * 10)
        with suppress(Undelivered):
            await anna.type(f"/open {' '.join(twelve)}")
        for _ in range(9):
            with suppress(Undelivered):
                await deliver(anna)
        anna.chat.broken.clear()
        anna.chat.faults.clear()
        await deliver(anna)
        assert anna.question == "bot.case"
    assert ENGLISH.recovery.words_stay not in all_said(anna)
    assert not [text for text in anna.own() if " ".join(twelve) in text]


# Changed messages


async def test_a_changed_message_is_kept_with_its_new_words_only(anna: Phone) -> None:
    await anna.begin("end", "first")
    message = await anna.type("the olden words")
    await anna.type("last")
    (said,) = await anna.edit(message, "the new words")
    assert said.text == ENGLISH.telling.edited
    assert await anna.pieces() == ["first", "the new words", "last"]
    await anna.share("Oak", keep=False)
    (code,) = await anna.rig.inbox("Oak")
    report = anna.rig.open("Oak", await anna.rig.fetch("Oak", code)).text
    told = [line for line in report.splitlines() if line in {"first", "the new words", "last"}]
    assert told == ["first", "the new words", "last"]
    assert "olden" not in report


async def test_a_message_can_be_changed_again_and_again(anna: Phone) -> None:
    await anna.begin("end")
    message = await anna.type("one")
    for text in ("two", "three", "one"):
        await anna.edit(message, text)
        assert await anna.pieces() == [text]


async def test_the_same_change_counts_once(anna: Phone) -> None:
    await anna.begin("end")
    message = await anna.type("one")
    first = anna.incoming(EditedMessage("two", message))
    assert len(await anna.hear(first)) == 1
    await anna.edit(message, "three")
    assert await anna.hear(first) == []
    assert await anna.pieces() == ["three"]


@pytest.mark.parametrize("text", ["", "  ", "\x07", "/erase", "/unknown", "stop", "help"])
async def test_a_change_to_what_is_no_telling_changes_nothing(anna: Phone, text: str) -> None:
    await anna.begin("end")
    message = await anna.type("told")
    said = await anna.edit(message, text)
    assert await anna.pieces() == ["told"]
    if text in {"/erase", "stop"}:  # these act
        assert said[0].text == ENGLISH.telling.edit_stands
        assert anna.question == f"bot.{text.removeprefix('/')}"
    else:
        kind = "edit_command" if text.isprintable() and text.strip() else "edit_empty"
        *helped, refused = [reply.text for reply in said]
        assert refused == ENGLISH.refusals.unusable[kind]
        assert len(helped) == (text == "help")  # whatever becomes of it
        assert anna.question == "story"


async def test_a_message_that_was_too_long_is_taken_when_it_is_edited_shorter(
    anna: Phone,
) -> None:
    async with anna.staying():
        await anna.begin("end")
        message = await anna.type("a" * 20_001)
        assert await anna.pieces() == []
        (said,) = await anna.edit(message, "b" * 20_001)
        assert "20000" in said.text
        (said,) = await anna.edit(message, "shorter")
        assert said.text == SAVED
        (said,) = await anna.edit(message, "shorter still")
        assert said.text == ENGLISH.telling.edited
        assert await anna.pieces() == ["shorter still"]


async def test_after_a_restart_it_is_asked_for_once_more(anna: Phone) -> None:
    await anna.begin("end")
    message = await anna.type("a" * 20_001)
    (said,) = await anna.edit(message, "shorter")
    assert said.text == ENGLISH.refusals.unusable["edit_new"]
    assert await anna.pieces() == []


async def test_a_change_that_is_too_long_changes_nothing(anna: Phone) -> None:
    await anna.begin("end")
    message = await anna.type("told")
    (said,) = await anna.edit(message, "a" * 20_001)
    assert "20000" in said.text
    assert await anna.pieces() == ["told"]


async def test_a_change_of_a_question_that_is_closed_changes_nothing(anna: Phone) -> None:
    await anna.begin("end")
    story = await anna.type("told")
    await anna.press("done", "read", "none")
    wish = await anna.type("a wish")
    await anna.press("done")
    for message in (story, wish):
        (said,) = await anna.edit(message, "something else")
        assert said.text == ENGLISH.refusals.unusable["edit"]
    assert await anna.pieces() == ["told", "a wish"]
    await anna.type("/back")
    (said,) = await anna.edit(wish, "another wish")
    assert said.text == ENGLISH.telling.edited
    assert await anna.pieces() == ["told", "another wish"]


async def test_a_change_of_what_was_left_out_brings_nothing_back(anna: Phone) -> None:
    await anna.begin("end", "first")
    message = await anna.type("second")
    await anna.type("/show 2")
    await anna.press("out")
    (said,) = await anna.edit(message, "second again")
    assert said.text == ENGLISH.refusals.unusable["edit_new"]
    assert await anna.pieces() == ["first"]


async def test_a_change_without_a_talk_or_of_no_message_of_it_changes_nothing(
    anna: Phone,
) -> None:
    (said,) = await anna.edit(anna.chat.typed(anna.who, "before"), "before all")
    assert said.text == ENGLISH.refusals.unusable["edit_nothing"]
    await anna.begin("end", "told")
    start = next(name for name, (_, what) in anna.chat.standing.items() if what == "/start")
    (said,) = await anna.edit(start, "other words")
    assert said.text == ENGLISH.refusals.unusable["edit_new"]
    assert await anna.pieces() == ["told"]


# Ticks and buttons


async def test_ticks_stand_on_their_message_and_nothing_else_is_sent(anna: Phone) -> None:
    await anna.begin("end", "told")
    await anna.press("done", "read")
    sends = anna.chat.sends
    await anna.press("listen", "know", "listen")
    (now,) = [r for _, r in anna.shown() if r.question == "needs"]
    assert [o.id for o in now.offers if o.ticked] == ["know"]
    assert anna.chat.sends == sends
    await anna.press("submit")
    draft = await draft_of(anna)
    assert draft is not None
    assert next(a for a in draft.answers if a.step == "needs").choices == ("know",)


async def taps(phone: Phone, *choices: str) -> list[Reply]:
    """Taps on one picture, faster than it changes; all that was said for them."""
    pressed = [phone.button(choice) for choice in choices]
    return [
        reply
        for on, token in pressed
        for reply in await phone.hear(phone.incoming(UnresolvedPress(token), on=on))
    ]


async def forget_ticks(phone: Phone) -> None:
    """Leave the draft as a version before would have left it."""
    draft = await draft_of(phone)
    assert draft is not None
    saved = SaveDraft(without_markers(draft, TICKED))
    async with phone.rig.house() as house:
        await house.stores.cases.commit(phone.who, "by hand", (saved,), (), phone.rig.clock())


async def answered(phone: Phone, step: str) -> tuple[str, ...]:
    draft = await draft_of(phone)
    assert draft is not None
    return next(a.choices for a in draft.answers if a.step == step)


async def test_ticks_that_outrun_the_picture_all_count(anna: Phone) -> None:
    await anna.begin("end", "told")
    await anna.press("done", "read")
    await taps(anna, "listen", "know", "listen")
    (now,) = [r for _, r in anna.shown() if r.question == "needs"]
    assert [o.id for o in now.offers if o.ticked] == ["listen", "know"]
    assert await anna.press("submit")
    assert await answered(anna, "needs") == ("listen", "know")


async def test_a_tick_and_that_is_all_on_one_picture_count_and_are_said(anna: Phone) -> None:
    await anna.begin("end", "told")
    await anna.press("done", "read")
    noted, asked = await taps(anna, "listen", "know", "submit")
    assert await answered(anna, "needs") == ("listen", "know")
    labels = {c.id: c.text for s in FLOW.steps if s.id == "needs" for c in s.choices}
    both = f"{labels['listen']}; {labels['know']}"
    assert noted.text == ENGLISH.refusals.noted.format(labels=both)
    assert asked.question == "wish"


async def test_a_reader_ticked_too_fast_for_the_picture_is_shown_before_the_second_yes(
    anna: Phone,
) -> None:
    await anna.begin("end", "told")
    await anna.press("done", "read", "none", "skip", "skip", "none")
    noted, _ = await taps(anna, "Oak", "submit")
    assert "Oak" in noted.text
    assert len(await answered(anna, "read")) == 1


async def test_that_is_all_says_nothing_more_where_the_picture_showed_it(anna: Phone) -> None:
    await anna.begin("end", "told")
    (asked,) = await anna.press("done", "read", "listen", "submit")
    assert asked.question == "wish"


async def test_a_tick_of_before_is_no_answer_when_the_question_comes_again(anna: Phone) -> None:
    await anna.begin("end", "told")
    await anna.press("done", "read", "listen")
    await anna.type("/back")
    await anna.press("read")
    (now,) = [r for _, r in anna.shown()[-1:]]
    assert now.question == "needs"
    assert not [o for o in now.offers if o.ticked]


async def test_a_picture_of_an_earlier_version_keeps_its_ticks(anna: Phone) -> None:
    """There what was ticked stood in the picture only."""
    await anna.begin("end", "told")
    await anna.press("done", "read", "listen")
    await forget_ticks(anna)
    await anna.press("know", "submit")
    assert await answered(anna, "needs") == ("listen", "know")


async def test_a_double_tap_asks_nothing_twice(anna: Phone) -> None:
    async with anna.staying():
        await anna.begin("end", "told")
        (asked,) = await taps(anna, "done", "done", "done")
        assert asked.question == "fate"
        (asked,) = await taps(anna, "read", "read")
        assert asked.question == "needs"


async def test_a_double_tap_on_that_is_all_asks_nothing_twice(anna: Phone) -> None:
    async with anna.staying():
        await anna.begin("end", "told")
        await anna.press("done", "read", "listen")
        (asked,) = await taps(anna, "submit", "submit")
        assert asked.question == "wish"


async def test_a_double_tap_shows_a_story_once(anna: Phone) -> None:
    async with anna.staying():
        await anna.begin("end", "told")
        await anna.press("done", "keep", "right")
        told, asked = await taps(anna, "show", "show")
        assert told.text.endswith("\n\ntold")
        assert asked.question == REVIEW


async def test_an_old_button_asks_the_open_question_if_it_is_no_double_tap(anna: Phone) -> None:
    async with anna.staying():
        await anna.begin("end", "told")
        on, token = anna.button("done")
        press = UnresolvedPress(token)
        await anna.hear(anna.incoming(press, on=on))
        anna.rig.clock.forward(seconds=REPEATED_WITHIN.total_seconds())
        (asked,) = await anna.hear(anna.incoming(press, on=on))
        assert asked.question == "fate"
        await anna.type("/permissions")
        (asked,) = await anna.hear(anna.incoming(press, on=on))
        assert asked.question == "fate"


async def test_that_is_all_without_a_tick_asks_again(anna: Phone) -> None:
    await anna.begin("end", "told")
    await anna.press("done", "read", "submit")
    assert anna.question == "needs"


async def test_the_same_tap_twice_is_one_answer(anna: Phone) -> None:
    await anna.begin("end", "told")
    on, token = anna.button("done")
    tap = anna.incoming(UnresolvedPress(token), on=on)
    await anna.hear(tap)
    assert await anna.hear(tap) == []
    assert [r.question for r in await anna.hear(anna.incoming(UnresolvedPress(token), on=on))] == [
        "fate"
    ]


@dataclass(frozen=True)
class Button:
    """One that was shown at some time, and beside which question."""

    token: str
    question: str


def buttons_ever(phone: Phone) -> list[Button]:
    return [
        Button(offer.token, reply.question)
        for reply in phone.chat.said.values()
        for offer in buttons_of(reply)
        if offer.token != NOT_SAFE_TOKEN  # it means the same in every message
    ]


WALK = (
    *("told", "told more", "/back", "/skip", "/stop", "/erase", "/show 1", "/show", "/done"),
    *("1", "1", "1", "2", "2", "3", "Oak", "Ash, Oak", "nobody", "keep", "/pause", "/start"),
)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(8))
async def test_a_button_acts_on_its_own_question_and_on_nothing_else(
    anna: Phone, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - a talk that can be had again
    async with anna.staying() as conversations:
        await anna.begin("end", "told")
        for _ in range(12):
            await step(anna, chance)
            before = await conversations.snapshots.read(anna.who)
            for button in chance.sample(ever := buttons_ever(anna), min(25, len(ever))):
                before = await press_late(anna, conversations, button, before)


async def step(phone: Phone, chance: random.Random) -> None:
    """Anything a person may do next."""
    shown = [o for _, r in phone.shown()[-1:] for o in buttons_of(r)]
    if shown and chance.random() < 0.5:
        await phone.press(chance.choice(shown).id)
    else:
        await phone.type(chance.choice(WALK))


def shown_again(snapshot: Snapshot) -> Snapshot:
    """As it is when the open question is asked: it may have been behind another one."""
    draft = snapshot.draft
    return replace(snapshot, draft=None if draft is None else without_markers(draft, UNSHOWN))


async def press_late(
    phone: Phone, conversations: Conversations, button: Button, before: View
) -> View:
    """Only a button of the open question may change an answer; any other asks it again."""
    asked = open_question(before)
    name = next(n for n, r in phone.chat.said.items() if button.token in tokens_of(r))
    phone.rig.clock.forward(seconds=REPEATED_WITHIN.total_seconds())
    replies = await phone.hear(phone.incoming(UnresolvedPress(button.token), on=name))
    after = await conversations.snapshots.read(phone.who)
    if button.question not in {asked.id, ""}:  # the acknowledgement has buttons of the story
        assert shown_again(after.snapshot) == shown_again(before.snapshot)
        if not conversations.processor.awaits_words(phone.who):  # else they are asked for again
            assert [r.question for r in replies] == [asked.id]
    elif after.snapshot.draft is not None and before.snapshot.draft is not None:
        old, new = (flow_answers(v.snapshot.draft or Draft("", "")) for v in (before, after))
        changed = {a.step for a in (*old, *new) if a not in old or a not in new}
        adds = asked.id == ASIDE or button.token in tokens_of_adding(phone)
        added = {"story"} if adds else set()
        assert changed <= {asked.id} | added | ({a.step for a in old} - {a.step for a in new})
    return after


def tokens_of_adding(phone: Phone) -> set[str]:
    """The buttons that add to the story what was kept aside, at any other question."""
    said = phone.chat.said.values()
    return {offer.token for r in said for offer in buttons_of(r) if offer.id == "add"}


def tokens_of(reply: Reply) -> set[str]:
    return {offer.token for offer in buttons_of(reply)}


async def test_a_button_of_an_earlier_talk_does_nothing_in_the_next(anna: Phone) -> None:
    async with anna.staying() as conversations:
        await anna.begin("end", "told")
        await anna.press("done", "read", "listen", "submit")
        earlier = [b for b in buttons_ever(anna) if b.question != "bot.safe"]
        await anna.type("/erase")
        await anna.press("yes")
        await anna.begin("end", "told")  # in the same hour
        before = await conversations.snapshots.read(anna.who)
        for button in earlier:
            name = next(n for n, r in anna.chat.said.items() if button.token in tokens_of(r))
            await anna.hear(anna.incoming(UnresolvedPress(button.token), on=name))
            assert await conversations.snapshots.read(anna.who) == before, button


async def test_an_earlier_cases_menu_does_not_erase_the_next_case(anna: Phone) -> None:
    cases = []
    for story in ("the first", "the second"):
        await anna.begin("self", story)
        await anna.press("done", "keep", "right", "keep")
        cases.append(await anna.give_back())
    async with anna.staying():
        await anna.type(" ".join(cases[0]))
        on, erase = anna.button("erase")
        await anna.press("close")
        await anna.type(" ".join(cases[1]))
        await anna.hear(anna.incoming(UnresolvedPress(erase), on=on))
        assert anna.question == "bot.case"
    assert (await anna.rig.rows())["case_file"] == 2


# When sending fails


async def test_what_could_not_be_sent_comes_later_silently_in_order_and_once(anna: Phone) -> None:
    await anna.type("/start")
    await anna.press("go")
    anna.chat.faults.append(AWAY)
    message = anna.chat.typed(anna.who, "/start")
    with pytest.raises(Undelivered):
        await anna.hear(anna.incoming(TextMessage("/start"), message=message))
    before = len(anna.chat.log)
    await deliver(anna)
    said = anna.since(before)
    assert [r.question for r in said] == ["", "bot.clean"]
    assert all(r.silent for r in said)
    await deliver(anna)
    assert len(anna.since(before)) == 2
    assert (await anna.rig.rows())["outbox"] == 0


async def test_as_i_go_words_that_were_not_taken_stay_if_the_question_comes_later(
    anna: Phone,
) -> None:
    await anna.begin("go", "told")
    await anna.press("done")
    async with anna.staying() as conversations:
        anna.chat.faults.extend([None, AWAY])
        words = anna.chat.typed(anna.who, "no choice")
        with pytest.raises(Undelivered):
            await conversations.receive(anna.incoming(TextMessage("no choice"), message=words))
        await conversations.settle(anna.who)
        assert anna.own() == ["no choice"]
        assert any("I haven't saved" in text for text in anna.texts())
    await anna.press("keep")
    assert anna.own() == []


async def test_as_i_go_words_that_were_not_taken_stay_if_the_program_ends_there(
    anna: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    await anna.begin("go", "told")
    await anna.press("done")
    words = anna.chat.typed(anna.who, "no choice")
    send, sends = anna.chat.send, 0

    async def end_at_the_second(to: Account, reply: Reply) -> tuple[str, ...]:
        nonlocal sends
        sends += 1
        if sends > 1:
            raise asyncio.CancelledError
        return await send(to, reply)

    monkeypatch.setattr(anna.chat, "send", end_at_the_second)
    with pytest.raises(asyncio.CancelledError):
        await anna.hear(anna.incoming(TextMessage("no choice"), message=words))
    monkeypatch.setattr(anna.chat, "send", send)
    await deliver(anna)
    assert anna.question == "fate"
    assert anna.own() == ["no choice"]
    assert any("I haven't saved" in text for text in anna.texts())


class ShortMessages(Chat):
    """A platform whose messages take half of each reply."""

    def parts(self, reply: Reply) -> tuple[Reply, ...]:
        half = len(reply.text) // 2
        first = replace(reply, text=reply.text[:half], offers=(), commands=())
        return (first, replace(reply, text=reply.text[half:]))


async def test_as_i_go_the_first_part_stays_if_the_second_comes_later(rig: Rig) -> None:
    anna = Phone(rig, ShortMessages())
    await anna.begin("go", "told")
    async with anna.staying() as conversations:
        on, token = anna.button("done")
        anna.chat.faults.extend([None, AWAY])
        with pytest.raises(Undelivered):
            await conversations.receive(anna.incoming(UnresolvedPress(token), on=on))
        (first,) = anna.texts()
        await conversations.settle(anna.who)
        assert anna.texts()[0] == first
        assert len(anna.texts()) == 2


async def test_nothing_that_was_told_is_lost_while_nothing_can_be_sent(anna: Phone) -> None:
    await anna.begin("go")
    for number in range(5):
        anna.chat.faults.append(AWAY)
        message = anna.chat.typed(anna.who, f"line {number}")
        with pytest.raises(Undelivered):
            await anna.hear(anna.incoming(TextMessage(f"line {number}"), message=message))
    assert await anna.pieces() == [f"line {n}" for n in range(5)]
    before = len(anna.chat.log)
    await deliver(anna)
    assert [r.text for r in anna.since(before)] == [SAVED]


async def test_who_is_gone_is_sent_nothing_more_and_keeps_the_talk(anna: Phone) -> None:
    await anna.begin("end", "told")
    anna.chat.faults.append(RecipientGone("blocked"))
    async with anna.running() as conversations:
        with pytest.raises(RecipientGone):
            await conversations.receive(anna.incoming(TextMessage("/start")))
        await conversations.sender.drop(anna.who)
    assert (await anna.rig.rows())["outbox"] == 0
    assert await anna.pieces() == ["told"]
    await deliver(anna)
    await anna.type("/start")
    assert anna.question == "story"


async def test_what_is_refused_is_left_out_and_the_rest_is_sent(anna: Phone) -> None:
    await anna.begin("end", "told")
    anna.chat.faults.append(MessageRefused("too long"))
    before = len(anna.chat.log)
    with pytest.raises(MessageRefused):
        await anna.hear(anna.incoming(TextMessage("/start")))
    await deliver(anna)
    assert [r.question for r in anna.since(before)] == ["story"]
    assert (await anna.rig.rows())["outbox"] == 0


async def test_a_hundred_messages_are_acknowledged_once(anna: Phone) -> None:
    await anna.begin("go")
    before = len(anna.chat.log)
    async with anna.running() as conversations:
        for number in range(100):
            message = anna.chat.typed(anna.who, f"line {number}")
            await conversations.processor.process(
                anna.incoming(TextMessage(f"line {number}"), message=message)
            )
        assert anna.since(before) == []
        await conversations.sender.send_waiting(anna.who, quiet=False)
        await conversations.settle(anna.who)
    assert [r.text for r in anna.since(before)] == [SAVED]
    assert anna.own() == []
    assert len(await anna.pieces()) == 100


async def test_a_question_that_was_asked_often_meanwhile_is_sent_once(anna: Phone) -> None:
    await anna.begin("end", "told")
    await anna.press("done")
    before = len(anna.chat.log)
    async with anna.running() as conversations:
        for _ in range(100):
            await conversations.processor.process(anna.incoming(TextMessage("neither of these")))
        await conversations.settle(anna.who)
    assert [r.question for r in anna.since(before)] == ["", "fate"]


# At the same time


async def test_a_turn_during_a_send_is_neither_lost_nor_sent_twice(anna: Phone) -> None:
    await anna.begin("end", "told")
    before = len(anna.chat.log)
    async with anna.running() as conversations:
        await conversations.processor.process(anna.incoming(TextMessage("/start")))
        anna.chat.gate = asyncio.Event()
        sending = asyncio.create_task(conversations.sender.send_waiting(anna.who, quiet=False))
        await anna.chat.taken.wait()
        await conversations.processor.process(anna.incoming(TextMessage("/permissions")))
        again = asyncio.create_task(conversations.sender.send_waiting(anna.who, quiet=False))
        anna.chat.gate.set()
        await asyncio.gather(sending, again)
        await conversations.settle(anna.who)
    texts = [r.text.split("\n")[0] for r in anna.since(before)]
    assert len(texts) == len(set(texts)) == 3
    assert texts[-1] == "This is what you allow so far:"


async def test_the_same_message_during_its_own_send_is_answered_once(anna: Phone) -> None:
    await anna.begin("end", "told")
    before = len(anna.chat.log)
    async with anna.running() as conversations:
        same = anna.incoming(TextMessage("/permissions"))
        anna.chat.gate = asyncio.Event()
        first = asyncio.create_task(conversations.receive(same))
        await anna.chat.taken.wait()
        second = asyncio.create_task(conversations.receive(same))
        await asyncio.sleep(0.01)
        anna.chat.gate.set()
        await asyncio.gather(first, second)
    assert len(anna.since(before)) == 1


@pytest.mark.parametrize("seed", range(5))
async def test_sends_and_turns_in_any_order_say_everything_once(anna: Phone, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a talk that can be had again
    await anna.begin("end", "told")
    before = len(anna.chat.log)
    async with anna.running() as conversations:

        async def later(act: Callable[[], Awaitable[object]]) -> None:
            for _ in range(chance.randrange(30)):
                await asyncio.sleep(0)
            await act()

        turns = [anna.incoming(TextMessage(f"/show {9 + n}")) for n in range(8)]
        acts = [later(lambda t=t: conversations.processor.process(t)) for t in turns]  # type: ignore[misc]
        sends = [
            later(lambda: conversations.sender.send_waiting(anna.who, quiet=False))
            for _ in range(8)
        ]
        await asyncio.gather(*acts, *sends)
        await conversations.sender.send_waiting(anna.who, quiet=False)
    said = [r.text for r in anna.since(before)]
    assert set(said) == {ENGLISH.review.piece_missing.format(count=1)}
    assert len(said) <= len(turns)
    assert (await anna.rig.rows())["outbox"] == 0


async def test_what_arrives_while_a_turn_runs_is_not_sent_again_after_it(
    anna: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The turn has read the outbox with a message in it that is confirmed before the turn ends."""
    await anna.begin("self", "told")
    before = len(anna.chat.log)
    async with anna.staying() as conversations:
        await conversations.processor.process(anna.incoming(TextMessage("/show 9")))
        anna.chat.gate = asyncio.Event()
        sending = asyncio.create_task(conversations.sender.send_waiting(anna.who, quiet=True))
        await anna.chat.taken.wait()
        run = CaseStore.turn

        async def turn(*args: Any, **more: Any) -> TurnResult:
            result = await run(*args, **more)
            assert anna.chat.gate is not None
            anna.chat.gate.set()
            await sending
            return result

        monkeypatch.setattr(CaseStore, "turn", turn)
        await conversations.processor.process(anna.incoming(TextMessage("/done")))
        await conversations.sender.send_waiting(anna.who, quiet=True)
    said = [reply.text for reply in anna.since(before)]
    assert len(said) == len(set(said))
    assert (await anna.rig.rows())["outbox"] == 0


async def test_locks_are_not_kept(anna: Phone) -> None:
    async with anna.staying() as conversations:
        for number in range(3):
            await anna.another(f"somebody {number}").type("/start")
        await swept(conversations)
        gc.collect()
        unsent = conversations.sender.unsent
        assert len(unsent.processing.locks) == len(unsent.sending.locks) == 0
        assert len(unsent.results) == len(unsent.undisturbed) == 0


# Readers


async def reader(phone: Phone, name: str = "Oak") -> Phone:
    """A reader who linked an account of the chat."""
    oak = phone.another("the reader's account")
    await oak.type(f"/join {name}")
    sealed = phone.chat.files["join.age"]
    body = Document.decode(age.decrypt(sealed, [phone.rig.keys[name].identity])).body
    digits = dict(cbor.decode_map(body, "An invitation"))["code"]
    await oak.type(f"/join {digits}")
    assert oak.texts()[-1] == ENGLISH.readers.joined
    return oak


@dataclass
class Queues:
    """Send queues that only note who is woken."""

    conversations: Conversations
    woken: list[Account] = field(default_factory=list)

    def wake(self, account: Account) -> None:
        self.conversations.sender.reload(account)
        self.woken.append(account)


@contextmanager
def connected(conversations: Conversations) -> Iterator[list[Account]]:
    """Connect the chat; gives those who are woken."""
    queues = Queues(conversations)
    with conversations.dispatcher.wakeups.connect(CHAT.name, queues):
        yield queues.woken


async def test_a_reader_is_woken_when_something_is_shared(anna: Phone) -> None:
    oak = await reader(anna)
    async with anna.staying() as conversations, AsyncExitStack() as connections:
        woken = connections.enter_context(connected(conversations))
        await anna.begin("end", "told")
        assert woken == []
        await anna.share("Oak", keep=False)
        assert woken == [oak.who]
        await conversations.sender.send_waiting(oak.who, quiet=False)
    assert oak.texts()[-1] == ENGLISH.readers.notice
    assert await traces_of(anna, oak.who) == 0


async def test_what_stands_in_another_room_is_deleted_there(
    anna: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    where: list[Account] = []

    async def delete(to: Account, messages: Sequence[str], hour: int) -> int:
        where.append(to)
        return 0

    here, there = anna.who, replace(anna.who, address="another room")
    async with anna.staying() as conversations:
        for room in (here, there):
            await conversations.sender.outbox.confirm(
                (), [SentMessages(room, ("1",), lasting=False, deletable=True)]
            )
        monkeypatch.setattr(anna.chat, "delete", delete)
        deletable = conversations.cleaner.deletable_messages
        messages = await deletable.of_account(here)
        await conversations.cleaner.forget(await conversations.cleaner.delete(here, messages))
        assert sorted(to.address for to in where) == sorted((here.address, there.address))
        assert {(to.platform, to.name) for to in where} == {(here.platform, here.name)}
        assert await deletable.of_account(here) == ()


async def traces_of(phone: Phone, who: Account) -> int:
    async with phone.running() as conversations:
        return len(await conversations.cleaner.deletable_messages.of_account(who))


async def test_a_notice_is_not_lost_behind_an_answer_that_waits(anna: Phone) -> None:
    oak = await reader(anna)
    async with anna.staying() as conversations, AsyncExitStack() as connections:
        await anna.begin("end", "told")
        await conversations.processor.process(
            oak.incoming(TextMessage("/permissions"))
        )  # a reader may have a talk as well
        connections.enter_context(connected(conversations))
        await anna.share("Oak", keep=False)
        await conversations.sender.send_waiting(oak.who, quiet=False)
    assert oak.texts()[-2:] == [ENGLISH.welcome.nothing_open, ENGLISH.readers.notice]


@pytest.mark.parametrize("act", ["/withdraw", "/erase"])
async def test_a_reader_is_woken_when_something_is_taken_back(anna: Phone, act: str) -> None:
    oak = await reader(anna)
    async with anna.staying() as conversations, AsyncExitStack() as connections:
        await anna.begin("end", "told")
        await anna.share("Oak", keep=True)
        (code,) = await anna.rig.inbox("Oak")
        await oak_fetches(oak, code)
        woken = connections.enter_context(connected(conversations))
        await anna.type(act)
        if act == "/erase":
            await anna.press("yes")
        assert woken == [oak.who]
        await conversations.sender.send_waiting(oak.who, quiet=False)
    assert "destroy your copy" in oak.texts()[-1]


async def oak_fetches(oak: Phone, code: str) -> None:
    await oak.type(f"/fetch {code}")
    assert f"{code}.holdfast" in oak.chat.files


# What cannot be handled


async def test_a_message_that_cannot_be_handled_counts_and_that_is_said(anna: Phone) -> None:
    await anna.begin("end", "told")
    before = await draft_of(anna)
    message = anna.chat.typed(anna.who, "poison")
    poison = anna.incoming(TextMessage("poison"), message=message)
    async with anna.running() as conversations:
        await conversations.processor.process(anna.incoming(TextMessage("/permissions")))
        await conversations.processor.give_up(poison)
        await conversations.processor.give_up(poison)
        await conversations.sender.send_waiting(anna.who, quiet=False)
    assert anna.texts()[-1] == ENGLISH.refusals.failed
    assert sum(r.text == ENGLISH.refusals.failed for r in anna.chat.said.values()) == 1
    assert await anna.hear(poison) == []
    assert await draft_of(anna) == before
    assert await anna.pieces() == ["told"]
    await anna.type("/pause")
    assert anna.own() == []


async def test_a_message_is_given_up_whose_draft_cannot_be_read_and_that_is_said(
    anna: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    await anna.begin("end", "told")
    poison = anna.incoming(TextMessage("more"), message=anna.chat.typed(anna.who, "more"))

    def tampered(*_: object) -> None:
        raise Tampered("a draft was changed on the disk")

    async with anna.running() as conversations:
        with monkeypatch.context() as broken:
            broken.setattr(DraftRepository, "find", tampered)
            with pytest.raises(Tampered):
                await conversations.processor.process(poison)
            for effect in await conversations.processor.give_up(poison):
                await conversations.dispatcher.dispatch(effect)
        assert anna.texts()[-1] == ENGLISH.refusals.failed
    assert await anna.hear(poison) == []
    assert await anna.pieces() == ["told"]


async def test_dropping_an_account_leaves_everything_else(anna: Phone) -> None:
    berta = anna.another("berta")
    await anna.begin("end", "told")
    async with anna.running() as conversations:
        for phone in (anna, berta):
            await conversations.processor.process(phone.incoming(TextMessage("/start")))
        await conversations.sender.drop(anna.who)
        for phone in (anna, berta):
            await conversations.sender.send_waiting(phone.who, quiet=False)
    assert anna.question == "story"
    assert [r.question for _, r in berta.shown()] == ["bot.safe"]
    assert await anna.pieces() == ["told"]
