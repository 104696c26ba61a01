"""Deliveries as their readers see them: listed, built as a file, sent and fetched."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select, update

from store.cases.handovers import (
    BEING_SENT,
    BEING_SENT_AGAIN,
    FETCHED,
    HELD,
    LEAVING,
    RECEIVED,
    RELEASED,
    SENT,
)
from store.cases.items import file_of
from store.db.connection import Connection
from store.db.schema import access_grant, delivery, permission
from store.model.errors import NotPermitted
from store.model.outbox import Payload, SendStart
from store.model.readers import Delivery
from store.readers.delivery_bundle import build_delivery
from store.readers.roster import Member


@dataclass(frozen=True, slots=True)
class DeliveryRepository:
    """The tables ``delivery`` and ``access_grant``, for one reader at a time.

    A reader can have what was released to them and not revoked, as often as they ask for it.
    """

    def waiting(self, connection: Connection, member: Member) -> tuple[Delivery, ...]:
        """List what this reader can fetch: nothing that is held or revoked."""
        query = (
            select(delivery.c.code, delivery.c.state)
            .join(permission)
            .where(delivery.c.fp == member.mid[:10], delivery.c.state != HELD)
            .where(permission.c.revoked.is_(None))
            .order_by(delivery.c.code)
        )
        rows = connection.execute(query)
        return tuple(Delivery(row.code, fetched=row.state in RECEIVED) for row in rows)

    def find(self, connection: Connection, member: Member, code: str) -> bytes:
        """Return the id of a delivery; ``NotPermitted`` for any that is not theirs to fetch."""
        row = _unrevoked(connection, member.mid, delivery.c.code == code.upper())
        if row is None:
            raise NotPermitted("There is no delivery with these characters for this reader.")
        if row["state"] == HELD:
            raise NotPermitted("This delivery is still held by its reporter. Try again later.")
        return bytes(row["id"])

    def build(self, connection: Connection, mid: bytes, own_id: bytes) -> Payload | None:
        """Build the file of a delivery; None if this reader may not have it, or not any more."""
        row = self._fetchable(connection, mid, own_id)
        if row is None:
            return None
        mine = (access_grant.c.stmt == row["stmt"]) & (access_grant.c.fp == mid[:10])
        query = select(access_grant.c.item, access_grant.c.header).where(mine)
        grants = connection.execute(query).all()
        files = [(g.item, file_of(connection, g.item, g.header)) for g in grants]
        bundle = build_delivery(row["code"], row["env"], sorted(files))
        return Payload(f"{row['code']}.holdfast", bundle)

    def begin_send(self, connection: Connection, mid: bytes, own_id: bytes) -> SendStart:
        """Record that a delivery is being sent, if its reader may still have it."""
        row = self._fetchable(connection, mid, own_id)
        if row is None:
            return SendStart.WITHHELD
        _set_state(connection, own_id, (BEING_SENT,), BEING_SENT_AGAIN)
        _set_state(connection, own_id, (RELEASED,), BEING_SENT)
        return SendStart.FIRST if row["state"] == RELEASED else SendStart.REPEATED

    def end_send(self, connection: Connection, own_id: bytes) -> None:
        """Record that a chat platform took the file; do nothing if it was revoked meanwhile."""
        _set_state(connection, own_id, LEAVING, SENT)

    def undo_send(self, connection: Connection, own_id: bytes) -> None:
        """Record that nothing of a first attempt can have arrived: the delivery waits again.

        Do nothing if another attempt has begun meanwhile.
        """
        _set_state(connection, own_id, (BEING_SENT,), RELEASED)

    def record_fetch(self, connection: Connection, own_id: bytes) -> bytes | None:
        """Record that the reader has the file; return its statement, None if revoked."""
        _set_state(connection, own_id, (RELEASED, *LEAVING, SENT), FETCHED)
        query = select(delivery.c.stmt).where(delivery.c.id == own_id)
        return connection.execute(query).scalar()

    def _fetchable(
        self, connection: Connection, mid: bytes, own_id: bytes
    ) -> dict[str, Any] | None:
        row = _unrevoked(connection, mid, delivery.c.id == own_id)
        return None if row is None or row["state"] == HELD else row


def _unrevoked(
    connection: Connection, mid: bytes, which: ColumnElement[bool]
) -> dict[str, Any] | None:
    mine = which & (delivery.c.fp == mid[:10])
    query = select(delivery).join(permission).where(mine, permission.c.revoked.is_(None))
    row = connection.execute(query).mappings().first()
    return None if row is None else dict(row)


def _set_state(connection: Connection, own_id: bytes, before: Sequence[int], after: int) -> None:
    """Move a delivery from one of some states to another; do nothing if it is in none of them."""
    mine = (delivery.c.id == own_id) & delivery.c.state.in_(before)
    connection.execute(update(delivery).where(mine).values(state=after))
