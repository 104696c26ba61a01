"""Cursors: how far each platform was read, so that a restart goes on from there.

A cursor points to no message of anybody. But whoever reads the platform's server could tell with
it which messages were the last, so it is sealed and in no backup.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from store.crypto.kdf import expand, seal, unseal
from store.crypto.keyring import KEY_BYTES, Keyring
from store.crypto.labels import Label, derive_label, lv
from store.db.connection import Connection
from store.db.schema import cursor
from store.db.upsert import upsert
from store.model.clock import hour_of


@dataclass(frozen=True, slots=True)
class CursorRepository:
    """The table ``cursor``: one row for each platform (docs/cryptography.md, section 7)."""

    keyring: Keyring

    def read(self, connection: Connection, platform: str) -> str | None:
        """Return where to go on; None if nothing was read yet.

        Raises ``Tampered`` for a value that does not open. Taken for None it would pass over
        whatever came since, and nobody would notice.
        """
        query = select(cursor.c.value).where(cursor.c.platform == platform)
        value = connection.execute(query).scalar()
        return None if value is None else self._open(platform, value)

    def move(self, connection: Connection, platform: str, value: str, now: datetime) -> None:
        """Record that everything before this position is on the disk.

        Writes nothing where nothing came: an idle bot leaves the disk alone for an hour.
        """
        query = select(cursor.c.hour, cursor.c.value).where(cursor.c.platform == platform)
        row = connection.execute(query).first()
        if row and row.hour == hour_of(now) and self._open(platform, row.value) == value:
            return
        new = {"hour": hour_of(now), "value": self.seal_value(platform, value)}
        connection.execute(upsert(connection, cursor, {"platform": platform, **new}))

    def seal_value(self, platform: str, value: str) -> bytes:
        """Seal a position to its platform."""
        return seal(self._key(), _context(platform), value.encode(), self.keyring.entropy)

    def _open(self, platform: str, value: bytes) -> str:
        return unseal(self._key(), _context(platform), value).decode()

    def _key(self) -> bytes:
        return expand(self.keyring.link, derive_label(Label.LINK_CURSOR), KEY_BYTES)


def _context(platform: str) -> bytes:
    return derive_label(Label.LINK_CURSOR_AD, lv(platform.encode()))
