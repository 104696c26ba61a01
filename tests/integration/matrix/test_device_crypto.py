"""Encryption and decryption, and how malformed input is handled."""

import json
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nio.store import MegolmInboundSessions, OlmSessions

from bot.platforms.matrix.crypto.device_crypto import MEGOLM, NoDevice, Replayed, Unreadable
from bot.platforms.matrix.crypto.message_indices import BLOCK
from bot.platforms.matrix.crypto.signing import unpadded_base64
from bot.platforms.matrix.crypto.to_device import CLAIM_PAUSE_SECONDS, ENCRYPTED
from bot.platforms.matrix.events import MESSAGE
from bot.platforms.matrix.http_client import Json, ServerUnreachable
from bot.platforms.matrix.signals import IdentityReplaced
from bot.platforms.matrix.sync import decryptor
from tests.doubles.matrix.person import Clients
from tests.doubles.matrix.synapse import Synapse
from tests.integration.matrix.key_server import (
    KeyServer,
    Participant,
    event,
    join_server,
    new_device,
)
from tests.integration.matrix.running import begin, running, sealed
from tests.rig import Rig

BOT, ROBIN, WREN = "@bot:example.org", "@robin:example.org", "@wren:example.org"
ROOM, OTHER = "!room", "!other"


@dataclass
class Pair:
    """The bot, and a person who writes to it."""

    server: KeyServer
    bot: Participant
    robin: Participant
    folder: Path

    async def tell(self, text: str, room: str = ROOM) -> Json:
        """Have Robin write, and the bot receive the key."""
        told = await self.robin.write(room, self.bot, text)
        self.bot.receive()
        return told

    async def answer(self, text: str, room: str = ROOM) -> Json:
        """Have the bot write, and Robin receive the key."""
        told = await self.bot.write(room, self.robin, text)
        self.robin.receive()
        return told


async def acquainted(folder: Path) -> Pair:
    server = KeyServer()
    bot, robin = (
        await join_server(folder, server, BOT, "BOT"),
        await join_server(folder, server, ROBIN),
    )
    for one, other in ((bot, robin), (robin, bot)):
        await one.crypto.devices.refresh((other.user,))
    return Pair(server, bot, robin, folder)


@pytest.fixture
async def pair(tmp_path: Path) -> AsyncIterator[Pair]:
    made = await acquainted(tmp_path)
    yield made
    for one in (made.bot, made.robin):
        one.crypto.close()


def body(participant: Participant, told: Json, room: str = ROOM) -> str:
    return str(participant.read(room, told).content["body"])


def sessions(one: Participant, room: str = ROOM) -> int:
    """Count the stored sessions of others."""
    with one.crypto.store.database.bind_ctx([MegolmInboundSessions]):
        found = MegolmInboundSessions.select().where(MegolmInboundSessions.room_id == room)
        return int(found.count())


def blocks(one: Participant) -> int:
    """Count the stored blocks of messages that were read."""
    rows = one.crypto.store.database.execute_sql("SELECT count(*) FROM read_messages")
    return int(rows.fetchone()[0])


# Writing and reading


async def test_two_devices_write_to_each_other_before_and_after_a_restart(pair: Pair) -> None:
    assert body(pair.bot, await pair.tell("One.")) == "One."
    assert body(pair.robin, await pair.answer("Two.")) == "Two."
    pair.bot = pair.bot.restart()
    assert body(pair.bot, await pair.tell("Three.")) == "Three."
    assert body(pair.robin, await pair.answer("Four.")) == "Four."


async def test_the_sender_is_trusted(pair: Pair) -> None:
    opened = pair.bot.read(ROOM, await pair.tell("One."))
    assert (opened.type, opened.trusted) == (MESSAGE, True)


async def test_a_new_session_of_the_sender_is_used(pair: Pair) -> None:
    await pair.tell("One.")
    pair.robin.crypto.rotate_key(ROOM)
    assert body(pair.bot, await pair.tell("Two.")) == "Two."
    assert sessions(pair.bot) == 2


@pytest.mark.parametrize("without", ["sender_key", "device_id"])
async def test_fields_that_newer_apps_omit_are_not_needed(pair: Pair, without: str) -> None:
    told = await pair.tell("One.")
    del told["content"][without]
    assert body(pair.bot, told) == "One."
    told["content"][without] = "of somebody else"
    assert body(pair.bot, told) == "One."


