"""The outbox: messages that a turn causes to be sent, written in the turn's own transaction.

A row names a sentence, a step, a language and references; or it refers to a sealed payload that is
sent as a file, or to a message that is to be deleted from the chat. It never holds typed words,
recovery words, codes or PINs, nor a payload: those are rendered and built when they are sent. The
account it goes to is sealed under the day key. All rows of an account on one day have the same
queue id, in the column ``lane``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, bindparam, delete, func, insert, select, update

from store.crypto import cbor
from store.crypto.kdf import Entropy, pad, seal, unpad, unseal
from store.crypto.keyring import Keyring
from store.crypto.labels import Label, derive_label
from store.db.connection import Connection
from store.db.lookup import NO_HOUR, InStatement, delete_some
from store.db.schema import delivery, outbox
from store.inbox.accounts import ID_BYTES, account_bytes, row_id, sealed_account, sealed_fields
from store.model.accounts import Account
from store.model.clock import day_of, hour_of
from store.model.errors import Locked
from store.model.outbox import (
    DeletionRef,
    OutboxContent,
    OutboxMessage,
    PayloadKind,
    PayloadRef,
    TextRef,
)

BLOB_BYTES = 1024
SAY = "say"
SEND = "send"
"""The op of a row that refers to a payload."""
DELETE = "delete"
"""The op of a row that names a message to delete."""
RELEASE = "release"
DROP_AFTER_DAYS = 14
PAGE_ROWS = 200
"""Rows that are opened at once, in some 5 ms."""

_OF_QUEUES = InStatement(
    outbox.c.lane,
    lambda mine: select(outbox).where(mine).order_by(outbox.c.day, outbox.c.seq),
)
_PAGE = (
    select(outbox).where(outbox.c.id > bindparam("after")).order_by(outbox.c.id).limit(PAGE_ROWS)
)
_HIGHEST = select(func.max(outbox.c.seq)).where(outbox.c.lane == bindparam("lane"))
_INSERT = insert(outbox)
_SET_TRIES = update(outbox).where(outbox.c.id == bindparam("row")).values(tries=bindparam("count"))
_BUMP = update(outbox).where(outbox.c.id == bindparam("row")).values(tries=outbox.c.tries + 1)
_HELD_AS_LONG = (
    select(delivery.c.id)
    .where(delivery.c.due > NO_HOUR, delivery.c.due == outbox.c.due_hour)
    .correlate(outbox)
    .exists()
)
_DUE = (
    select(outbox)
    .where(outbox.c.due_hour > NO_HOUR, outbox.c.due_hour <= bindparam("hour"), ~_HELD_AS_LONG)
    .limit(PAGE_ROWS)
)
_FORGET_OLD = delete_some(outbox, outbox.c.day < bindparam("day"))
_FORGET = InStatement(outbox.c.id, lambda mine: delete(outbox).where(mine))


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One outbox row, opened."""

    id: bytes = field(repr=False)
    op: str
    to: Account
    content: OutboxContent
    due_hour: int
    tries: int
    day: int
    seq: int

    @property
    def message(self) -> OutboxMessage:
        """Return the row as the handlers see it."""
        return OutboxMessage(self.id, self.to, self.content, repeated=self.tries > 0)

    @property
    def is_message(self) -> bool:
        """Return whether something is to be done in the chat: a text, a file, a deletion."""
        return self.op in (SAY, SEND, DELETE)

    @property
    def released(self) -> str:
        """Return the statement that a row releases; empty for any other row."""
        content = self.content
        return content.ids[0] if self.op == RELEASE and isinstance(content, TextRef) else ""

    @property
    def language(self) -> str:
        """Return in which language it was written; empty for what is no text."""
        return self.content.language if isinstance(self.content, TextRef) else ""


