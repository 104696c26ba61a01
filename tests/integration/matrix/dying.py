"""The bot's set-up at a homeserver, in a process that dies by SIGKILL at a request.

    python -m tests.integration.matrix.dying FOLDER URL USER PASSWORD WHEN PATH

``WHEN`` is ``before`` or ``after`` the first request whose path begins with ``PATH``; ``never``
comes to its end.
"""

import asyncio
import os
import secrets
import signal
import sys
from pathlib import Path

from bot.platforms.matrix.device import come_in, identify
from bot.platforms.matrix.http_client import HttpClient, Json, opened
from bot.platforms.matrix.login import MatrixAccount
from store.crypto.keyring import create_keyring, open_keyring


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def mortal(when: str, path: str) -> None:
    """Let this process end there."""
    call = HttpClient.call

    async def dying(wire: HttpClient, method: str, asked: str, body: Json | None = None) -> Json:
        here = asked.startswith(path)
        if here and when == "before":
            die()
        answer = await call(wire, method, asked, body)
        if here and when == "after":
            die()
        return answer

    HttpClient.call = dying  # type: ignore[assignment]


async def set_up(folder: Path, url: str, user: str, password: str) -> None:
    """From nothing, or from what an earlier life left."""
    (folder / "password").write_text(password)
    create_keyring(folder / "keyring", secrets.token_bytes)
    keyring = open_keyring(folder / "keyring", secrets.token_bytes)
    address = MatrixAccount(url, user, folder / "password", "Holdfast", folder / "matrix")
    address.folder.mkdir(mode=0o700, exist_ok=True)
    async with opened(HttpClient(url)) as wire:
        machine = await come_in(wire, address, keyring, secrets.token_bytes)
        await identify(machine, address, keyring, secrets.token_bytes)
        machine.cabinet.close()


if __name__ == "__main__":
    mortal(*sys.argv[5:])
    asyncio.run(set_up(Path(sys.argv[1]), *sys.argv[2:5]))