async def test_a_relation_outside_the_ciphertext_is_read(pair: Pair) -> None:
    told = await pair.tell("One.")
    told["content"]["m.relates_to"] = {"rel_type": "m.replace", "event_id": "$x"}
    assert pair.bot.read(ROOM, told).content["m.relates_to"]["event_id"] == "$x"


async def test_a_session_key_is_shared_once(pair: Pair) -> None:
    for text in ("One.", "Two."):
        assert body(pair.robin, await pair.answer(text)) == text
    assert pair.bot.client.paths().count("/sendToDevice") == 1


async def test_the_bot_keeps_no_keys_to_its_own_messages(pair: Pair) -> None:
    told = await pair.answer("One.")
    assert sessions(pair.bot) == 0
    with pytest.raises(Unreadable):
        pair.bot.read(ROOM, told)


async def test_forgetting_a_room_deletes_its_keys(pair: Pair) -> None:
    told, other = await pair.tell("One."), await pair.tell("Two.", OTHER)
    pair.bot.crypto.forget_room(ROOM)
    assert (sessions(pair.bot), sessions(pair.bot, OTHER)) == (0, 1)
    pair.bot = pair.bot.restart()
    with pytest.raises(Unreadable):
        pair.bot.read(ROOM, told)
    assert body(pair.bot, other, OTHER) == "Two."


async def test_a_used_one_time_key_is_deleted_from_disk(pair: Pair) -> None:
    """Otherwise a stolen disk would open the first message, and with it the room's key."""
    await pair.robin.write(ROOM, pair.bot, "One.")
    (mail,) = pair.server.messages[BOT, "BOT"]
    pair.bot.receive()
    with pair.bot.crypto.store.database.bind_ctx([OlmSessions]):
        OlmSessions.delete().execute()
    pair.bot.crypto.forget_room(ROOM)
    pair.bot = pair.bot.restart()
    pair.bot.crypto.receive([mail])
    assert sessions(pair.bot) == 0


# Who may read


async def test_a_signed_second_device_reads_later_messages_only(
    pair: Pair,
) -> None:
    before = await pair.answer("One.")
    second = await join_server(pair.folder, pair.server, ROBIN, "TWO")
    second.crypto.devices.invalidate([BOT])
    pair.bot.crypto.devices.invalidate([ROBIN])
    told = await pair.answer("Two.")
    second.receive()
    await second.crypto.devices.refresh((BOT,))
    assert body(second, told) == "Two."
    with pytest.raises(Unreadable):
        second.read(ROOM, before)
    second.crypto.close()


async def injected(pair: Pair) -> Participant:
    """Make a device that the server added to Robin's account."""
    evil = new_device(pair.folder / "evil", pair.server, ROBIN, "EVIL")
    await evil.replenish()
    pair.bot.crypto.devices.invalidate([ROBIN])
    await evil.crypto.devices.refresh((BOT,))
    return evil


async def test_an_unsigned_device_gets_no_key_and_is_not_trusted(
    pair: Pair,
) -> None:
    evil = await injected(pair)
    assert body(pair.robin, await pair.answer("One.")) == "One."
    assert evil.fetch_messages() == []
    told = await evil.write(ROOM, pair.bot, "I am Robin.")
    pair.bot.receive()
    assert not pair.bot.read(ROOM, told).trusted
    assert body(pair.bot, await pair.tell("Two.")) == "Two."
    evil.crypto.close()


async def test_text_for_all_devices_does_not_share_later_messages(pair: Pair) -> None:
    await pair.answer("One.")
    evil = await injected(pair)
    told = await pair.bot.crypto.encrypt_for_all(ROOM, [ROBIN], MESSAGE, {"body": "For all."})
    after = await pair.answer("Two.")
    evil.receive()
    assert body(evil, event(BOT, told)) == body(pair.robin, event(BOT, told)) == "For all."
    with pytest.raises(Unreadable):
        evil.read(ROOM, after)
    assert body(pair.robin, after) == "Two."
    evil.crypto.close()