@dataclass(frozen=True, slots=True)
class OutboxRepository:
    """The table ``outbox``."""

    keyring: Keyring
    entropy: Entropy = field(repr=False)

    def add(
        self,
        connection: Connection,
        to: Account,
        op: str,
        content: OutboxContent,
        now: datetime,
        due_hour: int = 0,
    ) -> None:
        """Add a row behind everything that this account is still to be sent."""
        queue = self._queue(day_of(now), to)
        highest = connection.execute(_HIGHEST, {"lane": queue}).scalar() or 0
        place = (day_of(now), highest + 1)
        row = OutboxRow(self.entropy(ID_BYTES), op, to, content, due_hour, 0, *place)
        connection.execute(_INSERT, self._sealed(queue, row))

    def add_texts(
        self,
        connection: Connection,
        to: Account,
        says: Sequence[TextRef | DeletionRef],
        now: datetime,
        before: Sequence[OutboxRow],
    ) -> list[OutboxRow]:
        """Add texts or deletions behind ``before``, the account's rows as they were just read."""
        day = day_of(now)
        first = max((row.seq for row in before if row.day == day), default=0) + 1
        rows = [
            OutboxRow(self.entropy(ID_BYTES), _op_of(say), to, say, 0, 0, day, seq)
            for seq, say in enumerate(says, first)
        ]
        queue = self._queue(day, to)
        if rows:
            connection.execute(_INSERT, [self._sealed(queue, row) for row in rows])
        return rows

    def _sealed(self, queue: bytes, row: OutboxRow) -> dict[str, object]:
        plain = encode_row(row.op, row.to, row.content)
        return {
            "id": row.id,
            "day": row.day,
            "lane": queue,
            "seq": row.seq,
            "due_hour": row.due_hour,
            "tries": row.tries,
            "blob": self.seal_row(row.id, row.day, queue, row.seq, plain),
        }

    def messages_for(self, connection: Connection, to: Account) -> list[OutboxMessage]:
        """List the messages to this account, in order."""
        return [row.message for row in self.of_account(connection, to) if row.is_message]

    def releases(self, connection: Connection, to: Account) -> list[OutboxRow]:
        """List the hand-overs that this account may still stop."""
        return [row for row in self.of_account(connection, to) if row.op == RELEASE]

    def page(
        self, connection: Connection, platform: str, after: bytes
    ) -> tuple[list[OutboxRow], bytes | None]:
        """List a page of messages to accounts on this platform, and where the next page begins.

        Rows whose day key is gone are skipped: nobody can open them.
        """
        opened, following = self._page(connection, after)
        found = [row for row in opened if row.is_message and row.to.platform == platform]
        return found, following

    def recipients(
        self, connection: Connection, platform: str, after: bytes
    ) -> tuple[list[Account], bytes | None]:
        """List the accounts of a page of rows, held hand-overs too, and where the next begins."""
        opened, following = self._page(connection, after)
        return [row.to for row in opened if row.to.platform == platform], following

    def _page(self, connection: Connection, after: bytes) -> tuple[list[OutboxRow], bytes | None]:
        rows = connection.execute(_PAGE, {"after": after}).mappings().all()
        opened = [self._open(row) for row in rows if row["day"] in self.keyring.days]
        return opened, rows[-1]["id"] if len(rows) == PAGE_ROWS else None

    def record_attempt(self, connection: Connection, own_id: bytes) -> None:
        """Record that an attempt to send begins, so that a later one is known to be repeated."""
        connection.execute(_BUMP, {"row": own_id})

    def forget_attempts(self, connection: Connection, own_id: bytes) -> None:
        """Record that nothing of a row can have arrived, so that its next attempt is the first."""
        connection.execute(_SET_TRIES, {"row": own_id, "count": 0})

    def remove(self, connection: Connection, rows: Sequence[bytes]) -> None:
        """Remove rows that were sent, or done."""
        connection.execute(*_FORGET(rows))

    def forget_due(self, connection: Connection, now: datetime) -> tuple[list[Account], bool]:
        """Delete some timed rows whose hour has come, and was acted on.

        While a hand-over of that hour is held, its account must be able to stop it by such a row.
        Return the accounts of the rows that can still be opened, and whether more may be due.
        """
        rows = connection.execute(_DUE, {"hour": hour_of(now)}).mappings().all()
        if rows:
            self.remove(connection, [row["id"] for row in rows])
        whose = (self._open(row).to for row in rows if row["day"] in self.keyring.days)
        return list(dict.fromkeys(whose)), len(rows) == PAGE_ROWS

    def forget_old(self, connection: Connection, now: datetime) -> int:
        """Give up some rows that could not be sent for days; return how many."""
        oldest = day_of(now) - DROP_AFTER_DAYS
        return connection.execute(_FORGET_OLD, {"day": oldest}).rowcount

    def of_account(self, connection: Connection, to: Account) -> list[OutboxRow]:
        """List all rows of this account, in order; none of whoever was behind it before."""
        rows = connection.execute(*_OF_QUEUES(queue_ids(self.keyring, to)))
        opened = map(self._open, rows.mappings())
        return [row for row in opened if to.still_has(row.to.current_key)]

    def _queue(self, day: int, to: Account) -> bytes:
        return queue_id(self.keyring, day, to)

    def _key(self, day: int) -> bytes:
        if day not in self.keyring.days:
            raise Locked("An outbox row is older than its day key; it cannot be sent any more.")
        return self.keyring.key_for(day, Label.BOX_KEY)

    def seal_row(self, own_id: bytes, day: int, queue: bytes, seq: int, plain: bytes) -> bytes:
        """Seal the content of a row to its place: always 1052 bytes."""
        context = row_context(own_id, day, queue, seq)
        return seal(self._key(day), context, pad(BLOB_BYTES, plain), self.entropy)

    def _open(self, row: RowMapping) -> OutboxRow:
        context = row_context(row["id"], row["day"], row["lane"], row["seq"])
        plain = unpad(unseal(self._key(row["day"]), context, row["blob"]))
        op, to, content = decode_row(plain)
        place = (row["day"], row["seq"])
        return OutboxRow(row["id"], op, to, content, row["due_hour"], row["tries"], *place)


