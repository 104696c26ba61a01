"""A reader's keys: made on their own device, kept in one file under a passphrase.

The file is an age file with one scrypt stanza, so that any age program opens it, over two
lines: the hybrid age identity and ``HOLDFAST-SIGN-1`` with the Ed25519 seed in base64. What
others need of it is a *card*, a small TOML file without secrets that goes to the keeper of the
roster.
"""

import base64
import binascii
import hashlib
import json
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from store.atomic_file import create_file
from store.crypto.age.file import (
    Entropy,
    Identity,
    Recipient,
    decrypt_passphrase,
    encrypt_passphrase,
)
from store.crypto.labels import Label, derive_label, lv
from store.crypto.mnemonics import FINGERPRINT_BYTES, fingerprint_words
from store.hand_edited import Slip, decode, parse_toml
from store.model.errors import KeyringError, Locked, Unreadable

SEED_BYTES = 32
WORK_FACTOR = 18
"""scrypt's log2(N) of a key file: about a second and 256 MiB for one try."""

NAME_LIMIT = 32
"""Characters of a pseudonym."""
ABOUT_LIMIT = 280
"""The longest text about a reader that reporters see, in UTF-8 bytes."""

_SIGN_LINE = "HOLDFAST-SIGN-1 "
_CARD_KEYS = {"name": str, "age": str, "sign": str, "about": str, "must_pass_on": bool}
_WRITE_TRUTH = "write true or false, in small letters and without quotation marks"
_CARD = """\
# The card of a commission member. Nothing in it is secret: send it to whoever keeps the roster.
# You may change the last two lines.

name = {name}
age = "{age}"
sign = "{sign}"

# Who you are, in a sentence or two, as those who report something will see it.
about = {about}
# true if the law or your office obliges you to pass on what you are told.
must_pass_on = {must_pass_on}
"""


_LINE_ENDS_CHANGED = b"age-encryption.org/v1\r\n"
_BEGINNING = b"age-encryption.org/v1\n"
"""Of every key file."""


def member_id(recipient: Recipient, sign_pk: bytes) -> bytes:
    """Compute the mid: 32 bytes that stand for both public keys of a reader."""
    return hashlib.sha256(
        derive_label(Label.MEMBER_ID, lv(recipient.raw), lv(sign_pk)),
    ).digest()


def check_name(name: str) -> str:
    """Check a pseudonym for a roster; raise ``Unreadable`` for one that cannot stand there."""
    fine = 1 <= len(name) <= NAME_LIMIT and name.isprintable() and not set(name) & {" ", "+"}
    if not fine or not unicodedata.is_normalized("NFC", name):
        raise Unreadable("A name has 1 to 32 letters or digits, without spaces and without +.")
    return name


def check_about(about: str) -> str:
    """Check the line about a reader; raise ``Unreadable`` for one that fits no roster."""
    if len(about.encode()) > ABOUT_LIMIT or not (about.isprintable() or not about):
        raise Unreadable(
            "The text about a reader is one line of at most 280 bytes, without \\n; shorten it."
        )
    return about


@dataclass(frozen=True, slots=True)
class Card:
    """What a reader gives out, and what their entry in the roster is made of."""

    name: str
    recipient: Recipient
    sign_pk: bytes
    about: str = ""
    must_pass_on: bool = False

    def __post_init__(self) -> None:
        check_name(self.name)
        check_about(self.about)
        if len(self.sign_pk) != SEED_BYTES:
            raise Unreadable("The signing key of a card has another length than 32 bytes.")

    @property
    def mid(self) -> bytes:
        """Compute the ``member_id`` of these keys."""
        return member_id(self.recipient, self.sign_pk)

    @property
    def words(self) -> tuple[str, ...]:
        """Spell the eight words by which two people compare this card aloud."""
        return fingerprint_words(self.mid[:FINGERPRINT_BYTES])

    def format(self) -> str:
        """Write the TOML file."""
        return _CARD.format(
            name=json.dumps(self.name, ensure_ascii=False),  # a JSON string is a TOML string
            age=self.recipient,
            sign=base64.b64encode(self.sign_pk).decode(),
            about=json.dumps(self.about, ensure_ascii=False),
            must_pass_on=str(self.must_pass_on).lower(),
        )

    @classmethod
    def parse(cls, text: str) -> "Card":
        """Parse the card in a TOML file that somebody may have edited."""
        table = parse_toml(text)
        if isinstance(table, Slip):
            raise Unreadable(f"The card cannot be read, {table}.")
        for key, kind in _CARD_KEYS.items():
            if not isinstance(table.get(key), kind):
                cure = _WRITE_TRUTH if key in table and kind is bool else "ask for a new one"
                raise Unreadable(f"The card lacks a proper line «{key} = …»; {cure}.")
        if unknown := table.keys() - _CARD_KEYS:
            raise Unreadable(f"The card has unknown lines ({', '.join(sorted(unknown))}).")
        name = unicodedata.normalize("NFC", table["name"])
        recipient = Recipient.parse(table["age"])
        sign_pk = _from_base64(table["sign"])
        return cls(name, recipient, sign_pk, table["about"], table["must_pass_on"])


