"""Signed JSON of Matrix (appendices, "Signing JSON"): Ed25519 over canonical JSON."""

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


def canonical(value: Mapping[str, Any]) -> bytes:
    """What is signed: sorted, without blanks, without signatures and what nobody signed."""
    signed = {key: _whole(item) for key, item in value.items() if key not in UNSIGNED}
    shown = json.dumps(signed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return shown.encode()


def unpadded(data: bytes) -> str:
    """Base64 as Matrix writes it."""
    return base64.b64encode(data).decode().rstrip("=")


def public_of(seed: bytes) -> str:
    """The public key of a seed."""
    return unpadded(Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw())


def signature(value: Mapping[str, Any], seed: bytes) -> str:
    """What stands under ``signatures`` for this."""
    return unpadded(Ed25519PrivateKey.from_private_bytes(seed).sign(canonical(value)))


def with_signature(value: Json, user: str, key: str, signed: str) -> Json:
    """The value with one more signature."""
    mine = {**_signatures(value, user), f"ed25519:{key}": signed}
    return {**value, "signatures": {**value.get("signatures", {}), user: mine}}


def is_signed(value: Json, user: str, key: str, public: str) -> bool:
    """Whether this key of this user signed it."""
    found = _signatures(value, user).get(f"ed25519:{key}")
    try:
        checked = Ed25519PublicKey.from_public_bytes(_bytes(public))
        checked.verify(_bytes(found), canonical(value))
    except (InvalidSignature, ValueError, TypeError, RecursionError):
        return False
    return True


def _whole(value: Any) -> Any:
    """Canonical JSON has whole numbers only, and 1e10 is one."""
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _signatures(value: Json, user: str) -> dict[str, Any]:
    signatures = value.get("signatures")
    mine = signatures.get(user) if isinstance(signatures, dict) else None
    return mine if isinstance(mine, dict) else {}


def _bytes(text: object) -> bytes:
    if not isinstance(text, str):
        raise TypeError("no base64")
    return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
