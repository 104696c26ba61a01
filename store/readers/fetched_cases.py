"""Erase cases that were not to be kept, once all of their readers have what was shared.

A file that was sent to a reader's chat does not count: whoever holds that account could have it
sent, and it may be somebody who cannot open it. Such a case ends with its time.
"""

from sqlalchemy import select

from store.cases.erasure import erase_case
from store.cases.handovers import FETCHED
from store.cases.permissions import case_of, handovers_of, is_kept
from store.db.connection import Connection
from store.db.schema import delivery


def erase_if_over(connection: Connection, stmt: bytes | None) -> bool:
    """Erase the case of a statement that was just fetched, if nothing keeps it any more.

    Return whether it was erased. No statement: it was revoked meanwhile, and nothing is done.
    """
    locator = case_of(connection, stmt) if stmt is not None else None
    if locator is None or not _is_over(connection, locator):
        return False
    erase_case(connection, locator)
    return True


def _is_over(connection: Connection, locator: bytes) -> bool:
    """Check that nothing keeps the case and that each reader has it on a disk."""
    if is_kept(connection, locator):
        return False
    waiting = delivery.c.stmt.in_(handovers_of(connection, locator))
    query = select(delivery.c.id).where(waiting, delivery.c.state != FETCHED)
    return connection.execute(query).first() is None
