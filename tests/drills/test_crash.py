"""A talk that is cut off by SIGKILL at every await goes on where it was, with each answer once."""

import ast
import asyncio
import inspect
import random
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import select

from bot.app import Application
from bot.config.load import read_config
from handlers.messages import ButtonPress, TextMessage
from store.db.schema import case_file
from tests.drills.crash_driver import LATER, lines_of
from tests.rig import READERS, Rig, make_rig

ROOT = Path(__file__).parents[2]
BEGIN = ("/start", "1", "3")
STORY = ("the first words", "stop", "help", "the last words")
TOLD = (*BEGIN, *STORY[:2], "it is part of my story", *STORY[2:], "/done")
ASKED = ("read", "none", "a wish", "somebody", "/back", "nobody else", "Oak", "all", "Ash")
KEPT = (*ASKED, "listen", "yes, keep it", "it is right")
UNKEPT = (*ASKED, "listen", "no", "it is right")
WORDS = ("twelve words", "{two words}")


@dataclass(frozen=True)
class Talk:
    """What is said, up to where it gets interesting and from there on."""

    before: tuple[str, ...]
    lines: tuple[str, ...]
    opens: frozenset[str] = frozenset()
    """Who opens the whole story at the end."""
    opened: int = 99
    """The first of the lines that is said to a case opened with its words."""
    at_once: int = 999
    """How many deaths there are in one go."""


