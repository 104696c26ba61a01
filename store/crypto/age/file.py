"""Files of age v1 (C2SP age), as a case keeps them and its readers open them.

A file is a header, which wraps a 16-byte file key for its recipients, and a payload under that
file key. The two can be parted: a grant is a second header over the same payload, and deleting
that header takes the grant back. What is long is sealed and opened piece by piece, with
``PayloadSealer`` and ``PayloadOpener`` behind a header. Only hybrid keys are sealed to. Nothing
here says who wrote a file; that takes a signature.
"""

from collections.abc import Sequence

from store.crypto.age import passphrase as age_passphrase
from store.crypto.age.header import MAX_STANZAS, Header, encode_header, split
from store.crypto.age.keys import FILE_KEY, Identity, Recipient, X25519Identity
from store.crypto.age.stream import (
    Entropy,
    PayloadOpener,
    PayloadSealer,
    open_payload,
    seal_payload,
)
from store.model.errors import NotForUs, TooLong

__all__ = [
    "Entropy",
    "Identity",
    "PayloadOpener",
    "PayloadSealer",
    "Recipient",
    "X25519Identity",
    "count_stanzas",
    "decrypt",
    "decrypt_passphrase",
    "encrypt",
    "encrypt_passphrase",
    "is_mixed",
    "open_header",
    "open_payload",
    "seal_payload",
    "split",
    "write_header",
]


def encrypt(plaintext: bytes, recipients: Sequence[Recipient], entropy: Entropy) -> bytes:
    """Encrypt a whole file under a fresh file key, which each of the recipients can open."""
    file_key = entropy(FILE_KEY)
    return write_header(file_key, recipients) + seal_payload(file_key, plaintext, entropy)


def decrypt(data: bytes, identities: Sequence[Identity | X25519Identity]) -> bytes:
    """Decrypt a whole file; raise the errors of ``open_header`` and ``open_payload``."""
    header, payload = split(data)
    return open_payload(open_header(header, identities), payload)


def write_header(file_key: bytes, recipients: Sequence[Recipient]) -> bytes:
    """Write a header with one stanza for each recipient: 70 + 1557 bytes each."""
    if len(file_key) != FILE_KEY or not recipients:
        raise ValueError("a header needs a file key of 16 bytes and somebody who can unwrap it")
    if len(recipients) > MAX_STANZAS:
        raise TooLong(f"A file can be sealed to {MAX_STANZAS} recipients at most. Make two files.")
    return encode_header([recipient.wrap(file_key) for recipient in recipients], file_key)


def open_header(header: bytes, identities: Sequence[Identity | X25519Identity]) -> bytes:
    """Unwrap the file key.

    ``Unreadable`` if the header is malformed, ``NotForUs`` if none of the identities unwraps it,
    ``Tampered`` if its MAC does not hold.
    """
    parsed = Header.parse(header)
    unwrapped = (each.unwrap(stanza) for stanza in parsed.stanzas for each in identities)
    file_key = next((key for key in unwrapped if key is not None), None)
    if file_key is None:
        raise NotForUs("None of the keys at hand opens this file. Was it sealed for another one?")
    parsed.check(file_key)
    return file_key


def count_stanzas(header: bytes) -> int:
    """Count the wrappings of a header, of any kind: a file for one reader has one."""
    return len(Header.parse(header).stanzas)


def is_mixed(header: bytes) -> bool:
    """Check for a weaker X25519 stanza beside a hybrid one, which it would undo.

    Such a file opens, because the format allows it, and its reader is warned.
    """
    kinds = {stanza.kind for stanza in Header.parse(header).stanzas}
    return {b"X25519", b"mlkem768x25519"} <= kinds


def encrypt_passphrase(
    plaintext: bytes, passphrase: str, work_factor: int, entropy: Entropy
) -> bytes:
    """Encrypt a whole file with a passphrase; one try costs 2 to the power of the factor."""
    file_key = entropy(FILE_KEY)
    stanza = age_passphrase.wrap(file_key, passphrase, work_factor, entropy)
    return encode_header([stanza], file_key) + seal_payload(file_key, plaintext, entropy)


def decrypt_passphrase(data: bytes, passphrase: str, max_work_factor: int = 20) -> bytes:
    """Decrypt a file with its passphrase; raise ``Locked`` for another one.

    ``NotForUs`` if the file is sealed to keys instead; else as ``decrypt``.
    """
    header, payload = split(data)
    parsed = Header.parse(header)
    file_key = age_passphrase.unwrap(parsed.stanzas[0], passphrase, max_work_factor)
    parsed.check(file_key)
    return open_payload(file_key, payload)
