"""A homeserver, people with clients, and waiting that is over soon."""

import pytest

from bot.platforms import intake
from bot.runtime import rate_limits as patience
from tests.doubles.matrix.fixtures import clients, own_synapse, synapse
from tests.integration.matrix.between import between

__all__ = ["between", "clients", "own_synapse", "synapse"]


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "FIRST_SECONDS", 0.05)
    monkeypatch.setattr(patience, "LONGEST_SECONDS", 0.5)
    monkeypatch.setattr(patience, "MARGIN_SECONDS", 0.02)
    monkeypatch.setattr(intake, "RETRY_SECONDS", 0.01)
