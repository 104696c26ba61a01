"""Keys of age files: hybrid ML-KEM-768 with X25519, written and read, and X25519, read only.

C2SP age, "native recipient types"; the hybrid is HPKE (RFC 9180) with the KEM MLKEM768-X25519 of
draft-ietf-hpke-pq-03, HKDF-SHA256 and ChaCha20-Poly1305. A private key is a 32-byte seed.
"""

import hashlib
from dataclasses import InitVar, dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from store.crypto.age import bech32
from store.crypto.age.header import Stanza, b64decode, b64encode
from store.model.errors import Unreadable

FILE_KEY = 16
"""Bytes of a file key."""

_HYBRID = b"mlkem768x25519"
_HYBRID_INFO = b"age-encryption.org/mlkem768x25519"
_X25519 = b"X25519"
_X25519_INFO = b"age-encryption.org/v1/X25519"
_MLKEM_PUBLIC = 1184
_POINT = 32
_ENC = 1120
_SEED = 32
_WRAPPED = FILE_KEY + 16
_PROBE = X25519PrivateKey.from_private_bytes(bytes(range(32)))  # no secret: finds dead points


@dataclass(frozen=True, slots=True, repr=False)
class Recipient:
    """A public hybrid key: what can be sealed to. One that exists is valid.

    ``raw`` is the ML-KEM-768 encapsulation key (1184 bytes) and the X25519 point (32 bytes).
    """

    raw: bytes
    key: InitVar[MLKEM768X25519PublicKey | None] = None
    _key: MLKEM768X25519PublicKey = field(init=False, compare=False)

    def __post_init__(self, key: MLKEM768X25519PublicKey | None) -> None:
        # The public half of a private key that is here was computed, and need not be judged.
        object.__setattr__(self, "_key", key or _judged(self.raw))

    def __str__(self) -> str:
        return bech32.encode("age1pq", self.raw)

    def __repr__(self) -> str:
        return "Recipient(…)"

    @classmethod
    def parse(cls, text: str) -> "Recipient":
        """Parse an ``age1pq1…`` string; raise ``Unreadable`` for all else, X25519 keys too."""
        prefix, raw = bech32.decode(text)
        if prefix != "age1pq":
            raise Unreadable("This is not a hybrid public key of age: those begin with age1pq1.")
        return cls(raw)

    def wrap(self, file_key: bytes) -> Stanza:
        """Wrap a file key so that only the matching identity unwraps it.

        The library draws the randomness.
        """
        sealed = _suite().encrypt(file_key, self._key, info=_HYBRID_INFO)
        return Stanza((_HYBRID, b64encode(sealed[:_ENC])), sealed[_ENC:])


@dataclass(frozen=True, slots=True, repr=False)
class Identity:
    """A private hybrid key, kept as its 32-byte seed; it never prints itself."""

    seed: bytes
    _mlkem: MLKEM768PrivateKey = field(init=False, compare=False)
    _point: X25519PrivateKey = field(init=False, compare=False)

    def __post_init__(self) -> None:
        _check_seed(self.seed)
        expanded = hashlib.shake_256(self.seed).digest(96)
        mlkem = MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
        object.__setattr__(self, "_mlkem", mlkem)
        object.__setattr__(self, "_point", X25519PrivateKey.from_private_bytes(expanded[64:]))

    def __repr__(self) -> str:
        return "Identity(hidden)"

    @classmethod
    def parse(cls, text: str) -> "Identity":
        """Parse an ``AGE-SECRET-KEY-PQ-1…`` string; raise ``Unreadable`` for all else."""
        return cls(_secret("AGE-SECRET-KEY-PQ-", text))

    def encode(self) -> str:
        """Encode as an ``AGE-SECRET-KEY-PQ-1…`` string, which no ``str()`` shows."""
        return bech32.encode("age-secret-key-pq-", self.seed).upper()

    @property
    def recipient(self) -> Recipient:
        """Derive the matching public key."""
        mlkem, point = self._mlkem.public_key(), self._point.public_key()
        raw = mlkem.public_bytes_raw() + point.public_bytes_raw()
        return Recipient(raw, MLKEM768X25519PublicKey(mlkem, point))

    def unwrap(self, stanza: Stanza) -> bytes | None:
        """Unwrap the file key; None if the stanza is for another key.

        Raises ``Unreadable`` for a malformed stanza.
        """
        if stanza.kind != _HYBRID:
            return None
        enc = _share(stanza, _ENC)
        _exchange(self._point, enc[-_POINT:])  # the library reports a dead point as "not for us"
        key = MLKEM768X25519PrivateKey(self._mlkem, self._point)
        try:
            return _suite().decrypt(enc + stanza.body, key, info=_HYBRID_INFO)
        except InvalidTag:
            return None


