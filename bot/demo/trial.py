"""``holdfast try``: the same bot with a made-up organisation, thrown away at the end.

First comes the conversation; then what somebody who steals the disk would find; then what the
named reader can open and the others cannot.
"""

import os
import secrets
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TextIO

from bot.app import Application
from bot.config.load import read_config
from bot.config.values import Config, HelpLine
from bot.console import printable, say
from bot.demo.leak_scan import files_below, find_new_texts
from bot.errors import FolderError
from bot.installation import Founding, config_text, make_folder, with_line
from bot.platforms.terminal.adapter import Line, TerminalMessenger, wrapped
from bot.platforms.terminal.session import Session, terminal_account
from bot.report_display import show_report
from bot.runtime.clock import system_clock
from handlers.reporter.markers import WORD_CHECK, find_marker
from store.model.accounts import Account
from store.model.clock import week_of
from store.model.errors import StoreError
from store.readers import roster, roster_chain
from store.readers.delivery_bundle import open_delivery
from store.readers.key_file import ReaderKey, load_key
from store.readers.notebook import Notebook
from store.readers.roster import Member

READERS = {
    "Ash": "treasurer, elected last year",
    "Oak": "sings alto, elected this spring",
    "Rowan": "from the sister choir",
}
PASSPHRASE = "only a trial"  # noqa: S105 - throw-away keys, in a throw-away folder
WORK_FACTOR = 10
TWO_WORDS = "{two of the words}"
SAMPLE = Path(__file__).with_name("sample_talk.txt")
REPORTER = "you"
PREFIX = "holdfast-try-"

FOUNDING = Founding(
    Path(),
    "The Example Choir (made up)",
    "choir.example",
    HelpLine("Example help line (made up)", "000 000", "day and night"),
)

INTRODUCTION = """\
This is Holdfast with a made-up organisation. Nothing you type leaves this computer, and at the \
end everything is thrown away.

You are the reporter. The commission has three members: Ash, Oak and Rowan. Write your answers \
below; end the input (Ctrl-D) to leave. A second terminal can be a reader meanwhile:

    holdfast try --as-reader"""

TALK_OVER = "(The talk is over. Ctrl-D shows what lies on the disk now; or go on typing.)"


@dataclass
class TrialClock:
    """Tell the real time, which the trial can put forward."""

    ahead: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        """Return the real time plus ``ahead``."""
        return system_clock() + self.ahead


def found_trial(folder: Path, readers: Mapping[str, str] = READERS) -> Config:
    """Make a whole organisation in this folder, the keys of its readers included."""
    keys = {name: ReaderKey.generate(secrets.token_bytes) for name in readers}
    make_folder(folder, "")
    (folder / "readers").mkdir(mode=0o700)
    for name, key in keys.items():
        sealed = key.seal(PASSPHRASE, WORK_FACTOR, secrets.token_bytes)
        (folder / "readers" / f"{name}.key").write_bytes(sealed)
    chain = _roster(keys, readers)
    (folder / "roster.note").write_text(roster.format_chain(chain), "utf-8")
    pinned = with_line(
        config_text(FOUNDING), 'genesis = ""', f'genesis = "{chain[0].roster.hash.hex()}"'
    )
    (folder / "config.toml").write_text(pinned, "utf-8")
    return read_config(folder / "config.toml")


def _roster(keys: dict[str, ReaderKey], readers: Mapping[str, str]) -> roster.Chain:
    week = week_of(system_clock())
    members = [
        roster_chain.member_of(k.card(name, readers[name]), week) for name, k in keys.items()
    ]
    chain: roster.Chain = (roster_chain.genesis(FOUNDING.id, 2, members),)
    for key in keys.values():
        chain = roster_chain.sign(chain, key)
    return chain


@contextmanager
def trial_folder() -> Iterator[Path]:
    """Make a folder for one trial, named after this process; it is deleted at the end."""
    with tempfile.TemporaryDirectory(prefix=f"{PREFIX}{os.getpid()}-") as name:
        yield Path(name)


def running_trial() -> Path:
    """Return the organisation of this user's newest running trial; raises ``FolderError``."""
    place = Path(tempfile.gettempdir())
    ours = [p for p in place.glob(f"{PREFIX}*/organisation") if _is_running(p)]
    if not ours:
        raise FolderError("No trial is running. Start one in another terminal: holdfast try")
    return max(ours, key=lambda p: p.stat().st_mtime_ns)


def _is_running(organisation: Path) -> bool:
    """Check that a trial is complete, belongs to this user, and that its process still runs."""
    pid = organisation.parent.name.removeprefix(PREFIX).partition("-")[0]
    if not pid.isdecimal() or not (organisation / "config.toml").is_file():
        return False
    try:
        os.kill(int(pid), 0)
    except OSError:
        return False
    return organisation.stat().st_uid == os.getuid()


