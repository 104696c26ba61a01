"""The conversations that are cut off, how they are held, and what must be there afterwards."""

import asyncio
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.app import Application
from bot.config.load import read_config
from handlers.texts.english import ENGLISH
from tests.databases import copy_database, template
from tests.doubles.postgresql import Postgresql
from tests.drills.crash_driver import LATER, SURE, hold_in_process, lines_of
from tests.drills.failpoints import check_passed
from tests.rig import READERS, SQLITE_URL, Rig, make_rig

ROOT = Path(__file__).parents[2]
BEGIN = ("/start", "1", "3")
STORY = ("the first words", "stop", "help", "the last words")
LONG = " ".join(["a long part"] * 1_500)
"""Longer than what is sealed in its turn, shorter than the limit of a message."""
TOLD = (*BEGIN, *STORY[:2], "it's part of my story", *STORY[2:], "/done")
WISH = ("a wish", "/done", "somebody", "/done", "/back", "nobody else", "/done")
ASKED = ("let someone", "nothing", *WISH, "Ash", "Oak", "everything")
KEPT = (*ASKED, "only read", "yes, keep it", "yes, that's right")
UNKEPT = (*ASKED, "only read", "no", "yes, that's right")
HAVE = "i've written them down"
WORDS = ("twelve words", "{two words}", HAVE)


@dataclass(frozen=True)
class Talk:
    """What is said, up to where it gets interesting and from there on."""

    before: tuple[str, ...]
    lines: tuple[str, ...]
    opens: frozenset[str] = frozenset()
    """Who opens the whole story at the end."""
    opened: int = 99
    """The first of the lines that is said to a case opened with its words."""
    people: tuple[str, ...] = ("somebody", "nobody else")
    """Who it is about, as the readers are told at the end."""
    at_once: int = 999
    """How many deaths there are in one go; one while a code is looked up counts as a try of it."""


OPEN = "/open {words}"
ROWAN = ("nobody", "Rowan", "everything", "only read")
AGAIN = ("let someone", "nothing", "a wish", "/done", "nobody else", "/done", *ROWAN)
HOLD = "yes, send in 12 hours"
KEEP = ("yes, keep it", "yes, that's right", "yes, send now")
BY_OAK, BY_ROWAN = frozenset({"Oak"}), frozenset({"Rowan"})
TALKS = {
    "handed over now": Talk((), (*TOLD, *KEPT, "yes, send now", *WORDS), BY_OAK),
    "handed over by time": Talk((*TOLD, *UNKEPT, HOLD), (HAVE, LATER), BY_OAK),
    "handed over from the opened case": Talk(
        (*TOLD, *KEPT, HOLD, *WORDS), (OPEN, "read it", "send it now", "close it"), BY_OAK, 1
    ),
    "taken back from the account": Talk((*TOLD, *UNKEPT, HOLD, HAVE), ("/withdraw",)),
    "taken back in the talk, shared with another": Talk(
        (*TOLD, *KEPT, "yes, send now"),
        ("/withdraw", *AGAIN, *KEEP, *WORDS),
        BY_ROWAN,
        people=("nobody else",),
    ),
    "taken back with the code": Talk(
        (*TOLD, *UNKEPT, "yes, send now", HAVE), ("/withdraw {code}",), at_once=4
    ),
    "a long part, handed over": Talk(
        (*TOLD[:-2],), (LONG, *TOLD[-2:], *UNKEPT, "yes, send now", HAVE), BY_OAK
    ),
    "erased in the talk": Talk((*TOLD, *KEPT, HOLD), ("/erase", "yes")),
    "opened, withdrawn, shared anew": Talk(
        (*TOLD, *KEPT, "yes, send now", *WORDS),
        (OPEN, "stop sharing", "change what i allow", "3", *ROWAN, *KEEP, HAVE),
        BY_ROWAN,
        1,
    ),
    "opened and erased": Talk(
        (*TOLD, *KEPT, "yes, send now", *WORDS), (OPEN, "delete everything", SURE), opened=1
    ),
}
OF_CASES = {
    "case_file",
    "item",
    "item_chunk",
    "permission",
    "access_grant",
    "delivery",
    "takeback",
    "draft",
}


Hold = Callable[[Path], None]
"""Holds the conversation of a folder, with its deaths, to the natural end."""


