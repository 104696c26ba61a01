"""``holdfast status``: say how the bot is that runs, a line for each part."""

import argparse
import asyncio
from collections.abc import Sequence
from pathlib import Path

from bot.config.load import OptionalSections, read_config
from bot.config.password import read_password
from bot.config.values import Config
from bot.console import printable
from bot.errors import ConfigProblems, HoldfastError
from bot.platforms.registry import PLATFORMS
from bot.runtime.clock import system_clock
from bot.runtime.disk_space import MIB, free_bytes
from bot.runtime.health.file import HealthFile, health_file
from bot.runtime.health.record import Health, HealthUnreadable
from bot.runtime.health.report import (
    Finding,
    Running,
    Verdict,
    bot_finding,
    clock_finding,
    disk_finding,
    exit_code,
    is_running,
    platform_findings,
    upkeep_finding,
    waiting_finding,
)
from bot.runtime.process_hardening import harden
from store.db.database import Database, is_current
from store.model.errors import StoreError
from store.steady_clock import latest_hour

DATABASE_SECONDS = 10.0

CANNOT_TELL = 2
ENDINGS = {
    0: "All is well.",
    1: "Something needs you: the lines that begin with 'wrong' say what.",
    2: "It cannot be told that all is well.",
}
NOT_RUNNING = "The bot does not run."


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    about = "say how the running bot is: 0 well, 1 needs you, 2 not running or unknown"
    parser = commands.add_parser("status", help=about, description=f"{about} (the exit code).")
    parser.add_argument("--config", required=True, type=Path, metavar="FILE")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print a line for each part, and return 0 if all is well, 1 or 2 if not."""
    harden()
    problems: list[Finding] = []
    try:
        config = read_config(args.config, _optional_sections(problems))
    except HoldfastError as error:
        problems += _lines("config", str(error))
        _print(problems)
        print(ENDINGS[CANNOT_TELL])
        return CANNOT_TELL
    running, findings = _look(config, health_file(config, args.config))
    findings = (*problems, *findings)
    _print(findings)
    code = exit_code(running, findings)
    print(NOT_RUNNING if running is Running.NO else ENDINGS[code])
    return code


def _optional_sections(problems: list[Finding]) -> OptionalSections:
    """Note what is wrong with a platform that the bot leaves out."""

    def note(wrong: ConfigProblems) -> None:
        problems.extend(_lines("config", str(wrong)))

    return OptionalSections(frozenset(platform.name for platform in PLATFORMS), note)


def _lines(part: str, text: str) -> list[Finding]:
    return [Finding(part, Verdict.WRONG, line) for line in text.splitlines()]


def _look(config: Config, file: HealthFile) -> tuple[Running, tuple[Finding, ...]]:
    now = system_clock()
    held = file.is_held()
    health, unreadable = _read(file)
    running = is_running(health, now, held=held)
    bot = bot_finding(running, health, now)
    findings = (
        unreadable or bot,
        *platform_findings(config.platforms, health, running, now),
        *([waiting_finding(health.waiting, running, now)] if health else []),
        upkeep_finding(health, running, now),
        _disk(config),
        *asyncio.run(_database(config, running)),
    )
    return running, findings


def _read(file: HealthFile) -> tuple[Health | None, Finding | None]:
    """Return what the bot recorded, or say why that cannot be read."""
    try:
        return file.read(), None
    except HealthUnreadable:
        text = (
            f"{file.path} is damaged, or of a later version of the program. The bot writes it "
            "anew each minute while it runs: ask again then."
        )
    except OSError as error:
        text = (
            f"{file.path} cannot be read ({type(error).__name__}). Ask as the user that the bot "
            "runs as."
        )
    return None, Finding("bot", Verdict.UNSURE, text)


def _disk(config: Config) -> Finding:
    folder = config.store.database.parent if config.store.database else config.store.folder
    try:
        free = free_bytes(folder)
    except OSError:
        free = None
    return disk_finding(str(folder), free, config.limits.free_disk_mib * MIB)


async def _database(config: Config, running: Running) -> tuple[Finding, ...]:
    """Read from the database, without changing anything in it."""
    try:
        database = Database(config.store.url, read_password(config.store))
    except (StoreError, HoldfastError) as error:
        return (Finding("database", Verdict.WRONG, str(error)),)
    try:
        found = await _looked_into(database)
        if found.verdict is not Verdict.GOOD:
            return (found,)
        latest = await database.look(latest_hour)
        return found, clock_finding(latest, running, system_clock())
    finally:
        await database.close()


async def _looked_into(database: Database) -> Finding:
    if not database.exists():
        text = "there is none yet. The first start of the bot makes it."
        return Finding("database", Verdict.WRONG, text)
    try:
        async with asyncio.timeout(DATABASE_SECONDS):
            current = await database.look(is_current)
    except TimeoutError:
        text = f"it gave no answer in {DATABASE_SECONDS:.0f} seconds. Look at its server and disk."
        return Finding("database", Verdict.WRONG, text)
    except StoreError as error:
        return Finding("database", Verdict.WRONG, str(error))
    if not current:
        text = (
            "it answers, and is of another version than this program. Stop the bot, and see what "
            "'holdfast check' says."
        )
        return Finding("database", Verdict.WRONG, text)
    return Finding("database", Verdict.GOOD, "it answers")


def _print(findings: Sequence[Finding]) -> None:
    for finding in findings:
        print(printable(f"  {finding.verdict:<7}{finding.part}: {finding.text}"))
