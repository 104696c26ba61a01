"""The outbox: what a turn causes to be sent, written in the turn's own transaction.

A row names a sentence, a step, a language and references. It never holds typed words, recovery
words, codes or PINs: those are rendered when they are sent. Who it goes to is sealed under the
day key.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from store import cbor
from store.accounts import ID_BYTES, account_bytes, keyed_id
from store.clock import day_of, hour_of
from store.errors import Locked
from store.kdf import Entropy, expand, pad, seal, unpad, unseal
from store.keyring import Keyring
from store.labels import Label, derive_label
from store.records import Account, Post, Say
from store.schema import outbox

BLOB_BYTES = 1024
SAY = "say"
RELEASE = "release"
DROP_AFTER_DAYS = 14


@dataclass(frozen=True, slots=True)
class Row:
    """One outbox row, opened."""

    id: bytes = field(repr=False)
    op: str
    to: Account
    say: Say
    due_hour: int
    tries: int


@dataclass(frozen=True, slots=True)
class Outbox:
    """The table ``outbox``."""

    keyring: Keyring
    entropy: Entropy = field(repr=False)

    async def add(
        self,
        connection: AsyncConnection,
        to: Account,
        op: str,
        say: Say,
        now: datetime,
        due_hour: int = 0,
    ) -> None:
        """Behind everything that this account is still to be sent."""
        day = day_of(now)
        lane = self._lane(day, to)
        highest = select(func.max(outbox.c.seq)).where(outbox.c.lane == lane)
        seq = ((await connection.execute(highest)).scalar() or 0) + 1
        row_id = self.entropy(ID_BYTES)
        blob = self.seal_row(row_id, day, lane, seq, encode_row(op, to, say))
        await connection.execute(
            insert(outbox).values(
                id=row_id, day=day, lane=lane, seq=seq, due_hour=due_hour, tries=0, blob=blob
            )
        )

    async def waiting(self, connection: AsyncConnection, to: Account) -> list[Post]:
        """What is to be said to this account now, in order."""
        rows = await self._rows_of(connection, to)
        return [Post(r.id, r.to, r.say, repeated=r.tries > 0) for r in rows if r.op == SAY]

    async def releases(self, connection: AsyncConnection, to: Account) -> list[Row]:
        """Hand-overs that this account may still stop."""
        return [row for row in await self._rows_of(connection, to) if row.op == RELEASE]

    async def tried(self, connection: AsyncConnection, row_id: bytes) -> None:
        """Another attempt begins; if it is cut off, the next one knows."""
        bump = update(outbox).where(outbox.c.id == row_id).values(tries=outbox.c.tries + 1)
        await connection.execute(bump)

    async def confirm(self, connection: AsyncConnection, row_id: bytes) -> None:
        """It was sent, or done."""
        await connection.execute(delete(outbox).where(outbox.c.id == row_id))

    async def forget_due(self, connection: AsyncConnection, now: datetime) -> None:
        """Timed rows whose hour has come: what they stood for is done, their key may be gone."""
        timed = (outbox.c.due_hour > 0) & (outbox.c.due_hour <= hour_of(now))
        await connection.execute(delete(outbox).where(timed))

    async def forget_old(self, connection: AsyncConnection, now: datetime) -> int:
        """What could not be sent in 14 days is given up; how many rows that were."""
        old = outbox.c.day < day_of(now) - DROP_AFTER_DAYS
        return (await connection.execute(delete(outbox).where(old))).rowcount

    async def _rows_of(self, connection: AsyncConnection, to: Account) -> list[Row]:
        lanes = [self._lane(day, to) for day in self.keyring.live_days()]
        query = select(outbox).where(outbox.c.lane.in_(lanes)).order_by(outbox.c.day, outbox.c.seq)
        return [self._open(row) for row in (await connection.execute(query)).mappings()]

    def _lane(self, day: int, to: Account) -> bytes:
        key = self.keyring.day_key(day)
        return keyed_id(key, Label.BOX_INDEX, Label.BOX_LANE, account_bytes(to))

    def _key(self, day: int) -> bytes:
        if day not in self.keyring.days:
            raise Locked("An outbox row is older than its day key; it cannot be sent any more.")
        return expand(self.keyring.day_key(day), derive_label(Label.BOX_KEY), 32)

    def seal_row(self, row_id: bytes, day: int, lane: bytes, seq: int, plain: bytes) -> bytes:
        """1052 bytes, whatever is in it."""
        context = row_context(row_id, day, lane, seq)
        return seal(self._key(day), context, pad(BLOB_BYTES, plain), self.entropy)

    def _open(self, row: RowMapping) -> Row:
        context = row_context(row["id"], row["day"], row["lane"], row["seq"])
        plain = unpad(unseal(self._key(row["day"]), context, row["blob"]))
        op, to, say = decode_row(plain)
        return Row(row["id"], op, to, say, row["due_hour"], row["tries"])


def row_context(row_id: bytes, day: int, lane: bytes, seq: int) -> bytes:
    """A row is bound to its place."""
    return derive_label(Label.BOX_AD, row_id, day.to_bytes(4, "big"), lane, seq.to_bytes(4, "big"))


def encode_row(op: str, to: Account, say: Say) -> bytes:
    """See the module's first sentence: names and references only."""
    fields: cbor.Map = {
        "v": 1,
        "op": op,
        "p": to.platform,
        "a": to.address,
        "s": say.sentence,
        "st": say.step,
        "l": say.language,
        "i": list(say.ids),
    }
    # On a chat platform the address of a direct message is the account; where it is not, both.
    return cbor.encode(fields if to.name == to.address else {**fields, "n": to.name})


def decode_row(plain: bytes) -> tuple[str, Account, Say]:
    """The inverse of ``encode_row``."""
    row: dict[str, Any] = dict(cbor.decode_map(plain, "An outbox row"))
    to = Account(row["p"], row.get("n", row["a"]), row["a"])
    return row["op"], to, Say(row["s"], row["st"], tuple(row["i"]), row["l"])
