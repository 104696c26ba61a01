"""Items that are written before the turn that keeps them."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class StagedItem:
    """An item that lies sealed on the disk, and belongs to no story before a turn completes it."""

    item: str
    header: bytes = field(repr=False)
    """Its age header, by which it is told apart from an earlier one of the same id."""
    size: int
    """Bytes of its payload."""
    payload_hash: bytes = field(repr=False)
