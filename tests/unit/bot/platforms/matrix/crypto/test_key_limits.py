"""Keys are few, whoever sends how many; those of people who are known go last."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from nio.crypto.sessions import OutboundGroupSession
from nio.store import MegolmInboundSessions, OlmSessions

from bot.platforms.matrix.crypto.device_crypto import DeviceCrypto
from bot.platforms.matrix.crypto.key_limits import (
    MOST_OF_A_DEVICE,
    MOST_UNKNOWN,
    MOST_UNKNOWN_OF_A_ROOM,
    excess_devices,
    excess_keys,
)
from bot.platforms.matrix.crypto.olm_machine import MOST_SESSIONS, OlmMachine
from bot.platforms.matrix.device import make_device_crypto
from bot.platforms.matrix.http_client import HttpClient
from bot.platforms.matrix.signals import SignalQueue
from tests.integration.matrix.devices import (
    ANNA,
    ANNA_DEVICE,
    BOT,
    BOT_DEVICE,
    ROOM,
    Device,
)


@dataclass(frozen=True)
class Session:
    use_time: int


def test_few_are_kept_whoever_sent_how_many() -> None:
    keys = {ROOM: {"phone": {f"${n}": 0 for n in range(MOST_OF_A_DEVICE)}, "other": {"$": 0}}}
    assert excess_keys(keys, set()) == []
    keys[ROOM]["phone"] |= {"new": 0, "newer": 0}
    assert excess_keys(keys, set()) == [(ROOM, "phone", "$0"), (ROOM, "phone", "$1")]


def test_made_up_devices_push_out_none_of_a_person_who_is_known() -> None:
    keys = {ROOM: {"phone": {"$": 0}, **{f"{n}": {f"${n}": 0} for n in range(5000)}}}
    dropped = {device for _, device, _ in excess_keys(keys, {"phone"})}
    assert dropped == {f"{n}" for n in range(5000 - MOST_UNKNOWN_OF_A_ROOM)}


def test_sessions_go_that_were_not_used_for_longest() -> None:
    sessions = {f"{n}": [Session(n), Session(0)] for n in range(MOST_UNKNOWN + 3)}
    assert excess_devices(sessions, {"0", "2"}) == ["1"]
    assert excess_devices(sessions, set()) == ["0", "1", "2"]


@pytest.fixture
def anna(tmp_path: Path) -> Iterator[Device]:
    device = Device(tmp_path / "anna", ANNA, ANNA_DEVICE)
    yield device
    device.store.close()


@pytest.fixture
def crypto(tmp_path: Path, anna: Device) -> Iterator[DeviceCrypto]:
    bot = Device(tmp_path / "bot", BOT, BOT_DEVICE)
    machine = OlmMachine(BOT, BOT_DEVICE, bot.store)
    account: Any = machine.account._account
    account.generate_fallback_key()
    bot.olm = machine
    anna.meet(bot)
    made = make_device_crypto(machine, bot.store, HttpClient("http://x"), bytes, SignalQueue())
    yield made
    made.close()


def key_of(anna: Device, crypto: DeviceCrypto) -> dict[str, object]:
    """Begin a session by the fallback key, and share a key in it."""
    (fallback,) = crypto.olm.account._account.fallback_key.values()
    bot = crypto.olm.account.identity_keys["curve25519"]
    session = anna.olm.create_session(fallback.to_base64(), bot)
    key = OutboundGroupSession()
    content = {
        "algorithm": "m.megolm.v1.aes-sha2",
        "room_id": ROOM,
        "session_id": key.id,
        "session_key": key.session_key,
    }
    device = anna.olm.device_store[BOT][BOT_DEVICE]
    sealed = anna.olm._olm_encrypt(session, device, "m.room_key", content)
    return {"type": "m.room.encrypted", "sender": ANNA, "content": sealed}


def test_a_flood_of_sessions_and_keys_leaves_few_and_the_newest_serve(
    anna: Device, crypto: DeviceCrypto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.platforms.matrix.crypto.key_limits.MOST_OF_A_DEVICE", 5)
    curve = anna.olm.account.identity_keys["curve25519"]
    for _ in range(MOST_SESSIONS + 5):
        assert crypto.receive([key_of(anna, crypto)]) == {ROOM}
    assert len(crypto.olm.session_store[curve]) == MOST_SESSIONS
    kept = list(crypto.olm.inbound_group_store._entries[ROOM][curve])[-5:]
    crypto.olm.session_store.get("a device that was looked for")
    crypto.drop_excess_keys()
    assert list(crypto.olm.inbound_group_store._entries[ROOM][curve]) == kept
    assert list(crypto.olm.session_store._entries) == [curve]
    with crypto.store.database.bind_ctx(crypto.store.models):
        assert OlmSessions.select().count() == MOST_SESSIONS
        assert {row.session_id for row in MegolmInboundSessions.select()} == {*kept}
    assert crypto.receive([key_of(anna, crypto)]) == {ROOM}, "the next key comes through"
    monkeypatch.setattr("bot.platforms.matrix.crypto.key_limits.MOST_UNKNOWN", 1)
    crypto.olm.session_store._entries["newer"] = [Session(2**40)]
    monkeypatch.setattr(Session, "id", "newer", raising=False)
    for session in crypto.olm.session_store[curve]:
        session.use_time = 0
    crypto.drop_excess_keys()
    assert list(crypto.olm.session_store._entries) == ["newer"]
    with crypto.store.database.bind_ctx(crypto.store.models):
        assert OlmSessions.select().count() == 0
