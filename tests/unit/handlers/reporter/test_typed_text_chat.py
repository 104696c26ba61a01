"""A chat without buttons that can be cleaned and left: choices are typed, an end is an end."""

from dataclasses import fields, replace

import pytest

from handlers.messages import Reply, TextMessage
from handlers.ports.messenger import Undelivered
from handlers.sending.cleaning import ENDING
from handlers.texts.catalogue import Wording
from handlers.texts.english import ENGLISH
from handlers.texts.platform_catalogue import ChatTexts
from store.model.accounts import Account
from tests.rig import Rig
from tests.unit.handlers.chats import CHAT, Chat, Phone, buttons_of

TYPED = replace(
    CHAT, name="room", buttons=False, leaves=True, deletable_hours=None, wording=Wording.ROOM
)
LEFT = ("left", "anna")


@pytest.fixture(name="anna")
def _anna(rig: Rig) -> Phone:
    return Phone(rig, Chat(TYPED), Account(TYPED.name, "anna", "anna"))


def ever(phone: Phone) -> list[Reply]:
    """Everything that was said, also what is gone by now."""
    return list(phone.chat.said.values())


async def begin(phone: Phone, clean: str, *story: str) -> None:
    await phone.type("/start", "1", clean, *story)


async def erase(phone: Phone) -> None:
    await phone.type("/erase", "Yes")


# Choices


async def test_a_choice_is_typed_by_its_number_or_its_words_and_no_button_is_made(
    anna: Phone,
) -> None:
    await begin(anna, "as we go", "told", "/done")
    assert anna.question == "fate"
    await anna.type("let someone")
    assert anna.question != "fate"
    replies = ever(anna)
    assert any(reply.offers for reply in replies)
    assert not [o for reply in replies for o in buttons_of(reply) if o.token]


async def test_several_are_typed_in_one_line_and_that_is_how_it_is_said(anna: Phone) -> None:
    await begin(anna, "3", "told", "/done")
    await anna.type("let someone", "nothing", "/skip", "/skip")
    (asked,) = [r for r in ever(anna) if r.several][-1:]
    assert ENGLISH.telling.several in asked.text
    assert ENGLISH.telling.several_buttons not in asked.text
    await anna.type("Oak, Ash")
    assert anna.question not in {asked.question, ""}


# Own words


@pytest.mark.parametrize(
    ("typed", "text"),
    [("/privacy", ENGLISH.room.privacy), ("/open", ENGLISH.room.gone_at_once)],
)
async def test_a_room_has_its_own_wording(anna: Phone, typed: str, text: str) -> None:
    await anna.type(typed)
    assert text in ever(anna)[-1].text


async def test_a_room_has_its_own_wording_of_how_to_clean(anna: Phone) -> None:
    await anna.type("/start", "1")
    assert ever(anna)[-1].text.startswith(ENGLISH.room.clean_chat)


@pytest.mark.parametrize("name", [field.name for field in fields(ChatTexts)])
def test_each_text_of_a_room_has_the_same_counts_as_that_of_a_chat(name: str) -> None:
    own, common = str(getattr(ENGLISH.room, name)), str(getattr(ENGLISH.chat, name))
    assert own.count("{count}") == common.count("{count}")
    assert "Telegram" not in own
    assert "two days" not in own


def test_what_is_said_of_rooms_names_nobody_and_nothing_that_was_told() -> None:
    assert ENGLISH.matrix.wrong.count("{link}") == 1
    for text in (ENGLISH.matrix.left, ENGLISH.matrix.replaced, ENGLISH.matrix.device):
        assert "{" not in text
    assert "start a new chat" in ENGLISH.matrix.left
    assert "Servers and your other devices" in ENGLISH.matrix.left
    assert "new direct chat" in ENGLISH.matrix.wrong
    assert "verify" in ENGLISH.matrix.device
    assert "write from another account" in ENGLISH.matrix.replaced


# What was told


async def test_what_was_told_is_marked_so_and_nothing_else_is(anna: Phone) -> None:
    await begin(anna, "3", "He said /stop.", "/show", "/done")
    for reply in ever(anna):
        assert reply.told == ("He said /stop." in reply.text)
    assert any(reply.told for reply in ever(anna))


# Once


