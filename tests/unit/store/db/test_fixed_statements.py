"""Statements that come again run on the driver itself, and nobody can tell from what they do."""

import gc
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    Executable,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import IntegrityError, InvalidRequestError, StatementError

from store.db import fixed_statements
from store.db.connection import Connection
from store.db.fixed_statements import AS_THEY_ARE, FixedResult, fixed_statement
from store.db.schema import inbox, metadata, outbox, processed_message
from store.db.sqlite import SqliteEngine
from tests.unit.store.db.notes import NOTE, notes, written
from tests.unit.store.organisation import Organisation

DIALECT = sqlite.dialect()
NAMED = NOTE.c.name == bindparam("wanted")
_ADD = insert(NOTE)
_FIND = select(NOTE.c.name).where(NAMED)
_FIRST = (
    select(NOTE.c.name).where(NOTE.c.name >= bindparam("first")).order_by(NOTE.c.name).limit(2)
)
_RENAME = update(NOTE).where(NAMED)
_DROP = delete(NOTE).where(NOTE.c.name > bindparam("behind"))


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[SqliteEngine]:
    """A file with no note."""
    async with notes(tmp_path) as made:
        yield made


def row_of_inbox(seq: int, blob: bytes = b"\x00\xff") -> dict[str, object]:
    row = {"seq": seq, "key": 1 << 40, "platform": "mätrix", "hour": 3, "tries": 0, "starts": 0}
    return {**row, "blob": blob}


# --- what they do


async def test_they_write_and_read_what_sqlalchemy_does(engine: SqliteEngine) -> None:
    def work(connection: Connection) -> None:
        connection.execute(_ADD, {"name": "one"})
        added = connection.execute(_ADD, [{"name": "two"}, {"name": "three"}, {"name": "ü"}])
        assert isinstance(added, FixedResult)
        assert added.rowcount == 3
        assert connection.execute(_RENAME, {"wanted": "one", "name": "four"}).rowcount == 1
        assert connection.execute(_RENAME, {"wanted": "one", "name": "five"}).rowcount == 0
        found = connection.execute(_FIND, {"wanted": "four"})
        assert isinstance(found, FixedResult)
        assert found.scalar() == "four"
        assert connection.execute(_FIND, {"wanted": "one"}).first() is None
        assert connection.execute(_FIND, {"wanted": "one"}).scalar() is None
        assert list(connection.execute(_FIRST, {"first": "p"}).scalars()) == ["three", "two"]
        assert connection.execute(_DROP, {"behind": "three"}).rowcount == 2

    await engine.write(work, b"")
    assert await written(engine) == ["four", "three"]


async def test_rows_are_the_same_in_each_form(org: Organisation) -> None:
    def work(connection: Connection) -> None:
        rows = [row_of_inbox(1), row_of_inbox(2, b"")]
        connection.execute(insert(inbox), rows)
        statement = select(inbox).where(inbox.c.seq >= bindparam("first")).order_by(inbox.c.seq)
        fixed = [connection.execute(statement, {"first": 1}) for _ in range(5)]
        plain = [connection.core.execute(statement, {"first": 1}) for _ in range(5)]
        assert [dict(row) for row in fixed[0].mappings()] == rows
        for ours, theirs in zip(fixed, plain, strict=True):
            assert [*ours.keys()] == [*theirs.keys()]
        assert [*fixed[0].mappings()] == []
        assert fixed[1].all() == plain[1].all()
        assert fixed[2].mappings().first() == plain[2].mappings().first()
        first, other = fixed[3].first(), plain[3].first()
        assert first is not None
        assert other is not None
        assert (first.blob, first.platform, first[0]) == (other.blob, other.platform, other[0])
        assert type(first.blob) is bytes
        assert list(fixed[4].scalars()) == list(plain[4].scalars()) == [1, 2]

    await org.database.transaction(work)


async def test_what_one_execution_was_given_is_not_in_the_next(org: Organisation) -> None:
    """Each set of names is another INSERT of one statement."""
    add = insert(outbox)
    row = {"id": b"1", "day": 1, "lane": b"l", "seq": 1, "due_hour": 0, "tries": 0, "blob": b"b"}

    def work(connection: Connection) -> None:
        connection.execute(add, row)
        with pytest.raises(IntegrityError, match="NOT NULL"):
            connection.execute(add, {"id": b"2", "day": 1})
        connection.execute(add, {**row, "id": b"3", "blob": b"c"})
        assert sorted(connection.scalars(select(outbox.c.blob))) == [b"b", b"c"]

    await org.database.transaction(work)


# --- which they are


