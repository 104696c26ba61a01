"""What readers do in chat: join, list waiting deliveries, fetch. No answer holds any content."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic

from handlers.context import Clock
from handlers.messages import Reply
from handlers.ports.messenger import Messenger
from handlers.ports.readers import Member, ReaderStore
from handlers.texts.english import ENGLISH
from store.model.accounts import Account
from store.model.readers import Delivery

COMMANDS = frozenset({"join", "inbox", "fetch"})
INVITATION_DIGITS = 8
INVITATIONS_PER_DAY = 3

CountAttempt = Callable[[str, Account, datetime], Awaitable[int]]
"""Counts an attempt of an account and returns how many it made today, this one included."""


@dataclass(frozen=True, slots=True)
class ReaderCommandHandler(Generic[Member]):
    """Handle the readers' commands on one platform. Each is answered at once."""

    store: ReaderStore[Member]
    messenger: Messenger
    clock: Clock
    count_attempt: CountAttempt

    async def handle_command(self, account: Account, name: str, argument: str) -> None:
        """Do what one command asks for and send the answer, if it has one in words."""
        match name:
            case "join" if _are_digits(argument):
                text = await self._link(account, argument)
            case "join":
                text = await self._invite(account, argument)
            case "inbox":
                text = await self._list_deliveries(account)
            case _:
                text = await self._send_delivery(account, argument.strip().upper())
        for part in self.messenger.parts(Reply(text)) if text else ():
            await self.messenger.send(account, part)

    async def is_reader(self, account: Account) -> bool:
        """Return whether this account is a reader's, so that its chat is still needed."""
        return await self.store.reader_on(account) is not None

    async def _link(self, account: Account, digits: str) -> str:
        joined = await self.store.join(account, digits, self.clock())
        return ENGLISH.readers.joined if joined else ENGLISH.readers.wrong

    async def _invite(self, account: Account, name: str) -> str:
        """Send a file that only the reader's key opens; it holds the digits that link."""
        member = self.store.named(name, self.clock())
        if member is None:
            return ENGLISH.readers.unknown
        if await self.count_attempt("join", account, self.clock()) > INVITATIONS_PER_DAY:
            return ENGLISH.readers.too_many_joins
        sealed = await self.store.invite(account, member, self.clock())
        await self.messenger.send_file(account, "join.age", sealed)
        return ENGLISH.readers.invited.format(name=name)

    async def _list_deliveries(self, account: Account) -> str:
        member = await self.store.reader_on(account)
        if member is None:
            return ENGLISH.readers.unlinked
        lines = [_delivery_line(delivery) for delivery in await self.store.deliveries(member)]
        if not lines:
            return ENGLISH.readers.empty
        return ENGLISH.readers.inbox.format(lines="\n".join(lines))

    async def _send_delivery(self, account: Account, code: str) -> str:
        """Send a delivery as a file; it counts as fetched once the platform has taken it."""
        member = await self.store.reader_on(account)
        if member is None:
            return ENGLISH.readers.unlinked
        if code not in {delivery.code for delivery in await self.store.deliveries(member)}:
            return ENGLISH.readers.no_delivery
        bundle = await self.store.bundle(member, code)
        await self.messenger.send_file(account, f"{code}.holdfast", bundle)
        await self.store.record_fetch(member, code)
        return ""


def _are_digits(argument: str) -> bool:
    return argument.isdecimal() and len(argument) == INVITATION_DIGITS


def _delivery_line(delivery: Delivery) -> str:
    texts = ENGLISH.readers
    state = texts.old if delivery.fetched else texts.new
    return texts.inbox_line.format(code=delivery.code, state=state)
