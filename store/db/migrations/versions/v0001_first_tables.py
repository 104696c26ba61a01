"""Create the first tables: cases, permissions, grants, and the short-lived rows of a draft."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# Frozen here: a migration says what was, whatever store.db.schema says later.
REFUSE_REVOKED = """
CREATE TRIGGER {name}_needs_permission BEFORE INSERT ON "{name}"
WHEN NOT EXISTS (SELECT 1 FROM permission WHERE stmt = NEW.stmt AND revoked IS NULL)
BEGIN SELECT RAISE(ABORT, 'no unrevoked permission'); END
"""


def upgrade() -> None:
    """Create all tables and triggers."""
    _make_cases()
    _make_permissions()
    _make_readers()
    _make_short_lived()
    for name in ("grant", "delivery"):
        op.execute(REFUSE_REVOKED.format(name=name))


def _make_cases() -> None:
    op.create_table(
        "house",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "case",
        sa.Column("locator", sa.LargeBinary(), nullable=False),
        sa.Column("v", sa.Integer(), nullable=False),
        sa.Column("rid", sa.LargeBinary(), nullable=False),
        sa.Column("pk_r", sa.LargeBinary(), nullable=False),
        sa.Column("pk_sig", sa.LargeBinary(), nullable=False),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("expire", sa.Integer(), nullable=False),
        sa.Column("draft_exp", sa.Integer(), nullable=False),
        sa.Column("tb", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("locator"),
        sa.UniqueConstraint("rid"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "item",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("locator", sa.LargeBinary(), nullable=False),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("header", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["locator"], ["case.locator"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_index("item_of_case", "item", ["locator"], unique=False)
    op.create_table(
        "item_chunk",
        sa.Column("item", sa.LargeBinary(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["item"], ["item.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("item", "n"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "takeback",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("ct", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )


def _make_permissions() -> None:
    op.create_table(
        "permission",
        sa.Column("stmt", sa.LargeBinary(), nullable=False),
        sa.Column("locator", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("env", sa.LargeBinary(), nullable=False),
        sa.Column("revoked", sa.LargeBinary(), nullable=True),
        sa.Column("until", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('keep', 'named')", name="known_scope"),
        sa.ForeignKeyConstraint(["locator"], ["case.locator"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("stmt"),
        sqlite_with_rowid=False,
    )
    op.create_index("permission_of_case", "permission", ["locator"], unique=False)
    op.create_table(
        "grant",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("stmt", sa.LargeBinary(), nullable=False),
        sa.Column("item", sa.LargeBinary(), nullable=False),
        sa.Column("fp", sa.LargeBinary(), nullable=False),
        sa.Column("header", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["item"], ["item.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["stmt"], ["permission.stmt"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_index("grant_of_permission", "grant", ["stmt"], unique=False)
    op.create_table(
        "delivery",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("stmt", sa.LargeBinary(), nullable=False),
        sa.Column("fp", sa.LargeBinary(), nullable=False),
        sa.Column("due", sa.Integer(), nullable=False),
        sa.Column("state", sa.Integer(), nullable=False),
        sa.Column("env", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["stmt"], ["permission.stmt"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
        sqlite_with_rowid=False,
    )
    op.create_index("delivery_of_permission", "delivery", ["stmt"], unique=False)


def _make_readers() -> None:
    op.create_table(
        "member_link",
        sa.Column("mid", sa.LargeBinary(), nullable=False),
        sa.Column("idx", sa.LargeBinary(), nullable=False),
        sa.Column("blob", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("mid"),
        sa.UniqueConstraint("idx"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "roster",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("version"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "join",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("mid", sa.LargeBinary(), nullable=False),
        sa.Column("check", sa.LargeBinary(), nullable=False),
        sa.Column("exp_minute", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )


def _make_short_lived() -> None:
    op.create_table(
        "draft",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("exp_hour", sa.Integer(), nullable=False),
        sa.Column("end_hour", sa.Integer(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("wrap", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("lane", sa.LargeBinary(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("due_hour", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("blob", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_index("outbox_due", "outbox", ["due_hour"], unique=False)
    op.create_index("outbox_of_lane", "outbox", ["lane"], unique=False)
    op.create_table(
        "seen",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "quota",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
