"""Send to people on Matrix, encrypted: messages, files, deletions."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from bot.platforms.matrix.crypto.attachments import encrypt_file
from bot.platforms.matrix.crypto.device_crypto import DeviceCrypto, NoDevice
from bot.platforms.matrix.crypto.to_device import ENCRYPTED
from bot.platforms.matrix.effects import SendToAllDevices
from bot.platforms.matrix.event_sender import EventSender
from bot.platforms.matrix.events import MESSAGE
from bot.platforms.matrix.facts import MATRIX
from bot.platforms.matrix.formatting import event_content, split_reply
from bot.platforms.matrix.http_client import (
    TOO_LARGE,
    HttpClient,
    Json,
    RateLimited,
    RequestDenied,
    ServerUnreachable,
    SessionExpired,
)
from bot.platforms.matrix.rooms.directory import Room, RoomDirectory, RoomSuitability
from bot.platforms.matrix.signals import ConversationEnded, SignalQueue
from handlers.effects import PlatformEffect
from handlers.messages import OutgoingFile, PlatformFacts, Reply
from handlers.ports.messenger import (
    FileTooLarge,
    MessageRefused,
    RecipientGone,
    SendError,
    Undelivered,
    before_leaving,
)
from store.model.accounts import Account

ROOMS_UNKNOWN_SECONDS = 0.5
"""Pause before a message is sent again while the server has not yet listed the bot's rooms."""


@dataclass(slots=True)
class MatrixMessenger:
    """Send the bot's side of every conversation."""

    http_client: HttpClient
    sender: EventSender
    crypto: DeviceCrypto
    rooms: RoomDirectory
    signals: SignalQueue = field(repr=False)
    platform: PlatformFacts = MATRIX
    monotonic: Callable[[], float] = time.monotonic
    redacted: set[str] = field(default_factory=set, repr=False)
    """Messages of unfinished deletions that are redacted: a repetition skips them."""

    def parts(self, reply: Reply) -> tuple[Reply, ...]:
        """Split a reply into as many messages as its text needs."""
        return split_reply(reply)

    async def send(self, to: Account, reply: Reply) -> tuple[str, ...]:
        """Send one message and return its id; raise ``SendError``."""
        room = self._room(to)
        return await self._send(room, to, event_content(reply), reply.once)

    async def _send(
        self, room: Room, to: Account, content: Json, transaction_id: str = ""
    ) -> tuple[str, ...]:
        try:
            with before_leaving(), translated_errors():
                sealed = await self.crypto.encrypt(
                    room.id, room.partner, MESSAGE, content, to.current_key
                )
            with translated_errors():
                answer = await self.sender.send(room.id, ENCRYPTED, sealed, transaction_id)
        except Forbidden:
            # The bot was removed, as the next batch will say; another room may take the message.
            raise NoTrustedDevice("The bot may not write there any more.") from None
        room.last_activity = self.monotonic()
        return (str(answer["event_id"]),) if "event_id" in answer else ()

    async def send_file(self, to: Account, file: OutgoingFile) -> None:
        """Send a file, encrypted; its name is in the message only, and the server gets none.

        It is always a message that apps tell people of: they have no silent files. The event
        carries the key: what was uploaded opens for nobody who has not got it.
        """
        ciphertext, keys = encrypt_file(file.data)
        with before_leaving(), translated_errors():
            room = self._room(to)
            address = await self.http_client.upload(ciphertext)
        info = {"size": len(file.data), "mimetype": "application/octet-stream"}
        content = {"msgtype": "m.file", "body": file.name, "info": info}
        await self._send(room, to, {**content, "file": {**keys, "url": address}}, file.once)

    async def update_buttons(self, to: Account, message: str, reply: Reply) -> None:
        """Do nothing: there are no buttons here."""

    async def perform(self, effect: PlatformEffect) -> None:
        """Send a text to every device of an account. Raise ``SendError``."""
        if not isinstance(effect, SendToAllDevices):
            raise TypeError(f"Matrix does not know {type(effect).__name__}.")
        content = {"msgtype": "m.text", "body": effect.text}
        with translated_errors():
            encrypt = self.crypto.encrypt_for_all
            sealed = await encrypt(effect.room, [effect.user], MESSAGE, content)
            await self.sender.send(effect.room, ENCRYPTED, sealed)

    async def delete(self, to: Account, messages: Sequence[str], hour: int) -> int:
        """Redact messages of both sides; return how many could not be redacted.

        Messages in a room that the bot has left are out of reach. Raises ``SendError``.
        """
        del hour
        room_id = self._room(to).id
        if room_id != to.address:
            return len(messages)
        remaining = [message for message in messages if message not in self.redacted]
        refused = sum([not await self._redact(room_id, message) for message in remaining])
        self.redacted.difference_update(messages)
        return refused

    async def _redact(self, room_id: str, message: str) -> bool:
        """Return whether the message is gone."""
        try:
            with translated_errors():
                await self.sender.redact(room_id, message)
        except MessageUnknown:
            return True
        except MessageRefused:
            return False
        self.redacted.add(message)
        return True

    async def leave(self, to: Account) -> None:
        """Note that the conversation is over, so that the bot leaves the room."""
        room = self.rooms.get(to.address)
        if room is not None and room.partner == to.name:
            self.crypto.store.add_finished_room(room.id)
            self.signals.put_nowait(ConversationEnded(to))

    def _room(self, to: Account) -> Room:
        """Choose a room in which this account can be written to, their own if possible."""
        room = self.rooms.get(to.address)
        if (
            room is not None
            and room.partner == to.name
            and room.suitability() is RoomSuitability.CONVERSATION
        ):
            return room
        for other in self.rooms.conversations_with(to.name):
            return other
        if not self.rooms.complete:
            raise Undelivered("The server has not listed the chats yet.", ROOMS_UNKNOWN_SECONDS)
        raise RecipientGone("There is no chat with this account.")


class NoTrustedDevice(SendError):
    """No device may read the message now: it waits, and holds up nobody else."""


class MessageUnknown(MessageRefused):
    """The message is gone already."""


class Forbidden(MessageRefused):
    """The server does not allow the bot to do that in this room."""


@contextmanager
def translated_errors() -> Iterator[None]:
    """Raise errors of the server as those that handlers know."""
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
            raise MessageUnknown("It is not there any more.") from None
        if error.code == "M_FORBIDDEN":
            raise Forbidden("The homeserver does not allow this there.") from None
        if error.code == TOO_LARGE:
            raise FileTooLarge("The homeserver takes no file of this size.") from None
        raise MessageRefused(f"The homeserver does not take this ({error.code}).") from None
