"""The store on SQLite, whose engine most tests here are about."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.unit.store.organisation import Organisation, organisation


@pytest.fixture
async def org(tmp_path: Path) -> AsyncIterator[Organisation]:
    """Migrated, with a keyring of no day yet, in a file."""
    async with organisation(tmp_path) as made:
        yield made
