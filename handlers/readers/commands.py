"""What readers do in chat: join, inbox, fetch. Notices and answers hold no content."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic

from handlers.context import Clock
from handlers.messages import Reply
from handlers.ports.messenger import Messenger
from handlers.ports.readers import Member, ReaderStore
from handlers.texts import english as words
from store.model.accounts import Account

COMMANDS = frozenset({"join", "inbox", "fetch"})
DIGITS = 8
JOINS_A_DAY = 3

Count = Callable[[str, Account, datetime], Awaitable[int]]
"""How often an account did something today, this time included."""


@dataclass(frozen=True, slots=True)
class ReaderCommandHandler(Generic[Member]):
    """The readers' commands on every platform."""

    desk: ReaderStore[Member]
    messenger: Messenger
    clock: Clock
    count: Count

    async def on_command(self, who: Account, name: str, rest: str) -> None:
        """Answered at once: none of it is a reporter's."""
        match name:
            case "join":
                text = await self._join(who, rest)
            case "inbox":
                text = await self._inbox(who)
            case _:
                text = await self._fetch(who, rest)
        for part in self.messenger.parts(Reply(text)) if text else ():
            await self.messenger.send(who, part)

    async def reads_on(self, who: Account) -> bool:
        """Whether this account is a reader's, so that its chat is needed further on."""
        return await self.desk.reader_on(who) is not None

    async def _join(self, who: Account, rest: str) -> str:
        if rest.isdecimal() and len(rest) == DIGITS:
            joined = await self.desk.join(who, rest, self.clock())
            return words.READER_JOINED if joined else words.READER_WRONG
        member = self.desk.named(rest, self.clock())
        if member is None:
            return words.READER_UNKNOWN
        if await self.count("join", who, self.clock()) > JOINS_A_DAY:
            return words.TOO_MANY_JOINS
        sealed = await self.desk.invite(who, member, self.clock())
        await self.messenger.send_file(who, "join.age", sealed)
        return words.READER_INVITED.format(name=rest)

    async def _inbox(self, who: Account) -> str:
        member = await self.desk.reader_on(who)
        if member is None:
            return words.READER_UNLINKED
        waiting = await self.desk.inbox(member)
        lines = [
            words.READER_INBOX_LINE.format(
                code=d.code, state=words.READER_OLD if d.fetched else words.READER_NEW
            )
            for d in waiting
        ]
        return words.READER_INBOX.format(lines="\n".join(lines)) if lines else words.READER_EMPTY

    async def _fetch(self, who: Account, code: str) -> str:
        """Marked as fetched only when the platform has taken the file."""
        member = await self.desk.reader_on(who)
        if member is None:
            return words.READER_UNLINKED
        code = code.strip().upper()
        if code not in {d.code for d in await self.desk.inbox(member)}:
            return words.READER_NO_DELIVERY
        bundle = await self.desk.bundle(member, code)
        await self.messenger.send_file(who, f"{code}.holdfast", bundle)
        await self.desk.fetched(member, code)
        return ""
