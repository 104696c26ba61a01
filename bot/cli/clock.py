"""``holdfast clock``: see whether the machine's clock is believed, and confirm it."""

import argparse
import asyncio
from datetime import datetime
from pathlib import Path

from bot.config.load import read_config
from bot.config.password import read_password
from bot.errors import FolderError
from bot.runtime.clock import system_clock
from bot.runtime.clock_status import MINUTE, doubt_of
from bot.runtime.process_hardening import harden
from store.db.database import Database
from store.steady_clock import LatestHour, confirm_clock, latest_hour

NOT_BELIEVED = 1
UNKNOWN = "Nothing was remembered yet: the first start of the bot believes the machine's clock."
FITS = (
    "The machine's clock says {clock}. That fits what the bot has last seen, and it is believed."
)
CONFIRMED = (
    "Confirmed: it is {clock}. A bot that runs takes this up within a minute, and does what has "
    "become due. Hand-overs that were held are released half an hour after their platforms are "
    "heard, unless their reporters stop them."
)


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    about = "say whether the machine's clock is believed, or confirm it"
    parser = commands.add_parser("clock", help=about, description=about)
    parser.add_argument("--config", required=True, type=Path, metavar="FILE")
    confirm = "the clock is right: do what has become due by it"
    parser.add_argument("--confirm", action="store_true", help=confirm)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Return 0 if the clock is believed, 1 if it is not."""
    harden()
    config = read_config(args.config)
    database = Database(config.store.url, read_password(config.store))
    if not database.exists():
        raise FolderError("There is no database yet, and no time to confirm: start the bot first.")
    return asyncio.run(_confirm(database) if args.confirm else _show(database))


async def _show(database: Database) -> int:
    now = system_clock()
    try:
        latest = await database.look(latest_hour)
    finally:
        await database.close()
    print(describe(latest, now))
    return 0 if latest is None or latest.fits(now) else NOT_BELIEVED


def describe(latest: LatestHour | None, now: datetime) -> str:
    """Say whether the clock fits what was remembered, and what to do."""
    if latest is None:
        return UNKNOWN
    fits = FITS.format(clock=now.strftime(MINUTE))
    return fits if latest.fits(now) else doubt_of(now, latest.begins)


async def _confirm(database: Database) -> int:
    now = system_clock()
    try:
        await database.transaction(lambda connection: confirm_clock(connection, now))
    finally:
        await database.close()
    print(CONFIRMED.format(clock=now.strftime(MINUTE)))
    return 0
