"""Fixtures: a homeserver, people with clients, and short pauses."""

import pytest

from bot.runtime import inbox_worker, rate_limits
from tests.doubles.matrix.fixtures import clients, own_synapse, synapse
from tests.doubles.matrix.homeserver.fixtures import homeserver, people
from tests.integration.matrix.interceptor import interceptor

__all__ = ["clients", "homeserver", "interceptor", "own_synapse", "people", "synapse"]


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "FIRST_SECONDS", 0.05)
    monkeypatch.setattr(rate_limits, "LONGEST_SECONDS", 0.5)
    monkeypatch.setattr(rate_limits, "MARGIN_SECONDS", 0.02)
    monkeypatch.setattr(inbox_worker, "RETRY_SECONDS", 0.01)
