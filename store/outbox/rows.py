"""The outbox: messages that a turn causes to be sent, written in the turn's own transaction.

A row names a sentence, a step, a language and references. It never holds typed words, recovery
words, codes or PINs: those are rendered when they are sent. The account it goes to is sealed under
the day key. All rows of an account on one day have the same queue id, in the column ``lane``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, bindparam, delete, func, insert, select, update

from store.crypto import cbor
from store.crypto.kdf import Entropy, pad, seal, unpad, unseal
from store.crypto.keyring import Keyring
from store.crypto.labels import Label, derive_label
from store.db.connection import Connection
from store.db.lookup import NO_HOUR, InStatement, delete_some
from store.db.schema import outbox
from store.inbox.accounts import ID_BYTES, account_bytes, row_id, sealed_account, sealed_fields
from store.model.accounts import Account
from store.model.clock import day_of, hour_of
from store.model.errors import Locked
from store.model.outbox import OutboxMessage, TextRef

BLOB_BYTES = 1024
SAY = "say"
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
_BUMP = update(outbox).where(outbox.c.id == bindparam("row")).values(tries=outbox.c.tries + 1)
_FORGET_DUE = delete_some(
    outbox, (outbox.c.due_hour > NO_HOUR) & (outbox.c.due_hour <= bindparam("hour"))
)
_FORGET_OLD = delete_some(outbox, outbox.c.day < bindparam("day"))
_FORGET = InStatement(outbox.c.id, lambda mine: delete(outbox).where(mine))


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One outbox row, opened."""

    id: bytes = field(repr=False)
    op: str
    to: Account
    text: TextRef
    due_hour: int
    tries: int
    day: int
    seq: int

    @property
    def message(self) -> OutboxMessage:
        """Return the row as the handlers see it."""
        return OutboxMessage(self.id, self.to, self.text, repeated=self.tries > 0)


