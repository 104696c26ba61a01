"""Sending of sealed payloads as files, each step of it recorded."""

from dataclasses import dataclass

from handlers.messages import OutgoingFile
from handlers.ports.messenger import FileTooLarge, Messenger, SendError
from handlers.ports.readers import PayloadStore
from handlers.readers.unsent_files import PayloadWithheld
from store.model.failpoint import failpoint
from store.model.outbox import OutboxMessage, Payload, SendStart


@dataclass(frozen=True, slots=True)
class PayloadSender:
    """Sends payloads to one platform.

    Between ``begin`` and ``confirm`` a file may have left, so it counts as fetched. That is taken
    back only for a first attempt that failed before anything of the file left.
    """

    payloads: PayloadStore
    messenger: Messenger

    async def send(self, message: OutboxMessage, *, silent: bool) -> None:
        """Send the file of a row, and remove the row. Raise ``SendError``; then the row stays."""
        payload = await self.payloads.load(message)
        if payload is None:
            raise PayloadWithheld("Its reader may not have it any more.")
        self._check_size(payload)
        start = await self.payloads.begin(message)
        if start is SendStart.WITHHELD:
            raise PayloadWithheld("Its reader may not have it any more.")
        file = OutgoingFile(payload.name, payload.data, silent, message.id.hex())
        try:
            failpoint("send file")
            await self.messenger.send_file(message.to, file)
            failpoint("file sent")
        except SendError as error:
            if start is SendStart.FIRST and error.nothing_left:
                await self.payloads.undo(message)
            raise
        await self.payloads.confirm(message)

    def _check_size(self, payload: Payload) -> None:
        most = self.messenger.platform.file_bytes
        if most is not None and len(payload.data) > most:
            raise FileTooLarge("The file is larger than this platform takes.")
