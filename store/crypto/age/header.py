"""The header of an age file: who can unwrap the file key, and a MAC over it (C2SP age, "Header").

::

    age-encryption.org/v1
    -> mlkem768x25519 U7E10Aon27j1oDrH7fP3B++SPROSnDVvQ…      one stanza for one recipient
    c/k+TjhBA6Je1DF8rxZhe2Jm8CN0zbkV9rre6nA8g98
    --- HK2NmOBN9Dpq0Gw6xMCuhFcQlQLvZ/wQUi/2scLG75s           HMAC up to and including "---"

Parsing is strict: exactly the grammar, canonical base64, and not more than a small machine bears.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from store.model.errors import Tampered, TooLong, Unreadable

MAX_HEADER = 64 * 1024
"""Bytes of a header that a reader accepts."""
MAX_STANZAS = 32
"""Stanzas of a header that a reader accepts and a writer writes."""

_VERSION = b"age-encryption.org/v1\n"
_COLUMNS = 64
_STANZA = re.compile(
    rb"-> (?P<args>[!-~]+(?: [!-~]+)*)\n"
    rb"(?P<body>(?:[A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/]{0,63}\n)"
)
_HEADER = re.compile(
    rb"(?P<covered>age-encryption\.org/v1\n(?P<stanzas>(?:"
    + re.sub(rb"\?P<\w+>", b"?:", _STANZA.pattern)
    + rb")+)---) (?P<mac>[A-Za-z0-9+/]{43})\n"
)


@dataclass(frozen=True, slots=True)
class Stanza:
    """One wrapping of the file key: arguments, the first of which is the kind, and a body."""

    args: tuple[bytes, ...]
    body: bytes

    @property
    def kind(self) -> bytes:
        """Return the first argument, which names the kind of key that unwraps the stanza."""
        return self.args[0]

    def encode(self) -> bytes:
        """Encode the stanza for a header: the body wrapped at 64 columns, last line short."""
        text = b64encode(self.body)
        lines = [text[at : at + _COLUMNS] for at in range(0, len(text) + 1, _COLUMNS)]
        return b"\n".join([b"-> " + b" ".join(self.args), *lines, b""])


@dataclass(frozen=True, slots=True)
class Header:
    """A parsed header: its stanzas, and the MAC with the bytes that it covers."""

    stanzas: tuple[Stanza, ...]
    covered: bytes
    mac: bytes

    @classmethod
    def parse(cls, header: bytes) -> "Header":
        """Parse a header; raise ``Unreadable`` or ``TooLong`` for other bytes."""
        found = _HEADER.fullmatch(header) if len(header) <= MAX_HEADER else None
        if found is None:
            raise Unreadable("The header of an age file does not follow its grammar.")
        stanzas = tuple(map(_stanza, _STANZA.finditer(found["stanzas"])))
        _check_company(stanzas)
        return cls(stanzas, found["covered"], b64decode(found["mac"]))

    def check(self, file_key: bytes) -> None:
        """Raise ``Tampered`` unless the MAC was made with this file key."""
        try:
            _mac(file_key, self.covered).verify(self.mac)
        except InvalidSignature:
            raise Tampered("The header of an age file was changed after it was sealed.") from None


def encode_header(stanzas: Sequence[Stanza], file_key: bytes) -> bytes:
    """Encode the whole header: version line, stanzas and the MAC under the file key."""
    covered = _VERSION + b"".join(stanza.encode() for stanza in stanzas) + b"---"
    return covered + b" " + b64encode(_mac(file_key, covered).finalize()) + b"\n"


def split(data: bytes) -> tuple[bytes, bytes]:
    """Split a file into header and payload; raise ``Unreadable`` if there is no header."""
    if not data.startswith(_VERSION):
        raise Unreadable("This is not an age file of version 1, or not a binary one.")
    mac_line = data.find(b"\n---", 0, MAX_HEADER)
    end = data.find(b"\n", mac_line + 1, MAX_HEADER) + 1
    if mac_line < 0 or end == 0:
        raise Unreadable("The header of an age file does not end. Is the file complete?")
    return data[:end], data[end:]


def b64encode(data: bytes) -> bytes:
    """Encode as unpadded standard base64 (RFC 4648, section 4)."""
    return base64.b64encode(data).rstrip(b"=")


def b64decode(text: bytes) -> bytes:
    """Decode unpadded canonical base64; raise ``Unreadable`` for every other spelling."""
    try:
        data = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        data = b""
    if b64encode(data) != text:
        raise Unreadable("An age file holds base64 that is not canonical.")
    return data


def _stanza(found: re.Match[bytes]) -> Stanza:
    return Stanza(tuple(found["args"].split(b" ")), b64decode(found["body"].replace(b"\n", b"")))


def _check_company(stanzas: tuple[Stanza, ...]) -> None:
    if len(stanzas) > MAX_STANZAS:
        raise TooLong(f"An age file names more than {MAX_STANZAS} recipients; it is not opened.")
    if len(stanzas) > 1 and any(stanza.kind == b"scrypt" for stanza in stanzas):
        raise Unreadable("An age file has a passphrase beside other recipients; nobody may.")


def _mac(file_key: bytes, covered: bytes) -> HMAC:
    mac = HMAC(HKDF(SHA256(), 32, salt=None, info=b"header").derive(file_key), SHA256())
    mac.update(covered)
    return mac
