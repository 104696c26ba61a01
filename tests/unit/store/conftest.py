"""A store with three readers and nobody's story, on either engine."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.databases import BOTH_ENGINES, migrated
from tests.unit.store.organisation import Organisation, keep_on_server, organisation

ENGINES = ("sqlite", "postgresql")


@asynccontextmanager
async def organisation_on(
    engine: str, folder: Path, request: pytest.FixtureRequest
) -> AsyncIterator[Organisation]:
    """Make one; the server of PostgreSQL is started with the first test that wants it."""
    if engine == "sqlite":
        async with organisation(folder) as made:
            yield made
        return
    server = request.getfixturevalue("postgresql")
    async with migrated(server) as name:
        keep_on_server(folder, server.url(name))
        async with organisation(folder) as made:
            yield made


@pytest.fixture(params=BOTH_ENGINES)
async def org(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Organisation]:
    """Migrated, with a keyring of no day yet."""
    async with organisation_on(request.param, tmp_path, request) as made:
        yield made


@pytest.fixture
async def file_org(tmp_path: Path) -> AsyncIterator[Organisation]:
    """One on SQLite, for what another engine does otherwise."""
    async with organisation(tmp_path) as made:
        yield made
