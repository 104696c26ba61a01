"""The hostile homeserver as a real one, with a liar between it and those who use it.

Synapse does what it always does. What it says to the bot goes through one proxy, which holds
events back, changes their order, loses them and repeats them under new ids. What it says of
somebody's identity is changed there, and in another proxy, through which reporters come: while
their place is taken, the bot is shown another identity that a client of the same account has made,
and they are shown their own. Rooms change through the server itself.
"""

import asyncio
import itertools
import re
import secrets
import time
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from tests.doubles.matrix.person import Clients, Message, Person
from tests.doubles.matrix.proxy import Fault, Proxy, Rule
from tests.doubles.matrix.synapse import Credentials, Synapse
from tests.drills.hostile_homeserver import HostileServer, Stage, quiet
from tests.integration.matrix.running import NO_GREETING, Running, running

Json = dict[str, Any]
BATCHES = r"/sync\?.*since="
"""Requests for what is new; those without a place ask for how things are."""
MARK = "holdfast.test.mark"
KEY_SECONDS = 1.0
"""For a key that comes after its message."""
LOOK = 0.01


@dataclass(slots=True)
class Identity:
    """What the server said of an account as its owner made it."""

    device: str
    answer: Json = field(repr=False)

    def show(self, user: str, to: Json, *, others: bool) -> None:
        """Put it into an answer, beside other devices of the account or without them."""
        for usage in ("master_keys", "self_signing_keys", "user_signing_keys"):
            if user in to.get(usage, {}) and user in self.answer.get(usage, {}):
                to[usage][user] = self.answer[usage][user]
        devices = to["device_keys"][user] if others else {}
        own = self.answer["device_keys"][user][self.device]
        to["device_keys"][user] = {**devices, self.device: own}


@dataclass(slots=True)
class HostileSynapse:
    """Decides what the bot is told; see ``HostileServer``."""

    synapse: Synapse
    clients: Clients
    bot: Credentials
    messenger: Credentials
    """Sends marks, by which it is seen how far the bot has heard."""
    to_bot: Proxy
    to_people: Proxy
    came_by: dict[str, tuple[str, Json]] = field(default_factory=dict, repr=False)
    """Rooms and events."""
    withheld: dict[str, dict[str, Json]] = field(default_factory=dict, repr=False)
    """Events by room, each by its id."""
    due: dict[str, list[Json]] = field(default_factory=dict, repr=False)
    """What the bot is told next, by room."""
    joined: set[str] = field(default_factory=set)
    """Rooms in which the bot was told to be."""
    identities: dict[str, Identity] = field(default_factory=dict, repr=False)
    hidden: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    """Accounts of which the bot is told next that their devices have changed."""
    marks: dict[int, int] = field(default_factory=dict)
    """How often the bot had asked when a mark was told to it."""
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    asked: Rule = field(init=False)

    def __post_init__(self) -> None:
        """Begin to lie."""
        self.asked = self.to_bot.add(Fault.DELAY, BATCHES, seconds=0)  # counts
        self.to_bot.lie(BATCHES, self._tell)
        self.to_bot.lie("/keys/query$", self._show_to_bot)
        self.to_people.lie("/keys/query$", self._show_to_owner)

    # What a sequence does

    def hides(self, person: Person) -> bool:
        """Return whether somebody else is shown in place of this person."""
        return person.id in self.hidden

    def knows(self, event: str) -> bool:
        """Return whether an event came by."""
        return event in self.came_by

    def repeat(self, event: str) -> None:
        """Deliver an event once more, with an id and a time of its own."""
        room, before = self.came_by[event]
        new = {"event_id": f"${secrets.token_urlsafe(32)}", "origin_server_ts": _now()}
        self._add(room, {**before, **new})

    def withhold(self, room: str) -> None:
        """Deliver nothing that is written in a room from now on."""
        self.withheld.setdefault(room, {})

    def held(self, room: str) -> int:
        """Return how many events are withheld."""
        return len(self.withheld[room])

    def release(self, room: str, order: list[int] | None = None) -> object:
        """Deliver what was withheld."""
        held = [*self.withheld.pop(room, {}).values()]
        chosen = held if order is None else [held[place] for place in order if place < len(held)]
        for event in chosen:
            self._add(room, event)
        return chosen

    async def move(self, person: Person, membership: str) -> None:
        """Put the bot out of somebody's room in their name, or invite it."""
        steps = {"leave": ("kick",), "ban": ("ban",), "invite": ("unban", "invite")}[membership]
        for step in steps:  # what is not possible now is refused
            path = f"/_matrix/client/v3/rooms/{quote(person.room, safe='')}/{step}"
            token, body = person.account.access_token, {"user_id": self.bot.user_id}
            await self.synapse.call("POST", path, token=token, body=body)

    async def take_place(self, of: Person) -> Person:
        """Show an identity and a device of the server's own in place of somebody's."""
        if of.id not in self.identities:
            self.identities[of.id] = await self._identity(of)
        self.hidden.add(of.id)
        taken = await self._client(of, signed=True)
        self.changed.add(of.id)
        return taken

    def give_back(self, of: Person) -> None:
        """Show somebody as they made themselves; devices of the server's stay beside."""
        self.hidden.discard(of.id)
        self.changed.add(of.id)

    async def add_device(self, of: Person) -> Person:
        """Give an account a device that its owner does not know."""
        return await self._client(of, signed=False)

    async def _client(self, of: Person, *, signed: bool) -> Person:
        device = await self.synapse.log_in(of.account)
        client = await self.clients.person(device, signed=signed, strict=False)
        client.room = of.room
        return client

    async def _identity(self, of: Person) -> Identity:
        path, body = "/_matrix/client/v3/keys/query", {"device_keys": {of.id: list[str]()}}
        _, answer = await self.synapse.call("POST", path, token=of.account.access_token, body=body)
        return Identity(of.account.device_id, answer)

    # What the bot and reporters are told

    def _add(self, room: str, event: Json) -> None:
        if room in self.withheld:
            self.withheld[room][event["event_id"]] = event
        else:
            self.due.setdefault(room, []).append(event)

    async def _tell(self, _asked: Any, answer: Any) -> Any:
        if "next_batch" not in answer:
            return answer
        self._take_marks(answer)
        rooms = answer.setdefault("rooms", {})
        for kind in ("join", "leave"):
            for room, part in rooms.get(kind, {}).items():
                (self.joined.add if kind == "join" else self.joined.discard)(room)
                self._hold_back(room, part.get("timeline", {}))
        for room in self.joined & {*self.due}:
            nothing = {"events": [], "limited": False, "prev_batch": answer["next_batch"]}
            part = rooms.setdefault("join", {}).setdefault(room, {})
            part.setdefault("timeline", nothing)["events"] += self.due.pop(room)
        lists = answer.setdefault("device_lists", {})
        lists["changed"] = [*{*lists.get("changed", ()), *self.changed}]
        self.changed.clear()
        return answer

    def _take_marks(self, answer: Json) -> None:
        came = answer.get("to_device", {}).get("events", [])
        for event in came:
            if event["type"] == MARK:
                self.marks.setdefault(event["content"]["number"], self.asked.asked)
        answer["to_device"] = {"events": [e for e in came if e["type"] != MARK]}

    def _hold_back(self, room: str, timeline: Json) -> None:
        written = [e for e in timeline.get("events", ()) if "state_key" not in e]
        self.came_by.update((e["event_id"], (room, e)) for e in written)
        if room in self.withheld:
            self.withheld[room].update((e["event_id"], e) for e in written)
            timeline["events"] = [e for e in timeline["events"] if "state_key" in e]

    async def _show_to_bot(self, _asked: Any, answer: Any) -> Any:
        for user in {*answer.get("device_keys", {})} & {*self.identities}:
            own = self.identities[user]
            if user in self.hidden:
                answer["device_keys"][user].pop(own.device, None)
            else:
                own.show(user, answer, others=True)
        return answer

    async def _show_to_owner(self, _asked: Any, answer: Any) -> Any:
        for user in {*answer.get("device_keys", {})} & {*self.identities}:
            self.identities[user].show(user, answer, others=False)
        return answer

    # How far the bot has heard

    async def heard(self) -> None:
        """Wait until the bot has taken in all that the server has for it now."""
        number = next(self.numbers)
        path = f"/_matrix/client/v3/sendToDevice/{MARK}/{number}"
        body: Json = {"messages": {self.bot.user_id: {"*": {"number": number}}}}
        await self.synapse.call("PUT", path, token=self.messenger.access_token, body=body)
        # The bot asks again when it has stored what it was told.
        while self.marks.get(number, self.asked.asked) >= self.asked.asked:  # noqa: ASYNC110
            await asyncio.sleep(LOOK)


