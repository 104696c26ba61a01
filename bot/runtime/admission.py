"""Let what a platform gives into the inbox, so much of each chat and of all.

What may stop something has room that nothing else takes: first messages are left out, then presses
of buttons, then typed words that stop. So whatever is left out last, nothing that it was meant to
stop comes in after it.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bot.runtime.byte_budget import ByteBudget
from bot.runtime.disk_space import DiskSpace
from bot.runtime.scheduler import Scheduler
from bot.runtime.turn_budget import SWEEP_CHATS
from store.inbox.inbox_store import InboxStore
from store.inbox.watermarks import Watermark
from store.model.inbox import AcceptedMessage, WaitingMessage

MOST_OF_A_CHAT = 200
"""Messages of one chat that wait at most; what comes then is left out, and that is said."""
MOST_PRESSES = 100
"""So many more of a chat wait if they are presses, which can mean anything."""
MOST_STOPPING = 100
"""So many more than that wait if they are typed words that stop or take back something."""
NEARLY_FULL_AT = 80
"""When so many hundredths of a chat's messages wait, it hears that it takes a little longer."""
MOST_REPEATED = 10
"""Typed words that stop wait so often in a row; once more they change nothing. In a crowd a chat
has room for so many of them, whatever else of it waits."""
MOST_OF_ALL = 10_000
"""When so many wait, no more are taken from the platform, which keeps them."""
CROWD = MOST_OF_ALL // 2
"""When so many wait, a chat may have no more than its share of the room that is left."""
SHARES, LEAST_SHARE = 250, 10
"""It is one of so many, and so many messages at least: to fill the room takes 450 chats."""


class Reason(StrEnum):
    """Why a message is left out, as the sentence about it is called."""

    MANY = "many"
    """Too many of its chat wait."""
    DAY = "day"
    """Its chat has sent as much as it may in a day."""
    DISK = "disk"
    """The disk is nearly full."""
    NEARLY = "nearly"
    """It is not: its chat may send only a little more in this day, and hears so before."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message that a platform gave, and how it is stored if too many of its chat wait."""

    message: AcceptedMessage
    left_out: Callable[[Reason], bytes] = field(repr=False)
    """Encodes a marker in its place, whose handling says why messages were left out."""
    urgent: bool = False
    """It may stop or take back something."""
    stopping: str = field(default="", repr=False)
    """The typed words, if they do; empty for presses."""


@dataclass(frozen=True, slots=True)
class AdmissionLimits:
    """How much is taken of one chat, and of all."""

    messages_a_minute: int
    bytes_a_day: int
    disk: DiskSpace


@dataclass(frozen=True, slots=True)
class _Stops:
    """Typed words that stop, of one chat, since nothing of it waited."""

    count: int = 0
    words: int | None = field(default=None, repr=False)
    """The hash of those that came last, as there can be a code among them; None if what came last
    stops nothing."""
    times: int = 0
    """How often they came in a row."""

    def followed_by(self, words: int | None) -> "_Stops":
        """Return what is known when something more was stored."""
        if words is None:
            return _Stops(self.count)
        return _Stops(self.count + 1, words, self.times + 1 if words == self.words else 1)


_NO_STOPS = _Stops()


@dataclass(slots=True)
class _Chats:
    """What is remembered of chats."""

    told: dict[str, Reason] = field(default_factory=dict, repr=False)
    """Why messages are left out, since the marker that says so was stored."""
    stops: dict[str, _Stops] = field(default_factory=dict, repr=False)
    """What is known of typed words that stop."""

    def forget(self, is_over: Callable[[str], bool]) -> None:
        """Forget words that stop of chats of which nothing waits, if many are remembered."""
        if len(self.stops) >= SWEEP_CHATS:
            self.stops = {chat: stops for chat, stops in self.stops.items() if not is_over(chat)}

    def remember(self, stops: Mapping[str, _Stops]) -> None:
        """Remember what is known of these chats now."""
        for chat, known in stops.items():
            self.stops.pop(chat, None)
            if known.count:
                self.stops[chat] = known


