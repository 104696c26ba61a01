"""The changes a turn can make. All changes of a turn hold, or none does."""

from dataclasses import dataclass, field

from store.model.drafts import Draft
from store.model.permissions import NewPermission, RevocationBasis
from store.model.snapshot import AskedErasure
from store.model.staging import StagedItem


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
class KeepStaged:
    """Keep the item that was staged for an answer, in place of sealing the answer here."""

    answer: SealItem
    item: StagedItem


@dataclass(frozen=True, slots=True)
class EraseItems:
    """Erase these items."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Take back what stands from everybody but the readers whom this permission names again."""

    permission: NewPermission
    shown: str = field(repr=False)
    """The sentence with which it is taken back from the others."""
    language: str = "en"
    """In which that was shown."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """Hand over after the second yes: statements, report, grants to named readers, the hold.

    Also who must never read the case is said to the store here, as a permission of scope *never*.
    """

    draft: Draft
    permissions: tuple[NewPermission, ...]
    parts: tuple[str, ...] = ()
    report: str = field(default="", repr=False)
    hold_hours: int = 0
    narrowing: Narrowing | None = None
    """What was handed over before is narrowed first; otherwise it stays as it is."""


@dataclass(frozen=True, slots=True)
class EndDraft:
    """End the draft: keep what a permission keeps, and erase the rest."""


@dataclass(frozen=True, slots=True)
class OutliveDraft:
    """Let a case that may be kept not end with its draft: its reporter can open it from now on."""


@dataclass(frozen=True, slots=True)
class EraseCase:
    """Erase the case of this draft, or the opened one, with everything of it."""


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Revoke these statements; with none named, every hand-over of the case."""

    how: RevocationBasis
    statements: tuple[str, ...] = ()
    shown: str = field(default="", repr=False)
    language: str = "en"
    """In which that was shown."""


@dataclass(frozen=True, slots=True)
class StopKeeping:
    """Revoke what keeps the case: its reporter was asked again, and said no."""

    shown: str = field(repr=False)
    language: str = "en"
    """In which that was shown."""


@dataclass(frozen=True, slots=True)
class ReleaseHandover:
    """Release a held hand-over now."""

    statement: str


@dataclass(frozen=True, slots=True)
class OpenCase:
    """Remember the keys of the case that was found by its words, for a while and in memory."""


@dataclass(frozen=True, slots=True)
class AskErasure:
    """Remember, in memory, what the account is asked about; None: it is asked no more.

    Every turn without this change ends the question.
    """

    asked: AskedErasure | None


@dataclass(frozen=True, slots=True)
class TakeBackByCode:
    """Withdraw, or erase, the case that a take-back code belongs to: recorded as unsigned."""

    locator: bytes = field(repr=False)
    erase: bool


@dataclass(frozen=True, slots=True)
class ReopenCase:
    """Begin a conversation about a kept case that is open."""

    draft: Draft


@dataclass(frozen=True, slots=True)
class RememberAnswers:
    """Seal the answers of this draft with the case, in place of those that its words find now."""

    draft: Draft


@dataclass(frozen=True, slots=True)
class KeepLonger:
    """Have the kept case that is open last as long as one that is kept from now on."""


@dataclass(frozen=True, slots=True)
class ReturnToCase:
    """End the conversation about a kept case with these answers, and have the case open again."""

    draft: Draft


@dataclass(frozen=True, slots=True)
class JoinCase:
    """Move what a second case holds into the open one, as additions, and erase that case.

    The case is the one that its words found. Who must never read it must never read this one.
    """

    draft: Draft
    """The answers of the open case."""
    shown: str = field(repr=False)
    """The sentence with which it was asked for."""
    language: str = "en"
    """In which that was shown."""


@dataclass(frozen=True, slots=True)
class CloseCase:
    """Forget the keys of the opened case, or the conversation whose case is gone."""


Change = (
    BeginCase
    | SaveDraft
    | SealItem
    | KeepStaged
    | EraseItems
    | HandOver
    | EndDraft
    | OutliveDraft
    | EraseCase
    | TakeBack
    | StopKeeping
    | ReleaseHandover
    | OpenCase
    | AskErasure
    | TakeBackByCode
    | ReopenCase
    | RememberAnswers
    | KeepLonger
    | ReturnToCase
    | JoinCase
    | CloseCase
)