@dataclass(slots=True)
class SynapseStage(Stage):
    """A bot on a server that others use too, and a liar before it."""

    server: HostileSynapse
    lost: set[str] = field(default_factory=set, kw_only=True)
    """Messages of the bot that cannot be read by whom they are for."""

    def starting(self) -> AbstractAsyncContextManager[Running]:
        """Run the bot for as long as the block."""
        hostile = self.server
        return running(
            self.rig, hostile.synapse, hostile.bot, waits=NO_GREETING, url=hostile.to_bot.url
        )

    def hostile(self) -> HostileServer:
        """Return the one of this stage: rooms and accounts are new in each sequence."""
        return self.server

    async def person(self) -> Person:
        """Make somebody new, who is told of identities what the liar wants."""
        hostile = self.server
        through = hostile.synapse.behind(hostile.to_people.port)
        return await hostile.clients.person(synapse=through)

    async def come_to_rest(self, person: Person) -> None:
        """Wait until the bot has heard everything, and this person what it answered."""
        await self.server.heard()
        await quiet(self.is_idle)
        if person.room:
            await self._is_told(person)

    async def _is_told(self, person: Person) -> None:
        hostile, room = self.server, quote(person.room, safe="")
        path = f"/_matrix/client/v3/rooms/{room}/state/m.room.member/{quote(self.bot.id)}"
        token = person.account.access_token
        status, member = await hostile.synapse.call("GET", path, token=token)
        if status == 200:
            await person.member(self.bot.id, member["membership"])
        sent = hostile.to_bot.seen(f"{re.escape(person.room)}/send/", "PUT")
        count = len({request.path for request in sent if request.status == 200})
        await person.until(lambda: len(self._from_bot(person)) >= count)
        with suppress(TimeoutError):
            await person.until(lambda: not self._unread(person), KEY_SECONDS)
        self.lost.update(message.id for message in self._unread(person))

    def _from_bot(self, person: Person) -> list[Message]:
        here = (m for m in person.messages.values() if m.room == person.room)
        return [m for m in here if m.sender == self.bot.id]

    def _unread(self, person: Person) -> list[Message]:
        came = self._from_bot(person)
        return [m for m in came if m.unreadable and m.id not in self.lost]


def _now() -> int:
    return int(time.time() * 1000)
