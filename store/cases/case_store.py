"""Loading what is at rest for an account, and committing its turns.

A turn is one transaction: the answers, the draft's new state, the record that the message was
processed, and everything that is to be sent because of it. All of it holds, or none.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from store.cases.account_state import AccountState, load_state
from store.cases.change_context import ChangeContext
from store.cases.changes import apply_change
from store.cases.code_supply import CodeSupply
from store.cases.item_streams import ItemStreams
from store.cases.items import SealedRow, sealed_rows
from store.cases.pieces import open_pieces
from store.db.connection import Connection
from store.db.database import Database
from store.db.engine import completed
from store.inbox.claim import claim
from store.inbox.key_renewal import renew_key
from store.model.accounts import Account
from store.model.changes import (
    AskErasure,
    Change,
    EndDraft,
    EraseCase,
    EraseItems,
    HandOver,
    JoinCase,
    ReturnToCase,
    StopKeeping,
    TakeBack,
    TakeBackByCode,
)
from store.model.drafts import Phase, Piece
from store.model.errors import NotPermitted, StoreError
from store.model.inbox import InboxRow, MessageKey
from store.model.outbox import DeletableMessages, DeletionRef, TextRef
from store.model.snapshot import Snapshot
from store.model.turn import NOTHING_SUPPLIED, Decide, Decision, NewCode, Supplies, TurnResult
from store.outbox.rows import SAY
from store.repositories import Repositories

ERASING = (
    *(EraseItems, EndDraft, EraseCase, TakeBack, StopKeeping, TakeBackByCode),
    *(ReturnToCase, JoinCase),
)
"""Changes after which nothing is answered before the erased bytes have left the disk."""

OF_OTHERS = (EndDraft, TakeBackByCode, AskErasure)
"""The only changes for somebody who is not the one whose draft the account has."""


@dataclass(frozen=True, slots=True)
class CaseStore:
    """Transactions over the cases of reporters."""

    database: Database
    repositories: Repositories
    codes: CodeSupply

    async def is_processed(self, account: Account, message: str) -> bool:
        """Return whether this message was processed before."""
        contains = self.repositories.processed_messages.contains
        return await self.database.read(
            lambda connection: contains(connection, account.platform, message)
        )

    async def snapshot(self, account: Account, now: datetime, *, pieces: bool = False) -> Snapshot:
        """Load all that deciding needs; open the pieces only if asked to."""
        if pieces:
            return (await self._with_pieces(account, now)).snapshot()
        return (await self._state(account, now)).snapshot()

    async def pending(self, account: Account, now: datetime) -> TurnResult:
        """Load the messages that wait for an account, with what rendering most of them needs."""
        return (await self._state(account, now)).result(fresh=True)

    async def open_pieces(self, account: Account, now: datetime) -> Mapping[str, Piece | None]:
        """Open the pieces of the account's story, by item; None for one that is gone."""
        return (await self._with_pieces(account, now)).pieces or {}

    async def new_code(self) -> NewCode:
        """Draw a take-back code that is not in use; its slow hash runs outside transactions."""
        return await self.codes.take()

    def expects_handover(self, account: Account) -> bool:
        """Return whether the account looks at its story once more, and may hand it over next."""
        return self.codes.expects(account)

    def expects_handovers(self) -> bool:
        """Return whether any account may hand over next."""
        return self.codes.expects_anybody()

    async def supplies_for_handover(self, account: Account, now: datetime) -> Supplies:
        """Open the pieces of the story, and take a take-back code if one is ready.

        A turn that hands nothing over gives the code back.
        """
        pieces = await self.open_pieces(account, now)
        return Supplies(pieces, self.codes.take_ready())

    def give_back(self, code: NewCode) -> None:
        """Take back a code that was supplied to a turn which did not use it."""
        self.codes.give_back(code)

    async def _state(self, account: Account, now: datetime) -> AccountState:
        return await self.database.read(
            lambda connection: load_state(self.repositories, connection, account, now)
        )

    async def _with_pieces(self, account: Account, now: datetime) -> AccountState:
        """Read the account with its short pieces, still sealed, and open all pieces afterwards."""

        def load(connection: Connection) -> tuple[AccountState, tuple[SealedRow, ...]]:
            state = load_state(self.repositories, connection, account, now)
            items = [bytes.fromhex(item) for item in state.items()]
            if state.keys is None:
                return state, ()
            return state, sealed_rows(connection, state.keys.locator, items)

        state, rows = await self.database.read(load)
        if state.keys is not None:
            streams = ItemStreams(self.database, self.repositories.entropy)
            state.pieces = await open_pieces(streams, state.keys, state.items(), rows)
        return state

    async def turn(
        self,
        account: Account,
        message: MessageKey,
        decide: Decide,
        now: datetime,
        supplies: Supplies = NOTHING_SUPPLIED,
        *,
        chat_message: str = "",
    ) -> TurnResult:
        """Load, decide and write in one transaction, for one message.

        When this returns, all of it is on the disk, and what it erased has left the disk. A
        message that was processed before is not decided again: the result is not ``fresh``.
        Where the decision ``needs`` something, nothing is done: run the turn again with it among
        the ``supplies``. ``chat_message`` is the message's own id in the chat, which is
        remembered if the decision says so.
        """
        request = _TurnRequest(account, message, decide, now, supplies, chat_message)
        return await self._turn(request)

    async def commit(
        self,
        account: Account,
        message: MessageKey,
        changes: Sequence[Change],
        texts: Sequence[TextRef | DeletionRef],
        now: datetime,
        supplies: Supplies = NOTHING_SUPPLIED,
        *,
        chat_message: str = "",
    ) -> bool:
        """Write a turn that was decided before.

        Return False, with nothing done, if the message was processed meanwhile. When this returns
        True, all of it is on the disk, and what it erased has left the disk.
        """
        decision = Decision(tuple(changes), tuple(texts), deletable=bool(chat_message))
        request = _TurnRequest(
            account,
            message,
            lambda _: decision,
            now,
            supplies,
            chat_message=chat_message,
            always_recorded=True,
        )
        return (await self._turn(request)).fresh

    async def discard(self, account: Account, message: MessageKey, now: datetime) -> bool:
        """Count a message as processed, without a look at what is at rest for its account.

        Return False if it was processed before.
        """
        repositories, platform = self.repositories, account.platform
        return await self.database.transaction(
            lambda connection: claim(repositories, connection, platform, message, now),
            repositories.lock_names.of(account),
        )

    async def _turn(self, request: "_TurnRequest") -> TurnResult:
        work = partial(self._run, request)
        lock = self.repositories.lock_names.of(request.account)
        try:
            done = await self.database.transaction(work, lock)
        except StoreError:
            raise
        except BaseException:
            # Nobody knows whether it was committed: a case that was closed must not stay open.
            self.repositories.sessions.forget(request.account)
            raise
        if isinstance(done, TurnResult):
            return done
        renews, scrubs = self._update_memory(done, request)
        if done.context.followed and not renews and not scrubs:
            return self._result(done, done.context.state.result(fresh=True), done.deletable)
        finishing = self._finish(done, request, renews=renews, scrubs=scrubs)
        return await completed(asyncio.ensure_future(finishing))

    def _run(self, request: "_TurnRequest", connection: Connection) -> "_Written | TurnResult":
        """Load, decide and write in the open transaction; may run more than once."""
        account, now, repositories = request.account, request.now, self.repositories
        fresh = claim(repositories, connection, account.platform, request.message, now)
        state = load_state(repositories, connection, account, now, request.supplies)
        decision = request.decide(state.snapshot()) if fresh else Decision()
        if state.identity_changed and not all(isinstance(c, OF_OTHERS) for c in decision.changes):
            raise NotPermitted("Somebody else is behind the account than whose draft this is.")
        if not fresh or decision.needs is not None or request.is_idle(decision):
            connection.undo()  # the message is not claimed
            return state.result(fresh=fresh, needs=decision.needs)
        context = ChangeContext(repositories, connection, account, now, request.supplies, state)
        for change in decision.changes:
            apply_change(context, change)
        context.send(decision.texts)
        deletable = self._remember_message(connection, request, decision)
        return _Written(context, decision, deletable)

    def _remember_message(
        self, connection: Connection, request: "_TurnRequest", decision: Decision
    ) -> tuple[DeletableMessages, ...] | None:
        """Remember the message's id in the chat; if that is cleaned, list what can be deleted."""
        deletable = self.repositories.deletable_messages
        ids = (request.chat_message,) if decision.deletable and request.chat_message else ()
        if decision.cleans:
            return deletable.add_to_chat(connection, request.account, ids, request.now)
        deletable.add(connection, request.account, ids, request.now)
        return None

    def _update_memory(self, written: "_Written", request: "_TurnRequest") -> tuple[bool, bool]:
        """Update memory after the commit.

        Return whether the key of the inbox is to be renewed, and whether bytes were erased that
        are to leave the disk.
        """
        context, sessions = written.context, self.repositories.sessions
        opened_before = sessions.get(request.account, request.now) is not None
        self._update_sessions(context, request.account, request.now)
        if any(isinstance(change, HandOver) for change in written.decision.changes):
            sessions.forget_questions(context.case_keys.locator)  # it has another code now
        asking = [c.asked for c in written.decision.changes if isinstance(c, AskErasure)]
        context.state.memory.asked = asking[-1] if asking else None
        sessions.ask(request.account, context.state.memory.asked, request.now)
        draft = context.state.draft
        self.codes.expect(request.account, soon=draft is not None and draft.phase is Phase.REVIEW)
        return context.closed and opened_before, any(map(_erases, written.decision.changes))

    async def _finish(
        self, written: "_Written", request: "_TurnRequest", *, renews: bool, scrubs: bool
    ) -> TurnResult:
        """Wait until erased bytes have left the disk, and read anew what is not known."""
        if renews:
            await self._renew_inbox_key(request.now)
        scrubbed = not scrubs or await scrub_erased(
            self.database, self.repositories, request.account, request.now
        )
        if written.context.followed and scrubbed:
            result = written.context.state.result(fresh=True)
            return self._result(written, result, written.deletable)
        return self._result(written, await self.pending(request.account, request.now), None)

    def _result(
        self,
        written: "_Written",
        result: TurnResult,
        deletable: tuple[DeletableMessages, ...] | None,
    ) -> TurnResult:
        notified = tuple(written.context.notified)
        return replace(result, notified=notified, deletable=deletable)

    async def _renew_inbox_key(self, now: datetime) -> None:
        """Have the words that opened a case be readable in no earlier copy of the database.

        Where that fails, upkeep does it within ten minutes.
        """
        with suppress(Exception):
            await renew_key(self.database, self.repositories.inbox, now)

    def _update_sessions(self, context: ChangeContext, account: Account, now: datetime) -> None:
        if context.opened is not None and not context.closed:
            self.repositories.sessions.put(account, context.opened, now)
        elif context.closed:
            self.repositories.sessions.forget(account)
            self.repositories.drafts.derived.forget()
        elif context.state.keys is not None and context.found is None:
            self.repositories.sessions.touch(account, now)


