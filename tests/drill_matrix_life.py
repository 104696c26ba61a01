"""The bot on Matrix as a process that is killed, and begun anew, see ``tests.drill_life``.

    python -m tests.drill_matrix_life holdfast FOLDER
    python -m tests.drill_matrix_life nio FOLDER

``FOLDER`` holds the organisation, ``root``, where the homeserver is, and ``user``, the bot's
account, whose password lies in ``password``. What the operator is told is written to ``told``.
A life takes pauses as the shipped program does, only shorter.
"""

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path

from bot import lifecycle, patience
from bot.matrix import service
from bot.matrix.doors import Waits
from bot.matrix.login import Address
from bot.matrix.service import Service
from bot.wiring import House
from tests.drill_life import Life, main
from tests.drill_matrix_stock import STOCK

QUIET = 0.1
UPKEEP = 2.0
WAITS = Waits(grace=0.2, greet=60.0, linger=0.3)


@dataclass
class MatrixLife(Life):
    """One life of the program on Matrix."""

    async def serve(self, house: House, stop: asyncio.Event) -> None:
        """Until told to stop."""
        root, user = ((self.folder / name).read_text() for name in ("root", "user"))
        sessions = self.folder / "organisation" / "data" / "matrix"
        address = Address(root, user, self.folder / "password", "Holdfast", sessions)
        bot = Service(house, address, self.tell, stop, QUIET, WAITS)
        await lifecycle.serve(house, [bot], stop, self.tell, UPKEEP)

    def tell(self, sentence: str) -> None:
        """To the operator."""
        self.note("told", sentence)


def hurry() -> None:
    """For the rest of this process."""
    patience.FIRST_SECONDS, patience.LONGEST_SECONDS = 0.05, 0.5
    patience.MARGIN_SECONDS = 0.02
    service.TRY_AGAIN_SECONDS = 0.01


def live(kind: str, folder: Path, death: str) -> None:
    if kind in STOCK:
        STOCK[kind](folder)
    else:
        hurry()
        asyncio.run(MatrixLife(folder, death).live())


if __name__ == "__main__":
    main(live, sys.argv[1], Path(sys.argv[2]))