async def test_a_replaced_identity_is_signalled_before_anything_is_written(pair: Pair) -> None:
    await pair.answer("One.")
    assert pair.bot.signals() == []
    shutil.rmtree(pair.folder / ROBIN[1:] / "keyring")
    del pair.server.identities[ROBIN]
    again = await join_server(pair.folder, pair.server, ROBIN, "TWO")
    pair.bot.crypto.devices.invalidate([ROBIN])
    await pair.answer("Two.")
    assert pair.bot.signals() == [IdentityReplaced(ROBIN)]
    again.crypto.close()


async def test_a_deleted_device_ends_the_session_that_it_has(pair: Pair) -> None:
    second = await join_server(pair.folder, pair.server, ROBIN, "TWO")
    pair.bot.crypto.devices.invalidate([ROBIN])
    before = await pair.answer("One.")
    del pair.server.devices[ROBIN]["TWO"]
    pair.bot.crypto.devices.invalidate([ROBIN])
    after = await pair.answer("Two.")
    assert before["content"]["session_id"] != after["content"]["session_id"]
    second.crypto.close()


async def test_messages_under_another_sender_are_not_trusted(pair: Pair) -> None:
    wren = await join_server(pair.folder, pair.server, WREN)
    await wren.crypto.devices.refresh((BOT,))
    await pair.bot.crypto.devices.refresh((WREN,))
    told = await wren.write(ROOM, pair.bot, "I am Robin.")
    pair.bot.receive()
    assert not pair.bot.read(ROOM, {**told, "sender": ROBIN}).trusted
    wren.crypto.close()


# Replays, wrong rooms and failures


async def test_a_replayed_message_is_unreadable(pair: Pair) -> None:
    told = await pair.tell("Yes.")
    assert body(pair.bot, told) == body(pair.bot, told) == "Yes."
    with pytest.raises(Unreadable):
        pair.bot.read(ROOM, {**told, "event_id": "$again"})
    with pytest.raises(Unreadable):
        pair.bot.read(ROOM, {**told, "origin_server_ts": 2})


@pytest.mark.parametrize("how", ["a restart", "a flood", "a repeated key"])
async def test_no_message_is_taken_under_another_event_id_after(pair: Pair, how: str) -> None:
    told = await pair.tell("2")
    assert body(pair.bot, told) == "2"
    if how == "a restart":
        pair.bot = pair.bot.restart()
    elif how == "a flood":
        for number in range(2 * BLOCK):
            pair.bot.read(ROOM, await pair.tell(f"{number}"))
    else:
        pair.robin.crypto.olm.outbound_group_sessions[ROOM].users_shared_with.clear()
        assert body(pair.bot, await pair.tell("3")) == "3"
    for again in ({"event_id": "$again"}, {"event_id": "$again", "origin_server_ts": 2}):
        with pytest.raises(Replayed):
            pair.bot.read(ROOM, {**told, **again})
    assert body(pair.bot, told) == "2", "the event itself may be delivered again"


async def test_what_was_read_in_a_batch_is_remembered_by_its_journal(pair: Pair) -> None:
    """The program may be killed as soon as the batch is stored."""
    told = await pair.tell("2")
    pair.bot.crypto.decrypt(ROOM, told, keep=False)
    journal = pair.bot.crypto.indices.journal()
    assert blocks(pair.bot) == 0, "nothing was committed for it"
    pair.bot = pair.bot.restart(killed=True)
    pair.bot.crypto.indices.restore(journal)
    assert blocks(pair.bot) == 1
    with pytest.raises(Replayed):
        pair.bot.read(ROOM, {**told, "event_id": "$again"})


async def test_a_new_key_takes_the_journal_along(pair: Pair) -> None:
    pair.bot.crypto.decrypt(ROOM, await pair.tell("1"), keep=False)
    pair.robin.crypto.rotate_key(ROOM)
    await pair.tell("2")
    assert (blocks(pair.bot), pair.bot.crypto.indices.journal()) == (1, "")


async def test_what_was_read_is_forgotten_with_its_room(pair: Pair) -> None:
    for room in (ROOM, OTHER):
        pair.bot.read(room, await pair.tell("1", room))
    pair.bot.crypto.decrypt(ROOM, await pair.tell("2"), keep=False)
    pair.bot.crypto.forget_room(ROOM)
    indices = pair.bot.crypto.indices
    assert (blocks(pair.bot), len(indices.blocks), indices.journal()) == (1, 1, "")


