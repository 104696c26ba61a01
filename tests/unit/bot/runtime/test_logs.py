"""Logs: a canary that anything tries to write down never arrives."""

import io
import logging
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.runtime.logs import FIELDS, LOUD, WITHHELD, AllowList, Event, event

CANARY = "sparrow-canary"
TOKEN = "123456789:AAF-abcdefghijklmnopqrstuvwxyz_012345"

MINUTE = "2026-11-20T10:07Z"
SECONDS = datetime(2026, 11, 20, 10, 7, 44, 500_000, UTC).timestamp()


@pytest.fixture(name="log")
def _log() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(AllowList())
    logger = logging.getLogger("bot.test")
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    yield logger, stream
    logger.removeHandler(handler)


Log = tuple[logging.Logger, io.StringIO]


def written(log: Log) -> str:
    """What was written, without the time."""
    return log[1].getvalue().partition(" ")[2].rstrip("\n")


def test_an_event_is_logged_with_its_name_and_fields_in_a_fixed_order(log: Log) -> None:
    event(log[0], Event.STARTED, version="0.1.0", platform="terminal", count=3)
    assert written(log) == "INFO bot.test started count=3 platform=terminal version=0.1.0"


def test_an_unknown_field_is_left_out(log: Log) -> None:
    event(log[0], Event.STARTED, text=CANARY, account=CANARY)
    assert written(log) == "INFO bot.test started"


@pytest.mark.parametrize("field", sorted(FIELDS.keys() - {"error"}))
def test_a_value_in_another_form_is_withheld(log: Log, field: str) -> None:
    values: dict[str, Any] = {field: f"{CANARY} and more"}
    event(log[0], Event.STARTED, **values)
    assert written(log) == f"INFO bot.test started {field}={WITHHELD}"


def test_an_unknown_event_is_refused(log: Log) -> None:
    name: Event = CANARY  # type: ignore[assignment]  # what the types forbid is tried
    with pytest.raises(ValueError, match=CANARY):
        event(log[0], name)
    assert written(log) == ""


def test_an_error_is_logged_as_its_type_and_place(log: Log) -> None:
    with pytest.raises(ValueError, match=CANARY) as caught:
        raise ValueError(CANARY)
    event(log[0], Event.TURN_FAILED, error=caught.value)
    said = written(log)
    assert said.startswith(
        "ERROR bot.test turn-failed error=ValueError place=tests.unit.bot.runtime.test_logs:"
    )
    assert CANARY not in said


def test_foreign_records_are_logged_as_level_logger_and_place(log: Log) -> None:
    log[0].warning("POST https://api/%s failed for %s", TOKEN, CANARY)
    assert written(log).startswith("WARNING bot.test text=withheld place=test_logs:")
    assert CANARY not in written(log)
    assert "AAF" not in written(log)


def test_a_logged_exception_leaves_no_text_and_no_traceback(log: Log) -> None:
    with pytest.raises(RuntimeError, match=CANARY) as caught:
        raise RuntimeError(CANARY) from OSError(CANARY)
    log[0].error(CANARY, exc_info=caught.value, stack_info=True)
    assert written(log).startswith("ERROR bot.test text=withheld error=RuntimeError place=")
    assert CANARY not in written(log)
    assert "\n" not in written(log)


def test_anything_like_a_token_is_removed() -> None:
    record = logging.LogRecord(f"bot.{TOKEN}", logging.INFO, "x.py", 1, "", None, None)
    assert TOKEN not in AllowList().format(record)


def test_times_are_logged_to_the_minute() -> None:
    record = logging.LogRecord("bot", logging.INFO, "x.py", 1, "", None, None)
    record.created = SECONDS
    assert AllowList().format(record).startswith(f"{MINUTE} INFO bot ")


@given(st.text(), st.text(max_size=20), st.sampled_from(sorted(FIELDS.keys() - {"error"})))
def test_every_record_is_one_line_of_known_characters(text: str, key: str, field: str) -> None:
    stream = io.StringIO()
    logger = logging.getLogger("bot.test")
    logger.setLevel(logging.INFO)
    logger.addHandler(handler := logging.StreamHandler(stream))
    handler.setFormatter(AllowList())
    values: dict[str, Any] = {field: text, f"x{key}": text}
    event(logger, Event.STARTED, **values)
    logger.removeHandler(handler)
    lines = stream.getvalue().split("\n")
    assert len(lines) == 2
    assert lines[0].isascii()
    value = lines[0].partition(f" {field}=")[2]
    assert value == WITHHELD or FIELDS[field].fullmatch(value)