@dataclass(frozen=True, slots=True, repr=False)
class X25519Identity:
    """A private X25519 key: reads files of other programs; nothing here seals to it."""

    scalar: bytes

    def __post_init__(self) -> None:
        _check_seed(self.scalar)

    def __repr__(self) -> str:
        return "X25519Identity(hidden)"

    @classmethod
    def parse(cls, text: str) -> "X25519Identity":
        """Parse an ``AGE-SECRET-KEY-1…`` string; raise ``Unreadable`` for all else."""
        return cls(_secret("AGE-SECRET-KEY-", text))

    def unwrap(self, stanza: Stanza) -> bytes | None:
        """Unwrap the file key; None if the stanza is for another key.

        Raises ``Unreadable`` for a malformed stanza.
        """
        if stanza.kind != _X25519:
            return None
        share = _share(stanza, _POINT)
        private = X25519PrivateKey.from_private_bytes(self.scalar)
        salt = share + private.public_key().public_bytes_raw()
        return open_wrapped(
            HKDF(SHA256(), 32, salt=salt, info=_X25519_INFO).derive(_exchange(private, share)),
            stanza,
        )


def _judged(raw: bytes) -> MLKEM768X25519PublicKey:
    if len(raw) != _MLKEM_PUBLIC + _POINT:
        raise Unreadable("A public key of age has another length than the hybrid kind.")
    try:
        mlkem = MLKEM768PublicKey.from_public_bytes(raw[:_MLKEM_PUBLIC])
    except ValueError:
        raise Unreadable("A public key of age holds no ML-KEM-768 key.") from None
    _exchange(_PROBE, raw[_MLKEM_PUBLIC:])
    point = X25519PublicKey.from_public_bytes(raw[_MLKEM_PUBLIC:])
    return MLKEM768X25519PublicKey(mlkem, point)


def open_wrapped(wrap_key: bytes, stanza: Stanza) -> bytes | None:
    """Open the file key of an X25519 or scrypt stanza; None if the wrap key is another.

    The length is checked first, against partitioning oracles.
    """
    check_body(stanza)
    try:
        return ChaCha20Poly1305(wrap_key).decrypt(bytes(12), stanza.body, None)
    except InvalidTag:
        return None


def check_body(stanza: Stanza) -> None:
    """Raise ``Unreadable`` unless the body has the length of a wrapped 16-byte file key."""
    if len(stanza.body) != _WRAPPED:
        raise Unreadable("A stanza of an age file wraps something that is not a file key.")


def _suite() -> Suite:
    # Made at each use: a backend without the hybrid then fails the self-test, not the import.
    return Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


def _share(stanza: Stanza, size: int) -> bytes:
    if len(stanza.args) != 2:  # noqa: PLR2004 - the kind and the share, C2SP age
        raise Unreadable("A stanza of an age file has more or fewer arguments than its kind.")
    share = b64decode(stanza.args[1])
    if len(share) != size:
        raise Unreadable("A stanza of an age file has a share of another length than its kind.")
    check_body(stanza)
    return share


def _exchange(private: X25519PrivateKey, point: bytes) -> bytes:
    try:
        return private.exchange(X25519PublicKey.from_public_bytes(point))
    except ValueError:  # RFC 7748, section 6.1: the all-zero secret
        raise Unreadable("An age key or stanza holds a point that gives no secret.") from None


def _secret(prefix: str, text: str) -> bytes:
    found, seed = bech32.decode(text)
    if found != prefix:
        raise Unreadable(f"This is not a private key of age of the kind {prefix}1….")
    return seed


def _check_seed(seed: bytes) -> None:
    if len(seed) != _SEED:
        raise Unreadable("A private key of age has another length than 32 bytes.")
