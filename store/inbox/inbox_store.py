"""The inbox: accepting what platforms give, and reading what waits."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from store.db.connection import Connection
from store.db.database import Database
from store.inbox.key_renewal import renew_key
from store.model.inbox import AcceptedMessage, InboxRow, WaitingMessage
from store.repositories import Repositories


class _NoKey(Exception):
    """No key seals new rows at the moment."""


@dataclass(slots=True)
class InboxStore:
    """Transactions over the inbox. One program at a time numbers its rows."""

    database: Database
    repositories: Repositories
    clock: Callable[[], datetime]
    _last: int | None = field(default=None, repr=False)
    """The number of the last row; None until the table was asked."""

    async def accept(
        self, platform: str, messages: Sequence[AcceptedMessage], cursor: str | None = None
    ) -> tuple[WaitingMessage, ...]:
        """Keep messages until they are handled; return those that are new, in order.

        They are on the disk when this returns, and so is the platform's ``cursor``, if it is
        given: the platform may forget them. What was accepted or processed before is left out, and
        recorded as processed is only what is kept.
        Takes one transaction, whatever the messages are.
        """
        numbered = await self._number(len(messages))
        work = partial(self._accept, platform, list(zip(numbered, messages, strict=True)), cursor)
        while True:
            await self._provide_key()
            try:
                return await self.database.transaction(work)
            except _NoKey:
                continue  # it was retired meanwhile

    async def _provide_key(self) -> None:
        keys, now = self.repositories.inbox.keys, self.clock()
        if keys.is_due(now):
            await asyncio.to_thread(keys.add, now)

    def _accept(
        self,
        platform: str,
        messages: Sequence[tuple[int, AcceptedMessage]],
        cursor: str | None,
        connection: Connection,
    ) -> tuple[WaitingMessage, ...]:
        now, repositories = self.clock(), self.repositories
        is_new = partial(repositories.processed_messages.add, connection, platform, now=now)
        new, settled = list[tuple[int, AcceptedMessage]](), set[str]()
        for seq, message in messages:
            if message.one_of not in settled and is_new(message.id):
                new.append((seq, message))
                settled |= {message.one_of} - {""}
        if new:
            sealing = repositories.inbox.keys.sealing
            if sealing is None:
                raise _NoKey
            repositories.inbox.add(connection, platform, sealing, new)
        if cursor is not None:
            repositories.cursors.move(connection, platform, cursor, now)
        return tuple(
            WaitingMessage(InboxRow(seq), message.chat, 0, 0, message.content, message.id)
            for seq, message in new
        )

    async def _number(self, count: int) -> range:
        """Return numbers of rows that were never used by this program, in order."""
        if self._last is None:
            highest = await self.database.read(self.repositories.inbox.highest)
            self._last = max(self._last or 0, highest)
        first = self._last + 1
        self._last += count
        return range(first, first + count)

    async def begin(self, platform: str) -> tuple[WaitingMessage, ...]:
        """Return what waits since an earlier run, in order; delete what nobody can read any more.

        The first of each chat is marked: the program may have died of it.
        """
        waiting = await self.after(platform, 0)
        first = dict[str, InboxRow]()
        for message in waiting:
            first.setdefault(message.chat, message.row)
        return tuple(replace(m, at_start=True) if first[m.chat] == m.row else m for m in waiting)

    async def set_starts(self, row: InboxRow, count: int) -> None:
        """Record how often the program will have ended while handling this, if it ends now."""
        await self.database.transaction(
            partial(self.repositories.inbox.set_starts, row=row, count=count)
        )

    async def after(self, platform: str, seq: int) -> tuple[WaitingMessage, ...]:
        """Return what waits behind this number, in order; delete what cannot be read any more."""
        page_of, waiting = self.repositories.inbox.page, list[WaitingMessage]()
        following: int | None = seq
        while following is not None:
            page, unreadable, following = await self.database.read(
                partial(page_of, platform=platform, after=following)
            )
            waiting += page
            for row in unreadable:
                waiting += await self._remove_unreadable(row)
        return tuple(sorted(waiting, key=lambda message: message.row.seq))

    async def _remove_unreadable(self, row: InboxRow) -> list[WaitingMessage]:
        """Delete a row that could not be read; return it if it can be read after all."""
        remove = partial(self.repositories.inbox.remove_unreadable, row=row)
        found = await self.database.transaction(remove)
        return [] if found is None else [found]

    async def read(self, row: InboxRow) -> WaitingMessage | None:
        """Read one message that waits; None if it was handled."""
        return await self.database.read(partial(self.repositories.inbox.read, row=row))

    async def count_try(self, row: InboxRow) -> int:
        """Record that handling a message failed once more; return how often it did."""
        return await self.database.transaction(partial(self.repositories.inbox.count_try, row=row))

    async def remove(self, row: InboxRow) -> bool:
        """Delete a message unhandled; return False if it is not there any more."""
        return await self.database.transaction(partial(self.repositories.inbox.claim, row=row))

    async def renew_key(self) -> None:
        """Have what was typed until now be readable by no copy of the database made before."""
        await renew_key(self.database, self.repositories.inbox, self.clock())
