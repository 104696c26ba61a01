"""What tests of Matrix stand on, for any folder: its conftest.py names what it needs of these."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.doubles.matrix.person import Clients
from tests.doubles.matrix.synapse import Synapse, shared


@pytest.fixture(scope="session")
def synapse(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Synapse]:
    """The server of the whole run; a test has it for itself by fresh accounts."""
    run = tmp_path_factory.getbasetemp()
    with shared((run if worker_id == "master" else run.parent) / "synapse") as server:
        yield server


@pytest.fixture
async def own_synapse(tmp_path: Path) -> AsyncIterator[Synapse]:
    """One that the test may stop, restart and break."""
    async with Synapse(tmp_path / "synapse") as server:
        yield server


@pytest.fixture
async def clients(synapse: Synapse, tmp_path: Path) -> AsyncIterator[Clients]:
    """Where people of the shared server have their clients."""
    async with Clients(synapse, tmp_path / "clients.log") as running:
        yield running
