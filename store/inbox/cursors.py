"""Cursors: how far each platform was read, so that a restart goes on from there.

A cursor points to no message of anybody. But whoever reads the platform's server could tell with
it which messages were the last, so it is sealed and in no backup.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from store.crypto.kdf import seal, unseal
from store.crypto.keyring import Keyring
from store.crypto.labels import Label, derive_label, lv
from store.db.connection import Connection
from store.db.schema import cursor
from store.db.upsert import Upsert
from store.model.clock import hour_of

_FIND = select(cursor.c.hour, cursor.c.value).where(cursor.c.platform == bindparam("of"))
_MOVE = Upsert(cursor)


@dataclass(frozen=True, slots=True)
class CursorRepository:
    """The table ``cursor``: one row for each platform (docs/cryptography.md, section 7)."""

    keyring: Keyring

    def read(self, connection: Connection, platform: str) -> str | None:
        """Return where to go on; None if nothing was read yet.

        Raises ``Tampered`` for a value that does not open. Taken for None it would pass over
        whatever came since, and nobody would notice.
        """
        row = connection.execute(_FIND, {"of": platform}).first()
        return None if row is None else self._open(platform, row.value)

    def move(self, connection: Connection, platform: str, value: str, now: datetime) -> None:
        """Record that everything before this position is on the disk.

        Writes nothing where nothing came: an idle bot leaves the disk alone for an hour.
        """
        row = connection.execute(_FIND, {"of": platform}).first()
        if row and row.hour == hour_of(now) and self._open(platform, row.value) == value:
            return
        new = {"hour": hour_of(now), "value": self.seal_value(platform, value)}
        connection.execute(_MOVE.on(connection), {"platform": platform, **new})

    def seal_value(self, platform: str, value: str) -> bytes:
        """Seal a position to its platform."""
        return seal(self._key(), _context(platform), value.encode(), self.keyring.entropy)

    def _open(self, platform: str, value: bytes) -> str:
        return unseal(self._key(), _context(platform), value).decode()

    def _key(self) -> bytes:
        return self.keyring.link_key(Label.LINK_CURSOR)


def _context(platform: str) -> bytes:
    return derive_label(Label.LINK_CURSOR_AD, lv(platform.encode()))
