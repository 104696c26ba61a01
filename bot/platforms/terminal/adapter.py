"""Talk on a terminal: one line is one message, numbers and words stand for buttons.

This is the plainest of the adapters; what is hard to do here is wrong in the interface.
"""

import asyncio
import os
import textwrap
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from handlers.effects import PlatformEffect
from handlers.messages import ChatClearing, OutgoingFile, PlatformFacts, Reply
from handlers.ports.messenger import MessageRefused, before_leaving
from store.model.accounts import Account

WIDTH = 78
CLEAR = "\x1b[2J\x1b[3J\x1b[H"
"""ECMA-48: erase the screen, then what was scrolled out of it, then go to the top."""

QUIET_SECONDS = 1.5
"""How long no further line must come before a burst counts as over."""


def terminal_platform(*, can_clear: bool) -> PlatformFacts:
    """Describe a terminal: what it can do, see and keep."""
    return PlatformFacts(
        name="terminal",
        reads_along=lambda texts: texts.terminal.reads_along,
        keeps=lambda texts: texts.terminal.keeps,
        can_clear=can_clear,
    )


@dataclass(slots=True)
class TerminalMessenger:
    """Sends to one screen."""

    out: TextIO
    files: Path
    """The folder into which a reader's files are written."""
    platform: PlatformFacts = field(init=False)
    asked: str = ""
    """The id of the question that was asked last."""

    def __post_init__(self) -> None:
        self.platform = terminal_platform(can_clear=self.out.isatty())

    def parts(self, reply: Reply) -> tuple[Reply, ...]:
        """Return the reply as it is: a screen takes everything at once."""
        return (reply,)

    async def send(self, to: Account, reply: Reply) -> tuple[str, ...]:
        """Print one message; it has no id, as single messages cannot be deleted."""
        del to  # one screen, one account
        if reply.clear is not ChatClearing.NOTHING and self.out.isatty():
            self.out.write(CLEAR)
        self.asked = reply.question or self.asked
        self.write(show(reply))
        return ()

    async def update_buttons(self, to: Account, message: str, reply: Reply) -> None:
        """Do nothing: there are no buttons here."""

    async def delete(self, to: Account, messages: Sequence[str], hour: int) -> int:
        """Do nothing: a screen is cleared whole, in ``send``."""
        del to, messages, hour
        return 0

    async def leave(self, to: Account) -> None:
        """Do nothing: nothing is held for a screen."""

    async def perform(self, effect: PlatformEffect) -> None:
        """Raise ``TypeError``: a terminal has no effects of its own."""
        raise TypeError(f"A terminal does not know {type(effect).__name__}.")

    def write(self, text: str) -> None:
        """Print a paragraph."""
        self.out.write(f"{text}\n\n")
        self.out.flush()

    async def send_file(self, to: Account, file: OutgoingFile) -> None:
        """Write the file, all of it on the disk before this returns.

        Raise ``MessageRefused`` if it cannot be written; then there is no such file.
        """
        del to
        path = self.files / file.name
        with before_leaving(), _refused():
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with _refused():
            try:
                _write_synced(handle, file.data)
            except OSError:
                path.unlink(missing_ok=True)
                raise
        await self.send(Account("", "", ""), Reply(f"The file is {path}"))


@contextmanager
def _refused() -> Iterator[None]:
    try:
        yield
    except OSError:
        raise MessageRefused("The file cannot be written on this computer.") from None


def _write_synced(handle: int, data: bytes) -> None:
    with os.fdopen(handle, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())


def show(reply: Reply) -> str:
    """Lay out a reply: wrapped text, numbered choices, what else can be done."""
    parts = [wrapped(reply.text)]
    if reply.offers:
        rows = (
            wrapped(f"{offer.number or number:>3}  {offer.label}", "     ")
            for number, offer in enumerate(reply.offers, 1)
        )
        parts.append("\n".join(rows))
    if reply.footer:
        parts.append(f"     {reply.footer}")
    return "\n\n".join(parts)


def wrapped(text: str, indent: str = "") -> str:
    """Wrap each line by itself; text that is set in columns stays as it is."""
    wrapper = textwrap.TextWrapper(
        WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    lines = text.split("\n")
    return "\n".join(
        line if line.startswith("    ") else "\n".join(wrapper.wrap(line)) for line in lines
    )


def prepare_input(source: TextIO) -> TextIO:
    """Have bytes that are no text read as a replacement character instead of raising an error."""
    if isinstance(source, TextIOWrapper):
        source.reconfigure(encoding="utf-8", errors="replace")
    return source


Line = str | None
"""A typed line; None stands for the pause that ends a burst."""


async def typed_lines(source: TextIO, quiet_seconds: float = QUIET_SECONDS) -> AsyncIterator[Line]:
    """Yield lines as they come, and None after a pause; end with the input."""
    queue: asyncio.Queue[Line] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def put(line: Line) -> None:
        loop.call_soon_threadsafe(queue.put_nowait, line)

    # Reading a terminal cannot be awaited; a daemon, because nobody may ever press return again.
    threading.Thread(target=_read_all, args=(source, put), daemon=True).start()
    quiet = True
    while True:
        try:
            line = await asyncio.wait_for(queue.get(), None if quiet else quiet_seconds)
        except TimeoutError:
            line, quiet = None, True
            yield None
            continue
        if line is None:
            return
        quiet = False
        yield line


async def next_line(lines: AsyncIterator[Line]) -> Line:
    """Return the next typed line; None if the input ends."""
    async for line in lines:
        if line is not None:
            return line
    return None


def _read_all(source: TextIO, put: Callable[[Line], None]) -> None:
    for line in source:
        put(line.rstrip("\r\n"))
    put(None)
