"""The payload of an age file: a nonce, then chunks of 64 KiB in STREAM (C2SP age, "Payload").

A chunk's nonce is its number and whether it is the last, so that chunks can be neither swapped,
dropped nor added. Nothing is given out before every chunk has been checked.
"""

from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from store.model.errors import Tampered, TooLong, Unreadable

Entropy = Callable[[int], bytes]
"""That many bytes of the operating system's randomness; passed in, so that tests repeat."""

MAX_PAYLOAD = 32 * 1024 * 1024
"""Bytes of a payload, nonce and tags included, that a writer writes and a reader accepts."""

_NONCE = 16
_CHUNK = 64 * 1024
_TAG = 16


def seal_payload(file_key: bytes, plaintext: bytes, entropy: Entropy) -> bytes:
    """Seal a payload in chunks after a nonce; raise ``TooLong`` for what readers would refuse."""
    nonce = entropy(_NONCE)
    aead = _aead(file_key, nonce)
    chunks = _numbered(plaintext, _CHUNK)
    payload = nonce + b"".join(aead.encrypt(number, chunk, None) for number, chunk in chunks)
    _check_length(payload)
    return payload


def open_payload(file_key: bytes, payload: bytes) -> bytes:
    """Open a payload, whole or not at all.

    ``Unreadable`` without a nonce, ``Tampered`` if a chunk was changed, cut or added,
    ``TooLong`` beyond 32 MiB.
    """
    _check_length(payload)
    if len(payload) < _NONCE:
        raise Unreadable("An age file ends before its payload begins. Is it complete?")
    nonce, sealed = payload[:_NONCE], payload[_NONCE:]
    chunks = _open_chunks(_aead(file_key, nonce), sealed)
    if len(chunks) > 1 and not chunks[-1]:
        raise Tampered("The payload of an age file ends in an empty chunk, which no writer makes.")
    return b"".join(chunks)


def _open_chunks(aead: ChaCha20Poly1305, sealed: bytes) -> list[bytes]:
    chunks = _numbered(sealed, _CHUNK + _TAG)
    try:
        return [aead.decrypt(number, chunk, None) for number, chunk in chunks]
    except InvalidTag:
        raise Tampered(
            "The payload of an age file was changed or cut, or belongs to another header."
        ) from None


def _numbered(data: bytes, size: int) -> list[tuple[bytes, bytes]]:
    """Yield each chunk with its nonce: an 11-byte counter, and 1 for the last.

    Empty data is one chunk.
    """
    starts = range(0, max(len(data), 1), size)
    return [
        (number.to_bytes(11, "big") + bytes([start == starts[-1]]), data[start : start + size])
        for number, start in enumerate(starts)
    ]


def _aead(file_key: bytes, nonce: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(HKDF(SHA256(), 32, salt=nonce, info=b"payload").derive(file_key))


def _check_length(payload: bytes) -> None:
    if len(payload) > MAX_PAYLOAD:
        raise TooLong(f"The payload of an age file is longer than {MAX_PAYLOAD} bytes.")
