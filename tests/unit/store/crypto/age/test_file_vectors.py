"""The C2SP CCTV vectors of age, as npm's cctv-age 0.2.0 carries them, against our reader.

A vector is a few lines ``key: value``, an empty line and a file of age, perhaps compressed.
"""

import base64
import hashlib
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Final

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from store.crypto.age.file import (
    Identity,
    PayloadOpener,
    PayloadSealer,
    X25519Identity,
    decrypt,
    decrypt_passphrase,
    is_mixed,
    open_header,
    open_payload,
    seal_payload,
    split,
)
from store.crypto.age.header import Header, encode_header
from store.model.errors import Locked, NotForUs, StoreError, Tampered, TooLong, Unreadable
from tests.doubles.node.typage import run_script

# Armor is an envelope of text around a file; this program reads and writes binary files only.
_ARMORED: Final = frozenset(
    {
        "armor_crlf",
        "armor_empty",
        "armor_empty_last_line",
        "armor_empty_line_begin",
        "armor_empty_line_end",
        "armor_eol_between_padding",
        "armor_full_last_line",
        "armor_garbage_encoded",
        "armor_garbage_leading",
        "armor_garbage_trailing",
        "armor_header_crlf",
        "armor_headers",
        "armor_hybrid",
        "armor_invalid_character_header",
        "armor_invalid_character_payload",
        "armor_long_line",
        "armor_lowercase",
        "armor_no_end_line",
        "armor_no_eol",
        "armor_no_match",
        "armor_no_padding",
        "armor_not_canonical",
        "armor_pgp_checksum",
        "armor_scrypt",
        "armor_short_line",
        "armor_whitespace_begin",
        "armor_whitespace_end",
        "armor_whitespace_eol",
        "armor_whitespace_last_line",
        "armor_whitespace_line_start",
        "armor_whitespace_outside",
        "armor_wrong_type",
        "armor_x25519",
    }
)

# A reader may name a failure more closely than the vectors do.
_FAILURES: Final[dict[str, tuple[type[StoreError], ...]]] = {
    "no match": (NotForUs, Locked),
    "HMAC failure": (Tampered,),
    "payload failure": (Tampered,),
    "header failure": (Unreadable, TooLong),
}


@dataclass(frozen=True, slots=True)
class Vector:
    expect: str
    payload_sha256: str
    file_key: bytes
    identities: tuple[Identity | X25519Identity, ...]
    passphrases: tuple[str, ...]
    armored: bool
    file: bytes

    @classmethod
    def parse(cls, raw: bytes) -> "Vector":
        head, file = raw.split(b"\n\n", 1)
        lines = [line.split(": ", 1) for line in head.decode().splitlines()]
        one = dict(lines)
        return cls(
            expect=one["expect"],
            payload_sha256=one.get("payload", ""),
            file_key=bytes.fromhex(one["file key"]),
            identities=tuple(_identity(value) for key, value in lines if key == "identity"),
            passphrases=tuple(value for key, value in lines if key == "passphrase"),
            armored=one.get("armored") == "yes",
            file=zlib.decompress(file) if one.get("compressed") == "zlib" else file,
        )

    def readers(self) -> list[Callable[[bytes], bytes]]:
        """Every way in which the vector's keys can be tried on the file."""
        by_phrase = [
            lambda file, p=phrase: decrypt_passphrase(file, p) for phrase in self.passphrases
        ]
        by_key = [lambda file: decrypt(file, self.identities)]
        return by_phrase + (by_key if self.identities or not self.passphrases else [])


def _identity(text: str) -> Identity | X25519Identity:
    kind = Identity if text.startswith("AGE-SECRET-KEY-PQ-") else X25519Identity
    return kind.parse(text)


@cache
def _vectors() -> dict[str, Vector]:
    exported: dict[str, str] = run_script("vectors.mjs")
    return {name: Vector.parse(base64.b64decode(text)) for name, text in exported.items()}


def _names(*expected: str) -> list[str]:
    return [
        name
        for name, vector in _vectors().items()
        if name not in _ARMORED and (not expected or vector.expect in expected)
    ]


def test_every_vector_is_run_or_excluded_by_name() -> None:
    armored = {name for name, vector in _vectors().items() if vector.armored}
    assert armored == _ARMORED
    kinds = Counter(
        bool(vector.passphrases) for name, vector in _vectors().items() if name in _names()
    )
    assert kinds == {False: 85, True: 25}
    assert (len(_vectors()), len(_ARMORED), len(_names())) == (143, 33, 110)


@pytest.mark.parametrize("name", _names("success"))
def test_a_good_file_opens(name: str) -> None:
    vector = _vectors()[name]
    (read,) = vector.readers()
    assert hashlib.sha256(read(vector.file)).hexdigest() == vector.payload_sha256


