"""One checkpoint of the WAL at a time, shared by everybody who waits for deleted bytes to go."""

import asyncio
import sqlite3

import sqlalchemy

from store.db.sqlite_thread import PRAGMAS, SqliteThread
from store.model.failpoint import failpoint

CHECKPOINT_PAUSE = 0.02
"""Seconds until it is tried again after a reader was in the way; others write meanwhile."""


class SharedCheckpoint:
    """The next checkpoint, which moves the WAL into the file and truncates it."""

    def __init__(self, writer: SqliteThread, using_writer: asyncio.Lock) -> None:
        """Prepare; ``using_writer`` is held only for as long as a checkpoint runs."""
        self._writer, self._using_writer = writer, using_writer
        self._one_at_a_time = asyncio.Lock()
        self._next: asyncio.Task[bool] | None = None
        self._not_before = 0.0

    def next(self) -> "asyncio.Task[bool]":
        """Return the checkpoint that has not begun yet; it gives False if readers kept it busy.

        One that runs is none to wait for: what its caller deleted may have come after it began.
        """
        if self._next is None or self._next.done():
            self._next = asyncio.create_task(self._run())
            self._next.add_done_callback(_look_at_error)
        return self._next

    async def _run(self) -> bool:
        now = asyncio.get_running_loop().time
        async with self._one_at_a_time:
            await asyncio.sleep(max(0.0, self._not_before - now()))
            async with self._using_writer:
                self._next = None
                truncated = await self._writer.run(_checkpoint)
            if not truncated:
                self._not_before = now() + CHECKPOINT_PAUSE
        return truncated

    async def ended(self) -> None:
        """Wait for the end of one that nobody may be waiting for any more."""
        if self._next is not None:
            await asyncio.wait({self._next})


async def ended_within(checkpoint: "asyncio.Task[bool]", seconds: float) -> bool:
    """Wait for the result of a checkpoint; it is False, and it runs on, if that takes longer."""
    await asyncio.wait({checkpoint}, timeout=seconds)
    return checkpoint.done() and checkpoint.result()


def _look_at_error(checkpoint: "asyncio.Task[bool]") -> None:
    """Have no error reported as one that nobody has seen: each who still waits raises it."""
    if not checkpoint.cancelled():
        checkpoint.exception()


def _checkpoint(core: sqlalchemy.Connection, driver: sqlite3.Connection) -> bool:
    """Checkpoint outside of any transaction, without waiting for a reader."""
    del core
    try:
        driver.execute("PRAGMA busy_timeout=0").fetchall()
        failpoint("checkpoint")
        row = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        failpoint("checkpointed")
    finally:
        driver.execute(PRAGMAS[-1]).fetchall()
    return int(row[0]) == 0
