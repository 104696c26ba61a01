"""Stories that were kept before their end was told: they get all of the time of one kept now."""

from datetime import datetime

from sqlalchemy import delete, select, update

from store.db.connection import Connection
from store.db.schema import EARLIER_STORIES, case_file, installation, permission
from store.repositories import Repositories

_MARK = installation.c.name == EARLIER_STORIES
_MARKED = select(installation.c.name).where(_MARK)
_KEPT = select(permission.c.locator).where(
    permission.c.kind == "keep", permission.c.revoked.is_(None)
)


def keep_earlier_stories(
    connection: Connection, repositories: Repositories, now: datetime
) -> None:
    """Have the stories that an earlier version kept last as long as one that is kept from now on.

    A migration marks once that there may be some. It does not know how long stories are kept, nor
    whether the machine's clock is right; ``now`` is a time that does not jump.
    """
    if connection.scalar(_MARKED) is None:
        return
    until = repositories.retention.story_ends(now)
    mine = case_file.c.locator.in_(_KEPT) & (case_file.c.expire < until)
    connection.execute(update(case_file).where(mine).values(expire=until))
    repositories.revisions.extend_statements(connection, until)
    connection.execute(delete(installation).where(_MARK))
