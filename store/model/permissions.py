"""Permissions as they are given, listed and taken back, and the hand-overs they cause."""

from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class NewPermission:
    """One permission as it was given: the scope of its statement and the exact words."""

    scope: str
    step: str
    shown: str = field(repr=False)
    readers: tuple[str, ...] = ()
    """Whom it names: those who may read it, or who must never."""
    may: tuple[str, ...] = ()
    own_words: bool = False
    """The words are the bot's own, and of no questionnaire."""
    language: str = ""
    """In which they were shown; empty if in that of the conversation."""


class RevocationBasis(StrEnum):
    """The right by which a permission is revoked."""

    WORDS = "words"
    CODE = "code"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One statement of the case's history, in its own order."""

    number: int
    scope: str
    readers: tuple[str, ...]
    revoked: bool


class DeliveryStage(StrEnum):
    """The stage that a delivery has reached."""

    HELD = "held"
    RELEASED = "released"
    FETCHED = "fetched"


@dataclass(frozen=True, slots=True)
class StandingHandover:
    """One hand-over of a case that stands: to whom, how far, until when it is held."""

    statement: str
    readers: tuple[str, ...]
    stage: DeliveryStage
    due: int = 0
    week: int = 0


@dataclass(frozen=True, slots=True)
class StandingGrant:
    """An unrevoked statement that shares the case: with whom, and what they may do."""

    statement: str
    readers: tuple[str, ...]
    may: tuple[str, ...]
    due: int = 0
    """Hour until which it is held, from whichever account; 0 if it is not."""


@dataclass(frozen=True, slots=True)
class HeldHandover:
    """A hand-over that this account may still stop with one tap."""

    statement: str
    due: int
    kept: bool
    """The case stays when it is taken back; otherwise it goes with it."""
    id: str = field(default="", repr=False)
    """Of the row by which it can be stopped. When that is gone, nothing leads to the case."""
    readers: tuple[str, ...] = ()
    here: bool = False
    """It is of the case that is open here, in a conversation or with its words."""
    beside: tuple[str, ...] = ()
    """The other hand-overs of the same case: they stand when this one is stopped."""
    language: str = "en"
    """In which its reporter was spoken to when it was handed over."""
