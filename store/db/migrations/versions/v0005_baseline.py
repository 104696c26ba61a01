"""Make the whole of a new database, on either engine.

A database that came here from 0004 has all of this already. Every new one begins here.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

# Frozen here: a migration says what was, whatever store.db.schema says later.
REFUSE_ON_SQLITE = """
CREATE TRIGGER {table}_needs_permission BEFORE INSERT ON {table}
WHEN NOT EXISTS (SELECT 1 FROM permission WHERE stmt = NEW.stmt AND revoked IS NULL)
BEGIN SELECT RAISE(ABORT, 'no unrevoked permission'); END
"""
CHECK_ON_POSTGRESQL = """
CREATE FUNCTION refuse_without_permission() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM permission WHERE stmt = NEW.stmt AND revoked IS NULL) THEN
    RAISE EXCEPTION 'no unrevoked permission' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$
"""
REFUSE_ON_POSTGRESQL = """
CREATE TRIGGER {table}_needs_permission BEFORE INSERT ON {table}
FOR EACH ROW EXECUTE FUNCTION refuse_without_permission()
"""
NEED_PERMISSION = ("access_grant", "delivery")

INDEXES = {
    "case_file_by_expire": ("case_file", ["expire"]),
    "item_of_case": ("item", ["locator"]),
    "permission_of_case": ("permission", ["locator"]),
    "access_grant_of_permission": ("access_grant", ["stmt"]),
    "access_grant_of_item": ("access_grant", ["item"]),
    "access_grant_by_reader": ("access_grant", ["fp"]),
    "delivery_of_permission": ("delivery", ["stmt"]),
    "delivery_by_reader": ("delivery", ["fp"]),
    "draft_by_day": ("draft", ["day"]),
    "draft_by_exp_hour": ("draft", ["exp_hour"]),
    "outbox_of_lane": ("outbox", ["lane"]),
    "processed_message_by_hour": ("processed_message", ["day", "hour"]),
    "deletable_message_of_lane": ("deletable_message", ["lane"]),
    "deletable_message_by_hour": ("deletable_message", ["day", "hour"]),
    "quota_by_day": ("quota", ["day"]),
}
TIMED = {
    "case_file_by_draft_exp": ("case_file", "draft_exp"),
    "delivery_by_due": ("delivery", "due"),
    "outbox_due": ("outbox", "due_hour"),
}
"""Most rows have no such hour, and none of these is in the index."""


def upgrade() -> None:
    """Create all tables, indexes and triggers, unless the earlier migrations did."""
    if sa.inspect(op.get_bind()).has_table("house"):
        return
    _make_cases()
    _make_permissions()
    _make_readers()
    _make_short_lived()
    for name, (table, columns) in INDEXES.items():
        op.create_index(name, table, columns, unique=False)
    for name, (table, column) in TIMED.items():
        some = sa.text(f"{column} > 0")
        op.create_index(name, table, [column], sqlite_where=some, postgresql_where=some)
    _make_triggers()


def _make_triggers() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    if not on_sqlite:
        op.execute(CHECK_ON_POSTGRESQL)
    for table in NEED_PERMISSION:
        refuse = REFUSE_ON_SQLITE if on_sqlite else REFUSE_ON_POSTGRESQL
        op.execute(refuse.format(table=table))


def _binary(name: str, *, nullable: bool = False) -> "sa.Column[bytes]":
    return sa.Column(name, sa.LargeBinary(), nullable=nullable)


def _number(name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.Integer(), nullable=False)


def _text(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.String(), nullable=False)


def _owned(column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [to], ondelete="CASCADE")


def _table(name: str, *parts: sa.schema.SchemaItem, key: tuple[str, ...] = ("id",)) -> None:
    op.create_table(name, *parts, sa.PrimaryKeyConstraint(*key), sqlite_with_rowid=False)


def _make_cases() -> None:
    _table("house", _text("name"), _binary("value"), key=("name",))
    _table(
        "case_file",
        _binary("locator"),
        _number("v"),
        _binary("rid"),
        _binary("pk_r"),
        _binary("pk_sig"),
        _number("week"),
        _number("expire"),
        _number("draft_exp"),
        _binary("tb", nullable=True),
        sa.UniqueConstraint("rid"),
        key=("locator",),
    )
    _table(
        "item",
        _binary("id"),
        _binary("locator"),
        _number("week"),
        _binary("header"),
        _number("size"),
        _owned("locator", "case_file.locator"),
    )
    _table(
        "item_chunk",
        _binary("item"),
        _number("n"),
        _binary("bytes"),
        _owned("item", "item.id"),
        key=("item", "n"),
    )
    _table("takeback", _binary("id"), _binary("ct"))


def _make_permissions() -> None:
    _table(
        "permission",
        _binary("stmt"),
        _binary("locator"),
        _text("kind"),
        _binary("env"),
        _binary("revoked", nullable=True),
        _number("until"),
        sa.CheckConstraint("kind IN ('keep', 'named')", name="known_scope"),
        _owned("locator", "case_file.locator"),
        key=("stmt",),
    )
    _table(
        "access_grant",
        _binary("id"),
        _binary("stmt"),
        _binary("item"),
        _binary("fp"),
        _binary("header"),
        _owned("item", "item.id"),
        _owned("stmt", "permission.stmt"),
    )
    _table(
        "delivery",
        _binary("id"),
        _text("code"),
        _binary("stmt"),
        _binary("fp"),
        _number("due"),
        _number("state"),
        _binary("env"),
        sa.UniqueConstraint("code"),
        _owned("stmt", "permission.stmt"),
    )


def _make_readers() -> None:
    _table(
        "member_link",
        _binary("mid"),
        _binary("idx"),
        _binary("blob"),
        sa.UniqueConstraint("idx"),
        key=("mid",),
    )
    version = sa.Column("version", sa.Integer(), autoincrement=False, nullable=False)
    _table("roster", version, _text("note"), key=("version",))
    _table(
        "reader_invitation",
        _binary("id"),
        _binary("mid"),
        _binary("check"),
        _number("exp_minute"),
        _number("tries"),
    )


def _make_short_lived() -> None:
    _table(
        "draft",
        _binary("id"),
        _number("day"),
        _number("exp_hour"),
        _number("end_hour"),
        _binary("salt"),
        _binary("wrap"),
        _binary("state"),
    )
    _table(
        "outbox",
        _binary("id"),
        _number("day"),
        _binary("lane"),
        _number("seq"),
        _number("due_hour"),
        _number("tries"),
        _binary("blob"),
    )
    _table(
        "processed_message",
        _binary("id"),
        _number("day"),
        _text("platform"),
        _number("batch"),
        _number("hour"),
    )
    _table(
        "deletable_message",
        _binary("id"),
        _number("day"),
        _binary("lane"),
        _number("hour"),
        _binary("blob"),
        sa.Column("platform", sa.String(), nullable=False, server_default="telegram"),
    )
    _table("quota", _binary("id"), _number("day"), _number("n"))
    _table("cursor", _text("platform"), _number("hour"), _binary("value"), key=("platform",))
