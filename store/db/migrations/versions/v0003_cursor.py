"""Where a platform's messages were heard up to; and which platform a trace is of."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """One table, one column; whatever was traced so far was traced on Telegram."""
    op.create_table(
        "cursor",
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("platform"),
        sqlite_with_rowid=False,
    )
    platform = sa.Column("platform", sa.String(), nullable=False, server_default="telegram")
    op.add_column("trace", platform)
