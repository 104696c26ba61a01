"""A bare echo bot, as people write one with matrix-nio's own client.

``python -m bench.nio_echo URL USER PASSWORD FOLDER HEARS``: HEARS is "all" for a sync as the
documentation of matrix-nio shows it, or "narrow" for one that leaves out what the bot need not
hear, its own messages among them. FOLDER is where nio keeps its keys.
"""

import asyncio
import logging
import sys
from typing import Any

from nio import AsyncClient, AsyncClientConfig, InviteMemberEvent, MatrixRoom, RoomMessageText
from nio.responses import LoginResponse
from nio.store import SqliteStore

LONG_POLL_MILLIS = 30_000
EVENTS = ("m.room.message", "m.room.encrypted", "m.room.member", "m.room.encryption")


class Echo:
    """Joins where it is invited, and says everything again."""

    def __init__(self, client: Any) -> None:
        """``client`` is nio's; its types know one kind of event only."""
        self.client = client
        self.tasks: set[asyncio.Task[None]] = set()
        client.add_event_callback(self.invited, InviteMemberEvent)
        client.add_event_callback(self.heard, RoomMessageText)

    async def invited(self, room: MatrixRoom, _event: InviteMemberEvent) -> None:
        """Goes in."""
        await self.client.join(room.room_id)

    async def heard(self, room: MatrixRoom, event: RoomMessageText) -> None:
        """One task a message: nobody waits for somebody else's answer."""
        if event.sender != self.client.user_id:
            task = asyncio.create_task(self.answer(room.room_id, event.body))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def answer(self, room: str, text: str) -> None:
        """Says it again."""
        content = {"msgtype": "m.text", "body": text}
        await self.client.room_send(
            room, "m.room.message", content, ignore_unverified_devices=True
        )


def narrow(own: str) -> dict[str, Any]:
    """The filter of a sync in which nothing stands that an echo bot need not hear."""
    none: dict[str, Any] = {"types": []}
    room = {
        "timeline": {"types": list(EVENTS), "not_senders": [own]},
        "state": {"types": list(EVENTS)},
        "ephemeral": none,
        "account_data": none,
    }
    return {"presence": none, "account_data": none, "room": room}


async def run(url: str, user: str, password: str, folder: str, hears: str) -> None:
    """Until it is killed."""
    logging.basicConfig(level=logging.WARNING)
    config = AsyncClientConfig(store=SqliteStore, store_sync_tokens=True)
    client = AsyncClient(url, user, store_path=folder, config=config)
    said = await client.login(password)
    assert isinstance(said, LoginResponse), "it is not let in"  # noqa: S101 - a bench, not the bot
    await client.keys_upload()  # before anybody writes to it
    Echo(client)
    wanted = narrow(user) if hears == "narrow" else None
    await client.sync_forever(LONG_POLL_MILLIS, sync_filter=wanted, full_state=True)


if __name__ == "__main__":
    asyncio.run(run(*sys.argv[1:6]))
