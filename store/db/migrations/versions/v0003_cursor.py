"""Store how far each platform was read, and the platform of deletable messages."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create one table and one column; every row so far is of Telegram."""
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
