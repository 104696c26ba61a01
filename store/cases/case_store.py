"""Loading what is at rest for an account, and committing its turns.

A turn is one transaction: the answers, the draft's new state, the record that the message was
processed, and everything that is to be sent because of it. All of it holds, or none.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from store.cases.account_state import AccountState, load_state, open_pieces
from store.cases.change_context import ChangeContext, NewCode
from store.cases.changes import apply_change
from store.db.connection import Connection
from store.db.database import Database
from store.model.accounts import Account
from store.model.changes import Change, EndDraft, EraseCase, EraseItems, HandOver, TakeBack
from store.model.outbox import TextRef
from store.model.snapshot import Snapshot
from store.model.turn import Decide, Decision, TurnResult
from store.outbox.rows import SAY
from store.repositories import Repositories

ERASING = (EraseItems, EndDraft, EraseCase, TakeBack)
"""Changes after which nothing is answered before the erased bytes have left the disk."""


@dataclass(frozen=True, slots=True)
class CaseStore:
    """Transactions over the cases of reporters."""

    database: Database
    repositories: Repositories

    async def is_processed(self, account: Account, message: str) -> bool:
        """Return whether this message was processed before."""
        async with self.database.read() as connection:
            return await self.repositories.processed_messages.contains(
                connection, account.platform, message
            )

    async def snapshot(self, account: Account, now: datetime, *, pieces: bool = False) -> Snapshot:
        """Load all that deciding needs; decrypt the pieces only if asked to."""
        async with self.database.read() as connection:
            state = await load_state(self.repositories, connection, account, now)
            if pieces:
                await open_pieces(self.repositories, connection, state)
        return state.snapshot(pieces=pieces)

    async def pending(
        self, account: Account, now: datetime, *, pieces: bool = False
    ) -> TurnResult:
        """Load the messages that wait for an account, with all that rendering them needs."""
        async with self.database.read() as connection:
            state = await self._state(connection, account, now, pieces=pieces)
        return state.result(fresh=True, pieces=pieces)

    async def _state(
        self, connection: Connection, account: Account, now: datetime, *, pieces: bool
    ) -> AccountState:
        """Decrypt the pieces if asked to, or if a waiting message cannot be rendered without."""
        state = await load_state(self.repositories, connection, account, now)
        if pieces or state.shows_pieces:
            await open_pieces(self.repositories, connection, state)
        return state

    async def turn(
        self,
        account: Account,
        message: str,
        decide: Decide,
        now: datetime,
        *,
        pieces: bool = False,
        chat_message: str = "",
    ) -> TurnResult:
        """Load, decide and write in one transaction, for one message.

        When this returns, all of it is on the disk, and what it erased has left the disk. A
        message that was processed before is not decided again: the result is not ``fresh``.
        ``pieces`` are decrypted for the decision. ``chat_message`` is the message's own id in the
        chat, which is remembered if the decision says so.
        """
        return await self._turn(_TurnRequest(account, message, decide, now, pieces, chat_message))

    async def commit(
        self,
        account: Account,
        message: str,
        changes: Sequence[Change],
        texts: Sequence[TextRef],
        now: datetime,
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
            chat_message=chat_message,
            always_recorded=True,
        )
        return (await self._turn(request)).fresh

    async def _turn(self, request: "_TurnRequest") -> TurnResult:
        """Try a turn, and again with a take-back code if it turns out to need one."""
        result = await self._try_turn(request, None)
        while result is None:
            result = await self._try_turn(request, await self._new_code())
        return result

    async def _try_turn(self, request: "_TurnRequest", code: NewCode | None) -> TurnResult | None:
        """Return None, with nothing done, if a code is needed: stretching one is slow."""
        account, now = request.account, request.now
        async with self.database.transaction() as connection:
            add = self.repositories.processed_messages.add
            fresh = await add(connection, account.platform, request.message, now)
            state = await self._state(connection, account, now, pieces=request.pieces)
            decision = request.decide(state.snapshot(pieces=True)) if fresh else Decision()
            if not fresh or request.is_idle(decision):
                connection.roll_back()  # the message is not recorded as processed
                return state.result(fresh=fresh, pieces=request.pieces)
            if code is None and any(isinstance(c, HandOver) for c in decision.changes):
                connection.roll_back()
                return None
            context = ChangeContext(self.repositories, connection, account, now, code, state)
            await self._write(context, request, decision)
        return await self._finish(context, request, decision)

    async def _write(
        self, context: ChangeContext, request: "_TurnRequest", decision: Decision
    ) -> None:
        """Write a decision in the open transaction."""
        for change in decision.changes:
            await apply_change(context, change)
        await context.send(decision.texts)
        if decision.deletable and request.chat_message:
            add = self.repositories.deletable_messages.add
            await add(context.connection, request.account, (request.chat_message,), request.now)
        if context.followed and (request.pieces or context.state.shows_pieces):
            await open_pieces(self.repositories, context.connection, context.state)

    async def _finish(
        self, context: ChangeContext, request: "_TurnRequest", decision: Decision
    ) -> TurnResult:
        """Update memory after the commit, and wait until erased bytes have left the disk."""
        self._update_sessions(context, request.account, request.now)
        scrubbed = True
        if any(isinstance(c, ERASING) for c in decision.changes):
            scrubbed = await scrub_erased(
                self.database, self.repositories, request.account, request.now
            )
        if context.followed and scrubbed:
            return context.state.result(fresh=True, pieces=request.pieces)
        return await self.pending(request.account, request.now, pieces=request.pieces)

    async def _new_code(self) -> NewCode:
        """Draw a take-back code that is not in use; its slow hash runs outside transactions."""
        while True:
            code = self.repositories.takeback_codes.draw()
            key = await self.repositories.takeback_codes.stretch(code)
            async with self.database.read() as connection:
                if await self.repositories.takeback_codes.is_free(connection, key):
                    return code, key

    def _update_sessions(self, context: ChangeContext, account: Account, now: datetime) -> None:
        if context.closed:
            self.repositories.sessions.forget(account)
            self.repositories.drafts.derived.forget()
        elif context.state.keys is not None and context.found is None:
            self.repositories.sessions.touch(account, now)


async def scrub_erased(
    database: Database, repositories: Repositories, account: Account, now: datetime
) -> bool:
    """Make erased bytes leave the disk before an answer goes out.

    Return whether they have; if they cannot yet, a message that says so waits for the account.
    """
    scrubbed = await database.scrub()
    if not scrubbed:
        async with database.transaction() as connection:
            await repositories.outbox.add(connection, account, SAY, TextRef("TRACES"), now)
    return scrubbed


@dataclass(frozen=True, slots=True)
class _TurnRequest:
    """What a turn is about, for as often as it has to be decided."""

    account: Account
    message: str = field(repr=False)
    decide: Decide
    now: datetime
    pieces: bool = False
    chat_message: str = field(default="", repr=False)
    always_recorded: bool = False
    """The message counts as processed even if there is nothing else to write."""

    def is_idle(self, decision: Decision) -> bool:
        """Return whether the disk stays as it is."""
        written = decision.changes or decision.texts or (decision.deletable and self.chat_message)
        return not written and not self.always_recorded