@dataclass(frozen=True)
class Drill:
    """An organisation with nobody's story yet, and the way its lives end.

    It is never opened itself, only copied: there is no file of SQLite yet, and no row on a server.
    """

    organisation: Rig
    hold: Hold
    server: Postgresql | None = None
    copies: list[str] = field(default_factory=list)
    """Databases on the server that nobody needs any more when the next talk begins."""

    @classmethod
    def in_process(cls, folder: Path, server: Postgresql | None = None) -> "Drill":
        """Make a drill whose lives lose their memory only."""
        return cls(make_rig(folder / "organisation", url=url_on(server)), hold_in_process, server)

    @classmethod
    @contextmanager
    def with_kills(cls, folder: Path, server: Postgresql | None = None) -> Iterator["Drill"]:
        """Make a drill whose lives are processes that end by SIGKILL."""
        pipe = subprocess.PIPE
        command = [sys.executable, "-m", "tests.drills.crash_driver"]
        with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:

            def hold(conversation: Path) -> None:
                assert process.stdin is not None
                assert process.stdout is not None
                process.stdin.write(f"{conversation}\n")
                process.stdin.flush()
                assert process.stdout.readline() == f"{conversation}\n"

            yield cls(make_rig(folder / "organisation", url=url_on(server)), hold, server)

    def copy(self, start: Path, to: Path) -> None:
        """Copy a folder with an organisation in it, and what a server has of it."""
        shutil.copytree(start, to)
        if self.server is not None:
            self.copies.append(asyncio.run(copy_database(self.server, to / "organisation")))

    def clear(self) -> None:
        """Drop the copies on the server."""
        while self.server is not None and self.copies:
            asyncio.run(self.server.run(f"DROP DATABASE {self.copies.pop()} WITH (FORCE)"))


def url_on(server: Postgresql | None) -> str:
    """Say where an organisation is that others are copied from."""
    return SQLITE_URL if server is None else server.url(asyncio.run(template(server)))


def hold(drill: Drill, folder: Path, lines: Sequence[str], deaths: Sequence[str]) -> None:
    """Say these lines to the organisation in this folder, with these deaths."""
    (folder / "talk").write_text("\n".join(lines))
    (folder / "deaths").write_text("\n".join(deaths))
    drill.hold(folder)


def before(drill: Drill, folder: Path, talk: Talk) -> Path:
    """The organisation when the talk has come to where it gets interesting."""
    drill.clear()
    drill.copy(drill.organisation.folder.parent, folder)
    if talk.before:
        hold(drill, folder, [f"b{n}\t{text}" for n, text in enumerate(talk.before)], ())
        (folder / "passed").unlink()
    return folder


def after(drill: Drill, start: Path, folder: Path, talk: Talk, deaths: Sequence[str]) -> Rig:
    """The organisation when the talk is over."""
    drill.copy(start, folder)
    ids = (f"{'opened' if n >= talk.opened else 'm'}-{n}" for n in range(len(talk.lines)))
    hold(
        drill,
        folder,
        [f"{name}\t{text}" for name, text in zip(ids, talk.lines, strict=True)],
        deaths,
    )
    inside = folder / "organisation"
    rig = Rig(inside, read_config(inside / "config.toml"), drill.organisation.keys)
    rig.clock.forward(hours=13)
    return rig


async def check(rig: Rig, talk: Talk) -> None:
    """Each message once and in order, what was allowed and no more, nothing left over."""
    try:
        await check_open(rig, talk)
    finally:
        await rig.kept.shut_down()


async def check_open(rig: Rig, talk: Talk) -> None:
    async with rig.house() as house:
        rows = await house.stores.cases.database.count_rows()
        assert rows["outbox"] == rows["draft"] == 0
        assert rows["case_file"] == bool(talk.opens)
        assert talk.opens or not [table for table in OF_CASES if rows[table]]
        for reader in READERS:
            await check_reader(rig, house, reader, talk)


async def check_reader(rig: Rig, house: Application, reader: str, talk: Talk) -> None:
    opens = reader in talk.opens
    member = house.stores.readers.named(reader, rig.clock())
    assert member is not None
    codes = [d.code for d in await house.stores.readers.deliveries(member)]
    assert len(codes) == opens, reader
    for code in codes:
        report = rig.open(reader, await house.stores.readers.bundle(member, code))
        check_report(report.text, talk)
        assert report.text.splitlines().count(LONG) == talk.lines.count(LONG)


def check_report(text: str, talk: Talk) -> None:
    lines = text.splitlines()
    said = [line for line in lines if line in {*STORY, "a wish", "somebody", "nobody else"}]
    assert said == ["a wish", *talk.people, *STORY], said
    assert ENGLISH.report.acts["act.listen"] in text.partition(ENGLISH.report.notice)[0]


def pass_every_failpoint(drill: Drill, folder: Path) -> None:
    """Hold all talks to their end without a death, and what they pass against the list."""
    passed: set[str] = set()
    for name, talk in TALKS.items():
        (folder / name).mkdir()
        start = before(drill, folder / name / "start", talk)
        after(drill, start, folder / name / "whole", talk, ())
        passed |= names_of(lines_of(folder / name / "whole", "passed"))
    check_passed("conversations", passed, on_server=drill.server is not None)


def names_of(passed: Sequence[str]) -> set[str]:
    """Return the failpoints of places, without the lines at which they were passed."""
    return {here.partition("\t")[2] for here in passed}


def chosen(passed: Sequence[str], *, whole: bool) -> list[str]:
    """The first, a middle and the last place of each point; in a part, its last named one."""
    places = defaultdict(list)
    for here in passed:
        point = here.split("\t")[1]
        if whole or not point.startswith("sql"):
            places[point].append(here)
    picked = {p[at] for p in places.values() for at in ((0, len(p) // 2, -1) if whole else (-1,))}
    return [here for here in passed if here in picked]
