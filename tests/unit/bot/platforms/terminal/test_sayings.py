"""Twenty things that people say lead on the terminal to what the table says."""

import io
from collections.abc import AsyncIterator
from pathlib import Path

from bot.platforms.terminal.adapter import Line, TerminalMessenger
from bot.platforms.terminal.session import Session, terminal_account
from handlers.context import SnapshotReader
from tests.rig import Rig
from tests.sayings import one_talk
from tests.ways_of_typing import expect, expect_question

FIRST = "It was in spring."
WHO = terminal_account("reporter-one")


async def test_what_is_said_on_the_terminal_leads_to_what_the_table_says(rig: Rig) -> None:
    async with rig.house() as house:
        messenger = TerminalMessenger(io.StringIO(), Path())
        snapshots = house.conversations(messenger).snapshots
        await Session(house, messenger, WHO).run(_lines(snapshots))


async def _lines(snapshots: SnapshotReader) -> AsyncIterator[Line]:
    """Type each line when the one before was answered."""
    for line in ("1", FIRST, "/done"):
        yield line
    for step in one_talk(FIRST):
        yield step.typed
        await expect(snapshots, WHO, step.then)
        if step.back:
            yield step.back
            await expect_question(snapshots, WHO, "fate")
