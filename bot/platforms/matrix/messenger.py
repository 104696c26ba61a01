"""Sends to Matrix, encrypted: messages, files, deletions; its errors as those of the handlers."""

import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from nio.crypto.attachments import encrypt_attachment

from bot.platforms.matrix.crypto.machine import ENCRYPTED, DeviceCrypto, NoDevice
from bot.platforms.matrix.events import MESSAGE, PLATFORM
from bot.platforms.matrix.formatting import content_of, parts_of
from bot.platforms.matrix.http_client import (
    HttpClient,
    Json,
    RateLimited,
    RequestDenied,
    ServerUnreachable,
    SessionExpired,
    part,
)
from bot.platforms.matrix.rooms.directory import Room, RoomDirectory, RoomSuitability
from handlers.messages import PlatformFacts, Reply
from handlers.ports.messenger import MessageRefused, RecipientGone, SendError, Undelivered
from handlers.texts.catalogue import Wording
from store.model.accounts import Account

SURVEY_SECONDS = 0.5
"""Until it is looked again whether the server has said where the bot is."""

MATRIX = PlatformFacts(
    name=PLATFORM,
    reads_along=". The servers between us see that you write, when and how much, and not what",
    keeps="what servers keep of it, still encrypted, and what your other devices keep.",
    can_clear=True,
    single=True,
    leaves=True,
    message_units=16_000,
    wording=Wording.ROOM,
)

Leave = Callable[[Account], Awaitable[None]]


async def stay(_who: Account) -> None:
    """Nobody leaves."""


@dataclass(slots=True)
class MatrixMessenger:
    """The bot's side of every chat."""

    wire: HttpClient
    machine: DeviceCrypto
    rooms: RoomDirectory
    over: Leave = stay
    """Called when a talk is over and all of it is said."""
    platform: PlatformFacts = MATRIX
    monotonic: Callable[[], float] = time.monotonic
    gone: set[str] = field(default_factory=set, repr=False)
    """Deleted, of those that are under way: who is asked to wait meanwhile does not begin anew."""

    def parts(self, reply: Reply) -> tuple[Reply, ...]:
        """As many messages as the words need."""
        return parts_of(reply)

    async def send(self, to: Account, reply: Reply) -> tuple[str, ...]:
        """One message; the server takes each named one only once (transaction ids)."""
        room = self._room(to)
        return await self._send(room, content_of(reply), reply.once)

    async def _send(self, room: Room, content: Json, once: str = "") -> tuple[str, ...]:
        try:
            with translated():
                sealed = await self.machine.encrypt(room.id, room.partner, MESSAGE, content)
                said = await self.put(room.id, ENCRYPTED, sealed, once)
        except Forbidden:
            # Put out of the room, and the next batch will say so; it may go to another one.
            raise NoTrustedDevice("The bot may not write there any more.") from None
        room.moved = self.monotonic()
        return (str(said["event_id"]),) if "event_id" in said else ()

    async def put(self, room: str, kind: str, content: Json, once: str = "") -> Json:
        """One event, as it is."""
        name = once or self.machine.new_id()
        path = f"/rooms/{part(room)}/send/{kind}/{part(name)}"
        return await self.wire.call("PUT", path, content)

    async def send_file(self, to: Account, name: str, data: bytes) -> None:
        """Encrypted; its name stands inside only, and the server gets none."""
        room = self._room(to)
        sealed, keys = encrypt_attachment(data)
        with translated():
            where = await self.wire.upload(sealed)
        file = {**keys, "url": where}
        info = {"size": len(data), "mimetype": "application/octet-stream"}
        await self._send(room, {"msgtype": "m.file", "body": name, "file": file, "info": info})

    async def mark(self, to: Account, message: str, reply: Reply) -> None:
        """There are no buttons here."""

    async def delete(self, to: Account, messages: Sequence[str], hour: int) -> int:
        """On both sides, as far as the chat allows it; how many stayed.

        What stands in a chat that the bot is not in any more is out of reach.
        """
        del hour
        room = self._room(to).id
        if room != to.address:
            return len(messages)
        left = [message for message in messages if message not in self.gone]
        stay = sum([await self._stays(room, message) for message in left])
        self.gone.difference_update(messages)
        return stay

    async def _stays(self, room: str, message: str) -> bool:
        path = f"/rooms/{part(room)}/redact/{part(message)}/{part(self.machine.new_id())}"
        try:
            with translated():
                await self.wire.call("PUT", path, {})
        except RoomUnavailable:
            return False
        except MessageRefused:
            return True
        self.gone.add(message)
        return False

    async def leave(self, to: Account) -> None:
        """The talk is over."""
        await self.over(to)

    def _room(self, to: Account) -> Room:
        """Where this account can be written to: there, or in another talk with it."""
        there = self.rooms.get(to.address)
        if there is not None and there.partner == to.name and there.fit() is RoomSuitability.TALK:
            return there
        for room in self.rooms.of(to.name):
            return room
        if not self.rooms.surveyed:
            raise Undelivered("Nobody knows yet which chats there are.", SURVEY_SECONDS)
        raise RecipientGone("There is no chat with this account.")


class NoTrustedDevice(SendError):
    """There is no device that may read it now: it waits, and holds up nobody else."""


class RoomUnavailable(MessageRefused):
    """The message is gone already."""


class Forbidden(MessageRefused):
    """The server does not let the bot do that there."""


@contextmanager
def translated() -> Iterator[None]:
    """Errors of the server as the handlers know them."""
    try:
        yield
    except RateLimited as error:
        raise Undelivered("The homeserver asks to wait.", error.after) from None
    except NoDevice:
        raise NoTrustedDevice("No device may read it.") from None
    except (ServerUnreachable, SessionExpired):
        raise Undelivered("The homeserver did not take it.") from None
    except RequestDenied as error:
        if error.code == "M_NOT_FOUND":
            raise RoomUnavailable("It is not there any more.") from None
        if error.code == "M_FORBIDDEN":
            raise Forbidden("The homeserver does not allow this there.") from None
        raise MessageRefused(f"The homeserver does not take this ({error.code}).") from None