FIXED: dict[str, tuple[Executable, Mapping[str, Any] | Sequence[Mapping[str, Any]]]] = {
    "insert": (_ADD, {"name": "one"}),
    "insert many": (_ADD, [{"name": "one"}, {"name": "two"}]),
    "select": (_FIND, {"wanted": "one"}),
    "limited": (_FIRST, {"first": "one"}),
    "update": (_RENAME, {"wanted": "one", "name": "two"}),
    "delete": (_DROP, {"behind": "one"}),
    "union": (union_all(_FIND, _FIND), {"wanted": "one"}),
}
OTHERS: dict[str, tuple[Executable, Mapping[str, Any]]] = {
    "a list of any length": (
        select(NOTE.c.name).where(NOTE.c.name.in_(bindparam("names", expanding=True))),
        {"names": ["one", "two"]},
    ),
    "rows of what was written": (_RENAME.returning(NOTE.c.name), {"wanted": "one", "name": "two"}),
    "a value that is converted": (select(exists(_FIND)), {"wanted": "one"}),
    "a value that is missing": (_FIND, {"else": "one"}),
}


@pytest.mark.parametrize("kind", FIXED)
def test_what_is_fixed_is_compiled_once(kind: str) -> None:
    statement, values = FIXED[kind]
    first = values if isinstance(values, Mapping) else values[0]
    found = fixed_statement(statement, first, DIALECT)
    assert found is not None
    assert fixed_statement(statement, first, DIALECT) is found
    assert "one" not in repr(found)


@pytest.mark.parametrize("kind", OTHERS)
async def test_anything_else_is_left_to_sqlalchemy(engine: SqliteEngine, kind: str) -> None:
    statement, values = OTHERS[kind]
    assert fixed_statement(statement, values, DIALECT) is None

    def both(connection: Connection) -> tuple[object, object]:
        def ran(run: Callable[..., Any]) -> object:
            try:
                return list(run(statement, values))
            except StatementError as error:
                return type(error), str(error)

        connection.execute(_ADD, {"name": "one"})
        ours = ran(connection.execute)
        connection.execute(delete(NOTE))
        connection.execute(_ADD, {"name": "one"})
        return ours, ran(connection.core.execute)

    ours, theirs = await engine.write(both, b"")
    assert ours == theirs


def test_no_column_of_the_schema_has_values_that_are_converted() -> None:
    types = {type(c.type) for table in metadata.tables.values() for c in table.columns}
    assert types <= {*AS_THEY_ARE}


def test_a_statement_that_is_gone_is_forgotten() -> None:
    gc.collect()
    before = len(fixed_statements._compiled)
    statement = select(NOTE.c.name).where(NAMED, NOTE.c.name != literal("x"))
    assert fixed_statement(statement, {"wanted": "one"}, DIALECT) is not None
    assert len(fixed_statements._compiled) == before + 1
    del statement
    gc.collect()
    assert len(fixed_statements._compiled) == before


# --- when they fail


async def test_an_error_is_the_one_that_sqlalchemy_raises(engine: SqliteEngine) -> None:
    def work(connection: Connection) -> None:
        connection.execute(_ADD, {"name": "a typed word"})
        with pytest.raises(IntegrityError) as caught:
            connection.execute(_ADD, {"name": "a typed word"})
        with pytest.raises(IntegrityError) as other:
            connection.core.execute(_ADD, {"name": "a typed word"})
        assert caught.value.statement == other.value.statement
        assert str(caught.value.orig) == str(other.value.orig)
        assert isinstance(caught.value.orig, sqlite3.IntegrityError)
        assert "typed word" not in f"{caught.value} {caught.value!r}"
        connection.execute(_ADD, {"name": "another"})

    await engine.write(work, b"")
    assert await written(engine) == ["a typed word", "another"]


async def test_nothing_is_added_to_what_the_database_has_undone(engine: SqliteEngine) -> None:
    add = insert(NOTE).prefix_with("OR ROLLBACK")

    def work(connection: Connection) -> None:
        connection.execute(add, {"name": "one"})
        with pytest.raises(IntegrityError):
            connection.execute(add, {"name": "one"})
        with pytest.raises(InvalidRequestError, match="nothing is added"):
            connection.execute(_ADD, {"name": "two"})

    with pytest.raises(InvalidRequestError, match="has undone the transaction"):
        await engine.write(work, b"")
    assert await written(engine) == []


async def test_what_reads_cannot_write(engine: SqliteEngine) -> None:
    def work(connection: Connection) -> None:
        connection.execute(_ADD, {"name": "one"})

    with pytest.raises(Exception, match="readonly"):
        await engine.read(work)
    assert await written(engine) == []


async def test_two_threads_may_meet_a_statement_at_once(org: Organisation) -> None:
    find = select(func.count()).where(processed_message.c.day == bindparam("on"))
    database = org.database

    def count(connection: Connection) -> int | None:
        return connection.execute(find, {"on": 1}).scalar()

    assert await database.transaction(count) == await database.read(count) == 0
