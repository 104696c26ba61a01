"""Databases on the tests' PostgreSQL: migrated once, and emptied between tests; and copies."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import delete, make_url

from bot.config.load import read_config
from store.db.database import Database
from store.db.schema import metadata
from tests.doubles.postgresql import Postgresql
from tests.kept_parts import shut_down_all

SQLITE, POSTGRESQL = "sqlite", "postgresql"
BOTH_ENGINES = (SQLITE, pytest.param(POSTGRESQL, marks=pytest.mark.postgresql))
"""`make check` leaves out what is marked: what holds on SQLite is repeated on PostgreSQL."""

ON_BOTH_ENGINES = pytest.mark.parametrize("store_url", BOTH_ENGINES, indirect=True)
"""Marks a test whose organisation, or whose fixture, takes ``store_url``."""

EMPTIED = "; ".join(str(delete(table)) for table in reversed(metadata.sorted_tables))
LEFT_OPEN = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""

_templates: dict[Postgresql, str] = {}
_spare: dict[Postgresql, list[str]] = {}


@asynccontextmanager
async def migrated(server: Postgresql) -> AsyncIterator[str]:
    """Give the name of an empty, migrated database for as long as the context lasts."""
    spare = _spare.setdefault(server, [])
    name = spare.pop() if spare else await server.create(await template(server))
    try:
        yield name
    finally:
        await shut_down_all()
    # Whoever was killed, or fell over, may have left a connection behind.
    await server.run(f"{LEFT_OPEN}; {EMPTIED}", name)
    spare.append(name)


async def template(server: Postgresql) -> str:
    """Return the name of a migrated database that stays empty: others begin as copies of it."""
    if server not in _templates:
        name = await server.create()
        database = Database(server.url(name))
        await database.migrate()
        await database.close()
        _templates[server] = name
    return _templates[server]


async def copy_database(server: Postgresql, organisation: Path) -> str:
    """Let a copied organisation have a copy of its database as well; returns the copy's name."""
    config = organisation / "config.toml"
    url = read_config(config).store.url
    copy = await server.create(make_url(url).database or "")
    config.write_text(config.read_text("utf-8").replace(url, server.url(copy)), "utf-8")
    return copy
