"""A program that dies at failpoints, holding a conversation line by line.

``hold_in_process`` drops its memory: the failpoint raises ``Died``, which nobody catches, the
object graph is thrown away, and the next life is built anew over the same files. As a program of
its own it dies by SIGKILL::

    python -m tests.drills.crash_driver

Folders come as lines on the standard input; each is printed again when its last life is over. A
folder holds ``organisation/``, an installation; ``talk``, lines of ``id TAB text``; ``deaths``,
lines of ``id TAB failpoint``, or a number of seconds for a death that comes from outside. Every
death ends one life. The next one begins, on the same disk, with the first line that was not
acknowledged: it is sent again under the same id, as platforms do.

Written are ``acknowledged``, an id for each line that was handled; ``died``, the deaths that took
place; ``passed``, every line and failpoint in the order in which they were first reached.
"""

import asyncio
import json
import os
import secrets
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import make_url

from bot.app import Application, open_application
from bot.config.load import read_config
from bot.config.values import POSTGRESQL
from bot.runtime.conversations import Conversations
from handlers.messages import IncomingMessage, TextMessage
from handlers.reporter.markers import WORD_CHECK, find_marker
from store.model.failpoint import installed
from tests.kept_parts import KeptParts, close_all
from tests.rig import Clock, Rig, Screen, make_rig, person

LATER = "{13 hours later}"
SURE = "yes"
OPENED = "opened-"
"""Ids of lines that are said to a case that was opened with its words; a restart closes it."""


class Died(BaseException):
    """Ends a life whose process goes on; nothing catches it."""


@dataclass
class Life:
    """One life of the program, which knows how it ends."""

    folder: Path
    deaths: frozenset[str]
    die: Callable[[], None]
    """Ends this life; may raise."""
    line: str = ""
    passed: set[str] = field(default_factory=set)
    clock: Clock = field(default_factory=Clock)
    opened: bool = False
    dead: bool = False

    def failpoint(self, point: str) -> None:
        if self.dead:
            raise Died
        here = f"{self.line}\t{point}"
        if not self.line or here in self.passed:
            return
        self.passed.add(here)
        self.note("passed", here)
        if here in self.deaths:
            self.note("died", here)
            self.dead = True
            self.die()

    def note(self, file: str, text: str) -> None:
        """What is written stays: a killed process loses nothing that the system has taken."""
        with (self.folder / file).open("a") as out:
            out.write(text + "\n")

    async def live(self) -> None:
        left = unanswered(self.folder)
        self.line = left[0][0] if left else ""
        self.clock.forward(hours=13 * hours_passed(self.folder))
        async with self.program() as house:
            conversations = house.conversations(Screen())
            self.line = ""
            for name, text in left:
                await self.open(house, conversations, name, text)
                await self.hear(house, conversations, name, text)

    def program(self) -> AbstractAsyncContextManager[Application]:
        """Start the program as a process does."""
        config = read_config(self.folder / "organisation" / "config.toml")
        return open_application(config, self.clock, secrets.token_bytes)

    async def open(
        self, house: Application, conversations: Conversations, name: str, text: str
    ) -> None:
        """A reporter whose case was closed by a restart opens it once more.

        Whoever was asked whether to erase it sees that it is there, and asks for that again.
        """
        if self.opened or not name.startswith(OPENED):
            return
        if not await self.is_processed(house, name):
            self.opened = True
            await receive(
                conversations, secrets.token_hex(8), await self.filled(house, "/open {words}")
            )
            if text == SURE:
                await receive(conversations, secrets.token_hex(8), "erase")

    async def is_processed(self, house: Application, name: str) -> bool:
        return await house.stores.cases.is_processed(person(), name)

    async def hear(
        self, house: Application, conversations: Conversations, name: str, text: str
    ) -> None:
        said = await self.filled(house, text)
        self.line = name
        if text == LATER:
            self.clock.forward(hours=13)
            await house.upkeep.run(self.clock())
        else:
            # What was processed in an earlier life opens nothing in this one.
            opens = said.startswith("/open") and not await self.is_processed(house, name)
            await receive(conversations, name, said)
            self.opened = self.opened or opens
        self.line = ""
        self.note("acknowledged", name)

    async def filled(self, house: Application, text: str) -> str:
        """With what the reporter has written down on paper."""
        paper = self.folder / "paper"
        known = json.loads(paper.read_text()) if paper.exists() else {}
        snapshot = await house.stores.cases.snapshot(person(), self.clock())
        asked = find_marker(snapshot.draft, WORD_CHECK) if snapshot.draft else None
        if snapshot.words:
            known["{words}"] = " ".join(snapshot.words)
        if snapshot.code_words:
            known["{code}"] = " ".join(snapshot.code_words)
        if asked:
            known["{two words}"] = " ".join(snapshot.words[int(p) - 1] for p in asked.choices)
        new = paper.with_suffix(".new")
        new.write_text(json.dumps(known))
        new.replace(paper)
        for blank, what in known.items():
            text = text.replace(blank, what)
        return text


