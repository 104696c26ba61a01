"""The tables. One file, one schema; ids are random, so that no order of insertion can be read.

Times are ISO weeks in everything that a backup takes, except ``case.draft_exp`` and
``delivery.due``, which become 0 once they are past. The vocabulary of permissions stands here a
second time, as a CHECK; a test holds it to the one of the questionnaire.
"""

from sqlalchemy import (
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

SCOPES = ("keep", "named")
"""Scopes of a signed statement that this build writes: ``keep``, and ``named`` for ``read``."""

SHORT_LIVED = ("draft", "outbox", "seen", "trace", "quota", "cursor", "join")
"""No backup takes these. Every row ends, and its day key with it; only a cursor is replaced."""

DAY_TABLES = ("draft", "outbox", "seen", "trace", "quota")
"""Their rows are sealed or keyed under the key of ``day``."""

NOT_REVOKED = b""
BY_CODE = bytes(32)
BY_HOLD = b"\x01" * 32
BY_END = b"\x02" * 32


def _owner(column: str, to: str, *, primary: bool = False) -> "Column[bytes]":
    """A reference that goes with what it refers to."""
    key = ForeignKey(to, ondelete="CASCADE")
    return Column(column, LargeBinary, key, nullable=False, primary_key=primary)


def _table(
    name: str, *parts: "Column[bytes] | Column[int] | Column[str] | CheckConstraint"
) -> Table:
    return Table(name, metadata, *parts, sqlite_with_rowid=False)


house = _table(
    "house",
    Column("name", String, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

case = _table(
    "case",
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
Index("case_by_draft_exp", case.c.draft_exp, sqlite_where=text("draft_exp > 0"))
Index("case_by_expire", case.c.expire)

item = _table(
    "item",
    Column("id", LargeBinary, primary_key=True),
    _owner("locator", "case.locator"),
    Column("week", Integer, nullable=False),
    Column("header", LargeBinary, nullable=False),
    Column("size", Integer, nullable=False),
)
Index("item_of_case", item.c.locator)

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
    _owner("locator", "case.locator"),
    Column("kind", String, nullable=False),
    Column("env", LargeBinary, nullable=False),
    Column("revoked", LargeBinary),
    Column("until", Integer, nullable=False),
    CheckConstraint(f"kind IN {SCOPES}", name="known_scope"),
)
Index("permission_of_case", permission.c.locator)

grant = _table(
    "grant",
    Column("id", LargeBinary, primary_key=True),
    _owner("stmt", "permission.stmt"),
    _owner("item", "item.id"),
    Column("fp", LargeBinary, nullable=False),
    Column("header", LargeBinary, nullable=False),
)
Index("grant_of_permission", grant.c.stmt)
Index("grant_of_item", grant.c.item)
Index("grant_by_reader", grant.c.fp)

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
Index("delivery_by_due", delivery.c.due, sqlite_where=text("due > 0"))

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
    Column("version", Integer, primary_key=True),
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
Index("outbox_due", outbox.c.due_hour, sqlite_where=text("due_hour > 0"))

seen = _table(
    "seen",
    Column("id", LargeBinary, primary_key=True),
    Column("day", Integer, nullable=False),
    Column("platform", String, nullable=False),
    Column("batch", Integer, nullable=False),
    Column("hour", Integer, nullable=False),
)
Index("seen_by_hour", seen.c.day, seen.c.hour)

trace = _table(
    "trace",
    Column("id", LargeBinary, primary_key=True),
    Column("day", Integer, nullable=False),
    Column("lane", LargeBinary, nullable=False),
    Column("hour", Integer, nullable=False),
    Column("blob", LargeBinary, nullable=False),
    Column("platform", String, nullable=False, server_default="telegram"),
)
Index("trace_of_lane", trace.c.lane)
Index("trace_by_hour", trace.c.day, trace.c.hour)

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

join = _table(
    "join",
    Column("id", LargeBinary, primary_key=True),
    Column("mid", LargeBinary, nullable=False),
    Column("check", LargeBinary, nullable=False),
    Column("exp_minute", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
)
