"""Readers as reporters see them, and the deliveries that wait for them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reader:
    """A commission member as a reporter sees them. ``id`` is the fingerprint in hexadecimal."""

    id: str
    name: str
    about: str
    must_pass_on: bool
    after: tuple[str, ...] = ()
    """Fingerprints of the keys that this one replaces: a ``never`` for those holds here too."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery that waits for a reader: six Crockford characters, and whether it was fetched."""

    code: str
    fetched: bool
