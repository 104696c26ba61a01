"""Messages of a chat that can still be deleted, for as long as their platform allows it.

A row holds the ids that the platform gave to at most 20 messages, and the account whose chat they
stand in, sealed under the day key. It never holds what the messages said.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Delete,
    RowMapping,
    bindparam,
    delete,
    insert,
    literal,
    or_,
    select,
    tuple_,
    update,
)

from store.cases.drafts import LIFE_HOURS
from store.crypto import cbor
from store.crypto.kdf import Entropy, pad, seal, unpad, unseal
from store.crypto.keyring import Keyring
from store.crypto.labels import Label, derive_label
from store.db.connection import Connection
from store.db.lookup import InStatement, delete_some
from store.db.schema import deletable_message
from store.inbox.accounts import ID_BYTES, sealed_account, sealed_fields
from store.model.accounts import Account
from store.model.clock import DAY_HOURS, day_of, hour_of
from store.model.errors import Tampered
from store.model.outbox import DeletableMessages, SentMessages
from store.outbox.rows import PAGE_ROWS, queue_id, queue_ids

BLOB_BYTES = 1024
LENGTH_BYTES = 2
IDS_IN_A_ROW = 20
FULL = 0x80
"""The first bit of a row's id says that the row is full, so that it is not opened to be filled."""

_rows = deletable_message.c
_UNFILLED = select(deletable_message).where(
    _rows.lane == bindparam("lane"),
    _rows.hour == bindparam("hour"),
    _rows.id < bytes([FULL]),
)
_OF_QUEUES = InStatement(
    _rows.lane,
    lambda mine: select(deletable_message).where(mine).order_by(_rows.day, _rows.hour),
)
_INSERT = insert(deletable_message)
_FILL = update(deletable_message).where(_rows.id == bindparam("row"))
_WRITE_OVER = _FILL.where(_rows.lane == bindparam("its_lane"))
_REMOVE = InStatement(_rows.id, lambda mine: delete(deletable_message).where(mine))
_HOUR = tuple_(_rows.day, _rows.hour)  # by day first: one index serves hours and days
_UP_TO = tuple_(bindparam("until_day"), bindparam("until")) >= _HOUR
_POSITION = (_rows.day, _rows.hour, _rows.id)
_AFTER = tuple_(*(bindparam(name) for name in ("day_after", "hour_after", "row_after")))
_PAGE = (
    select(deletable_message)
    .where(_UP_TO, tuple_(*_POSITION) > _AFTER, _rows.platform == bindparam("of"))
    .order_by(*_POSITION)
    .limit(PAGE_ROWS)
)

Position = tuple[int, int, bytes]
"""Where a row stands in the order of days, hours and ids."""

BEGINNING: Position = (0, 0, b"")


