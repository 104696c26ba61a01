"""Fixtures for every folder."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.databases import SQLITE, migrated
from tests.doubles.matrix.fixtures import own_synapse, synapse
from tests.doubles.postgresql import Postgresql, running
from tests.kept_parts import close_all
from tests.rig import SQLITE_URL, Rig, make_rig

__all__ = ["own_synapse", "synapse"]

# The same examples on every machine, and no deadline: the cores are shared, and a slow moment is
# no fault of a law.
settings.register_profile("holdfast", derandomize=True, deadline=None)
settings.load_profile("holdfast")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Postgresql]:
    """The server of this process; tests take databases of it from ``tests.databases``."""
    with running() as server:
        yield server


@pytest.fixture
async def postgresql_url(postgresql: Postgresql) -> AsyncIterator[str]:
    """Where a migrated database of PostgreSQL is that holds nothing."""
    async with migrated(postgresql) as name:
        yield postgresql.url(name)


@pytest.fixture
def store_url(request: pytest.FixtureRequest) -> str:
    """Where an organisation keeps its rows: in a file, and ``ON_BOTH_ENGINES`` on a server."""
    if getattr(request, "param", SQLITE) == SQLITE:
        return SQLITE_URL
    url: str = request.getfixturevalue("postgresql_url")
    return url


@pytest.fixture
def rig(tmp_path: Path, store_url: str) -> Rig:
    """An organisation with three readers and nobody's story."""
    return make_rig(tmp_path, url=store_url)


@pytest.fixture(autouse=True)
def _databases_are_closed() -> Iterator[None]:
    """Close what rigs left open, so that no file outlives its test's folder."""
    yield
    close_all()


@pytest.fixture(autouse=True)
def _retry_after_is_a_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    # python-telegram-bot warns whoever reads it as a number.
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
