"""People whose clients run in this process: the same ``Person`` as in front of the real server."""

from types import TracebackType
from typing import Any, Self

from tests.doubles.matrix.homeserver.client import Client
from tests.doubles.matrix.homeserver.server import Homeserver
from tests.doubles.matrix.homeserver.world import Refused as RefusedByServer
from tests.doubles.matrix.person import ClientGone, Person, Refused
from tests.doubles.matrix.synapse import Credentials


class People:
    """Where they have their clients; ``async with`` ends these."""

    def __init__(self, synapse: Homeserver) -> None:
        self.synapse = synapse
        self.clients: dict[str, Client] = {}
        self.people: dict[str, Person] = {}
        self.failed: BaseException | None = None
        """Why the first client ended that ended by itself."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for client in self.clients.values():
            client.stop()
        if kind is None:
            self.check()

    def check(self) -> None:
        """Raise ``ClientGone`` if a client ended by an error."""
        if self.failed is not None:
            raise ClientGone("a client ended") from self.failed

    def _note_failure(self, error: BaseException) -> None:
        self.failed = self.failed or error
        for person in self.people.values():
            person.pulse.ring()

    async def person(
        self, account: Credentials | None = None, *, strict: bool = True, signed: bool = True
    ) -> Person:
        """Make somebody new, or with this account; ``signed``: with an identity."""
        account = account or await self.synapse.register()
        key = f"{account.user_id} {account.device_id}"
        person = self.people[key] = Person(self, account, key)
        client = self.clients[key] = Client(
            self.synapse, account, strict, person.hear, self._note_failure
        )
        await client.start(signed=signed)
        return person

    async def ask(self, client: str, what: str, **order: Any) -> Any:
        """Carry out one command of a person; raise ``Refused``."""
        self.check()
        own = self.clients[client]
        if what == "adopt":
            await own.sign_device(self.clients[order["other"]])
            return None
        try:
            return await own.do(what, order)
        except RefusedByServer as refused:
            raise Refused(str(refused)) from None
