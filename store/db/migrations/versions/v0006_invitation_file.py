"""Keep the sealed file of a reader's invitation until it was sent."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add a column; the files of invitations that are open already were sent at once."""
    op.add_column("reader_invitation", sa.Column("file", sa.LargeBinary(), nullable=True))
