"""A turn under way: one transaction in which every change of a decision is applied, in order."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from importlib.metadata import version

from sqlalchemy import delete, insert, update

from store.cases import items as sealed_items
from store.cases import permissions as given
from store.cases.account_state import TALK, AccountState
from store.cases.drafts import OpenedDraft, encode_state, remove
from store.cases.items import CBOR, SealedItem
from store.cases.permissions import HandoverParts
from store.cases.takeback import CodeKey, forget_codes
from store.crypto.case_keys import ENTROPY_BYTES, CaseKeys
from store.crypto.document import Document, Json
from store.db.connection import Connection
from store.db.schema import case_file
from store.inbox.accounts import ID_BYTES
from store.model.accounts import Account
from store.model.changes import (
    BeginCase,
    Change,
    CloseCase,
    EndDraft,
    EraseCase,
    EraseItems,
    HandOver,
    ReleaseHandover,
    ReopenCase,
    SaveDraft,
    SealItem,
    TakeBack,
)
from store.model.clock import HOUR_SECONDS, hour_of, week_of, weeks_later
from store.model.drafts import Draft
from store.model.errors import NotPermitted
from store.model.outbox import TextRef
from store.model.permissions import NewPermission, RevocationBasis
from store.outbox.rows import RELEASE
from store.readers.notices import tell_destroy, tell_readers
from store.repositories import Repositories

CASE_VERSION = 1
SOFTWARE = version("holdfast")
"""In a statement, the revision of the bot's own sentences."""

BEGUN = "case"
NewCode = tuple[int, CodeKey]

FOLLOWED = (BeginCase, SaveDraft, SealItem, EraseItems)
"""What these change is known without reading it again."""


async def erase_case(connection: Connection, locator: bytes) -> None:
    """The case and, by cascade, everything of it."""
    await forget_codes(connection, locator)
    await connection.execute(delete(case_file).where(case_file.c.locator == locator))


async def outlive_draft(connection: Connection, locator: bytes) -> bool:
    """Somebody has the way back: a case that may be kept does not end with its draft any more."""
    kept = await given.is_kept(connection, locator)
    if kept:
        mine = case_file.c.locator == locator
        await connection.execute(update(case_file).where(mine).values(draft_exp=0))
    return kept