async def test_what_is_sent_again_has_the_same_name_and_everything_else_another(
    anna: Phone,
) -> None:
    sent: list[Reply] = []
    taken = anna.chat.send

    async def send(to: Account, reply: Reply) -> tuple[str, ...]:
        sent.append(reply)
        return await taken(to, reply)

    anna.chat.send = send  # type: ignore[method-assign]
    anna.chat.faults.append(Undelivered("away"))
    with pytest.raises(Undelivered):
        await anna.type("/start")
    async with anna.running() as conversations:  # another life
        await conversations.sender.send_waiting(anna.who, quiet=False)
    failed, again = sent
    assert failed.once == again.once
    assert all("." in reply.once for reply in sent)
    assert "anna" not in failed.once
    assert failed.once not in repr(failed)


async def test_parts_of_one_have_names_of_their_own(anna: Phone) -> None:
    anna.chat.parts = lambda reply: (reply, reply)  # type: ignore[method-assign]
    await anna.type("/start")
    named = [reply.once for reply in ever(anna)]
    assert len(set(named)) == len(named) == 2


# Leaving


async def test_after_the_end_the_chat_is_left_and_that_is_said_last(anna: Phone) -> None:
    await begin(anna, "when I finish", "told")
    await erase(anna)
    assert anna.chat.log[-1] == LEFT
    assert anna.chat.log.count(LEFT) == 1
    (last,) = anna.texts()
    assert last.startswith("It's deleted.")
    assert last.endswith(ENGLISH.matrix.left)
    assert anna.own() == []


async def test_a_pause_and_a_question_leave_nothing(anna: Phone) -> None:
    await begin(anna, "when I finish", "told")
    await anna.type("/pause", "/help", "/privacy", "/stop")
    assert LEFT not in anna.chat.log
    assert not [text for text in anna.texts() if ENGLISH.matrix.left in text]


async def test_an_end_that_is_sent_after_a_restart_is_an_end(anna: Phone) -> None:
    await begin(anna, "when I finish", "told")
    await anna.type("/erase")
    message = anna.chat.typed(anna.who, "Yes")
    async with anna.running() as conversations:
        await conversations.processor.process(anna.incoming(TextMessage("Yes"), message=message))
    assert LEFT not in anna.chat.log
    async with anna.running() as conversations:  # another life
        await conversations.sender.send_waiting(anna.who, quiet=False, late=True)
    assert anna.chat.log[-1] == LEFT
    assert anna.texts()[-1].endswith(ENGLISH.matrix.left)


async def test_an_end_that_could_not_be_said_leaves_nothing_yet(anna: Phone) -> None:
    await begin(anna, "when I finish", "told")
    await anna.type("/erase")
    anna.chat.faults.append(Undelivered("away"))
    with pytest.raises(Undelivered):
        await anna.type("Yes")
    assert LEFT not in anna.chat.log


async def test_where_a_chat_is_not_left_that_is_not_said(rig: Rig) -> None:
    staying = replace(TYPED, leaves=False)
    anna = Phone(rig, Chat(staying), Account(staying.name, "anna", "anna"))
    await begin(anna, "when I finish", "told")
    await erase(anna)
    assert not [text for text in anna.texts() if ENGLISH.matrix.left in text]


def test_after_a_sentence_of_the_end_nothing_is_open() -> None:
    assert {"GOODBYE", "ERASED", "NOTHING_KEPT", "CLOSED"} == set(ENDING)


# What stays


async def test_where_the_chat_does_not_allow_it_that_is_said_once_a_day(anna: Phone) -> None:
    await begin(anna, "as we go")
    for number in range(3):
        name = anna.chat.typed(anna.who, f"told {number}")
        anna.chat.stuck.add(name)
        await anna.hear(anna.incoming(TextMessage(f"told {number}"), message=name))
    assert len([r for r in ever(anna) if "each other stay" in r.text]) == 1
    anna.rig.clock.forward(days=1)
    name = anna.chat.typed(anna.who, "told the next day")
    anna.chat.stuck.add(name)
    await anna.hear(anna.incoming(TextMessage("told the next day"), message=name))
    assert len([r for r in ever(anna) if "each other stay" in r.text]) == 2


async def test_where_messages_do_not_age_nothing_is_swept(anna: Phone) -> None:
    await begin(anna, "when I finish", "told")
    await anna.rig.pass_time(days=3)
    async with anna.running() as conversations:
        assert await conversations.cleaner.find_ageing() == ()


async def test_an_empty_message_is_no_piece(anna: Phone) -> None:
    await begin(anna, "3", "told", "", " \n ")
    async with anna.running() as conversations:
        found = await conversations.snapshots.read(anna.who, pieces=True)
    assert [piece.text for piece in found.snapshot.pieces] == ["told"]
