"""Looking up what reporters come back with: twelve words, or the four of a take-back code."""

from dataclasses import dataclass

from handlers.context import SnapshotReader
from handlers.messages import IncomingMessage
from handlers.outcome import ASK, CaseLookup, LookupPurpose, Outcome, say
from handlers.ports.stores import RecoveryStore
from handlers.reporter import opened_case
from handlers.reporter.commands import CODE_WORDS
from handlers.reporter.welcome import NOT_BEGUN
from store.model.accounts import Account

CODE_TRIES = 5
"""Codes that one account may try in a day."""

CODE_TRIES_IN_ALL = 200
"""Codes that may be tried in a day before every answer to one is delayed."""

CODE_DELAY_SECONDS = 10.0
ALL_ACCOUNTS = Account("all", "all", "all")
"""The account under which the total of all tries is counted."""

COUNTER = "takeback"


@dataclass(frozen=True, slots=True)
class RecoveryService:
    """Opens cases and takes them back, outside of the turn that asked for it."""

    store: RecoveryStore
    snapshots: SnapshotReader

    async def look_up(
        self, incoming: IncomingMessage, lookup: CaseLookup, waiting: LookupPurpose | None
    ) -> Outcome:
        """Do what these words are for, and return what to answer."""
        if len(lookup.text.split()) == CODE_WORDS:
            return await self._by_code(incoming, lookup, waiting)
        return await self._by_words(incoming.who, lookup, waiting)

    async def _by_words(
        self, account: Account, lookup: CaseLookup, waiting: LookupPurpose | None
    ) -> Outcome:
        """Open the case, and do in it what the words were given for, whatever else is held here.

        Only somebody who was asked for words hears that these are none.
        """
        found = await self.store.open_with_words(account, lookup.text, self.snapshots.clock())
        if found is None:
            return Outcome(says=(say("NOT_WORDS"),), waiting=waiting) if waiting else NOT_BEGUN
        if not found:
            return Outcome(says=(say("NO_CASE"),), waiting=waiting)
        match lookup.purpose:
            case LookupPurpose.OPEN:
                return Outcome(says=(ASK,))
            case LookupPurpose.WITHDRAW:
                return opened_case.withdraw(await self.snapshots.read(account))
            case LookupPurpose.ERASE:
                return opened_case.erase(await self.snapshots.read(account))

    async def _by_code(
        self, incoming: IncomingMessage, lookup: CaseLookup, waiting: LookupPurpose | None
    ) -> Outcome:
        """Take the case back. Many tries slow the answer down, and never block a withdrawal."""
        account, clock = incoming.who, self.snapshots.clock
        if lookup.purpose is LookupPurpose.OPEN:
            return Outcome(says=(say("CODE_OR_WORDS"),))
        if await self.store.count(COUNTER, account, clock()) > CODE_TRIES:
            return Outcome(says=(say("TOO_MANY_TRIES"),))
        in_all = await self.store.count(COUNTER, ALL_ACCOUNTS, clock())
        delay = CODE_DELAY_SECONDS if in_all > CODE_TRIES_IN_ALL else 0.0
        locator = await self.store.find_by_code(lookup.text)
        if locator is None:
            return Outcome(says=(say("NO_CODE"),), waiting=waiting, delay=delay)
        erase = lookup.purpose is LookupPurpose.ERASE
        await self.store.take_back_by_code(
            account,
            incoming.id,
            locator,
            say("ERASED_LATE" if erase else "WITHDRAWN_LATE"),
            clock(),
            erase=erase,
            chat_message=incoming.message,
        )
        return Outcome(lookup=lookup, delay=delay)