async def test_a_journal_of_a_forgotten_room_leaves_nothing(pair: Pair) -> None:
    pair.bot.crypto.decrypt(ROOM, await pair.tell("2"), keep=False)
    journal = pair.bot.crypto.indices.journal()
    pair.bot.crypto.forget_room(ROOM)
    pair.bot.crypto.indices.restore(journal)
    assert blocks(pair.bot) == 0


async def test_a_message_is_unreadable_in_another_room(pair: Pair) -> None:
    told = await pair.tell("One.")
    with pytest.raises(Unreadable):
        pair.bot.read(OTHER, told)


async def test_a_key_shared_for_another_room_moves_no_messages(
    pair: Pair,
) -> None:
    told = await pair.tell("One.")
    (session,) = pair.robin.crypto.olm.outbound_group_sessions.values()
    (device,) = pair.robin.crypto.devices.trusted_devices(BOT)
    key = {
        "algorithm": "m.megolm.v1.aes-sha2",
        "room_id": OTHER,
        "session_id": session.id,
        "session_key": session.session_key,
    }
    sealed = pair.robin.crypto.to_device.seal(device, "m.room_key", key)
    pair.bot.crypto.receive([{"type": ENCRYPTED, "sender": ROBIN, "content": sealed}])
    told = await pair.robin.write(ROOM, pair.bot, "Two.")
    with pytest.raises(Unreadable):
        pair.bot.read(OTHER, told)
    assert body(pair.bot, told) == "Two."


async def test_a_key_shared_again_opens_no_less_than_before(pair: Pair) -> None:
    """Apps share a session again, from its current index, after they repaired another."""
    told = await pair.robin.write(ROOM, pair.bot, "One.")
    pair.bot.receive()
    await pair.robin.write(ROOM, pair.bot, "Two.")
    session = pair.robin.crypto.olm.outbound_group_sessions[ROOM]
    session.users_shared_with.clear()
    third = await pair.robin.write(ROOM, pair.bot, "Three.")
    pair.bot.receive()
    assert body(pair.bot, told) == "One."
    assert body(pair.bot, third) == "Three."
    pair.bot = pair.bot.restart()
    assert body(pair.bot, told) == "One."


async def test_a_key_that_the_server_refused_is_shared_again(pair: Pair) -> None:
    pair.bot.client.failing["/sendToDevice"] = ServerUnreachable("500")
    with pytest.raises(ServerUnreachable):
        await pair.answer("One.")
    assert body(pair.robin, await pair.answer("One.")) == "One."


async def test_a_key_is_shared_again_after_a_lost_answer(pair: Pair) -> None:
    pair.bot.client.losing["/sendToDevice"] = ServerUnreachable("500")
    with pytest.raises(ServerUnreachable):
        await pair.answer("One.")
    assert body(pair.robin, await pair.answer("One.")) == "One."


async def test_a_new_key_is_shared_if_members_change_meanwhile(pair: Pair) -> None:
    crypto = pair.bot.crypto
    pair.bot.client.during["/sendToDevice"] = lambda: crypto.rotate_key(ROOM)
    assert body(pair.robin, await pair.answer("One.")) == "One."
    assert pair.bot.client.paths().count("/sendToDevice") == 2


async def test_nothing_is_encrypted_for_nobody(pair: Pair) -> None:
    pair.server.devices[ROBIN].clear()
    pair.bot.crypto.devices.invalidate([ROBIN])
    with pytest.raises(NoDevice):
        await pair.answer("One.")


async def test_a_device_without_keys_is_claimed_again_after_a_pause(pair: Pair) -> None:
    pair.server.one_time[ROBIN, "ONE"].clear()
    kept = pair.server.fallback.pop((ROBIN, "ONE"))
    for _ in range(3):
        with pytest.raises(NoDevice):
            await pair.answer("One.")
    assert pair.bot.client.paths().count("/keys/claim") == 1
    pair.server.fallback[ROBIN, "ONE"] = kept
    pair.bot.clock.now += CLAIM_PAUSE_SECONDS
    assert body(pair.robin, await pair.answer("Two.")) == "Two."