@dataclass(frozen=True, slots=True)
class OutboxRepository:
    """The table ``outbox``."""

    keyring: Keyring
    entropy: Entropy = field(repr=False)

    async def add(
        self,
        connection: Connection,
        to: Account,
        op: str,
        say: TextRef,
        now: datetime,
        due_hour: int = 0,
    ) -> None:
        """Add a row behind everything that this account is still to be sent."""
        queue = self._queue(day_of(now), to)
        highest = (await connection.execute(_HIGHEST, {"lane": queue})).scalar() or 0
        row = OutboxRow(self.entropy(ID_BYTES), op, to, say, due_hour, 0, day_of(now), highest + 1)
        await connection.execute(_INSERT, self._sealed(queue, row))

    async def add_texts(
        self,
        connection: Connection,
        to: Account,
        says: Sequence[TextRef],
        now: datetime,
        before: Sequence[OutboxRow],
    ) -> list[OutboxRow]:
        """Add several texts behind ``before``, the rows of the account that were just read."""
        day = day_of(now)
        first = max((row.seq for row in before if row.day == day), default=0) + 1
        rows = [
            OutboxRow(self.entropy(ID_BYTES), SAY, to, say, 0, 0, day, seq)
            for seq, say in enumerate(says, first)
        ]
        queue = self._queue(day, to)
        if rows:
            await connection.execute(_INSERT, [self._sealed(queue, row) for row in rows])
        return rows

    def _sealed(self, queue: bytes, row: OutboxRow) -> dict[str, object]:
        plain = encode_row(row.op, row.to, row.text)
        return {
            "id": row.id,
            "day": row.day,
            "lane": queue,
            "seq": row.seq,
            "due_hour": row.due_hour,
            "tries": row.tries,
            "blob": self.seal_row(row.id, row.day, queue, row.seq, plain),
        }

    async def messages_for(self, connection: Connection, to: Account) -> list[OutboxMessage]:
        """List the messages to this account, in order."""
        return [row.message for row in await self.of_account(connection, to) if row.op == SAY]

    async def releases(self, connection: Connection, to: Account) -> list[OutboxRow]:
        """List the hand-overs that this account may still stop."""
        return [row for row in await self.of_account(connection, to) if row.op == RELEASE]

    async def page(
        self, connection: Connection, platform: str, after: bytes
    ) -> tuple[list[OutboxRow], bytes | None]:
        """List a page of messages to accounts on this platform, and where the next page begins.

        Rows whose day key is gone are skipped: nobody can open them.
        """
        opened, following = await self._page(connection, after)
        found = [row for row in opened if row.op == SAY and row.to.platform == platform]
        return found, following

    async def recipients(
        self, connection: Connection, platform: str, after: bytes
    ) -> tuple[list[Account], bytes | None]:
        """List the accounts of a page of rows, held hand-overs too, and where the next begins."""
        opened, following = await self._page(connection, after)
        return [row.to for row in opened if row.to.platform == platform], following

    async def _page(
        self, connection: Connection, after: bytes
    ) -> tuple[list[OutboxRow], bytes | None]:
        rows = (await connection.execute(_PAGE, {"after": after})).mappings().all()
        opened = [self._open(row) for row in rows if row["day"] in self.keyring.days]
        return opened, rows[-1]["id"] if len(rows) == PAGE_ROWS else None

    async def record_attempt(self, connection: Connection, own_id: bytes) -> None:
        """Record that an attempt to send begins, so that a later one is known to be repeated."""
        await connection.execute(_BUMP, {"row": own_id})

    async def remove(self, connection: Connection, rows: Sequence[bytes]) -> None:
        """Remove rows that were sent, or done."""
        await connection.execute(*_FORGET(rows))

    async def forget_due(self, connection: Connection, now: datetime) -> int:
        """Delete some timed rows whose hour has come, and was acted on; return how many."""
        return (await connection.execute(_FORGET_DUE, {"hour": hour_of(now)})).rowcount

    async def forget_old(self, connection: Connection, now: datetime) -> int:
        """Give up some rows that could not be sent for days; return how many."""
        oldest = day_of(now) - DROP_AFTER_DAYS
        return (await connection.execute(_FORGET_OLD, {"day": oldest})).rowcount

    async def of_account(self, connection: Connection, to: Account) -> list[OutboxRow]:
        """List all rows of this account, in order."""
        rows = await connection.execute(*_OF_QUEUES(queue_ids(self.keyring, to)))
        return [self._open(row) for row in rows.mappings()]

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
        op, to, text = decode_row(plain)
        place = (row["day"], row["seq"])
        return OutboxRow(row["id"], op, to, text, row["due_hour"], row["tries"], *place)


def queue_id(keyring: Keyring, day: int, to: Account) -> bytes:
    """Compute the id that all rows of an account have in common on one day."""
    name = derive_label(Label.BOX_LANE, account_bytes(to))
    return row_id(keyring.key_for(day, Label.BOX_INDEX), name)


def queue_ids(keyring: Keyring, to: Account) -> list[bytes]:
    """Compute the account's queue ids for every day whose key is there."""
    name = derive_label(Label.BOX_LANE, account_bytes(to))
    days = keyring.live_days()
    return [row_id(keyring.key_for(day, Label.BOX_INDEX), name) for day in days]


def row_context(own_id: bytes, day: int, queue: bytes, seq: int) -> bytes:
    """Bind a row to its place."""
    return derive_label(
        Label.BOX_AD, own_id, day.to_bytes(4, "big"), queue, seq.to_bytes(4, "big")
    )


def encode_row(op: str, to: Account, say: TextRef) -> bytes:
    """Encode a row: names and references only."""
    return cbor.encode(
        {
            "v": 1,
            "op": op,
            **sealed_fields(to),
            "s": say.sentence,
            "st": say.step,
            "l": say.language,
            "i": list(say.ids),
        }
    )


def decode_row(plain: bytes) -> tuple[str, Account, TextRef]:
    """Decode what ``encode_row`` wrote."""
    row: dict[str, Any] = dict(cbor.decode_map(plain, "An outbox row"))
    text = TextRef(row["s"], row["st"], tuple(row["i"]), row["l"])
    return row["op"], sealed_account(row), text
