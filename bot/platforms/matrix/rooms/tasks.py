"""Run work on rooms beside the conversations."""

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from bot.runtime.logs import Event, event

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class BackgroundTasks:
    """Start tasks, log their errors, and cancel those that still run at the end."""

    running: set[asyncio.Task[None]] = field(default_factory=set, repr=False)

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Start a task; an error in it is logged and stops no other."""
        task = asyncio.create_task(self._run(work))
        self.running.add(task)
        task.add_done_callback(self.running.discard)

    async def _run(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001 - the edge: one room must not stop the others
            event(_log, Event.ROOM_FAILED, error=error)

    async def stop(self) -> None:
        """Cancel every task; the next start begins their work again."""
        for task in list(self.running):
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*self.running, return_exceptions=True)