@dataclass
class Trial:
    """Run one trial, and remember what was typed in order to look for it afterwards."""

    application: Application
    folder: Path
    clock: TrialClock
    terminal: TerminalMessenger
    typed: list[str] = field(default_factory=list, repr=False)
    words: tuple[str, ...] = field(default=(), repr=False)
    begun: bool = False
    before: dict[Path, bytes] = field(default_factory=dict, repr=False)
    """The files as they were before: some dictionary words stand in any database."""

    @property
    def who(self) -> Account:
        """Return the reporter's account."""
        return terminal_account(REPORTER)

    async def hold_conversation(self, lines: AsyncIterator[Line]) -> bool:
        """Hold the conversation; return False if the input ended before or within it."""
        self.before = self._files()
        session = Session(self.application, self.terminal, self.who)
        return await session.run(self._watched(lines))

    def echo(self, line: str) -> None:
        """Show a line that nobody typed, without characters that would control the terminal."""
        self.terminal.write(f"> {printable(line)}")

    async def _watched(self, lines: AsyncIterator[Line]) -> AsyncIterator[Line]:
        async for line in lines:
            if line is not None:
                self.typed.append(line)
            yield line
            await self._observe()

    async def _observe(self) -> None:
        """Remember the recovery words while they are known; say when the conversation ended."""
        snapshot = await self.application.stores.cases.snapshot(self.who, self.clock())
        self.words = snapshot.words or self.words
        over = self.begun and snapshot.draft is None
        self.begun = snapshot.draft is not None
        if over and self.terminal.out.isatty():
            self.terminal.write(TALK_OVER)

    async def sample(self) -> AsyncIterator[Line]:
        """Yield the lines of the sample talk, each when its question is open."""
        script = _script(SAMPLE.read_text("utf-8"))
        yield None
        while (line := _next(script, self.terminal.asked)) is not None:
            typed = await self._two_words() if line == TWO_WORDS else line
            self.echo(typed)
            yield typed
            yield None

    async def _two_words(self) -> str:
        """Return the two recovery words that are asked for, as a reporter would read them off."""
        snapshot = await self.application.stores.cases.snapshot(self.who, self.clock())
        mark = find_marker(snapshot.draft, WORD_CHECK) if snapshot.draft else None
        return " ".join(snapshot.words[int(p) - 1] for p in mark.choices) if mark else ""

    async def show_disk(self) -> None:
        """Show what somebody who steals the disk would find."""
        heading("What a thief of the disk would find")
        files = self._files()
        for path, data in files.items():
            say(f"  {path.relative_to(self.folder)}, {len(data)} bytes")
        texts = [*self.typed, " ".join(self.words), *self.words]
        matches = find_new_texts(self.before, files, texts)
        say(
            f"Everything that was typed, and the twelve words, was looked for in them, as text "
            f"and in the usual encodings. Found: {len(matches)} times."
        )
        rows = await self.application.stores.cases.database.count_rows()
        counts = ", ".join(f"{name} {count}" for name, count in rows.items() if count)
        say(f"What can be counted: {counts}.")
        say("The keys lie in another folder, keyring/, which no backup of the data takes along.")

    def _files(self) -> dict[Path, bytes]:
        return files_below(self.folder / "data", without="keyring")

    async def show_readers(self) -> None:
        """Show what each reader can open with their own key."""
        await self._let_time_pass()
        fetched: dict[str, bytes] = {}
        for name in sorted(READERS, key=lambda n: n != "Oak"):
            heading(f"What {name} can open")
            member = reader_named(self.application, name)
            for delivery in await self.application.stores.readers.deliveries(member):
                fetched[name] = await fetch(self.application, member, delivery.code)
                say(f"{name} fetched {delivery.code}.holdfast and opens it:")
                self._open(name, fetched[name])
            if name not in fetched:
                say("Nothing was shared with them, and no key for them exists.")
                for other, bundle in fetched.items():
                    say(f"Even with the file that {other} fetched:")
                    self._open(name, bundle)

    async def _let_time_pass(self) -> None:
        hours = self.application.settings.hold_hours
        snapshot = await self.application.stores.cases.snapshot(self.who, self.clock())
        if snapshot.held is not None:
            heading(f"{hours} hours later (the trial puts its clock forward)")
            self.clock.ahead += timedelta(hours=hours + 1)
            await self.application.run_upkeep()
            say("Nobody stopped the hand-over, so it can be fetched now.")

    def _open(self, name: str, bundle: bytes) -> None:
        key = load_key(self.folder / "readers" / f"{name}.key", PASSPHRASE)
        try:
            show_report(open_delivery(bundle, key, Notebook()))
        except StoreError as error:
            say(f"  {error}")


def reader_named(application: Application, name: str) -> Member:
    """Return a reader of the trial; raises ``FolderError`` if the roster lacks them."""
    member = application.stores.readers.named(name, application.clock())
    if member is None:
        raise FolderError("The trial's roster lacks one of its readers. Start it again.")
    return member


async def fetch(application: Application, member: Member, code: str) -> bytes:
    """Fetch a delivery, as somebody who keeps it in memory only; it counts as fetched."""
    readers = application.stores.readers
    bundle = await readers.bundle(member, code)
    await readers.begin_fetch(member, code)
    await readers.record_fetch(member, code)
    return bundle


def heading(text: str) -> None:
    """Print a heading between two parts."""
    say(f"\n── {text} {'─' * max(3, 74 - len(text))}\n")


def introduce(out: TextIO) -> None:
    """Explain who is who, and how to leave."""
    out.write(wrapped(INTRODUCTION) + "\n")


def _script(text: str) -> list[tuple[str, str]]:
    """Parse the question and the answer of each line."""
    lines = (line for line in text.splitlines() if line.startswith("< "))
    pairs = (line[2:].split(" > ", 1) for line in lines)
    return [(question, answer) for question, answer in pairs]


def _next(script: list[tuple[str, str]], question: str) -> str | None:
    """Take the first unused answer to this question; None if there is none."""
    at = next((n for n, (asked, _) in enumerate(script) if asked == question), None)
    return None if at is None else script.pop(at)[1]
