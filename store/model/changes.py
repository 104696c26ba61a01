"""The changes a turn can make. All changes of a turn hold, or none does."""

from dataclasses import dataclass, field

from store.model.drafts import Draft
from store.model.permissions import NewPermission, RevocationBasis


@dataclass(frozen=True, slots=True)
class BeginCase:
    """A new case with a draft of these answers: entropy is drawn, nothing is shown yet."""

    draft: Draft


@dataclass(frozen=True, slots=True)
class SaveDraft:
    """The draft as it is now, under today's day key."""

    draft: Draft


@dataclass(frozen=True, slots=True)
class SealItem:
    """Seal one text to the reporter's key."""

    item: str
    step: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class EraseItems:
    """Erase these items."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HandOver:
    """The second yes: statements, the compiled report, one key for each named reader, the hold."""

    draft: Draft
    permissions: tuple[NewPermission, ...]
    parts: tuple[str, ...] = ()
    report: str = field(default="", repr=False)
    hold_hours: int = 0


@dataclass(frozen=True, slots=True)
class EndDraft:
    """The draft ends; what a permission keeps stays, everything else goes."""


@dataclass(frozen=True, slots=True)
class EraseCase:
    """The case of this draft, or the opened one, with everything of it."""


@dataclass(frozen=True, slots=True)
class TakeBack:
    """These statements do not hold any more; none named means every hand-over of the case."""

    how: RevocationBasis
    statements: tuple[str, ...] = ()
    shown: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ReleaseHandover:
    """A held hand-over goes to its readers now."""

    statement: str


@dataclass(frozen=True, slots=True)
class ReopenCase:
    """A kept, opened case becomes a talk again."""

    draft: Draft


@dataclass(frozen=True, slots=True)
class CloseCase:
    """Forget the keys of the opened case, or the talk whose case is gone."""


Change = (
    BeginCase
    | SaveDraft
    | SealItem
    | EraseItems
    | HandOver
    | EndDraft
    | EraseCase
    | TakeBack
    | ReleaseHandover
    | ReopenCase
    | CloseCase
)
