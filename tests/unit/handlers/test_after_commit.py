"""What follows a commit is done although something fails, and not before it may be."""

import asyncio
import sqlite3

import pytest
from sqlalchemy.exc import OperationalError

from handlers.effects import NotifyOthers
from handlers.messages import ButtonPress, IncomingMessage, TextMessage
from store.crypto import cbor
from store.crypto.age import file as age
from store.crypto.document import Document
from store.db import sqlite
from store.model.accounts import Account
from store.model.failpoint import installed
from tests.rig import Rig, person
from tests.talk_script import OAK_READS
from tests.unit.handlers.test_turn import keep_it
from tests.unit.store.elsewhere import reading_elsewhere


def fail_checkpoint(name: str) -> None:
    if name == "checkpoint":
        raise OperationalError("PRAGMA", None, sqlite3.OperationalError("disk is full"))


async def linked(rig: Rig, name: str) -> Account:
    """The account of a reader who joined, and has nothing waiting."""
    account = person("the reader's account")
    await rig.say(f"/join {name}", who=account)
    body = Document.decode(
        age.decrypt(rig.screen.files["join.age"], [rig.keys[name].identity])
    ).body
    digits = dict(cbor.decode_map(body, "An invitation"))["code"]
    await rig.say(f"/join {digits}", who=account)
    return account


async def test_others_are_told_although_the_log_cannot_be_emptied(rig: Rig) -> None:
    oak = await linked(rig, "Oak")
    await rig.tell("first words")
    await rig.share("Oak", keep=True)
    async with rig.house() as house:
        processor = house.conversations(rig.screen).processor
        incoming = IncomingMessage("m", person(), TextMessage("/withdraw"))
        with installed(fail_checkpoint):
            effects = await processor.process(incoming)
    assert NotifyOthers((oak,)) in effects


async def test_nothing_is_answered_before_the_erased_bytes_have_left(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "CHECKPOINT_SECONDS", 1.0)
    await rig.tell("first words")
    await rig.share("Oak", keep=False)
    async with rig.house() as house:
        conversations = house.conversations(rig.screen)
        with reading_elsewhere(rig.folder):
            incoming = IncomingMessage("m", person(), TextMessage("/withdraw"))
            turn = asyncio.ensure_future(conversations.processor.process(incoming))
            while not any(  # noqa: ASYNC110 - the outbox rings for nobody
                message.sentence.startswith("WITHDRAWN")
                for message in await house.stores.outbox.messages_for(person())
            ):
                await asyncio.sleep(0.01)
            await conversations.sender.send_waiting(person(), quiet=False, late=True)
            assert turn.done()
            await turn


async def test_nothing_that_waits_for_a_chat_is_kept_in_memory_for_long(rig: Rig) -> None:
    await rig.tell("first words")
    async with rig.house() as house:
        conversations = house.conversations(rig.screen)
        await conversations.processor.process(IncomingMessage("m", person(), TextMessage("/show")))
        assert conversations.processor.unsent.results
        conversations.forget_results()  # once a minute
        assert not conversations.processor.unsent.results
        await conversations.settle(person())
    assert "first words" in rig.shown()


async def test_words_of_one_case_do_not_take_back_another(rig: Rig) -> None:
    first = " ".join(await keep_it(rig, "the first story"))
    await rig.tell("the second story")
    await rig.share("Oak", keep=False, now=False)
    await rig.say("i've written them down")
    before = await rig.rows()
    await rig.say(f"/withdraw {first}")
    assert (await rig.rows())["case_file"] == before["case_file"]


@pytest.mark.parametrize("choice", ["now", "hold"])
async def test_only_those_are_woken_for_whom_something_was_written(rig: Rig, choice: str) -> None:
    oak = await linked(rig, "Oak")
    await rig.tell("first words")
    await rig.say(*OAK_READS, "no")
    await rig.say("yes, that's right")
    async with rig.staying():
        assert rig.conversations is not None
        processor, other = rig.conversations.processor, person("somebody else")
        await processor.process(IncomingMessage("1", other, TextMessage("/start")))
        press = IncomingMessage("2", person(), ButtonPress("bot.review", (choice,)))
        effects = await processor.process(press)
    told = [effect for effect in effects if isinstance(effect, NotifyOthers)]
    assert told == ([NotifyOthers((oak,))] if choice == "now" else [])
