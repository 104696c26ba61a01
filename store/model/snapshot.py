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
    language: str = "en"
    """The language that its conversation ended in; that of all before there were others."""


@dataclass(frozen=True, slots=True)
class OtherCase:
    """A case whose words were typed while another one is open."""

    is_same: bool
    """It is the one that is open."""
    pieces: int = 0
    """How much of it can be moved."""
    barred: frozenset[str] = frozenset()
    """Who must never read it."""
    was_shared: bool = False
    """It was shared at some time, or one that was joined to it."""
    fetched: tuple[str, ...] = ()
    """Who has fetched what is shared of it."""


@dataclass(frozen=True, slots=True)
class AskedErasure:
    """An erasure that waits for a yes, known in memory only: of the opened case, or of another."""

    id: str = field(repr=False)
    """Drawn anew for each: no answer to an earlier question counts."""
    locator: bytes = field(default=b"", repr=False)
    """Of the case that a take-back code led to."""
    statements: tuple[str, ...] = ()
    """Hand-overs that are held, whose cases go with them."""
    unasked: bool = False
    """The code came unasked: first it is asked what it is for."""
    kept: bool = False
    """The case of the code stays when nobody may read it any more."""

    @property
    def is_of_opened(self) -> bool:
        """Return whether it is about the case that is open."""
        return not self.locator and not self.statements


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that deciding needs to know about one account."""

    draft: Draft | None = None
    opened: OpenedCase | None = None
    held: HeldHandover | None = None
    """The hand-over of this account that can still be stopped; of several the last."""
    older_holds: tuple[HeldHandover, ...] = ()
    """Those that were handed over before it, oldest first."""
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
    other: OtherCase | None = None
    """A second case that was found by its words, to be joined to the open one."""
    shared: bool = False
    """An unrevoked hand-over of this case stands."""
    taken_back: bool = False
    """A hand-over of this case was taken back: somebody may have a copy of it."""
    grants: tuple[StandingGrant, ...] = ()
    """The unrevoked hand-overs of this case, oldest first."""
    ended: bool = False
    """A conversation was open here, and its case is gone: fetched by all readers, or erased."""
    identity_changed: bool = False
    """Somebody else is behind the account than who began the conversation that is open here. Of
    that nothing else is told."""
    opened_by_another: bool = False
    """Somebody else behind this account has opened a case. Of that nothing else is told, and no
    bare words take its place."""
    asked: AskedErasure | None = None
    """What the account was asked, and has not answered yet: whether it is to be erased."""
    cases_begun: int = 0
    """How many cases the account began today; counted only where it has no conversation."""

    @property
    def holds(self) -> tuple[HeldHandover, ...]:
        """List all hand-overs that this account can still stop, oldest first."""
        return self.older_holds if self.held is None else (*self.older_holds, self.held)

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """Return the opened pieces of the story.

        Raise ``PiecesNotLoaded`` where they were not opened: whoever needs them has them loaded.
        """
        if self.loaded_pieces is None:
            raise PiecesNotLoaded("The pieces of a story are shown, and were not opened for it.")
        return self.loaded_pieces