def _op_of(content: TextRef | DeletionRef) -> str:
    return DELETE if isinstance(content, DeletionRef) else SAY


def queue_id(keyring: Keyring, day: int, to: Account) -> bytes:
    """Compute the id that all rows of an account have in common on one day."""
    name = derive_label(Label.BOX_LANE, account_bytes(to))
    return row_id(keyring.key_for(day, Label.BOX_INDEX), name)


def queue_ids(keyring: Keyring, to: Account) -> list[bytes]:
    """Compute the account's queue ids for every day whose key is there."""
    name = derive_label(Label.BOX_LANE, account_bytes(to))
    return [row_id(key, name) for key in keyring.live_keys(Label.BOX_INDEX).values()]


def row_context(own_id: bytes, day: int, queue: bytes, seq: int) -> bytes:
    """Bind a row to its place."""
    return derive_label(
        Label.BOX_AD, own_id, day.to_bytes(4, "big"), queue, seq.to_bytes(4, "big")
    )


def encode_row(op: str, to: Account, content: OutboxContent) -> bytes:
    """Encode a row: names and references only."""
    row: dict[str, cbor.Value] = {"v": 1, "op": op, **sealed_fields(to)}
    if to.current_key:
        row["id"] = to.current_key
    if isinstance(content, DeletionRef):
        return cbor.encode({**row, "m": content.message})
    if isinstance(content, PayloadRef):
        return cbor.encode({**row, "k": content.kind.value, "r": content.id})
    text = {"s": content.sentence, "st": content.step, "l": content.language}
    return cbor.encode({**row, **text, "i": list(content.ids)})


def decode_row(plain: bytes) -> tuple[str, Account, OutboxContent]:
    """Decode what ``encode_row`` wrote."""
    row: dict[str, Any] = dict(cbor.decode_map(plain, "An outbox row"))
    to = replace(sealed_account(row), identity=(row["id"],) if "id" in row else ())
    if row["op"] == SEND:
        return row["op"], to, PayloadRef(PayloadKind(row["k"]), row["r"])
    if row["op"] == DELETE:
        return row["op"], to, DeletionRef(row["m"])
    text = TextRef(row["s"], row["st"], tuple(row["i"]), row["l"])
    return row["op"], to, text
