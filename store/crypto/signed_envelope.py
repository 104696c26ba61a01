"""Signed envelopes: a record and an Ed25519 signature over exactly its bytes (RFC 8032).

An envelope is the CBOR array ``[body, signature]``; the body is the CBOR of a record with its
version ``v`` and its type ``t``. The signature covers the type, too, so that no body can be
passed off as another kind (docs/cryptography.md, section 2).
"""

import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from store.crypto import cbor
from store.crypto.labels import Label, derive_label, signature_label
from store.model.errors import Tampered, Unreadable

VERSIONS = (1, 2)
"""Versions of signed bodies that are read; what they mean is up to each kind of body."""

PUBLIC_KEY_BYTES = 32
SIGNATURE_BYTES = 64


@dataclass(frozen=True, slots=True, repr=False)
class Envelope:
    """A record as it was signed. Its existence proves nothing; ``verify`` does."""

    kind: str
    fields: cbor.Map
    body: bytes
    signature: bytes

    def __repr__(self) -> str:
        return f"Envelope({self.kind!r}, …)"

    @property
    def hash(self) -> bytes:
        """Compute the 32 bytes by which other records name this one."""
        return statement_hash(self.body)

    def encode(self) -> bytes:
        """Encode the bytes that are stored and sent."""
        return cbor.encode([self.body, self.signature])


def statement_hash(body: bytes) -> bytes:
    """Compute SHA-256 over the label and the body, without the signature."""
    return hashlib.sha256(derive_label(Label.STATEMENT, body)).digest()


def sign(fields: cbor.Map, seed: bytes) -> Envelope:
    """Sign fields (with ``v`` and ``t``) with the key of a 32-byte seed."""
    body = cbor.encode(dict(fields))
    kind = _kind(fields)
    key = Ed25519PrivateKey.from_private_bytes(seed)
    return Envelope(kind, fields, body, key.sign(signature_label(kind, body)))


def parse(raw: bytes) -> Envelope:
    """Parse an envelope without verifying it, to find the key that should have signed it."""
    match cbor.decode(raw, "This signed record"):
        case [bytes(body), bytes(signature)] if len(signature) == SIGNATURE_BYTES:
            fields = cbor.decode_map(body, "This signed record", VERSIONS)
            return Envelope(_kind(fields), fields, body, signature)
        case _:
            raise Unreadable("This signed record has another shape than a body and a signature.")


def verify(raw: bytes, public_key: bytes) -> Envelope:
    """Verify that this 32-byte key signed the envelope; raise ``Tampered`` otherwise."""
    envelope = parse(raw)
    message = signature_label(envelope.kind, envelope.body)
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(envelope.signature, message)
    except (InvalidSignature, ValueError):
        raise Tampered(
            "A signature does not hold: this record was changed, or signed with another key."
            " Do not rely on it; ask for it again from where it came."
        ) from None
    return envelope


def _kind(fields: cbor.Map) -> str:
    kind = fields.get("t")
    if not isinstance(kind, str):
        raise Unreadable("This signed record does not say what kind it is.")
    return kind
