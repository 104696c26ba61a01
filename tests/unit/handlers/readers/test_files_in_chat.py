"""Readers in a chat that fails: each command answered once, each file sent until it is taken."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from handlers.messages import IncomingMessage, TextMessage
from handlers.ports.messenger import (
    FileTooLarge,
    MessageRefused,
    RecipientGone,
    SendError,
    Undelivered,
)
from handlers.texts.english import ENGLISH
from store.crypto import cbor
from store.crypto.age import file as age
from store.crypto.document import Document
from store.db.schema import reader_invitation
from tests.rig import Rig
from tests.unit.handlers.chats import CHAT, Phone

TEXTS = ENGLISH.readers
LOST = (Undelivered("no answer came"), True)
NOT_THERE = (Undelivered("no connection"), False)


def too_early() -> tuple[SendError, bool]:
    """Fail before anything of the file leaves."""
    error = Undelivered("no chat is listed yet", 3.0)
    error.nothing_left = True
    return error, False


@pytest.fixture
async def anna(rig: Rig) -> Phone:
    """A reporter with a story."""
    phone = Phone(rig)
    await phone.begin("end", "a story of mine")
    return phone


def digits(phone: Phone, name: str = "Oak") -> str:
    """What the reader reads in the sealed file, on their own device."""
    sealed = age.decrypt(phone.chat.files["join.age"], [phone.rig.keys[name].identity])
    return str(dict(cbor.decode_map(Document.decode(sealed).body, "An invitation"))["code"])


async def linked(phone: Phone, name: str = "Oak") -> Phone:
    """Somebody who linked their account as this reader."""
    oak = phone.another("the reader's account")
    await oak.type(f"/join {name}")
    await oak.type(f"/join {digits(oak, name)}")
    phone.chat.arrived.clear()
    return oak


async def fails(phone: Phone, text: str, *, message: str = "") -> IncomingMessage:
    """Write something whose answer cannot be sent."""
    incoming = phone.incoming(TextMessage(text))
    async with phone.running() as conversations:
        with pytest.raises(SendError):
            await conversations.receive(incoming)
    return incoming


async def resumes(phone: Phone) -> None:
    """Let the program, started anew, send what waits."""
    async with phone.running() as conversations:
        await conversations.sender.send_waiting(phone.who, quiet=True, late=True)


async def shared(anna: Phone, *, keep: bool = True) -> tuple[Phone, str]:
    """A reader, and the code of a delivery that waits for them."""
    oak = await linked(anna)
    await anna.share("Oak", keep=keep)
    if keep:
        await anna.give_back()
    else:
        await anna.press("have")
    (code,) = await anna.rig.inbox("Oak")
    await resumes(oak)
    assert oak.texts()[-1] == TEXTS.notice
    return oak, code


async def rows(phone: Phone, table: str = "outbox") -> int:
    return (await phone.rig.rows())[table]


# Each command is a turn


async def test_a_repeated_command_is_answered_once(anna: Phone) -> None:
    oak, code = await shared(anna)
    for text, came in (("/inbox", TEXTS.new), (f"/fetch {code}", f"{code}.holdfast")):
        incoming = oak.incoming(TextMessage(text))
        before = len(oak.chat.log)
        for _ in range(3):
            await oak.hear(incoming)
        assert len(oak.chat.log) == before + 1, came
    assert [file.name for file in oak.chat.arrived] == [f"{code}.holdfast"]


async def test_a_repeated_join_is_one_invitation_and_one_try(anna: Phone) -> None:
    oak = anna.another("the reader's account")
    asked = oak.incoming(TextMessage("/join Oak"))
    for _ in range(5):
        await oak.hear(asked)
    assert [file.name for file in oak.chat.arrived] == ["join.age"]
    wrong = oak.incoming(TextMessage("/join 00000000"))
    for _ in range(5):
        await oak.hear(wrong)
    assert oak.texts() == [TEXTS.invited.format(name="Oak"), TEXTS.wrong]
    await oak.type(f"/join {digits(oak)}")
    assert oak.texts()[-1] == TEXTS.joined


async def test_what_was_answered_while_the_chat_was_away_comes_later_in_order(
    anna: Phone,
) -> None:
    oak, code = await shared(anna)
    anna.chat.file_faults += [NOT_THERE] * 3
    for text in (f"/fetch {code}", "/inbox", "/fetch nothing"):
        await fails(oak, text)
    before = len(oak.chat.log)
    await resumes(oak)
    events = [name if event == "file" else event for event, name in oak.chat.log[before:]]
    assert events == [f"{code}.holdfast", "sent", "sent"]
    inbox, nothing = oak.shown()[-2:]
    assert f"{code}  {TEXTS.old}" in inbox[1].text  # as it is when it is said
    assert nothing[1].text == TEXTS.no_delivery
    assert inbox[1].silent
    assert nothing[1].silent
    assert oak.chat.arrived[-1].silent


async def test_the_same_command_twice_while_the_chat_was_away_is_answered_once(
    anna: Phone,
) -> None:
    oak, code = await shared(anna)
    anna.chat.file_faults += [NOT_THERE] * 2
    await fails(oak, f"/fetch {code}")
    await fails(oak, f"/fetch {code}")
    await resumes(oak)
    assert [file.name for file in oak.chat.arrived] == [f"{code}.holdfast"]
    assert await rows(oak) == 0


async def test_answers_to_readers_stay_in_their_chat(anna: Phone) -> None:
    oak, _ = await shared(anna)
    for text in ("/inbox", "/fetch 000000", "/join Nobody", "/join 00000000"):
        await oak.type(text)
    async with oak.running() as conversations:
        assert await conversations.cleaner.deletable_messages.of_account(oak.who) == ()


# A file whose answer is lost


async def test_a_file_that_may_have_arrived_is_sent_again_without_a_sound(anna: Phone) -> None:
    oak, code = await shared(anna)
    anna.chat.file_faults.append(LOST)
    await fails(oak, f"/fetch {code}")
    assert (await anna.rig.inbox("Oak")) == {code: False}
    async with oak.running() as conversations:  # the reader is there, and writes something else
        await conversations.receive(oak.incoming(TextMessage("/inbox")))
    assert [file.silent for file in oak.chat.arrived] == [False, True]
    assert len({file.once for file in oak.chat.arrived}) == 1
    assert await anna.rig.inbox("Oak") == {code: True}


async def test_a_first_attempt_that_certainly_failed_leaves_no_mark(anna: Phone) -> None:
    oak, code = await shared(anna)
    anna.chat.file_faults.append(too_early())
    await fails(oak, f"/fetch {code}")
    await oak.type("/inbox")
    assert [file.silent for file in oak.chat.arrived] == [False]


async def test_a_later_attempt_that_certainly_failed_keeps_the_mark(anna: Phone) -> None:
    oak, code = await shared(anna)
    anna.chat.file_faults += [LOST, too_early()]
    await fails(oak, f"/fetch {code}")
    await fails(oak, "/inbox")
    await oak.type("/inbox")
    assert [file.silent for file in oak.chat.arrived] == [False, True]


# What the reporter may still do


@pytest.mark.parametrize("fault", [LOST, (RuntimeError("broken"), True)])
async def test_what_may_have_arrived_is_said_to_be_fetched_when_it_is_taken_back(
    anna: Phone, fault: tuple[BaseException, bool]
) -> None:
    oak = await linked(anna)
    await anna.share("Oak", keep=True)
    words = await anna.give_back()
    (code,) = await anna.rig.inbox("Oak")
    anna.chat.file_faults.append(fault)
    async with oak.running() as conversations:
        with pytest.raises(type(fault[0])):
            await conversations.receive(oak.incoming(TextMessage(f"/fetch {code}")))
    async with anna.staying():
        await anna.type(f"/open {' '.join(words)}")
        await anna.press("withdraw")
        assert any(TEXTS_WITHDRAWN in text for text in anna.texts())
    await resumes(oak)
    assert oak.texts()[-2:] == [TEXTS.no_delivery, TEXTS.destroy.format(code=code)]
    assert len(oak.chat.arrived) == 1  # it did not leave a second time


TEXTS_WITHDRAWN = ENGLISH.handover.withdrawn_fetched.format(readers="Oak")


async def test_what_was_taken_back_after_the_command_does_not_leave(anna: Phone) -> None:
    oak = await linked(anna)
    await anna.share("Oak", keep=True)
    words = await anna.give_back()
    (code,) = await anna.rig.inbox("Oak")
    async with oak.running() as conversations:
        await conversations.processor.process(oak.incoming(TextMessage(f"/fetch {code}")))
    async with anna.staying():
        await anna.type(f"/open {' '.join(words)}")
        await anna.press("withdraw")
        assert ENGLISH.handover.withdrawn in anna.texts()
    await resumes(oak)
    assert oak.chat.arrived == []
    assert TEXTS.no_delivery in oak.texts()


async def test_who_is_no_reader_any_more_gets_nothing(anna: Phone) -> None:
    oak, code = await shared(anna)
    async with oak.running() as conversations:
        await conversations.processor.process(oak.incoming(TextMessage(f"/fetch {code}")))
    elsewhere = anna.another("another account")
    await elsewhere.type("/join Oak")
    await elsewhere.type(f"/join {digits(elsewhere)}")
    await resumes(oak)
    assert [file.name for file in oak.chat.arrived] == ["join.age"]
    assert oak.texts()[-1] == TEXTS.no_delivery


# What a platform does not take


async def test_a_file_that_is_refused_is_said_and_waits(anna: Phone) -> None:
    oak, code = await shared(anna)
    anna.chat.file_faults.append((MessageRefused("no"), False))
    await fails(oak, f"/fetch {code}")
    assert oak.texts()[-1] == ENGLISH.refusals.failed
    assert await rows(oak) == 0
    await oak.type(f"/fetch {code}")
    assert [file.silent for file in oak.chat.arrived] == [False]


async def test_a_file_that_a_server_finds_too_large_is_said_and_waits(anna: Phone) -> None:
    oak, code = await shared(anna)
    anna.chat.file_faults.append((FileTooLarge("no"), False))
    await oak.type(f"/fetch {code}")
    assert oak.texts()[-1] == TEXTS.too_large
    assert await anna.rig.inbox("Oak") == {code: False}
    assert "a story of mine" in anna.rig.open("Oak", await anna.rig.fetch("Oak", code)).text


async def test_a_file_that_is_larger_than_the_platform_takes_does_not_leave(anna: Phone) -> None:
    oak, code = await shared(anna)
    oak.chat.platform = replace(CHAT, file_bytes=6_000)
    for _ in range(2):
        await oak.type(f"/fetch {code}")
        assert oak.texts()[-1] == TEXTS.too_large
    assert oak.chat.arrived == []
    assert await anna.rig.inbox("Oak") == {code: False}
    assert await rows(oak) == 0


async def test_a_reader_who_blocked_the_bot_can_still_fetch_elsewhere(anna: Phone) -> None:
    oak, code = await shared(anna)
    anna.chat.file_faults.append((RecipientGone("blocked"), False))
    await fails(oak, f"/fetch {code}")
    async with oak.running() as conversations:
        await conversations.sender.drop(oak.who)  # as the send queues do
    assert await rows(oak) == 0
    assert await anna.rig.inbox("Oak") == {code: False}
    assert await anna.rig.fetch("Oak", code)


async def test_without_keep_the_case_stays_though_the_chat_has_taken_the_file(anna: Phone) -> None:
    """Whoever holds only the chat cannot open it, and could make a story vanish by that."""
    oak, code = await shared(anna, keep=False)
    anna.chat.file_faults.append(LOST)
    await fails(oak, f"/fetch {code}")
    assert await rows(oak, "case_file") == 1  # nobody knows whether it arrived
    await resumes(oak)
    assert await rows(oak, "case_file") == 1
    assert "a story of mine" in anna.rig.open("Oak", oak.chat.arrived[-1].data).text


# Invitations


async def kept_file(phone: Phone) -> bytes | None:
    """The file of the one invitation that is open."""
    async with phone.rig.house() as house:
        return await house.stores.cases.database.read(
            lambda connection: connection.scalar(select(reader_invitation.c.file))
        )


async def test_an_invitation_lies_in_its_row_until_it_was_sent(anna: Phone) -> None:
    oak = anna.another("the reader's account")
    oak.chat.file_faults.append(NOT_THERE)
    await fails(oak, "/join Oak")
    waiting = await kept_file(oak)
    await resumes(oak)
    assert oak.chat.files["join.age"] == waiting
    assert await kept_file(oak) is None
    assert oak.texts() == [TEXTS.invited.format(name="Oak")]


async def test_an_invitation_that_ended_before_it_could_be_sent_is_not_sent(anna: Phone) -> None:
    oak = anna.another("the reader's account")
    oak.chat.file_faults.append(too_early())
    await fails(oak, "/join Oak")
    anna.rig.clock.forward(minutes=11)
    await resumes(oak)
    assert oak.chat.arrived == []
    assert oak.texts() == [TEXTS.wrong]
    assert await rows(oak) == 0


async def test_of_two_invitations_only_the_one_that_is_open_is_sent(anna: Phone) -> None:
    oak = anna.another("the reader's account")
    oak.chat.file_faults += [NOT_THERE] * 2
    await fails(oak, "/join Oak")
    await fails(oak, "/join Oak")
    await resumes(oak)
    assert [file.name for file in oak.chat.arrived] == ["join.age"]
    assert oak.texts() == [TEXTS.invited.format(name="Oak")]
    await oak.type(f"/join {digits(oak)}")
    assert oak.texts()[-1] == TEXTS.joined


async def test_who_has_typed_the_digits_of_a_file_that_may_have_come_is_not_told_otherwise(
    anna: Phone,
) -> None:
    oak = anna.another("the reader's account")
    oak.chat.file_faults.append(LOST)
    await fails(oak, "/join Oak")
    await oak.type(f"/join {digits(oak)}")
    assert oak.texts() == [TEXTS.joined]
    assert [file.name for file in oak.chat.arrived] == ["join.age"]
