"""Every table of the store, put together once and handed to whoever works on them."""

from dataclasses import dataclass, field

from store.commission import Commission
from store.cursor import Cursor
from store.drafts import Drafts
from store.items import Items
from store.kdf import Entropy
from store.marks import Marks
from store.outbox import Outbox
from store.revisions import Revisions
from store.statements import Statements
from store.takeback import TakebackCodes
from store.traces import Traces
from store.unlocked import Unlocked


@dataclass(frozen=True, slots=True)
class Terms:
    """How long things are kept."""

    draft_hours: int
    story_days: int
    unfetched_days: int


@dataclass(frozen=True, slots=True)
class Shelf:
    """Made in the composition root."""

    commission: Commission
    drafts: Drafts
    items: Items
    statements: Statements
    outbox: Outbox
    traces: Traces
    marks: Marks
    cursor: Cursor
    revisions: Revisions
    codes: TakebackCodes
    unlocked: Unlocked
    terms: Terms
    entropy: Entropy = field(repr=False)
