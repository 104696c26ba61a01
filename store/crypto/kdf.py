"""Key derivation and sealing: the few constructions that everything at rest is made of.

HKDF is RFC 5869 with SHA-256, HMAC is RFC 2104 with SHA-256, the AEAD is ChaCha20-Poly1305
(RFC 8439), the slow hash is Argon2id v1.3 (RFC 9106). docs/cryptography.md names each use.
"""

import hashlib
import hmac
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from store.model.errors import Tampered, TooLong

Entropy = Callable[[int], bytes]
"""Draws that many random bytes. Made once, in the composition root."""

ZERO_NONCE = bytes(12)
"""For keys that seal one thing only."""

NONCE_BYTES = 12


def digest(data: bytes) -> bytes:
    """Compute SHA-256."""
    return hashlib.sha256(data).digest()


def mac(key: bytes, data: bytes) -> bytes:
    """Compute HMAC-SHA-256, 32 bytes."""
    return hmac.digest(key, data, "sha256")


def extract(salt: bytes, ikm: bytes) -> bytes:
    """Apply HKDF-Extract (RFC 5869, section 2.2); 32 bytes."""
    return mac(salt, ikm)


def expand(prk: bytes, info: bytes, length: int) -> bytes:
    """Apply HKDF-Expand (RFC 5869, section 2.3)."""
    return HKDFExpand(SHA256(), length, info).derive(prk)


def slow_hash(password: bytes, salt: bytes, lanes: int) -> bytes:
    """Apply Argon2id with 64 MiB and three passes; 32 bytes. Never on the event loop.

    The library hangs for ever if two calls with more than one lane run at once.
    """
    kdf = Argon2id(salt=salt, length=32, iterations=3, lanes=lanes, memory_cost=65_536)
    return kdf.derive(password)


def lock(key: bytes, nonce: bytes, context: bytes, plain: bytes) -> bytes:
    """Encrypt with the AEAD: ciphertext and 16-byte tag."""
    return ChaCha20Poly1305(key).encrypt(nonce, plain, context)


def unlock(key: bytes, nonce: bytes, context: bytes, sealed: bytes) -> bytes:
    """Decrypt what ``lock`` encrypted; raise ``Tampered`` for anything else."""
    try:
        return ChaCha20Poly1305(key).decrypt(nonce, sealed, context)
    except InvalidTag:
        raise Tampered("A sealed record was changed or belongs elsewhere.") from None


def seal(key: bytes, context: bytes, plain: bytes, entropy: Entropy) -> bytes:
    """Encrypt under a random nonce, which stands first: for keys that seal more than once."""
    nonce = entropy(NONCE_BYTES)
    return nonce + lock(key, nonce, context, plain)


def unseal(key: bytes, context: bytes, sealed: bytes) -> bytes:
    """Decrypt what ``seal`` encrypted; raise ``Tampered`` for anything else."""
    if len(sealed) < NONCE_BYTES:
        raise Tampered("A sealed record is cut.")
    return unlock(key, sealed[:NONCE_BYTES], context, sealed[NONCE_BYTES:])


def pad(size: int, plain: bytes) -> bytes:
    """Pad to ``size``: length as u16, the bytes, zeros. Raise ``TooLong`` if they do not fit."""
    if len(plain) > size - 2:
        raise TooLong("A record does not fit its fixed size.")
    return (len(plain).to_bytes(2, "big") + plain).ljust(size, b"\x00")


def unpad(padded: bytes) -> bytes:
    """Remove the padding of ``pad``; raise ``Tampered`` unless it is zeros."""
    end = 2 + int.from_bytes(padded[:2], "big")
    if end > len(padded) or padded[end:].strip(b"\x00"):
        raise Tampered("A padded record does not follow its format.")
    return padded[2:end]
