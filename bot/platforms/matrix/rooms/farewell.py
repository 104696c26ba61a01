"""Say in a room that the bot leaves why it cannot stay there."""

from dataclasses import dataclass, field

from bot.platforms.matrix.crypto.device_crypto import DeviceCrypto, NoDevice
from bot.platforms.matrix.crypto.to_device import ENCRYPTED
from bot.platforms.matrix.event_sender import EventSender
from bot.platforms.matrix.events import MESSAGE
from bot.platforms.matrix.rooms.directory import Room
from handlers.texts.platform_catalogue import MatrixTexts

MAX_FAREWELL_MEMBERS = 20
"""Larger encrypted rooms are left without a sentence: it is encrypted to every device."""


@dataclass(frozen=True, slots=True)
class Farewell:
    """Send the sentence with which a room is left."""

    sender: EventSender
    crypto: DeviceCrypto
    own: str = field(repr=False)
    """The bot's user id."""
    texts: MatrixTexts = field(repr=False)

    async def send(self, room: Room) -> None:
        """Send the sentence, encrypted if the room is: apps warn of anything else."""
        link = f"https://matrix.to/#/{self.own}"
        content = {"msgtype": "m.notice", "body": self.texts.wrong.format(link=link)}
        transaction_id = f"wrong.{room.id}"
        if not room.encrypted:
            await self.sender.send(room.id, MESSAGE, content, transaction_id)
        elif len(room.members) <= MAX_FAREWELL_MEMBERS:
            try:
                sealed = await self.crypto.encrypt_for_all(room.id, room.others, MESSAGE, content)
            except NoDevice:
                return  # nobody could read the sentence
            await self.sender.send(room.id, ENCRYPTED, sealed, transaction_id)
