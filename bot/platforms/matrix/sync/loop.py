"""Listens to the homeserver: everything of a batch is on the disk before the place moves on.

The place (the sync token) is our own, sealed, and moves in a transaction of its own after the
batch; what comes again counts once. A batch is handled again from its beginning if anything of it
failed. A message whose key has not come yet holds the place for some seconds, and nobody up.
"""

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import urlencode

from bot.platforms.matrix.crypto.machine import ENCRYPTED, DecryptedEvent, DeviceCrypto, Unreadable
from bot.platforms.matrix.events import (
    KINDS,
    PLATFORM,
    REACTION,
    RoomEvent,
    heard,
    incoming,
    plain,
)
from bot.platforms.matrix.failures import problem_of
from bot.platforms.matrix.http_client import (
    HttpClient,
    HttpError,
    Json,
    RateLimited,
    RequestDenied,
    SessionExpired,
    part,
)
from bot.platforms.matrix.rooms.directory import (
    MEMBER,
    STATE,
    Room,
    RoomDirectory,
    RoomSuitability,
    state_of,
)
from bot.platforms.matrix.rooms.membership import RoomMembership
from bot.platforms.matrix.sync.batch import is_event, mapping, sound
from bot.runtime.logs import Event, event
from bot.runtime.rate_limits import backoff
from bot.runtime.status import StatusReporter
from handlers.messages import IncomingMessage, MessageContent, UnusableMessage
from store.cases.case_store import CaseStore

_log = logging.getLogger(__name__)

LONG_POLL_MILLIS = 30_000
SOON_MILLIS = 1_000
"""A shorter poll, while a key is waited for."""
ANSWER_SECONDS = 15.0
KEY_SECONDS = 8.0
"""So long the key of a message may come after it."""
LANES = 16
PAGE = 100
MOST_PAGES = 50
KEY_MISSING, UNENCRYPTED, PLACE_LOST = (
    UnusableMessage("key"),
    UnusableMessage("plain"),
    UnusableMessage("missed"),
)

Hear = Callable[[IncomingMessage], Awaitable[bool]]
"""Handles one message; whether it is on the disk now, or needs nothing there."""


def filter_of(limit: int, but: str) -> str:
    """What a sync shall bring: nothing about who is typing, reading or online.

    Nor what ``but`` wrote.
    """
    none: Json = {"types": []}
    timeline: Json = {"types": [*KINDS, *STATE], "limit": limit, "not_senders": [but]}
    room = {
        "timeline": timeline,
        "state": {"types": list(STATE)},
        "ephemeral": none,
        "account_data": none,
    }
    return json.dumps({"presence": none, "account_data": none, "room": room})


class BatchNotCommitted(Exception):
    """Something of a batch is not on the disk, so the place stays where it is."""


@dataclass(frozen=True, slots=True)
class PendingEvent:
    """A message that waits for its key."""

    room: str = field(repr=False)
    event: RoomEvent = field(repr=False)
    until: float


