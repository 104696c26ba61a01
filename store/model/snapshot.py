"""The snapshot of one account: all that deciding needs to know."""

from dataclasses import dataclass, field

from store.model.drafts import Draft, Piece, StoredAnswer
from store.model.errors import PiecesNotLoaded
from store.model.permissions import (
    HeldHandover,
    HistoryEntry,
    StandingGrant,
    StandingHandover,
)
from store.model.readers import Reader


@dataclass(frozen=True, slots=True)
class OpenedCase:
    """A kept case that was opened with its words, in memory only."""

    shares: tuple[StandingHandover, ...]
    history: tuple[HistoryEntry, ...]
    answers: tuple[StoredAnswer, ...] = ()
    """The answers as they were when the conversation ended."""
    revision: str = ""
    """Of the questionnaire that it ended with; empty if that is not known."""
    renewed: int = 0
    """The last week of it if it is kept longer from now on."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that deciding needs to know about one account."""

    draft: Draft | None = None
    opened: OpenedCase | None = None
    held: HeldHandover | None = None
    readers: tuple[Reader, ...] = ()
    barred: frozenset[str] = frozenset()
    """Readers whom a statement of this case excludes for ever."""
    words: tuple[str, ...] = field(default=(), repr=False)
    """The twelve words of this case."""
    code_words: tuple[str, ...] = field(default=(), repr=False)
    """The four words of its take-back code, until the conversation ends."""
    loaded_pieces: tuple[Piece, ...] | None = field(default=(), repr=False)
    """None where they were not opened; read them as ``pieces``."""
    kept: bool = False
    """An unrevoked permission keeps the case."""
    until: int = 0
    """The last week in which a kept case is there; 0 if nothing keeps it."""
    outlives_draft: bool = False
    """The case does not end with this conversation: its reporter has a way back to it, or has
    allowed something of it that lasts longer."""
    shared: bool = False
    """An unrevoked hand-over of this case stands."""
    grants: tuple[StandingGrant, ...] = ()
    """The unrevoked hand-overs of this case, oldest first."""
    ended: bool = False
    """A conversation was open here, and its case is gone: fetched by all readers, or erased."""
    identity_changed: bool = False
    """Somebody else is behind the account than who began the conversation that is open here. Of
    that nothing else is told."""
    cases_begun: int = 0
    """How many cases the account began today; counted only where it has no conversation."""

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """Return the opened pieces of the story.

        Raise ``PiecesNotLoaded`` where they were not opened: whoever needs them has them loaded.
        """
        if self.loaded_pieces is None:
            raise PiecesNotLoaded("The pieces of a story are shown, and were not opened for it.")
        return self.loaded_pieces
