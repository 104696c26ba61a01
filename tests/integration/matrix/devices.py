"""Olm devices without a homeserver: messages of one are handed to the other."""

from pathlib import Path

from nio import MegolmEvent, RoomMessageText
from nio.crypto import Olm, OlmDevice
from nio.events.to_device import RoomKeyEvent, ToDeviceEvent

from bot.platforms.matrix.crypto.store import CryptoStore, store_class_for

KEY = b"\xee" * 32
ROOM = "!the-room-in-which-they-talk:example.org"
BOT, BOT_DEVICE = "@the-bot-of-holdfast:example.org", "BOTSDEVICE"
ANNA, ANNA_DEVICE = "@anna-of-the-union:example.org", "ANNASPHONE"
OTHER_ROOM, BEN, BEN_DEVICE = (
    "!another-room-of-theirs:example.org",
    "@ben-elsewhere:x.org",
    "BENSPC",
)


def opened(
    folder: Path, user: str = BOT, device: str = BOT_DEVICE, key: bytes = KEY
) -> CryptoStore:
    """Open a store as nio does, with the pickle key that nio passes by default."""
    return store_class_for(key)(user, device, str(folder), "DEFAULT_KEY", "")


class Device:
    """A device with its store."""

    def __init__(self, folder: Path, user: str, device: str, key: bytes = KEY) -> None:
        self.user, self.name = user, device
        self.store = opened(folder, user, device, key)
        self.olm = Olm(user, device, self.store)

    def meet(self, other: "Device") -> None:
        """Store the other's keys, as after a query."""
        keys = other.olm.account.identity_keys
        by_kind = {"curve25519": keys["curve25519"], "ed25519": keys["ed25519"]}
        known = OlmDevice(other.user, other.name, by_kind)
        self.olm.device_store.add(known)
        self.store.save_device_keys({other.user: {other.name: known}})

    def begin_session(self, other: "Device") -> None:
        """Begin a session, as after claiming one of the other's one-time keys."""
        other.olm.account.generate_one_time_keys(1)
        (key,) = other.olm.account.one_time_keys["curve25519"].values()
        other.olm.account.mark_keys_as_published()
        other.olm.save_account()
        self.olm.create_session(key, other.olm.account.identity_keys["curve25519"])

    def share(self, room: str, other: "Device") -> None:
        """Share the key of the room with the other device."""
        _, sent = self.olm.share_group_session(room, [other.user], ignore_unverified_devices=True)
        content = sent["messages"][other.user][other.name]
        came = {"type": "m.room.encrypted", "sender": self.user, "content": content}
        event = other.olm.handle_to_device_event(ToDeviceEvent.parse_encrypted_event(came))
        assert isinstance(event, RoomKeyEvent)
        self.olm.outbound_group_sessions[room].shared = True

    def say(self, room: str, text: str) -> MegolmEvent:
        plain = {"type": "m.room.message", "content": {"msgtype": "m.text", "body": text}}
        content = self.olm.group_encrypt(room, plain)
        event = MegolmEvent.from_dict(
            {
                "type": "m.room.encrypted",
                "event_id": f"${text}",
                "sender": self.user,
                "origin_server_ts": 1,
                "room_id": room,
                "content": content,
            }
        )
        assert isinstance(event, MegolmEvent)
        event.room_id = room
        return event

    def read(self, event: MegolmEvent) -> str | None:
        """Return the text; None if it cannot be decrypted."""
        plain = self.olm.decrypt_event(event)
        return plain.body if isinstance(plain, RoomMessageText) else None
