"""What is at rest, as the handlers see it: load a situation, commit a turn, open, take back.

A turn is one transaction: the answers, the draft's new state, the mark that the message was
handled, and everything that is to be sent because of it. All of it holds, or none.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from store import statements as given
from store.casekeys import CaseKeys
from store.db import Database
from store.drafts import decode_state
from store.mnemonics import candidates, code_words, codes, words_of
from store.notices import tell_destroy
from store.outbox import SAY
from store.records import (
    Account,
    Answered,
    Change,
    Draft,
    Drop,
    EndDraft,
    Erase,
    HandOver,
    Held,
    Opened,
    Piece,
    Post,
    Say,
    Situation,
    TakeBack,
)
from store.shelf import Shelf
from store.turn import BEGUN, TALK, NewCode, Turn, erase_case, exists, open_case, outlive_draft

Reached = Callable[[str], None]
"""Called by name at every point where a turn could be cut off; the tests cut it off there."""

EFFECTIVE_AT_ONCE = (Drop, EndDraft, Erase, TakeBack)
"""After these nothing is answered before the deleted bytes have left the disk."""


def unreached(_point: str) -> None:
    """Nothing is cut off."""


@dataclass(frozen=True, slots=True)
class Casebook:
    """All of the store that concerns reporters. Made once, in the composition root."""

    database: Database
    shelf: Shelf
    reached: Reached = unreached

    # Loading

    async def is_seen(self, who: Account, message: str) -> bool:
        """Whether this message was handled before."""
        async with self.database.look() as connection:
            seen = await self.shelf.marks.is_seen(connection, who.platform, message)
            self.reached("looked")
        return seen

    async def situation(self, who: Account, now: datetime, *, pieces: bool = False) -> Situation:
        """All that deciding needs; the pieces only where they are shown or compiled."""
        self.reached("load")
        async with self.database.look() as connection:
            loaded = await self._loaded(connection, who, now, pieces=pieces)
            self.reached("loaded")
        return loaded

    async def _loaded(
        self, connection: AsyncConnection, who: Account, now: datetime, *, pieces: bool
    ) -> Situation:
        readers = self.shelf.commission.readers(now)
        held = await self._held(connection, who)
        found, keys = await open_case(self.shelf, connection, who, now)
        plain = Situation(held=held, readers=readers)
        if keys is None:
            return replace(plain, ended=await self._ended(connection, who))
        draft = found.draft if found else None
        return await self._known(connection, keys, draft, plain, pieces=pieces)

    async def _ended(self, connection: AsyncConnection, who: Account) -> bool:
        """A draft without its case: nobody told its reporter yet."""
        found = await self.shelf.drafts.find(connection, who)
        return found is not None and not await exists(connection, found.keys)

    async def _known(
        self,
        connection: AsyncConnection,
        keys: CaseKeys,
        draft: Draft | None,
        plain: Situation,
        *,
        pieces: bool,
    ) -> Situation:
        kept = await self.shelf.statements.of_case(connection, keys)
        standing = [k for k in kept if k.revoked is None]
        opened = None if draft else await self._opened(connection, keys)
        talk = draft.answers if draft else (opened.answers if opened else ())
        return replace(
            plain,
            draft=draft,
            opened=opened,
            barred=given.barred_by(kept),
            words=words_of(keys.entropy),
            code_words=code_words(draft.code) if draft and draft.code is not None else (),
            kept=any(k.consent.scope == "keep" for k in standing),
            shared=any(k.consent.scope == "named" for k in standing),
            pieces=await self._pieces(connection, keys, talk) if pieces else (),
        )

    async def _opened(self, connection: AsyncConnection, keys: CaseKeys) -> Opened:
        return Opened(
            await self.shelf.statements.shares(connection, keys),
            await self.shelf.statements.history(connection, keys),
            await self._talk(connection, keys),
        )

    async def _talk(self, connection: AsyncConnection, keys: CaseKeys) -> tuple[Answered, ...]:
        """The answers as they were when the talk ended."""
        documents = [d for _, d in await self.shelf.items.all_of(connection, keys)]
        bodies = [d.body for d in documents if d.extra.get("q") == TALK and d.kind == "event"]
        return decode_state(bodies[-1], 0, 0).answers if bodies else ()

    async def _pieces(
        self, connection: AsyncConnection, keys: CaseKeys, talk: Sequence[Answered]
    ) -> tuple[Piece, ...]:
        """The answers in the order in which they were told."""
        opened = {i.hex(): d for i, d in await self.shelf.items.all_of(connection, keys)}
        return tuple(
            Piece(item, a.step, opened[item].week, opened[item].body.decode())
            for a in talk
            for item in a.items
            if item in opened
        )

    async def _held(self, connection: AsyncConnection, who: Account) -> Held | None:
        """A hand-over that this account can stop, until it is released."""
        for row in await self.shelf.outbox.releases(connection, who):
            stmt = bytes.fromhex(row.say.ids[0])
            locator = await given.case_of(connection, stmt)
            if locator is not None and await given.is_held(connection, stmt):
                kept = await given.is_kept(connection, locator)
                return Held(stmt.hex(), row.due_hour, kept)
        return None

    # A turn

    async def count(self, kind: str, who: Account, now: datetime) -> int:
        """How often this account did this today, this time included."""
        async with self.database.turn() as connection:
            number = await self.shelf.marks.count(connection, kind, who, now)
            self.reached("count")
        self.reached("counted")
        return number

    async def begun(self, who: Account, now: datetime) -> int:
        """How many cases this account began today; each is counted in the turn that begins it."""
        async with self.database.look() as connection:
            number = await self.shelf.marks.counted(connection, BEGUN, who, now)
            self.reached("counted")
        return number

    async def commit(
        self,
        who: Account,
        message: str,
        changes: Sequence[Change],
        says: Sequence[Say],
        now: datetime,
    ) -> bool:
        """One turn. False, and nothing done, if the message was handled meanwhile.

        When it returns, all of it is on the disk, and what it erased has left it.
        """
        code = await self._new_code(changes)
        self.reached("begin")
        async with self.database.turn() as connection:
            if not await self._mark(connection, who, message, now):
                return False
            turn = await Turn.start(self.shelf, connection, who, now, code)
            self.reached("started")
            for change in changes:
                await turn.apply(change)
                self.reached(f"applied {type(change).__name__}")
            for say in says:
                await self.shelf.outbox.add(connection, who, SAY, say, now)
                self.reached("said")
            self.reached("commit")
        self.reached("committed")
        self._after(turn, who, now)
        if any(isinstance(c, EFFECTIVE_AT_ONCE) for c in changes):
            await self._scrub(who, now)
        return True

    async def _scrub(self, who: Account, now: datetime) -> None:
        """What was erased leaves the disk before the answer; if it cannot yet, that is said."""
        gone = await self.database.scrub()
        self.reached("scrubbed")
        if not gone:
            async with self.database.turn() as connection:
                await self.shelf.outbox.add(connection, who, SAY, Say("TRACES"), now)
                self.reached("traces said")

    async def _mark(
        self, connection: AsyncConnection, who: Account, message: str, now: datetime
    ) -> bool:
        """Handled from now on; False if it was already."""
        if await self.shelf.marks.is_seen(connection, who.platform, message):
            return False
        await self.shelf.marks.mark(connection, who.platform, message, now)
        self.reached("marked")
        return True

    async def _new_code(self, changes: Sequence[Change]) -> NewCode | None:
        """The slow hash runs before the transaction, so that nobody waits for it."""
        if not any(isinstance(c, HandOver) for c in changes):
            return None
        while True:
            code = self.shelf.codes.draw()
            key = await self.shelf.codes.stretch(code)
            self.reached("stretched")
            async with self.database.look() as connection:
                if await self.shelf.codes.is_free(connection, key):
                    return code, key

    def _after(self, turn: Turn, who: Account, now: datetime) -> None:
        """What is only in memory follows what is on the disk."""
        if turn.closed:
            self.shelf.unlocked.forget(who)
        elif turn.keys is not None and turn.found is None:
            self.shelf.unlocked.touch(who, now)

    # Coming back

    async def open_with_words(self, who: Account, text: str, now: datetime) -> bool | None:
        """Open the case of twelve words. None: no such words; False: nothing is kept there."""
        readings = [CaseKeys(entropy) for _, entropy in candidates(text.split())]
        async with self.database.turn() as connection:
            for keys in readings:
                if await exists(connection, keys):
                    await outlive_draft(connection, keys.locator)
                    self.reached("opened")
                    self.shelf.unlocked.put(who, keys, now)
                    return True
        return False if readings else None

    async def find_by_code(self, text: str) -> bytes | None:
        """The case that four words may take back; as slow for a wrong code as for a right one."""
        found = None
        for language, code in codes(text.split()):
            key = await self.shelf.codes.stretch(code, language)
            self.reached("stretched")
            async with self.database.look() as connection:
                found = found or await self.shelf.codes.find(connection, key)
                self.reached("found")
        return found

    async def take_back_by_code(
        self, who: Account, message: str, locator: bytes, say: Say, now: datetime, *, erase: bool
    ) -> bool:
        """Withdraw, or erase, with the code alone: unsigned, and recorded as such."""
        self.reached("begin")
        async with self.database.turn() as connection:
            if not await self._mark(connection, who, message, now):
                return False
            await self._unhand(connection, locator, now, erase=erase)
            self.reached("taken back")
            await self.shelf.outbox.add(connection, who, SAY, say, now)
            self.reached("commit")
        self.reached("committed")
        await self._scrub(who, now)
        return True

    async def _unhand(
        self, connection: AsyncConnection, locator: bytes, now: datetime, *, erase: bool
    ) -> None:
        stmts = await given.named_of(connection, locator)
        await tell_destroy(connection, self.shelf, stmts, now)
        await given.revoke_unsigned(connection, stmts, by_code=True)
        if erase or not await given.is_kept(connection, locator):
            await erase_case(connection, locator)

    # Sending

    async def posts(self, who: Account) -> list[Post]:
        """What is to be said to this account, in order."""
        async with self.database.look() as connection:
            waiting = await self.shelf.outbox.waiting(connection, who)
            self.reached("waiting")
        return waiting

    async def tried(self, post: Post) -> None:
        """An attempt begins."""
        async with self.database.turn() as connection:
            await self.shelf.outbox.tried(connection, post.id)
            self.reached("try")
        self.reached("tried")

    async def confirm(self, post: Post) -> None:
        """It was sent."""
        async with self.database.turn() as connection:
            await self.shelf.outbox.confirm(connection, post.id)
            self.reached("confirm")
        self.reached("confirmed")
