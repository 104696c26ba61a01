"""Copying a whole database to another one, of either engine.

Tables are copied in pages, parents first, each in the order of its key: after an interruption
every table goes on behind the greatest key that arrived. Then both sides are read again and
compared row by row. Until they are the same, the target holds a mark in place of its organisation,
and no bot starts on it. Nobody can write to the source meanwhile.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import sqlalchemy
from sqlalchemy import Table, delete, exists, insert, select, text
from sqlalchemy.exc import IntegrityError

from store.db.connection import Connection
from store.db.database import DEPLOYMENT, UNFINISHED_COPY, Database, is_current
from store.db.pages import (
    Key,
    Row,
    count_rows,
    digest,
    key_of,
    last_key,
    read_page,
    read_until,
)
from store.db.schema import installation, metadata
from store.model.errors import CopyRefused

TABLES = tuple(table for table in metadata.sorted_tables if table is not installation)
"""All but the one that says whose database it is, which the end of a copy writes."""

NOBODYS = "The database to copy from belongs to no organisation yet. Check its address."

_MARK = installation.c.name == UNFINISHED_COPY
_WHOSE = select(installation.c.value).where(installation.c.name == DEPLOYMENT)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a step is with a table: so many of its rows are done."""

    step: str
    table: str
    done: int
    rows: int


Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class DatabaseCopy:
    """One copy, from a database at rest to one that is empty or was begun before."""

    source: Database
    target: Database
    report: Report

    async def run(self) -> int:
        """Copy what is missing, compare everything, and let the target be used.

        Return how many rows there are. Raises ``CopyRefused`` if the source is no database at
        rest, or the target is used otherwise.
        """
        if not self.source.exists():
            raise CopyRefused("There is no database file to copy from. Check its path.")
        whose = await self.source.look(_whose)
        await self.target.migrate(partial(_check_target, whose=whose))
        async with self.source.alone():
            return await self._run(whose)

    async def _run(self, whose: bytes) -> int:
        await self.target.transaction(partial(_begin, whose=whose))
        rows = await self.source.count_rows()
        if not await self._goes_on(rows):
            await self.target.transaction(_empty)
            await self._copy_all(rows)
            if not await self._is_same(rows):
                raise CopyRefused(
                    "The databases differ after the copy. Look for faults of the disks and for "
                    "another program that writes to the target; then start the copy again."
                )
        await self._finish()
        return sum(rows.values())

    async def _goes_on(self, rows: dict[str, int]) -> bool:
        """Copy what is missing; return False if the source was used after an interruption.

        Then rows differ, or one does not fit to those that are there: what it hangs on can lie
        before the greatest key that had arrived.
        """
        begun = sum((await self.target.count_rows()).values()) > 1  # the mark is a row
        try:
            await self._copy_all(rows)
        except CopyRefused:
            if not begun:
                raise
            return False
        return await self._is_same(rows)

    async def _copy_all(self, rows: dict[str, int]) -> None:
        for table in TABLES:
            await self._copy(table, rows[table.name])

    async def _copy(self, table: Table, rows: int) -> None:
        """Copy the rows behind those that are there, a page in each transaction."""
        after = await self.target.read(partial(last_key, table=table))
        done = await self.target.read(partial(count_rows, table=table)) if after else 0
        is_last = False
        while not is_last:
            page = await self.source.read(partial(read_page, table=table, after=after))
            if page.rows:
                await self._write(table, page.rows)
                after = key_of(table, page.rows[-1])
            done, is_last = done + len(page.rows), page.is_last
            self.report(Progress("copied", table.name, done, rows))

    async def _write(self, table: Table, rows: Sequence[Row]) -> None:
        values = [dict(row) for row in rows]
        try:
            await self.target.transaction(
                lambda connection: connection.execute(insert(table), values)
            )
        except IntegrityError as error:
            raise CopyRefused(
                "The target does not take a row. Look whether another copy into it is running; "
                "if none is, name an empty database as the target."
            ) from error

    async def _is_same(self, rows: dict[str, int]) -> bool:
        """Compare every row of both sides by its hash."""
        for table in TABLES:
            if not await self._has_same(table, rows[table.name]):
                return False
        return True

    async def _has_same(self, table: Table, rows: int) -> bool:
        after: Key | None = None
        done, is_last = 0, False
        while not is_last:
            page = await self.source.read(partial(read_page, table=table, after=after))
            until = None if page.is_last else key_of(table, page.rows[-1])
            arrived = await self.target.read(
                partial(read_until, table=table, after=after, last=until, size=len(page.rows))
            )
            if [digest(table, row) for row in page.rows] != [digest(table, r) for r in arrived]:
                return False
            after = until
            done, is_last = done + len(page.rows), page.is_last
            self.report(Progress("compared", table.name, done, rows))
        return True

    async def _finish(self) -> None:
        """Say whose database the target is, in place of the mark; compare that as well."""
        rows = await self.source.read(_installation)
        await self.target.transaction(partial(_conclude, rows=rows))
        await self.target.scrub()


