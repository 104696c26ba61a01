"""An organisation on PostgreSQL: founded there, or moved there as an operator moves it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from store.db.copy import DatabaseCopy
from store.db.database import Database
from tests.databases import migrated
from tests.doubles.postgresql import Postgresql
from tests.rig import Rig


@asynccontextmanager
async def kept_on(server: Postgresql, rig: Rig) -> AsyncIterator[None]:
    """Keep an organisation that has not begun in an empty database, as long as this lasts."""
    async with migrated(server) as name:
        use(rig, server.url(name))
        try:
            yield
        finally:
            await rig.kept.shut_down()


@asynccontextmanager
async def moved_to(server: Postgresql, rig: Rig) -> AsyncIterator[None]:
    """Copy everything there, and let the program go on there."""
    async with migrated(server) as name:
        await rig.rows()  # brings an earlier version's database up to date
        await rig.kept.shut_down()
        source, target = Database(rig.config.store.url), Database(server.url(name))
        try:
            await DatabaseCopy(source, target, lambda _: None).run()
        finally:
            await target.close()
            await source.close()
        use(rig, server.url(name))
        try:
            yield
        finally:
            await rig.kept.shut_down()


def use(rig: Rig, url: str) -> None:
    """Let the program use another database from its next start on."""
    rig.config = replace(rig.config, store=replace(rig.config.store, url=url))