def _erases(change: Change) -> bool:
    """Return whether a change erases or revokes something."""
    narrows = isinstance(change, HandOver) and change.narrowing is not None
    return narrows or isinstance(change, ERASING)


async def scrub_erased(
    database: Database, repositories: Repositories, account: Account, now: datetime
) -> bool:
    """Make erased bytes leave the disk before an answer goes out.

    Return whether they have; if they cannot yet, a message that says so waits for the account.
    """
    try:
        scrubbed = await database.scrub()
    except Exception:  # noqa: BLE001 - it is committed: the answer is that bytes are still there
        scrubbed = False
    if not scrubbed:
        text, add = TextRef("TRACES"), repositories.outbox.add
        await database.transaction(lambda connection: add(connection, account, SAY, text, now))
    return scrubbed


@dataclass(frozen=True, slots=True)
class _Written:
    """What a transaction wrote for a turn."""

    context: ChangeContext
    decision: Decision
    deletable: tuple[DeletableMessages, ...] | None = field(repr=False)
    """What can be deleted from the chat; None if that was not read."""


@dataclass(frozen=True, slots=True)
class _TurnRequest:
    """What a turn is about, for as often as it has to be decided."""

    account: Account
    message: MessageKey = field(repr=False)
    decide: Decide = field(repr=False)
    now: datetime
    supplies: Supplies = NOTHING_SUPPLIED
    chat_message: str = field(default="", repr=False)
    always_recorded: bool = False
    """The message counts as processed even if there is nothing else to write."""

    def is_idle(self, decision: Decision) -> bool:
        """Return whether the disk stays as it is; a message that waited leaves the inbox."""
        written = decision.changes or decision.texts or (decision.deletable and self.chat_message)
        recorded = self.always_recorded or isinstance(self.message, InboxRow)
        return not written and not recorded
