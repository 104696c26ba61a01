"""Rows of the inbox: messages between being accepted and being handled, sealed.

A row names its platform and, in clear, the earliest hour in which its message can have been sent,
and its place in the order of all.
Chat, account and text are sealed under an inbox key, whose number it names.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, insert, select, update

from store.crypto import cbor
from store.crypto.inbox_keys import InboxKeys
from store.crypto.kdf import Entropy, seal, unseal
from store.crypto.labels import Label, derive_label, lv
from store.db.connection import Connection
from store.db.schema import inbox
from store.model.clock import hour_of
from store.model.errors import Locked, Unreadable
from store.model.inbox import AcceptedMessage, InboxRow, WaitingMessage

PAGE_ROWS = 200
RESEALED_AT_ONCE = 200
"""Rows that one transaction seals again, so that others do not wait long for it."""

_THIS = inbox.c.seq == bindparam("row")
_INSERT = insert(inbox)
_CLAIM = delete(inbox).where(_THIS)
_READ = select(inbox).where(_THIS)
_PAGE = (
    select(inbox)
    .where(inbox.c.platform == bindparam("of"), inbox.c.seq > bindparam("after"))
    .order_by(inbox.c.seq)
    .limit(PAGE_ROWS)
)
_HIGHEST = select(func.max(inbox.c.seq))
_COUNT_TRY = update(inbox).where(_THIS).values(tries=inbox.c.tries + 1).returning(inbox.c.tries)
_SET_STARTS = update(inbox).where(_THIS).values(starts=bindparam("count"))
_NAMED = select(inbox.c.key).distinct()
_UNDER_OTHERS = select(inbox).where(inbox.c.key != bindparam("newest")).limit(RESEALED_AT_ONCE)
_RESEAL = update(inbox).where(_THIS).values(key=bindparam("to"), blob=bindparam("sealed"))
_SENT_BEFORE = (
    select(inbox.c.seq)
    .where(
        inbox.c.platform.in_(bindparam("platforms", expanding=True)),
        inbox.c.hour < bindparam("until"),
    )
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class InboxRepository:
    """The table ``inbox``."""

    keys: InboxKeys
    entropy: Entropy = field(repr=False)

    def highest(self, connection: Connection) -> int:
        """Return the highest number in use; 0 if nothing waits."""
        return connection.scalar(_HIGHEST) or 0

    def add(
        self,
        connection: Connection,
        platform: str,
        key: int,
        messages: Sequence[tuple[int, AcceptedMessage]],
    ) -> None:
        """Write messages, each with the number of its row, under this key."""
        rows = [
            {
                "seq": seq,
                "key": key,
                "platform": platform,
                "hour": hour_of(message.sent),
                "tries": 0,
                "starts": 0,
                "blob": self._seal(key, platform, seq, _encode(message.chat, message.content)),
            }
            for seq, message in messages
        ]
        if rows:
            connection.execute(_INSERT, rows)

    def claim(self, connection: Connection, row: InboxRow) -> bool:
        """Delete the row of a message in the transaction that handles it.

        Return False if it was handled before.
        """
        return connection.execute(_CLAIM, {"row": row.seq}).rowcount == 1

    def read(self, connection: Connection, row: InboxRow) -> WaitingMessage | None:
        """Read one message; None if it was handled. Raise ``Locked`` if its key is gone."""
        found = connection.execute(_READ, {"row": row.seq}).first()
        return None if found is None else self._open(found)

    def remove_unreadable(self, connection: Connection, row: InboxRow) -> WaitingMessage | None:
        """Delete a row that nobody can read any more; return its message if it can be read.

        Only a transaction can tell. Beside a read, what waits may be sealed again under another
        key, and the key that the read needs be destroyed.
        """
        try:
            return self.read(connection, row)
        except (Locked, Unreadable):
            self.claim(connection, row)
            return None

    def page(
        self, connection: Connection, platform: str, after: int
    ) -> tuple[list[WaitingMessage], list[InboxRow], int | None]:
        """List a page of what waits, the rows that cannot be read, and where the next begins."""
        rows = connection.execute(_PAGE, {"of": platform, "after": after}).all()
        waiting, unreadable = list[WaitingMessage](), list[InboxRow]()
        for row in rows:
            try:
                waiting.append(self._open(row))
            except (Locked, Unreadable):
                unreadable.append(InboxRow(row.seq))
        return waiting, unreadable, rows[-1].seq if len(rows) == PAGE_ROWS else None

    def count_try(self, connection: Connection, row: InboxRow) -> int:
        """Record that handling this failed once more; return how often it did."""
        return connection.execute(_COUNT_TRY, {"row": row.seq}).scalar() or 0

    def set_starts(self, connection: Connection, row: InboxRow, count: int) -> None:
        """Record how often the program will have ended with this, if it ends now."""
        connection.execute(_SET_STARTS, {"row": row.seq, "count": count})

    def is_anything_older(
        self, connection: Connection, platforms: Collection[str], hour: int
    ) -> bool:
        """Return whether a message that was sent before this hour still waits, on any of these.

        What waits of a platform that the bot has left is never handled, and holds up nothing.
        """
        if not platforms:
            return False
        values = {"platforms": sorted(platforms), "until": hour}
        return connection.execute(_SENT_BEFORE, values).first() is not None

    def named_keys(self, connection: Connection) -> frozenset[int]:
        """Return the numbers of the keys under which rows are sealed."""
        return frozenset(connection.scalars(_NAMED))

    def reseal(self, connection: Connection, newest: int) -> bool:
        """Seal some rows again that are under other keys; return whether more of them are left.

        Rows that nobody can read any more are deleted.
        """
        rows = connection.execute(_UNDER_OTHERS, {"newest": newest}).all()
        for row in rows:
            try:
                plain = self._unseal(row)
            except (Locked, Unreadable):
                self.claim(connection, InboxRow(row.seq))
                continue
            sealed = self._seal(newest, row.platform, row.seq, plain)
            connection.execute(_RESEAL, {"row": row.seq, "to": newest, "sealed": sealed})
        return len(rows) == RESEALED_AT_ONCE

    def _seal(self, key: int, platform: str, seq: int, plain: bytes) -> bytes:
        return seal(self.keys.sealing_key(key), _context(platform, seq), plain, self.entropy)

    def _unseal(self, row: "Row[*tuple[Any, ...]]") -> bytes:
        key = self.keys.sealing_key(row.key)
        return unseal(key, _context(row.platform, row.seq), row.blob)

    def open_blob(self, row: InboxRow, key: int, platform: str, blob: bytes) -> tuple[str, bytes]:
        """Open what a row holds: chat and content. Raise ``Locked`` if its key is gone."""
        plain = unseal(self.keys.sealing_key(key), _context(platform, row.seq), blob)
        return _decode(plain)

    def _open(self, row: "Row[*tuple[Any, ...]]") -> WaitingMessage:
        chat, content = self.open_blob(InboxRow(row.seq), row.key, row.platform, row.blob)
        return WaitingMessage(InboxRow(row.seq), chat, row.tries, row.starts, content)


def _context(platform: str, seq: int) -> bytes:
    """Bind a row to its place."""
    return derive_label(Label.INBOX_AD, lv(platform.encode()), seq.to_bytes(8, "big"))


def _encode(chat: str, content: bytes) -> bytes:
    return cbor.encode({"v": cbor.VERSION, "c": chat, "b": content})


def _decode(plain: bytes) -> tuple[str, bytes]:
    row: dict[str, Any] = dict(cbor.decode_map(plain, "An inbox row"))
    return row["c"], row["b"]
