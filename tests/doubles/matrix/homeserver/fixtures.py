"""What tests on the homeserver in memory stand on."""

from collections.abc import AsyncIterator

import pytest

from tests.doubles.matrix.homeserver.people import People
from tests.doubles.matrix.homeserver.server import Homeserver


@pytest.fixture
async def homeserver() -> AsyncIterator[Homeserver]:
    """A server of the test's own; its end fails if a request was none of the specification's."""
    async with Homeserver() as server:
        yield server


@pytest.fixture
async def people(homeserver: Homeserver) -> AsyncIterator[People]:
    """Where people of that server have their clients."""
    async with People(homeserver) as running:
        yield running