async def test_a_device_without_keys_delays_no_other(pair: Pair) -> None:
    second = await join_server(pair.folder, pair.server, ROBIN, "TWO")
    pair.server.one_time[ROBIN, "TWO"].clear()
    pair.server.fallback.pop((ROBIN, "TWO"))
    pair.bot.crypto.devices.invalidate([ROBIN])
    assert body(pair.robin, await pair.answer("One.")) == "One."
    second.crypto.close()


async def test_a_lost_session_is_replaced(pair: Pair) -> None:
    assert body(pair.bot, await pair.tell("One.")) == "One."
    pair.robin.receive()
    await pair.answer("Two.")
    lose_sessions(pair.bot)
    pair.robin.crypto.rotate_key(ROOM)
    lost = await pair.tell("Three.")
    with pytest.raises(Unreadable):
        pair.bot.read(ROOM, lost)
    await pair.bot.crypto.keep_up()
    pair.robin.receive()
    pair.robin.crypto.rotate_key(ROOM)
    assert body(pair.bot, await pair.tell("Four.")) == "Four."


def lose_sessions(one: Participant) -> None:
    """Lose the Olm sessions, as if an older disk had been restored."""
    with one.crypto.store.database.bind_ctx([OlmSessions]):
        OlmSessions.delete().execute()
    one.crypto.olm.session_store._entries.clear()


# Random and mutated input

junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "content", "sender", "ciphertext", "body", "keys", ROOM])
            | st.text(max_size=4),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
events = st.fixed_dictionaries(
    {"type": st.sampled_from([ENCRYPTED, "m.room_key", "m.room_key_request"]) | junk},
    optional={"content": junk, "sender": junk},
)
paths = st.lists(st.integers(0, 5), max_size=4)


def changed(value: Any, path: list[int], what: Any) -> Any:
    """Return a copy in which the value at the path is replaced."""
    if not path or not isinstance(value, dict) or not value:
        return what
    name = sorted(value)[path[0] % len(value)]
    return {**value, name: changed(value[name], path[1:], what)}


def test_random_to_device_events_never_raise(pair: Pair) -> None:
    @given(events | junk)
    def take(made_up: Any) -> None:
        pair.bot.crypto.receive([made_up])

    take()


def test_mutated_to_device_events_never_raise(pair: Pair) -> None:
    (device,) = pair.robin.crypto.devices.all_devices(BOT)
    claim = {"one_time_keys": {BOT: {"BOT": "signed_curve25519"}}}
    said = pair.server.claim((ROBIN, "ONE"), claim)
    pair.robin.crypto.to_device.begin_session(BOT, said["one_time_keys"][BOT])

    @given(paths, junk, st.booleans())
    def take(path: list[int], what: Any, inside: bool) -> None:
        key = {"algorithm": "m.megolm.v1.aes-sha2", "room_id": ROOM, "session_id": "x"}
        content = {**key, "session_key": "y"}
        if inside:
            content = changed(content, path, what)
        try:
            sealed = pair.robin.crypto.to_device.seal(device, "m.room_key", content)
        except (ValueError, TypeError):
            return  # it cannot be sent
        told = {"type": ENCRYPTED, "sender": ROBIN, "content": sealed}
        pair.bot.crypto.receive([told if inside else changed(told, path, what)])

    take()


def _deep(count: int) -> Any:
    value: Any = {}
    for _ in range(count):
        value = {"a": value}
    return value


async def test_deeply_nested_to_device_events_never_raise(pair: Pair) -> None:
    await pair.tell("One.")
    (device,) = pair.robin.crypto.devices.trusted_devices(BOT)
    session = pair.robin.crypto.olm.session_store.get(device.curve25519)
    text = '{"a":' * 9000 + "0" + "}" * 9000
    kind, data = session.encrypt(text).to_parts()
    sealed = {
        "algorithm": "m.olm.v1.curve25519-aes-sha2",
        "sender_key": pair.robin.crypto.olm.account.identity_keys["curve25519"],
        "ciphertext": {device.curve25519: {"type": kind, "body": unpadded_base64(data)}},
    }
    pair.bot.crypto.receive([{"type": ENCRYPTED, "sender": ROBIN, "content": sealed}])
    assert body(pair.bot, await pair.tell("Two.")) == "Two."


