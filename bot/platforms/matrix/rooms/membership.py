"""Coming into rooms and going from them: only an encrypted room with exactly two people is a talk.

Coming and going have a pace of their own, so that a storm of invitations holds up no talk. From
any other room the bot goes with one sentence, and of a room that it left nothing stays.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from bot.platforms.matrix.crypto.machine import ENCRYPTED, DeviceCrypto, NoDevice
from bot.platforms.matrix.events import MESSAGE, PLATFORM, is_name
from bot.platforms.matrix.http_client import (
    HttpClient,
    HttpError,
    Json,
    RateLimited,
    RequestDenied,
    part,
)
from bot.platforms.matrix.messenger import MatrixMessenger
from bot.platforms.matrix.rooms.directory import Room, RoomDirectory, RoomSuitability
from bot.runtime.logs import Event, event
from bot.runtime.rate_limits import backoff
from handlers.texts.english import ENGLISH
from store.model.accounts import Account

_log = logging.getLogger(__name__)

WIDTH = 2
"""Rooms that are come into or gone from at once."""
ROOMS_EACH = 3
"""With one account; what it invites to beyond that is declined."""
MOST_TO_TELL = 20
"""People in a wrong room to whom the sentence is encrypted; larger ones are left without it."""
TRIES = 6
GRACE_SECONDS = 2.0
"""Some apps turn on the encryption a moment after inviting."""
GREET_SECONDS = 3.0
"""Whoever has not written by then is greeted."""
LINGER_SECONDS = 5.0
"""After the end of a talk, for a word that is still on its way."""
IDLE_SECONDS = 7 * 24 * 3600.0
"""A room in which nothing is open, and nobody writes, is left after so long."""

Ask = Callable[[Account], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class MembershipDelays:
    """How long is waited for what; tests are in more of a hurry."""

    grace: float = GRACE_SECONDS
    greet: float = GREET_SECONDS
    linger: float = LINGER_SECONDS
    idle: float = IDLE_SECONDS


@dataclass(slots=True)
class RoomMembership:
    """Where the bot comes in and goes out."""

    wire: HttpClient
    machine: DeviceCrypto
    rooms: RoomDirectory
    messenger: MatrixMessenger
    is_open: Ask
    """Whether anything would be missed in a chat with this account, were it left."""
    greet: Callable[[Account], Awaitable[None]]
    monotonic: Callable[[], float]
    waits: MembershipDelays = field(default_factory=MembershipDelays)
    coming: dict[str, str] = field(default_factory=dict, repr=False)
    """Invitations under way, and who sent them."""
    going: set[str] = field(default_factory=set, repr=False)
    known: set[str] = field(default_factory=set, repr=False)
    """Rooms that were found fit once."""
    tasks: set[asyncio.Task[None]] = field(default_factory=set, repr=False)
    width: asyncio.Semaphore = field(default_factory=partial(asyncio.Semaphore, WIDTH), repr=False)

    # come

    def invited(self, room: str, by: str) -> None:
        """Somebody wants the bot in a room."""
        if room in self.coming or self.rooms.get(room) is not None:
            return
        already = sum(by in r.members for r in self.rooms)
        coming = sum(who == by for who in self.coming.values())
        self.coming[room] = by
        many = already + coming >= ROOMS_EACH
        self._start(self._decline(room) if many or not is_name(by) else self._join(room))

    async def _join(self, room: str) -> None:
        """Once it worked, the next sync tells what kind of room it is; until then it counts."""
        joined = False
        try:
            joined = await self._insist("POST", f"/rooms/{part(room)}/join")
            if not joined:
                await self._insist("POST", f"/rooms/{part(room)}/leave")
        finally:
            if not joined:
                self.coming.pop(room, None)

    async def _decline(self, room: str) -> None:
        try:
            await self._insist("POST", f"/rooms/{part(room)}/leave")
            await self._insist("POST", f"/rooms/{part(room)}/forget")
        finally:
            self.coming.pop(room, None)

    async def _insist(self, method: str, path: str) -> bool:
        """Again and again, not for ever; whether the server did it."""
        for tried in range(TRIES):
            try:
                async with self.width:
                    await self.wire.call(method, path, {})
            except RequestDenied:
                return False
            except HttpError as error:
                await asyncio.sleep(
                    error.after if isinstance(error, RateLimited) else backoff(tried)
                )
            else:
                return True
        return False

    # judge

    def looked(self, room: Room) -> None:
        """Something about a room is known or new; what is none of ours is left."""
        self.coming.pop(room.id, None)
        if room.id in self.going:
            return
        match room.fit():
            case RoomSuitability.TALK:
                self._welcome(room)
            case RoomSuitability.EMPTY:
                self.leave(room)
            case RoomSuitability.CROWD:
                self._start(self._wrong(room))
            case RoomSuitability.OPEN:
                self._start(self._wrong_later(room))
            case RoomSuitability.WAITING | RoomSuitability.UNKNOWN:
                pass

    def _welcome(self, room: Room) -> None:
        if room.id not in self.known:
            self.known.add(room.id)
            self._start(self._greet(room))

    async def _greet(self, room: Room) -> None:
        """A room that nobody writes in; not every further one of the same account."""
        began = room.moved
        await asyncio.sleep(self.waits.greet)
        alone = len(self.rooms.of(room.partner)) == 1
        if room.moved == began and room.fit() is RoomSuitability.TALK and alone:
            await self.greet(Account(PLATFORM, room.partner, room.id))

    async def _wrong_later(self, room: Room) -> None:
        await asyncio.sleep(self.waits.grace)
        if room.fit() in {RoomSuitability.OPEN, RoomSuitability.CROWD}:
            await self._wrong(room)

    async def _wrong(self, room: Room) -> None:
        """One sentence, and then the bot goes."""
        if room.id in self.going:
            return
        self.going.add(room.id)
        for tried in range(TRIES):
            try:
                await self._say_wrong(room)
            except (RequestDenied, NoDevice):
                break
            except HttpError as error:
                await asyncio.sleep(
                    error.after if isinstance(error, RateLimited) else backoff(tried)
                )
            else:
                break
        await self._go(room)

    async def _say_wrong(self, room: Room) -> None:
        """Encrypted where the room is: its app would warn of anything else."""
        link = f"https://matrix.to/#/{self.rooms.own}"
        content: Json = {"msgtype": "m.notice", "body": ENGLISH.matrix.wrong.format(link=link)}
        once = f"wrong.{room.id}"
        if not room.encrypted:
            await self.messenger.put(room.id, MESSAGE, content, once)
        elif len(room.members) <= MOST_TO_TELL:
            everybody = self.machine.encrypt_for_all
            sealed = await everybody(room.id, room.others, MESSAGE, content)
            await self.messenger.put(room.id, ENCRYPTED, sealed, once)

    # go

    def leave(self, room: Room) -> None:
        """Go, without a word."""
        if room.id not in self.going:
            self.going.add(room.id)
            self._start(self._go(room))

    async def _go(self, room: Room) -> None:
        """Out, and nothing of it stays; if that fails now, the next start looks again."""
        try:
            await self._insist("POST", f"/rooms/{part(room.id)}/leave")
            await self._insist("POST", f"/rooms/{part(room.id)}/forget")
            self.left(room.id)
        finally:
            self.going.discard(room.id)

    def left(self, room_id: str) -> None:
        """The bot is not there any more: no key to what was written is kept."""
        room = self.rooms.left(room_id)
        self.coming.pop(room_id, None)
        self.known.discard(room_id)
        self.machine.forget_room(room_id)
        self._forget(room.met if room else ())

    def surveyed(self) -> None:
        """All rooms are known now; of who is in none of them nothing stays."""
        self.rooms.surveyed = True
        self._forget(self.machine.cabinet.users())

    def _forget(self, users: Iterable[str]) -> None:
        for user in users:
            if not self.rooms.shares(user):
                self.machine.devices.forget(user)

    async def over(self, who: Account) -> None:
        """A talk is over: the bot goes, unless the chat is needed for something else."""
        room = self.rooms.get(who.address)
        if room is not None and room.partner == who.name:
            self.machine.cabinet.set_ending(room.id)
            self._start(self._linger(room, who))

    async def _linger(self, room: Room, who: Account) -> None:
        """Until it is quiet."""
        while self.rooms.get(room.id) is room:
            before = room.moved
            await asyncio.sleep(self.waits.linger)
            if room.moved != before:
                continue
            if await self.is_open(who):
                self.machine.cabinet.drop_ending(room.id)
            else:
                self.leave(room)
            return

    async def keep_up(self) -> None:
        """Rooms that nobody needs any more."""
        endings = self.machine.cabinet.endings()
        for room in self.rooms:
            idle = self.monotonic() - room.moved > self.waits.idle
            if room.partner and (idle or room.id in endings):
                who = Account(PLATFORM, room.partner, room.id)
                if not await self.is_open(who):
                    self.leave(room)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(self._safely(work))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _safely(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001 - the edge: one room must not stop the others
            event(_log, Event.ROOM_FAILED, error=error)

    async def stop(self) -> None:
        """What is under way is begun again after the next start."""
        for task in list(self.tasks):
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*self.tasks, return_exceptions=True)
