"""Log by allow-list: what is not on a list here cannot reach a log.

A line is an event and fields, both from closed sets. Of every other record, those of libraries
included, only level, logger and place are written, never its text: libraries put tokens, messages
and addresses into theirs. Of an exception only type and place are written.
"""

import logging
import re
import sys
import threading
from datetime import UTC, datetime
from enum import StrEnum
from types import TracebackType
from typing import TextIO

from bot.errors import kind_of, place_of


class Event(StrEnum):
    """Every event that may be logged; none is about a single reporter."""

    STARTED = "started"
    TURN_FAILED = "turn-failed"
    UPKEEP_FAILED = "upkeep-failed"
    SEND_FAILED = "send-failed"
    UNREADABLE = "update-unreadable"
    UNREACHABLE = "unreachable"
    CREDENTIALS_REFUSED = "token-refused"
    TOKEN_MISSING = "token-missing"  # noqa: S105 - an event
    PASSWORD_MISSING = "password-missing"  # noqa: S105 - an event
    FOREIGN_IDENTITY = "identity-not-ours"
    STORE_UNUSABLE = "store-unusable"
    ROOM_FAILED = "room-failed"
    KEYS_FAILED = "keys-failed"
    SECOND_POLLER = "second-poller"
    WEBHOOK = "webhook-removed"
    REACHED_AGAIN = "reached-again"
    RELEASES_WAIT = "releases-wait"
    CLOCK_DOUBTED = "clock-doubted"
    CLOCK_BELIEVED = "clock-believed"
    DISK_FULL = "disk-full"
    DISK_ROOM = "disk-has-room"
    QUESTIONS_ADOPTED = "questions-taken-up"
    QUESTIONS_UNUSABLE = "questions-unusable"
    RECALL_TOLD = "recall-told"
    MENU_FAILED = "menu-failed"
    STATUS_FAILED = "status-failed"
    STOPPED = "stopped"
    UNEXPECTED = "unexpected"


FIELDS = {
    "count": re.compile(r"[0-9]{1,12}"),
    "millis": re.compile(r"[0-9]{1,12}"),
    "platform": re.compile(r"terminal|telegram|matrix"),
    "version": re.compile(r"[0-9]+(\.[0-9]+){1,2}"),
    "revision": re.compile(r"[0-9a-f]{12}"),
    "code": re.compile(r"core-size|dumpable|memory-lock"),
    "error": re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,80}"),
    "place": re.compile(r"[a-z_][A-Za-z0-9_.]{0,80}:[0-9]{1,6}"),
}
"""Every field and the only form in which its value is written."""

WITHHELD = "withheld"
TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]{30,}")
LOUD = (
    *("aiohttp", "aiosqlite", "alembic", "asyncio", "asyncpg", "httpcore", "httpx"),
    *("nio", "sqlalchemy", "telegram"),
)

_ATTRIBUTE = "holdfast"
_log = logging.getLogger("bot")


def event(
    logger: logging.Logger,
    name: Event,
    *,
    error: BaseException | None = None,
    **values: str | int,
) -> None:
    """Write one line, at ERROR if there is an error.

    A field that is not in ``FIELDS`` is left out; a value of another form is withheld.
    """
    if error is not None:
        values |= {"error": kind_of(error), "place": place_of(error)}
    pairs = [f"{key}={_value(key, values[key])}" for key in FIELDS if key in values]
    line = " ".join([Event(name), *pairs])
    level = logging.INFO if error is None else logging.ERROR
    logger.log(level, "%s", name, extra={_ATTRIBUTE: line})


def configure(stream: TextIO) -> None:
    """Make this the only log of the process; warnings and stray errors go through it too."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(AllowList())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)
    # Python's own report of a failing handler would repeat the record.
    logging.raiseExceptions = False
    logging.captureWarnings(capture=True)
    sys.excepthook = _log_uncaught
    sys.unraisablehook = lambda report: _log_unexpected(report.exc_value)
    threading.excepthook = lambda report: _log_unexpected(report.exc_value)


class AllowList(logging.Formatter):
    """Format events whole, and of all other records only level, logger and place."""

    def format(self, record: logging.LogRecord) -> str:
        """Format one line, in UTC to the minute: finer times would betray who wrote when.

        What looks like a bot token is removed, even where no token should ever be.
        """
        minute = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%MZ")
        line = getattr(record, _ATTRIBUTE, None) or _describe_foreign(record)
        return TOKEN.sub(WITHHELD, f"{minute} {record.levelname} {record.name} {line}")


def _value(key: str, value: str | int) -> str:
    text = str(value)
    return text if FIELDS[key].fullmatch(text) else WITHHELD


def _describe_foreign(record: logging.LogRecord) -> str:
    place = f"{record.module}:{record.lineno}"
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return f"text={WITHHELD} place={place}"
    return f"text={WITHHELD} error={kind_of(error)} place={place_of(error)}"


def _log_uncaught(
    kind: type[BaseException], error: BaseException, _trace: TracebackType | None
) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        _log_unexpected(error)


def _log_unexpected(error: BaseException | None) -> None:
    event(_log, Event.UNEXPECTED, error=error)