@dataclass(frozen=True, slots=True)
class DeletableMessageRepository:
    """The table ``deletable_message``."""

    keyring: Keyring
    entropy: Entropy = field(repr=False)
    deletable_hours: Mapping[str, int] = field(default_factory=dict)
    """How long rows are kept where a platform limits deletion; elsewhere as long as any draft."""

    def add(
        self,
        connection: Connection,
        to: Account,
        ids: Sequence[str],
        now: datetime,
        *,
        lasting: bool = False,
    ) -> None:
        """Remember these messages: in the row of this hour, as long as there is room in it."""
        if ids:
            sent = SentMessages(to, tuple(ids), lasting=lasting, deletable=True)
            self._add(connection, sent, now)

    def _add(self, connection: Connection, added: SentMessages, now: datetime) -> None:
        self._fill(connection, self._unfilled(connection, added, now), added, now)

    def add_to_chat(
        self, connection: Connection, to: Account, ids: Sequence[str], now: datetime
    ) -> tuple[DeletableMessages, ...]:
        """Remember these messages, and list with them what can be deleted in the chat."""
        rows = self.of_account(connection, to)
        if not ids:
            return rows
        added = SentMessages(to, tuple(ids), lasting=False, deletable=True)
        unfilled = next((row for row in rows if _has_room(row, added, hour_of(now))), None)
        filled = self._fill(connection, unfilled, added, now)
        return (*(row for row in rows if row is not unfilled), *filled)

    def _fill(
        self,
        connection: Connection,
        unfilled: DeletableMessages | None,
        added: SentMessages,
        now: datetime,
    ) -> tuple[DeletableMessages, ...]:
        """Write messages to a row that has room, and to new rows; return these rows."""
        held = unfilled.ids if unfilled else ()
        found, new = list[DeletableMessages](), list[dict[str, Any]]()
        for ids, plain, full in _portions(replace(added, ids=(*held, *added.ids)), hour_of(now)):
            row = self._row(added.to, now, plain, full=full)
            new.append(row)
            place = (row["hour"], added.lasting, added.to.address, added.hold)
            found.append(DeletableMessages(row["id"], ids, *place))
        if unfilled is not None:
            filled = new.pop(0)
            values = {"row": unfilled.row, "id": filled["id"], "blob": filled["blob"]}
            connection.execute(_FILL, values)
        if new:
            connection.execute(_INSERT, new)
        return tuple(found)

    def replace(
        self,
        connection: Connection,
        forgotten: Sequence[DeletableMessages],
        sent: Sequence[SentMessages],
        now: datetime,
    ) -> None:
        """Remember messages that were sent, in place of what is forgotten as far as it fits."""
        forgotten, added = list(forgotten), list[SentMessages]()
        for each in sent:
            row = self._write_over(connection, forgotten, each, now)
            if row is None:
                added.append(each)
            else:
                forgotten.remove(row)
        if forgotten:
            self.remove(connection, [row.row for row in forgotten])
        for each in added:
            self._add(connection, each, now)

    def _write_over(
        self,
        connection: Connection,
        rows: Sequence[DeletableMessages],
        sent: SentMessages,
        now: datetime,
    ) -> DeletableMessages | None:
        """Remember messages in place of a row that is forgotten; return it, None if none fits.

        A row that was filled meanwhile is not there any more by its id.
        """
        hour = hour_of(now)
        (_, plain, full), *more = _portions(sent, hour)
        for row in rows if not more else ():
            if _is_like(row, sent, hour):
                new = self._row(sent.to, now, plain, full=full)
                values = {"row": row.row, "its_lane": new["lane"]}
                values |= {"id": new["id"], "blob": new["blob"]}
                return row if connection.execute(_WRITE_OVER, values).rowcount else None
        return None

    def _unfilled(
        self, connection: Connection, added: SentMessages, now: datetime
    ) -> DeletableMessages | None:
        """Find the row of this hour, of the same address and kind, that has room."""
        queue = queue_id(self.keyring, day_of(now), added.to)
        rows = connection.execute(_UNFILLED, {"lane": queue, "hour": hour_of(now)})
        for whose, found in map(self._open, rows.mappings().all()):
            if (whose, found.lasting, found.hold) == (added.to, added.lasting, added.hold):
                return found
        return None

    def _row(self, to: Account, now: datetime, plain: bytes, *, full: bool) -> dict[str, Any]:
        first, *rest = self.entropy(ID_BYTES)
        own_id, day = bytes([first | FULL if full else first & ~FULL, *rest]), day_of(now)
        queue = queue_id(self.keyring, day, to)
        place = {"id": own_id, "day": day, "lane": queue, "hour": hour_of(now)}
        blob = self.seal_row(own_id, day, queue, plain)
        return {**place, "platform": to.platform, "blob": blob}

    def of_account(self, connection: Connection, who: Account) -> tuple[DeletableMessages, ...]:
        """List what can still be deleted in this account's chat, the oldest hour first."""
        rows = connection.execute(*_OF_QUEUES(queue_ids(self.keyring, who)))
        return tuple(self._open(row)[1] for row in rows.mappings())

    def remove(self, connection: Connection, rows: Sequence[bytes]) -> None:
        """Remove rows whose messages were deleted, or cannot be."""
        connection.execute(*_REMOVE(rows))

    def page_until(
        self, connection: Connection, platform: str, hour: int, after: Position
    ) -> tuple[list[tuple[Account, DeletableMessages]], Position | None]:
        """List a page of what came at this hour or before it, and where the next page begins."""
        day, from_hour, row = after
        values = {"day_after": day, "hour_after": from_hour, "row_after": row, "of": platform}
        rows = connection.execute(_PAGE, {**_up_to(hour), **values}).mappings().all()
        found = [self._open(row) for row in rows if row["day"] in self.keyring.days]
        return found, _position(rows[-1]) if len(rows) == PAGE_ROWS else None

    def forget_old(self, connection: Connection, now: datetime) -> int:
        """Delete some rows of messages that cannot be deleted any more; return how many."""
        hour = hour_of(now)
        shortest = min((*self.deletable_hours.values(), LIFE_HOURS))
        statement = self._forget_old(hour)
        return connection.execute(statement, _up_to(hour - shortest)).rowcount

    def _forget_old(self, hour: int) -> Delete:
        limits = [
            (_rows.platform == platform) & _before(hour - hours)
            for platform, hours in self.deletable_hours.items()
        ]
        return delete_some(deletable_message, _UP_TO & or_(*limits, _before(hour - LIFE_HOURS)))

    def seal_row(self, row_id: bytes, day: int, queue: bytes, plain: bytes) -> bytes:
        """Seal the content of a row to its place: always 1052 bytes."""
        context = row_context(row_id, day, queue)
        return seal(self._key(day), context, pad(BLOB_BYTES, plain), self.entropy)

    def _key(self, day: int) -> bytes:
        return self.keyring.key_for(day, Label.TRACE_KEY)

    def _open(self, row: RowMapping) -> tuple[Account, DeletableMessages]:
        context = row_context(row["id"], row["day"], row["lane"])
        plain = unpad(unseal(self._key(row["day"]), context, row["blob"]))
        to, ids, hour, lasting, hold = decode_row(plain)
        if (hour, to.platform) != (row["hour"], row["platform"]):
            raise Tampered("A trace says another hour or platform than is sealed in it.")
        return to, DeletableMessages(row["id"], ids, hour, lasting, to.address, hold)


