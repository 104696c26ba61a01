"""Encrypt files before they are uploaded."""

from nio.crypto.attachments import encrypt_attachment

from bot.platforms.matrix.http_client import Json


def encrypt_file(data: bytes) -> tuple[bytes, Json]:
    """Encrypt a file; return the ciphertext, and the keys that belong into the message."""
    ciphertext, keys = encrypt_attachment(data)
    return ciphertext, dict(keys)
