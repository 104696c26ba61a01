"""The end of a case: erased with everything of it, or kept past its draft."""

from sqlalchemy import delete, update

from store.cases.permissions import is_kept
from store.cases.takeback import forget_codes
from store.db.connection import Connection
from store.db.schema import case_file


def erase_case(connection: Connection, locator: bytes) -> None:
    """Delete the case and, by cascade, everything of it."""
    forget_codes(connection, locator)
    connection.execute(delete(case_file).where(case_file.c.locator == locator))


def outlive_draft(connection: Connection, locator: bytes) -> bool:
    """Let a case that may be kept not end with its draft; return whether it may be kept.

    Called once the reporter has a way back to it.
    """
    kept = is_kept(connection, locator)
    if kept:
        mine = case_file.c.locator == locator
        connection.execute(update(case_file).where(mine).values(draft_exp=0))
    return kept
