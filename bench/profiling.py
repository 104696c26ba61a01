"""One more run of Holdfast under the profiler: where the CPU time of an answer goes."""

import asyncio
import json
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench import profiled
from bench.load import Mark
from bench.process import Process
from bench.rivals import Arguments, Marking, Rival, Run, Start, Where
from bench.shares import Profile, between

MOST_SECONDS = 20.0
LEADING = 2
"""What HOLDFAST needs before its command."""


@dataclass(slots=True)
class Snapshots:
    """What the profiler wrote, in order."""

    found: list[Profile] = field(default_factory=list)

    def marking(self, place: Path, bot: Process) -> Mark:
        """Lets the bot write down what the profiler found so far, and takes it."""

        async def mark() -> None:
            bot.popen.send_signal(signal.SIGUSR1)
            file = place / profiled.NAME.format(number=len(self.found))
            async with asyncio.timeout(MOST_SECONDS):
                while not file.exists():  # noqa: ASYNC110 - another process writes it
                    await asyncio.sleep(0.05)
            self.found.append(json.loads(file.read_text("utf-8")))

        return mark


async def profile(
    rival: Rival[Where], once: Callable[[Rival[Where], Marking], Awaitable[Run]]
) -> tuple[Profile, int]:
    """The timed part of one run alone; and how many answers that was."""
    snapshots = Snapshots()
    run = await once(replace(rival, start=_watched(rival.start)), snapshots.marking)
    first, last = snapshots.found
    return between(first, last), run.measured.answers


def _watched(start: Start[Where]) -> Start[Where]:
    def watched(place: Path, where: Where) -> Arguments:
        plain = start(place, where)
        return ("-m", "bench.profiled", place, *plain[LEADING:])

    return watched
