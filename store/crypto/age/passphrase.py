"""The passphrase stanza of age, for the key files of readers (C2SP age, "scrypt"; RFC 7914)."""

import re

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from store.crypto.age.header import Stanza, b64decode, b64encode
from store.crypto.age.keys import check_body, open_wrapped
from store.crypto.age.stream import Entropy
from store.model.errors import Locked, NotForUs, TooLong, Unreadable

_KIND = b"scrypt"
_LABEL = b"age-encryption.org/v1/scrypt"
_SALT = 16
_FACTOR = re.compile(rb"[1-9][0-9]{0,2}")


def wrap(file_key: bytes, passphrase: str, work_factor: int, entropy: Entropy) -> Stanza:
    """Wrap a file key in a stanza that must stand alone.

    One try costs 2 to the power of the factor.
    """
    salt = entropy(_SALT)
    key = _wrap_key(passphrase, salt, work_factor)
    args = (_KIND, b64encode(salt), b"%d" % work_factor)
    return Stanza(args, ChaCha20Poly1305(key).encrypt(bytes(12), file_key, None))


def unwrap(stanza: Stanza, passphrase: str, max_work_factor: int) -> bytes:
    """Unwrap the file key.

    ``NotForUs`` for a stanza of another kind, ``Unreadable`` for a malformed one, ``TooLong`` if
    it asks for more work than allowed, ``Locked`` if the passphrase does not open it.
    """
    if stanza.kind != _KIND:
        raise NotForUs("This age file is not sealed with a passphrase; it needs a key.")
    salt, work_factor = _arguments(stanza)
    if work_factor > max_work_factor:
        raise TooLong(f"An age file asks for more work than 2 to the power of {max_work_factor}.")
    file_key = open_wrapped(_wrap_key(passphrase, salt, work_factor), stanza)
    if file_key is None:
        raise Locked("The passphrase does not open this file. Type it again, slowly.")
    return file_key


def _arguments(stanza: Stanza) -> tuple[bytes, int]:
    if len(stanza.args) != 3:  # noqa: PLR2004 - the kind, the salt, the work factor, C2SP age
        raise Unreadable("A passphrase stanza has more or fewer arguments than salt and work.")
    salt, factor = b64decode(stanza.args[1]), stanza.args[2]
    if len(salt) != _SALT or not _FACTOR.fullmatch(factor):
        raise Unreadable("A passphrase stanza has no valid salt or work factor.")
    check_body(stanza)
    return salt, int(factor)


def _wrap_key(passphrase: str, salt: bytes, work_factor: int) -> bytes:
    kdf = Scrypt(salt=_LABEL + salt, length=32, n=1 << work_factor, r=8, p=1)
    # A terminal hands over bytes that are not UTF-8 as surrogates: they become those bytes again.
    return kdf.derive(passphrase.encode(errors="surrogateescape"))
