"""What the tables of an SQLite file are, however they came to be: made at once, or step by step.

The text that SQLite keeps of a table differs with its history: a renamed one is quoted, and an
added column stands behind the constraints.
"""

import re
import sqlite3
from collections.abc import Iterator

CHECK = re.compile(r"CONSTRAINT \w+ CHECK \(.*\)")
CONDITION = re.compile(r" WHERE .*")


def describe(connection: sqlite3.Connection) -> list[str]:
    """List every table with its columns, keys and checks, every index, and every trigger."""
    made = connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE sql NOT NULL ORDER BY type, name"
    ).fetchall()
    lines = list[str]()
    for kind, name, sql in made:
        if kind == "table":
            lines += _table(connection, name, sql)
        elif kind == "index":
            columns = connection.execute(f"PRAGMA index_xinfo('{name}')").fetchall()
            lines.append(f"index {name}: {columns}{''.join(CONDITION.findall(sql))}")
        else:
            lines.append(re.sub(r"\s+", " ", sql.replace('"', "")).strip())
    return lines


def describe_recorded(statements: str) -> list[str]:
    """Do the same with what recorded statements make; two newlines stand between them."""
    connection = sqlite3.connect(":memory:")
    for statement in sorted(statements.strip().split("\n\n"), key=_tables_first):
        connection.execute(statement)
    described = describe(connection)
    connection.close()
    return described


def _tables_first(statement: str) -> bool:
    return not statement.lstrip().startswith("CREATE TABLE")


def _table(connection: sqlite3.Connection, name: str, sql: str) -> Iterator[str]:
    yield f"table {name}: without row ids {'WITHOUT ROWID' in sql}"
    for column in connection.execute(f"PRAGMA table_xinfo('{name}')"):
        yield f"  {column[1:]}"
    for check in CHECK.findall(sql):
        yield f"  {check}"
    for key in sorted(row[2:] for row in connection.execute(f"PRAGMA foreign_key_list('{name}')")):
        yield f"  {key}"
    for index in connection.execute(f"PRAGMA index_list('{name}')").fetchall():
        if index[3] != "c":
            columns = connection.execute(f"PRAGMA index_xinfo('{index[1]}')").fetchall()
            yield f"  unique {[column[1:] for column in columns]}"
