"""The tables, the same on both engines. Ids are random, so that no order of insertion can be read.

Times are ISO weeks in everything that a backup takes, except ``case_file.draft_exp`` and
``delivery.due``, which become 0 once they are past, ``item.staged``, which is 0 once the item
is complete, and the latest hour that the program has seen. The vocabulary of permissions stands
here a second time, as a CHECK; a test holds it to the one of the questionnaire.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    text,
)

metadata = MetaData()

REVISION = "0010"
"""The newest migration, after which the tables are these."""

EARLIER_STORIES = "earlier stories"
"""Name of the row of ``house`` that a migration writes where stories of an earlier version may
lie, until they were given their time."""

SCOPES = ("keep", "named")
"""Scopes of a signed statement that this build writes: ``keep``, and ``named`` for ``read``."""

SHORT_LIVED = (
    "draft",
    "inbox",
    "outbox",
    "processed_message",
    "deletable_message",
    "quota",
    "cursor",
    "reader_invitation",
)
"""No backup takes these. Every row ends, and its day key with it; only a cursor is replaced."""

DAY_TABLES = ("draft", "outbox", "processed_message", "deletable_message", "quota")
"""Their rows are sealed or keyed under the key of ``day``."""

BY_CODE = bytes(32)
BY_HOLD = b"\x01" * 32


def _owner(column: str, to: str, *, primary: bool = False) -> "Column[bytes]":
    """Create a column that refers to a row, and whose own row is deleted with it."""
    key = ForeignKey(to, ondelete="CASCADE")
    return Column(column, LargeBinary, key, nullable=False, primary_key=primary)


def _table(
    name: str, *parts: "Column[bytes] | Column[int] | Column[str] | CheckConstraint"
) -> Table:
    return Table(name, metadata, *parts, sqlite_with_rowid=False)


def _timed(name: str, column: "Column[int]") -> None:
    """Index the rows that have such an hour; most have none."""
    some = text(f"{column.name} > 0")
    Index(name, column, sqlite_where=some, postgresql_where=some)


installation = _table(
    "house",
    Column("name", String, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

case_file = _table(
    "case_file",
    Column("locator", LargeBinary, primary_key=True),
    Column("v", Integer, nullable=False),
    Column("rid", LargeBinary, nullable=False, unique=True),
    Column("pk_r", LargeBinary, nullable=False),
    Column("pk_sig", LargeBinary, nullable=False),
    Column("week", Integer, nullable=False),
    Column("expire", Integer, nullable=False),
    Column("draft_exp", Integer, nullable=False),
    Column("tb", LargeBinary),
)
_timed("case_file_by_draft_exp", case_file.c.draft_exp)
Index("case_file_by_expire", case_file.c.expire)

item = _table(
    "item",
    Column("id", LargeBinary, primary_key=True),
    _owner("locator", "case_file.locator"),
    Column("week", Integer, nullable=False),
    Column("header", LargeBinary, nullable=False),
    Column("size", Integer, nullable=False),
    Column("staged", Integer, nullable=False, server_default="0"),
)
Index("item_of_case", item.c.locator)
_timed("item_by_staged", item.c.staged)

item_chunk = Table(
    "item_chunk",
    metadata,
    _owner("item", "item.id"),
    Column("n", Integer, nullable=False),
    Column("bytes", LargeBinary, nullable=False),
    PrimaryKeyConstraint("item", "n"),
    sqlite_with_rowid=False,
)

permission = _table(
    "permission",
    Column("stmt", LargeBinary, primary_key=True),
    _owner("locator", "case_file.locator"),
    Column("kind", String, nullable=False),
    Column("env", LargeBinary, nullable=False),
    Column("revoked", LargeBinary),
    Column("until", Integer, nullable=False),
    CheckConstraint(f"kind IN {SCOPES}", name="known_scope"),
)
Index("permission_of_case", permission.c.locator)

exclusion = _table(
    "exclusion",
    Column("stmt", LargeBinary, primary_key=True),
    _owner("locator", "case_file.locator"),
    Column("env", LargeBinary, nullable=False),
)
"""Statements of ``never``. They belong to the case, and nothing here can revoke one."""
Index("exclusion_of_case", exclusion.c.locator)

access_grant = _table(
    "access_grant",
    Column("id", LargeBinary, primary_key=True),
    _owner("stmt", "permission.stmt"),
    _owner("item", "item.id"),
    Column("fp", LargeBinary, nullable=False),
    Column("header", LargeBinary, nullable=False),
)
Index("access_grant_of_permission", access_grant.c.stmt)
Index("access_grant_of_item", access_grant.c.item)
Index("access_grant_by_reader", access_grant.c.fp)

delivery = _table(
    "delivery",
    Column("id", LargeBinary, primary_key=True),
    Column("code", String, nullable=False, unique=True),
    _owner("stmt", "permission.stmt"),
    Column("fp", LargeBinary, nullable=False),
    Column("due", Integer, nullable=False),
    Column("state", Integer, nullable=False),
    Column("env", LargeBinary, nullable=False),
)
Index("delivery_of_permission", delivery.c.stmt)
Index("delivery_by_reader", delivery.c.fp)
_timed("delivery_by_due", delivery.c.due)

takeback = _table(
    "takeback",
    Column("id", LargeBinary, primary_key=True),
    Column("ct", LargeBinary, nullable=False),
)

member_link = _table(
    "member_link",
    Column("mid", LargeBinary, primary_key=True),
    Column("idx", LargeBinary, nullable=False, unique=True),
    Column("blob", LargeBinary, nullable=False),
)

roster = _table(
    "roster",
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("note", String, nullable=False),
)

draft = _table(
    "draft",
    Column("id", LargeBinary, primary_key=True),
    Column("day", Integer, nullable=False),
    Column("exp_hour", Integer, nullable=False),
    Column("end_hour", Integer, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("wrap", LargeBinary, nullable=False),
    Column("state", LargeBinary, nullable=False),
)
Index("draft_by_day", draft.c.day)
Index("draft_by_exp_hour", draft.c.exp_hour)

inbox = _table(
    "inbox",
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("key", BigInteger, nullable=False),
    Column("platform", String, nullable=False),
    Column("hour", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("starts", Integer, nullable=False),
    Column("blob", LargeBinary, nullable=False),
)

outbox = _table(
    "outbox",
    Column("id", LargeBinary, primary_key=True),
    Column("day", Integer, nullable=False),
    Column("lane", LargeBinary, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("due_hour", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("blob", LargeBinary, nullable=False),
)
Index("outbox_of_lane", outbox.c.lane)
_timed("outbox_due", outbox.c.due_hour)

processed_message = _table(
    "processed_message",
    Column("id", LargeBinary, primary_key=True),
    Column("day", Integer, nullable=False),
    Column("platform", String, nullable=False),
    Column("batch", Integer, nullable=False),
    Column("hour", Integer, nullable=False),
)
Index("processed_message_by_hour", processed_message.c.day, processed_message.c.hour)

deletable_message = _table(
    "deletable_message",
    Column("id", LargeBinary, primary_key=True),
    Column("day", Integer, nullable=False),
    Column("lane", LargeBinary, nullable=False),
    Column("hour", Integer, nullable=False),
    Column("blob", LargeBinary, nullable=False),
    Column("platform", String, nullable=False, server_default="telegram"),
)
Index("deletable_message_of_lane", deletable_message.c.lane)
Index("deletable_message_by_hour", deletable_message.c.day, deletable_message.c.hour)

quota = _table(
    "quota",
    Column("id", LargeBinary, primary_key=True),
    Column("day", Integer, nullable=False),
    Column("n", Integer, nullable=False),
)
Index("quota_by_day", quota.c.day)

cursor = _table(
    "cursor",
    Column("platform", String, primary_key=True),
    Column("hour", Integer, nullable=False),
    Column("value", LargeBinary, nullable=False),
)

reader_invitation = _table(
    "reader_invitation",
    Column("id", LargeBinary, primary_key=True),
    Column("mid", LargeBinary, nullable=False),
    Column("check", LargeBinary, nullable=False),
    Column("exp_minute", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("file", LargeBinary),
)
