"""The stores: what handlers and platforms see of everything at rest."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from store.cases.case_store import CaseStore
from store.cases.recovery_store import RecoveryStore
from store.cases.revision_store import RevisionStore
from store.db.database import Database
from store.inbox.cursor_store import CursorStore
from store.outbox.deletable_message_store import DeletableMessageStore
from store.outbox.outbox_store import OutboxStore
from store.readers.reader_store import ReaderStore
from store.repositories import Repositories


@dataclass(frozen=True, slots=True)
class Stores:
    """Transactions over the repositories, by subject."""

    cases: CaseStore
    recovery: RecoveryStore
    revisions: RevisionStore
    outbox: OutboxStore
    deletable_messages: DeletableMessageStore
    cursors: CursorStore
    readers: ReaderStore


def make_stores(
    database: Database, repositories: Repositories, clock: Callable[[], datetime]
) -> Stores:
    """Put the stores of one database together."""
    return Stores(
        cases=CaseStore(database, repositories),
        recovery=RecoveryStore(database, repositories),
        revisions=RevisionStore(database, repositories),
        outbox=OutboxStore(database, repositories, clock),
        deletable_messages=DeletableMessageStore(database, repositories),
        cursors=CursorStore(database, repositories, clock),
        readers=ReaderStore(database, repositories),
    )
