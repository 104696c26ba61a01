"""A store with three readers and nobody's story."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.unit.store.organisation import Organisation, organisation


@pytest.fixture
async def org(tmp_path: Path) -> AsyncIterator[Organisation]:
    """Migrated, with a keyring of no day yet."""
    async with organisation(tmp_path) as made:
        yield made
