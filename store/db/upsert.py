"""Inserting a row or, where its key is taken, changing the one that is there."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Insert, Table
from sqlalchemy.dialects import sqlite

from store.db.connection import Connection


def upsert(
    connection: Connection,
    table: Table,
    row: Mapping[str, Any],
    change: Mapping[str, Any] | None = None,
) -> Insert:
    """Build the statement that inserts a row or, where its primary key is taken, changes that one.

    ``change`` are the columns to set then; without it, all of ``row``.
    """
    key = [column.name for column in table.primary_key]
    others = {name: value for name, value in row.items() if name not in key}
    values, to_set = dict(row), dict(others if change is None else change)
    # Two calls, because each dialect has a type of its own for the same clause.
    if connection.core.dialect.name == "postgresql":
        # Only here: without PostgreSQL its dialect is not worth the time that importing it takes.
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415

        insert = postgresql.insert(table).values(values)
        return insert.on_conflict_do_update(index_elements=key, set_=to_set)
    return (
        sqlite.insert(table).values(values).on_conflict_do_update(index_elements=key, set_=to_set)
    )
