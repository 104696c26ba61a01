"""Messages arrive once, are deleted where that is allowed, and reveal nothing."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.platforms.matrix.crypto.device_crypto import NoDevice
from bot.platforms.matrix.http_client import (
    RateLimited,
    RequestDenied,
    ServerUnreachable,
    SessionExpired,
)
from bot.platforms.matrix.messenger import MessageUnknown, NoTrustedDevice, translated_errors
from handlers.messages import OutgoingFile, Reply
from handlers.ports.messenger import FileTooLarge, MessageRefused, RecipientGone, Undelivered
from handlers.texts.english import ENGLISH
from store.model.accounts import Account
from tests.doubles.matrix.person import Clients, Person
from tests.doubles.matrix.proxy import Fault, Proxy
from tests.doubles.matrix.synapse import Synapse
from tests.integration.matrix.running import NO_GREETING, begin, join, running, sealed
from tests.rig import Rig

SENDING = "send/m.room.encrypted"


@pytest.fixture
async def proxy(synapse: Synapse) -> AsyncIterator[Proxy]:
    async with Proxy(synapse.url) as between:
        yield between


def account(person: Person, room: str = "") -> Account:
    return Account("matrix", person.id, room or person.room)


def texts(person: Person) -> list[str]:
    """Return all messages of the bot in the open chat, deleted ones too."""
    return [text for room, text in person.told if room == person.room]


async def last(person: Person, text: str) -> str:
    """Wait for a message of the bot, and return its id."""
    screen = await person.wait(text)
    return next(m.id for m in reversed(screen) if text in m.text)


# Repeated requests


async def test_a_message_whose_answer_was_lost_is_shown_once(
    rig: Rig, synapse: Synapse, clients: Clients, proxy: Proxy
) -> None:
    robin = await clients.person()
    async with running(rig, synapse, url=proxy.url, waits=NO_GREETING) as bot:
        await robin.open_chat(bot.id)
        rules = [proxy.add(Fault.DROP_AFTER, SENDING, every=2, times=3)]
        rules.append(proxy.add(Fault.DROP_AFTER, "sendToDevice", times=1))
        for say, wanted in (
            ("!start", "Could anyone else see this chat?"),
            ("1", "Should I delete our messages"),
            ("3", "What would you like to say?"),
            ("It was in May.", "Saved. Carry on"),
        ):
            await robin.say(say)
            await robin.wait(wanted)
        await robin.quiet()
        assert [rule.struck for rule in rules] == [3, 1]
        assert len(texts(robin)) == len(set(texts(robin)))
        await sealed(bot, robin, ["It was in May."])


async def test_unsent_messages_are_sent_after_a_restart(
    rig: Rig, synapse: Synapse, clients: Clients, proxy: Proxy
) -> None:
    robin = await clients.person()
    async with running(rig, synapse, url=proxy.url) as bot:
        await begin(robin, bot)
        proxy.add(Fault.ERROR, SENDING)
        await robin.say("!done")
        await bot.until(lambda: bool(proxy.seen(SENDING)[-1].fault))
        await bot.end()
    proxy.clear()
    proxy.add(Fault.DELAY, "/sync$", seconds=0.7)  # it does not know yet where it is
    async with running(rig, synapse, bot.account, url=proxy.url):
        await robin.wait("There's nothing here yet.")


# Choosing the room


async def test_another_chat_replaces_one_that_the_bot_left(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin = await clients.person()
    async with running(rig, synapse) as bot:
        await begin(robin, bot)
        old = robin.room
        await robin.leave()
        await bot.until(lambda: bot.connection.rooms.directory.get(old) is None)
        with pytest.raises(RecipientGone):
            await bot.connection.messenger.send(account(robin, old), Reply("too late"))
        await robin.open_chat(bot.id)
        await bot.until(lambda: bool(bot.connection.rooms.directory.conversations_with(robin.id)))
        await bot.connection.messenger.send(account(robin, old), Reply("over here"))
        await robin.wait("over here")
        stays = await bot.connection.messenger.delete(account(robin, old), ("$one", "$two"), 0)
        assert stays == 2  # what stands in the old chat is out of reach, and that is said


async def test_nothing_is_sent_to_the_room_of_another_account(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin, ash = await clients.person(), await clients.person()
    async with running(rig, synapse) as bot:
        await begin(robin, bot)
        with pytest.raises(RecipientGone):
            await bot.connection.messenger.send(account(ash, robin.room), Reply("not for robin"))
        assert "not for robin" not in texts(robin)


async def test_no_recipient_is_gone_before_the_server_listed_the_rooms(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    async with running(rig, synapse) as bot:
        bot.connection.rooms.directory.complete = False
        with pytest.raises(Undelivered):
            await bot.connection.messenger.send(Account("matrix", "@robin:x", "!room"), Reply("x"))
        with pytest.raises(Undelivered):
            await bot.connection.messenger.delete(
                Account("matrix", "@robin:x", "!room"), ("$1",), 0
            )


# Deleting


async def test_a_chat_where_the_bot_may_not_redact_is_told_so_once(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin = await clients.person()
    async with running(rig, synapse) as bot:
        await begin(robin, bot, "As we go", "private_chat")
        for text in ("It was in May.", "And in June."):
            await robin.say(text)
            await robin.wait(lambda s: sum("Saved. Carry on" in m.text for m in s) > 0)
            await robin.quiet()
        await robin.say("!done")
        await robin.wait("What would you like to do with")
        await robin.quiet()
        assert len([t for t in texts(robin) if "each other stay" in t]) == 1
        mine = [m.text for m in robin.screen if m.mine]
        assert {"It was in May.", "And in June."} <= {*mine}
        questions = [m for m in robin.received if "What would you like to say?" in m.text]
        assert all(m.redacted for m in questions)


async def test_redacted_and_unknown_messages_count_as_deleted(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin = await clients.person()
    async with running(rig, synapse) as bot:
        await begin(robin, bot)
        mine = await robin.say("It was in spring.")
        await robin.wait("Saved. Carry on")
        await robin.redact(mine)
        question = await last(robin, "What would you like to say?")
        delete = bot.connection.messenger.delete
        assert await delete(account(robin), (mine, question), 0) == 0
        assert await delete(account(robin), (mine, question), 0) == 0
        assert await delete(account(robin), ("$unknown-to-the-server",), 0) == 0
        await robin.wait(lambda s: all(m.id not in {mine, question} for m in s))


# Files


async def test_a_file_has_no_name_on_the_server_and_opens_for_its_reader(
    rig: Rig, synapse: Synapse, clients: Clients, proxy: Proxy
) -> None:
    oak = await clients.person()
    async with running(rig, synapse, url=proxy.url) as bot:
        await join(oak, rig, bot, "Oak")
        (upload,) = proxy.seen("/media/")
        assert upload.path == "/_matrix/media/v3/upload"
        assert b"age-encryption" not in upload.body
        for request in proxy.requests:
            assert b"join.age" not in request.body
            assert "join.age" not in request.path
        await bot.connection.messenger.send_file(
            account(oak), OutgoingFile("K7Q2ZZ.holdfast", bytes(300_000))
        )
        await oak.wait(lambda s: any(m.name == "K7Q2ZZ.holdfast" for m in s))
        (file,) = [m for m in oak.screen if m.name == "K7Q2ZZ.holdfast"]
        assert await oak.fetch(file) == bytes(300_000)
        assert bytes(1000) not in proxy.seen("/media/")[-1].body
        assert file.encrypted
        assert not file.shield


@pytest.mark.parametrize(
    ("path", "nothing_left"), [("/media/", True), (SENDING, False)], ids=["upload", "event"]
)
async def test_a_file_has_left_only_with_the_event_that_carries_its_key(
    rig: Rig, synapse: Synapse, clients: Clients, proxy: Proxy, path: str, *, nothing_left: bool
) -> None:
    oak = await clients.person()
    async with running(rig, synapse, url=proxy.url) as bot:
        await join(oak, rig, bot, "Oak")
        send_file, file = bot.connection.messenger.send_file, OutgoingFile("K.holdfast", b"sealed")
        proxy.add(Fault.FLOOD, path)
        with pytest.raises(Undelivered) as caught:
            await send_file(account(oak), file)
        assert caught.value.nothing_left is nothing_left
        proxy.clear()
        with pytest.raises(RecipientGone) as gone:
            await send_file(Account("matrix", "@nobody:x", "!room"), file)
        assert gone.value.nothing_left


# Metadata


async def test_no_typing_no_receipt_no_presence_and_no_name_is_ever_sent(
    rig: Rig, synapse: Synapse, clients: Clients, proxy: Proxy
) -> None:
    robin = await clients.person()
    async with running(rig, synapse, url=proxy.url) as bot:
        await begin(robin, bot)
        await robin.say("It was in May.")
        await robin.wait("Saved. Carry on")
        await robin.quiet()
        assert [h for h in robin.hints if h.sender == bot.id] == []
        kinds = "typing|receipt|read_markers|presence|profile|/state/|account_data|reaction"
        assert proxy.seen(kinds) == []
        sent = [r.path for r in proxy.seen("/rooms/.*/send/")]
        assert sent
        assert all("/send/m.room.encrypted/" in path for path in sent)
        for request in proxy.requests:
            assert b"It was in May" not in request.body
            assert b"What would you like" not in request.body


async def test_late_messages_are_notices(rig: Rig, synapse: Synapse, clients: Clients) -> None:
    robin = await clients.person()
    async with running(rig, synapse) as bot:
        await begin(robin, bot)
        for silent in (True, False):
            text = f"silent {silent}"
            await bot.connection.messenger.send(account(robin), Reply(text, silent=silent))
            screen = await robin.wait(text)
            assert [m.silent for m in screen if m.text == text] == [silent]


async def test_the_longest_reply_arrives_whole(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin = await clients.person()
    async with running(rig, synapse) as bot:
        await begin(robin, bot)
        told = "\U0001f642" * 10_000
        parts = bot.connection.messenger.parts(Reply(told, told=True))
        for part in parts:
            await bot.connection.messenger.send(account(robin), part)
        await robin.wait(
            lambda s: "".join(m.text for m in s if m.text.startswith(told[:9])) == told
        )


# Errors


@pytest.mark.parametrize(
    ("error", "kind", "after"),
    [
        (RateLimited(2.5), Undelivered, 2.5),
        (NoDevice(), NoTrustedDevice, None),
        (ServerUnreachable("no answer"), Undelivered, 0.0),
        (SessionExpired(401, {"errcode": "M_UNKNOWN_TOKEN"}), Undelivered, 0.0),
        (RequestDenied(404, {"errcode": "M_NOT_FOUND"}), MessageUnknown, None),
        (RequestDenied(404, {"errcode": "M_UNRECOGNIZED"}), MessageRefused, None),
        (RequestDenied(413, {"errcode": "M_TOO_LARGE"}), FileTooLarge, None),
    ],
)
def test_each_error_is_translated_for_the_handlers(
    error: Exception, kind: type[Exception], after: float | None
) -> None:
    with pytest.raises(kind) as caught, translated_errors():
        raise error
    assert type(caught.value) is kind
    assert getattr(caught.value, "after", None) == after


def test_no_error_repeats_the_server() -> None:
    said = {"errcode": "M_FORBIDDEN", "error": "of @robin:x in !room"}
    with pytest.raises(MessageRefused) as caught, translated_errors():
        raise RequestDenied(403, said)
    assert "robin" not in repr(caught.value)
    assert ENGLISH.refusals.failed
    assert caught.value.__suppress_context__


async def test_concurrent_messages_in_one_chat_are_all_readable(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin = await clients.person()
    async with running(rig, synapse) as bot:
        await begin(robin, bot)
        send = bot.connection.messenger.send
        await asyncio.gather(*(send(account(robin), Reply(f"number {n}.")) for n in range(8)))
        await robin.wait(lambda s: sum(m.text.startswith("number") for m in s) == 8)
        assert not [m for m in robin.screen if m.unreadable]
