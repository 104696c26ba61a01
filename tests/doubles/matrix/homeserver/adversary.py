"""A homeserver that lies: it repeats, holds back and reorders, and takes people's places."""

from dataclasses import dataclass, field

from tests.doubles.matrix.homeserver.people import People
from tests.doubles.matrix.homeserver.server import Homeserver
from tests.doubles.matrix.homeserver.shapes import Json
from tests.doubles.matrix.homeserver.world import MEMBER, Account, Device, Event
from tests.doubles.matrix.person import Person


@dataclass(frozen=True, slots=True)
class Hidden:
    """What the server shows to nobody for now: an account as its owner made it."""

    identity: dict[str, Json] = field(repr=False)
    devices: dict[str, Device] = field(repr=False)


@dataclass(slots=True)
class Adversary:
    """Whoever runs the server."""

    server: Homeserver
    hidden: dict[str, Hidden] = field(default_factory=dict, repr=False)
    """By account."""

    def repeat(self, event_id: str, sender: str = "") -> str:
        """Deliver an event once more, as a new one; return the id of that."""
        world = self.server.world
        before = world.events[event_id]
        room = world.rooms[before.room]
        again = world.add_event(room, sender or before.sender, before.type, before.content)
        return again.id

    def withhold(self, room: str) -> None:
        """Deliver nothing that is written in a room from now on."""
        self.server.world.withheld.setdefault(room, [])

    def release(self, room: str, order: list[int] | None = None) -> list[str]:
        """Deliver what was withheld, in the order of these places, and return the ids.

        Without an order it comes as it was written. What is not named is lost.
        """
        world = self.server.world
        held: list[Event] = world.withheld.pop(room, [])
        chosen = held if order is None else [held[place] for place in order if place < len(held)]
        for event in chosen:
            world.deliver(world.rooms[room], event)
        return [event.id for event in chosen]

    def keep(self, room: str) -> list[Event]:
        """Keep what was withheld in a room, and deliver what is written from now on."""
        return self.server.world.withheld.pop(room, [])

    def deliver(self, event: Event) -> None:
        """Deliver an event that was kept."""
        world = self.server.world
        world.deliver(world.rooms[event.room], event)

    def move(self, room: str, user: str, membership: str, by: str) -> None:
        """Kick, ban or invite somebody, whatever the room allows."""
        world = self.server.world
        world.add_event(world.rooms[room], by, MEMBER, {"membership": membership}, user)

    async def take_place(self, people: People, of: Person) -> Person:
        """Show an identity and a device of its own in place of somebody's, and use them."""
        account = self._account(of)
        self.hidden.setdefault(of.id, Hidden(account.identity, account.devices))
        account.identity, account.devices = {}, {}
        taken = await people.person(await self.server.log_in(of.account), strict=False)
        taken.room = of.room
        self.server.world.note_devices(of.id)
        return taken

    async def add_device(self, people: People, of: Person) -> Person:
        """Give an account a device that its owner does not know."""
        device = await self.server.log_in(of.account)
        added = await people.person(device, signed=False, strict=False)
        added.room = of.room
        return added

    def give_back(self, of: Person) -> None:
        """Show somebody as they made themselves; devices of the adversary stay beside."""
        account, own = self._account(of), self.hidden.pop(of.id)
        account.identity = own.identity
        account.devices = {**account.devices, **own.devices}
        self.server.world.note_devices(of.id)

    def _account(self, of: Person) -> Account:
        return self.server.world.account(of.id)