async def test_random_messages_are_unreadable(pair: Pair) -> None:
    await pair.tell("One.")
    crypto = pair.bot.crypto

    @given(st.dictionaries(st.sampled_from(["algorithm", "session_id", "ciphertext"]), junk))
    def read(content: Json) -> None:
        whole = {"algorithm": "m.megolm.v1.aes-sha2", **content}
        with pytest.raises(Unreadable):
            crypto.decrypt(ROOM, event(ROBIN, whole))

    read()


async def test_random_plaintexts_raise_nothing_but_unreadable(pair: Pair) -> None:
    await pair.tell("One.")
    session = pair.robin.crypto.olm.outbound_group_sessions[ROOM]
    known = {"algorithm": "m.megolm.v1.aes-sha2", "session_id": session.id}

    def says(text: bytes) -> None:
        sealed = {**known, "ciphertext": session._session.encrypt(text).to_base64()}
        try:
            opened = pair.bot.read(ROOM, event(ROBIN, sealed))
        except Unreadable:
            return
        assert isinstance(opened.content, dict)

    @given(st.binary(max_size=20) | junk.map(lambda value: json.dumps(value).encode()))
    def read(text: bytes) -> None:
        says(text)

    read()
    says(b"[" * 9000)
    says(b'{"type":"a","content":' + b'{"a":' * 9000)
    says(json.dumps({"type": "a", "content": _deep(300)}).encode())


# With an independent client


async def test_a_conversation_goes_on_after_the_person_began_a_new_session(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    async with running(rig, synapse) as bot:
        robin = await clients.person()
        await begin(robin, bot)
        for text in ("It was after the rehearsal.", "Two people saw it."):
            await robin.rotate()
            await robin.say(text)
        await robin.wait("Saved. Carry on")
        await sealed(bot, robin, ["It was after the rehearsal.", "Two people saw it."])


async def test_a_lost_session_with_a_person_is_replaced(
    rig: Rig, synapse: Synapse, clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decryptor, "KEY_WAIT_SECONDS", 1.0)
    async with running(rig, synapse) as bot:
        robin = await clients.person()
        await begin(robin, bot)
        crypto = bot.connection.device.crypto
        with crypto.store.database.bind_ctx([OlmSessions]):
            OlmSessions.delete().execute()
        crypto.olm.session_store._entries.clear()
        await robin.rotate()
        await robin.say("It was after the rehearsal.")
        await robin.wait("I couldn't read your last message")
        await robin.say("It was after the rehearsal.")
        await robin.wait("Saved. Carry on")
        await sealed(bot, robin, ["It was after the rehearsal."])


MADE_UP: tuple[Json, ...] = (
    {"algorithm": MEGOLM, "session_id": [], "ciphertext": "x"},
    {"algorithm": MEGOLM, "session_id": {"a": 1}, "ciphertext": {}},
    {"algorithm": [], "session_id": "x", "ciphertext": None},
    {"algorithm": MEGOLM, "m.relates_to": 3},
)


async def test_forged_events_stop_no_conversation(
    rig: Rig, synapse: Synapse, clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decryptor, "KEY_WAIT_SECONDS", 0.1)
    async with running(rig, synapse) as bot:
        robin = await clients.person()
        await begin(robin, bot)
        token = robin.account.access_token
        device = bot.application.keyring.bot["matrix.device"].decode()
        for number, content in enumerate(MADE_UP):
            path = f"/_matrix/client/v3/rooms/{robin.room}/send/{ENCRYPTED}/{number}"
            status, _ = await synapse.call("PUT", path, token=token, body=content)
            assert status == 200
            told = {"messages": {bot.id: {device: content}}}
            path = f"/_matrix/client/v3/sendToDevice/{ENCRYPTED}/{number}"
            status, _ = await synapse.call("PUT", path, token=token, body=told)
            assert status == 200
        await robin.wait("I couldn't read your last message")  # once for several that come close
        await robin.quiet(2)
        monkeypatch.setattr(decryptor, "KEY_WAIT_SECONDS", 8.0)
        await robin.say("It was after the rehearsal.")
        await robin.wait("Saved. Carry on")
        await sealed(bot, robin, ["It was after the rehearsal."])
        assert bot.said == []
