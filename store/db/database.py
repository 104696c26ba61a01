"""The one database file: how it is opened, migrated, written in turns, and emptied for good.

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

from store.db.connection import Connection, FileThread
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
"""How long an answer waits for the last traces on the disk before it says that they follow."""

CHECKPOINT_PAUSE = 0.05
DEPLOYMENT = "deployment"
TURNS_TOGETHER = 32
"""So many turns at most share one commit: nobody waits long for those behind."""


@dataclass(slots=True)
class _Group:
    """Turns that share one transaction, each behind a savepoint of its own."""

    turns: int = 0
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    error: BaseException | None = None

    def end(self, error: BaseException | None = None) -> None:
        self.error = error
        self.ended.set()


class Database:
    """One file; ``turn`` writes, ``look`` reads, ``scrub`` makes deletion effective."""

    def __init__(self, url: str) -> None:
        """Nothing is opened before ``migrate``."""
        self._file = make_url(url).database or ""
        self._engine = create_engine(
            "sqlite://", creator=self._open, poolclass=NullPool, hide_parameters=True
        )
        self._thread = FileThread()
        self._turns = asyncio.Lock()
        self._writer: Connection | None = None
        self._readers: list[Connection] = []
        self._group: _Group | None = None
        self._closing: set[asyncio.Task[None]] = set()

    async def migrate(self) -> None:
        """Bring the schema up to date; raises ``WrongDatabase`` for a newer or foreign file."""
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
        """Note at first, then check, whose database this is; raises ``WrongDatabase``."""
        mine = deployment.encode()
        async with self.transaction() as connection:
            noted = select(installation.c.value).where(installation.c.name == DEPLOYMENT)
            value = (await connection.execute(noted)).scalar()
            if value is None:
                await connection.execute(insert(installation).values(name=DEPLOYMENT, value=mine))
            elif value != mine:
                raise WrongDatabase(
                    "The database belongs to another organisation.id than the config names. The "
                    "id cannot change: put the old one back, or name another file in store.url."
                )

    # Writing

    @asynccontextmanager
    async def transaction(self, *, far: bool = False) -> AsyncIterator[Connection]:
        """One piece of writing: all of it or nothing, and on the disk when it is left.

        Turns of this process wait here for each other, and those that wait share one commit:
        each is undone by itself, and acknowledged when all of them are on the disk. ``far``: its
        statements may take long; they run in the thread.
        """
        async with self._turns:
            group = self._group or await self._begin()
            with self._saved(group, far=far) as connection:
                yield connection
            if group.turns >= TURNS_TOGETHER:
                await self._commit(group)
        await group.ended.wait()
        if group.error is not None:
            raise group.error

    async def _begin(self) -> _Group:
        """For this turn, and for those that wait for it already."""
        writer = self._writer = self._writer or await self._connect()
        try:
            await self._thread(partial(writer.opened.exec_driver_sql, "BEGIN IMMEDIATE"))
        except BaseException:
            writer.opened.rollback()
            raise
        self._group = group = _Group()
        closing = asyncio.create_task(self._close_group(group))
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)
        return group

    @contextmanager
    def _saved(self, group: _Group, *, far: bool) -> Iterator[Connection]:
        """What fails inside did not happen; the others of the group do not notice."""
        writer = self._opened_writer
        group.turns += 1
        writer.far = far
        try:
            writer.save()
            yield writer
            writer.keep()
        except BaseException as error:
            self._undo(writer, group, error)
            raise
        finally:
            writer.far = False

    def _undo(self, writer: Connection, group: _Group, error: BaseException) -> None:
        """Some errors, a full disk for one, make SQLite undo the whole transaction."""
        if writer.in_transaction:
            writer.undo()
        else:
            self._forget(group, error)

    async def _close_group(self, group: _Group) -> None:
        """Behind everybody who waited when the group began; who comes later is in the next."""
        async with self._turns:
            if self._group is group:
                await self._commit(group)

    async def _commit(self, group: _Group) -> None:
        """All of them are on the disk, or none is. To its end: others wait for it too."""
        finished = await self._thread.finish(partial(_commit, self._opened_writer.opened))
        if finished.error is not None:
            self._forget(group, finished.error)
        else:
            self._group = None
            group.end()
        if finished.cancelled:
            raise asyncio.CancelledError

    def _forget(self, group: _Group, error: BaseException) -> None:
        """Nothing of it happened, and each of its turns is told."""
        self._group = None
        group.end(error)
        self._opened_writer.opened.rollback()

    @property
    def _opened_writer(self) -> Connection:
        if self._writer is None:
            raise LookupError("a transaction without a connection")
        return self._writer

    # Reading

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Connection]:
        """Reading only; sees one state of the file."""
        reader = self._readers.pop() if self._readers else await self._connect()
        try:
            reader.read()
            yield reader
        finally:
            reader.opened.rollback()
            self._readers.append(reader)

    async def count_rows(self) -> dict[str, int]:
        """How many rows each table has: all that a thief of the file learns by counting."""
        async with self.read() as connection:
            counted = {
                name: await connection.scalar(select(func.count()).select_from(table))
                for name, table in metadata.tables.items()
            }
        return {name: count or 0 for name, count in counted.items()}

    # Leaving no trace

    async def scrub(self) -> bool:
        """Move the WAL into the file and cut it to nothing; False if readers kept it busy."""
        for _ in range(round(CHECKPOINT_SECONDS / CHECKPOINT_PAUSE)):
            if await self._checkpoint():
                return True
            await asyncio.sleep(CHECKPOINT_PAUSE)
        return False

    async def _checkpoint(self) -> bool:
        async with self._turns:
            if self._group is not None:
                await self._commit(self._group)
            writer = self._writer = self._writer or await self._connect()
            return await self._thread(partial(_checkpoint, writer.opened))

    # Opening and closing

    async def _connect(self) -> Connection:
        finished = await self._thread.finish(self._engine.connect)
        if finished.cancelled and finished.error is None:
            self._readers.append(Connection(finished.done.result(), self._thread))
        return Connection(finished.result(), self._thread)

    def _open(self) -> sqlite3.Connection:
        """With every pragma, and without transactions that the driver begins by itself."""
        opened = sqlite3.connect(self._file, isolation_level=None, check_same_thread=False)
        try:
            for pragma in PRAGMAS:
                opened.execute(pragma)
        except BaseException:
            opened.close()
            raise
        return opened

    async def close(self) -> None:
        """Give the file back."""
        async with self._turns:
            if self._group is not None:
                await self._commit(self._group)
            opened = [*self._readers, *([self._writer] if self._writer else [])]
            self._readers, self._writer = [], None
            for connection in opened:
                await self._thread(connection.opened.close)
        self._thread.end()


def _commit(opened: sqlalchemy.Connection) -> None:
    failpoint("commit")
    opened.commit()
    failpoint("committed")


def _checkpoint(opened: sqlalchemy.Connection) -> bool:
    """Outside of any transaction; a reader in the way is not waited for long at once."""
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
    """Alembic's configuration, made here because there is no ini file."""
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
