"""A double whose clock is the organisation's, and waiting that is over soon."""

from collections.abc import AsyncIterator

import pytest

from bot.runtime import inbox_worker
from bot.runtime import rate_limits as patience
from tests.doubles.telegram.double import Double
from tests.rig import Rig


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "FIRST_SECONDS", 0.02)
    monkeypatch.setattr(patience, "LONGEST_SECONDS", 0.2)
    monkeypatch.setattr(patience, "MARGIN_SECONDS", 0.02)
    monkeypatch.setattr(inbox_worker, "RETRY_SECONDS", 0.01)
    # python-telegram-bot warns whoever reads it as a number.
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
async def double(rig: Rig) -> AsyncIterator[Double]:
    async with Double(clock=lambda: rig.clock().timestamp()) as running:
        yield running
