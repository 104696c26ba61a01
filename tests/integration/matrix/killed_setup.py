"""Set the bot up at a homeserver, in a process that kills itself with SIGKILL at a request.

    python -m tests.integration.matrix.killed_setup FOLDER URL USER PASSWORD WHEN PATH

``WHEN`` is ``before`` or ``after`` the first request whose path begins with ``PATH``; with
``never`` the set-up ends normally.
"""

import asyncio
import os
import secrets
import signal
import sys
from pathlib import Path

from bot.platforms.matrix.account import MatrixAccount
from bot.platforms.matrix.device import open_device, publish_device
from bot.platforms.matrix.http_client import HttpClient, Json, connected
from bot.platforms.matrix.signals import SignalQueue
from store.crypto.keyring import create_keyring, open_keyring


def kill_this_process() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def kill_at(when: str, path: str) -> None:
    """Kill this process at the request."""
    send = HttpClient.request

    async def request(
        http_client: HttpClient, method: str, requested: str, body: Json | None = None
    ) -> Json:
        matches = requested.startswith(path)
        if matches and when == "before":
            kill_this_process()
        answer = await send(http_client, method, requested, body)
        if matches and when == "after":
            kill_this_process()
        return answer

    HttpClient.request = request  # type: ignore[assignment]


async def set_up(folder: Path, url: str, user: str, password: str) -> None:
    """Set up from nothing, or from what an earlier process left."""
    (folder / "password").write_text(password)
    create_keyring(folder / "keyring", secrets.token_bytes)
    keyring = open_keyring(folder / "keyring", secrets.token_bytes)
    account = MatrixAccount(url, user, folder / "password", "Holdfast", folder / "matrix")
    account.folder.mkdir(mode=0o700, exist_ok=True)
    async with connected(HttpClient(url)) as http_client:
        crypto = await open_device(
            http_client, account, keyring, secrets.token_bytes, SignalQueue()
        )
        await publish_device(http_client, crypto, account, keyring, secrets.token_bytes)
        crypto.close()


if __name__ == "__main__":
    kill_at(*sys.argv[5:])
    asyncio.run(set_up(Path(sys.argv[1]), *sys.argv[2:5]))
