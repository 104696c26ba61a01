"""The bot on Telegram and on Matrix in one process, as ``holdfast run`` puts them side by side."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.app import Application
from bot.platforms.base import PlatformAdapter
from bot.platforms.matrix.account import MatrixAccount
from bot.platforms.matrix.adapter import make_matrix_adapter
from bot.platforms.matrix.connection import MatrixConnection
from bot.platforms.telegram.adapter import (
    BotApiEndpoint,
    TelegramConnection,
    make_telegram_adapter,
)
from bot.runtime.supervisor import serve
from store.model.accounts import Account
from tests.doubles.matrix.synapse import Credentials
from tests.doubles.telegram.double import Double
from tests.integration.matrix.running import QUIET, SECONDS, SOON
from tests.rig import Rig

UPKEEP = 30.0


@dataclass
class Both:
    """A bot that runs beside the test; ``id`` is its user id on Matrix."""

    rig: Rig
    house: Application
    account: Credentials
    telegram: PlatformAdapter[TelegramConnection]
    matrix: PlatformAdapter[MatrixConnection]
    said: list[str]
    """What the operator was told."""
    task: "asyncio.Task[None]" = field(repr=False)

    @property
    def id(self) -> str:
        return self.account.user_id

    async def until(self, holds: Callable[[], bool], seconds: float = SECONDS) -> None:
        """Until it is so."""
        async with asyncio.timeout(seconds):
            while not holds():  # noqa: ASYNC110 - what it is about has no event
                await asyncio.sleep(0.02)

    async def told(self, who: Account) -> list[str]:
        """What is sealed of somebody's talk."""
        found = await self.house.stores.cases.snapshot(who, self.rig.clock(), pieces=True)
        return [p.text for p in found.pieces]


def lay_out(rig: Rig, double: Double, account: Credentials) -> None:
    """What the bot proves itself by."""
    (rig.folder / "token").write_text(double.token)
    (rig.folder / "password").write_text(account.password)


@asynccontextmanager
async def both(
    rig: Rig,
    double: Double,
    homeserver: str,
    account: Credentials,
) -> AsyncIterator[Both]:
    """Start it, and do not wait: a platform may be down. At the end it is stopped."""
    token_file, password_file = rig.folder / "token", rig.folder / "password"
    said: list[str] = []
    async with rig.house() as house:
        stop = asyncio.Event()
        folder = rig.folder / "data" / "matrix"
        there = BotApiEndpoint(double.root, token_file)
        here = MatrixAccount(homeserver, account.user_id, password_file, "Holdfast", folder)
        telegram = make_telegram_adapter(house, there, said.append, stop, QUIET)
        matrix = make_matrix_adapter(house, here, said.append, stop, QUIET, SOON)
        running = asyncio.create_task(
            serve(house, [telegram, matrix], stop, said.append, UPKEEP), name="both"
        )
        try:
            yield Both(rig, house, account, telegram, matrix, said, running)
            stop.set()
            await asyncio.wait_for(running, 8)
        finally:
            running.cancel()
            await asyncio.wait([running])
