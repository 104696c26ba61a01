"""Nothing typed lies anywhere on the server: tables, write-ahead log, and a log that says all."""

import re
from collections.abc import Iterator

import pytest

from tests.doubles.postgresql import Postgresql, running
from tests.moved import kept_on
from tests.rig import Rig, person
from tests.search import Search, files_below
from tests.talk_script import FILLS

pytestmark = pytest.mark.postgresql

STORY = "canary sentence that somebody tells"
TALKATIVE = (
    "log_statement=all",
    "log_min_duration_statement=0",
    "log_parameter_max_length=-1",
    "log_parameter_max_length_on_error=-1",
    "log_lock_waits=on",
    "wal_level=logical",
)
"""Settings that a document warns of: with them the log holds every row that is written."""


@pytest.fixture
def server() -> Iterator[Postgresql]:
    with running(*TALKATIVE) as server:
        yield server


async def test_whoever_has_the_server_reads_nothing_that_was_typed(
    rig: Rig, server: Postgresql
) -> None:
    search = Search()
    search.add(person().name, STORY)
    async with kept_on(server, rig):
        await rig.tell(STORY)
        await rig.share("Oak", keep=True)
        await rig.say("twelve words")
        await rig.say(FILLS["two words"](rig.shown(person())))
        lines = rig.shown(person()).splitlines()
        words = [line.split()[1] for line in lines if is_word(line)]
        assert len(words) == 12
        search.add(" ".join(words), " ".join(words[:3]))
        (code,) = {line.strip() for line in lines if re.fullmatch(r" *([a-z]+ ){3}[a-z]+ *", line)}
        search.add(code)
        (delivery,) = await rig.inbox("Oak")
        assert STORY in rig.open("Oak", await rig.fetch("Oak", delivery)).text
        await rig.say("/erase", "yes")
        await server.run("CHECKPOINT")
        files = files_below(server.folder)
        assert b"INSERT INTO" in files[server.folder / "output.log"]
        assert not search.found_in(files)


def is_word(line: str) -> bool:
    """A line of the twelve words, with its number before it."""
    parts = line.split()
    return len(parts) == 2 and parts[0].isdigit() and parts[1].isalpha()
