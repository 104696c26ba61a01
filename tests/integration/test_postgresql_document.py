"""``docs/postgresql.md`` and ``deploy/`` are held to the program and to a real server."""

import configparser
import re
import shlex
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from bot.cli import _parser
from bot.config.load import parse_config
from store.db.database import Database
from store.db.postgresql import READERS, WRITERS
from store.db.postgresql_sessions import SETTINGS
from store.db.schema import SHORT_LIVED, metadata
from tests.databases import migrated
from tests.doubles.postgresql import SUPERUSER, Postgresql
from tests.moved import kept_on, use
from tests.rig import Rig

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "postgresql.md").read_text("utf-8")


def service(name: str) -> configparser.SectionProxy:
    """The section of a unit that says what is run."""
    unit = configparser.ConfigParser(interpolation=None, strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(ROOT / "deploy" / name, "utf-8")
    return unit["Service"]


def command(program: str) -> list[str]:
    """A command of the document, in words."""
    (line,) = re.findall(rf"^{program} .*$", TEXT, re.MULTILINE)
    return shlex.split(line)


def test_the_service_runs_what_there_is() -> None:
    program, *arguments = shlex.split(service("holdfast.service")["ExecStart"])
    assert Path(program).name == "holdfast"
    parsed = _parser().parse_args(arguments)
    assert parsed.config.parent.as_posix() == service("holdfast.service")["ReadWritePaths"]


def test_the_service_waits_for_what_the_program_tells_it() -> None:
    unit = service("holdfast.service")
    assert (unit["Type"], unit["NotifyAccess"]) == ("notify", "main")
    assert unit["WatchdogSec"] == "2min"
    assert "(`WatchdogSec=`)" in (ROOT / "docs" / "operators.md").read_text("utf-8")
    # Any other signal could have the memory of a program that hangs written to the disk.
    assert unit["WatchdogSignal"] == "SIGKILL"


@pytest.mark.parametrize("name", ["holdfast.service", "holdfast-forget.service"])
def test_what_a_unit_names_is_there(name: str) -> None:
    text = (ROOT / "deploy" / name).read_text("utf-8")
    assert f"deploy/{name}" in TEXT
    (document,) = re.findall(r"file:///srv/holdfast/(\S+)", text)
    assert (ROOT / document).exists()


def test_the_addresses_that_are_named_are_taken() -> None:
    example = (ROOT / "config.example.toml").read_text("utf-8")
    named = set(re.findall(r'"(postgresql\+asyncpg://[^"…]+)"', TEXT + example))
    assert named
    for url in named:
        text = f'[store]\nurl = "{url}"\n[organisation]\nname = "x"\nid = "x"\n'
        text += '[[organisation.help]]\nname = "x"\ncontact = "x"\nhours = "x"\n'
        text += f'[roster]\ngenesis = "{"0" * 64}"\n'
        assert parse_config(text, Path("/srv/config.toml")).store.url == url


def test_the_numbers_are_those_of_the_code() -> None:
    assert (WRITERS + READERS, "It opens five connections at most" in TEXT) == (5, True)
    assert "at most 30 seconds of waiting for a lock, 60" in " ".join(TEXT.split())
    assert (SETTINGS["lock_timeout"], SETTINGS["synchronous_commit"]) == ("30s", "on")


@pytest.mark.postgresql
async def test_a_backup_leaves_out_what_is_short_lived_and_can_be_restored(
    rig: Rig, postgresql: Postgresql, tmp_path: Path
) -> None:
    dump, restore = command("pg_dump"), command("pg_restore")
    assert tuple(name for flag, name in pairwise(dump) if "exclude" in flag) == SHORT_LIVED
    async with kept_on(postgresql, rig), migrated(postgresql) as used:
        await rig.tell("My story")
        before = await rig.rows()
        await rig.kept.shut_down()
        name = str(rig.config.store.url).split("/")[3].split("?", maxsplit=1)[0]
        run(postgresql, [*dump[:-1], name], tmp_path)
        restored = await postgresql.create()
        run(postgresql, [restored if word == "holdfast" else word for word in restore], tmp_path)
        use(rig, postgresql.url(restored))
        after = await rig.rows()
        assert used != restored
    lasting = [name for name in metadata.tables if name not in SHORT_LIVED]
    assert {name: after[name] for name in lasting} == {name: before[name] for name in lasting}
    assert before["draft"] == 1
    assert after["draft"] == 0


def run(server: Postgresql, words: list[str], folder: Path) -> None:
    """Run one of PostgreSQL's own commands against the tests' server."""
    subprocess.run(
        [server.programs / words[0], *words[1:]],
        cwd=folder,
        check=True,
        env={"PGHOST": str(server.folder), "PGUSER": SUPERUSER},
    )


async def test_the_database_is_made_as_it_says(postgresql: Postgresql) -> None:
    words = next(
        shlex.split(line) for line in TEXT.splitlines() if "createdb" in line and "sudo" in line
    )
    await postgresql.let_in("holdfast")
    run(postgresql, words[words.index("createdb") :], Path("/"))
    database = Database(postgresql.url("holdfast", "holdfast"))
    await database.migrate()
    await database.close()
