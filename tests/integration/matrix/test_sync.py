"""Every message is handled once and in order, whatever the server leaves out."""

import asyncio
import copy
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.platforms.matrix.crypto.device_crypto import DecryptedEvent, Unreadable
from bot.platforms.matrix.http_client import ServerUnreachable
from bot.platforms.matrix.rooms.directory import Room, RoomDirectory
from bot.platforms.matrix.signals import SignalQueue
from bot.platforms.matrix.sync import decryptor, gap_reader, source
from bot.platforms.matrix.sync.decryptor import Decryptor
from bot.platforms.matrix.sync.device_refresher import DeviceRefresher
from bot.platforms.matrix.sync.device_sync import DeviceSync
from bot.platforms.matrix.sync.loop import NotStored, SyncLoop
from bot.platforms.matrix.sync.receiver import MessageReceiver
from bot.platforms.matrix.sync.room_sync import RoomSync
from bot.platforms.matrix.sync.source import SyncSource, sync_filter
from bot.platforms.matrix.sync.stored_events import Gap, Stored, StoredEvent, decode_stored
from bot.runtime.admission import Arrival
from bot.runtime.help_sender import HelpSender
from bot.runtime.scheduler import Pause
from bot.runtime.status import StatusReporter
from bot.runtime.turn_budget import TurnBudget
from handlers.messages import MessageContent, TextMessage
from handlers.texts.english import ENGLISH
from store.inbox.cursor_store import CursorStore
from store.inbox.watermarks import Watermark
from store.model.accounts import Account
from store.model.inbox import InboxRow, WaitingMessage
from tests.doubles.matrix.person import Clients, Person
from tests.doubles.matrix.proxy import Fault, Proxy
from tests.doubles.matrix.synapse import Credentials, Synapse
from tests.integration.matrix.running import NO_GREETING, begin, pieces, running, sealed
from tests.rig import START, Rig
from tests.talk_script import folded

API = "/_matrix/client/v3"
KEY, MISSED = ENGLISH.refusals.unusable["key"], ENGLISH.refusals.unusable["missed"]
HELP = ENGLISH.help.help_intro
SEALED = "Saved. Carry on"


@pytest.fixture
async def proxy(synapse: Synapse) -> AsyncIterator[Proxy]:
    async with Proxy(synapse.url) as between:
        yield between


def use_short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "TIMELINE_LIMIT", 4)
    monkeypatch.setattr(gap_reader, "PAGE_EVENTS", 4)


def from_bot(person: Person) -> list[str]:
    return [m.text for m in person.received]


def asked_again(person: Person) -> int:
    """Count how often the bot could not read something; help lines stand beside it each time."""
    said = [folded(text) for text in from_bot(person) if folded(KEY) in folded(text)]
    assert all(folded(HELP) in text for text in said)
    return len(said)


async def say_and_wait(person: Person, text: str) -> None:
    """Say something, and wait until it is sealed."""
    before = sum(SEALED in t for _, t in person.told)
    await person.say(text)
    async with asyncio.timeout(10):
        await person.until(lambda: sum(SEALED in t for _, t in person.told) > before)


# Limited timelines


