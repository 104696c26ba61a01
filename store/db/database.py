"""The one database: migrated, read, written in transactions, and scrubbed.

Store code is synchronous: functions over a ``Connection``, which ``transaction`` and ``read`` run
where the engine wants them. Nothing of ``sqlalchemy`` leaves ``store``.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TypeVar

import sqlalchemy
from sqlalchemy import column, func, insert, make_url, select, table

from store.db.connection import Connection
from store.db.engine import Engine, Work
from store.db.schema import REVISION, installation, metadata
from store.db.sqlite import SqliteEngine
from store.model.errors import WrongDatabase

T = TypeVar("T")

DEPLOYMENT = "deployment"
UNFINISHED_COPY = "copy"
"""Names the row that stands in place of the deployment's until a copy is finished."""

_UNFINISHED = select(installation.c.value).where(installation.c.name == UNFINISHED_COPY)

MIGRATION_LOCK = b"migration"
_VERSION = table("alembic_version", column("version_num"))


class Database:
    """One database: ``transaction`` writes, ``read`` reads, ``scrub`` makes deletion effective."""

    def __init__(self, url: str, password: str | None = None) -> None:
        """Choose the engine by the URL; nothing is opened before ``migrate``."""
        self._engine = engine_for(url, password)

    def exists(self) -> bool:
        """Check whether there is a database file; a server is asked when it is used."""
        return self._engine.exists()

    async def verify(self, *, thoroughly: bool = False) -> None:
        """Raise ``WrongDatabase`` for a database that is damaged.

        All pages are looked at after an unclean stop, or ``thoroughly``; that takes about a second
        for 100 MB.
        """
        if self._engine.exists() and (thoroughly or self._engine.was_interrupted()):
            with self.explained():
                why = await self._engine.damage()
            if why:
                raise WrongDatabase(why)

    async def migrate(self, check: Work[None] | None = None) -> None:
        """Bring the schema up to date; raise ``WrongDatabase`` for one that cannot be used.

        That is a newer or foreign one, a file that is none, or a server that does not answer.
        ``check`` may refuse it in the same transaction, before anything is changed.
        """

        def work(connection: Connection) -> None:
            if check is not None:
                check(connection)
            if not is_current(connection):
                # Only here: Alembic takes long to import, and is needed once in a version.
                from store.db.migration import migrate  # noqa: PLC0415

                migrate(connection.core)

        with self.explained():
            await self.transaction(work, MIGRATION_LOCK)
        await self.scrub()

    async def look(self, work: Work[T]) -> T:
        """Read what may be no database; raise ``WrongDatabase`` for one that cannot be used."""
        with self.explained():
            return await self.read(work)

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Raise ``WrongDatabase`` for an error that means that the database cannot be used."""
        try:
            yield
        except Exception as error:
            if why := self._engine.explain(error):
                raise WrongDatabase(why) from error
            raise

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Keep everybody from writing until the context ends; reading goes on.

        Raises ``WrongDatabase`` if somebody writes for longer than one waits.
        """
        with self.explained():
            async with self._engine.alone():
                yield

    async def belongs_to(self, deployment: str) -> None:
        """Record whose database this is at first, then check it.

        Raises ``WrongDatabase`` for the database of another organisation.
        """
        mine = deployment.encode()

        def check(connection: Connection) -> None:
            if connection.scalar(_UNFINISHED) is not None:
                raise WrongDatabase(
                    "A copy into this database was not finished. Start the same 'holdfast store "
                    "copy' again, or name another database in store.url."
                )
            stored = select(installation.c.value).where(installation.c.name == DEPLOYMENT)
            value = connection.scalar(stored)
            if value is None:
                connection.execute(insert(installation).values(name=DEPLOYMENT, value=mine))
            elif value != mine:
                raise WrongDatabase(
                    "The database belongs to another organisation.id than the config names. The "
                    "id cannot change: put the old one back, or name another file in store.url."
                )

        await self.transaction(check)

    async def transaction(self, work: Work[T], lock: bytes = b"") -> T:
        """Write all of it or nothing; what was written is on the disk when this returns.

        Raises what ``work`` raises, with nothing written. Works with the same ``lock``, an
        account's, wait for each other.
        """
        return await self._engine.write(work, lock)

    async def read(self, work: Work[T]) -> T:
        """Read one state of the database."""
        return await self._engine.read(work)

    async def scrub(self) -> bool:
        """Make deletion effective on the disk; return False if it is not yet."""
        return await self._engine.scrub()

    async def close(self) -> None:
        """Commit what waits and close the database."""
        await self._engine.close()

    async def count_rows(self) -> dict[str, int]:
        """Count the rows of each table: all that a thief of the database learns by counting."""
        return await self.read(_count_rows)


def engine_for(url: str, password: str | None = None) -> Engine:
    """Make the engine of a database: SQLite in a file, or PostgreSQL on a server.

    The password takes the place of the one in the URL, if it is given.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        # Only here: the driver is not worth its time where the database is a file.
        from store.db.postgresql import PostgresqlEngine  # noqa: PLC0415

        return PostgresqlEngine(parsed if password is None else parsed.set(password=password))
    return SqliteEngine(parsed.database or "")


def _count_rows(connection: Connection) -> dict[str, int]:
    counted = {
        name: connection.scalar(select(func.count()).select_from(table))
        for name, table in metadata.tables.items()
    }
    return {name: count or 0 for name, count in counted.items()}


def is_current(connection: Connection) -> bool:
    """Check whether the schema is that of this version, without Alembic: that takes long."""
    if not sqlalchemy.inspect(connection.core).has_table(_VERSION.name):
        return False
    return list(connection.scalars(select(_VERSION.c.version_num))) == [REVISION]