OPEN = "/open {words}"
ROWAN = ("Rowan", "all", "none", "listen")
AGAIN = ("read", "none", "a wish", "nobody else", *ROWAN)
KEEP = ("yes, keep it", "it is right", "now")
BY_OAK, BY_ROWAN = frozenset({"Oak"}), frozenset({"Rowan"})
TALKS = {
    "handed over now": Talk((), (*TOLD, *KEPT, "now", *WORDS), BY_OAK),
    "handed over by time": Talk((*TOLD, *UNKEPT, "hold"), ("i have them", LATER), BY_OAK),
    "handed over from the opened case": Talk(
        (*TOLD, *KEPT, "hold", *WORDS), (OPEN, "read", "now", "close"), BY_OAK, 1
    ),
    "taken back from the account": Talk((*TOLD, *UNKEPT, "hold", "i have them"), ("/withdraw",)),
    "taken back in the talk, shared with another": Talk(
        (*TOLD, *KEPT, "now"), ("/withdraw", *AGAIN, *KEEP, *WORDS), BY_ROWAN
    ),
    "taken back with the code": Talk(
        (*TOLD, *UNKEPT, "now", "i have them"), ("/withdraw {code}",), at_once=4
    ),
    "erased in the talk": Talk((*TOLD, *KEPT, "hold"), ("/erase", "yes")),
    "opened, withdrawn, shared anew": Talk(
        (*TOLD, *KEPT, "now", *WORDS),
        (OPEN, "withdraw", "share", "3", *ROWAN, *KEEP, "i have"),
        BY_ROWAN,
        1,
    ),
    "opened and erased": Talk((*TOLD, *KEPT, "now", *WORDS), (OPEN, "erase"), opened=1),
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


@dataclass(frozen=True)
class Driver:
    """The process whose children live and die, see ``tests.drills.crash_driver``."""

    process: "subprocess.Popen[str]"
    organisation: Rig

    def live(self, folder: Path) -> None:
        """From the first birth to a natural death."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{folder}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == f"{folder}\n"


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    """Beside an organisation with nobody's story yet, and no database."""
    organisation = make_rig(tmp_path_factory.mktemp("organisation"))
    command = [sys.executable, "-m", "tests.drills.crash_driver"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        yield Driver(process, organisation)


def hold(driver: Driver, folder: Path, lines: Sequence[str], deaths: Sequence[str]) -> None:
    """Say these lines to the organisation in this folder, with these deaths."""
    (folder / "talk").write_text("\n".join(lines))
    (folder / "deaths").write_text("\n".join(deaths))
    driver.live(folder)


def before(driver: Driver, folder: Path, talk: Talk) -> Path:
    """The organisation when the talk has come to where it gets interesting."""
    folder.mkdir()
    shutil.copytree(driver.organisation.folder, folder / "organisation")
    if talk.before:
        hold(driver, folder, [f"b{n}\t{text}" for n, text in enumerate(talk.before)], ())
        (folder / "passed").unlink()
    return folder


def after(driver: Driver, start: Path, folder: Path, talk: Talk, deaths: Sequence[str]) -> Rig:
    """The organisation when the talk is over."""
    shutil.copytree(start, folder)
    ids = (f"{'opened' if n >= talk.opened else 'm'}-{n}" for n in range(len(talk.lines)))
    hold(
        driver,
        folder,
        [f"{name}\t{text}" for name, text in zip(ids, talk.lines, strict=True)],
        deaths,
    )
    inside = folder / "organisation"
    rig = Rig(inside, read_config(inside / "config.toml"), driver.organisation.keys)
    rig.clock.forward(hours=13)
    return rig


async def check(rig: Rig, talk: Talk) -> None:
    """Each message once and in order, what was allowed and no more, nothing left over."""
    async with rig.house() as house:
        rows = await house.stores.cases.database.count_rows()
        assert rows["outbox"] == rows["draft"] == 0
        assert rows["case_file"] == bool(talk.opens)
        assert talk.opens or not [table for table in OF_CASES if rows[table]]
        for reader in READERS:
            await check_reader(rig, house, reader, opens=reader in talk.opens)


async def check_reader(rig: Rig, house: Application, reader: str, *, opens: bool) -> None:
    member = house.stores.readers.named(reader, rig.clock())
    assert member is not None
    codes = [d.code for d in await house.stores.readers.deliveries(member)]
    assert len(codes) == opens, reader
    for code in codes:
        report = rig.open(reader, await house.stores.readers.bundle(member, code))
        check_report(report.text)


def check_report(text: str) -> None:
    lines = text.splitlines()
    said = [line for line in lines if line in {*STORY, "a wish", "somebody", "nobody else"}]
    assert said == ["a wish", "nobody else", *STORY]
    assert text.startswith("The reporter allows: read and listen, nothing else.")


def chosen(passed: Sequence[str], *, whole: bool) -> list[str]:
    """The first, a middle and the last place of each point; in a part, its last named one."""
    places = defaultdict(list)
    for here in passed:
        point = here.split("\t")[1]
        if whole or not point.startswith("sql"):
            places[point].append(here)
    picked = {p[at] for p in places.values() for at in ((0, len(p) // 2, -1) if whole else (-1,))}
    return [here for here in passed if here in picked]


# Some 120 lives end in the longest of these, each a process of its own.
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", TALKS)
async def test_a_talk_killed_at_every_point(driver: Driver, tmp_path: Path, name: str) -> None:
    talk = TALKS[name]
    start = before(driver, tmp_path / "start", talk)
    await check(after(driver, start, tmp_path / "whole", talk, ()), talk)
    deaths = chosen(lines_of(tmp_path / "whole", "passed"), whole=not talk.before)
    assert {"begin", "commit", "committed", "sent"} <= {d.split("\t")[1] for d in deaths}
    while deaths:
        folder = tmp_path / f"{len(deaths)}"
        await check(after(driver, start, folder, talk, deaths[: talk.at_once]), talk)
        died = lines_of(folder, "died")
        assert died, deaths
        # What comes after a commit cannot be reached once more in the same line: the next round.
        deaths = [d for d in deaths if d not in died]


async def test_a_talk_killed_from_outside(driver: Driver, tmp_path: Path) -> None:
    chance = random.Random(20)  # noqa: S311 - when somebody pulls the plug
    talk = TALKS["handed over now"]
    start = before(driver, tmp_path / "start", talk)
    moments = [f"{chance.uniform(0.05, 0.4):.3f}" for _ in range(20)]
    await check(after(driver, start, tmp_path / "killed", talk, moments), talk)


# The same message twice


async def test_a_repeated_message_counts_once(rig: Rig) -> None:
    await rig.say(*BEGIN)
    for _ in range(3):
        await rig.hear(TextMessage("said once"), message="the same")
    async with rig.staying():
        for _ in range(3):
            await rig.hear(TextMessage("said once"), message="the same")
        same = (rig.hear(TextMessage("at the same time"), message="another") for _ in range(5))
        await asyncio.gather(*same)
    shown = "".join(r.text for r in await rig.say("/show"))
    assert shown.count("said once") == shown.count("at the same time") == 1


async def test_a_repeated_second_yes_hands_over_once(rig: Rig) -> None:
    await rig.tell("a story")
    await rig.say("read", "none", "/skip", "/skip", "Oak", "all", "none", "listen", "no")
    await rig.say("it is right")
    for _ in range(3):
        await rig.hear(ButtonPress("bot.review", ("now",)), message="the same")
    assert len(await rig.inbox("Oak")) == 1
    rows = await rig.rows()
    assert (rows["permission"], rows["access_grant"], rows["takeback"]) == (1, 1, 1)


# Nothing left over


@dataclass
class Tracks:
    """The bytes by which a case could be recognised on the disk."""

    rig: Rig
    bytes_of_case: list[bytes]

    async def are_gone(self) -> None:
        rows = await self.rig.rows()
        assert not {table: rows[table] for table in OF_CASES if rows[table]}
        for path, data in self.rig.written().items():
            assert not [b.hex() for b in self.bytes_of_case if b in data], path


async def tracks(rig: Rig) -> Tracks:
    """Of the one case that is there; they must be found as long as it is."""
    async with rig.house() as house, house.stores.cases.database.read() as connection:
        row = (await connection.execute(select(case_file))).one()
    found = Tracks(rig, [row.locator, row.rid, row.pk_r[:32], row.pk_sig])
    data = b"".join(rig.written().values())
    assert all(b in data for b in found.bytes_of_case)
    return found


async def test_stopped_and_erased_leaves_nothing(rig: Rig) -> None:
    await rig.tell("a story")
    left = await tracks(rig)
    async with rig.staying():
        await rig.say("/stop", "erase it", "yes")
        for path, data in rig.written().items():
            assert not any(b in data for b in left.bytes_of_case), path
    await left.are_gone()


async def test_handed_over_without_keep_leaves_nothing_once_fetched(rig: Rig) -> None:
    await rig.tell("a story")
    left = await tracks(rig)
    await rig.share("Oak", keep=False)
    await rig.say("i have them")
    (code,) = await rig.inbox("Oak")
    await rig.fetch("Oak", code)
    await left.are_gone()


@pytest.mark.parametrize("told", [("a story",), ("a story", "/done", "keep", "it is right")])
async def test_an_expired_draft_leaves_nothing(rig: Rig, told: tuple[str, ...]) -> None:
    await rig.say(*BEGIN, *told)
    left = await tracks(rig)
    await rig.pass_time(hours=169)
    await left.are_gone()


async def test_a_kept_case_leaves_nothing_when_its_time_is_over(rig: Rig) -> None:
    await rig.tell("a story")
    await rig.say("keep", "it is right", "yes")
    await rig.say("only the code")
    left = await tracks(rig)
    await rig.pass_time(days=31 * rig.config.retention.story_months + 14)
    await left.are_gone()


# The named points


def methods_of(module: ModuleType, name: str) -> dict[str, ast.AsyncFunctionDef]:
    tree = ast.parse(inspect.getsource(module))
    owner = next(n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == name)
    return {m.name: m for m in owner.body if isinstance(m, ast.AsyncFunctionDef)}


POINTS = {"self.reached", "self.desk.reached"}


def called(awaited: ast.Await) -> str:
    return ast.unparse(awaited.value.func) if isinstance(awaited.value, ast.Call) else ""


def uncovered(method: ast.AsyncFunctionDef, own: Collection[str]) -> list[str]:
    """Awaits of something else than ``own`` after which no point comes before the next await."""
    steps = [n for n in ast.walk(method) if isinstance(n, ast.Await | ast.Call)]
    steps.sort(key=lambda n: (n.end_lineno or 0, n.end_col_offset or 0))
    waits, bare = "", []
    for step in steps:
        if isinstance(step, ast.Call) and ast.unparse(step.func) in POINTS:
            waits = ""
        elif isinstance(step, ast.Await) and called(step) not in own:
            bare += [waits] if waits else []
            waits = ast.unparse(step)
    return [*bare, waits] if waits else bare


def test_an_await_without_a_point_is_found() -> None:
    (method,) = ast.parse(
        "async def turn(self):\n await self.own()\n await send()\n await confirm()\n"
        " self.reached('confirmed')\n await forget()"
    ).body
    assert isinstance(method, ast.AsyncFunctionDef)
    assert uncovered(method, {"self.own"}) == ["await send()", "await forget()"]
