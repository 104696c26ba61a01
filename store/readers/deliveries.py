"""Deliveries as their readers see them: listed, fetched as a file, and noted as fetched."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from store.cases.handovers import FETCHED, HELD
from store.cases.items import payload_of
from store.db.connection import Connection
from store.db.schema import access_grant, delivery, permission
from store.model.errors import NotPermitted
from store.model.readers import Delivery
from store.readers.delivery_bundle import build_delivery
from store.readers.roster import Member


@dataclass(frozen=True, slots=True)
class DeliveryRepository:
    """The tables ``delivery`` and ``access_grant``, read for one reader."""

    async def waiting(self, connection: Connection, member: Member) -> tuple[Delivery, ...]:
        """List what this reader can fetch: nothing that is held or revoked."""
        query = (
            select(delivery.c.code, delivery.c.state)
            .join(permission)
            .where(delivery.c.fp == member.mid[:10], delivery.c.state != HELD)
            .where(permission.c.revoked.is_(None))
            .order_by(delivery.c.code)
        )
        rows = await connection.execute(query)
        return tuple(Delivery(row.code, fetched=row.state == FETCHED) for row in rows)

    async def bundle(self, connection: Connection, member: Member, code: str) -> bytes:
        """Build the file of a delivery; ``NotPermitted`` for any that is not theirs to fetch."""
        row = await self._fetchable(connection, member, code)
        mine = (access_grant.c.stmt == row["stmt"]) & (access_grant.c.fp == member.mid[:10])
        query = select(access_grant.c.item, access_grant.c.header).where(mine)
        grants = (await connection.execute(query)).all()
        files = [(g.item, g.header + await payload_of(connection, g.item)) for g in grants]
        return build_delivery(row["code"], row["env"], sorted(files))

    async def record_fetch(self, connection: Connection, member: Member, code: str) -> bytes:
        """Record that the file is safely with its reader; return the id of its statement."""
        row = await self._fetchable(connection, member, code)
        done = update(delivery).where(delivery.c.id == row["id"]).values(state=FETCHED)
        await connection.execute(done)
        return bytes(row["stmt"])

    async def _fetchable(
        self, connection: Connection, member: Member, code: str
    ) -> dict[str, Any]:
        mine = (delivery.c.code == code.upper()) & (delivery.c.fp == member.mid[:10])
        query = select(delivery).join(permission).where(mine, permission.c.revoked.is_(None))
        row = (await connection.execute(query)).mappings().first()
        if row is None:
            raise NotPermitted("There is no delivery with these characters for this reader.")
        if row["state"] == HELD:
            raise NotPermitted("This delivery is still held by its reporter. Try again later.")
        return dict(row)
