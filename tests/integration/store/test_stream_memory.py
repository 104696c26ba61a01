"""A large item costs little memory, on both engines."""

import asyncio
import json
import secrets
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from store.crypto.keyring import create_keyring
from tests.databases import migrated
from tests.unit.store.streaming import LARGE

ROOT = Path(__file__).parents[3]
MEGABYTE = 1000 * 1000


@pytest.fixture(params=["sqlite", "postgresql"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """A database on each engine."""
    create_keyring(tmp_path / "keyring", secrets.token_bytes)
    (tmp_path / "data").mkdir()
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'data' / 'holdfast.db'}"
    else:
        server = request.getfixturevalue("postgresql")
        async with migrated(server) as name:
            yield server.url(name)


async def measured(url: str, folder: Path, how: str) -> dict[str, int]:
    """Seal and open a large item in a process of its own; by how much its memory grew."""
    command = (sys.executable, "-m", "tests.unit.store.streaming", url, str(folder), how)
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=pipe)
    printed, _ = await process.communicate()
    assert process.returncode == 0
    grew: dict[str, int] = json.loads(printed)
    return grew


@pytest.mark.timeout(180)
async def test_fifty_megabytes_take_less_than_twenty(url: str, tmp_path: Path) -> None:
    grew = await measured(url, tmp_path, "streamed")
    assert grew.keys() == {"sealed", "opened"}
    assert max(grew.values()) < 20 * MEGABYTE, grew


@pytest.mark.timeout(180)
async def test_the_measure_sees_an_item_that_lies_in_memory_whole(
    url: str, tmp_path: Path
) -> None:
    grew = await measured(url, tmp_path, "whole")
    assert min(grew.values()) > LARGE, grew
