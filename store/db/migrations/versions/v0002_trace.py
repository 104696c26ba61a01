"""Remember which messages of a chat can still be deleted; index what grows with the drafts."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

INDEXES = {
    "trace_of_lane": ("trace", ["lane"]),
    "trace_by_hour": ("trace", ["day", "hour"]),
    "seen_by_hour": ("seen", ["day", "hour"]),
    "quota_by_day": ("quota", ["day"]),
    "draft_by_day": ("draft", ["day"]),
    "draft_by_exp_hour": ("draft", ["exp_hour"]),
    "case_by_expire": ("case", ["expire"]),
    "grant_of_item": ("grant", ["item"]),
    "grant_by_reader": ("grant", ["fp"]),
    "delivery_by_reader": ("delivery", ["fp"]),
}
TIMED = {
    "case_by_draft_exp": ("case", "draft_exp"),
    "delivery_by_due": ("delivery", "due"),
    "outbox_due": ("outbox", "due_hour"),
}
"""Most rows have no such hour, and none of these is in the index."""


def upgrade() -> None:
    """Create one table, and the indexes by which upkeep and deletions find rows without a scan."""
    op.create_table(
        "trace",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("lane", sa.LargeBinary(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("blob", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    for name, (table, columns) in INDEXES.items():
        op.create_index(name, table, columns, unique=False)
    op.drop_index("outbox_due", "outbox")
    for name, (table, column) in TIMED.items():
        some = sa.text(f"{column} > 0")
        op.create_index(name, table, [column], unique=False, sqlite_where=some)