@pytest.mark.parametrize("name", _names(*_FAILURES))
def test_a_bad_file_is_refused_for_the_right_reason(name: str) -> None:
    vector = _vectors()[name]
    assert vector.readers()
    for read in vector.readers():
        with pytest.raises(StoreError) as refused:
            read(vector.file)
        assert refused.type in _FAILURES[vector.expect]


@pytest.mark.parametrize("name", _names("HMAC failure"))
def test_a_wrong_mac_is_found_before_the_payload(name: str) -> None:
    vector = _vectors()[name]
    with pytest.raises(Tampered, match="header"):
        open_header(split(vector.file)[0], vector.identities)


@pytest.mark.parametrize("name", _names("payload failure"))
def test_a_bad_payload_stands_below_a_good_header(name: str) -> None:
    vector = _vectors()[name]
    header, payload = split(vector.file)
    assert open_header(header, vector.identities) == vector.file_key
    with pytest.raises(Tampered, match="payload"):
        open_payload(vector.file_key, payload)


@pytest.mark.parametrize("name", _names("success", "no match", "HMAC failure", "payload failure"))
def test_a_header_that_parses_is_encoded_to_the_same_bytes(name: str) -> None:
    vector = _vectors()[name]
    header = Header.parse(split(vector.file)[0])
    again = encode_header(header.stanzas, vector.file_key)
    assert again.startswith(header.covered + b" ")
    if vector.expect in {"success", "payload failure"}:
        assert again == split(vector.file)[0]


_SIZES: Final = (4_095, 65_536, 65_552, 1_000_000)
"""Bytes of the pieces in which a payload comes: smaller than a chunk, and as large, and larger."""


def _in_pieces(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


def _opened(file_key: bytes, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """What comes out, piece by piece, up to the end or to the refusal."""
    opener = PayloadOpener(file_key)
    yield from map(opener.add, pieces)
    yield opener.finish()


@pytest.mark.parametrize("size", _SIZES)
@pytest.mark.parametrize("name", _names("success"))
def test_a_good_file_opens_piece_by_piece(name: str, size: int) -> None:
    vector = _vectors()[name]
    _, payload = split(vector.file)
    opened = b"".join(_opened(vector.file_key, _in_pieces(payload, size)))
    assert hashlib.sha256(opened).hexdigest() == vector.payload_sha256


def _opened_before_the_end(file_key: bytes, payload: bytes) -> bytes:
    """What of a bad payload is in its place: all chunks that open as others than the last one."""
    nonce, *chunks = payload[:16], *_in_pieces(payload[16:], 65_552)
    key = HKDF(SHA256(), 32, salt=nonce, info=b"payload").derive(file_key)
    opened = b""
    with suppress(InvalidTag):
        for number, chunk in enumerate(chunks):
            opened += ChaCha20Poly1305(key).decrypt(
                number.to_bytes(11, "big") + b"\0", chunk, None
            )
    return opened


@pytest.mark.parametrize("size", _SIZES)
@pytest.mark.parametrize("name", _names("payload failure"))
def test_a_bad_payload_never_ends_piece_by_piece(name: str, size: int) -> None:
    """Nothing comes out that is not in its place; and the end, by which it counts, is refused."""
    vector = _vectors()[name]
    _, payload = split(vector.file)
    opened: list[bytes] = []
    with pytest.raises(Tampered, match="payload"):
        opened.extend(_opened(vector.file_key, _in_pieces(payload, size)))
    assert _opened_before_the_end(vector.file_key, payload).startswith(b"".join(opened))


@pytest.mark.parametrize("size", _SIZES)
@pytest.mark.parametrize("name", _names("success"))
def test_a_payload_is_sealed_piece_by_piece_to_the_same_bytes(name: str, size: int) -> None:
    vector = _vectors()[name]
    _, payload = split(vector.file)
    sealer = PayloadSealer(vector.file_key, lambda size: payload[:size])
    pieces = _in_pieces(open_payload(vector.file_key, payload), size)
    assert b"".join([*map(sealer.add, pieces), sealer.finish()]) == payload
    assert sealer.digest() == hashlib.sha256(payload).digest()


@pytest.mark.parametrize("name", _names("success"))
def test_a_payload_that_opens_is_sealed_to_the_same_bytes(name: str) -> None:
    vector = _vectors()[name]
    _, payload = split(vector.file)
    plaintext = open_payload(vector.file_key, payload)
    assert seal_payload(vector.file_key, plaintext, lambda size: payload[:size]) == payload


def test_the_one_mixed_file_opens_and_is_reported() -> None:
    mixed = {name for name in _names("success") if is_mixed(split(_vectors()[name].file)[0])}
    assert mixed == {"hybrid_and_x25519"}
