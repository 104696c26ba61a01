"""What PostgreSQL keeps of deleted rows, and what takes it away: as docs/postgresql.md says."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, insert

from store.db.database import Database
from store.db.schema import draft
from tests.doubles.postgresql import Postgresql, running

pytestmark = pytest.mark.postgresql

REMOVED = (b"the bytes of one sealed row; " * 40)[:1052]
PIECE = REMOVED[100:140]
SERVICE = Path(__file__).parents[4] / "deploy" / "holdfast-forget.service"
FORGET = re.findall(r'--command "([^"]+)"', SERVICE.read_text("utf-8"))


@pytest.fixture
def server() -> Iterator[Postgresql]:
    with running("wal_recycle=off") as server:
        yield server


def row(number: int, state: bytes) -> dict[str, object]:
    blank = {"day": 1, "exp_hour": 2, "end_hour": 3, "salt": bytes(32), "wrap": bytes(32)}
    return {"id": number.to_bytes(16, "big"), "state": state, **blank}


async def test_deleted_bytes_stay_until_the_server_is_made_to_forget(server: Postgresql) -> None:
    database = Database(server.url("postgres"))
    await database.migrate()
    rows = [row(n, os.urandom(1052)) for n in range(200)]
    await database.transaction(lambda c: c.execute(insert(draft), [*rows, row(999, REMOVED)]))
    mine = draft.c.id == (999).to_bytes(16, "big")
    await database.transaction(lambda c: c.execute(delete(draft).where(mine)))
    assert await database.scrub()
    await server.run("CHECKPOINT")
    assert server.holds(PIECE)
    assert len(FORGET) == 3
    for command in FORGET:
        await server.run(command)
    assert not server.holds(PIECE)
    assert (await database.count_rows())["draft"] == 200
    await database.close()


async def test_what_is_deleted_leaves_room_for_what_comes(server: Postgresql) -> None:
    database = Database(server.url("postgres"))
    await database.migrate()
    await server.run("ALTER TABLE draft SET (autovacuum_enabled = off)")
    for turn in range(5):
        rows = [row(n, os.urandom(1052)) for n in range(turn * 100, turn * 100 + 100)]
        await database.transaction(lambda c, new=rows: c.execute(insert(draft), new))  # type: ignore[misc]
        await database.transaction(lambda c: c.execute(delete(draft)))
        await database.scrub()
    connection = await server.connect()
    size = await connection.fetchval("SELECT pg_relation_size('draft')")
    await connection.close()
    await database.close()
    assert size <= 200 * 1200  # of 500 rows that were written


async def test_a_database_that_does_not_answer_does_not_undo_what_was_done(
    server: Postgresql,
) -> None:
    database = Database(server.url("postgres"))
    await database.migrate()
    server.stop()
    assert await database.scrub()
    await database.close()
