"""Fetch the events that a sync left out of a room (``limited``)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from bot.platforms.matrix.http_client import HttpClient, Json, RequestDenied, path_segment
from bot.platforms.matrix.rooms.directory import MEMBER
from bot.platforms.matrix.sync.batch import JoinedRoom, is_event

PAGE_EVENTS = 100
MAX_PAGES = 50


@dataclass(frozen=True, slots=True)
class Backfill:
    """Read a room's earlier events; ``own`` is the bot's user id."""

    http_client: HttpClient
    own: str = field(repr=False)

    async def timeline(
        self, room_id: str, joined: JoinedRoom, since: str, *, is_new: bool
    ) -> list[Json]:
        """Return the whole timeline since the last batch, from the oldest event on.

        The timeline of a new room begins with the bot's invitation. Raises ``HttpError``.
        """
        timeline = list(joined.timeline)
        if joined.limited:
            timeline = [*await self._earlier(room_id, joined, since, is_new=is_new), *timeline]
        if is_new:
            timeline = timeline[after_invitation(timeline, self.own) :]
        return timeline

    async def _earlier(
        self, room_id: str, joined: JoinedRoom, since: str, *, is_new: bool
    ) -> list[Json]:
        earlier: list[Json] = []
        start = joined.prev_batch
        query = {"dir": "b", "limit": str(PAGE_EVENTS)}
        if not is_new:
            query["to"] = since
        for _ in range(MAX_PAGES):
            timeline = [*earlier, *joined.timeline]
            if not start or (is_new and after_invitation(timeline, self.own)):
                break
            parameters = urlencode({**query, "from": start})
            path = f"/rooms/{path_segment(room_id)}/messages?{parameters}"
            try:
                page = await self.http_client.request("GET", path)
            except RequestDenied:
                break  # the bot was removed from the room meanwhile, which no other room waits for
            chunk = page.get("chunk")
            found = [e for e in chunk if is_event(e)] if isinstance(chunk, list) else []
            earlier = [*reversed(found), *earlier]
            start = str(page.get("end") or "") if chunk else ""
        return earlier


def after_invitation(timeline: Sequence[Json], own: str) -> int:
    """Return the index after the bot's last invitation; 0 if there is none."""
    for index in range(len(timeline) - 1, -1, -1):
        event = timeline[index]
        if (
            event.get("type") == MEMBER
            and event.get("state_key") == own
            and event["content"].get("membership") == "invite"
        ):
            return index + 1
    return 0
