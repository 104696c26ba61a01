"""What time does by itself: releases what was held, ends what is over, destroys day keys."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from store import statements as given
from store.clock import day_of, hour_of, minute_of, week_of
from store.connection import Connection
from store.db import Database
from store.notices import tell_readers
from store.schema import DAY_TABLES, case, draft, join, metadata
from store.shelf import Shelf
from store.turn import erase_case


@dataclass(frozen=True, slots=True)
class Upkeep:
    """Run at start, and every few minutes while the program runs."""

    database: Database
    shelf: Shelf

    async def run(self, now: datetime) -> None:
        """All that is due. What ended has left the disk when it returns."""
        async with self.database.turn() as connection:
            await self._release(connection, now)
            await self._end(connection, now)
            await self.shelf.commission.part(connection, now)
            await self.shelf.marks.forget_old(connection, now)
            await self.shelf.outbox.forget_old(connection, now)
            await connection.execute(delete(join).where(join.c.exp_minute < minute_of(now)))
        await self.database.scrub()
        await self._destroy_day_keys(now)

    async def _release(self, connection: Connection, now: datetime) -> None:
        """Held hand-overs whose hour has come; found by their own hour if their row was lost."""
        for stmt in await given.overdue(connection, now):
            readers = await given.release(connection, stmt)
            await tell_readers(connection, self.shelf, readers, now)
        await self.shelf.outbox.forget_due(connection, now)

    async def _end(self, connection: Connection, now: datetime) -> None:
        """Drafts nobody came back to, and cases whose time is over."""
        hour = hour_of(now)
        unkept = (case.c.draft_exp != 0) & (case.c.draft_exp <= hour)
        over = select(case.c.locator).where(unkept | (case.c.expire < week_of(now)))
        for locator in list((await connection.execute(over)).scalars()):
            await erase_case(connection, locator)
        await connection.execute(delete(draft).where(draft.c.exp_hour <= hour))

    async def _destroy_day_keys(self, now: datetime) -> None:
        """A past day's key goes as soon as no row can name it.

        Not in the first hour after midnight: a turn that began before it may still be writing.
        """
        async with self.database.look() as connection:
            named = {
                day
                for name in DAY_TABLES
                for day in await connection.scalars(select(metadata.tables[name].c.day).distinct())
            }
        recent = day_of(now - timedelta(hours=1))
        past = {day for day in self.shelf.drafts.keyring.live_days() if day < recent}
        self.shelf.drafts.keyring.destroy_days(frozenset(past - named))
