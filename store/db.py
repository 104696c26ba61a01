"""The one database file: how it is opened, migrated, written in turns, and emptied for good.

SQLite in WAL mode, every commit on the disk before it is answered, deleted bytes overwritten,
temporary tables in memory. Nothing of ``sqlalchemy`` leaves ``store``.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiosqlite
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event, func, insert, make_url, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from store.connection import NearConnection
from store.errors import WrongDatabase
from store.schema import house, metadata

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA busy_timeout=5000",
)

CHECKPOINT_SECONDS = 5.0
"""How long an answer waits for the last traces on the disk before it says that they follow."""

CHECKPOINT_PAUSE = 0.05
DEPLOYMENT = "deployment"


class Database:
    """One file; ``turn`` writes, ``look`` reads, ``scrub`` makes deletion effective."""

    def __init__(self, url: str) -> None:
        """Nothing is opened before ``migrate``."""
        self._file = make_url(url).database or ""
        self._engine: AsyncEngine = create_async_engine(
            url, hide_parameters=True, async_creator=self._connect
        )
        self._turns = asyncio.Lock()
        event.listen(self._engine.sync_engine, "connect", _prepare)
        event.listen(self._engine.sync_engine, "begin", _begin)

    async def _connect(self) -> aiosqlite.Connection:
        return await NearConnection(self._file)

    async def migrate(self) -> None:
        """Bring the schema up to date; raises ``WrongDatabase`` for a newer or foreign file."""
        try:
            _open_once(self._file)
            async with self._engine.begin() as connection:
                await connection.run_sync(_migrate)
        except (sqlite3.Error, DatabaseError) as error:
            raise WrongDatabase(
                "The database file cannot be opened as one. Check store.url in the config, the "
                "file's owner and the free disk space; or restore the file from a backup."
            ) from error
        await self.scrub()

    async def belongs_to(self, deployment: str) -> None:
        """Note at first, then check, whose database this is; raises ``WrongDatabase``."""
        mine = deployment.encode()
        async with self.turn() as connection:
            noted = select(house.c.value).where(house.c.name == DEPLOYMENT)
            value = (await connection.execute(noted)).scalar()
            if value is None:
                await connection.execute(insert(house).values(name=DEPLOYMENT, value=mine))
            elif value != mine:
                raise WrongDatabase(
                    "The database belongs to another organisation.id than the config names. The "
                    "id cannot change: put the old one back, or name another file in store.url."
                )

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[AsyncConnection]:
        """One writing transaction: all of it or nothing.

        The turns of this process wait here for each other; for another process that holds the
        file, a command beside the bot, the thread of the connection waits.
        """
        async with self._turns, self._engine.begin() as connection:
            yield connection

    @asynccontextmanager
    async def look(self) -> AsyncIterator[AsyncConnection]:
        """Reading only; sees one state of the file."""
        async with self._engine.connect() as connection:
            await connection.execution_options(reading=True)
            yield connection

    async def count_rows(self) -> dict[str, int]:
        """How many rows each table has: all that a thief of the file learns by counting."""
        async with self.look() as connection:
            counted = {
                name: await connection.scalar(select(func.count()).select_from(table))
                for name, table in metadata.tables.items()
            }
        return {name: count or 0 for name, count in counted.items()}

    async def scrub(self) -> bool:
        """Move the WAL into the file and cut it to nothing; False if readers kept it busy."""
        for _ in range(round(CHECKPOINT_SECONDS / CHECKPOINT_PAUSE)):
            if await self._checkpoint():
                return True
            await asyncio.sleep(CHECKPOINT_PAUSE)
        return False

    async def _checkpoint(self) -> bool:
        async with self._engine.connect() as connection:
            await connection.execution_options(outside=True)
            row = (await connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))).one()
            return int(row[0]) == 0

    async def close(self) -> None:
        """Give the file back."""
        await self._engine.dispose()


def _open_once(file: str) -> None:
    """A file that cannot be opened fails here: the driver would leave a thread behind."""
    sqlite3.connect(file).close()


def _prepare(connection: Any, _record: object) -> None:
    """Every connection: the pragmas, and no transaction that the driver begins by itself."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    """A writer takes the lock at once, so that two turns wait instead of failing at commit."""
    options = connection.get_execution_options()
    if not options.get("outside"):
        connection.exec_driver_sql("BEGIN" if options.get("reading") else "BEGIN IMMEDIATE")


def migrations() -> Config:
    """Alembic's configuration, made here because there is no ini file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def _migrate(connection: Connection) -> None:
    config = migrations()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and current not in known:
        raise WrongDatabase(
            "The database was written by a newer version of Holdfast. Start that version, "
            "or restore a backup that this version made."
        )
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