@dataclass(slots=True)
class Admission:
    """The way into the inbox of one connection."""

    platform: str
    inbox: InboxStore
    scheduler: Scheduler
    watermark: Watermark
    bytes_a_day: ByteBudget
    disk: DiskSpace
    chats: _Chats = field(default_factory=_Chats, repr=False)
    """What is remembered of each chat."""
    last: int | None = None
    """The number of the last row that was scheduled; None before the first."""
    uncertain: bool = False
    """Accepting failed, and nobody knows whether rows were stored that are not scheduled."""
    lock: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)
    """Held while something is accepted: rows are scheduled in the order in which they stand."""

    async def begin(self) -> None:
        """Go on with what waits since an earlier connection; do so once, if called again too."""
        async with self.lock:
            if self.last is None:
                with self._writing():
                    waiting = await self.inbox.begin(self.platform)
                self.last = 0
                self._schedule(waiting)

    async def accept(self, arrivals: Sequence[Arrival], cursor: str | None = None) -> None:
        """Store what came, and have it handled; the platform may forget it when this returns.

        Raise if it may not be stored: the platform must deliver it again.
        """
        async with self.lock:
            if self.uncertain:
                found = await self.inbox.after(self.platform, self.last or 0)
                self.uncertain = False
                for message in found:
                    self.bytes_a_day.count(message.chat, len(message.content))
                self._schedule(found)
            admitted = self._admitted(arrivals)
            if admitted.messages or cursor is not None:
                self.uncertain = True
                with self._writing():
                    stored = await self.inbox.accept(self.platform, admitted.messages, cursor)
                self.uncertain = False
                self._note(admitted, stored)
                self._schedule(stored)
                self._notify_of_wait(admitted)
        for arrival in arrivals:
            if arrival.urgent and self.scheduler.count_of(arrival.message.chat):
                self.scheduler.hurry(arrival.message.chat)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Note whether the disk takes what is written."""
        try:
            yield
        except Exception as error:
            self.disk.failed(error)
            raise
        self.disk.succeeded()

    def _schedule(self, waiting: Sequence[WaitingMessage]) -> None:
        if waiting:
            self.last = waiting[-1].row.seq
            self.scheduler.add(waiting)

    def _notify_of_wait(self, admitted: "_Admitted") -> None:
        """Have those know that they wait of whom more would soon be left out."""
        nearly = self._share(_Admitted({})) * NEARLY_FULL_AT // 100
        for chat in admitted.coming:
            if self.scheduler.count_of(chat) >= nearly:
                self.scheduler.notify_of_wait(chat)

    @property
    def is_open(self) -> bool:
        """Return whether more may be taken from the platform at once."""
        return self.scheduler.count < MOST_OF_ALL

    async def has_room(self) -> None:
        """Wait until more may be taken from the platform."""
        self.watermark.is_held_back = not self.is_open
        try:
            await self.scheduler.has_fewer_than(MOST_OF_ALL)
        finally:
            self.watermark.is_held_back = False

    def _admitted(self, arrivals: Sequence[Arrival]) -> "_Admitted":
        """Leave out what is too much, with one marker for all of a chat."""
        admitted, earliest = _Admitted(dict(self.chats.told)), self.watermark.earliest()
        for arrival in arrivals:
            if self._is_repeated(arrival, admitted):
                continue
            # A platform may not say when something was sent, or its clock may be wrong.
            message = replace(arrival.message, sent=min(arrival.message.sent, earliest))
            reason = self._reason(arrival, admitted)
            if reason is None:
                coming = admitted.sizes[message.chat]
                admitted.take(message, arrival)
                if self.bytes_a_day.leaves_little(message.chat, coming, len(message.content)):
                    admitted.warn(message, arrival)
            else:
                admitted.leave_out(message, arrival, reason)
        return admitted

    def _is_repeated(self, arrival: Arrival, admitted: "_Admitted") -> bool:
        """Return whether enough of the same words, which stop, are the last that wait."""
        chat = arrival.message.chat
        stops = self._stops_of(chat)
        return (
            bool(arrival.stopping)
            and stops.words == hash(arrival.stopping)
            and min(stops.times, self.scheduler.count_of(chat)) >= MOST_REPEATED
            and not admitted.coming[chat]
        )

    def _stops_of(self, chat: str) -> _Stops:
        """Return what is known of typed words that stop; nothing, if nothing of the chat waits."""
        return (
            self.chats.stops.get(chat, _NO_STOPS) if self.scheduler.count_of(chat) else _NO_STOPS
        )

    def _reason(self, arrival: Arrival, admitted: "_Admitted") -> Reason | None:
        """Return why a message is left out; None if it is not."""
        chat, share = arrival.message.chat, self._share(admitted)
        waiting = self.scheduler.count_of(chat) + admitted.coming[chat]
        if arrival.urgent:
            most = MOST_OF_A_CHAT + MOST_PRESSES + (MOST_STOPPING if arrival.stopping else 0)
            if waiting < most * share // MOST_OF_A_CHAT:
                return None
            few = self._stops_of(chat).count + admitted.stops[chat] < MOST_REPEATED
            is_crowd = share < MOST_OF_A_CHAT
            return None if arrival.stopping and is_crowd and few else Reason.MANY
        # Once some are left out, half of them must be handled first: not each that is makes room.
        full = admitted.told.get(chat) is Reason.MANY
        if waiting >= (share // 2 if full else share):
            return Reason.MANY
        if self.bytes_a_day.is_spent(chat, admitted.sizes[chat]):
            return Reason.DAY
        return None if self.disk.is_enough() else Reason.DISK

    def _share(self, admitted: "_Admitted") -> int:
        """Return how many messages of one chat may wait; in a crowd, its share of what is left."""
        waiting = self.scheduler.count + admitted.count
        if waiting < CROWD:
            return MOST_OF_A_CHAT
        return max(LEAST_SHARE, (MOST_OF_ALL - waiting) // SHARES)

    def _note(self, admitted: "_Admitted", stored: Sequence[WaitingMessage]) -> None:
        """Remember what was stored: a marker that came before was not, and says nothing."""
        new = {message.id for message in stored}
        for chat, markers in admitted.markers.items():
            if new.isdisjoint(markers):
                admitted.told.pop(chat, None)
                if (before := self.chats.told.get(chat)) is not None:
                    admitted.told[chat] = before
        self.chats.told = admitted.told
        for message in stored:
            if message.id not in admitted.markers[message.chat]:
                self.bytes_a_day.count(message.chat, len(message.content))
        self.chats.forget(lambda chat: not self.scheduler.count_of(chat))
        stops = {chat: self._stops_of(chat) for chat in admitted.coming}
        for message in stored:
            after = stops[message.chat].followed_by(admitted.words.get(message.id))
            stops[message.chat] = after
        self.chats.remember(stops)


@dataclass(slots=True)
class _Admitted:
    """What becomes of one batch, once it is stored."""

    told: dict[str, Reason] = field(repr=False)
    messages: list[AcceptedMessage] = field(default_factory=list)
    coming: Counter[str] = field(default_factory=Counter, repr=False)
    """How many messages of each chat are stored."""
    count: int = 0
    """How many of all are."""
    sizes: Counter[str] = field(default_factory=Counter, repr=False)
    """How many bytes of each chat are stored, markers left aside."""
    markers: defaultdict[str, set[str]] = field(
        default_factory=lambda: defaultdict(set), repr=False
    )
    """By chat, the messages one of which the marker takes the place of: any may have come before,
    and is not stored then."""
    words: dict[str, int] = field(default_factory=dict, repr=False)
    """The hashes of typed words that stop, by their messages."""
    stops: Counter[str] = field(default_factory=Counter, repr=False)
    """How many of each chat are such."""

    def take(self, message: AcceptedMessage, arrival: Arrival) -> None:
        """Have a message stored."""
        if not arrival.urgent:
            self.told.pop(message.chat, None)
        if arrival.stopping:
            self.words[message.id] = hash(arrival.stopping)
            self.stops[message.chat] += 1
        self.sizes[message.chat] += len(message.content)
        self._count(message.chat)
        self.messages.append(message)

    def leave_out(self, message: AcceptedMessage, arrival: Arrival, reason: Reason) -> None:
        """Have a marker stored in its place, unless one that says the same is."""
        chat = message.chat
        if self.told.get(chat) is not reason:
            self.told[chat] = reason
            self._count(chat)
        elif not self.markers[chat]:
            return
        self.markers[chat].add(message.id)
        content, one_of = arrival.left_out(reason), f"{reason} {chat}"
        self.messages.append(replace(message, content=content, one_of=one_of))

    def warn(self, message: AcceptedMessage, arrival: Arrival) -> None:
        """Have it said behind a message that only a little more is taken in this day."""
        content, name = arrival.left_out(Reason.NEARLY), f"{message.id} {Reason.NEARLY}"
        self.messages.append(replace(message, id=name, content=content))
        self._count(message.chat)

    def _count(self, chat: str) -> None:
        self.coming[chat] += 1
        self.count += 1
