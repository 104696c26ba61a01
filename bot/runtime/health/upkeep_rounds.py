"""When rounds of upkeep ended: for the operator, and for whoever restarts a program that hangs."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

OVERDUE_SECONDS = 300.0
"""After so long without the end of a round the program counts as hanging; a round is a minute."""


@dataclass(slots=True)
class UpkeepRounds:
    """The last round of upkeep that succeeded, and the last that ended in any way.

    A round that fails is tried again, and a restart would not help it: the reason is mostly
    outside, such as a full disk. A round that never ends is a hanging program.
    """

    succeeded_at: datetime
    """The start of the program does a round too."""
    monotonic: Callable[[], float] = time.monotonic
    _ended: float = field(init=False)

    def __post_init__(self) -> None:
        self._ended = self.monotonic()

    def succeeded(self, now: datetime) -> None:
        """Note that a round did all that was due."""
        self.succeeded_at = now
        self._ended = self.monotonic()

    def failed(self) -> None:
        """Note that a round ended early."""
        self._ended = self.monotonic()

    def are_overdue(self) -> bool:
        """Return whether a round should have ended long ago."""
        return self.monotonic() - self._ended > OVERDUE_SECONDS
