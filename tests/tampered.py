"""A database whose blobs are changed behind the program's back, one at a time, and put back."""

import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import asyncpg

from store.db.schema import metadata
from tests.rig import Rig

TABLES = tuple(metadata.tables)
PUBLIC = {("roster", "note"), ("house", "value")}
"""No secrets: checked against the roster file and the config, at start."""

PUT_BACK = "; ".join(
    f"DELETE FROM {table}; INSERT INTO {table} SELECT * FROM original.{table}"  # noqa: S608 - names of the schema
    for table in TABLES
)
REMEMBER = "; ".join(f"CREATE TABLE original.{table} AS TABLE {table}" for table in TABLES)


@dataclass(frozen=True)
class Blob:
    """One value, and where it stands."""

    table: str
    column: str
    value: bytes

    @property
    def place(self) -> tuple[str, str]:
        return self.table, self.column

    @property
    def update(self) -> str:
        """Build the statement that writes another value in its place, ``$1`` instead of ``$2``."""
        return f'UPDATE "{self.table}" SET "{self.column}" = $1 WHERE "{self.column}" = $2'  # noqa: S608 - as above

    def changed(self, place: float) -> bytes:
        """Return it with one byte changed, in a place that is a part of its length."""
        at = round((len(self.value) - 1) * place)
        return self.value[:at] + bytes([self.value[at] ^ 1]) + self.value[at + 1 :]


class Tampered(Protocol):
    """What is done to a database from outside, whatever its constraints say."""

    async def blobs(self) -> list[Blob]: ...

    async def change(self, blob: Blob, place: float) -> None: ...

    async def put_back(self) -> None: ...


@asynccontextmanager
async def tampered(rig: Rig) -> AsyncIterator[Tampered]:
    """Remember what is in a rig's database now; nothing must have it open, on SQLite."""
    file = rig.config.store.database
    if file is not None:
        yield TamperedFile(file)
        return
    connection = await asyncpg.connect(rig.config.store.url.replace("+asyncpg", ""))
    await connection.execute(f"CREATE SCHEMA original; {REMEMBER}")
    await connection.execute("SET session_replication_role = replica")  # no foreign key is checked
    try:
        yield TamperedServer(connection)
    finally:
        await connection.execute("DROP SCHEMA original CASCADE")
        await connection.close()


@dataclass
class TamperedServer:
    """A database of PostgreSQL, through a connection of its own."""

    connection: Any

    async def blobs(self) -> list[Blob]:
        rows = [(t, await self.connection.fetch(f'SELECT * FROM "{t}"')) for t in TABLES]  # noqa: S608 - as above
        return [b for table, found in rows for row in found for b in _blobs(table, dict(row))]

    async def change(self, blob: Blob, place: float) -> None:
        await self.connection.execute(blob.update, blob.changed(place), blob.value)

    async def put_back(self) -> None:
        await self.connection.execute(PUT_BACK)


@dataclass
class TamperedFile:
    """A file of SQLite, which is copied."""

    file: Path

    def __post_init__(self) -> None:
        shutil.copy(self.file, self._original)

    @property
    def _original(self) -> Path:
        return self.file.with_suffix(".original")

    async def blobs(self) -> list[Blob]:
        with closing(sqlite3.connect(self._original)) as db:
            db.row_factory = sqlite3.Row
            rows = [(t, db.execute(f'SELECT * FROM "{t}"').fetchall()) for t in TABLES]  # noqa: S608 - as above
        return [b for table, found in rows for row in found for b in _blobs(table, dict(row))]

    async def change(self, blob: Blob, place: float) -> None:
        with closing(sqlite3.connect(self.file)) as db, db:
            db.execute(blob.update, {"1": blob.changed(place), "2": blob.value})

    async def put_back(self) -> None:
        shutil.copy(self._original, self.file)


def _blobs(table: str, row: dict[str, object]) -> list[Blob]:
    return [
        Blob(table, column, value)
        for column, value in row.items()
        if isinstance(value, bytes) and value and (table, column) not in PUBLIC
    ]
