"""Remember the Olm sessions that were deleted, as long as a server could have them begun again.

A first message to the fallback key begins a session each time it comes, since the key is not used
up. Once its sender is forgotten nothing else shows that it came before, and a server could play a
whole talk again. So a hash of each deleted session stays until the fallback keys by which it can
have begun are gone: until two more were made, since the device keeps the last but one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b

from peewee import BlobField, IntegerField, Model, SqliteDatabase

HASH_BYTES = 16
RENEWALS = 2
"""New fallback keys after which the one of before is gone from the device."""


class EndedSession(Model):
    """A hash of a session's id, and how many fallback keys were made since it was deleted."""

    session = BlobField(primary_key=True)
    renewals = IntegerField(default=0)

    class Meta:
        """The name of the table."""

        table_name = "ended_sessions"
        without_rowid = True


_ADD = "INSERT OR REPLACE INTO ended_sessions (session, renewals) VALUES (?, 0)"
_FIND = "SELECT 1 FROM ended_sessions WHERE session = ?"
_ANY = "SELECT 1 FROM ended_sessions LIMIT 1"
_COUNT = "UPDATE ended_sessions SET renewals = renewals + 1"
_DROP = "DELETE FROM ended_sessions WHERE renewals >= ?"


@dataclass(frozen=True, slots=True)
class EndedSessions:
    """Keeps the hashes, in the file of the sessions; the caller opens the transaction."""

    database: SqliteDatabase = field(repr=False)

    def __bool__(self) -> bool:
        """Return whether any session is remembered."""
        return self.database.execute_sql(_ANY).fetchone() is not None

    def __contains__(self, session_id: str) -> bool:
        """Return whether this session was deleted."""
        return self.database.execute_sql(_FIND, (_hash(session_id),)).fetchone() is not None

    def add(self, session_ids: Iterable[str]) -> None:
        """Remember sessions that are being deleted."""
        for session_id in session_ids:
            self.database.execute_sql(_ADD, (_hash(session_id),))

    def count_renewal(self) -> None:
        """Note that a fallback key was made, and forget what no key can begin any more."""
        self.database.execute_sql(_COUNT)
        self.database.execute_sql(_DROP, (RENEWALS,))


def _hash(session_id: str) -> bytes:
    return blake2b(session_id.encode(), digest_size=HASH_BYTES).digest()
