"""The transaction that a turn's changes are made in, and what is known of its account."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from store.cases import items as sealed_items
from store.cases.account_state import AccountState
from store.cases.drafts import OpenedDraft
from store.cases.items import SealedItem
from store.cases.sessions import Session
from store.crypto.case_keys import CaseKeys
from store.crypto.document import Description, Document
from store.db.connection import Connection
from store.model.accounts import Account
from store.model.errors import NotPermitted
from store.model.outbox import DeletionRef, TextRef
from store.model.turn import Supplies
from store.repositories import Repositories


@dataclass(slots=True)
class ChangeContext:
    """One turn under way. Changes are applied to it in their order by ``apply_change``."""

    repositories: Repositories
    connection: Connection
    account: Account
    now: datetime
    supplies: Supplies
    state: AccountState
    opened: Session | None = None
    """The case is to be remembered as opened once the turn is committed."""
    closed: bool = False
    """The keys of the case are to be forgotten once the turn is committed."""
    followed: bool = True
    """``state`` was kept true; otherwise it has to be read again."""
    notified: list[Account] = field(default_factory=list)
    """Accounts for which a message waits because of this turn, besides its own answer."""

    @property
    def found(self) -> OpenedDraft | None:
        """Return the draft as this turn has left it so far."""
        return self.state.found

    @property
    def case_keys(self) -> CaseKeys:
        """Return the keys that every change but the first needs."""
        if self.state.keys is None:
            raise NotPermitted("The case is not open any more.")
        return self.state.keys

    def send(self, texts: Sequence[TextRef | DeletionRef]) -> None:
        """Add texts to the outbox of this account, behind what waits there already."""
        outbox, waiting = self.repositories.outbox, self.state.outbox
        if not self.followed:
            waiting = outbox.of_account(self.connection, self.account)
        added = outbox.add_texts(self.connection, self.account, texts, self.now, waiting)
        self.state.outbox = [*waiting, *added]

    def notify(self, accounts: Sequence[Account]) -> None:
        """Note that messages to these accounts were written; a reader may be a reporter as well.

        Then the rows of this account are no longer those that were read.
        """
        self.notified += accounts
        own = (self.account.platform, self.account.name)
        self.followed &= all((each.platform, each.name) != own for each in accounts)

    def seal_item(self, item_id: bytes, document: Document) -> SealedItem:
        """Seal a document to the case's own key."""
        return self.repositories.items.add(self.connection, self.case_keys, item_id, document)

    def drop_items_where(self, unneeded: Callable[[Description], bool]) -> None:
        """Erase the items for which ``unneeded`` is true; answers of the draft always stay.

        Those are not opened for it: only the beginnings of reports and of the record of an earlier
        conversation are.
        """
        keys, answers = self.case_keys, {bytes.fromhex(item) for item in self.state.items()}
        others = [
            i for i in sealed_items.ids_of(self.connection, keys.locator) if i not in answers
        ]
        described = sealed_items.describe_items(self.connection, keys, others)
        gone = [i.hex() for i, description in described if unneeded(description)]
        sealed_items.drop(self.connection, keys, gone)

    def forget_releases(self, stmts: Sequence[bytes]) -> None:
        """Remove the outbox rows by which these hand-overs were to be released."""
        taken = {stmt.hex() for stmt in stmts}
        for row in self.repositories.outbox.releases(self.connection, self.account):
            if row.released in taken:
                self.repositories.outbox.remove(self.connection, (row.id,))
