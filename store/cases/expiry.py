"""Expiry: release what was held long enough, end what is over, destroy day keys."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select

from store.cases.erasure import erase_case
from store.cases.handovers import overdue, release
from store.db.connection import Connection
from store.db.database import Database
from store.db.lookup import NO_HOUR, ROWS_AT_ONCE
from store.db.schema import DAY_TABLES, case_file, metadata
from store.model.clock import day_of, hour_of, week_of
from store.readers.notices import notify_readers
from store.repositories import Repositories

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

    async def run(self, now: datetime) -> None:
        """Do all that is due. What ended has left the disk when this returns."""
        self.repositories.drafts.derived.forget()
        self.repositories.sessions.expire(now)  # nobody may look at them for hours
        while await self._sweep(now):
            pass  # other transactions get their turn between two sweeps
        await self.database.scrub()
        await self._destroy_day_keys(now)

    async def _sweep(self, now: datetime) -> bool:
        """Do a part of what is due, in one transaction; return whether there is more."""
        repositories = self.repositories
        async with self.database.transaction(in_thread=True) as connection:
            await self._release(connection, now)
            more = await self._end(connection, now)
            await repositories.commission.remove_departed(connection, now)
            for forget in (
                repositories.drafts.forget_expired,
                repositories.processed_messages.forget_old,
                repositories.counters.forget_old,
                repositories.outbox.forget_due,
                repositories.outbox.forget_old,
                repositories.deletable_messages.forget_old,
            ):
                more |= await forget(connection, now) == ROWS_AT_ONCE
            await repositories.invitations.remove_expired(connection, now)
        return more

    async def _release(self, connection: Connection, now: datetime) -> None:
        """Release held hand-overs whose hour has come, also those whose outbox row was lost."""
        for stmt in await overdue(connection, now):
            readers = await release(connection, stmt)
            await notify_readers(connection, self.repositories, readers, now)

    async def _end(self, connection: Connection, now: datetime) -> bool:
        """Erase some cases whose draft or time is over; return whether more are left."""
        more, when = False, {"hour": hour_of(now), "week": week_of(now)}
        for over in _OVER:
            locators = list((await connection.execute(over, when)).scalars())
            for locator in locators:
                await erase_case(connection, locator)
            more |= len(locators) == CASES_AT_ONCE
        return more

    async def _destroy_day_keys(self, now: datetime) -> None:
        """Destroy the keys of past days that no row names any more.

        The first hour after midnight is spared: a turn that began before it may still be writing.
        """
        recent = day_of(now - timedelta(hours=1))
        past = [day for day in self.repositories.drafts.keyring.live_days() if day < recent]
        async with self.database.transaction(in_thread=True) as connection:
            unnamed = [day for day in past if not await _is_named(connection, day)]
        self.repositories.drafts.keyring.destroy_days(frozenset(unnamed))


async def _is_named(connection: Connection, day: int) -> bool:
    """Check whether any row still depends on that day's key."""
    for query in _NAMED.values():
        if (await connection.execute(query, {"of": day})).first() is not None:
            return True
    return False
