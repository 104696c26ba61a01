"""A conversation that is cut off at every failpoint goes on where it was, each answer once."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from handlers.messages import ButtonPress, TextMessage
from store.db.schema import case_file
from tests.databases import BOTH_ENGINES, POSTGRESQL, SQLITE
from tests.doubles.postgresql import Postgresql
from tests.drills.conversations import (
    BEGIN,
    OF_CASES,
    TALKS,
    Drill,
    after,
    before,
    check,
    chosen,
    names_of,
    pass_every_failpoint,
)
from tests.drills.crash_driver import lines_of
from tests.drills.failpoints import check_listed
from tests.rig import Rig
from tests.talk_script import FILLS, OAK_READS

KILLS = 10
"""Real ones in one conversation; ``make soak`` kills at every failpoint."""

WITH_A_SERVER = (
    *("handed over now", "handed over from the opened case", "taken back with the code"),
    *("a long part, handed over", "erased in the talk"),
)
"""What PostgreSQL does otherwise is to begin, to commit and to try again, so these are enough: a
talk from its first line on, one with an opened case, a code that is stretched between two tries, a
text that is staged before its turn, and what cascades. The soak takes all on both engines."""

EVERY = [(SQLITE, name) for name in TALKS] + [
    pytest.param(POSTGRESQL, name, marks=pytest.mark.postgresql) for name in WITH_A_SERVER
]


@pytest.fixture(scope="module")
def drill(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Drill]:
    made = Drill.in_process(tmp_path_factory.mktemp("drill"), server_of(request))
    yield made
    made.clear()


@pytest.fixture(scope="module")
def killing_drill(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Drill]:
    with Drill.with_kills(tmp_path_factory.mktemp("killed"), server_of(request)) as made:
        yield made
        made.clear()


def server_of(request: pytest.FixtureRequest) -> Postgresql | None:
    """Return the server, for the parameter that asks for it."""
    return request.getfixturevalue("postgresql") if request.param == POSTGRESQL else None


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("drill", "name"), EVERY, indirect=["drill"])
def test_a_conversation_whose_memory_is_lost_at_every_failpoint(
    drill: Drill, tmp_path: Path, name: str
) -> None:
    talk = TALKS[name]
    start = before(drill, tmp_path / "start", talk)
    asyncio.run(check(after(drill, start, tmp_path / "whole", talk, ()), talk))
    deaths = chosen(lines_of(tmp_path / "whole", "passed"), whole=not talk.before)
    assert {"commit", "committed", "send", "sent"} <= names_of(deaths)
    check_listed("conversations", names_of(deaths), on_server=drill.server is not None)
    while deaths:
        folder = tmp_path / f"{len(deaths)}"
        asyncio.run(check(after(drill, start, folder, talk, deaths[: talk.at_once]), talk))
        died = lines_of(folder, "died")
        assert died, deaths
        # What comes after a commit cannot be reached once more in the same line: the next round.
        deaths = [d for d in deaths if d not in died]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("killing_drill", BOTH_ENGINES, indirect=True)
def test_a_conversation_that_is_really_killed(killing_drill: Drill, tmp_path: Path) -> None:
    talk = TALKS["handed over now"]
    start = before(killing_drill, tmp_path / "start", talk)
    asyncio.run(check(after(killing_drill, start, tmp_path / "whole", talk, ()), talk))
    passed = [p for p in lines_of(tmp_path / "whole", "passed") if not p.endswith("committed")]
    deaths = passed[:: len(passed) // KILLS][:KILLS]
    asyncio.run(check(after(killing_drill, start, tmp_path / "killed", talk, deaths), talk))
    assert len(lines_of(tmp_path / "killed", "died")) >= KILLS // 2


@pytest.mark.timeout(300)
@pytest.mark.parametrize("drill", [SQLITE], indirect=True)
def test_the_conversations_pass_every_listed_failpoint_and_no_other(
    drill: Drill, tmp_path: Path
) -> None:
    pass_every_failpoint(drill, tmp_path)


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
    await rig.say(*OAK_READS, "no")
    await rig.say("yes, that's right")
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
    async with rig.house() as house:
        row = await house.stores.cases.database.read(
            lambda connection: connection.execute(select(case_file)).one()
        )
    found = Tracks(rig, [row.locator, row.rid, row.pk_r[:32], row.pk_sig])
    data = b"".join(rig.written().values())
    assert all(b in data for b in found.bytes_of_case)
    return found


async def test_stopped_and_erased_leaves_nothing(rig: Rig) -> None:
    await rig.tell("a story")
    left = await tracks(rig)
    async with rig.staying():
        await rig.say("/stop", "delete it", "yes")
        for path, data in rig.written().items():
            assert not any(b in data for b in left.bytes_of_case), path
    await left.are_gone()


async def test_handed_over_without_keep_leaves_nothing_once_fetched(rig: Rig) -> None:
    await rig.tell("a story")
    left = await tracks(rig)
    await rig.share("Oak", keep=False)
    await rig.say("i've written them down")
    (code,) = await rig.inbox("Oak")
    await rig.fetch("Oak", code)
    await left.are_gone()


@pytest.mark.parametrize(
    "told", [("a story",), ("a story", "/done", "just keep it", "yes, that's right")]
)
async def test_an_expired_draft_leaves_nothing(rig: Rig, told: tuple[str, ...]) -> None:
    await rig.say(*BEGIN, *told)
    left = await tracks(rig)
    await rig.pass_time(hours=169)
    await left.are_gone()


async def test_a_kept_case_leaves_nothing_when_its_time_is_over(rig: Rig) -> None:
    await rig.tell("a story")
    await rig.say("just keep it", "yes, that's right", "yes")
    await rig.say(FILLS["two words"](rig.shown()), "i've written them down")
    left = await tracks(rig)
    await rig.pass_time(days=31 * rig.config.retention.story_months + 14)
    await left.are_gone()
