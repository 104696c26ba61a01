"""Give five tables names that say what their rows are.

SQLite renames a table together with what refers to it: foreign keys, triggers and indexes. The
names of triggers and indexes stay as they were, so those are made anew under their new names.
"""

import sqlalchemy as sa
from alembic import op

from store.model.errors import WrongDatabase

revision = "0004"
down_revision = "0003"

TABLES = {
    "case": "case_file",
    "grant": "access_grant",
    "join": "reader_invitation",
    "seen": "processed_message",
    "trace": "deletable_message",
}
INDEXES = {
    "case": {"by_expire": ["expire"]},
    "grant": {"of_permission": ["stmt"], "of_item": ["item"], "by_reader": ["fp"]},
    "seen": {"by_hour": ["day", "hour"]},
    "trace": {"of_lane": ["lane"], "by_hour": ["day", "hour"]},
}

# Frozen here, as in the first migration: a grant needs a permission that was not taken back.
REFUSE_REVOKED = """
CREATE TRIGGER access_grant_needs_permission BEFORE INSERT ON "access_grant"
WHEN NOT EXISTS (SELECT 1 FROM permission WHERE stmt = NEW.stmt AND revoked IS NULL)
BEGIN SELECT RAISE(ABORT, 'no unrevoked permission'); END
"""


def upgrade() -> None:
    """Rename the tables, their indexes and the trigger; raise if a reference was lost."""
    # A library can be built to leave references to the old name behind.
    op.execute("PRAGMA legacy_alter_table=OFF")
    op.execute("DROP TRIGGER grant_needs_permission")
    for old, new in TABLES.items():
        op.rename_table(old, new)
        for suffix, columns in INDEXES.get(old, {}).items():
            op.drop_index(f"{old}_{suffix}")
            op.create_index(f"{new}_{suffix}", new, columns, unique=False)
    op.drop_index("case_by_draft_exp")
    some = sa.text("draft_exp > 0")
    op.create_index(
        "case_file_by_draft_exp", "case_file", ["draft_exp"], unique=False, sqlite_where=some
    )
    op.execute(REFUSE_REVOKED)
    if op.get_bind().execute(sa.text("PRAGMA foreign_key_check")).first() is not None:
        raise WrongDatabase(
            "A row of the database refers to one that is not there. Restore the last backup."
        )
