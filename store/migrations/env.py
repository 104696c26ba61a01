"""Alembic's entry: the connection is handed over by ``store.db``; there is no ini file."""

from alembic import context

from store.schema import metadata


def migrate() -> None:
    """Run what is missing, in the transaction of the connection that was passed in."""
    connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=metadata)
    context.run_migrations()


migrate()
