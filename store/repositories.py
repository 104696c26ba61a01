"""Every table of the store, put together once and handed to whoever works on them."""

from dataclasses import dataclass, field

from store.cases.drafts import DraftRepository
from store.cases.items import ItemRepository
from store.cases.permissions import PermissionRepository
from store.cases.revisions import RevisionRepository
from store.cases.sessions import Sessions
from store.cases.takeback import TakebackCodeRepository
from store.crypto.kdf import Entropy
from store.inbox.cursors import CursorRepository
from store.inbox.processed_messages import ProcessedMessageRepository
from store.outbox.deletable_messages import DeletableMessageRepository
from store.outbox.rows import OutboxRepository
from store.readers.members import Commission


@dataclass(frozen=True, slots=True)
class RetentionPeriods:
    """How long things are kept."""

    draft_hours: int
    story_days: int
    unfetched_days: int


@dataclass(frozen=True, slots=True)
class Repositories:
    """Made in the composition root."""

    commission: Commission
    drafts: DraftRepository
    items: ItemRepository
    permissions: PermissionRepository
    outbox: OutboxRepository
    deletable_messages: DeletableMessageRepository
    processed_messages: ProcessedMessageRepository
    cursors: CursorRepository
    revisions: RevisionRepository
    takeback_codes: TakebackCodeRepository
    sessions: Sessions
    retention: RetentionPeriods
    entropy: Entropy = field(repr=False)
