"""A reporter who tells a long text, to a program that may end at any failpoint.

    python -m tests.drills.long_text

Lines of ``NUMBER FOLDER`` come on the standard input. For each, a process of its own tells the
text to the organisation in the folder, and dies by SIGKILL at the failpoint of this number; with
what code it ended is printed.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.config.load import read_config
from handlers.messages import IncomingMessage, TextMessage
from store.db.schema import item
from store.model.failpoint import installed
from tests.drills.crash_driver import warm_up
from tests.kept_parts import close_all
from tests.rig import Rig, person

BEGIN = ("/start", "1", "3")
WORDS = "It was a long story, and here is all of it: ünïcödé. "
TEXT = WORDS * 6_000
"""Three rows of a payload."""


@dataclass
class Life:
    """Counts failpoints, and ends at one of them; what comes after that fails as well."""

    end: Callable[[], None]
    ends: int = -1
    passed: list[str] = field(default_factory=list)

    def __call__(self, name: str) -> None:
        if len(self.passed) == self.ends:
            self.end()
        self.passed.append(name)


def organisation_in(folder: Path) -> Rig:
    """The organisation in a folder, which takes texts of any length."""
    config = read_config(folder / "config.toml")
    limits = replace(config.limits, text_length=10_000_000)
    return Rig(folder, replace(config, limits=limits), {})


async def tell(rig: Rig, life: Life) -> None:
    """Tell the text in a new life of the program, under the same ids each time."""
    async with rig.house() as house:
        conversations = house.conversations(rig.screen)
        with installed(life):
            incoming = IncomingMessage("the update", person(), TextMessage(TEXT), "the message")
            await conversations.receive(incoming)
            await conversations.settle(person())


async def told(rig: Rig) -> list[str]:
    """Return what the talk holds."""
    async with rig.house() as house:
        snapshot = await house.stores.cases.snapshot(person(), rig.clock(), pieces=True)
        return [piece.text for piece in snapshot.pieces]


async def left_over(rig: Rig) -> int:
    """Count the items that no turn has kept."""
    staged = item.select().where(item.c.staged > 0)
    async with rig.house() as house:
        return await house.stores.cases.database.read(
            lambda connection: len(connection.execute(staged).all())
        )


def kill() -> None:
    """End this process as a power cut does."""
    os.kill(os.getpid(), signal.SIGKILL)


def tell_in_process(folder: Path, number: int) -> int:
    """Tell it in a forked process; return how that ended."""
    child = os.fork()
    if child == 0:
        asyncio.run(tell(organisation_in(folder), Life(kill, number)))
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    asyncio.run(warm_up())
    close_all()
    for line in sys.stdin:
        failpoint, _, place = line.rstrip("\n").partition(" ")
        print(tell_in_process(Path(place), int(failpoint)), flush=True)