PROGRAM = """
import asyncio, gc, logging, sys, threading, warnings
from bot.runtime.logs import Event, configure, event
canary, place = sys.argv[1:]
class Cruel:
    def __del__(self):
        raise ValueError(canary)
async def forgotten():
    async def fails():
        raise ValueError(canary)
    task = asyncio.ensure_future(fails())
    await asyncio.sleep(0)
    del task
    gc.collect()
def fails():
    raise ValueError(canary)
configure(sys.stderr)
match place:
    case "warning":
        warnings.warn(canary)
    case "thread":
        (thread := threading.Thread(target=fails)).start()
        thread.join()
    case "finalizer":
        Cruel()
        gc.collect()
    case "task":
        asyncio.run(forgotten())
    case "arguments":
        logging.getLogger("bot").info("%d %d", canary)
    case "library":
        logging.getLogger("httpx").info(canary)
        logging.getLogger("httpx").warning(canary)
    case "main":
        fails()
"""


def run_with(place: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, CANARY, place], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("warning", "WARNING py.warnings text=withheld place="),
        ("thread", "ERROR bot unexpected error=ValueError place=__main__:"),
        ("finalizer", "ERROR bot unexpected error=ValueError place=__main__:"),
        ("task", "ERROR asyncio text=withheld error=ValueError place=__main__:"),
        ("arguments", "INFO bot text=withheld place="),
        ("library", "WARNING httpx text=withheld place="),
        ("main", "ERROR bot unexpected error=ValueError place=__main__:"),
    ],
)
def test_a_stray_error_is_logged_without_its_text(place: str, said: str) -> None:
    done = run_with(place)
    assert CANARY not in done.stderr + done.stdout
    lines = done.stderr.splitlines()
    assert len(lines) == 1
    assert lines[0].partition(" ")[2].startswith(said)
    assert done.returncode == (1 if place == "main" else 0)


CLIENT = """
import asyncio, logging, sys
from bot.runtime.logs import configure
from bot.platforms.telegram.http_transport import HttpTransport
from telegram import Bot
token, canary = sys.argv[1:]
configure(sys.stderr)
for name in ("", *logging.root.manager.loggerDict):
    logging.getLogger(name).setLevel(logging.DEBUG)
async def main():
    carrier = HttpTransport()
    bot = Bot(token, "http://127.0.0.1:1/bot", request=carrier, get_updates_request=carrier)
    async with carrier:
        try:
            await bot.send_message(77, canary)
        except Exception as error:
            logging.getLogger("telegram").exception("%s %r", error, bot)
            print(error, repr(error))
asyncio.run(main(), debug=True)
"""


def test_the_telegram_client_at_debug_level_logs_neither_token_nor_text() -> None:
    command = [sys.executable, "-c", CLIENT, TOKEN, CANARY]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    said = done.stderr + done.stdout
    assert "text=withheld" in said
    assert not any(word in said for word in (TOKEN, TOKEN.partition(":")[2], CANARY))


DATABASE = """
import asyncio, logging, sys
from functools import partial
from sqlalchemy import text
from bot.runtime.logs import configure
from store.db.database import Database
file, canary = sys.argv[1:]
configure(sys.stderr)
for name in ("", *logging.root.manager.loggerDict):
    logging.getLogger(name).setLevel(logging.DEBUG)
def write(said, connection):
    connection.execute(text("CREATE TABLE said (word TEXT UNIQUE)"))
    for _ in range(2):
        connection.execute(text("INSERT INTO said VALUES (:word)"), {"word": said})
def fail(said, connection):
    raise LookupError(said)
async def main():
    database = Database(f"sqlite+aiosqlite:///{file}")
    for work in (write, fail):
        for run in (database.transaction, database.read):
            try:
                await run(partial(work, canary))
            except Exception as error:
                logging.getLogger("store").exception("%s %r", error, work)
    driver = database._engine._writer._driver
    for fails in (False, True):
        try:
            await driver._execute(partial(fail if fails else str, canary, canary))
        except Exception:
            pass
    await database.close()
asyncio.run(main(), debug=True)
"""


def test_the_database_at_debug_level_logs_no_work_and_no_value(tmp_path: Path) -> None:
    """Its driver writes down every call with its arguments, and the text of every error."""
    command = [sys.executable, "-c", DATABASE, str(tmp_path / "file.db"), CANARY]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    lines = [line.partition(" ")[2] for line in done.stderr.splitlines()]
    places = [
        line for line in lines if line.startswith("DEBUG aiosqlite text=withheld place=core:")
    ]
    assert len(places) > 20
    assert (
        len([line for line in lines if line.startswith("ERROR store text=withheld error=")]) == 4
    )
    assert CANARY not in done.stderr + done.stdout
    assert str(tmp_path) not in done.stderr + done.stdout


def test_libraries_log_warnings_only() -> None:
    code = (
        "import logging, sys; from bot.runtime.logs import LOUD, configure; configure(sys.stderr);"
        "print([logging.getLogger(name).getEffectiveLevel() for name in LOUD])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str([logging.WARNING] * len(LOUD))
