"""An account on a platform."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody on a platform, and the address under which they can be written to there."""

    platform: str
    name: str = field(repr=False)
    address: str = field(repr=False)
    identity: tuple[str, ...] = field(default=(), repr=False, compare=False)
    """The keys by which the platform tells who is behind the account now: the current one first,
    then those before it that vouched for it. Empty on platforms that have none."""

    @property
    def current_key(self) -> str:
        """The key of whoever is behind the account now; empty if nothing tells."""
        return self.identity[0] if self.identity else ""

    def still_has(self, key: str) -> bool:
        """Return whether whoever had this key is behind the account now, as far as is known."""
        return not key or not self.identity or key in self.identity


EVERYBODY = Account("all", "all", "all")
"""The account under which the total of what all accounts tried is counted."""
