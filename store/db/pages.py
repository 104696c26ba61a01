"""Reading tables of any size in pages, in the order of their primary key."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, String, Table, func, select, tuple_

from store.db.connection import Connection

Key = tuple[Any, ...]
Row = dict[str, Any]

PAGE_BYTES, PAGE_ROWS = 4 * 1024 * 1024, 1000
"""What a page has at most; a page of one row may be longer."""

ROWS_FETCHED = 32
"""Rows that a server sends ahead of what was asked for: of the longest ones, eight megabytes."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows in the order of their key, and whether they are the last ones."""

    rows: Sequence[Row]
    is_last: bool


def _length(row: Row) -> int:
    return sum(len(value) if isinstance(value, bytes | str) else 8 for value in row.values())


def key_of(table: Table, row: Row) -> Key:
    """Return the primary key of a row."""
    return tuple(row[column.name] for column in table.primary_key)


def read_page(connection: Connection, table: Table, after: Key | None) -> Page:
    """Read the rows behind the one with this key, until they are enough for a page."""
    query = _behind(connection, _ordered(connection, table).limit(PAGE_ROWS + 1), table, after)
    rows, length = list[Row](), 0
    with connection.execute(query.execution_options(yield_per=ROWS_FETCHED)) as result:
        for row in map(dict, result.mappings()):
            length += _length(row)
            if rows and (len(rows) == PAGE_ROWS or length > PAGE_BYTES):
                return Page(rows, is_last=False)
            rows.append(row)
    return Page(rows, is_last=True)


def read_until(
    connection: Connection, table: Table, after: Key | None, last: Key | None, size: int
) -> Sequence[Row]:
    """Read the rows behind one key up to another one, but never more than ``size`` and one."""
    query = _behind(connection, _ordered(connection, table).limit(size + 1), table, after)
    if last is not None:
        query = query.where(_position(connection, table) <= tuple_(*last))
    return [dict(row) for row in connection.execute(query).mappings()]


def count_rows(connection: Connection, table: Table) -> int:
    """Count the rows of a table."""
    return connection.scalar(select(func.count()).select_from(table)) or 0


def last_key(connection: Connection, table: Table) -> Key | None:
    """Return the greatest key of a table; None if it is empty."""
    order = [column.desc() for column in _key_columns(connection, table)]
    row = connection.execute(select(*table.primary_key).order_by(*order).limit(1)).first()
    return None if row is None else tuple(row)


def digest(table: Table, row: Row) -> bytes:
    """Hash a row: every column by its name, with type and value."""
    hashed = hashlib.sha256()
    for column in table.columns:
        value = row[column.name]
        encoded = value if isinstance(value, bytes) else repr(value).encode()
        head = f"{column.name} {type(value).__name__} {len(encoded)}\n"
        hashed.update(head.encode() + encoded)
    return hashed.digest()


def _ordered(connection: Connection, table: Table) -> "Select[Any]":
    return select(table).order_by(*_key_columns(connection, table))


def _behind(
    connection: Connection, query: "Select[Any]", table: Table, after: Key | None
) -> "Select[Any]":
    return query if after is None else query.where(_position(connection, table) > tuple_(*after))


def _position(connection: Connection, table: Table) -> ColumnElement[Any]:
    return tuple_(*_key_columns(connection, table))


def _key_columns(connection: Connection, table: Table) -> "list[ColumnElement[Any]]":
    """Return the columns of the key, with texts in the order of their bytes on either engine."""
    on_postgresql = connection.core.dialect.name == "postgresql"
    return [
        column.collate("C") if on_postgresql and isinstance(column.type, String) else column
        for column in table.primary_key
    ]
