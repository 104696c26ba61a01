"""Give the statements of `never` a table of their own, in which none can be revoked."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "exclusion",
        sa.Column("stmt", sa.LargeBinary(), primary_key=True),
        sa.Column(
            "locator",
            sa.LargeBinary(),
            sa.ForeignKey("case_file.locator", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("env", sa.LargeBinary(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("exclusion_of_case", "exclusion", ["locator"])