@dataclass(slots=True)
class SyncLoop:
    """The loop of one connection."""

    wire: HttpClient
    machine: DeviceCrypto
    rooms: RoomDirectory
    doors: RoomMembership
    case_store: CaseStore
    hear: Hear
    doubt: Callable[[Room, str], None]
    """A device that nobody vouches for wrote in a room; its key."""
    replaced: Callable[[Room], None]
    """The other one's identity is another than before."""
    own_changed: Callable[[], Awaitable[None]]
    status: StatusReporter
    stop: asyncio.Event
    monotonic: Callable[[], float]
    since: str = field(default="", repr=False)
    batch: Json | None = field(default=None, repr=False)
    """What is being handled; kept until all of it is on the disk."""
    fresh: frozenset[str] = frozenset()
    """Rooms that are new with it; they are known by the time it is handled again."""
    late: list[PendingEvent] = field(default_factory=list, repr=False)
    failures: int = 0
    keeping_up: asyncio.Task[None] | None = field(default=None, repr=False)
    width: asyncio.Semaphore = field(default_factory=partial(asyncio.Semaphore, LANES), repr=False)

    async def run(self) -> None:
        """Until told to stop; raises ``SessionExpired``, and what ``own_changed`` raises."""
        await self._trying(self._survey)
        while not self.stop.is_set():
            await self._trying(self._next)

    async def _trying(self, step: Callable[[], Awaitable[None]]) -> None:
        try:
            await step()
        except SessionExpired:
            raise
        except (HttpError, BatchNotCommitted) as error:
            await self._recover(error)
        else:
            self.failures = 0

    async def _recover(self, error: Exception) -> None:
        """Wait a little, longer each time; being told to stop ends it."""
        seconds = error.after if isinstance(error, RateLimited) else backoff(self.failures)
        self.failures += 1
        if isinstance(error, HttpError) and not isinstance(error, RateLimited):
            self.status.report(problem_of(error), error)
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stop.wait(), seconds)

    # ask

    async def _survey(self) -> None:
        """The rooms as they are now, and invitations that are still open; then from our place."""
        place = await self.case_store.place(PLATFORM)
        now = await self._now()
        if place is None:
            await self._begin(now)
        else:
            self.since = place
        self.doors.known.update(_joined(now))  # nobody is greeted again
        self._see_rooms(now, new=False)
        self.doors.surveyed()
        self.machine.keys.heard(now)
        self._keep_up()
        self.status.recovered()

    async def _now(self) -> Json:
        """Synapse gives the same answer to the same first question for two minutes."""
        fresh = filter_of(1, f"@{self.machine.new_id()}:invalid")
        return await self._sync({"filter": fresh, "timeout": "0"}, ANSWER_SECONDS)

    async def _begin(self, now: Json) -> None:
        """Without a place nobody knows what was answered: who wrote last is asked to repeat it."""
        self.machine.take(now.get("to_device", {}).get("events", []))
        for name, shown in _joined(now).items():
            last = [e for e in map(plain, _timeline(shown)) if e is not None][-1:]
            for event_ in last:
                if event_.sender != self.rooms.own:
                    await self._commit_all([incoming(event_, name, PLACE_LOST)])
        self.since = str(now["next_batch"])
        await self._move(self.since)

    async def _next(self) -> None:
        if not self.since:
            await self._survey()
        if self.batch is None:
            self.batch = await self._poll()
        if self.batch:
            await self._handle(self.batch)
            self.since = str(self.batch["next_batch"])
            if not self.late:
                await self._move(self.since)
        self.batch, self.fresh = None, frozenset()

    async def _poll(self) -> Json:
        """The next batch; nothing if told to stop while waiting."""
        wait = SOON_MILLIS if self.late else LONG_POLL_MILLIS
        query = {
            "filter": filter_of(PAGE, self.rooms.own),
            "timeout": str(wait),
            "since": self.since,
            "set_presence": "offline",
        }
        ask = asyncio.ensure_future(self._sync(query, wait / 1000 + ANSWER_SECONDS))
        stop = asyncio.ensure_future(self.stop.wait())
        try:
            await asyncio.wait({ask, stop}, return_when=asyncio.FIRST_COMPLETED)
            if not ask.done():
                return {}
            found = ask.result()
            self.status.recovered()
            return found
        finally:
            for task in (ask, stop):
                task.cancel()
            await asyncio.gather(ask, stop, return_exceptions=True)

    async def _sync(self, query: dict[str, str], seconds: float) -> Json:
        return sound(await self.wire.ask("GET", f"/sync?{urlencode(query)}", seconds=seconds))

    async def _move(self, place: str) -> None:
        await self.case_store.move_place(PLATFORM, place)

    # handle

    async def _handle(self, batch: Json) -> None:
        """Handle the whole batch; raise ``BatchNotCommitted`` if a message is not on the disk."""
        self.machine.take(batch.pop("to_device", {}).get("events", []))
        await self._hear_lists(batch)
        self.fresh |= await self._see_all(batch)
        found = await self._collect(batch, self.fresh)
        await self._commit_all([*found, *await self._retried()])
        self._keep_up()

    async def _hear_lists(self, batch: Json) -> None:
        """Whose devices changed, the bot's own among them, and how many keys are left."""
        changed = batch.get("device_lists", {}).get("changed", [])
        self.machine.keys.heard(batch)
        self.machine.devices.changed(u for u in changed if self.rooms.shares(u))
        if self.rooms.own in changed:
            await self.own_changed()

    async def _see_all(self, batch: Json) -> frozenset[str]:
        """The rooms of a batch; one whose people are not known is looked up, and never judged."""
        new = self._see_rooms(batch, new=True)
        if any(r.fit() is RoomSuitability.UNKNOWN for r in self.rooms):
            self._see_rooms(await self._now(), new=False)
        return new

    def _see_rooms(self, batch: Json, *, new: bool) -> frozenset[str]:
        """Who is where now; rooms that are new since the last batch."""
        for name in batch.get("rooms", {}).get("leave", {}):
            self.doors.left(name)
        for name, shown in batch.get("rooms", {}).get("invite", {}).items():
            self.doors.invited(name, _inviter(shown, self.rooms.own))
        fresh = frozenset(n for n in _joined(batch) if new and self.rooms.get(n) is None)
        for name, shown in _joined(batch).items():
            self._see_room(self.rooms.joined(name), shown)
        return fresh

    def _see_room(self, room: Room, shown: Json) -> None:
        before = set(room.others)
        moved = [room.apply(event_) for event_ in state_of(shown)]
        if any(moved):
            self.machine.invalidate(room.id)
        self.machine.devices.changed(set(room.others) - before)
        if not room.moved:
            room.moved = self.monotonic()
        self.doors.looked(room)

    async def _collect(self, batch: Json, new: frozenset[str]) -> list[IncomingMessage]:
        found: list[IncomingMessage] = []
        for name, shown in _joined(batch).items():
            room = self.rooms.get(name)
            if room is None or room.fit() is not RoomSuitability.TALK:
                continue
            events = await self._events(room, shown, new=name in new)
            if events:
                room.moved = self.monotonic()
            for event_ in events:
                what = await self._heard(room, event_)
                if what is not None:
                    found.append(incoming(event_, name, what))
        return found

    async def _events(self, room: Room, shown: Json, *, new: bool) -> list[RoomEvent]:
        """What the other one wrote; of a new room, since the bot was invited."""
        raw = _timeline(shown)
        if shown.get("timeline", {}).get("limited"):
            raw = [*await self._earlier(room, shown["timeline"], raw, new=new), *raw]
        if new:
            raw = raw[_invited_at(raw, self.rooms.own) :]
        events = [event_ for event_ in map(plain, raw) if event_ is not None]
        return [e for e in events if e.sender == room.partner and e.type in KINDS]

    async def _earlier(
        self, room: Room, timeline: Json, raw: Sequence[Any], *, new: bool
    ) -> list[Any]:
        """What a sync left out (``limited``), from the oldest on."""
        earlier: list[Any] = []
        place = timeline.get("prev_batch")
        query = {"dir": "b", "limit": str(PAGE)}
        if not new:
            query["to"] = self.since
        for _ in range(MOST_PAGES):
            if not place or (new and _invited_at([*earlier, *raw], self.rooms.own)):
                break
            path = f"/rooms/{part(room.id)}/messages?{urlencode({**query, 'from': str(place)})}"
            try:
                page = await self.wire.call("GET", path)
            except RequestDenied:
                break  # put out of the room meanwhile; nobody else waits for it
            chunk = page.get("chunk")
            found = [e for e in chunk if is_event(e)] if isinstance(chunk, list) else []
            earlier = [*reversed(found), *earlier]
            place = page.get("end") if chunk else None
        return earlier

    async def _heard(self, room: Room, event_: RoomEvent) -> MessageContent | None:
        """What an event says; nothing yet for one whose key may still come."""
        if not event_.content or "redacted_because" in mapping(event_.source.get("unsigned")):
            return None
        if event_.type == REACTION:
            return heard(REACTION, event_.content)
        if event_.type != ENCRYPTED:
            return UNENCRYPTED
        try:
            return await self._decrypted(room, event_)
        except Unreadable:
            if all(late.event.id != event_.id for late in self.late):
                until = self.monotonic() + KEY_SECONDS
                self.late.append(PendingEvent(room.id, event_, until))
            return None

    async def _decrypted(self, room: Room, event_: RoomEvent) -> MessageContent | None:
        """Only from a device that its owner vouches for; it is asked once more before a no."""
        if self.machine.devices.stale(event_.sender):
            await self._refresh(event_.sender)
        opened = self._opened(room.id, event_)
        if not opened.trusted:
            await self._refresh(event_.sender)
            opened = self._opened(room.id, event_)
        if not opened.trusted:
            self.doubt(room, opened.device)
            return None
        return heard(opened.type, opened.content)

    def _opened(self, room: str, event_: RoomEvent) -> DecryptedEvent:
        """Whatever somebody sends is readable or not, and holds up nobody."""
        try:
            return self.machine.decrypt(room, event_.source)
        except Unreadable:
            raise
        except Exception as error:  # noqa: BLE001 - the edge: one event must not stop the others
            event(_log, Event.UNREADABLE, error=error)
            raise Unreadable from None

    async def _refresh(self, user: str) -> None:
        replaced = await self.machine.devices.refresh((user,))
        for other in replaced:
            for room in self.rooms.of(other):
                self.replaced(room)

    async def _retried(self) -> list[IncomingMessage]:
        """Messages whose key came by now, and those that are not waited for any longer."""
        found, still = [], []
        for late in self.late:
            room = self.rooms.get(late.room)
            try:
                what = await self._decrypted(room, late.event) if room is not None else None
            except Unreadable:
                if self.monotonic() < late.until:
                    still.append(late)
                    continue
                what = KEY_MISSING
            if what is not None:
                found.append(incoming(late.event, late.room, what))
        self.late = still
        return found

    async def _commit_all(self, found: Sequence[IncomingMessage]) -> None:
        accounts: defaultdict[str, list[IncomingMessage]] = defaultdict(list)
        for message in found:
            accounts[message.who.name].append(message)
        done = await asyncio.gather(*(self._lane(messages) for messages in accounts.values()))
        if not all(done):
            raise BatchNotCommitted

    async def _lane(self, messages: Sequence[IncomingMessage]) -> bool:
        """Nothing later is handled before what comes first is on the disk."""
        async with self.width:
            for message in messages:
                done = await self.hear(message)
                if not done:
                    return False
        return True

    # keys

    def _keep_up(self) -> None:
        """Beside the talks: nobody waits for it."""
        if self.keeping_up is None or self.keeping_up.done():
            self.keeping_up = asyncio.create_task(self._upkeep())

    async def _upkeep(self) -> None:
        try:
            await self.machine.keep_up()
        except HttpError:
            return  # the next batch tries again
        except Exception as error:  # noqa: BLE001 - the edge: talks go on with the keys there are
            event(_log, Event.KEYS_FAILED, error=error)

    async def close(self) -> None:
        """Nothing of the loop goes on."""
        if self.keeping_up is not None:
            self.keeping_up.cancel()
            await asyncio.gather(self.keeping_up, return_exceptions=True)


def _joined(batch: Json) -> dict[str, Json]:
    found = batch.get("rooms", {}).get("join", {})
    return found if isinstance(found, dict) else {}


def _timeline(shown: Json) -> list[Any]:
    events = shown.get("timeline", {}).get("events", [])
    return events if isinstance(events, list) else []


def _inviter(shown: Json, own: str) -> str:
    """Who sent an invitation, from the state that came with it."""
    events = shown.get("invite_state", {}).get("events", [])
    mine = (e for e in events if e.get("type") == MEMBER and e.get("state_key") == own)
    return next((str(e.get("sender", "")) for e in mine), "")


def _invited_at(raw: Sequence[Any], own: str) -> int:
    """The place after the last invitation of the bot; 0 if there is none."""
    for number in range(len(raw) - 1, -1, -1):
        event_ = raw[number]
        member = isinstance(event_, dict) and event_.get("type") == MEMBER
        if member and event_.get("state_key") == own:
            content = event_.get("content", {})
            if isinstance(content, dict) and content.get("membership") == "invite":
                return number + 1
    return 0
