"""Invitations: eight digits in a sealed file, with which a reader links their account."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import RowMapping, delete, insert, select, update

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
class SealedInvitation:
    """An invitation as it was made: the id by which it is found, and its file."""

    id: bytes = field(repr=False)
    file: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class InvitationRepository:
    """The table ``reader_invitation``: one open invitation for each account.

    The file of one that is to be sent lies in its row, sealed to the reader, until it was sent.
    """

    keyring: Keyring
    entropy: Entropy = field(repr=False)

    def create(
        self, connection: Connection, account: Account, member: Member, now: datetime
    ) -> SealedInvitation:
        """Draw eight digits for an account and seal them to the reader's key."""
        digits = f"{int.from_bytes(self.entropy(8), 'big') % 10**DIGITS:0{DIGITS}}"
        row_id, check = self.row_of(account, member.mid, digits)
        connection.execute(delete(reader_invitation).where(reader_invitation.c.id == row_id))
        expires = minute_of(now) + VALID_MINUTES
        values = {"id": row_id, "mid": member.mid, "exp_minute": expires, "tries": 0}
        connection.execute(insert(reader_invitation).values(**values, check=check))
        body = cbor.encode(
            {"v": 1, "t": "join", "code": digits, "p": account.platform, "a": account.name}
        )
        document = Document("event", CBOR_MEDIA, week_of(now), body)
        return SealedInvitation(
            check, age.encrypt(document.encode(), [member.recipient], self.entropy)
        )

    def keep_file(self, connection: Connection, sealed: SealedInvitation) -> None:
        """Keep the file of an invitation that was just made until it was sent."""
        mine = reader_invitation.c.check == sealed.id
        connection.execute(update(reader_invitation).where(mine).values(file=sealed.file))

    def file(
        self, connection: Connection, account: Account, invitation: bytes, now: datetime
    ) -> bytes | None:
        """Return the file of an open invitation of this account; None if it has ended."""
        row = self._open_row(connection, account, now)
        return row["file"] if row is not None and row["check"] == invitation else None

    def drop_file(self, connection: Connection, invitation: bytes) -> None:
        """Delete the file of an invitation: it was sent."""
        mine = reader_invitation.c.check == invitation
        connection.execute(update(reader_invitation).where(mine).values(file=None))

    def is_open(self, connection: Connection, account: Account, now: datetime) -> bool:
        """Check whether digits can be typed on this account."""
        return self._open_row(connection, account, now) is not None

    def fits(self, connection: Connection, account: Account, digits: str, now: datetime) -> bool:
        """Check whether these are the digits of this account's open invitation."""
        row = self._open_row(connection, account, now)
        return row is not None and self._check_of(account, row, digits) == row["check"]

    def _open_row(
        self, connection: Connection, account: Account, now: datetime
    ) -> RowMapping | None:
        row_id, _ = self.row_of(account, b"", "")
        mine = (reader_invitation.c.id == row_id) & (reader_invitation.c.tries < MOST_TRIES)
        query = select(reader_invitation).where(
            mine, reader_invitation.c.exp_minute >= minute_of(now)
        )
        return connection.execute(query).mappings().first()

    def _check_of(self, account: Account, row: RowMapping, digits: str) -> bytes:
        return self.row_of(account, row["mid"], digits)[1]

    def accept(
        self, connection: Connection, account: Account, digits: str, now: datetime
    ) -> bytes | None:
        """Check the digits typed on an account; return the invited reader's mid if they are right.

        An invitation ends with the right digits, after ten minutes, or with the third wrong try.
        """
        row = self._open_row(connection, account, now)
        if row is None:
            return None
        mine = reader_invitation.c.id == row["id"]
        if self._check_of(account, row, digits) != row["check"]:
            tried = update(reader_invitation).where(mine).values(tries=row["tries"] + 1)
            connection.execute(tried)
            return None
        connection.execute(delete(reader_invitation).where(mine))
        return bytes(row["mid"])

    def remove_expired(self, connection: Connection, now: datetime) -> None:
        """Delete the invitations that have ended."""
        ended = reader_invitation.c.exp_minute < minute_of(now)
        connection.execute(delete(reader_invitation).where(ended))

    def row_of(self, account: Account, mid: bytes, digits: str) -> tuple[bytes, bytes]:
        """Compute the id of an account's row, and the check of the digits that it holds."""
        key = expand(self.keyring.link, derive_label(Label.JOIN_INDEX), 32)
        row_id = mac(key, derive_label(Label.JOIN_ID, account_bytes(account)))[:16]
        check = mac(key, derive_label(Label.JOIN_CODE, row_id, mid, digits.encode()))[:16]
        return row_id, check