async def receive(conversations: Conversations, name: str, text: str) -> None:
    await conversations.receive(IncomingMessage(name, person(), TextMessage(text)))
    await conversations.settle(person())


def lines_of(folder: Path, file: str) -> list[str]:
    path = folder / file
    return path.read_text().splitlines() if path.exists() else []


def unanswered(folder: Path) -> list[tuple[str, str]]:
    """Lines that were not acknowledged, with their ids."""
    done = set(lines_of(folder, "acknowledged"))
    pairs = (line.split("\t") for line in lines_of(folder, "talk"))
    return [(name, text) for name, text in pairs if name not in done]


def hours_passed(folder: Path) -> int:
    """How often it became later, as far as that was acknowledged."""
    left = {name for name, _ in unanswered(folder)}
    pairs = (line.split("\t") for line in lines_of(folder, "talk"))
    return sum(text == LATER and name not in left for name, text in pairs)


@dataclass
class LifeInProcess(Life):
    """A life that ends with its memory, while the process of the test goes on."""

    kept: KeptParts = field(default_factory=KeptParts)

    def program(self) -> AbstractAsyncContextManager[Application]:
        inside = self.folder / "organisation"
        config = read_config(inside / "config.toml")
        return Rig(inside, config, {}, clock=self.clock, kept=self.kept).house()

    async def live(self) -> None:
        try:
            await super().live()
        finally:
            await self.kept.hang_up()


def deaths_to_come(folder: Path) -> frozenset[str]:
    """Read the deaths that did not take place yet."""
    return frozenset({*lines_of(folder, "deaths")} - {*lines_of(folder, "died")})


def hold_in_process(folder: Path) -> None:
    """Hold the whole conversation of a folder, from the first birth to a natural end."""
    kept, over = KeptParts(), False
    while not over:
        life = LifeInProcess(folder, deaths_to_come(folder), raise_died, kept=kept)
        over = end_naturally(life)
        kept.close()


def end_naturally(life: Life) -> bool:
    """Live until the end or until the death, and tell which it was."""
    try:
        with installed(life.failpoint):
            asyncio.run(life.live())
    except BaseException:
        if not life.dead:
            raise
    return not life.dead


def raise_died() -> None:
    """End a life without its process."""
    raise Died


def kill_process() -> None:
    """End a life with its process."""
    os.kill(os.getpid(), signal.SIGKILL)


def start_process(folder: Path) -> int:
    """Fork a process in which every failpoint can be its end; returns its id."""
    child = os.fork()
    if child == 0:
        life = Life(folder, deaths_to_come(folder), kill_process)
        with installed(life.failpoint):
            asyncio.run(life.live())
        os._exit(0)
    return child


def was_killed(child: int, after: float | None = None) -> bool:
    """Wait for the end of a process, or kill it after so many seconds; True if it was killed."""
    if after is not None:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code not in {0, -signal.SIGKILL}:
        sys.exit(f"a life ended with {code}")
    return code != 0


def main(folder: Path) -> None:
    """Hold the whole conversation of a folder in processes that are killed."""
    for death in lines_of(folder, "deaths"):
        if "\t" not in death:
            was_killed(start_process(folder), float(death))
    while was_killed(start_process(folder)):
        pass


async def warm_up() -> None:
    """Import and compile before the first fork what every life needs, on either engine."""
    make_url(POSTGRESQL).get_dialect().import_dbapi()
    with tempfile.TemporaryDirectory() as name:
        async with make_rig(Path(name)).house():
            pass


if __name__ == "__main__":
    asyncio.run(warm_up())
    close_all()
    for name in sys.stdin:
        main(Path(name.strip()))
        print(name, end="", flush=True)
