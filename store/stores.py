"""The stores: what handlers and platforms see of everything at rest."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from store.cases.case_store import CaseStore
from store.cases.code_supply import CodeSupply, draw_code
from store.cases.recovery_store import RecoveryStore
from store.cases.revision_store import RevisionStore
from store.cases.staging_store import StagingStore
from store.db.database import Database
from store.inbox.cursor_store import CursorStore
from store.inbox.inbox_store import InboxStore
from store.outbox.deletable_message_store import DeletableMessageStore
from store.outbox.outbox_store import OutboxStore
from store.readers.payload_store import PayloadStore
from store.readers.reader_store import ReaderStore
from store.repositories import Repositories


@dataclass(frozen=True, slots=True)
class Stores:
    """Transactions over the repositories, by subject."""

    cases: CaseStore
    staging: StagingStore
    recovery: RecoveryStore
    revisions: RevisionStore
    outbox: OutboxStore
    deletable_messages: DeletableMessageStore
    inbox: InboxStore
    cursors: CursorStore
    readers: ReaderStore
    payloads: PayloadStore


def make_stores(
    database: Database, repositories: Repositories, clock: Callable[[], datetime]
) -> Stores:
    """Put the stores of one database together."""
    draw = partial(draw_code, database, repositories.takeback_codes)
    return Stores(
        cases=CaseStore(database, repositories, CodeSupply(draw)),
        staging=StagingStore(database, repositories),
        recovery=RecoveryStore(database, repositories),
        revisions=RevisionStore(database, repositories),
        outbox=OutboxStore(database, repositories, clock),
        deletable_messages=DeletableMessageStore(database, repositories),
        inbox=InboxStore(database, repositories, clock),
        cursors=CursorStore(database, repositories, clock),
        readers=ReaderStore(database, repositories),
        payloads=PayloadStore(database, repositories, clock),
    )
