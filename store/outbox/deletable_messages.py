"""Traces: which messages of a chat can still be cleaned, for as long as a platform allows it.

A row holds the ids that the platform gave to at most 20 messages, and whose chat they stand in,
sealed under the day key. It never holds what was said.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, bindparam, delete, insert, select, tuple_, update

from store.cases.drafts import LIFE_HOURS
from store.crypto import cbor
from store.crypto.kdf import Entropy, pad, seal, unpad, unseal
from store.crypto.keyring import Keyring
from store.crypto.labels import Label, derive_label
from store.db.connection import Connection
from store.db.lookup import AnyOfStatement, delete_some
from store.db.schema import deletable_message
from store.inbox.accounts import ID_BYTES, sealed_account, sealed_fields
from store.model.accounts import Account
from store.model.clock import DAY_HOURS, day_of, hour_of
from store.model.errors import Tampered
from store.model.outbox import DeletableMessages
from store.outbox.rows import PAGE_ROWS, lane_of, lanes_of

BLOB_BYTES = 1024
LENGTH_BYTES = 2
IDS_IN_A_ROW = 20
FULL = 0x80
"""The first bit of an id says that its row is full: so it is not opened again to be filled."""
TELEGRAM = "telegram"
TELEGRAM_HOURS = 72
"""Telegram takes nothing back any more by then, and there was a day to say so."""

_UNFILLED = select(deletable_message).where(
    deletable_message.c.lane == bindparam("lane"),
    deletable_message.c.hour == bindparam("hour"),
    deletable_message.c.id < bytes([FULL]),
)
_OF_LANES = AnyOfStatement(
    deletable_message.c.lane,
    lambda mine: (
        select(deletable_message)
        .where(mine)
        .order_by(deletable_message.c.day, deletable_message.c.hour)
    ),
)
_INSERT = insert(deletable_message)
_FILL = update(deletable_message).where(deletable_message.c.id == bindparam("row"))
_FORGET = AnyOfStatement(
    deletable_message.c.id, lambda mine: delete(deletable_message).where(mine)
)
_HOUR = tuple_(
    deletable_message.c.day, deletable_message.c.hour
)  # by day first: one index serves hours and days
_UP_TO = tuple_(bindparam("until_day"), bindparam("until")) >= _HOUR
_PLACE = (deletable_message.c.day, deletable_message.c.hour, deletable_message.c.id)
_AFTER = tuple_(*(bindparam(name) for name in ("day_after", "hour_after", "row_after")))
_OLD = (
    select(deletable_message)
    .where(_UP_TO, tuple_(*_PLACE) > _AFTER, deletable_message.c.platform == bindparam("of"))
    .order_by(*_PLACE)
    .limit(PAGE_ROWS)
)
_LAST = tuple_(bindparam("last_day"), bindparam("last")) >= _HOUR
_FORGET_OLD = delete_some(
    deletable_message, _UP_TO & ((deletable_message.c.platform == TELEGRAM) | _LAST)
)

Place = tuple[int, int, bytes]
"""Where a row stands in the order of days, hours and ids."""

BEGINNING: Place = (0, 0, b"")


@dataclass(frozen=True, slots=True)
class DeletableMessageRepository:
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
        rows = [
            self._row(lane, to.platform, now, plain, full=full)
            for plain, full in _portions(to, (*held, *ids), hour_of(now), lasting=lasting)
        ]
        if row is not None:
            filled = rows.pop(0)
            values = {"row": row.row, "id": filled["id"], "blob": filled["blob"]}
            await connection.execute(_FILL, values)
        if rows:
            await connection.execute(_INSERT, rows)

    async def _unfilled(
        self, connection: Connection, lane: bytes, to: Account, hour: int, *, lasting: bool
    ) -> DeletableMessages | None:
        """The row of this hour, of the same address and kind, that has room."""
        rows = await connection.execute(_UNFILLED, {"lane": lane, "hour": hour})
        for whose, found in map(self._open, rows.mappings().all()):
            if (whose, found.lasting) == (to, lasting):
                return found
        return None

    def _row(
        self, lane: bytes, platform: str, now: datetime, plain: bytes, *, full: bool
    ) -> dict[str, object]:
        first, *rest = self.entropy(ID_BYTES)
        own_id, day = bytes([first | FULL if full else first & ~FULL, *rest]), day_of(now)
        row = {"id": own_id, "day": day, "lane": lane, "hour": hour_of(now), "platform": platform}
        return {**row, "blob": self.seal_row(own_id, day, lane, plain)}

    async def of_account(
        self, connection: Connection, who: Account
    ) -> tuple[DeletableMessages, ...]:
        """What can still be cleaned in this account's chat, the oldest hour first."""
        rows = await connection.execute(*_OF_LANES(lanes_of(self.keyring, who)))
        return tuple(self._open(row)[1] for row in rows.mappings())

    async def remove(self, connection: Connection, rows: Sequence[bytes]) -> None:
        """They were cleaned, or cannot be."""
        await connection.execute(*_FORGET(rows))

    async def page_until(
        self, connection: Connection, platform: str, hour: int, after: Place
    ) -> tuple[list[tuple[Account, DeletableMessages]], Place | None]:
        """What came at this hour or before it, a page of rows; where the next page begins."""
        day, from_hour, row = after
        values = {"day_after": day, "hour_after": from_hour, "row_after": row, "of": platform}
        rows = (await connection.execute(_OLD, {**_up_to(hour), **values})).mappings().all()
        found = [self._open(row) for row in rows if row["day"] in self.keyring.days]
        return found, _place(rows[-1]) if len(rows) == PAGE_ROWS else None

    async def forget_old(self, connection: Connection, now: datetime) -> int:
        """What its platform would not clean any more; elsewhere, what outlived any talk."""
        last = hour_of(now) - LIFE_HOURS
        over = {**_up_to(hour_of(now) - TELEGRAM_HOURS), "last_day": last // DAY_HOURS}
        return (await connection.execute(_FORGET_OLD, {**over, "last": last})).rowcount

    def seal_row(self, row_id: bytes, day: int, lane: bytes, plain: bytes) -> bytes:
        """1052 bytes, whatever is in it."""
        context = row_context(row_id, day, lane)
        return seal(self._key(day), context, pad(BLOB_BYTES, plain), self.entropy)

    def _key(self, day: int) -> bytes:
        return self.keyring.key_for(day, Label.TRACE_KEY)

    def _open(self, row: RowMapping) -> tuple[Account, DeletableMessages]:
        context = row_context(row["id"], row["day"], row["lane"])
        to, ids, hour, lasting = decode_row(
            unpad(unseal(self._key(row["day"]), context, row["blob"]))
        )
        if (hour, to.platform) != (row["hour"], row["platform"]):
            raise Tampered("A trace says another hour or platform than is sealed in it.")
        return to, DeletableMessages(row["id"], ids, hour, lasting, to.address)


def _place(row: RowMapping) -> Place:
    return row["day"], row["hour"], row["id"]


def _up_to(hour: int) -> dict[str, int]:
    return {"until_day": hour // DAY_HOURS, "until": hour}


def row_context(row_id: bytes, day: int, lane: bytes) -> bytes:
    """A row is bound to its place."""
    return derive_label(Label.TRACE_AD, row_id, day.to_bytes(4, "big"), lane)


def encode_row(to: Account, ids: Sequence[str], hour: int, *, lasting: bool = False) -> bytes:
    """Ids of messages, and whose chat they stand in."""
    fields: cbor.Map = {"v": 1, **sealed_fields(to), "m": list(ids), "h": hour}
    return cbor.encode({**fields, "k": 1} if lasting else fields)


def decode_row(plain: bytes) -> tuple[Account, tuple[str, ...], int, bool]:
    """The inverse of ``encode_row``."""
    row: dict[str, Any] = dict(cbor.decode_map(plain, "A trace"))
    return sealed_account(row), tuple(row["m"]), row["h"], "k" in row


def _portions(
    to: Account, ids: tuple[str, ...], hour: int, *, lasting: bool
) -> Iterator[tuple[bytes, bool]]:
    """As many ids in each row as it can hold, and whether it is full then.

    Long ids fill a row before there are twenty.
    """
    while ids:
        count = min(len(ids), IDS_IN_A_ROW)
        plain = encode_row(to, ids[:count], hour, lasting=lasting)
        while count > 1 and len(plain) > BLOB_BYTES - LENGTH_BYTES:
            count -= 1
            plain = encode_row(to, ids[:count], hour, lasting=lasting)
        ids = ids[count:]
        yield plain, count == IDS_IN_A_ROW or bool(ids)
