"""Run the bot on Matrix as a process that is killed and restarted, see ``telegram_process``.

    python -m tests.drills.matrix_process holdfast FOLDER
    python -m tests.drills.matrix_process nio FOLDER

``FOLDER`` holds the organisation, ``root``, where the homeserver is, and ``user``, the bot's
account, whose password lies in ``password``. What the operator is told is written to ``told``.
A life takes pauses as the shipped program does, only shorter.
"""

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.app import Application
from bot.platforms import intake
from bot.platforms.matrix.adapter import make_matrix_adapter
from bot.platforms.matrix.login import MatrixAccount
from bot.platforms.matrix.rooms.delays import MembershipDelays
from bot.runtime import rate_limits, supervisor
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
    patch.setattr(intake, "RETRY_SECONDS", 0.01)


def live(kind: str, folder: Path, death: str) -> None:
    if kind in STOCK:
        STOCK[kind](folder)
    else:
        shorten_pauses(pytest.MonkeyPatch())
        asyncio.run(MatrixLife(folder, death).live())


if __name__ == "__main__":
    main(live, sys.argv[1], Path(sys.argv[2]))
