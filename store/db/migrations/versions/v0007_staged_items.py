"""Let items be written piece by piece: the hour since which one is not complete, else 0."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the column and its index; every item that is there already is complete."""
    op.add_column("item", sa.Column("staged", sa.Integer(), nullable=False, server_default="0"))
    some = sa.text("staged > 0")
    op.create_index("item_by_staged", "item", ["staged"], sqlite_where=some, postgresql_where=some)
