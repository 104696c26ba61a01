import hashlib
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.exceptions import UnsupportedAlgorithm

from store.crypto import self_test as selftest
from store.crypto.age import keys as age_keys
from store.model.errors import BrokenBackend


def test_this_backend_is_sound() -> None:
    selftest.check_backend()


@pytest.mark.parametrize(
    ("primitive", "answer"),
    [
        ("Ed25519PrivateKey", "Ed25519"),
        ("ChaCha20Poly1305", "ChaCha20-Poly1305"),
        ("HKDF", "HKDF"),
        ("Argon2id", "Argon2id"),
    ],
)
def test_a_missing_primitive_is_named(
    monkeypatch: pytest.MonkeyPatch, primitive: str, answer: str
) -> None:
    monkeypatch.setattr(selftest, primitive, _unsupported)
    with pytest.raises(BrokenBackend, match=f"for {answer}. Nothing was read"):
        selftest.check_backend()


def test_a_backend_without_the_hybrid_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(age_keys, "Suite", _unsupported)
    with pytest.raises(BrokenBackend, match="a hybrid file"):
        selftest.check_backend()


def test_another_expansion_of_the_seed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(age_keys, "hashlib", SimpleNamespace(shake_256=hashlib.shake_128))
    with pytest.raises(BrokenBackend, match="the hybrid key"):
        selftest.check_backend()


def test_a_backend_that_seals_what_it_cannot_open_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        age_keys.Recipient, "wrap", _sealing_something_else(age_keys.Recipient.wrap)
    )
    with pytest.raises(BrokenBackend, match="sealing"):
        selftest.check_backend()


def test_a_signature_that_is_never_refused_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selftest, "Ed25519PrivateKey", _Credulous)
    with pytest.raises(BrokenBackend, match="Ed25519"):
        selftest.check_backend()


class _Credulous:
    """Signs anything and believes everything."""

    @classmethod
    def from_private_bytes(cls, raw: bytes) -> "_Credulous":
        return cls()

    def public_key(self) -> "_Credulous":
        return self

    def sign(self, data: bytes) -> bytes:
        return bytes(64)

    def verify(self, signature: bytes, data: bytes) -> None:
        pass


def _unsupported(*args: object, **kwargs: object) -> Any:
    raise UnsupportedAlgorithm("not in this build")


def _sealing_something_else(wrap: Callable[..., Any]) -> Callable[..., Any]:
    return lambda recipient, file_key: wrap(recipient, bytes(16))
