"""Invitations: eight digits in a sealed file, with which a reader links their account."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from store.crypto import cbor
from store.crypto.age import file as age
from store.crypto.document import CBOR_MEDIA, Document
from store.crypto.kdf import Entropy, expand, mac
from store.crypto.keyring import Keyring
from store.crypto.labels import Label, derive_label
from store.db.connection import Connection
from store.db.schema import reader_invitation
from store.inbox.accounts import account_bytes
from store.model.accounts import Account
from store.model.clock import minute_of, week_of
from store.model.errors import Unreadable
from store.readers.key_file import ReaderKey
from store.readers.roster import Member

VALID_MINUTES = 10
MOST_TRIES = 3
DIGITS = 8


@dataclass(frozen=True, slots=True)
class Invitation:
    """Eight digits, and the one account from which they are to be typed."""

    digits: str = field(repr=False)
    platform: str
    account: str = field(repr=False)


def is_invitation(data: bytes) -> bool:
    """Tell a sealed file by itself from a delivery."""
    return data.startswith(b"age-encryption.org/v1\n")


def read_invitation(data: bytes, key: ReaderKey) -> Invitation:
    """Open an invitation on the reader's own device; ``Unreadable`` for another sealed file."""
    document = Document.decode(age.decrypt(data, [key.identity]))
    match cbor.decode_map(document.body, "This invitation"):
        case {"t": "join", "code": str(digits), "p": str(platform), "a": str(account)}:
            return Invitation(digits, platform, account)
        case _:
            raise Unreadable("This file is no invitation. `holdfast member invite` makes one.")


@dataclass(frozen=True, slots=True)
class InvitationRepository:
    """The table ``reader_invitation``: one open invitation for each account."""

    keyring: Keyring
    entropy: Entropy = field(repr=False)

    async def create(
        self, connection: Connection, account: Account, member: Member, now: datetime
    ) -> bytes:
        """Draw eight digits for an account and seal them to the reader's key."""
        digits = f"{int.from_bytes(self.entropy(8), 'big') % 10**DIGITS:0{DIGITS}}"
        row_id, check = self.row_of(account, member.mid, digits)
        await connection.execute(delete(reader_invitation).where(reader_invitation.c.id == row_id))
        expires = minute_of(now) + VALID_MINUTES
        values = {"id": row_id, "mid": member.mid, "exp_minute": expires, "tries": 0}
        await connection.execute(insert(reader_invitation).values(**values, check=check))
        body = cbor.encode(
            {"v": 1, "t": "join", "code": digits, "p": account.platform, "a": account.name}
        )
        document = Document("event", CBOR_MEDIA, week_of(now), body)
        return age.encrypt(document.encode(), [member.recipient], self.entropy)

    async def accept(
        self, connection: Connection, account: Account, digits: str, now: datetime
    ) -> bytes | None:
        """Check the digits typed on an account; return the invited reader's mid if they are right.

        An invitation ends with the right digits, after ten minutes, or with the third wrong try.
        """
        row_id, _ = self.row_of(account, b"", "")
        mine = reader_invitation.c.id == row_id
        query = select(reader_invitation).where(mine)
        row = (await connection.execute(query)).mappings().first()
        if row is None or row["exp_minute"] < minute_of(now) or row["tries"] >= MOST_TRIES:
            return None
        if self.row_of(account, row["mid"], digits)[1] != row["check"]:
            tried = update(reader_invitation).where(mine).values(tries=row["tries"] + 1)
            await connection.execute(tried)
            return None
        await connection.execute(delete(reader_invitation).where(mine))
        return bytes(row["mid"])

    async def remove_expired(self, connection: Connection, now: datetime) -> None:
        """Delete the invitations that have ended."""
        ended = reader_invitation.c.exp_minute < minute_of(now)
        await connection.execute(delete(reader_invitation).where(ended))

    def row_of(self, account: Account, mid: bytes, digits: str) -> tuple[bytes, bytes]:
        """Compute the id of an account's row, and the check of the digits that it holds."""
        key = expand(self.keyring.link, derive_label(Label.JOIN_INDEX), 32)
        row_id = mac(key, derive_label(Label.JOIN_ID, account_bytes(account)))[:16]
        check = mac(key, derive_label(Label.JOIN_CODE, row_id, mid, digits.encode()))[:16]
        return row_id, check
