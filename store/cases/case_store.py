"""What is at rest, as the handlers see it: load a situation, commit a turn, open, take back.

A turn is one transaction: the answers, the draft's new state, the mark that the message was
handled, and everything that is to be sent because of it. All of it holds, or none.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from store.cases.account_state import AccountState, exists, load_state, open_pieces
from store.cases.change_context import ChangeContext, NewCode
from store.cases.changes import apply_change
from store.cases.draft_changes import BEGUN
from store.cases.erasure import erase_case, outlive_draft
from store.cases.permissions import handovers_of, is_kept, revoke_unsigned
from store.crypto.case_keys import CaseKeys
from store.crypto.mnemonics import candidates, codes
from store.db.connection import Connection
from store.db.database import Database
from store.model.accounts import Account
from store.model.changes import Change, EndDraft, EraseCase, EraseItems, HandOver, TakeBack
from store.model.clock import hour_of, weeks_later
from store.model.outbox import DeletableMessages, OutboxMessage, SentMessages, TextRef
from store.model.revisions import NeededRevisions
from store.model.snapshot import Snapshot
from store.model.turn import Decide, Decision, TurnResult
from store.outbox.deletable_messages import BEGINNING, Position
from store.outbox.rows import SAY, OutboxRow
from store.readers.notices import request_destruction
from store.repositories import Repositories

EFFECTIVE_AT_ONCE = (EraseItems, EndDraft, EraseCase, TakeBack)
"""After these nothing is answered before the deleted bytes have left the disk."""


@dataclass(frozen=True, slots=True)
class CaseStore:
    """All of the store that concerns reporters. Made once, in the composition root."""

    database: Database
    repositories: Repositories
    clock: Callable[[], datetime]
    """For what has no hour of its own: messages that were sent, a place that was reached."""

    # Loading

    async def is_seen(self, who: Account, message: str) -> bool:
        """Whether this message was handled before."""
        async with self.database.read() as connection:
            return await self.repositories.processed_messages.contains(
                connection, who.platform, message
            )

    async def snapshot(self, who: Account, now: datetime, *, pieces: bool = False) -> Snapshot:
        """All that deciding needs; the pieces only where they are shown or compiled."""
        async with self.database.read() as connection:
            known = await load_state(self.repositories, connection, who, now)
            if pieces:
                await open_pieces(self.repositories, connection, known)
        return known.snapshot(pieces=pieces)

    async def waiting(self, who: Account, now: datetime, *, pieces: bool = False) -> TurnResult:
        """What waits for this account, with all that rendering it needs."""
        async with self.database.read() as connection:
            known = await self._known(connection, who, now, pieces=pieces)
        return known.result(fresh=True, pieces=pieces)

    async def _known(
        self, connection: Connection, who: Account, now: datetime, *, pieces: bool
    ) -> AccountState:
        """With the pieces, if they are asked for or nothing could be rendered without them."""
        known = await load_state(self.repositories, connection, who, now)
        if pieces or known.shows_pieces:
            await open_pieces(self.repositories, connection, known)
        return known

    # A turn

    async def turn(
        self,
        who: Account,
        message: str,
        decide: Decide,
        now: datetime,
        *,
        pieces: bool = False,
        trace: str = "",
    ) -> TurnResult:
        """One message: load, decide and write, in one transaction.

        When it returns, all of it is on the disk, and what it erased has left it. ``pieces``: they
        are needed to decide. ``trace``: the message's own id on its platform, which is remembered
        if the decision says so.
        """
        return await self._turn(_TurnRequest(who, message, decide, now, pieces, trace))

    async def commit(
        self,
        who: Account,
        message: str,
        changes: Sequence[Change],
        says: Sequence[TextRef],
        now: datetime,
        *,
        trace: str = "",
    ) -> bool:
        """One turn that was decided before. False, and nothing done, if it was handled meanwhile.

        When it returns, all of it is on the disk, and what it erased has left it.
        """
        decided = Decision(tuple(changes), tuple(says), deletable=bool(trace))
        asked = _TurnRequest(who, message, lambda _: decided, now, trace=trace, always=True)
        return (await self._turn(asked)).fresh

    async def _turn(self, asked: "_TurnRequest") -> TurnResult:
        """Decided anew with a take-back code, if it turns out that it needs one."""
        turned = await self._attempt(asked, None)
        while turned is None:
            code = await self._new_code()
            turned = await self._attempt(asked, code)
        return turned

    async def _attempt(self, asked: "_TurnRequest", code: NewCode | None) -> TurnResult | None:
        """None, and nothing done, if a code is needed: nobody waits while it is stretched."""
        who, now = asked.who, asked.now
        async with self.database.transaction() as connection:
            mark = self.repositories.processed_messages.add
            fresh = await mark(connection, who.platform, asked.message, now)
            known = await self._known(connection, who, now, pieces=asked.pieces)
            decided = asked.decide(known.snapshot(pieces=True)) if fresh else Decision()
            if not fresh or asked.is_idle(decided):
                connection.roll_back()  # it is not marked
                return known.result(fresh=fresh, pieces=asked.pieces)
            if code is None and any(isinstance(c, HandOver) for c in decided.changes):
                connection.roll_back()
                return None
            turn = ChangeContext(self.repositories, connection, who, now, code, known)
            await self._write(turn, asked, decided)
        return await self._finish(turn, asked, decided)

    async def _write(self, turn: ChangeContext, asked: "_TurnRequest", decided: Decision) -> None:
        """Everything of it, in the transaction that is open."""
        for change in decided.changes:
            await apply_change(turn, change)
        await turn.send(decided.texts)
        if decided.deletable and asked.trace:
            add = self.repositories.deletable_messages.add
            await add(turn.connection, asked.who, (asked.trace,), asked.now)
        if turn.followed and (asked.pieces or turn.state.shows_pieces):
            await open_pieces(self.repositories, turn.connection, turn.state)

    async def _finish(
        self, turn: ChangeContext, asked: "_TurnRequest", decided: Decision
    ) -> TurnResult:
        """It is on the disk: now memory follows, and what was erased leaves the disk."""
        self._after(turn, asked.who, asked.now)
        gone = True
        if any(isinstance(c, EFFECTIVE_AT_ONCE) for c in decided.changes):
            gone = await self._scrub(asked.who, asked.now)
        if turn.followed and gone:
            return turn.state.result(fresh=True, pieces=asked.pieces)
        return await self.waiting(asked.who, asked.now, pieces=asked.pieces)

    async def _scrub(self, who: Account, now: datetime) -> bool:
        """What was erased leaves the disk before the answer; if it cannot yet, that is said."""
        gone = await self.database.scrub()
        if not gone:
            async with self.database.transaction() as connection:
                await self.repositories.outbox.add(connection, who, SAY, TextRef("TRACES"), now)
        return gone

    async def _new_code(self) -> NewCode:
        """The slow hash runs outside of any transaction."""
        while True:
            code = self.repositories.takeback_codes.draw()
            key = await self.repositories.takeback_codes.stretch(code)
            async with self.database.read() as connection:
                if await self.repositories.takeback_codes.is_free(connection, key):
                    return code, key

    def _after(self, turn: ChangeContext, who: Account, now: datetime) -> None:
        """What is only in memory follows what is on the disk."""
        if turn.closed:
            self.repositories.sessions.forget(who)
            self.repositories.drafts.derived.forget()
        elif turn.state.keys is not None and turn.found is None:
            self.repositories.sessions.touch(who, now)

    # Counting

    async def count(self, kind: str, who: Account, now: datetime) -> int:
        """How often this account did this today, this time included."""
        async with self.database.transaction() as connection:
            return await self.repositories.counters.increment(connection, kind, who, now)

    async def begun(self, who: Account, now: datetime) -> int:
        """How many cases this account began today; each is counted in the turn that begins it."""
        async with self.database.read() as connection:
            return await self.repositories.counters.read(connection, BEGUN, who, now)

    # Coming back

    async def open_with_words(self, who: Account, text: str, now: datetime) -> bool | None:
        """Open the case of twelve words. None: no such words; False: nothing is kept there."""
        readings = [CaseKeys(entropy) for _, entropy in candidates(text.split())]
        found = None
        async with self.database.transaction() as connection:
            for keys in readings:
                if found is None and await exists(connection, keys):
                    found = keys
                    await outlive_draft(connection, keys.locator)
        if found is not None:
            self.repositories.sessions.put(who, found, now)
            return True
        return False if readings else None

    async def find_by_code(self, text: str) -> bytes | None:
        """The case that four words may take back; as slow for a wrong code as for a right one."""
        found = None
        for language, code in codes(text.split()):
            key = await self.repositories.takeback_codes.stretch(code, language)
            async with self.database.read() as connection:
                found = found or await self.repositories.takeback_codes.find(connection, key)
        return found

    async def take_back_by_code(
        self,
        who: Account,
        message: str,
        locator: bytes,
        say: TextRef,
        now: datetime,
        *,
        erase: bool,
        trace: str = "",
    ) -> bool:
        """Withdraw, or erase, with the code alone: unsigned, and recorded as such."""
        async with self.database.transaction() as connection:
            if not await self.repositories.processed_messages.add(
                connection, who.platform, message, now
            ):
                return False
            await self._unhand(connection, locator, now, erase=erase)
            await self.repositories.outbox.add(connection, who, SAY, say, now)
            if trace:
                await self.repositories.deletable_messages.add(connection, who, (trace,), now)
        await self._scrub(who, now)
        return True

    async def _unhand(
        self, connection: Connection, locator: bytes, now: datetime, *, erase: bool
    ) -> None:
        stmts = await handovers_of(connection, locator)
        await request_destruction(connection, self.repositories, stmts, now)
        await revoke_unsigned(connection, stmts, by_code=True)
        if erase or not await is_kept(connection, locator):
            await erase_case(connection, locator)

    # Sending

    async def posts(self, who: Account) -> list[OutboxMessage]:
        """What is to be said to this account, in order."""
        async with self.database.read() as connection:
            return await self.repositories.outbox.messages_for(connection, who)

    async def tried(self, post: OutboxMessage) -> None:
        """An attempt begins."""
        async with self.database.transaction() as connection:
            await self.repositories.outbox.record_attempt(connection, post.id)

    async def confirm(
        self, posts: Sequence[OutboxMessage], sent: Sequence[SentMessages] = ()
    ) -> None:
        """They were sent, or need not be; what of it can be cleaned later is remembered."""
        traced = [each for each in sent if each.deletable and each.ids]
        if not posts and not traced:
            return
        async with self.database.transaction() as connection:
            if posts:
                await self.repositories.outbox.remove(connection, [post.id for post in posts])
            for each in traced:
                add = self.repositories.deletable_messages.add
                await add(connection, each.to, each.ids, self.clock(), lasting=each.lasting)

    async def waiting_accounts(self, platform: str) -> tuple[Account, ...]:
        """Everybody on this platform to whom something is to be said, where they were last."""
        found: dict[str, OutboxRow] = {}
        after: bytes | None = b""
        while after is not None:
            async with self.database.read() as connection:
                page, after = await self.repositories.outbox.page(connection, platform, after)
            for row in page:
                known = found.setdefault(row.to.name, row)
                if (row.day, row.seq) > (known.day, known.seq):
                    found[row.to.name] = row
            await asyncio.sleep(0)  # others go on between two pages
        return tuple(row.to for row in found.values())

    # Hearing

    async def place(self, platform: str) -> str | None:
        """How far this platform's messages were heard; None before the first batch."""
        async with self.database.read() as connection:
            return await self.repositories.cursors.read(connection, platform)

    async def move_place(self, platform: str, token: str) -> None:
        """A whole batch is on the disk, an empty one too: the next begins here.

        Called for one batch before the next is heard; then marks of before can end.
        """
        async with self.database.transaction() as connection:
            await self.repositories.cursors.move(connection, platform, token, self.clock())

    # Words that were taken back

    async def note_revisions(self, present: Sequence[str], now: datetime) -> None:
        """From now on it is noted which revisions are named; of before, any of these may be."""
        until = weeks_later(now, self.repositories.retention.story_days)
        async with self.database.transaction() as connection:
            await self.repositories.revisions.initialize(connection, present, now, until)

    async def needed(self, now: datetime) -> NeededRevisions:
        """Which revisions of the questionnaires may still be named."""
        async with self.database.read() as connection:
            return await self.repositories.revisions.needed(connection, now)

    async def is_told(self, platform: str, revision: str) -> bool:
        """Whether everybody there who can be reached was told that this revision is recalled."""
        async with self.database.read() as connection:
            return await self.repositories.revisions.is_recall_announced(
                connection, platform, revision
            )

    async def all_told(self, platform: str, revision: str) -> None:
        """They were; after a restart nobody is told again."""
        async with self.database.transaction() as connection:
            await self.repositories.revisions.record_recall_announced(
                connection, platform, revision
            )

    async def reachable(self, platform: str) -> tuple[Account, ...]:
        """Everybody on this platform whose chat is remembered, where they were last.

        For nothing but this: whoever cleans their chat themselves, and for whom nothing waits,
        is not remembered anywhere, and is not among them.
        """
        found: dict[str, Account] = {}
        for remembered in (self._waited_for, self._cleaned):  # the newest address counts
            async for who in remembered(platform):
                found[who.name] = who
        return tuple(found.values())

    async def _waited_for(self, platform: str) -> AsyncIterator[Account]:
        """For whom something waits, or is held."""
        after: bytes | None = b""
        while after is not None:
            async with self.database.read() as connection:
                page, after = await self.repositories.outbox.recipients(
                    connection, platform, after
                )
            for to in page:
                yield to
            await asyncio.sleep(0)  # others go on between two pages

    async def _cleaned(self, platform: str) -> AsyncIterator[Account]:
        """In whose chat something can be cleaned, the newest last."""
        latest = hour_of(self.clock()) + 1
        following: Position | None = BEGINNING
        while following is not None:
            async with self.database.read() as connection:
                page, following = await self.repositories.deletable_messages.page_until(
                    connection, platform, latest, following
                )
            for to, _ in page:
                yield to
            await asyncio.sleep(0)  # as above

    # Cleaning a chat

    async def traces(self, who: Account) -> tuple[DeletableMessages, ...]:
        """Which messages in this account's chat can still be cleaned, the oldest hour first."""
        async with self.database.read() as connection:
            return await self.repositories.deletable_messages.of_account(connection, who)

    async def forget_traces(self, rows: Sequence[DeletableMessages]) -> None:
        """They were cleaned, or cannot be."""
        async with self.database.transaction() as connection:
            await self.repositories.deletable_messages.remove(
                connection, [trace.row for trace in rows]
            )

    async def old_traces(
        self, platform: str, before_hour: int
    ) -> tuple[tuple[Account, tuple[DeletableMessages, ...]], ...]:
        """What came in this hour or before it, for every account of the platform."""
        found: defaultdict[Account, list[DeletableMessages]] = defaultdict(list)
        after: Position | None = BEGINNING
        while after is not None:
            async with self.database.read() as connection:
                page, after = await self.repositories.deletable_messages.page_until(
                    connection, platform, before_hour, after
                )
            for to, trace in page:
                found[to].append(trace)
            await asyncio.sleep(0)  # others go on between two pages
        return tuple((to, tuple(rows)) for to, rows in found.items())


@dataclass(frozen=True, slots=True)
class _TurnRequest:
    """What a turn is about, for as often as it has to be decided."""

    who: Account
    message: str
    decide: Decide
    now: datetime
    pieces: bool = False
    trace: str = ""
    always: bool = False
    """It is marked as handled even if there is nothing to write."""

    def is_idle(self, decided: Decision) -> bool:
        """Whether the disk stays as it is."""
        written = decided.changes or decided.texts or (decided.deletable and self.trace)
        return not written and not self.always
