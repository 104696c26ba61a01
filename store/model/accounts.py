"""An account on a platform."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody on a platform, and the address under which they can be written to there."""

    platform: str
    name: str = field(repr=False)
    address: str = field(repr=False)


EVERYBODY = Account("all", "all", "all")
"""The account under which the total of what all accounts tried is counted."""
