"""The repositories of the store: one object for each table, or for a few that belong together."""

from dataclasses import dataclass, field
from datetime import datetime

from store.cases.drafts import DraftRepository
from store.cases.handovers import HandoverRepository
from store.cases.items import ItemRepository
from store.cases.permissions import PermissionRepository
from store.cases.revisions import RevisionRepository
from store.cases.sessions import Sessions
from store.cases.takeback import TakebackCodeRepository
from store.crypto.kdf import Entropy
from store.inbox.account_locks import AccountLockNames
from store.inbox.counters import CounterRepository
from store.inbox.cursors import CursorRepository
from store.inbox.inbox_rows import InboxRepository
from store.inbox.processed_messages import ProcessedMessageRepository
from store.model.clock import last_week_of_month
from store.outbox.deletable_messages import DeletableMessageRepository
from store.outbox.rows import OutboxRepository
from store.readers.commission import Commission
from store.readers.deliveries import DeliveryRepository
from store.readers.invitations import InvitationRepository
from store.readers.linked_accounts import LinkedAccountRepository


@dataclass(frozen=True, slots=True)
class RetentionPeriods:
    """The periods for which drafts, kept stories and unfetched reports stay."""

    draft_hours: int
    story_months: int
    unfetched_days: int

    def story_ends(self, now: datetime) -> int:
        """Return the last week of a story that is kept from now on."""
        return last_week_of_month(now, self.story_months)


@dataclass(frozen=True, slots=True)
class Repositories:
    """All repositories, created in the composition root and passed to the stores."""

    commission: Commission
    linked_accounts: LinkedAccountRepository
    invitations: InvitationRepository
    deliveries: DeliveryRepository
    drafts: DraftRepository
    items: ItemRepository
    permissions: PermissionRepository
    handovers: HandoverRepository
    outbox: OutboxRepository
    deletable_messages: DeletableMessageRepository
    inbox: InboxRepository
    processed_messages: ProcessedMessageRepository
    lock_names: AccountLockNames
    counters: CounterRepository
    cursors: CursorRepository
    revisions: RevisionRepository
    takeback_codes: TakebackCodeRepository
    sessions: Sessions
    retention: RetentionPeriods
    entropy: Entropy = field(repr=False)
