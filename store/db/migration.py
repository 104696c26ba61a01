"""Bring a schema up to date with Alembic, which nothing else imports: that takes long."""

from pathlib import Path

import sqlalchemy
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from store.model.errors import WrongDatabase

BEFORE_BASELINE = "0004"
"""The last revision that no new database goes through: those begin with the one after it."""


def migrations() -> Config:
    """Create Alembic's configuration, because there is no ini file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def migrate(connection: sqlalchemy.Connection) -> None:
    """Run every migration that is missing; raise ``WrongDatabase`` for an unknown revision."""
    config = migrations()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and current not in known:
        raise WrongDatabase(
            "The database was written by a newer version of Holdfast. Start that version, "
            "or restore a backup that this version made."
        )
    config.attributes["connection"] = connection
    if current is None:
        command.stamp(config, BEFORE_BASELINE)
    command.upgrade(config, "head")
