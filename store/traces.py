"""Traces: which messages of a chat can still be cleaned, for as long as a platform allows it.

A row holds the ids that the platform gave to at most 20 messages, and whose chat they stand in,
sealed under the day key. It never holds what was said.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, bindparam, delete, insert, or_, select, update

from store import cbor
from store.accounts import ID_BYTES
from store.clock import DAY_HOURS, day_of, hour_of
from store.connection import Connection
from store.errors import Tampered
from store.kdf import Entropy, pad, seal, unpad, unseal
from store.keyring import Keyring
from store.labels import Label, derive_label
from store.lookup import AnyOf
from store.outbox import lane_of, lanes_of
from store.records import Account, Trace
from store.schema import trace

BLOB_BYTES = 1024
LENGTH_BYTES = 2
IDS_IN_A_ROW = 20
LIFE_HOURS = 48
"""After these no platform takes a message back any more."""

_OF_HOUR = select(trace).where(
    trace.c.lane == bindparam("lane"), trace.c.hour == bindparam("hour")
)
_OF_LANES = AnyOf(
    trace.c.lane,
    lambda mine: select(trace).where(mine).order_by(trace.c.day, trace.c.hour),
)
_INSERT = insert(trace)
_FILL = update(trace).where(trace.c.id == bindparam("row")).values(blob=bindparam("sealed"))
_FORGET = AnyOf(trace.c.id, lambda mine: delete(trace).where(mine))
_UP_TO = or_(
    trace.c.day < bindparam("until_day"),
    (trace.c.day == bindparam("until_day")) & (trace.c.hour <= bindparam("until")),
)
"""By day first, so that one index serves the hours and the days."""
_OLD = select(trace).where(_UP_TO).order_by(trace.c.day, trace.c.hour)
_FORGET_OLD = delete(trace).where(_UP_TO)


@dataclass(frozen=True, slots=True)
class Traces:
    """The table ``trace``."""

    keyring: Keyring
    entropy: Entropy = field(repr=False)

    async def add(
        self,
        connection: Connection,
        to: Account,
        ids: Sequence[str],
        now: datetime,
        *,
        lasting: bool = False,
    ) -> None:
        """Remember these messages: in the row of this hour, as long as there is room in it."""
        if not ids:
            return
        lane = lane_of(self.keyring, day_of(now), to)
        row = await self._unfilled(connection, lane, to, hour_of(now), lasting=lasting)
        held = row.ids if row else ()
        first, *others = _portions(to, (*held, *ids), hour_of(now), lasting=lasting)
        if row is not None:
            blob = self.seal_row(row.row, day_of(now), lane, first)
            await connection.execute(_FILL, {"row": row.row, "sealed": blob})
        new = others if row is not None else [first, *others]
        if new:
            await connection.execute(_INSERT, [self._row(lane, now, plain) for plain in new])

    async def _unfilled(
        self, connection: Connection, lane: bytes, to: Account, hour: int, *, lasting: bool
    ) -> Trace | None:
        rows = (await connection.execute(_OF_HOUR, {"lane": lane, "hour": hour})).mappings()
        for whose, found in map(self._open, rows.all()):
            if (whose, found.lasting) == (to, lasting) and len(found.ids) < IDS_IN_A_ROW:
                return found
        return None

    def _row(self, lane: bytes, now: datetime, plain: bytes) -> dict[str, object]:
        row_id, day = self.entropy(ID_BYTES), day_of(now)
        blob = self.seal_row(row_id, day, lane, plain)
        return {"id": row_id, "day": day, "lane": lane, "hour": hour_of(now), "blob": blob}

    async def of(self, connection: Connection, who: Account) -> tuple[Trace, ...]:
        """What can still be cleaned in this account's chat, the oldest hour first."""
        rows = await connection.execute(*_OF_LANES(lanes_of(self.keyring, who)))
        return tuple(self._open(row)[1] for row in rows.mappings())

    async def forget(self, connection: Connection, rows: Sequence[bytes]) -> None:
        """They were cleaned, or cannot be."""
        await connection.execute(*_FORGET(rows))

    async def old(
        self, connection: Connection, platform: str, hour: int
    ) -> dict[Account, list[Trace]]:
        """What came at this hour or before it, for every account of the platform."""
        found = defaultdict(list)
        for row in (await connection.execute(_OLD, _up_to(hour))).mappings().all():
            if row["day"] in self.keyring.days:
                to, opened = self._open(row)
                found[to].append(opened)
        return {to: rows for to, rows in found.items() if to.platform == platform}

    async def forget_old(self, connection: Connection, now: datetime) -> None:
        """What no platform would clean any more."""
        await connection.execute(_FORGET_OLD, _up_to(hour_of(now) - LIFE_HOURS))

    def seal_row(self, row_id: bytes, day: int, lane: bytes, plain: bytes) -> bytes:
        """1052 bytes, whatever is in it."""
        context = row_context(row_id, day, lane)
        return seal(self._key(day), context, pad(BLOB_BYTES, plain), self.entropy)

    def _key(self, day: int) -> bytes:
        return self.keyring.key_for(day, Label.TRACE_KEY)

    def _open(self, row: RowMapping) -> tuple[Account, Trace]:
        context = row_context(row["id"], row["day"], row["lane"])
        to, ids, hour, lasting = decode_row(
            unpad(unseal(self._key(row["day"]), context, row["blob"]))
        )
        if hour != row["hour"]:
            raise Tampered("A trace says another hour than the one that is sealed in it.")
        return to, Trace(row["id"], ids, hour, lasting)


def _up_to(hour: int) -> dict[str, int]:
    return {"until_day": hour // DAY_HOURS, "until": hour}


def row_context(row_id: bytes, day: int, lane: bytes) -> bytes:
    """A row is bound to its place."""
    return derive_label(Label.TRACE_AD, row_id, day.to_bytes(4, "big"), lane)


def encode_row(to: Account, ids: Sequence[str], hour: int, *, lasting: bool = False) -> bytes:
    """Ids of messages, and whose chat they stand in."""
    fields: dict[str, cbor.Value] = {
        "v": 1,
        "p": to.platform,
        "a": to.address,
        "m": list(ids),
        "h": hour,
    }
    if to.name != to.address:  # as in the outbox
        fields["n"] = to.name
    if lasting:
        fields["k"] = 1
    return cbor.encode(fields)


def decode_row(plain: bytes) -> tuple[Account, tuple[str, ...], int, bool]:
    """The inverse of ``encode_row``."""
    row: dict[str, Any] = dict(cbor.decode_map(plain, "A trace"))
    to = Account(row["p"], row.get("n", row["a"]), row["a"])
    return to, tuple(row["m"]), row["h"], "k" in row


def _portions(to: Account, ids: tuple[str, ...], hour: int, *, lasting: bool) -> Iterator[bytes]:
    """As many ids in each row as it can hold; long ids fill it before there are twenty."""
    while ids:
        count = min(len(ids), IDS_IN_A_ROW)
        plain = encode_row(to, ids[:count], hour, lasting=lasting)
        while count > 1 and len(plain) > BLOB_BYTES - LENGTH_BYTES:
            count -= 1
            plain = encode_row(to, ids[:count], hour, lasting=lasting)
        yield plain
        ids = ids[count:]