def _position(row: RowMapping) -> Position:
    return row["day"], row["hour"], row["id"]


def _up_to(hour: int) -> dict[str, int]:
    return {"until_day": hour // DAY_HOURS, "until": hour}


def _before(hour: int) -> ColumnElement[bool]:
    return tuple_(literal(hour // DAY_HOURS), literal(hour)) >= _HOUR


def row_context(row_id: bytes, day: int, queue: bytes) -> bytes:
    """Bind a row to its place."""
    return derive_label(Label.TRACE_AD, row_id, day.to_bytes(4, "big"), queue)


def encode_row(
    to: Account, ids: Sequence[str], hour: int, *, lasting: bool = False, hold: str = ""
) -> bytes:
    """Encode the ids of messages, and the account whose chat they stand in."""
    fields: dict[str, cbor.Value] = {"v": 1, **sealed_fields(to), "m": list(ids), "h": hour}
    if lasting:
        fields["k"] = 1
    if hold:
        fields["o"] = bytes.fromhex(hold)
    return cbor.encode(fields)


def decode_row(plain: bytes) -> tuple[Account, tuple[str, ...], int, bool, str]:
    """Decode what ``encode_row`` wrote: account, ids, hour, whether they are lasting, the hold."""
    row: dict[str, Any] = dict(cbor.decode_map(plain, "A trace"))
    hold: bytes = row.get("o", b"")
    return sealed_account(row), tuple(row["m"]), row["h"], "k" in row, hold.hex()


def _is_like(row: DeletableMessages, sent: SentMessages, hour: int) -> bool:
    """Return whether messages can stand in this row: it is of the same hour, chat and kind."""
    kind = (row.hour, row.lasting, row.address, row.hold)
    return kind == (hour, sent.lasting, sent.to.address, sent.hold)


def _has_room(row: DeletableMessages, sent: SentMessages, hour: int) -> bool:
    return row.row < bytes([FULL]) and _is_like(row, sent, hour)


def _portions(sent: SentMessages, hour: int) -> Iterator[tuple[tuple[str, ...], bytes, bool]]:
    """Yield as many ids as fit into a row, the row, and whether it is full then.

    Long ids fill a row before there are twenty.
    """
    ids = sent.ids
    while ids:
        count = min(len(ids), IDS_IN_A_ROW)
        encode = partial(encode_row, hour=hour, lasting=sent.lasting, hold=sent.hold)
        plain = encode(sent.to, ids[:count])
        while count > 1 and len(plain) > BLOB_BYTES - LENGTH_BYTES:
            count -= 1
            plain = encode(sent.to, ids[:count])
        taken, ids = ids[:count], ids[count:]
        yield taken, plain, count == IDS_IN_A_ROW or bool(ids)
