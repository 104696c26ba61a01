"""The payload of an age file: a nonce, then chunks of 64 KiB in STREAM (C2SP age, "Payload").

A chunk's nonce is its number and whether it is the last, so that chunks can be neither swapped,
dropped nor added. ``PayloadSealer`` and ``PayloadOpener`` take pieces of any size and hold one
chunk at a time; ``seal_payload`` and ``open_payload`` do the same with a whole payload.
"""

import hashlib
from collections.abc import Callable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from store.model.errors import Tampered, TooLong, Unreadable

Entropy = Callable[[int], bytes]
"""That many bytes of the operating system's randomness; passed in, so that tests repeat."""

MAX_PAYLOAD = 64 * 1024 * 1024
"""Bytes of a payload, nonce and tags included, that a writer writes and a reader accepts."""

CHUNK = 64 * 1024
"""Bytes of plaintext in each chunk but the last, which may have fewer."""

_NONCE = 16
_TAG = 16


class PayloadSealer:
    """Seals a payload piece by piece, and computes its length and hash meanwhile."""

    def __init__(self, file_key: bytes, entropy: Entropy) -> None:
        """Draw the nonce, with which what is given out begins."""
        self._nonce = entropy(_NONCE)
        self._aead, self._number = _aead(file_key, self._nonce), 0
        self._plaintext = _Chunks(CHUNK)
        self._hash = hashlib.sha256()
        self._taken = 0
        self.size = 0
        """Bytes of the payload that were given out so far."""

    def add(self, plaintext: bytes) -> bytes:
        """Take a piece; return what of the payload is sealed now, which may be nothing.

        Raises ``TooLong`` for what readers would refuse.
        """
        self._taken += len(plaintext)
        _check_length(sealed_size(self._taken))
        return self._give(
            [self._seal(chunk, last=False) for chunk in self._plaintext.add(plaintext)]
        )

    def finish(self) -> bytes:
        """Seal the last chunk and return the rest of the payload; no piece follows."""
        return self._give([self._seal(self._plaintext.rest(), last=True)])

    def digest(self) -> bytes:
        """Return the SHA-256 of what was given out: of the payload, once it is finished."""
        return self._hash.digest()

    def _seal(self, chunk: "bytes | memoryview", *, last: bool) -> bytes:
        self._number += 1
        return self._aead.encrypt(_chunk_nonce(self._number - 1, last=last), chunk, None)

    def _give(self, sealed: list[bytes]) -> bytes:
        if sealed and not self.size:
            sealed.insert(0, self._nonce)
        piece = b"".join(sealed)
        self.size += len(piece)
        self._hash.update(piece)
        return piece


class PayloadOpener:
    """Opens a payload piece by piece.

    What it returns was sealed under this file key and stands in its place. That nothing is missing
    behind it is known only once ``finish`` has returned.
    """

    def __init__(self, file_key: bytes) -> None:
        """Take the file key; the nonce is what the first pieces begin with."""
        self._file_key, self._nonce = file_key, b""
        self._aead: ChaCha20Poly1305 | None = None
        self._number = self._taken = 0
        self._sealed = _Chunks(CHUNK + _TAG)

    def add(self, payload: bytes) -> bytes:
        """Take a piece; return what of the plaintext is checked now, which may be nothing.

        ``Tampered`` if a chunk was changed or moved, ``TooLong`` beyond 64 MiB.
        """
        self._taken += len(payload)
        _check_length(self._taken)
        sealed = memoryview(payload)
        if self._aead is None:
            missing = _NONCE - len(self._nonce)
            self._nonce, sealed = self._nonce + sealed[:missing], sealed[missing:]
            if len(self._nonce) < _NONCE:
                return b""
            self._aead = _aead(self._file_key, self._nonce)
        aead = self._aead
        return b"".join(
            [self._open(aead, chunk, last=False) for chunk in self._sealed.add(sealed)]
        )

    def finish(self) -> bytes:
        """Open the last chunk and return the rest of the plaintext; now it is complete.

        ``Unreadable`` without a nonce, ``Tampered`` if anything was cut or added.
        """
        if self._aead is None:
            raise Unreadable("An age file ends before its payload begins. Is it complete?")
        last = self._open(self._aead, self._sealed.rest(), last=True)
        if not last and self._number > 1:
            raise Tampered(
                "The payload of an age file ends in an empty chunk, which no writer makes."
            )
        return last

    def _open(self, aead: ChaCha20Poly1305, chunk: "bytes | memoryview", *, last: bool) -> bytes:
        self._number += 1
        try:
            return aead.decrypt(_chunk_nonce(self._number - 1, last=last), chunk, None)
        except InvalidTag:
            raise Tampered(
                "The payload of an age file was changed or cut, or belongs to another header."
            ) from None


def seal_payload(file_key: bytes, plaintext: bytes, entropy: Entropy) -> bytes:
    """Seal a whole payload; raise ``TooLong`` for what readers would refuse."""
    sealer = PayloadSealer(file_key, entropy)
    return sealer.add(plaintext) + sealer.finish()


def open_payload(file_key: bytes, payload: bytes) -> bytes:
    """Open a payload, whole or not at all.

    ``Unreadable`` without a nonce, ``Tampered`` if a chunk was changed, cut or added,
    ``TooLong`` beyond 64 MiB.
    """
    opener = PayloadOpener(file_key)
    return opener.add(payload) + opener.finish()


def sealed_size(plaintext: int) -> int:
    """Compute the bytes of the payload of so many bytes of plaintext."""
    chunks = max(1, -(-plaintext // CHUNK))
    return _NONCE + plaintext + _TAG * chunks


class _Chunks:
    """Cuts pieces into chunks of one size, and keeps back what may be the last one."""

    def __init__(self, size: int) -> None:
        self._size, self._kept = size, bytearray()

    def add(self, piece: "bytes | memoryview") -> "Iterator[bytes | memoryview]":
        """Take a piece; yield every chunk behind which something follows."""
        view, start = memoryview(piece), 0
        if self._kept and len(self._kept) + len(view) > self._size:
            start = self._size - len(self._kept)
            self._kept += view[:start]
            yield self.rest()
        while len(view) - start > self._size:
            yield view[start : start + self._size]
            start += self._size
        self._kept += view[start:]

    def rest(self) -> bytes:
        """Take out what was kept back: nothing, if nothing was added."""
        rest = bytes(self._kept)
        self._kept.clear()
        return rest


def _chunk_nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _aead(file_key: bytes, nonce: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(HKDF(SHA256(), 32, salt=nonce, info=b"payload").derive(file_key))


def _check_length(size: int) -> None:
    if size > MAX_PAYLOAD:
        raise TooLong(
            f"The payload of an age file is longer than {MAX_PAYLOAD >> 20} MiB. Make it smaller."
        )
