"""Errors of PostgreSQL: what they mean to an operator, and without the values they name."""

import asyncpg
from sqlalchemy.exc import DBAPIError

CURES = {
    "28": (
        "PostgreSQL refuses the user of store.url, or the password. Check both, and the lines "
        "of pg_hba.conf; the password belongs in the file that store.password_file names."
    ),
    "3D": (
        "PostgreSQL knows no database of the name in store.url. Make it with "
        "'createdb --encoding UTF8 --owner USER NAME'."
    ),
    "42501": (
        "The user of store.url may not make tables in its database. Make this user the "
        "database's owner: ALTER DATABASE name OWNER TO user."
    ),
    "53": (
        "PostgreSQL has no room left: no disk space, no memory or no free connection. "
        "Look at its log."
    ),
    "55P03": (
        "Another program is writing to the PostgreSQL database and went on for 30 seconds. Stop "
        "the bot, or whatever else uses the database, and try again."
    ),
    "XX": (
        "PostgreSQL says that its files are damaged. Stop the bot, look at the server's log, and "
        "restore the database from a backup (docs/postgresql.md)."
    ),
    "57P03": "PostgreSQL is starting or stopping. Try again in a moment.",
    "25006": (
        "PostgreSQL takes nothing to be written at the address in store.url: it is a standby or "
        "set to read only. Name the primary server in store.url."
    ),
}
"""What to do, by the SQLSTATE or its class."""

UNREACHABLE = (
    "PostgreSQL does not answer at the address in store.url. Check host and port there, whether "
    "the server runs, and, with ssl in the address, its certificate."
)
UNUSABLE = (
    "The PostgreSQL database in store.url cannot be used: it answered {state}. Look at the "
    "server's log for the reason."
)
LOST = (asyncpg.InterfaceError, asyncpg.PostgresConnectionError, OSError)


def sqlstate(error: BaseException) -> str:
    """Return the code by which PostgreSQL says what happened; "" for another kind of error."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(cause, "sqlstate", None)
    return state if isinstance(state, str) else ""


def is_lost(error: BaseException) -> bool:
    """Check whether the connection was ended or broke; the server may be there again."""
    if not isinstance(error, Exception) or isinstance(error, TimeoutError):
        return False
    return sqlstate(error)[:2] in {"", "08", "57"}


def explain(error: BaseException) -> str | None:
    """Say what is wrong with the database and what to do; None for another kind of error."""
    state = sqlstate(error)
    if state and not state.startswith("08"):
        return CURES.get(state) or CURES.get(state[:2]) or UNUSABLE.format(state=state)
    return UNREACHABLE if isinstance(error, (DBAPIError, *LOST)) else None


def forget_values(error: BaseException) -> None:
    """Take out of an error what can repeat a value: a key that exists twice, or a whole row."""
    if isinstance(error, DBAPIError):
        own = error.orig
        if own is not None and isinstance(own.__cause__, asyncpg.DataError):
            error.args = own.args = ("a value of another type than its column",)
        for each in (own, own.__cause__ if own is not None else None):
            _forget_detail(each)
    _forget_detail(error)


def _forget_detail(error: BaseException | None) -> None:
    if error is None:
        return
    if isinstance(error, asyncpg.DataError):
        error.args = ("a value of another type than its column",)
    for name in ("detail", "where", "internal_query"):
        if isinstance(getattr(error, name, None), str):
            setattr(error, name, None)
