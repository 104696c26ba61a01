"""The bot to compare with: matrix-nio as its documentation and its examples have it.

It logs in once and keeps its device, joins where it is invited, writes each message into a file
and answers it. Its place is nio's own (``store_sync_tokens``), which is on the disk before the
first callback has run. It takes a twentieth of a second for each message, as a database would.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nio import (
    AsyncClient,
    AsyncClientConfig,
    InviteMemberEvent,
    LoginResponse,
    MatrixRoom,
    RoomMessageText,
)

SECONDS = 0.05
CONFIG = AsyncClientConfig(store_sync_tokens=True, encryption_enabled=True)


@dataclass(frozen=True)
class Notebook:
    """Where answers are written to, a line each."""

    client: AsyncClient
    file: Path

    async def heard(self, room: MatrixRoom, event: RoomMessageText) -> None:
        if event.sender == self.client.user_id:
            return
        await asyncio.sleep(SECONDS)
        with self.file.open("a") as out:
            out.write(f"{event.body}\n")
        content = {"msgtype": "m.text", "body": "Noted."}
        await self.client.room_send(
            room.room_id, "m.room.message", content, ignore_unverified_devices=True
        )

    async def invited(self, room: MatrixRoom, event: InviteMemberEvent) -> None:
        if event.state_key == self.client.user_id:
            await self.client.join(room.room_id)


async def serve(folder: Path) -> None:
    root, user = ((folder / name).read_text() for name in ("root", "user"))
    (folder / "nio").mkdir(exist_ok=True)
    client = AsyncClient(root, user, store_path=str(folder / "nio"), config=CONFIG)
    try:
        await log_in(client, folder)
        notebook = Notebook(client, folder / "answers")
        listen: Any = client.add_event_callback  # its types say less than its documentation
        listen(notebook.heard, RoomMessageText)
        listen(notebook.invited, InviteMemberEvent)
        await client.sync_forever(timeout=30_000, full_state=True)
    finally:
        await client.close()  # type: ignore[no-untyped-call]


async def log_in(client: AsyncClient, folder: Path) -> None:
    session = folder / "session"
    if session.exists():
        client.restore_login(client.user, *json.loads(session.read_text()))
        return
    said = await client.login((folder / "password").read_text(), "nio")
    assert isinstance(said, LoginResponse)
    session.write_text(json.dumps([said.device_id, said.access_token]))


def plain(folder: Path) -> None:
    asyncio.run(serve(folder))


STOCK: Mapping[str, Callable[[Path], None]] = {"nio": plain}
