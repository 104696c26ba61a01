"""The one database file: opened, migrated, read, written in transactions, and scrubbed.

SQLite in WAL mode, every commit on the disk before it is answered, deleted bytes overwritten,
temporary tables in memory. Nothing of ``sqlalchemy`` leaves ``store``.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import sqlalchemy
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import NullPool, create_engine, func, insert, make_url, select
from sqlalchemy.exc import DatabaseError

from store.db.connection import Connection, DatabaseThread
from store.db.schema import installation, metadata
from store.model.errors import WrongDatabase
from store.model.failpoint import failpoint

PRAGMAS = (
    "PRAGMA page_size=8192",  # of a new file: a row fits its page, and 10,000 drafts 110 MB
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA busy_timeout=5000",  # stands last: a checkpoint changes it, and puts it back
)

CHECKPOINT_SECONDS = 5.0
"""How long an answer waits for deleted bytes to leave the disk before it says that they will."""

CHECKPOINT_PAUSE = 0.05
DEPLOYMENT = "deployment"
TRANSACTIONS_TOGETHER = 32
"""Transactions that share one commit at most, so that nobody waits long for those behind."""


@dataclass(slots=True)
class _Batch:
    """Transactions that share one commit, each behind a savepoint of its own."""

    transactions: int = 0
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    error: BaseException | None = None

    def end(self, error: BaseException | None = None) -> None:
        """Release everybody who waits for the commit; with ``error``, it failed."""
        self.error = error
        self.ended.set()


class Database:
    """One file: ``transaction`` writes, ``read`` reads, ``scrub`` makes deletion effective."""

    def __init__(self, url: str) -> None:
        """Prepare the engine; nothing is opened before ``migrate``."""
        self._file = make_url(url).database or ""
        self._engine = create_engine(
            "sqlite://", creator=self._open, poolclass=NullPool, hide_parameters=True
        )
        self._thread = DatabaseThread()
        self._writing = asyncio.Lock()
        self._writer: Connection | None = None
        self._readers: list[Connection] = []
        self._batch: _Batch | None = None
        self._closing: set[asyncio.Task[None]] = set()

    async def migrate(self) -> None:
        """Bring the schema up to date; raise ``WrongDatabase`` for a newer or foreign file."""
        try:
            async with self.transaction() as connection:
                await connection.run_sync(_migrate)
        except (sqlite3.Error, DatabaseError) as error:
            raise WrongDatabase(
                "The database file cannot be opened as one. Check store.url in the config, the "
                "file's owner and the free disk space; or restore the file from a backup."
            ) from error
        await self.scrub()

    async def belongs_to(self, deployment: str) -> None:
        """Record whose database this is at first, then check it.

        Raises ``WrongDatabase`` for the database of another organisation.
        """
        mine = deployment.encode()
        async with self.transaction() as connection:
            stored = select(installation.c.value).where(installation.c.name == DEPLOYMENT)
            value = (await connection.execute(stored)).scalar()
            if value is None:
                await connection.execute(insert(installation).values(name=DEPLOYMENT, value=mine))
            elif value != mine:
                raise WrongDatabase(
                    "The database belongs to another organisation.id than the config names. The "
                    "id cannot change: put the old one back, or name another file in store.url."
                )

    # Writing

    @asynccontextmanager
    async def transaction(self, *, in_thread: bool = False) -> AsyncIterator[Connection]:
        """Write all of it or nothing; what was written is on the disk when the context is left.

        Transactions of this process wait here for each other, and those that wait share one
        commit: each is rolled back by itself, and acknowledged when all of them are on the disk.
        ``in_thread``: statements may take long, and run in the thread.
        """
        async with self._writing:
            batch = self._batch or await self._begin()
            with self._savepoint(batch, in_thread=in_thread) as connection:
                yield connection
            if batch.transactions >= TRANSACTIONS_TOGETHER:
                await self._commit(batch)
        await batch.ended.wait()
        if batch.error is not None:
            raise batch.error

    async def _begin(self) -> _Batch:
        """Begin the SQLite transaction of this call and of those that wait already."""
        writer = self._writer = self._writer or await self._connect()
        try:
            await self._thread(partial(writer.opened.exec_driver_sql, "BEGIN IMMEDIATE"))
        except BaseException:
            writer.opened.rollback()
            raise
        self._batch = batch = _Batch()
        closing = asyncio.create_task(self._commit_behind_waiting(batch))
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)
        return batch

    @contextmanager
    def _savepoint(self, batch: _Batch, *, in_thread: bool) -> Iterator[Connection]:
        """Open a savepoint, and roll back to it on an error; the rest of the batch stays."""
        writer = self._opened_writer
        batch.transactions += 1
        writer.in_thread = in_thread
        try:
            writer.savepoint()
            yield writer
            writer.release_savepoint()
        except BaseException as error:
            self._undo(writer, batch, error)
            raise
        finally:
            writer.in_thread = False

    def _undo(self, writer: Connection, batch: _Batch, error: BaseException) -> None:
        """Roll back to the savepoint, or drop the batch if SQLite has undone all of it.

        Some errors, a full disk for one, make SQLite undo the whole transaction.
        """
        if writer.in_transaction:
            writer.undo_savepoint()
        else:
            self._forget(batch, error)

    async def _commit_behind_waiting(self, batch: _Batch) -> None:
        """Commit the batch once everybody who waited when it began is in it."""
        async with self._writing:
            if self._batch is batch:
                await self._commit(batch)

    async def _commit(self, batch: _Batch) -> None:
        """Commit the batch, even if the caller is cancelled: others wait for it too."""
        completed = await self._thread.complete(partial(_commit, self._opened_writer.opened))
        if completed.error is not None:
            self._forget(batch, completed.error)
        else:
            self._batch = None
            batch.end()
        if completed.cancelled:
            raise asyncio.CancelledError

    def _forget(self, batch: _Batch, error: BaseException) -> None:
        """Roll back the batch, and fail every transaction in it."""
        self._batch = None
        batch.end(error)
        self._opened_writer.opened.rollback()

    @property
    def _opened_writer(self) -> Connection:
        if self._writer is None:
            raise LookupError("a transaction without a connection")
        return self._writer

    # Reading

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Connection]:
        """Read one state of the file."""
        reader = self._readers.pop() if self._readers else await self._connect()
        try:
            reader.begin_read()
            yield reader
        finally:
            reader.opened.rollback()
            self._readers.append(reader)

    async def count_rows(self) -> dict[str, int]:
        """Count the rows of each table: all that a thief of the file learns by counting."""
        async with self.read() as connection:
            counted = {
                name: await connection.scalar(select(func.count()).select_from(table))
                for name, table in metadata.tables.items()
            }
        return {name: count or 0 for name, count in counted.items()}

    # Scrubbing

    async def scrub(self) -> bool:
        """Move the WAL into the file and truncate it; return False if readers kept it busy.

        After it nothing that was deleted is left on the disk.
        """
        for _ in range(round(CHECKPOINT_SECONDS / CHECKPOINT_PAUSE)):
            if await self._checkpoint():
                return True
            await asyncio.sleep(CHECKPOINT_PAUSE)
        return False

    async def _checkpoint(self) -> bool:
        async with self._writing:
            if self._batch is not None:
                await self._commit(self._batch)
            writer = self._writer = self._writer or await self._connect()
            return await self._thread(partial(_checkpoint, writer.opened))

    # Opening and closing

    async def _connect(self) -> Connection:
        completed = await self._thread.complete(self._engine.connect)
        if completed.cancelled and completed.error is None:
            self._readers.append(Connection(completed.done.result(), self._thread))
        return Connection(completed.result(), self._thread)

    def _open(self) -> sqlite3.Connection:
        """Open the file with every pragma, and without the driver's own transactions."""
        opened = sqlite3.connect(self._file, isolation_level=None, check_same_thread=False)
        try:
            for pragma in PRAGMAS:
                opened.execute(pragma)
        except BaseException:
            opened.close()
            raise
        return opened

    async def close(self) -> None:
        """Commit what is open and close the file."""
        async with self._writing:
            if self._batch is not None:
                await self._commit(self._batch)
            opened = [*self._readers, *([self._writer] if self._writer else [])]
            self._readers, self._writer = [], None
            for connection in opened:
                await self._thread(connection.opened.close)
        self._thread.close()


def _commit(opened: sqlalchemy.Connection) -> None:
    failpoint("commit")
    opened.commit()
    failpoint("committed")


def _checkpoint(opened: sqlalchemy.Connection) -> bool:
    """Checkpoint outside of any transaction, without waiting long for a reader at once."""
    try:
        opened.exec_driver_sql(f"PRAGMA busy_timeout={round(CHECKPOINT_PAUSE * 1000)}")
        failpoint("checkpoint")
        row = opened.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
        failpoint("checkpointed")
    finally:
        opened.exec_driver_sql(PRAGMAS[-1])
        opened.rollback()
    return int(row[0]) == 0


def migrations() -> Config:
    """Create Alembic's configuration, because there is no ini file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def _migrate(connection: sqlalchemy.Connection) -> None:
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
