"""Talks whose take-back codes are stretched cheaply: ``store.cases`` has the tests of the rest."""

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from store.cases import takeback


def _cheap_hash(password: bytes, salt: bytes, lanes: int) -> bytes:
    """Argon2id with the least memory, in one pass."""
    kdf = Argon2id(salt=salt, length=32, iterations=1, lanes=lanes, memory_cost=8 * lanes)
    return kdf.derive(password)


@pytest.fixture(autouse=True)
def _codes_are_stretched_cheaply(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(takeback, "slow_hash", _cheap_hash)
