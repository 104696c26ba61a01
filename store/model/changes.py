"""The changes a turn can make. All changes of a turn hold, or none does."""

from dataclasses import dataclass, field

from store.model.drafts import Draft
from store.model.permissions import NewPermission, RevocationBasis


@dataclass(frozen=True, slots=True)
class BeginCase:
    """Begin a case with this draft: entropy is drawn, nothing is shown yet."""

    draft: Draft


@dataclass(frozen=True, slots=True)
class SaveDraft:
    """Write the draft, under today's day key."""

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
    """Hand over after the second yes: statements, report, grants to named readers, the hold."""

    draft: Draft
    permissions: tuple[NewPermission, ...]
    parts: tuple[str, ...] = ()
    report: str = field(default="", repr=False)
    hold_hours: int = 0


@dataclass(frozen=True, slots=True)
class EndDraft:
    """End the draft: keep what a permission keeps, and erase the rest."""


@dataclass(frozen=True, slots=True)
class EraseCase:
    """Erase the case of this draft, or the opened one, with everything of it."""


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Revoke these statements; with none named, every hand-over of the case."""

    how: RevocationBasis
    statements: tuple[str, ...] = ()
    shown: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ReleaseHandover:
    """Release a held hand-over now."""

    statement: str


@dataclass(frozen=True, slots=True)
class ReopenCase:
    """Begin a conversation about a kept case that is open."""

    draft: Draft


@dataclass(frozen=True, slots=True)
class CloseCase:
    """Forget the keys of the opened case, or the conversation whose case is gone."""


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
