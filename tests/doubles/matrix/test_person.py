"""Two strict clients talk, and what a person sees is what their client shows."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nio
import pytest

from tests.doubles.matrix.person import POLL, VOICE, ClientGone, Clients, Person, Refused
from tests.doubles.matrix.proxy import Proxy
from tests.doubles.matrix.synapse import Synapse
from tests.stages import MatrixStage
from tests.talk_script import parse, play

WITHHELD = "MEGOLM_KEY_WITHHELD_FOR_UNVERIFIED_DEVICE"
UNSIGNED = "UNSIGNED_SENDER_DEVICE"


@pytest.fixture
async def robin(clients: Clients) -> Person:
    return await clients.person()


@pytest.fixture
async def ash(clients: Clients) -> Person:
    return await clients.person()


async def meet(one: Person, other: Person) -> None:
    """A chat that is open on both sides."""
    await one.open_chat(other.id, joined=False)
    await other.join()
    await one.member(other.id, "join")


async def test_two_strict_people_talk(robin: Person, ash: Person) -> None:
    await meet(robin, ash)
    await robin.say("hello")
    (seen,) = await ash.wait("hello")
    assert (seen.text, seen.sender, seen.mine) == ("hello", robin.id, False)
    assert (seen.encrypted, seen.unreadable, seen.shield) == (True, "", "")
    answer = await ash.reply(seen.id, "and hello to you")
    *_, own = await ash.wait("and hello to you")
    *_, last = await robin.wait("and hello to you")
    assert (last.id, last.replies_to, own.mine) == (answer, seen.id, True)
    assert robin.told == [(robin.room, "and hello to you")]
    assert "hello" not in repr(seen)


async def test_a_message_that_is_edited_shows_its_new_words(robin: Person, ash: Person) -> None:
    await meet(robin, ash)
    event = await robin.say("it was Oak")
    await ash.wait("it was Oak")
    await robin.edit(event, "it was somebody")
    (seen,) = await ash.wait("it was somebody")
    assert (seen.id, seen.edited, len(robin.screen)) == (event, True, 1)


async def test_a_client_that_lagged_behind_a_burst_shows_all_of_it(
    synapse: Synapse, tmp_path: Path, robin: Person
) -> None:
    burst = [str(n) for n in range(40)]
    async with Clients(synapse, tmp_path / "lagging.log") as lagging:
        ash = await lagging.person()
        await meet(robin, ash)
        lagging.process.send_signal(signal.SIGSTOP)
        for text in burst:
            await robin.say(text)
        lagging.process.send_signal(signal.SIGCONT)
        seen = await ash.wait(burst[-1])
        assert [message.text for message in seen] == burst


async def test_a_message_that_is_redacted_is_gone(robin: Person, ash: Person) -> None:
    await meet(robin, ash)
    event = await robin.say("take it back")
    await ash.wait("take it back")
    await robin.redact(event)
    assert await ash.wait(lambda screen: not screen) == ()
    assert await robin.wait(lambda screen: not screen) == ()
    assert [m.text for m in ash.received] == ["take it back"]


async def test_whoever_was_invited_may_redact_what_the_other_wrote(
    robin: Person, ash: Person
) -> None:
    await meet(robin, ash)
    event = await robin.say("clean this up")
    await ash.wait("clean this up")
    await ash.redact(event)
    assert await robin.wait(lambda screen: not screen) == ()


async def test_without_power_nobody_redacts_what_another_wrote(robin: Person, ash: Person) -> None:
    await robin.open_chat(ash.id, preset="private_chat", joined=False)
    await ash.join()
    event = await robin.say("this stays")
    await ash.wait("this stays")
    with pytest.raises(Refused, match="M_FORBIDDEN"):
        await ash.redact(event)


async def test_files_go_across_encrypted(synapse: Synapse, robin: Person, ash: Person) -> None:
    await meet(robin, ash)
    await robin.send_file("note.txt", b"what happened" * 5000)
    await robin.send_file("door.png", b"a door", kind="m.image", mime="image/png")
    await robin.send_voice(b"a voice")
    await robin.send_sticker(b"a sticker")
    note, door, voice, sticker = await ash.wait(lambda screen: len(screen) == 4)
    assert [m.name for m in (note, door, voice)] == ["note.txt", "door.png", "voice"]
    assert [await ash.fetch(m) for m in (note, door)] == [b"what happened" * 5000, b"a door"]
    assert VOICE in voice.content
    assert (sticker.kind, await ash.fetch(sticker)) == ("m.sticker", b"a sticker")
    media = (synapse.folder / "media").rglob("*")
    assert not any(b"what happened" in path.read_bytes() for path in media if path.is_file())


async def test_reactions_and_polls_are_what_they_are(robin: Person, ash: Person) -> None:
    await meet(robin, ash)
    await robin.ask_poll("Shall we?", "Yes", "No")
    (poll,) = await ash.wait("Shall we?")
    assert poll.kind == POLL
    reaction = await ash.react(poll.id, "👍")
    await robin.until(lambda: reaction in robin.messages)
    seen = robin.messages[reaction]
    assert (seen.kind, seen.encrypted, seen.shown) == ("m.reaction", False, False)


async def test_a_message_without_encryption_is_seen_as_such(robin: Person, ash: Person) -> None:
    await robin.open_chat(ash.id, encrypted=False, joined=False)
    await ash.join(encrypted=False)
    await robin.say("in clear")
    await robin.send_file("note.txt", b"in clear")
    said, file = await ash.wait("note.txt")
    assert (said.encrypted, said.text, await ash.fetch(file)) == (False, "in clear", b"in clear")


async def test_a_person_sees_who_comes_and_goes(
    clients: Clients, robin: Person, ash: Person
) -> None:
    await meet(robin, ash)
    third = await clients.person()
    await robin.invite(third.id)
    await robin.member(third.id, "invite")
    await third.join()
    await third.leave()
    await robin.member(third.id, "leave")
    assert (robin.members()[robin.id], ash.members()[robin.id]) == ("join", "join")


async def test_a_new_session_is_read_as_the_old_one(robin: Person, ash: Person) -> None:
    await meet(robin, ash)
    await robin.say("one")
    before = await ash.wait("one")
    await robin.rotate()
    await robin.say("two")
    after = await ash.wait("two")
    assert [m.unreadable for m in (*before, *after)] == [""] * 3
    sessions = {await _session(robin, m.id) for m in after}
    assert len(sessions) == 2


async def _session(person: Person, event: str) -> str:
    """Which Megolm session an event was encrypted with, as the server sees it."""
    path = f"/_matrix/client/v3/rooms/{person.room}/event/{event}"
    server, token = person.clients.synapse, person.account.access_token
    _, answer = await server.call("GET", path, token=token)
    return str(answer["content"]["session_id"])


async def test_a_second_device_that_is_signed_reads_and_writes(robin: Person, ash: Person) -> None:
    await meet(robin, ash)
    other = await ash.second_device()
    await robin.learn_device(ash.id, other.account.device_id)
    await robin.say("to both")
    await asyncio.gather(ash.wait("to both"), other.wait("to both"))
    await other.say("from the second one")
    await robin.wait("from the second one")
    assert set((await robin.devices(ash.id)).values()) == {True}


async def test_an_unsigned_device_gets_nothing_from_a_strict_client(
    robin: Person, ash: Person
) -> None:
    await meet(robin, ash)
    other = await ash.second_device(signed=False)
    await robin.learn_device(ash.id, other.account.device_id, signed=False)
    await robin.say("for those who are signed")
    await ash.wait("for those who are signed")
    await other.wait(lambda screen: [m.unreadable for m in screen] == [WITHHELD])


async def test_an_account_without_cross_signing_gets_nothing_either(
    clients: Clients, robin: Person
) -> None:
    bare = await clients.person(signed=False, strict=False)
    await meet(robin, bare)
    await robin.say("for those who are signed")
    await bare.wait(lambda screen: [m.unreadable for m in screen] == [WITHHELD])
    await bare.say("from one who is not")
    *_, answer = await robin.wait(lambda screen: len(screen) == 2)
    assert answer.unreadable == UNSIGNED


async def test_what_comes_before_its_senders_devices_is_read_once_they_are_known(
    synapse: Synapse, clients: Clients, robin: Person
) -> None:
    seen = asyncio.Event()

    async def late(asked: Any, answer: Any) -> Any:
        if robin.id in asked["device_keys"]:
            await seen.wait()
        return answer

    async with Proxy(synapse.url) as proxy:
        ash = await clients.person(synapse=synapse.behind(proxy.port))
        proxy.lie("/keys/query", late)
        await meet(ash, robin)
        await robin.say("hello")
        await ash.wait(lambda screen: [m.unreadable for m in screen] == [UNSIGNED])
        seen.set()
        (message,) = await ash.wait("hello")
        assert (message.unreadable, message.shield) == ("", "")
        await ash.stop()


async def test_an_identity_is_known_and_its_change_is_seen(
    synapse: Synapse, clients: Clients, robin: Person, ash: Person
) -> None:
    await meet(robin, ash)
    assert await robin.identity(ash.id) == {"known": True, "verified": False, "changed": False}
    other = await clients.person(await synapse.log_in(ash.account))
    await robin.learn_device(ash.id, other.account.device_id)
    assert await robin.identity(ash.id) == {"known": True, "verified": False, "changed": True}


@dataclass(slots=True)
class Bare:
    """A bot as matrix-nio makes one: nothing is cross-signed."""

    client: nio.AsyncClient
    read: list[str]
    unread: list[str]


@asynccontextmanager
async def bare(synapse: Synapse, folder: Path) -> AsyncIterator[Bare]:
    account = await synapse.register()
    config = nio.AsyncClientConfig(encryption_enabled=True)
    client = nio.AsyncClient(synapse.url, account.user_id, account.device_id, str(folder), config)
    client.restore_login(account.user_id, account.device_id, account.access_token)
    made = Bare(client, [], [])
    client.add_event_callback(
        lambda _, e: made.read.append(str(getattr(e, "body", ""))), nio.RoomMessageText
    )
    client.add_event_callback(lambda _, e: made.unread.append(e.event_id), nio.MegolmEvent)
    try:
        yield made
    finally:
        await client.close()
        assert client.store is not None
        client.store.database.close()


@pytest.mark.parametrize("strict", [True, False])
async def test_a_bot_that_is_not_cross_signed_reads_only_those_who_are_not_strict(
    synapse: Synapse, clients: Clients, tmp_path: Path, strict: bool
) -> None:
    logging.getLogger("nio").setLevel(logging.ERROR)
    robin = await clients.person(strict=strict)
    async with bare(synapse, tmp_path) as bot:
        await bot.client.keys_upload()
        await bot.client.sync(full_state=True)
        await robin.open_chat(bot.client.user_id, joined=False)
        await bot.client.join(robin.room)
        await robin.member(bot.client.user_id, "join")
        sent = await robin.say("hello")
        async with asyncio.timeout(10):
            while not (bot.read or bot.unread):
                await bot.client.sync(timeout=1000)
        assert (bot.read, bot.unread) == (([], [sent]) if strict else (["hello"], []))
        await bot.client.room_send(
            robin.room,
            "m.room.message",
            {"msgtype": "m.notice", "body": "hello"},
            ignore_unverified_devices=True,
        )
        *_, answer = await robin.wait(lambda screen: len(screen) == 2)
        assert answer.unreadable == (UNSIGNED if strict else "")
        assert answer.silent is not strict


async def test_hints_of_others_are_noted(synapse: Synapse, robin: Person, ash: Person) -> None:
    await meet(robin, ash)
    event = await robin.say("are you there?")
    await ash.wait("are you there?")
    assert robin.hints == []
    rooms, token = f"/_matrix/client/v3/rooms/{ash.room}", ash.account.access_token
    typing = {"typing": True, "timeout": 5000}
    await synapse.call("PUT", f"{rooms}/typing/{ash.id}", token=token, body=typing)
    await synapse.call("POST", f"{rooms}/receipt/m.read/{event}", token=token, body={})
    wanted = {("typing", ash.id), ("receipt", ash.id)}
    await robin.until(lambda: {(hint.kind, hint.sender) for hint in robin.hints} == wanted)


async def test_words_are_sent_again_until_a_broken_server_takes_them(
    own_synapse: Synapse, tmp_path: Path
) -> None:
    async with Clients(own_synapse, tmp_path / "log") as clients:
        robin, ash = [await clients.person() for _ in range(2)]
        await meet(robin, ash)
        await own_synapse.kill()
        saying = asyncio.create_task(robin.say("once only"))
        await asyncio.sleep(0.5)
        await own_synapse.start()
        await saying
        await asyncio.gather(robin.wake(), ash.wake())
        await ash.wait("once only")
        assert len(await ash.quiet()) == 1


async def test_that_the_clients_are_gone_is_noticed(clients: Clients, robin: Person) -> None:
    waiting = asyncio.create_task(robin.wait("what never comes"))
    await asyncio.sleep(0.1)
    clients.process.kill()
    with pytest.raises(ClientGone):
        await waiting
    with pytest.raises(ClientGone):
        await robin.open_chat()


async def test_what_does_not_come_is_said_with_the_chat(robin: Person, ash: Person) -> None:
    await meet(robin, ash)
    await robin.say("only this")
    await robin.wait("only this")
    with pytest.raises(AssertionError, match=r"(?s)no 'more' within 0\.2 s.*only this"):
        await robin.wait("more", 0.2)


async def test_a_script_is_played_with_words_for_buttons(robin: Person, ash: Person) -> None:
    await meet(robin, ash)
    stage = MatrixStage(robin, seconds=5)
    talk = parse(
        "> /start\n? Who may read your story?\n+ Ash | Oak\n? Ash and Oak\n! Who may\n", "t.txt"
    )

    async def answer() -> None:
        await ash.wait("/start")
        asked = await ash.say("Who may read your story?\n1 Ash\n2 Oak")
        await ash.wait("Ash, Oak")
        await ash.say("Ash and Oak may read it.")
        await ash.redact(asked)

    await asyncio.gather(play(talk, stage), answer())
    assert "Who may read your story?" in stage.shown()
    stage.seconds = 0.2
    with pytest.raises(AssertionError, match=r"^t\.txt:1: not on the screen: Never said"):
        await play(parse("? Never said\n", "t.txt"), stage)
    with pytest.raises(AssertionError, match="what was wanted"):
        await play(parse("* Nobody\n", "t.txt"), stage)
