"""Ask the machine for the time, here and nowhere else."""

import time
from datetime import UTC, datetime


def system_clock() -> datetime:
    """Return the time now, in UTC. It may jump."""
    return datetime.now(UTC)


def real_seconds() -> float:
    """Return the seconds since the machine was started, those in which it slept included."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)  # Linux; elsewhere monotonic time may stop
    return time.monotonic() if boot is None else time.clock_gettime(boot)
