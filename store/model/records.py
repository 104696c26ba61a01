"""What the handlers take and give: plain values, without keys and without tables.

Whatever a person typed, and whatever could point to a person, is kept out of every ``repr``.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody on a platform, and the address under which they can be written to there."""

    platform: str
    name: str = field(repr=False)
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """One answered step: what was chosen, which items were told. Empty: skipped.

    ``closed`` is False while a story is still being told.
    """

    step: str
    choices: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    closed: bool = True


class Phase(StrEnum):
    """Where a talk is, as far as the answers alone do not say."""

    TALK = "talk"  # questions, up to the overview
    REVIEW = "review"  # read-back and second yes
    BACK = "back"  # the permissions hold; the take-back code, and which way back
    WORDS = "words"  # twelve words were shown; two of them are asked back


@dataclass(frozen=True, slots=True)
class Draft:
    """A talk that is going on: ids and choices, never texts."""

    revision: str
    language: str
    phase: Phase = Phase.TALK
    answers: tuple[StoredAnswer, ...] = ()
    code: int | None = field(default=None, repr=False)
    expires: int = 0
    """Hour since 1970 at which it ends if nothing more is answered."""
    ends: int = 0
    """Hour since 1970 at which it ends in any case."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One sealed answer, opened: only in memory and only while it is shown or compiled."""

    item: str
    step: str
    week: int
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reader:
    """A commission member as a reporter sees them. ``id`` is the fingerprint in hexadecimal."""

    id: str
    name: str
    about: str
    must_pass_on: bool
    after: tuple[str, ...] = ()
    """Fingerprints of the keys that this one replaces: a ``never`` for those holds here too."""


class DeliveryStage(StrEnum):
    """How far a delivery is."""

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
class HistoryEntry:
    """One statement of the case's history, in its own order."""

    number: int
    scope: str
    readers: tuple[str, ...]
    revoked: bool


@dataclass(frozen=True, slots=True)
class OpenedCase:
    """A kept case that was opened with its words, in memory only."""

    shares: tuple[StandingHandover, ...]
    history: tuple[HistoryEntry, ...]
    answers: tuple[StoredAnswer, ...] = ()
    """The talk as it was when it ended."""
    revision: str = ""
    """Of the questionnaire that it ended with; empty if that is not known."""


@dataclass(frozen=True, slots=True)
class HeldHandover:
    """A hand-over that this account may still stop with one tap."""

    statement: str
    due: int
    kept: bool
    """The case stays when it is taken back; otherwise it goes with it."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that deciding needs to know about one account."""

    draft: Draft | None = None
    opened: OpenedCase | None = None
    held: HeldHandover | None = None
    readers: tuple[Reader, ...] = ()
    barred: frozenset[str] = frozenset()
    """Readers whom an unrevoked statement of this case excludes for ever."""
    words: tuple[str, ...] = field(default=(), repr=False)
    """The twelve words of this case."""
    code_words: tuple[str, ...] = field(default=(), repr=False)
    """The four words of its take-back code, until the talk ends."""
    pieces: tuple[Piece, ...] = field(default=(), repr=False)
    kept: bool = False
    """The case was kept before this talk began."""
    shared: bool = False
    """An unrevoked hand-over of this case stands."""
    ended: bool = False
    """A talk was open here, and its case is gone: fetched by the last reader, or erased."""


# What a turn changes. All of it holds, or none.


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
class NewPermission:
    """One permission as it was given: the scope of its statement and the exact words."""

    scope: str
    step: str
    shown: str = field(repr=False)
    readers: tuple[str, ...] = ()
    barred: tuple[str, ...] = ()
    may: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HandOver:
    """The second yes: statements, the compiled report, one key for each named reader, the hold."""

    draft: Draft
    permits: tuple[NewPermission, ...]
    parts: tuple[str, ...] = ()
    report: str = field(default="", repr=False)
    hold_hours: int = 0


@dataclass(frozen=True, slots=True)
class EndDraft:
    """The draft ends; what a permission keeps stays, everything else goes."""


@dataclass(frozen=True, slots=True)
class EraseCase:
    """The case of this draft, or the opened one, with everything of it."""


class RevocationBasis(StrEnum):
    """By what right something was taken back."""

    WORDS = "words"
    CODE = "code"
    HOLD = "hold"


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


@dataclass(frozen=True, slots=True)
class TextRef:
    """A message to be rendered when it is sent: a sentence by name, never typed words."""

    sentence: str
    step: str = ""
    ids: tuple[str, ...] = ()
    language: str = "en"


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """A row of the outbox, opened: what to say to whom, and by which id it is confirmed."""

    id: bytes = field(repr=False)
    to: Account
    say: TextRef
    repeated: bool
    """It was tried before: it is sent without a sound, and may arrive twice."""


# A turn, from outside


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to become of one message; with nothing in it, nothing is written."""

    changes: tuple[Change, ...] = ()
    says: tuple[TextRef, ...] = ()
    trace: bool = False
    """Remember the message's id on its platform, so that the chat can be cleaned later."""


Decide = Callable[[Snapshot], Decision]
"""Pure: it is called inside the transaction, and called anew if the turn must begin again."""


@dataclass(frozen=True, slots=True)
class TurnResult:
    """After a turn: what rendering needs, and what waits for this account, in order."""

    situation: Snapshot
    posts: tuple[OutboxMessage, ...]
    fresh: bool
    """False: the message was handled before, and nothing was done now."""


@dataclass(frozen=True, slots=True)
class SentMessages:
    """Messages that a platform took, by the ids that it gave them."""

    to: Account
    ids: tuple[str, ...] = field(repr=False)
    lasting: bool
    """They stay until the end of the talk: recovery words, help lines."""
    traced: bool
    """They are to be remembered for cleaning the chat."""


@dataclass(frozen=True, slots=True)
class DeletableMessages:
    """Messages in a chat that can still be cleaned, as one row remembers them."""

    row: bytes = field(repr=False)
    ids: tuple[str, ...] = field(repr=False)
    hour: int
    """Hour since 1970 at which the oldest of them came."""
    lasting: bool
    address: str = field(repr=False)
    """The chat they stand in: on Matrix an account can have stood in several rooms."""


@dataclass(frozen=True, slots=True)
class NeededRevisions:
    """Revisions of the questionnaires that something at rest may name."""

    talks: frozenset[str] = frozenset()
    statements: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Delivery:
    """What waits for a reader: six Crockford characters, and whether it was fetched."""

    code: str
    fetched: bool
