"""Send and redact single events of a room, already encrypted or in clear."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.platforms.matrix.http_client import HttpClient, Json, path_segment


@dataclass(frozen=True, slots=True)
class EventSender:
    """Send events to rooms, each under a transaction id."""

    http_client: HttpClient
    new_id: Callable[[], str]

    async def send(self, room_id: str, kind: str, content: Json, transaction_id: str = "") -> Json:
        """Send one event; the server takes each transaction id once. Raises ``HttpError``."""
        room, transaction = path_segment(room_id), path_segment(transaction_id or self.new_id())
        return await self.http_client.request(
            "PUT", f"/rooms/{room}/send/{kind}/{transaction}", content
        )

    async def redact(self, room_id: str, event_id: str) -> None:
        """Redact one event. Raises ``HttpError``."""
        room, event, transaction = map(path_segment, (room_id, event_id, self.new_id()))
        await self.http_client.request("PUT", f"/rooms/{room}/redact/{event}/{transaction}", {})