def _whose(connection: Connection) -> bytes:
    """Return the organisation of the source, which must be whole and of this version."""
    if not _has_table(connection):
        raise CopyRefused(NOBODYS)
    if not is_current(connection):
        raise CopyRefused(
            "The source was written by another version of Holdfast. Bring it up to date first: "
            "holdfast check --config FILE"
        )
    if connection.scalar(select(exists().where(_MARK))):
        raise CopyRefused("The source is a copy that was not finished. Finish it first.")
    whose = connection.scalar(_WHOSE)
    if whose is None:
        raise CopyRefused(NOBODYS)
    return bytes(whose)


def _check_target(connection: Connection, whose: bytes) -> None:
    """Refuse a database that anybody uses, before it is changed in any way."""
    if not _has_table(connection):
        if sqlalchemy.inspect(connection.core).get_table_names():
            raise CopyRefused("The target holds tables of another program. Name an empty one.")
        return
    owner = connection.scalar(_WHOSE)
    if owner == whose:
        raise CopyRefused(
            "The target holds this organisation already: a copy that was finished, or a database "
            "in use. Use it, or name an empty one."
        )
    begun = connection.scalar(select(installation.c.value).where(_MARK))
    if owner is not None or begun not in {None, whose}:
        raise CopyRefused("The target belongs to another organisation. Name an empty one.")


def _begin(connection: Connection, whose: bytes) -> None:
    """Mark the target as an unfinished copy, unless it is marked already."""
    _check_target(connection, whose)
    if connection.scalar(select(exists().where(_MARK))):
        return
    for table in metadata.sorted_tables:
        if connection.scalar(select(exists(select(*table.primary_key)))):
            raise CopyRefused("The target holds rows that no copy wrote. Name an empty one.")
    connection.execute(insert(installation).values(name=UNFINISHED_COPY, value=whose))


def _empty(connection: Connection) -> None:
    """Delete what was copied; children first, so that each row is deleted by itself.

    On PostgreSQL deleting many rows would take longer than a statement may.
    """
    if connection.core.dialect.name == "postgresql":
        connection.execute(text(f"TRUNCATE {', '.join(table.name for table in TABLES)}"))
        return
    for table in reversed(TABLES):
        connection.execute(delete(table))


def _installation(connection: Connection) -> list[Row]:
    return [dict(row) for row in connection.execute(select(installation)).mappings()]


def _conclude(connection: Connection, rows: Sequence[Row]) -> None:
    connection.execute(delete(installation))
    connection.execute(insert(installation), [dict(row) for row in rows])
    written = {digest(installation, row) for row in _installation(connection)}
    if written != {digest(installation, row) for row in rows}:
        raise CopyRefused("The target does not hold what was written last. Copy once more.")


def _has_table(connection: Connection) -> bool:
    return sqlalchemy.inspect(connection.core).has_table(installation.name)
