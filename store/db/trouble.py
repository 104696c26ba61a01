"""Errors that say nothing of what was to be written: no room, a lock, a database that is away.

Whoever meets one tries again later: the next work, or anybody else's, would have failed as well.
"""

import errno
import sqlite3
from collections.abc import Iterator
from enum import Enum, auto

from sqlalchemy.exc import DBAPIError

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
FULL_STATE = "53100"
AWAY_CODES = frozenset(
    {
        *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN),
        *(sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_NOMEM),
    }
)
AWAY_STATES = ("08", "53", "57", "40", "25006", "55P03", "58030")
"""SQLSTATEs, or classes of them: connection, room, operator, conflict; read only, lock, disk."""


class Trouble(Enum):
    """Why nothing can be written at the moment."""

    FULL = auto()
    """The disk has no room."""
    AWAY = auto()
    """Somebody else writes, or the database or its disk does not answer."""


def trouble_of(error: BaseException) -> Trouble | None:
    """Return what is wrong with the database or its disk; None for any other error."""
    found = {_trouble(each) for each in _with_causes(error)}
    return next((trouble for trouble in Trouble if trouble in found), None)


def _with_causes(error: BaseException | None) -> Iterator[BaseException]:
    seen = set[int]()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.orig if isinstance(error, DBAPIError) else error.__cause__


def _trouble(error: BaseException) -> Trouble | None:
    if isinstance(error, sqlite3.Error):
        # An extended code holds the code that it is one of in its lowest byte.
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL:
            return Trouble.FULL
        return Trouble.AWAY if code in AWAY_CODES else None
    state = getattr(error, "sqlstate", None)
    if isinstance(state, str):
        if state == FULL_STATE:
            return Trouble.FULL
        return Trouble.AWAY if state.startswith(AWAY_STATES) else None
    if isinstance(error, DBAPIError):
        return Trouble.AWAY if error.connection_invalidated else None
    if isinstance(error, OSError):
        if error.errno in NO_ROOM:
            return Trouble.FULL
        # What no system call raised, such as a timeout of the program's own, has no number.
        known = error.errno is not None or isinstance(error, ConnectionError)
        return Trouble.AWAY if known else None
    return None
