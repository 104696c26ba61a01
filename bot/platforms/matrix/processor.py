"""Process messages of Matrix: note where a reader wrote last, then decide."""

from dataclasses import dataclass

from bot.platforms.matrix.rooms.directory import RoomDirectory
from handlers.effects import PostCommitEffect
from handlers.messages import IncomingMessage
from handlers.turn import TurnProcessor
from store.model.accounts import Account
from store.readers.reader_store import ReaderStore


@dataclass(frozen=True, slots=True)
class RoomTrackingProcessor:
    """Note the room in which an account writes, then have its message processed."""

    processor: TurnProcessor
    readers: ReaderStore
    rooms: RoomDirectory

    async def process(self, incoming: IncomingMessage) -> tuple[PostCommitEffect, ...]:
        """Commit what a message causes, and return what is to be done after the commit."""
        await self.note_room(incoming.who)
        return await self.processor.process(incoming)

    async def give_up(self, incoming: IncomingMessage) -> tuple[PostCommitEffect, ...]:
        """Count a message as processed although it failed, and leave its sender an answer."""
        return await self.processor.give_up(incoming)

    async def note_room(self, who: Account) -> None:
        """Notify a reader in the room where they wrote last; look it up only if it changed."""
        room = self.rooms.get(who.address)
        if room is None or not room.is_latest:
            await self.readers.update_address(who)
        if room is not None and not room.is_latest:
            self.rooms.set_latest(room)
