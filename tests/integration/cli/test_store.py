"""``holdfast store copy``: an installation moves to PostgreSQL and back while talks are open."""

import signal
import sqlite3
import subprocess
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.config.load import read_config
from tests.databases import migrated
from tests.doubles.postgresql import GUARDED, Postgresql
from tests.installation import Installation, unpacked
from tests.program import HOLDFAST, environment, holdfast, window
from tests.visit import visiting

FIRST = 5_000
COUNTERS = 50_000


@pytest.fixture
def left(tmp_path: Path) -> Installation:
    """An installation in the middle of talks, brought up to date."""
    found = unpacked(tmp_path)
    assert holdfast(found.rig.folder, "check", "--config", "config.toml").code == 0
    return found


@pytest.fixture
async def url(postgresql: Postgresql) -> AsyncIterator[str]:
    async with migrated(postgresql) as name:
        yield postgresql.url(name)


def file_of(left: Installation) -> Path:
    return left.rig.folder / "data" / "holdfast.db"


def address(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"


def use(left: Installation, url: str) -> None:
    """Name another database in config.toml."""
    config = left.rig.folder / "config.toml"
    text = config.read_text("utf-8")
    config.write_text(text.replace("sqlite+aiosqlite:///data/holdfast.db", url), "utf-8")
    left.rig.config = read_config(config)


def dump(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        return sorted(line for line in connection.iterdump() if line.startswith("INSERT"))


async def test_an_installation_moves_there_and_back(left: Installation, url: str) -> None:
    before = dump(file_of(left))
    ran = holdfast(left.rig.folder, "store", "copy", "config.toml", url)
    assert (ran.code, ran.err) == (0, "")
    assert "compared delivery" in ran.out
    assert "open talks go on" in ran.out
    assert str(left.story["rows"]["delivery"]) in ran.out
    back = left.rig.folder / "back.db"
    assert holdfast(left.rig.folder, "store", "copy", url, address(back)).code == 0
    assert dump(back) == before
    assert back.stat().st_mode & 0o077 == 0
    use(left, url)
    assert holdfast(left.rig.folder, "check", "--config", "config.toml").code == 0
    async with visiting(left.rig, FIRST) as visit:
        assert await visit.say(left.person("telling"), "It goes on here.")
    await left.rig.kept.shut_down()


async def test_a_copy_that_was_killed_is_finished_and_talks_go_on(
    left: Installation, url: str
) -> None:
    with closing(sqlite3.connect(file_of(left))) as file, file:
        rows = ((n.to_bytes(16, "big"), 20_000, n) for n in range(COUNTERS))
        file.executemany("INSERT INTO quota (id, day, n) VALUES (?, ?, ?)", rows)
    with window(left.rig.folder, "store", "copy", "config.toml", url) as killed:
        killed.wait_for(f"of {COUNTERS:,}")
        killed.process.send_signal(signal.SIGKILL)
    ran = holdfast(left.rig.folder, "check", "--config", "config.toml")
    assert ran.code == 0  # the source can still be used, and was
    again = holdfast(left.rig.folder, "store", "copy", "config.toml", url)
    assert (again.code, again.err) == (0, "")
    use(left, url)
    async with visiting(left.rig, FIRST) as visit:
        assert await visit.say(left.person("telling"), "It goes on here.")
        who = left.person("telling")
        snapshot = await visit.house.stores.cases.snapshot(who, left.rig.clock())
        assert snapshot.draft is not None
    await left.rig.kept.shut_down()


def test_what_cannot_be_copied_is_said(left: Installation, url: str, tmp_path: Path) -> None:
    def said(*arguments: str) -> str:
        ran = holdfast(left.rig.folder, "store", "copy", *arguments)
        assert (ran.code, ran.out) == (1, "")
        assert "secret" not in ran.err
        return ran.err

    assert "no database file" in said(address(tmp_path / "none.db"), url)
    assert "FROM: it must name an SQLite file" in said("elsewhere", url)
    assert "TO: the server is another machine" in said(
        "config.toml", "postgresql+asyncpg://me:secret@db/x"
    )
    assert "no config file here" in said("none.toml", url)
    assert "holds this organisation already" in said("config.toml", "config.toml")
    assert "does not answer" in said(
        "config.toml", f"postgresql+asyncpg://me:secret@/x?host={tmp_path}"
    )


async def test_a_password_comes_from_the_environment_or_a_file(
    left: Installation, postgresql: Postgresql, url: str
) -> None:
    await postgresql.let_in(GUARDED, "secret")
    name = await postgresql.create()
    await postgresql.run(f"ALTER DATABASE {name} OWNER TO {GUARDED}")
    guarded = postgresql.url(name, GUARDED)
    copy = ("store", "copy", "config.toml", guarded)
    refused = holdfast(left.rig.folder, *copy)
    assert (refused.code, "refuses the user" in refused.err) == (1, True)
    assert holdfast(left.rig.folder, *copy, PGPASSWORD="secret").code == 0
    use(left, guarded)
    checked = holdfast(left.rig.folder, "check", "--config", "config.toml")
    assert (checked.code, "refuses the user" in checked.out) == (1, True)
    config = left.rig.folder / "config.toml"
    text = config.read_text("utf-8").replace("[store]", '[store]\npassword_file = "p"')
    config.write_text(text, "utf-8")
    assert (
        "is empty or cannot be read" in holdfast(left.rig.folder, "check", "--config", config).out
    )
    (left.rig.folder / "p").write_text("secret\n", "utf-8")
    checked = holdfast(left.rig.folder, "check", "--config", config)
    assert checked.code == 0
    assert "Other users can open" in checked.out
    assert "secret" not in checked.out + checked.err


def test_a_reader_of_the_output_who_goes_ends_it(left: Installation, url: str) -> None:
    process = subprocess.Popen(
        [*HOLDFAST, "store", "copy", "config.toml", url],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=left.rig.folder,
        env=environment(left.rig.folder),
    )
    assert process.stdout is not None
    process.stdout.close()
    process.wait(60)
    assert process.stderr is not None
    assert process.stderr.read() == b""
    process.stderr.close()
    assert holdfast(left.rig.folder, "store", "copy", "config.toml", url).code == 0
