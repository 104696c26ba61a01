"""The transaction that a turn's changes are made in, and what is known of its account."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from store.cases import items as sealed_items
from store.cases.account_state import AccountState
from store.cases.drafts import OpenedDraft
from store.cases.items import SealedItem
from store.cases.takeback import CodeKey
from store.crypto.case_keys import CaseKeys
from store.crypto.document import Document
from store.db.connection import Connection
from store.model.accounts import Account
from store.model.errors import NotPermitted
from store.model.outbox import TextRef
from store.repositories import Repositories

NewCode = tuple[int, CodeKey]


@dataclass(slots=True)
class ChangeContext:
    """One turn under way. Changes are applied to it in their order by ``apply_change``."""

    repositories: Repositories
    connection: Connection
    account: Account
    now: datetime
    code: NewCode | None = field(repr=False)
    """A take-back code that was stretched for this turn, where it needs one."""
    state: AccountState
    closed: bool = False
    """The keys of the case are to be forgotten once the turn is committed."""
    followed: bool = True
    """``state`` was kept true; otherwise it has to be read again."""

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

    async def send(self, texts: Sequence[TextRef]) -> None:
        """Add texts to the outbox of this account, behind what waits there already."""
        outbox, waiting = self.repositories.outbox, self.state.outbox
        if not self.followed:
            waiting = await outbox.of_account(self.connection, self.account)
        added = await outbox.add_texts(self.connection, self.account, texts, self.now, waiting)
        self.state.outbox = [*waiting, *added]

    async def seal_item(self, item_id: bytes, document: Document) -> SealedItem:
        """Seal a document to the case's own key."""
        return await self.repositories.items.add(
            self.connection, self.case_keys, item_id, document
        )

    async def drop_items_where(self, unneeded: Callable[[Document], bool]) -> None:
        """Erase the items of the case for which ``unneeded`` is true."""
        everything = await self.repositories.items.all_of(self.connection, self.case_keys)
        gone = [item.hex() for item, document in everything if unneeded(document)]
        await sealed_items.drop(self.connection, self.case_keys, gone)

    async def forget_releases(self, stmts: Sequence[bytes]) -> None:
        """Remove the outbox rows by which these hand-overs were to be released."""
        taken = {stmt.hex() for stmt in stmts}
        for row in await self.repositories.outbox.releases(self.connection, self.account):
            if set(row.text.ids) & taken:
                await self.repositories.outbox.remove(self.connection, (row.id,))
