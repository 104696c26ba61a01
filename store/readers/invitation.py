"""What a reader finds in the sealed file that ``join`` makes for them."""

from dataclasses import dataclass, field

from store.crypto import cbor
from store.crypto.age import file as age
from store.crypto.document import Document
from store.model.errors import Unreadable
from store.readers.key_file import ReaderKey


@dataclass(frozen=True, slots=True)
class Invitation:
    """Eight digits, and the one account from which they are to be typed."""

    digits: str = field(repr=False)
    platform: str
    account: str = field(repr=False)


def is_invitation(data: bytes) -> bool:
    """Whether this is a sealed file by itself and not a delivery."""
    return data.startswith(b"age-encryption.org/v1\n")


def read_invitation(data: bytes, key: ReaderKey) -> Invitation:
    """Open it on the reader's own device; ``Unreadable`` for anything else that was sealed."""
    document = Document.decode(age.decrypt(data, [key.identity]))
    match cbor.decode_map(document.body, "This invitation"):
        case {"t": "join", "code": str(digits), "p": str(platform), "a": str(account)}:
            return Invitation(digits, platform, account)
        case _:
            raise Unreadable("This file is no invitation. `holdfast member invite` makes one.")
