"""The tables of our own beside those of nio, in the file of the Matrix device."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from nio.store import MegolmInboundSessions
from peewee import (
    BlobField,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    Model,
    SqliteDatabase,
    TextField,
)

from bot.platforms.matrix.crypto.message_indices import Block


class PinnedIdentity(Model):
    """The master key of a user; a change of it is noticed.

    Behind it, separated by blanks, stand the earlier ones that vouched for it.
    """

    user_id = TextField(primary_key=True)
    master_key = TextField()

    class Meta:
        """The name of the table in files that exist."""

        table_name = "pins"


class FinishedRoom(Model):
    """A room whose conversation is over: the bot leaves it even after a restart."""

    room_id = TextField(primary_key=True)

    class Meta:
        """The name of the table in files that exist."""

        table_name = "endings"


class ReadMessages(Model):
    """Under which events a block of messages of a session was read; it goes with the key."""

    session = ForeignKeyField(MegolmInboundSessions, column_name="session_id", on_delete="CASCADE")
    block = IntegerField()
    hashes = BlobField()

    class Meta:
        """The name of the table, and its key."""

        table_name = "read_messages"
        primary_key = CompositeKey("session", "block")
        without_rowid = True


_READ_HASHES = "SELECT hashes FROM read_messages WHERE session_id = ? AND block = ?"
_WRITE_HASHES = """\
INSERT OR REPLACE INTO read_messages (session_id, block, hashes)
SELECT session_id, ?, ? FROM megolminboundsessions WHERE session_id = ?"""


@dataclass(frozen=True, slots=True)
class ReadMessagesTable:
    """Read and write ``ReadMessages``, in single statements: it is looked at for every session."""

    database: SqliteDatabase = field(repr=False)

    def read_hashes(self, block: Block) -> bytes:
        """Return the hashes of a block of messages; nothing if none is stored."""
        row = self.database.execute_sql(_READ_HASHES, block).fetchone()
        return b"" if row is None else bytes(row[0])

    def write_hashes(self, hashes: Mapping[Block, bytes]) -> None:
        """Store blocks in one transaction; leave out those of sessions whose key is gone."""
        with self.database.atomic():
            for (session, number), stored in hashes.items():
                self.database.execute_sql(_WRITE_HASHES, (number, stored, session))
