"""Logging by allow-list: what is not on a list here cannot reach a log.

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
    """Everything that may be said about a running bot. None is about a single reporter."""

    STARTED = "started"
    TURN_FAILED = "turn-failed"
    UPKEEP_FAILED = "upkeep-failed"
    SEND_FAILED = "send-failed"
    UNREADABLE = "update-unreadable"
    UNREACHABLE = "unreachable"
    NOT_LET_IN = "token-refused"
    TOKENLESS = "token-missing"
    PASSWORDLESS = "password-missing"
    IDENTITY = "identity-not-ours"
    STORE_UNUSABLE = "store-unusable"
    ROOM_FAILED = "room-failed"
    KEYS_FAILED = "keys-failed"
    SECOND_POLLER = "second-poller"
    WEBHOOK = "webhook-removed"
    REACHED = "reached-again"
    TAKEN_UP = "questions-taken-up"
    QUESTIONS_UNUSABLE = "questions-unusable"
    RECALL_TOLD = "recall-told"
    MENU_FAILED = "menu-failed"
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
    *("aiohttp", "aiosqlite", "alembic", "asyncio", "httpcore", "httpx"),
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
    """Write one line, at ERROR where an error is told of.

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
    sys.excepthook = _stray
    sys.unraisablehook = lambda report: _unexpected(report.exc_value)
    threading.excepthook = lambda report: _unexpected(report.exc_value)


class AllowList(logging.Formatter):
    """Writes events; of all other records their level, logger and place."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, in UTC to the minute; finer times would say too much about who wrote when.

        What looks like a bot token is taken out, even where no token should ever come.
        """
        minute = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%MZ")
        said = getattr(record, _ATTRIBUTE, None) or _outline(record)
        return TOKEN.sub(WITHHELD, f"{minute} {record.levelname} {record.name} {said}")


def _value(key: str, value: str | int) -> str:
    text = str(value)
    return text if FIELDS[key].fullmatch(text) else WITHHELD


def _outline(record: logging.LogRecord) -> str:
    place = f"{record.module}:{record.lineno}"
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return f"text={WITHHELD} place={place}"
    return f"text={WITHHELD} error={kind_of(error)} place={place_of(error)}"


def _stray(kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        _unexpected(error)


def _unexpected(error: BaseException | None) -> None:
    event(_log, Event.UNEXPECTED, error=error)
