"""Sign and verify JSON as Matrix does (appendices, "Signing JSON"): Ed25519 on canonical JSON."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from bot.platforms.matrix.http_client import Json

UNSIGNED = frozenset({"signatures", "unsigned"})


def canonical_json(value: Mapping[str, Any]) -> bytes:
    """Encode the part of an object that is signed, sorted and without blanks."""
    covered = {
        key: _with_whole_numbers(item) for key, item in value.items() if key not in UNSIGNED
    }
    encoded = json.dumps(covered, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return encoded.encode()


def unpadded_base64(data: bytes) -> str:
    """Encode bytes in base64 as Matrix writes it, without padding."""
    return base64.b64encode(data).decode().rstrip("=")


def public_key(seed: bytes) -> str:
    """Return the public key of a seed."""
    return unpadded_base64(
        Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    )


def sign(value: Mapping[str, Any], seed: bytes) -> str:
    """Sign an object; return the signature in base64."""
    return unpadded_base64(Ed25519PrivateKey.from_private_bytes(seed).sign(canonical_json(value)))


def add_signature(value: Json, user: str, key: str, signed: str) -> Json:
    """Return a copy of the object with one more signature."""
    mine = {**_signatures(value, user), f"ed25519:{key}": signed}
    return {**value, "signatures": {**value.get("signatures", {}), user: mine}}


def is_signed_by(value: Json, user: str, key: str, public: str) -> bool:
    """Verify the signature by this key of this user; False if there is none."""
    found = _signatures(value, user).get(f"ed25519:{key}")
    try:
        checked = Ed25519PublicKey.from_public_bytes(_bytes(public))
        checked.verify(_bytes(found), canonical_json(value))
    except (InvalidSignature, ValueError, TypeError, RecursionError):
        return False
    return True


def _with_whole_numbers(value: Any) -> Any:
    """Write 1e10 as an integer: canonical JSON has no other numbers."""
    if isinstance(value, dict):
        return {key: _with_whole_numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_whole_numbers(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _signatures(value: Json, user: str) -> dict[str, Any]:
    signatures = value.get("signatures")
    mine = signatures.get(user) if isinstance(signatures, dict) else None
    return mine if isinstance(mine, dict) else {}


def _bytes(text: object) -> bytes:
    if not isinstance(text, str):
        raise TypeError("no base64")
    return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
