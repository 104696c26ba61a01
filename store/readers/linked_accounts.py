"""The chat accounts that readers have linked, and at which they are notified."""

from dataclasses import dataclass, field

from sqlalchemy import Row, delete, insert, select, update

from store.crypto import cbor
from store.crypto.kdf import Entropy, expand, pad, seal, unpad, unseal
from store.crypto.keyring import Keyring
from store.crypto.labels import Label, derive_label
from store.db.connection import Connection
from store.db.schema import member_link
from store.inbox.accounts import account_bytes, keyed_id, sealed_account, sealed_fields
from store.model.accounts import Account

BLOB_BYTES = 512


@dataclass(frozen=True, slots=True)
class LinkedAccountRepository:
    """The table ``member_link``: one account for each reader, sealed."""

    keyring: Keyring
    entropy: Entropy = field(repr=False)

    def link(self, connection: Connection, account: Account, mid: bytes) -> None:
        """Link an account to a reader, in place of any earlier link of either."""
        index = self.index_of(account)
        old = (member_link.c.mid == mid) | (member_link.c.idx == index)
        connection.execute(delete(member_link).where(old))
        blob = self.seal_link(account, mid)
        connection.execute(insert(member_link).values(mid=mid, idx=index, blob=blob))

    def is_elsewhere(self, connection: Connection, account: Account) -> bool:
        """Check whether a reader writes from another address than the one they are notified at."""
        row = self._row_of(connection, account)
        return row is not None and self._open(row.mid, row.blob).address != account.address

    def relocate(self, connection: Connection, account: Account) -> None:
        """Notify this reader at the address they wrote from last."""
        row = self._row_of(connection, account)
        if row is not None:
            mine = update(member_link).where(member_link.c.mid == row.mid)
            connection.execute(mine.values(blob=self.seal_link(account, row.mid)))

    def account_of(self, connection: Connection, fingerprint: bytes) -> Account | None:
        """Return the account of the reader with this fingerprint; None if they linked none."""
        rows = connection.execute(select(member_link)).all()
        row = next((r for r in rows if r.mid[:10] == fingerprint), None)
        return None if row is None else self._open(row.mid, row.blob)

    def mid_of(self, connection: Connection, account: Account) -> bytes | None:
        """Return the mid of the reader who linked this account."""
        query = select(member_link.c.mid).where(member_link.c.idx == self.index_of(account))
        return connection.execute(query).scalar()

    def _row_of(self, connection: Connection, account: Account) -> "Row[bytes, bytes] | None":
        query = select(member_link.c.mid, member_link.c.blob)
        mine = query.where(member_link.c.idx == self.index_of(account))
        return connection.execute(mine).first()

    def index_of(self, account: Account) -> bytes:
        """Compute the keyed hash by which the row of an account is found."""
        return keyed_id(self.keyring.link, Label.LINK_INDEX, Label.LINK_ID, account_bytes(account))

    def seal_link(self, account: Account, mid: bytes) -> bytes:
        """Seal an account to its row."""
        plain = cbor.encode({"v": 1, **sealed_fields(account), "l": "en"})
        context = derive_label(Label.LINK_AD, mid)
        return seal(self._key(), context, pad(BLOB_BYTES, plain), self.entropy)

    def _open(self, mid: bytes, blob: bytes) -> Account:
        context = derive_label(Label.LINK_AD, mid)
        plain = unpad(unseal(self._key(), context, blob))
        return sealed_account(dict(cbor.decode_map(plain, "A reader's link")))

    def _key(self) -> bytes:
        return expand(self.keyring.link, derive_label(Label.LINK_KEY), 32)
