"""A start does what is needed for it, and nothing whose cost grows with what is kept."""

import asyncio
import re
from pathlib import Path

from tests.doubles.telegram.double import Double
from tests.integration.cli.test_run import name_telegram
from tests.program import HOLDFAST, environment
from tests.rig import Rig
from tests.unit.store.statements import executed_statements, scanned

NOT_NEEDED = {"nio", "peewee", "vodozemac", "alembic", "asyncpg", "sqlalchemy.ext"}
"""What a bot on Telegram with its data in a file does not wait for."""

IMPORTED = re.compile(r"^import time:[^|]*\|[^|]*\| *(\S+)$", re.MULTILINE)
SMALL = {"house", "roster", "member_link", "reader_invitation", "outbox"}
"""As many as there are readers and rosters, or what waits to be sent."""


async def start_until_it_listens(rig: Rig, said: Path) -> None:
    """Start the bot on Telegram, and kill it when it is ready; it says what it imports."""
    async with Double() as double:
        name_telegram(rig, double.root, double.token)
        with said.open("wb") as errors:
            process = await asyncio.create_subprocess_exec(
                *(*HOLDFAST, "run", "--config", rig.folder / "config.toml"),
                stderr=errors,
                env=environment(rig.folder, PYTHONPROFILEIMPORTTIME="1"),
            )
        try:
            while not double.counted["getUpdates"]:
                assert process.returncode is None
                await asyncio.sleep(0.05)
        finally:
            process.kill()
            await process.wait()


async def test_a_bot_on_telegram_does_not_wait_for_what_others_need(
    rig: Rig, tmp_path: Path
) -> None:
    async with rig.house():
        pass  # makes the database, so that no migration is missing
    await rig.kept.shut_down()
    said = tmp_path / "said.txt"
    await start_until_it_listens(rig, said)
    modules = {*IMPORTED.findall(await asyncio.to_thread(said.read_text, "utf-8"))}
    assert {"telegram", "aiosqlite"} <= modules
    assert not modules & NOT_NEEDED


async def test_no_statement_of_a_start_goes_through_a_table_that_grows(rig: Rig) -> None:
    await rig.tell("It began in the spring.")
    await rig.share("Ash", keep=True, now=True)
    database = rig.config.store.database
    assert database is not None
    with executed_statements() as executed:
        async with rig.house() as application:
            conversations = application.conversations(rig.screen)
            await conversations.send_queues.wake_all()
            await conversations.cleaner.find_ageing()
            await conversations.send_queues.stop(1)
    assert len(executed) > len(SMALL)
    assert scanned(database, executed) <= SMALL
