"""Files in encrypted rooms (client-server API, "Sending encrypted attachments")."""

import base64
import hashlib
import secrets

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

from tests.doubles.matrix.homeserver.shapes import Json
from tests.doubles.matrix.homeserver.signed import plain, unpadded


def hide(data: bytes) -> tuple[bytes, Json]:
    """Encrypt a file; return it, and what a message has of its key."""
    key, counter = secrets.token_bytes(32), secrets.token_bytes(8) + bytes(8)
    hidden = Cipher(AES(key), CTR(counter)).encryptor().update(data)
    exported = {"kty": "oct", "key_ops": ["encrypt", "decrypt"], "alg": "A256CTR", "ext": True}
    url_safe = base64.urlsafe_b64encode(key).decode().rstrip("=")
    hashes = {"sha256": unpadded(hashlib.sha256(hidden).digest())}
    keys = {"v": "v2", "key": {**exported, "k": url_safe}, "iv": unpadded(counter)}
    return hidden, {**keys, "hashes": hashes}


def reveal(hidden: bytes, file: Json) -> bytes:
    """Decrypt a file."""
    if unpadded(hashlib.sha256(hidden).digest()) != file["hashes"]["sha256"].rstrip("="):
        raise ValueError("another file than was sent")
    key = base64.urlsafe_b64decode(file["key"]["k"] + "==")
    return Cipher(AES(key), CTR(plain(file["iv"].rstrip("=")))).decryptor().update(hidden)
