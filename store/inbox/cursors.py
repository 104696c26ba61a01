"""The cursor: up to where a platform's messages were heard, so that a restart goes on from there.

It points to no message of anybody, yet with it somebody who reads the platform's server could say
which messages were the last: so it is sealed, and in no backup.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert as upsert

from store.crypto.kdf import expand, seal, unseal
from store.crypto.keyring import KEY_BYTES, Keyring
from store.crypto.labels import Label, derive_label, lv
from store.db.connection import Connection
from store.db.schema import cursor
from store.model.clock import hour_of


@dataclass(frozen=True, slots=True)
class CursorRepository:
    """The table ``cursor``: one row for each platform (docs/cryptography.md, section 7)."""

    keyring: Keyring

    async def read(self, connection: Connection, platform: str) -> str | None:
        """Where to go on; None if nothing was heard yet.

        A value that does not open is ``Tampered``, not None: taken for a beginning, it would pass
        over whatever came since, and nobody would notice.
        """
        query = select(cursor.c.value).where(cursor.c.platform == platform)
        value = (await connection.execute(query)).scalar()
        return None if value is None else self._open(platform, value)

    async def move(self, connection: Connection, platform: str, value: str, now: datetime) -> None:
        """Everything before this place is on the disk.

        Nothing is written where nothing came: an idle bot leaves the disk alone for an hour.
        """
        query = select(cursor.c.hour, cursor.c.value).where(cursor.c.platform == platform)
        row = (await connection.execute(query)).first()
        if row and row.hour == hour_of(now) and self._open(platform, row.value) == value:
            return
        new = {"hour": hour_of(now), "value": self.seal_value(platform, value)}
        moved = upsert(cursor).values(platform=platform, **new)
        await connection.execute(
            moved.on_conflict_do_update(index_elements=["platform"], set_=new)
        )

    def seal_value(self, platform: str, value: str) -> bytes:
        """As it lies on the disk."""
        return seal(self._key(), _context(platform), value.encode(), self.keyring.entropy)

    def _open(self, platform: str, value: bytes) -> str:
        return unseal(self._key(), _context(platform), value).decode()

    def _key(self) -> bytes:
        return expand(self.keyring.link, derive_label(Label.LINK_CURSOR), KEY_BYTES)


def _context(platform: str) -> bytes:
    return derive_label(Label.LINK_CURSOR_AD, lv(platform.encode()))
