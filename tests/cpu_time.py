"""Whether work stays within a time, however slow or busy the machine is that the tests run on."""

from collections.abc import Callable
from time import thread_time

YARDSTICK_SECONDS = 0.05
"""What the yardstick takes where the limits of the tests were set."""
TRIES = 5
"""Other load can slow one try down, hardly each of them."""


def takes_at_most(seconds: float, work: Callable[[], object]) -> bool:
    """Return whether work takes no more CPU time than this, at the yardstick's usual speed."""
    for _ in range(TRIES):
        before, taken, after = (_seconds(each) for each in (_yardstick, work, _yardstick))
        if taken * 2 * YARDSTICK_SECONDS < seconds * (before + after):
            return True
    return False


def _seconds(work: Callable[[], object]) -> float:
    began = thread_time()
    work()
    return thread_time() - began


def _yardstick() -> int:
    return sum(len(str({number: number})) for number in range(50_000))
