"""Run the bot on Matrix as a process that is killed and restarted, see ``telegram_process``.

    python -m tests.drills.matrix_process holdfast FOLDER
    python -m tests.drills.matrix_process nio FOLDER

``FOLDER`` holds the organisation, ``root``, where the homeserver is, and ``user``, the bot's
account, whose password lies in ``password``. What the operator is told is written to ``told``.
Where there is a file ``short pages``, one event of a room comes with a sync, and all others are
asked for.
A life takes pauses as the shipped program does, only shorter.
"""

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.app import Application
from bot.platforms.matrix.account import MatrixAccount
from bot.platforms.matrix.adapter import make_matrix_adapter
from bot.platforms.matrix.rooms.delays import MembershipDelays
from bot.platforms.matrix.sync import gap_reader, source
from bot.runtime import inbox_worker, rate_limits, supervisor
from tests.drills.matrix_peers import STOCK
from tests.drills.telegram_process import Life, main

QUIET = 0.1
UPKEEP = 2.0
WAITS = MembershipDelays(grace=0.2, greet=60.0, linger=0.3)


@dataclass
class MatrixLife(Life):
    """One life of the program on Matrix."""

    async def serve(self, house: Application, stop: asyncio.Event) -> None:
        """Until told to stop."""
        root, user = ((self.folder / name).read_text() for name in ("root", "user"))
        sessions = self.folder / "organisation" / "data" / "matrix"
        address = MatrixAccount(root, user, self.folder / "password", "Holdfast", sessions)
        bot = make_matrix_adapter(house, address, self.tell, stop, QUIET, WAITS)
        await supervisor.serve(house, [bot], stop, self.tell, UPKEEP)

    def tell(self, sentence: str) -> None:
        """To the operator."""
        self.note("told", sentence)


def shorten_pauses(patch: pytest.MonkeyPatch) -> None:
    """Let the program wait for less than it does when it is shipped."""
    patch.setattr(rate_limits, "FIRST_SECONDS", 0.05)
    patch.setattr(rate_limits, "LONGEST_SECONDS", 0.5)
    patch.setattr(rate_limits, "MARGIN_SECONDS", 0.02)
    patch.setattr(inbox_worker, "RETRY_SECONDS", 0.01)
    patch.setattr(inbox_worker, "DISK_SECONDS", 0.05)


def shorten_pages(patch: pytest.MonkeyPatch) -> None:
    """Let all events of a room but the last be left out of a sync, and come one by one."""
    patch.setattr(source, "TIMELINE_LIMIT", 1)
    patch.setattr(gap_reader, "PAGE_EVENTS", 1)


def live(kind: str, folder: Path, death: str) -> None:
    if kind in STOCK:
        STOCK[kind](folder)
    else:
        shorten_pauses(pytest.MonkeyPatch())
        if (folder / "short pages").exists():
            shorten_pages(pytest.MonkeyPatch())
        asyncio.run(MatrixLife(folder, death).live())


if __name__ == "__main__":
    main(live, sys.argv[1], Path(sys.argv[2]))
