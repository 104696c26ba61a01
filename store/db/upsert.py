"""Inserting a row or, where its key is taken, changing the one that is there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import Insert, Table
from sqlalchemy.dialects import sqlite

from store.db.connection import Connection

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql


def upsert(
    connection: Connection,
    table: Table,
    row: Mapping[str, Any],
    change: Mapping[str, Any] | None = None,
) -> Insert:
    """Build the statement that inserts a row or, where its primary key is taken, changes that one.

    ``change`` are the columns to set then; without it, all of ``row``.
    """
    key = _key_of(table)
    others = {name: value for name, value in row.items() if name not in key}
    values, to_set = dict(row), dict(others if change is None else change)
    insert = _insert(connection, table).values(values)
    return insert.on_conflict_do_update(index_elements=key, set_=to_set)


@dataclass(frozen=True, slots=True)
class Upsert:
    """The same for a row that is given beside it, with all columns: built once for each engine."""

    table: Table
    _built: dict[str, Insert] = field(default_factory=dict, init=False, repr=False)

    def on(self, connection: Connection) -> Insert:
        """Return the statement for the engine of a connection."""
        engine = connection.core.dialect.name
        if engine not in self._built:
            self._built[engine] = self._build(connection)
        return self._built[engine]

    def _build(self, connection: Connection) -> Insert:
        insert, key = _insert(connection, self.table), _key_of(self.table)
        names = [column.name for column in self.table.columns if column.name not in key]
        to_set = {name: insert.excluded[name] for name in names}
        return insert.on_conflict_do_update(index_elements=key, set_=to_set)


def _key_of(table: Table) -> list[str]:
    return [column.name for column in table.primary_key]


def _insert(connection: Connection, table: Table) -> "sqlite.Insert | postgresql.Insert":
    """Begin the statement; each dialect has a type of its own for the same clause."""
    if connection.core.dialect.name == "postgresql":
        # Only here: without PostgreSQL its dialect is not worth the time that importing it takes.
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415

        return postgresql.insert(table)
    return sqlite.insert(table)