@dataclass(frozen=True, slots=True, repr=False)
class ReaderKey:
    """Both private keys of a reader; they never leave their device but in the sealed file."""

    identity: Identity
    sign_seed: bytes

    def __repr__(self) -> str:
        return "ReaderKey(hidden)"

    @classmethod
    def generate(cls, entropy: Entropy) -> "ReaderKey":
        """Generate new keys."""
        return cls(Identity(entropy(SEED_BYTES)), entropy(SEED_BYTES))

    @property
    def sign_pk(self) -> bytes:
        """Derive the public half of the signing key, 32 bytes."""
        key = Ed25519PrivateKey.from_private_bytes(self.sign_seed)
        return key.public_key().public_bytes_raw()

    @property
    def mid(self) -> bytes:
        """Compute the ``member_id`` of these keys."""
        return member_id(self.identity.recipient, self.sign_pk)

    @property
    def fp(self) -> bytes:
        """Return the fingerprint that the eight words stand for, 10 bytes."""
        return self.mid[:FINGERPRINT_BYTES]

    def card(self, name: str, about: str = "", *, must_pass_on: bool = False) -> Card:
        """Create the card with the public side of these keys."""
        return Card(name, self.identity.recipient, self.sign_pk, about, must_pass_on)

    def seal(self, passphrase: str, work_factor: int, entropy: Entropy) -> bytes:
        """Seal the keys in a key file, under the normal form of the passphrase."""
        seed = base64.b64encode(self.sign_seed).decode()
        lines = f"{self.identity.encode()}\n{_SIGN_LINE}{seed}\n"
        return encrypt_passphrase(lines.encode(), normal(passphrase), work_factor, entropy)

    @classmethod
    def unseal(cls, data: bytes, passphrase: str) -> "ReaderKey":
        """Open a key file; raise ``Locked`` for another passphrase."""
        lines = _decrypt(data, passphrase).decode(errors="replace").split("\n")
        match lines:
            case [identity, sign, ""] if sign.startswith(_SIGN_LINE):
                seed = _from_base64(sign.removeprefix(_SIGN_LINE))
                return cls(Identity.parse(identity), _seed(seed))
            case _:
                raise Unreadable("This file opens, but it does not hold the keys of a reader.")


def normal(passphrase: str) -> str:
    """Return a passphrase as every keyboard types it: NFKC, with single blanks and none around."""
    return " ".join(unicodedata.normalize("NFKC", passphrase).split())


def ways_of_typing(passphrase: str) -> tuple[str, ...]:
    """List what a passphrase may have been when the file was made, the likeliest first.

    Before version 0.1 was finished it was taken as it was typed, and other programs still do.
    """
    typed = (passphrase, passphrase.strip())
    composed = (unicodedata.normalize(form, text) for text in typed for form in ("NFC", "NFD"))
    return tuple(dict.fromkeys((normal(passphrase), *typed, *composed)))


def _decrypt(data: bytes, passphrase: str) -> bytes:
    *earlier, last = ways_of_typing(passphrase)
    for way in earlier:
        with suppress(Locked):
            return decrypt_passphrase(data, way)
    return decrypt_passphrase(data, last)


def save_key(path: Path, sealed: bytes) -> None:
    """Write a key file, for its owner only; a file that is there already stays as it is."""
    _write_new(path, sealed, 0o600)


def save_card(path: Path, card: Card) -> None:
    """Write a card; a file that is there already stays as it is."""
    _write_new(path, card.format().encode(), 0o644)


def load_card(path: Path) -> Card:
    """Load the card at ``path``; raise ``Unreadable`` if there is none."""
    try:
        text = decode(path.read_bytes())
    except OSError as error:
        raise Unreadable(f"The card {path} cannot be read: {error.strerror}.") from None
    if isinstance(text, Slip):
        raise Unreadable(f"The card {path} cannot be read, {text}.")
    return Card.parse(text)


def load_key(path: Path, passphrase: str) -> ReaderKey:
    """Load the keys at ``path``; raise ``Locked`` if they are not there or do not open."""
    try:
        sealed = path.read_bytes()
    except OSError as error:
        raise Locked(f"The key file {path} cannot be read: {error.strerror}.") from None
    if sealed.startswith(_LINE_ENDS_CHANGED):
        raise Unreadable(
            f"The key file {path} was changed by a program that took it for text, and has the "
            "line ends of Windows. Copy it once more from where it was made, as a file."
        )
    if not sealed.startswith(_BEGINNING):
        raise Unreadable(
            f"{path} is no key file. Name the one that 'holdfast keygen' made with --out."
        )
    return ReaderKey.unseal(sealed, passphrase)


def _write_new(path: Path, data: bytes, mode: int) -> None:
    try:
        create_file(path, data, mode)
    except FileExistsError:
        raise KeyringError(f"There already is a file {path}; choose another name.") from None
    except OSError as error:
        raise KeyringError(f"{path} cannot be written: {error.strerror}.") from None


def _seed(seed: bytes) -> bytes:
    if len(seed) != SEED_BYTES:
        raise Unreadable("The signing key of a reader has another length than 32 bytes.")
    return seed


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable("A key is not valid base64; copy the whole line again.") from None
