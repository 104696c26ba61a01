from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.exc import IntegrityError, InvalidRequestError

from store.db.connection import Connection
from store.db.sqlite import SqliteEngine
from store.model.failpoint import installed
from tests.unit.store.db.notes import NOTE, all_names, note, notes, written


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[SqliteEngine]:
    """A file with no note."""
    async with notes(tmp_path) as made:
        yield made


async def test_the_first_column_is_enough_where_there_is_one(engine: SqliteEngine) -> None:
    def work(connection: Connection) -> None:
        assert connection.scalar(select(NOTE.c.name)) is None
        for name in ("one", "two"):
            connection.execute(note(name))
        assert connection.scalar(select(NOTE.c.name)) == "one"
        assert list(connection.scalars(select(NOTE.c.name))) == ["one", "two"]

    await engine.write(work, b"")


async def test_a_statement_may_have_its_values_beside_it(engine: SqliteEngine) -> None:
    def work(connection: Connection) -> list[str]:
        connection.execute(NOTE.insert(), [{"name": "one"}, {"name": "two"}])
        one = select(NOTE.c.name).where(NOTE.c.name == bindparam("wanted"))
        return list(connection.execute(one, {"wanted": "two"}).scalars())

    assert await engine.write(work, b"") == ["two"]


STATEMENTS: dict[str, Callable[[Connection], object]] = {
    "sql insert note": lambda connection: connection.execute(note("one")),
    "sql update note": lambda connection: connection.execute(update(NOTE).values(name="one")),
    "sql delete note": lambda connection: connection.execute(delete(NOTE)),
}


@pytest.mark.parametrize("name", STATEMENTS)
async def test_whatever_writes_has_a_failpoint(engine: SqliteEngine, name: str) -> None:
    reached: list[str] = []
    with installed(reached.append):
        await engine.write(STATEMENTS[name], b"")
    assert reached == [name, "commit", "committed"]


async def test_reading_has_none(engine: SqliteEngine) -> None:
    reached: list[str] = []
    with installed(reached.append):
        await engine.read(all_names)
    assert reached == []


async def test_what_was_undone_is_not_written_and_is_no_error(engine: SqliteEngine) -> None:
    def work(connection: Connection) -> list[str]:
        connection.execute(note("one"))
        connection.undo()
        connection.execute(note("two"))
        return all_names(connection)

    assert await engine.write(work, b"") == ["one", "two"]
    assert await written(engine) == []


async def test_a_refused_statement_leaves_the_rest_of_its_transaction(
    engine: SqliteEngine,
) -> None:
    def work(connection: Connection) -> None:
        connection.execute(note("one"))
        with pytest.raises(IntegrityError):
            connection.execute(note("one"))
        connection.execute(note("two"))

    await engine.write(work, b"")
    assert await written(engine) == ["one", "two"]


async def test_nothing_is_added_to_a_transaction_that_the_database_undid(
    engine: SqliteEngine,
) -> None:
    def work(connection: Connection) -> None:
        connection.execute(note("one"))
        with pytest.raises(IntegrityError):
            connection.execute(note("one").prefix_with("OR ROLLBACK"))
        with pytest.raises(InvalidRequestError, match="nothing is added"):
            connection.execute(note("two"))

    with pytest.raises(InvalidRequestError, match="has undone the transaction"):
        await engine.write(work, b"")
    assert await written(engine) == []
