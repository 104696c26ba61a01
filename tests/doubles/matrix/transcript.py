"""What a homeserver answers to the bot's own requests, so that two servers can be compared.

Names, times and places differ between servers; here each has a name of its own in the order in
which it came. What the bot does not read is left out.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from bot.platforms.matrix.events import ANSWER_TYPES
from bot.platforms.matrix.rooms.directory import STATE_TYPES
from bot.platforms.matrix.sync.source import sync_filter
from tests.doubles.matrix.person import Server
from tests.doubles.matrix.synapse import Credentials

V3 = "/_matrix/client/v3"
READ = frozenset((*ANSWER_TYPES, *STATE_TYPES))
PLACES = frozenset({"next_batch", "prev_batch", "start", "end"})
UNREAD = frozenset(
    {
        "account_data",
        "age",
        "displayname",
        "ephemeral",
        "error",
        "origin_server_ts",
        "params",
        "presence",
        "redacted_by",
        "session",
        "summary",
        "transaction_id",
        "unread_notifications",
        "unsigned.device_display_name",
    }
)
OF_OLD = frozenset({"prev_content", "redacted_because", "redacts", "replaces_state", "user_id"})
"""Copies that an event has besides ``unsigned`` and ``content``, for clients of earlier times."""
Json = dict[str, Any]


@dataclass(slots=True)
class Names:
    """What stands for ids of this server."""

    known: dict[str, str] = field(default_factory=dict)

    def name(self, text: str) -> str:
        """Return the name of an id, or the text itself."""
        if text in self.known:
            return self.known[text]
        if text[:1] in {"$", "!"} and len(text) > 20:
            number = sum(name[0] == text[0] for name in self.known.values())
            return self.known.setdefault(text, f"{text[0]}{number}")
        return text

    def sort(self, told: Json, unread: frozenset[tuple[str, str]]) -> Json:
        """Put state into one order: servers give it in any."""
        for room in _rooms(told):
            for section in ("state", "invite_state"):
                events = room.get(section, {}).get("events", [])
                events.sort(key=self._key)
                events[:] = [event for event in events if self._key(event) not in unread]
        return told

    def _key(self, event: Json) -> tuple[str, str]:
        return event["type"], self.name(event["state_key"])

    def write(self, value: Any) -> Any:
        """Return JSON with names for ids, without what the bot does not read."""
        match value:
            case dict():
                return self._object(value)
            case list():
                return self._list(value)
            case str():
                return self.name(value)
            case _:
                return value

    def _object(self, value: Json) -> Json:
        is_event = "event_id" in value and "type" in value
        unread = UNREAD | OF_OLD if is_event else UNREAD
        return {
            self.name(key): "a place" if key in PLACES else self.write(item)
            for key, item in sorted(value.items(), key=lambda pair: self.name(pair[0]))
            if key not in unread and item not in ({}, [])
        }

    def _list(self, value: list[Any]) -> list[Any]:
        events = [item for item in value if isinstance(item, dict) and "type" in item]
        if len(events) < len(value):
            return sorted(map(self.write, value), key=json.dumps)
        return [self.write(event) for event in events if event["type"] in READ]


@dataclass(slots=True)
class Bench:
    """A server with the bot's account and others, and what was answered so far."""

    server: Server
    accounts: dict[str, Credentials] = field(default_factory=dict)
    names: Names = field(default_factory=Names)
    lines: list[str] = field(default_factory=list)
    room: str = ""
    unread: frozenset[tuple[str, str]] = frozenset()
    """State that is left out: the type, and the name of the key."""

    async def enter(self, *names: str) -> None:
        """Make accounts."""
        for name in names:
            account = self.accounts[name] = await self.server.register()
            self.names.known[account.user_id] = f"@{name}"
            for kind in ("", "ed25519:", "curve25519:"):
                named = f"{kind}{account.device_id}"
                self.names.known[named] = f"{kind}device of {name}"

    async def ask(self, who: str, method: str, path: str, body: Any = None) -> Json:
        """Ask for something, and write down the answer."""
        token = self.accounts[who].access_token
        status, told = await self.server.call(method, V3 + path, token=token, body=body)
        shown = json.dumps(
            self.names.write(self.names.sort(told, self.unread)), sort_keys=True, indent=1
        )
        what = self.names.name(path.partition("?")[0].rpartition("/")[2])
        self.lines += [f"{who} {method} {what} {status}", *shown.splitlines()]
        return dict(told)

    async def in_room(self, who: str, method: str, path: str, body: Any = None) -> Json:
        """Ask for something of the room."""
        return await self.ask(who, method, f"/rooms/{quote(self.room, safe='')}/{path}", body)

    async def sync(self, who: str, since: str = "", limit: int = 3) -> Json:
        """Ask for a batch, as the bot does it."""
        if since:
            query = {"filter": sync_filter(limit, self.accounts[who].user_id), "since": since}
        else:
            query = {"filter": sync_filter(1, f"@{len(self.lines)}:invalid")}
        return await self.ask(who, "GET", f"/sync?{urlencode({**query, 'timeout': '0'})}")

    async def open_room(self, *invited: str, preset: str = "trusted_private_chat") -> None:
        """Have Robin open an encrypted room."""
        algorithm = {"algorithm": "m.megolm.v1.aes-sha2"}
        state = {"type": "m.room.encryption", "state_key": "", "content": algorithm}
        body = {
            "preset": preset,
            "is_direct": True,
            "invite": [self.accounts[name].user_id for name in invited],
            "initial_state": [state],
        }
        told = await self.ask("robin", "POST", "/createRoom", body)
        self.room = told["room_id"]

    async def write(self, who: str, *numbers: int) -> list[str]:
        """Have somebody write encrypted events."""
        return [
            (await self.in_room(who, "PUT", f"send/m.room.encrypted/t{n}", sealed(n)))["event_id"]
            for n in numbers
        ]


def sealed(number: int) -> Json:
    """Return the content of an event that looks encrypted."""
    content = {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": str(number)}
    return {**content, "session_id": "a session"}


def _rooms(told: Json) -> Iterator[Json]:
    for section in told.get("rooms", {}).values():
        yield from section.values()
