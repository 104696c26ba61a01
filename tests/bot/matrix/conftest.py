"""A homeserver, people with clients, and waiting that is over soon."""

import pytest

from bot import patience
from bot.matrix import service
from tests.bot.matrix.between import between
from tests.matrix.fixtures import clients, own_synapse, synapse

__all__ = ["between", "clients", "own_synapse", "synapse"]


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "FIRST_SECONDS", 0.05)
    monkeypatch.setattr(patience, "LONGEST_SECONDS", 0.5)
    monkeypatch.setattr(patience, "MARGIN_SECONDS", 0.02)
    monkeypatch.setattr(service, "TRY_AGAIN_SECONDS", 0.01)