@dataclass(slots=True)
class ChangeApplier:
    """One transaction under way: applies changes in their order."""

    repositories: Repositories
    connection: Connection
    account: Account
    now: datetime
    code: NewCode | None = field(repr=False)
    state: AccountState
    closed: bool = False
    followed: bool = True
    """Whether ``known`` was kept true, or has to be read again."""

    @property
    def found(self) -> OpenedDraft | None:
        """The draft, as this turn has left it so far."""
        return self.state.found

    @property
    def case_keys(self) -> CaseKeys:
        """The keys that every change but the first needs."""
        if self.state.keys is None:
            raise NotPermitted("The case is not open any more.")
        return self.state.keys

    async def apply(self, change: Change) -> None:  # noqa: C901 - a closed union, a line a case
        """One change."""
        self.followed &= isinstance(change, FOLLOWED)
        match change:
            case BeginCase():
                await self._begin(change)
            case SaveDraft(draft):
                await self._save(draft)
            case SealItem(item, step, text):
                await self._keep(item, sealed_items.answer(step, text, self.now))
            case EraseItems(items):
                await self._drop(items)
            case HandOver():
                await self._hand_over(change)
            case EndDraft():
                await self._end_draft()
            case EraseCase():
                await self._erase()
            case TakeBack():
                await self._take_back(change)
            case ReleaseHandover(statement):
                await self._release(bytes.fromhex(statement))
            case ReopenCase(draft):
                await self._reopen(draft)
            case CloseCase():
                await self.repositories.drafts.forget(self.connection, self.account)
                self.closed = True

    async def send(self, says: Sequence[TextRef]) -> None:
        """What waits for this account from now on, behind what waited already."""
        add, lane = self.repositories.outbox.add_texts, self.state.outbox
        if not self.followed:
            lane = await self.repositories.outbox.of_account(self.connection, self.account)
        self.state.outbox = [
            *lane,
            *await add(self.connection, self.account, says, self.now, lane),
        ]

    async def _keep(self, item: str, document: Document) -> None:
        await self._seal(bytes.fromhex(item), document)
        if self.state.documents is not None:
            self.state.documents[item] = document

    async def _drop(self, items: Sequence[str]) -> None:
        await sealed_items.drop(self.connection, self.case_keys, items)
        for item in items:
            (self.state.documents or {}).pop(item, None)

    async def _seal(self, item_id: bytes, document: Document) -> SealedItem:
        return await self.repositories.items.add(
            self.connection, self.case_keys, item_id, document
        )

    async def _begin(self, change: BeginCase) -> None:
        await self.repositories.processed_messages.count(
            self.connection, BEGUN, self.account, self.now
        )
        keys = CaseKeys(self.repositories.entropy(ENTROPY_BYTES))
        row = {"locator": keys.locator, "v": CASE_VERSION, "rid": keys.rid, "pk_r": keys.box}
        await self.connection.execute(
            insert(case_file).values(
                **row,
                pk_sig=keys.sign_public,
                week=week_of(self.now),
                expire=weeks_later(self.now, self.repositories.retention.story_days),
                draft_exp=hour_of(self.now),
            )
        )
        self.state.keys, self.state.permissions, self.state.ended = keys, [], False
        self.state.documents = {}
        await self._save(change.draft)

    async def _save(self, draft: Draft) -> None:
        """A draft that is over as soon as it is written is not one; so the next read says."""
        known, write = self.state, self.repositories.drafts.write
        if known.found is None or known.found.draft.revision != draft.revision:
            await self.repositories.revisions.record_conversation(
                self.connection, draft.revision, self.now
            )
        known.found = await write(
            self.connection, self.account, self.case_keys, draft, self.now, known.found
        )
        self.followed &= known.found.draft.expires > hour_of(self.now)

    async def _hand_over(self, change: HandOver) -> None:
        """The second yes: the report, the statements, the code, and what is to be released."""
        if self.code is None:
            raise NotPermitted("A hand-over needs its take-back code.")
        number, key = self.code
        draft = replace(change.draft, code=number)
        report = await self._report(change) if change.report else None
        for permit in change.permissions:
            await self._give(permit, draft, report, change.hold_hours)
        await self.repositories.takeback_codes.write(self.connection, self.case_keys, key)
        if report is not None:
            await self._outlive(self.repositories.retention.unfetched_days)
        if change.permissions:
            until = weeks_later(self.now, self.repositories.retention.story_days)
            await self.repositories.revisions.record_statement(
                self.connection, draft.revision, until
            )
        await self._save(draft)

    async def _report(self, change: HandOver) -> SealedItem:
        item_id = self.repositories.entropy(ID_BYTES)
        named = next(p for p in change.permissions if p.scope == "named")
        extra = report_keys(item_id, self.case_keys.box, named.may, change.parts)
        return await self._seal(item_id, sealed_items.report(change.report, extra, self.now))

    async def _give(
        self, permit: NewPermission, draft: Draft, report: SealedItem | None, hold_hours: int
    ) -> None:
        shown = given.shown_words(permit.shown, draft.revision, draft.language, permit.step)
        handed = await self._handed(permit, report, hold_hours)
        roster = self.repositories.commission.roster
        stmt = await self.repositories.permissions.add(
            self.connection, self.case_keys, permit, shown, roster, handed, self.now
        )
        if handed is None:
            return
        if handed.due_hour:
            say = TextRef("", ids=(stmt.hex(),))
            add = self.repositories.outbox.add
            await add(self.connection, self.account, RELEASE, say, self.now, handed.due_hour)
        else:
            fingerprints = [m.mid[:10] for m in handed.members]
            await tell_readers(self.connection, self.repositories, fingerprints, self.now)

    async def _handed(
        self, permit: NewPermission, report: SealedItem | None, hold_hours: int
    ) -> HandoverParts | None:
        if permit.scope != "named" or report is None:
            return None
        kept = await self.repositories.permissions.of_case(self.connection, self.case_keys)
        barred = given.barred_by(kept).union(permit.barred)
        members = self.repositories.commission.admit(permit.readers, barred, self.now)
        full = timedelta(hours=hold_hours, seconds=HOUR_SECONDS - 1)  # rounded up to the hour
        return HandoverParts(report, members, hour_of(self.now + full) if hold_hours else 0)

    async def _outlive(self, days: int) -> None:
        """The case does not end with the draft any more; without *keep* it still ends soon."""
        kept = await given.is_kept(self.connection, self.case_keys.locator)
        lasts = {} if kept else {"expire": weeks_later(self.now, days)}
        mine = case_file.c.locator == self.case_keys.locator
        await self.connection.execute(update(case_file).where(mine).values(draft_exp=0, **lasts))

    async def _end_draft(self) -> None:
        """Only what a permission keeps stays."""
        locator = self.case_keys.locator
        if self.found is not None:
            await remove(self.connection, self.found.id)
        if await outlive_draft(self.connection, locator):
            await self._remember_talk()
        elif await given.named_of(self.connection, locator):
            await self._thin()
        else:
            await erase_case(self.connection, locator)
        self.state.found, self.closed = None, True

    async def _remember_talk(self) -> None:
        """The order and the choices, for whoever opens it with the words."""
        await self._drop_where(lambda d: d.kind == "event" and d.extra.get("q") == TALK)
        if self.found is not None:
            plain = replace(self.found.draft, code=None)
            body = encode_state(plain)
            document = Document("event", CBOR, week_of(self.now), body, {"q": TALK})
            await self._seal(self.repositories.entropy(ID_BYTES), document)

    async def _thin(self) -> None:
        """Without *keep* only the report stays, until its readers have it."""
        await self._drop_where(lambda d: d.kind != "report")

    async def _drop_where(self, unneeded: Callable[[Document], bool]) -> None:
        everything = await self.repositories.items.all_of(self.connection, self.case_keys)
        gone = [item.hex() for item, document in everything if unneeded(document)]
        await sealed_items.drop(self.connection, self.case_keys, gone)

    async def _erase(self) -> None:
        locator = self.case_keys.locator
        if self.found is not None:
            await remove(self.connection, self.found.id)
        stmts = await given.named_of(self.connection, locator)
        await tell_destroy(self.connection, self.repositories, stmts, self.now)
        await self._forget_releases(stmts)
        await erase_case(self.connection, locator)
        self.state.found, self.closed = None, True

    async def _take_back(self, change: TakeBack) -> None:
        if change.how is RevocationBasis.HOLD:
            await self._take_back_held([bytes.fromhex(s) for s in change.statements])
            return
        stmts = await given.named_of(self.connection, self.case_keys.locator)
        await tell_destroy(self.connection, self.repositories, stmts, self.now)
        if self.found is not None:
            stmts += await given.keeps_of(self.connection, self.case_keys.locator)
        for stmt in stmts:
            shown = given.shown_words(change.shown, SOFTWARE, "en", "withdrawn")
            await self.repositories.permissions.revoke(
                self.connection, self.case_keys, stmt, shown, self.now
            )
        await self._forget_releases(stmts)
        if self.found is not None:
            await self._unhand()

    async def _unhand(self) -> None:
        """The talk is undecided again: its report goes, and it ends with its draft."""
        await self._drop_where(lambda d: d.kind == "report")
        ends = self.found.draft.expires if self.found else hour_of(self.now)
        lasts = weeks_later(self.now, self.repositories.retention.story_days)
        mine = update(case_file).where(case_file.c.locator == self.case_keys.locator)
        await self.connection.execute(mine.values(draft_exp=ends, expire=lasts))

    async def _take_back_held(self, stmts: list[bytes]) -> None:
        """From the account, without the keys; a case that was not to be kept goes with it."""
        await tell_destroy(self.connection, self.repositories, stmts, self.now)
        for stmt in stmts:
            locator = await given.case_of(self.connection, stmt)
            await given.revoke_unsigned(self.connection, [stmt], by_code=False)
            if locator is not None and not await given.is_kept(self.connection, locator):
                await erase_case(self.connection, locator)
        await self._forget_releases(stmts)

    async def _forget_releases(self, stmts: Sequence[bytes]) -> None:
        taken = {stmt.hex() for stmt in stmts}
        for row in await self.repositories.outbox.releases(self.connection, self.account):
            if set(row.text.ids) & taken:
                await self.repositories.outbox.remove(self.connection, (row.id,))

    async def _release(self, stmt: bytes) -> None:
        readers = await given.release(self.connection, stmt)
        await tell_readers(self.connection, self.repositories, readers, self.now)
        await self._forget_releases([stmt])

    async def _reopen(self, draft: Draft) -> None:
        drafts = self.repositories.drafts
        await self.repositories.revisions.record_conversation(
            self.connection, draft.revision, self.now
        )
        await drafts.write(self.connection, self.account, self.case_keys, draft, self.now)
        self.closed = True


def report_keys(
    item_id: bytes, box: bytes, may: Sequence[str], parts: Sequence[str]
) -> dict[str, Json]:
    """What a report's first line holds besides what every document has."""
    return {
        "id": item_id.hex(),
        "box": base64.b64encode(box).decode(),
        "may": list(may),
        "parts": list(parts),
        "files": [],
    }