async def test_messages_sent_during_downtime_are_handled_in_order(
    rig: Rig, synapse: Synapse, clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_short_pages(monkeypatch)
    robin = await clients.person()
    async with running(rig, synapse) as bot:
        await begin(robin, bot)
        await say_and_wait(robin, "It began in May.")
        await bot.end()
    wanted = [f"piece {n}." for n in range(18)]
    for text in wanted:
        await robin.say(text)
    async with running(rig, synapse, bot.account) as bot:
        await sealed(bot, robin, ["It began in May.", *wanted])
        assert asked_again(robin) == 0


async def test_who_writes_and_leaves_while_the_bot_is_away_is_heard_before_it_leaves(
    rig: Rig, synapse: Synapse, clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_short_pages(monkeypatch)
    robin = await clients.person()
    async with running(rig, synapse) as bot:
        await begin(robin, bot)
        await say_and_wait(robin, "It began in May.")
        await bot.end()
    wanted = [f"piece {n}." for n in range(9)]
    for text in wanted:
        await robin.say(text)
    await robin.leave()
    async with running(rig, synapse, bot.account) as bot:
        await sealed(bot, robin, ["It began in May.", *wanted])
        directory = bot.connection.rooms.directory
        await bot.until(lambda: directory.get(robin.room) is None)


async def test_a_new_room_is_read_from_the_invitation_on(
    rig: Rig, synapse: Synapse, clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_short_pages(monkeypatch)
    robin = await clients.person()
    async with running(rig, synapse) as bot:
        await begin(robin, bot)
        await say_and_wait(robin, "It began in May.")
        await bot.end()
    await robin.open_chat()
    for number in range(6):
        await robin.say(f"a note to myself {number}")
    await robin.invite(bot.id)
    await robin.member(bot.id, "invite")
    wanted = [f"piece {n}." for n in range(9)]
    for text in wanted:
        await robin.say(text)
    async with running(rig, synapse, bot.account) as bot:
        await sealed(bot, robin, ["It began in May.", *wanted])
        assert asked_again(robin) == 0


async def test_somebody_forgotten_who_writes_before_the_bot_is_there_is_asked_to_repeat(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin = await clients.person()
    async with running(rig, synapse) as bot:
        await begin(robin, bot)
        await say_and_wait(robin, "It began in May.")
        await robin.leave()
        devices = bot.connection.device.crypto.devices
        await bot.until(lambda: robin.id not in devices.store.users())
        await bot.end()
    await robin.open_chat()
    await robin.invite(bot.id)
    await robin.member(bot.id, "invite")
    await robin.say("It was dark.")  # by a session with which nobody can read it any more
    async with running(rig, synapse, bot.account) as bot:
        await robin.until(lambda: asked_again(robin) == 1)
        await say_and_wait(robin, "It was dark.")
        await sealed(bot, robin, ["It began in May.", "It was dark."])


async def test_a_room_joined_just_before_a_restart_is_read_from_the_invitation_on(
    rig: Rig, synapse: Synapse, clients: Clients, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_short_pages(monkeypatch)
    robin, ash = await clients.person(), await clients.person()
    async with running(rig, synapse) as bot:
        await begin(ash, bot)
        await begin(robin, bot)
        await say_and_wait(robin, "It began in May.")
        await robin.open_chat()
        proxy.add(Fault.DROP_BEFORE, "/join")
        await bot.end()
    async with running(rig, synapse, bot.account, url=proxy.url) as bot:
        await robin.invite(bot.id)
        await robin.member(bot.id, "invite")
        wanted = [f"piece {n}." for n in range(9)]
        for text in wanted:
            await robin.say(text)
        await say_and_wait(ash, "It was in June.")  # moves the cursor past those
        await bot.until(lambda: bool(proxy.seen("/join")))
        proxy.add(Fault.ERROR, "/sync$")
        proxy.rules.pop(0)
        await robin.member(bot.id, "join")
        await bot.end()
    async with running(rig, synapse, bot.account) as bot:
        await sealed(bot, robin, ["It began in May.", *wanted])
        assert asked_again(robin) == 0


async def test_a_batch_that_failed_half_way_is_handled_again(
    rig: Rig, synapse: Synapse, clients: Clients, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_short_pages(monkeypatch)
    robin = await clients.person()
    async with running(rig, synapse) as bot:
        await bot.end()
    await robin.open_chat()
    for number in range(3):
        await robin.say(f"a note to myself {number}")
    await robin.invite(bot.id)
    await robin.member(bot.id, "invite")
    await robin.say("!start")
    for number in range(7):
        await robin.say(f"too early {number}")
    rule = proxy.add(Fault.ERROR, "/messages$", times=2)
    async with running(rig, synapse, bot.account, url=proxy.url, waits=NO_GREETING):
        await robin.wait("Could anyone else see this chat?")
        await robin.quiet()
        assert rule.struck == 2
        assert asked_again(robin) == 0


async def test_without_a_cursor_the_last_message_must_be_repeated(
    rig: Rig, synapse: Synapse, clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    robin, ash = await clients.person(), await clients.person()
    async with running(rig, synapse) as bot:
        await begin(robin, bot)
        await begin(ash, bot)
        await bot.end()
    await robin.say("It was in May.")

    async def lost(_self: CursorStore, _platform: str) -> None:
        monkeypatch.undo()

    monkeypatch.setattr(CursorStore, "position", lost)
    async with running(rig, synapse, bot.account) as bot:
        await robin.wait(MISSED)
        await say_and_wait(robin, "It was in May.")
        await say_and_wait(ash, "It was in June.")
        assert MISSED not in from_bot(ash)
        await sealed(bot, robin, ["It was in May."])


# Late keys


class Withheld:
    """Withhold the keys of messages as a slow server does."""

    def __init__(self) -> None:
        self.held: list[Any] = []
        self.withholds = True

    async def __call__(self, _asked: Any, answer: Any) -> Any:
        came = answer.get("to_device", {}).get("events", [])
        self.held += came
        answer["to_device"] = {"events": [] if self.withholds else self.held}
        if not self.withholds:
            self.held = []
        return answer


async def test_a_late_key_delays_and_loses_nothing(
    rig: Rig, synapse: Synapse, clients: Clients, proxy: Proxy
) -> None:
    robin, ash = await clients.person(), await clients.person()
    async with running(rig, synapse, url=proxy.url) as bot:
        await begin(robin, bot)
        await begin(ash, bot)
        keys = Withheld()
        proxy.lie("/sync$", keys)
        await robin.rotate()
        await robin.say("It was in May.")
        await say_and_wait(ash, "It was in June.")
        assert await pieces(bot, robin) == []
        keys.withholds = False
        await sealed(bot, robin, ["It was in May."])
        await robin.quiet()
        assert asked_again(robin) == 0


async def test_a_missing_key_is_reported_once_and_the_cursor_moves_on(
    rig: Rig, synapse: Synapse, clients: Clients, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decryptor, "KEY_WAIT_SECONDS", 0.5)
    robin = await clients.person()
    async with running(rig, synapse, url=proxy.url) as bot:
        await begin(robin, bot)
        proxy.lie("/sync$", Withheld())
        await robin.rotate()
        await robin.say("nobody can read this")
        await robin.wait(KEY)
        proxy.clear()
        await robin.rotate()
        await say_and_wait(robin, "It was in May.")
        await bot.end()
    async with running(rig, synapse, bot.account) as bot:
        await say_and_wait(robin, "And in June.")
        await sealed(bot, robin, ["It was in May.", "And in June."])
        assert asked_again(robin) == 1


async def test_a_restart_while_a_key_is_pending_loses_nothing(
    rig: Rig, synapse: Synapse, clients: Clients, proxy: Proxy
) -> None:
    robin = await clients.person()
    async with running(rig, synapse, url=proxy.url) as bot:
        await begin(robin, bot)
        proxy.add(Fault.DROP_BEFORE, "/sync$")
        await robin.rotate()
        await robin.say("It was in May.")
        await bot.end()
    proxy.clear()
    async with running(rig, synapse, bot.account, url=proxy.url) as bot:
        await sealed(bot, robin, ["It was in May."])


# Unreadable and unencrypted events


async def put(synapse: Synapse, account: Credentials, room: str, kind: str, content: Any) -> str:
    path = f"{API}/rooms/{room}/send/{kind}/t{time.monotonic_ns()}"
    status, said = await synapse.call("PUT", path, token=account.access_token, body=content)
    assert status == 200, said
    return str(said["event_id"])


MEGOLM = {"algorithm": "m.megolm.v1.aes-sha2"}
BROKEN: list[dict[str, Any]] = [
    {},
    {"algorithm": ["m.megolm.v1.aes-sha2"]},
    {**MEGOLM, "session_id": ["a"], "ciphertext": "a"},
    {**MEGOLM, "session_id": {"a": 1}, "ciphertext": {"b": []}},
    {**MEGOLM, "session_id": "a"},
    {**MEGOLM, "session_id": None, "sender_key": 7, "device_id": [], "ciphertext": 3},
    {**MEGOLM, "session_id": "a", "ciphertext": "ü", "m.relates_to": "nothing"},
]
INSIDE: list[dict[str, Any]] = [
    {"msgtype": ["m.text"], "body": "x"},
    {"msgtype": "m.text", "body": {"x": 1}},
    {"body": None, "msgtype": None},
    {"m.new_content": 7},
]


async def test_no_malformed_event_stops_other_people(
    rig: Rig, synapse: Synapse, clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decryptor, "KEY_WAIT_SECONDS", 0.2)
    robin, ash = await clients.person(), await clients.person()
    async with running(rig, synapse) as bot:
        await begin(robin, bot)
        await begin(ash, bot)
        connection = bot.connection
        for content in BROKEN:
            await put(synapse, ash.account, ash.room, "m.room.encrypted", content)
        await put(synapse, ash.account, ash.room, "m.room.message", {"body": "x", "msgtype": "x"})
        await put(synapse, ash.account, ash.room, "m.reaction", {"m.relates_to": []})
        await put(synapse, ash.account, ash.room, "m.sticker", {})
        for content in INSIDE:
            await ash.send("m.room.message", content)
        await ash.send("m.poll.start", {"x": [1]})
        await say_and_wait(robin, "It was in May.")
        await say_and_wait(ash, "It was in June.")
        assert bot.adapter.connection is connection
        assert bot.said == []
        await sealed(bot, robin, ["It was in May."])
        await sealed(bot, ash, ["It was in June."])
        assert asked_again(ash) >= 1


async def test_unencrypted_messages_are_refused(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin = await clients.person()
    async with running(rig, synapse) as bot:
        await begin(robin, bot)
        await put(
            *(synapse, robin.account, robin.room, "m.room.message"),
            {"msgtype": "m.text", "body": "in clear"},
        )
        await robin.wait(ENGLISH.refusals.unusable["plain"])
        question = next(m.id for m in robin.screen if "What would you like" in m.text)
        await robin.react(question, "👍")
        await robin.wait(ENGLISH.refusals.unusable["reaction"])
        assert await pieces(bot, robin) == []


# Errors


# aiohttp repeats a request by itself when a connection ended.
@pytest.mark.parametrize(
    ("fault", "most"), [(Fault.ERROR, 6), (Fault.BROKEN, 6), (Fault.DROP_BEFORE, 12)]
)
async def test_polling_backs_off_while_the_server_fails_and_recovers(
    rig: Rig, synapse: Synapse, clients: Clients, proxy: Proxy, fault: Fault, most: int
) -> None:
    robin = await clients.person()
    async with running(rig, synapse, url=proxy.url) as bot:
        await begin(robin, bot)
        proxy.add(fault, "/sync$")
        await robin.say("It was in May.")  # ends the poll that waits
        await bot.until(lambda: any(r.fault for r in proxy.seen("/sync$")))
        before = len(proxy.seen("/sync$"))
        await asyncio.sleep(1.5)
        assert len(proxy.seen("/sync$")) - before <= most
        assert len(bot.said) == 1
        proxy.clear()
        await robin.say("And in June.")
        await sealed(bot, robin, ["It was in May.", "And in June."])
        assert bot.said[1:] == ["Matrix is there again."]


# Malformed input


NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
OWN, ANNA, BEN = "@bot:x", "@anna:x", "@ben:x"


def state(kind: str, key: str, **content: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "state_key": key,
        "sender": ANNA,
        "event_id": f"${kind}{key}",
        "origin_server_ts": 1,
        "content": content,
    }


def room(person: str) -> dict[str, Any]:
    """Make a new room with a message, as Synapse shows it."""
    name = person[1:4]
    message = {
        "type": "m.room.encrypted",
        "sender": person,
        "event_id": f"$of-{name}",
        "origin_server_ts": 2,
        "content": {**MEGOLM, "session_id": "s", "ciphertext": "c", "device_id": "D"},
        "unsigned": {"age": 3},
    }
    members = [state("m.room.member", u, membership="join") for u in (OWN, person)]
    return {
        "state": {"events": [*members, state("m.room.encryption", "", **MEGOLM)]},
        "timeline": {"events": [message], "limited": False, "prev_batch": "t1"},
        "account_data": {"events": []},
        "ephemeral": {"events": []},
        "unread_notifications": {"notification_count": 1},
        "summary": {},
    }


INVITE = state("m.room.member", OWN, membership="invite")
SYNC: dict[str, Any] = {
    "next_batch": "s2",
    "to_device": {"events": [{"type": "m.room.encrypted", "sender": ANNA, "content": {"a": 1}}]},
    "device_lists": {"changed": [ANNA], "left": []},
    "device_one_time_keys_count": {"signed_curve25519": 50},
    "device_unused_fallback_key_types": ["signed_curve25519"],
    "rooms": {
        "join": {"!mutated": room(ANNA)},
        "invite": {"!new": {"invite_state": {"events": [INVITE]}}},
        "leave": {"!old": {"timeline": {"events": []}}},
    },
}


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every part of a value."""
    inner: list[tuple[Any, Any]] = list(value.items()) if isinstance(value, dict) else []
    if isinstance(value, list):
        inner = list(enumerate(value))
    return [path, *(place for key, found in inner for place in places(found, (*path, key)))]


PLACES = [place for place in places(SYNC) if place]
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4)
NAMED = st.sampled_from([OWN, ANNA, "join", "leave", "m.room.member", "!mutated", "events"])
JUNK = st.recursive(
    SCALARS | NAMED,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMED, inner, max_size=3),
    max_leaves=5,
)
MUTATIONS = st.lists(
    st.tuples(st.sampled_from(PLACES), st.just("gone") | st.just("junk"), JUNK),
    min_size=1,
    max_size=3,
)


def mutated(changes: list[tuple[tuple[Any, ...], str, Any]]) -> dict[str, Any]:
    said: dict[str, Any] = copy.deepcopy(SYNC)
    for (*path, last), how, junk in changes:
        at: Any = said
        try:
            for key in path:
                at = at[key]
            if how == "gone":
                del at[last]
            else:
                at[last] = junk
        except (LookupError, TypeError):
            continue  # another change took that place away
    return said


class Stub:
    """Replace everything below a sync loop that needs a server, and record messages."""

    def __init__(self, answer: Callable[[str], Awaitable[Any]]) -> None:
        self.stored: list[Stored] = []
        self.is_full = False
        self.watermark = Watermark(lambda: START)
        self.answer = answer
        self.rooms = RoomDirectory(OWN)
        self.devices = SimpleNamespace(invalidate=set, is_outdated=lambda _user: False)
        self.one_time_keys = SimpleNamespace(update=json.dumps)
        self.indices = SimpleNamespace(journal=str)
        self.invitations = SimpleNamespace(receive=self.receive_invitation)
        self.reader = self.make_reader(self)
        helper = HelpSender(self.send_help, lambda: 1.0)
        self.receiver = MessageReceiver(helper, self.reader, lambda: NOW)
        self.loop = self.make_loop(self)

    def make_loop(self, stub: Any) -> SyncLoop:
        batches = SyncSource(stub, OWN, lambda: "a name", asyncio.Event())
        return SyncLoop(
            batches,
            cursors=stub,
            device_sync=DeviceSync(
                stub, self.rooms, self.reader, self.keep_up, TurnBudget(lambda: 1.0, 15)
            ),
            room_sync=RoomSync(batches, self.rooms, stub, stub, self.receiver, lambda: 1.0),
            admission=stub,
            status=StatusReporter(lambda _sentence: None, "Matrix"),
            stop=batches.stop,
            cursor="s1",
        )

    def make_reader(self, stub: Any) -> Decryptor:
        refresher = DeviceRefresher(stub, SignalQueue(), lambda: 1.0)
        return Decryptor(stub, self.rooms, SignalQueue(), refresher, lambda: 1.0)

    async def accept(self, arrivals: Sequence[Arrival], cursor: str | None) -> None:
        assert isinstance(cursor, str)
        if self.is_full:
            raise OSError
        for arrival in arrivals:
            message = arrival.message
            waiting = WaitingMessage(InboxRow(1), message.chat, 0, 0, message.content)
            self.stored.append(decode_stored(waiting))

    @property
    def heard(self) -> list[tuple[str, MessageContent | Pause | None]]:
        """What is read, and from whom, of the events that were stored."""
        events = [found for found in self.stored if isinstance(found, StoredEvent)]
        return [(e.event.sender, self.reader.read(e.room_id, e.event)) for e in events]

    is_open = True

    async def has_room(self) -> None:
        """Do nothing: there always is."""

    async def send_help(self, _who: Account, _sentence: str) -> None:
        raise AssertionError("nobody asked for it")

    async def long_poll(self, path: str, _timeout_seconds: float) -> Any:
        return await self.answer(path)

    async def request(self, _method: str, path: str) -> Any:
        return await self.answer(path)

    async def keep_up(self) -> None:
        """Do nothing."""

    def receive(self, events: tuple[Any, ...]) -> frozenset[str]:
        assert all(isinstance(event["content"], dict) for event in events)
        return frozenset()

    def decrypt(self, _room: str, event: dict[str, Any], *, keep: bool = True) -> DecryptedEvent:
        del keep
        if event["content"].get("session_id") != "s":
            raise Unreadable
        content = {"msgtype": "m.text", "body": event["event_id"]}
        return DecryptedEvent("m.room.message", content, trusted=True, device="D")

    def rotate_key(self, room_id: str) -> None:
        assert isinstance(room_id, str)

    def forget_room(self, room_id: str) -> None:
        self.rooms.remove(room_id)

    def receive_invitation(self, room_id: str, inviter: str) -> None:
        assert isinstance(room_id, str)
        assert isinstance(inviter, str)

    def review(self, room: Room) -> None:
        room.suitability()


@given(MUTATIONS)
@settings(max_examples=400)
def test_a_malformed_sync_hides_no_other_room(
    changes: list[tuple[tuple[Any, ...], str, Any]],
) -> None:
    said = mutated(changes)
    rooms = said.get("rooms")
    whole = isinstance(rooms, dict) and isinstance(rooms.get("join"), dict)
    if whole:
        said["rooms"]["join"]["!untouched"] = room(BEN)

    async def answer(path: str) -> Any:
        return said if path.startswith("/sync") else {"chunk": [7, {}], "end": 8}

    async def one_round() -> list[MessageContent | Pause | None]:
        stub = Stub(answer)
        try:
            await stub.loop.handle_next()
        except ServerUnreachable:
            assert not isinstance(said.get("next_batch"), str) or not said["next_batch"]
            return []
        finally:
            await stub.loop.close()
        return [content for person, content in stub.heard if person == BEN] if whole else []

    found = asyncio.run(one_round())
    placed = isinstance(said.get("next_batch"), str) and said["next_batch"]
    kicked = isinstance(rooms, dict) and rooms.get("leave") == "!untouched"
    if whole and placed and not kicked:
        assert found == [TextMessage("$of-ben")]


async def test_messages_redacted_before_they_were_read_are_not_answered() -> None:
    said = copy.deepcopy(SYNC)
    for person, change in (
        (ANNA, {"content": {}}),
        (BEN, {"unsigned": {"redacted_because": {"type": "m.room.redaction"}}}),
    ):
        said["rooms"]["join"][f"!of-{person}"] = of_person = room(person)
        of_person["timeline"]["events"][0] |= change
    del said["rooms"]["join"]["!mutated"]

    async def answer(_path: str) -> Any:
        return said

    stub = Stub(answer)
    await stub.loop.handle_next()
    await stub.loop.close()
    assert stub.stored == []


async def test_what_was_left_out_waits_before_what_came() -> None:
    said = copy.deepcopy(SYNC)
    del said["rooms"]["join"]["!mutated"]
    said["rooms"]["join"]["!of-anna"] = room(ANNA)

    async def answer(path: str) -> Any:
        assert path.startswith("/sync"), "nothing is asked for on account of a room"
        return said

    stub = Stub(answer)
    await stub.loop.handle_next()
    limited = said["rooms"]["join"]["!of-anna"]["timeline"]
    limited |= {"limited": True, "prev_batch": "p"}
    limited["events"][0]["event_id"] = "$later"
    await stub.loop.handle_next()
    await stub.loop.close()
    first, gap, last = stub.stored
    assert isinstance(first, StoredEvent)
    assert isinstance(last, StoredEvent)
    assert gap == Gap("!of-anna", ANNA, "p", "s2")
    assert (first.event.id, last.event.id) == ("$of-ann", "$later")


JOIN_AFTER_INVITATION = state("m.room.member", OWN, membership="join") | {
    "unsigned": {"prev_content": {"membership": "invite"}}
}
NEW_NAME = state("m.room.member", OWN, membership="join") | {
    "unsigned": {"prev_content": {"membership": "join"}}
}


@pytest.mark.parametrize(
    ("event", "end"), [(JOIN_AFTER_INVITATION, ""), (INVITE, ""), (NEW_NAME, "s1")]
)
async def test_a_room_known_before_its_batch_is_read_from_the_invitation_on(
    event: dict[str, Any], end: str
) -> None:
    said = copy.deepcopy(SYNC)
    said["rooms"]["join"] = {"!of-anna": (of_anna := room(ANNA))}
    of_anna["state"]["events"][0] = event
    of_anna["timeline"] |= {"limited": True, "prev_batch": "p"}

    async def answer(_path: str) -> Any:
        return said

    stub = Stub(answer)
    stub.rooms.add("!of-anna")
    await stub.loop.handle_next()
    await stub.loop.close()
    gap, _message = stub.stored
    assert gap == Gap("!of-anna", ANNA, "p", end)


async def test_all_is_taken_over_after_a_sync_that_was_stored() -> None:
    said = copy.deepcopy(SYNC)
    answers: list[Any] = [ServerUnreachable(), said]

    async def answer(_path: str) -> Any:
        found = answers.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    stub = Stub(answer)
    with suppress(ServerUnreachable):
        await stub.loop.handle_next()
    assert stub.watermark.until is None
    stub.is_full = True
    with suppress(NotStored):
        await stub.loop.handle_next()
    assert stub.watermark.until is None
    stub.is_full = False
    answers.append(said)  # looked at for calls for help
    await stub.loop.handle_next()
    assert stub.watermark.until is not None
    await stub.loop.close()


def test_the_filter_excludes_what_is_not_needed() -> None:
    asked = json.loads(sync_filter(7, OWN))
    assert asked["presence"] == asked["account_data"] == {"types": []}
    assert asked["room"]["ephemeral"] == asked["room"]["account_data"] == {"types": []}
    assert asked["room"]["timeline"]["limit"] == 7
    assert asked["room"]["timeline"]["not_senders"] == [OWN]
    assert set(asked["room"]["state"]["types"]) == {"m.room.member", "m.room.encryption"}
