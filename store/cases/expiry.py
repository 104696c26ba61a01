"""Expiry: release what was held long enough, end what is over, destroy day keys."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select

from store.cases import staging
from store.cases.earlier_stories import keep_earlier_stories
from store.cases.erasure import erase_case
from store.cases.handovers import overdue, release
from store.cases.permissions import handovers_of, is_kept
from store.db.connection import Connection
from store.db.database import Database
from store.db.lookup import NO_HOUR, ROWS_AT_ONCE
from store.db.schema import DAY_TABLES, case_file, metadata
from store.inbox.key_renewal import renew_key
from store.inbox.watermarks import Watermarks
from store.model.clock import day_of, hour_of, week_of
from store.model.outbox import TextRef
from store.outbox.rows import SAY
from store.readers.notices import notify_readers, request_destruction
from store.repositories import Repositories
from store.steady_clock import record_hour

CASES_AT_ONCE = 50

# Two statements, because each finds its index alone.
_UNKEPT = (case_file.c.draft_exp > NO_HOUR) & (case_file.c.draft_exp <= bindparam("hour"))
_OVER = (
    select(case_file.c.locator).where(_UNKEPT).limit(CASES_AT_ONCE),
    select(case_file.c.locator).where(case_file.c.expire < bindparam("week")).limit(CASES_AT_ONCE),
)
_NAMED = {
    name: select(metadata.tables[name].c.day)
    .where(metadata.tables[name].c.day == bindparam("of"))
    .limit(1)
    for name in DAY_TABLES
}


@dataclass(frozen=True, slots=True)
class Expiry:
    """The upkeep that time causes: it runs at start, and every few minutes after that."""

    database: Database
    repositories: Repositories
    watermarks: Watermarks

    async def run(self, now: datetime) -> bool:
        """Do all that is due. What ended has left the disk when this returns.

        ``now`` is a time that does not jump (``SteadyClock``), and its hour is remembered. Return
        whether hand-overs wait although their hour has come: something that was sent before it may
        still stop them.
        """
        self.repositories.drafts.derived.forget()
        self.repositories.sessions.expire(now)
        while await self._sweep(now):
            pass  # other transactions get their turn between two sweeps
        await self.database.scrub()
        await self._destroy_day_keys(now)
        await renew_key(self.database, self.repositories.inbox, now, at_once=False)
        return bool(await self.database.read(lambda connection: overdue(connection, now)))

    async def _sweep(self, now: datetime) -> bool:
        """Do a part of what is due, in one transaction; return whether there is more."""
        return await self.database.transaction(lambda connection: self._remove(connection, now))

    def _remove(self, connection: Connection, now: datetime) -> bool:
        repositories = self.repositories
        record_hour(connection, now)
        keep_earlier_stories(connection, self.repositories, now)
        self._release(connection, now)
        more = self._end(connection, now) | staging.discard_abandoned(connection, now)
        more |= repositories.commission.remove_departed(connection, now)
        more |= self._end_holds(connection, now)
        for forget in (
            repositories.drafts.forget_expired,
            repositories.processed_messages.forget_old,
            repositories.counters.forget_old,
            repositories.outbox.forget_old,
            repositories.deletable_messages.forget_old,
        ):
            more |= forget(connection, now) == ROWS_AT_ONCE
        repositories.invitations.remove_expired(connection, now)
        return more

    def _release(self, connection: Connection, now: datetime) -> None:
        """Release held hand-overs whose hour has come, also those whose outbox row was lost.

        Nothing is released that a message sent before its hour could still stop.
        """
        platforms, inbox = self.watermarks.platforms, self.repositories.inbox
        for hour, stmts in overdue(connection, now).items():
            if not self.watermarks.passed(hour):
                continue
            if inbox.is_anything_older(connection, platforms, hour):
                continue
            for stmt in stmts:
                readers = release(connection, stmt)
                notify_readers(connection, self.repositories, readers, now)

    def _end_holds(self, connection: Connection, now: datetime) -> bool:
        """Forget who could stop what is released; where a chat has the button for it, wake it.

        Return whether more are left.
        """
        outbox, chats = self.repositories.outbox, self.repositories.deletable_messages
        accounts, more = outbox.forget_due(connection, now)
        for account in accounts:
            if any(messages.hold for messages in chats.of_account(connection, account)):
                outbox.add(connection, account, SAY, TextRef("HOLD_OVER"), now)
        return more

    def _end(self, connection: Connection, now: datetime) -> bool:
        """Erase some cases whose draft or time is over; return whether more are left."""
        more, when = False, {"hour": hour_of(now), "week": week_of(now)}
        for over in _OVER:
            locators = list(connection.execute(over, when).scalars())
            for locator in locators:
                self._say_to_readers(connection, locator, now)
                erase_case(connection, locator)
            more |= len(locators) == CASES_AT_ONCE
        return more

    def _say_to_readers(self, connection: Connection, locator: bytes, now: datetime) -> None:
        """Ask those who hold a kept story to destroy it, as when its reporter erases it.

        Where nothing keeps it, its end is that of the time in which it could be fetched.
        """
        if is_kept(connection, locator):
            stmts = handovers_of(connection, locator)
            request_destruction(connection, self.repositories, stmts, now, "READER_ENDED")

    async def _destroy_day_keys(self, now: datetime) -> None:
        """Destroy the keys of past days that no row names any more.

        The first hour after midnight is spared: a turn that began before it may still be writing.
        """
        recent = day_of(now - timedelta(hours=1))
        past = [day for day in self.repositories.drafts.keyring.live_days() if day < recent]
        unnamed = await self.database.transaction(
            lambda connection: [day for day in past if not _is_named(connection, day)]
        )
        self.repositories.drafts.keyring.destroy_days(frozenset(unnamed))


def _is_named(connection: Connection, day: int) -> bool:
    """Check whether any row still depends on that day's key."""
    for query in _NAMED.values():
        if connection.execute(query, {"of": day}).first() is not None:
            return True
    return False
