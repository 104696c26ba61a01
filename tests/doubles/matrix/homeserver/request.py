"""One request, however it came."""

from dataclasses import dataclass, field

from tests.doubles.matrix.homeserver.shapes import Json
from tests.doubles.matrix.homeserver.world import Device

NOBODY = Device("", "", "")
"""Whoever has not logged in."""


@dataclass(slots=True)
class Request:
    """What is asked for: ``parts`` are the identifiers in the path."""

    device: Device
    parts: tuple[str, ...] = field(repr=False)
    query: dict[str, str] = field(repr=False)
    body: Json = field(default_factory=dict, repr=False)
    raw: bytes = field(default=b"", repr=False)
    """The body of an upload."""
    size: int = 0
    """Bytes of the body."""
