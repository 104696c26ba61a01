"""Signed JSON (appendices, "Signing JSON"), written apart from the bot's own."""

import base64
import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tests.doubles.matrix.homeserver.shapes import Json


def canonical(value: Json) -> bytes:
    """Encode what is signed of an object."""
    covered = {k: v for k, v in value.items() if k not in {"signatures", "unsigned"}}
    text = json.dumps(covered, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def unpadded(data: bytes) -> str:
    """Write bytes as Matrix does."""
    return base64.b64encode(data).decode().rstrip("=")


def plain(text: str) -> bytes:
    """Read bytes as Matrix writes them."""
    return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)


def is_signed(value: Any, user: str, key: str) -> bool:
    """Say whether this public key of this user signed the object; its id is any."""
    for signature in dict(value.get("signatures", {})).get(user, {}).values():
        try:
            Ed25519PublicKey.from_public_bytes(plain(key)).verify(
                plain(signature), canonical(value)
            )
        except (InvalidSignature, ValueError, TypeError):
            continue
        return True
    return False


def add_signature(value: Json, user: str, key_id: str, signature: str) -> Json:
    """Return the object with one more signature."""
    signatures = {name: dict(own) for name, own in value.get("signatures", {}).items()}
    signatures.setdefault(user, {})[f"ed25519:{key_id}"] = signature
    return {**value, "signatures": signatures}


class SigningKey:
    """A key of an identity."""

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()
        self.public = unpadded(self._key.public_key().public_bytes_raw())

    def sign(self, value: Json, user: str) -> Json:
        """Return the object with this key's signature."""
        signature = unpadded(self._key.sign(canonical(value)))
        return add_signature(value, user, self.public, signature)
