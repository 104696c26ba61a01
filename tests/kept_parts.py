"""What a program started anew in a test need not open or parse anew: it holds nobody's memory.

A restart throws the object graph away, with every session, cache and waiting task in it. The open
database file, the parsed questionnaires and the parsed roster hold no more than their files do,
so they stay as long as these are the same.
"""

import asyncio
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.app import read_flows
from bot.config.values import Config
from bot.publishing.library import FlowLibrary
from bot.roster_file import read_roster
from handlers.permissions.permission import Registry
from handlers.texts.languages import LANGUAGES, Language
from store.db.database import Database
from store.db.postgresql import PostgresqlEngine
from store.db.sqlite import SqliteEngine
from store.readers.roster import Chain

Signature = tuple[Config, tuple[tuple[str, int, int], ...]]

_opened: "list[KeptParts]" = []
_template: list[bytes] = []


@dataclass(eq=False)
class KeptParts:
    """The parts of one organisation's program that outlive its memory."""

    _database: Database | None = None
    _migrated: bool = False
    _loop: asyncio.AbstractEventLoop | None = None
    _library: tuple[Signature, FlowLibrary] | None = None
    _chain: tuple[Signature, Chain] | None = None

    async def database(self, config: Config) -> Database:
        """Give the open database; a new file begins as a copy of an empty migrated one."""
        file, loop = config.store.database, asyncio.get_running_loop()
        new = file is not None and not file.exists()
        if self._database is None or self._loop is not loop or new:
            self.close()
            if new and file is not None:
                file.write_bytes(await empty_database())
            self._database, self._loop = Database(config.store.url), loop
            _opened.append(self)
            if not new and not self._migrated:
                await self._database.migrate()
            await self._database.belongs_to(config.organisation.id)
            self._migrated = True
        return self._database

    async def shut_down(self) -> None:
        """Close the database as the program does at its end: everything is in the one file."""
        database, self._database = self._database, None
        if database is not None:
            await database.close()

    async def hang_up(self) -> None:
        """Close connections to a server, which belong to the event loop that ends now.

        What was under way is rolled back: each failpoint of a life that is over raises.
        """
        if self._database is not None and isinstance(self._database._engine, PostgresqlEngine):
            await self.shut_down()

    def close(self) -> None:
        """Close the file without finishing what was under way, as the end of a process does."""
        database, self._database = self._database, None
        if database is not None:
            abandon(database)

    def library(
        self, config: Config, permissions: Registry, languages: Mapping[str, Language] = LANGUAGES
    ) -> FlowLibrary:
        """Give the published questionnaires, read anew if anything in their folder changed."""
        if self._library is None or self._library[0] != signature(config, config.flow.folder):
            library = read_flows(config, permissions=permissions, languages=languages)
            self._library = signature(config, config.flow.folder), library
        return self._library[1]

    def chain(self, config: Config) -> Chain:
        """Give the roster, read anew if its file changed."""
        now = signature(config, config.roster.file)
        if self._chain is None or self._chain[0] != now:
            self._chain = now, read_roster(config)
        return self._chain[1]


async def shut_down_all() -> None:
    """Close every database that is still open; a server's only can be where it was opened."""
    while _opened:
        await _opened.pop().shut_down()


def close_all() -> None:
    """Close every database that is still open; called at the end of each test."""
    while _opened:
        _opened.pop().close()


def abandon(database: Database) -> None:
    """Close a database's connections without a commit; whatever was open is rolled back."""
    engine = database._engine
    if isinstance(engine, PostgresqlEngine):
        for sessions in (engine._writers, engine._readers):
            for session in sessions._idle:
                assert session.core.sync_connection is not None
                session.core.sync_connection.detach()
                session.driver.terminate()
        return
    assert isinstance(engine, SqliteEngine)
    for thread in (engine._writer, engine._reader):
        if thread._driver is not None:
            thread._driver.stop()
            thread._driver._thread.join()


def signature(config: Config, place: Path) -> Signature:
    """Describe the files in a place so that any change of them shows."""
    files = sorted(place.rglob("*")) if place.is_dir() else [place]
    stats = ((str(file), file.stat()) for file in files if file.is_file())
    return config, tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats)


async def empty_database() -> bytes:
    """Migrate one file for the whole session; returns what is in it."""
    if not _template:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "template.db"
            database = Database(f"sqlite+aiosqlite:///{file}")
            await database.migrate()
            await database.close()
            _template.append(file.read_bytes())
    return _template[0]
