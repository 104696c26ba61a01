"""Run Alembic on the connection that ``store.db.database`` hands over; there is no ini file."""

from alembic import context

from store.db.schema import metadata


def migrate() -> None:
    """Run what is missing, in the transaction of the connection that was passed in."""
    connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=metadata)
    context.run_migrations()


migrate()
