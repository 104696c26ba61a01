"""The bot on Telegram as a process that is killed, and begun anew within a third of a second.

    python -m tests.drills.telegram_process holdfast FOLDER
    python -m tests.drills.telegram_process plain|conversation FOLDER

Each line on the standard input begins one life: a fork of this process, in which everything is
imported already. The line may name a point at which that life ends by SIGKILL. Said on the
standard output: the number of the process, and with which code it ended. ``FOLDER`` holds the
organisation and ``root``, where Telegram is; ``seconds`` is how far its clock is put forward, and
in ``passed`` and ``died`` the points stand that were reached.

A life of ours has a quick pulse: for it, a second is a tenth of one. So Telegram may ask for a
second's patience, and an outage may be met with the patience of the shipped program, and still no
test takes an hour. The stock bots of ``telegram_peers`` wait for nothing and need none.
"""

import asyncio
import os
import secrets
import selectors
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from unittest import mock

from bot.app import Application, open_application
from bot.config.load import read_config
from bot.platforms.telegram.adapter import BotApiEndpoint, make_telegram_adapter
from bot.runtime import inbox_worker, logs
from bot.runtime.supervisor import serve
from store.model.failpoint import installed
from tests.drills.crash_driver import Died, kill_process, warm_up
from tests.drills.telegram_peers import STOCK
from tests.kept_parts import close_all
from tests.rig import START

QUIET = 0.1
DEATHS_BORNE = 1_000
"""The program gives a message up after ten deaths: it may be what kills it. Here it is not, and
which message is handled at the next ten deaths is chance."""
HASTE = 10
"""So many seconds of a life are one of ours."""


@dataclass
class Life:
    """One life of the program, which knows at which point it ends."""

    folder: Path
    death: str
    passed: set[str] = field(default_factory=set)
    dead: bool = False
    on_death: Callable[[], None] = kill_process
    """Ends this life; raises where its process goes on."""

    def failpoint(self, point: str) -> None:
        if self.dead:
            raise Died
        if point not in self.passed:
            self.passed.add(point)
            self.note("passed", point)
        if point == self.death:
            self.note("died", point)
            self.dead = True
            self.on_death()

    def note(self, file: str, text: str) -> None:
        """What is written stays: a killed process loses nothing that the system has taken."""
        with (self.folder / file).open("a") as out:
            out.write(text + "\n")

    def clock(self) -> datetime:
        forward = self.folder / "seconds"
        return START + timedelta(seconds=float(forward.read_text()) if forward.exists() else 0)

    async def live(self) -> None:
        """Serve until SIGTERM, or until death."""
        logs.configure(sys.stderr)
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        await self.run(stop)

    async def run(self, stop: asyncio.Event) -> None:
        """Open the program and serve until told to stop."""
        config = read_config(self.folder / "organisation" / "config.toml")
        with (
            installed(self.failpoint),
            mock.patch.object(inbox_worker, "MOST_STARTS", DEATHS_BORNE),
        ):
            async with open_application(config, self.clock, secrets.token_bytes) as house:
                await self.serve(house, stop)

    async def serve(self, house: Application, stop: asyncio.Event) -> None:
        """Until told to stop."""
        address = BotApiEndpoint((self.folder / "root").read_text(), self.folder / "token")
        service = make_telegram_adapter(house, address, lambda _: None, stop)
        await serve(house, [service], stop, lambda _: None)


@dataclass
class TelegramLifeInProcess(Life):
    """A life in the process of a test: its clock goes as the test's does."""

    async def serve(self, house: Application, stop: asyncio.Event) -> None:
        address = BotApiEndpoint((self.folder / "root").read_text(), self.folder / "token")
        service = make_telegram_adapter(house, address, lambda _: None, stop, QUIET)
        await serve(house, [service], stop, lambda _: None)


class Hasty(selectors.DefaultSelector):
    """Waits a tenth of what it is told to."""

    def select(self, timeout: float | None = None) -> "list[tuple[selectors.SelectorKey, int]]":
        return super().select(None if timeout is None else timeout / HASTE)


def hasten(live: Callable[[], Awaitable[None]]) -> None:
    """Everything that waits by the loop, or by the monotonic clock, waits a tenth of it."""
    really = time.monotonic

    def hasty() -> float:
        return really() * HASTE

    with mock.patch.object(time, "monotonic", hasty):
        loop = asyncio.SelectorEventLoop(Hasty())
        loop.run_until_complete(live())


def live(kind: str, folder: Path, death: str) -> None:
    if kind in STOCK:
        STOCK[kind](folder)
    else:
        hasten(Life(folder, death).live)


Live = Callable[[str, Path, str], None]
"""Of a kind, in a folder, until a point if one is named."""


def be_born(live: Live, kind: str, folder: Path, death: str) -> int:
    child = os.fork()
    if child == 0:
        try:
            live(kind, folder, death)
        except BaseException:  # noqa: BLE001 - a fork must never go on as its parent
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    return child


def main(live: Live, kind: str, folder: Path) -> None:
    asyncio.run(warm_up())
    close_all()  # a fork must not begin beside the thread of a database, which would never end
    print("warm", flush=True)
    for line in sys.stdin:
        child = be_born(live, kind, folder, line.strip())
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main(live, sys.argv[1], Path(sys.argv[2]))
