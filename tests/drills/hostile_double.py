"""The hostile homeserver in this process: it can do anything, as its world is a value."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from tests.doubles.matrix.homeserver.adversary import Adversary
from tests.doubles.matrix.homeserver.people import People
from tests.doubles.matrix.homeserver.server import Homeserver
from tests.doubles.matrix.person import Person
from tests.doubles.matrix.synapse import Credentials
from tests.drills.hostile_homeserver import HostileServer, Stage, quiet
from tests.integration.matrix.running import NO_GREETING, Running, running


@dataclass(slots=True)
class HostileDouble:
    """Drives the adversary of the double; see ``HostileServer``."""

    adversary: Adversary
    people: People
    bot: str

    def hides(self, person: Person) -> bool:
        """Return whether somebody else is shown in place of this person."""
        return person.id in self.adversary.hidden

    def knows(self, event: str) -> bool:
        """Return whether there is such an event."""
        return event in self.adversary.server.world.events

    def repeat(self, event: str) -> object:
        """Deliver an event once more."""
        return self.adversary.repeat(event)

    def withhold(self, room: str) -> None:
        """Deliver nothing that is written in a room from now on."""
        self.adversary.withhold(room)

    def held(self, room: str) -> int:
        """Return how many events are withheld."""
        return len(self.adversary.server.world.withheld[room])

    def release(self, room: str, order: list[int] | None = None) -> object:
        """Deliver what was withheld."""
        return self.adversary.release(room, order)

    async def move(self, person: Person, membership: str) -> None:
        """Put the bot out of somebody's room in their name, or invite it."""
        self.adversary.move(person.room, self.bot, membership, person.id)

    async def take_place(self, of: Person) -> Person:
        """Show an identity and a device of the server's own in place of somebody's."""
        return await self.adversary.take_place(self.people, of)

    def give_back(self, of: Person) -> None:
        """Show somebody as they made themselves."""
        self.adversary.give_back(of)

    async def add_device(self, of: Person) -> Person:
        """Give an account a device that its owner does not know."""
        return await self.adversary.add_device(self.people, of)


@dataclass(slots=True)
class DoubleStage(Stage):
    """A server of one's own, in this process."""

    server: Homeserver
    people: People
    account: Credentials

    def starting(self) -> AbstractAsyncContextManager[Running]:
        """Run the bot for as long as the block."""
        return running(self.rig, self.server, self.account, waits=NO_GREETING)

    def hostile(self) -> HostileServer:
        """Return an adversary that has done nothing yet."""
        return HostileDouble(Adversary(self.server), self.people, self.bot.id)

    async def person(self) -> Person:
        """Make somebody new."""
        return await self.people.person()

    async def come_to_rest(self, person: Person) -> None:
        """Wait until the bot has heard everything and answered it."""
        await quiet(lambda: self.is_idle() and self._is_heard())

    def _is_heard(self) -> bool:
        world = self.server.world
        bot = world.account(self.bot.id)
        heard = max(device.heard for device in bot.devices.values())
        rooms = (room for room in bot.rooms.values() if room.membership(bot.id) == "join")
        unheard = (e for room in rooms for e in room.between(heard, world.position))
        return all(e.sender == bot.id for e in unheard) and not world.undelivered(bot.id)
