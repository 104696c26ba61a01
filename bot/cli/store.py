"""``holdfast store``: move everything that is kept from one database to another."""

import argparse
import asyncio
import sys
from pathlib import Path

from bot.config.load import read_config
from bot.config.password import read_password
from bot.config.reader import SectionReader
from bot.config.store_section import read_url
from bot.errors import ConfigError, UsageError
from bot.runtime.process_hardening import harden
from store.db.copy import DatabaseCopy, Progress
from store.db.database import Database

CONFIG = ".toml"
PLACES = "an address as in store.url, or a config file that names one"
DONE = """\
Copied and compared: {rows:,} rows. Nothing was changed where they came from.
Now name the new database at store.url of config.toml, see what 'holdfast check' says, and start
the bot: open talks go on. The folders with the keys and with Matrix sessions stay where they are.
Afterwards delete the old database; until then both hold everything.\
"""


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("store", help="move what is kept to another database")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    copy = actions.add_parser("copy", help="copy a whole database; with the bot stopped")
    copy.add_argument("source", metavar="FROM", help=PLACES)
    copy.add_argument("target", metavar="TO", help=f"an empty one: {PLACES}")
    copy.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Copy a database, or finish a copy that was interrupted."""
    harden()
    source, target = database_at("FROM", args.source), database_at("TO", args.target)
    rows = asyncio.run(_copy(source, target))
    print(DONE.format(rows=rows))
    return 0


def database_at(name: str, place: str) -> Database:
    """Open the database of an address or of a config; ``UsageError`` names what is wrong."""
    if place.endswith(CONFIG):
        config = read_config(Path(place))
        return Database(config.store.url, read_password(config.store))
    problems: list[ConfigError] = []
    url = read_url(Path.cwd(), SectionReader("store", {"url": place}, problems))
    for problem in problems:
        raise UsageError(f"{name}: {problem.why}. {problem.cure}")
    return Database(url)


async def _copy(source: Database, target: Database) -> int:
    try:
        await source.verify(thoroughly=True)
        return await DatabaseCopy(source, target, show_progress).run()
    finally:
        await target.close()
        await source.close()


def show_progress(progress: Progress) -> None:
    """Show each table in a line, which a terminal shows while it grows."""
    is_done = progress.done >= progress.rows
    if not sys.stdout.isatty() and not is_done:
        return
    line = f"{progress.step:<9}{progress.table:<19}{progress.done:>11,} of {progress.rows:,}"
    print(f"\r{line}" if sys.stdout.isatty() else line, end="\n" if is_done else "", flush=True)
