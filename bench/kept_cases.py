"""An organisation with very many kept cases, whose rows are generated and not sealed one by one.

One case is told, kept and handed over through the program. The others are its rows under other
ids, with the same references; nobody could open them, and nothing that happens at a start opens a
case. Each has its row, one piece, its statement and its take-back code, and every tenth is shared
as well. Sealed bodies are cut short, for else the file would have 18 GB instead of 5. Ids begin
with the number of the case, so that the file is filled from one end to the other.
"""

import asyncio
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.bulk import filling, insert_into
from bench.organisation import found_rig, opening
from bot.runtime.clock import system_clock

NUMBER_BYTES = 4
SHARED_EVERY = 10
"""Every so many cases, one is shared."""

AT_ONCE = 100_000
"""Cases whose rows are inserted table by table, so that each table is written in its order."""

OF_ALL: Mapping[str, str] = {
    "case_file": "SELECT * FROM case_file",
    "item": "SELECT * FROM item WHERE id NOT IN (SELECT item FROM access_grant) LIMIT 1",
    "item_chunk": "SELECT * FROM item_chunk WHERE item IN (SELECT id FROM item "
    "WHERE id NOT IN (SELECT item FROM access_grant) LIMIT 1)",
    "permission": "SELECT * FROM permission WHERE kind = 'keep'",
    "takeback": "SELECT * FROM takeback",
}
"""The rows that every copy of the one case has; owners come first."""

OF_SHARED: Mapping[str, str] = {
    "item": "SELECT * FROM item WHERE id IN (SELECT item FROM access_grant)",
    "item_chunk": "SELECT * FROM item_chunk WHERE item IN (SELECT item FROM access_grant)",
    "permission": "SELECT * FROM permission WHERE kind = 'named'",
    "access_grant": "SELECT * FROM access_grant",
    "delivery": "SELECT * FROM delivery",
}
"""What a shared one has besides."""

IDS = frozenset({"id", "locator", "rid", "tb", "item", "stmt"})
"""Columns that hold an id of a case, and have a value of their own in each copy."""

BODIES = frozenset({"bytes", "env"})
BODY_BYTES = 256

CODE = "code"
CODE_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SIGN_BITS = 5


@dataclass(frozen=True, slots=True)
class Template:
    """Rows of one table that belong to one case."""

    table: str
    columns: Sequence[str]
    rows: Sequence[Sequence[object]]

    def copies(self, numbers: range) -> Iterator[Sequence[object]]:
        """Yield the rows for each of these cases, with ids of its own."""
        for number in numbers:
            prefix = number.to_bytes(NUMBER_BYTES, "big")
            for row in self.rows:
                cells = zip(self.columns, row, strict=True)
                yield [_of_copy(column, value, number, prefix) for column, value in cells]


def _of_copy(column: str, value: object, number: int, prefix: bytes) -> object:
    """Give a column its value in the copy with this number."""
    if column in IDS and isinstance(value, bytes):
        return prefix + value[NUMBER_BYTES:]
    if column in BODIES and isinstance(value, bytes):
        return value[:BODY_BYTES]
    return _code_of(number) if column == CODE else value


def _code_of(number: int) -> str:
    """Name a delivery by the number of its case, in six signs."""
    shifts = range(5 * SIGN_BITS, -1, -SIGN_BITS)
    return "".join(CODE_SIGNS[number >> shift & len(CODE_SIGNS) - 1] for shift in shifts)


async def prepare(folder: Path, cases: int) -> None:
    """Make an organisation in which so many cases are kept."""
    rig = found_rig(folder)
    rig.clock.now = system_clock()
    async with opening:
        await rig.tell("It began in the spring.")
        await rig.share("Ash", keep=True, now=True)
        await rig.say("code")
        await rig.kept.shut_down()
    database = rig.config.store.database
    assert database is not None  # noqa: S101 - the organisation was just founded with a file
    await asyncio.to_thread(_copy, database, cases)


def _copy(database: Path, cases: int) -> None:
    """Insert the rows of all other cases, and leave nothing of it to be written later."""
    with filling(database) as connection:
        of_all, of_shared = (_templates(connection, rows) for rows in (OF_ALL, OF_SHARED))
        for start in range(1, cases, AT_ONCE):
            numbers = range(start, min(start + AT_ONCE, cases))
            _insert(connection, of_all, numbers)
            first = -(-start // SHARED_EVERY) * SHARED_EVERY
            _insert(connection, of_shared, range(first, numbers.stop, SHARED_EVERY))
    os.sync()


def _templates(connection: sqlite3.Connection, rows: Mapping[str, str]) -> list[Template]:
    found = []
    for table, query in rows.items():
        cursor = connection.execute(query)
        columns = [described[0] for described in cursor.description]
        found.append(Template(table, columns, cursor.fetchall()))
    return found


def _insert(connection: sqlite3.Connection, templates: Sequence[Template], numbers: range) -> None:
    for template in templates:
        values = template.copies(numbers)
        insert_into(connection, template.table, template.columns, values)


def forget_pages(folder: Path) -> None:
    """Have the kernel read the file from the disk again, as after the machine was started."""
    for file in (folder / "data").glob("*.db*"):
        handle = os.open(file, os.O_RDONLY)
        try:
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(handle)
