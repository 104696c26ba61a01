"""``holdfast status`` beside the real program on Telegram's double, and what systemd is told."""

import asyncio
import json
import signal
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.platforms.telegram.failures import Failure
from bot.runtime.health.file import NAME, HealthFile
from bot.runtime.health.record import Health
from tests.doubles.telegram.double import Double
from tests.doubles.telegram.faults import Fault
from tests.integration.cli.test_run import STORY, ended, name_telegram, started
from tests.integration.telegram.running import begin
from tests.program import Ran, holdfast
from tests.rig import Rig

SECONDS = 60.0


async def status(rig: Rig) -> Ran:
    """What the operator is told now."""
    return await asyncio.to_thread(
        holdfast, rig.folder, "status", "--config", str(rig.folder / "config.toml")
    )


async def recorded(rig: Rig, holds: Callable[[Health], bool]) -> None:
    """Wait until the bot has recorded that it is so."""
    file = HealthFile(rig.folder / "data")
    async with asyncio.timeout(SECONDS):
        while not ((health := file.read()) and holds(health)):  # noqa: ASYNC110 - a file has no event
            await asyncio.sleep(0.05)


def is_connected(health: Health) -> bool:
    return health.ended is None and health.platforms[0].connected


def is_lost(health: Health) -> bool:
    return bool(health.platforms[0].problem)


async def is_listening(double: Double) -> None:
    """Wait until the bot polls, for as long as a start may take on a busy machine."""
    async with asyncio.timeout(SECONDS):
        while not double.counted["getUpdates"]:  # noqa: ASYNC110 - a counter has no event
            await asyncio.sleep(0.05)


@asynccontextmanager
async def told_of(place: Path) -> AsyncIterator[tuple[Mapping[str, str], list[str]]]:
    """What a program must find in its environment, and what it tells its service manager."""
    messages = list[str]()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(str(place))
        receiver.setblocking(False)

        async def receive() -> None:
            while True:
                message = await asyncio.get_running_loop().sock_recv(receiver, 4096)
                messages.append(message.decode())

        receiving = asyncio.create_task(receive())
        try:
            yield {"NOTIFY_SOCKET": str(place), "WATCHDOG_USEC": "600000"}, messages
        finally:
            receiving.cancel()


async def test_the_operator_is_told_how_it_is_and_that_it_ended(rig: Rig) -> None:
    async with Double() as double:
        name_telegram(rig, double.root, double.token)
        async with started(rig) as process:
            await recorded(rig, is_connected)
            well = await status(rig)
            assert (well.code, well.err) == (0, "")
            assert "  good   telegram: connected, since " in well.out
            assert well.out.endswith("All is well.\n")

            double.faults.add(Fault.ERROR, polls=True)
            await double.person(7_766_554_433).say(STORY)
            await recorded(rig, is_lost)
            wrong = await status(rig)
            assert wrong.code == 1
            assert "  wrong  telegram: not connected, since " in wrong.out
            assert Failure.UNREACHABLE.value in wrong.out
            await ended(process, signal.SIGTERM)
        after = await status(rig)
        assert after.code == 2
        assert "It ended as it was told to at " in after.out


async def test_a_bot_that_was_killed_is_missed_at_once(rig: Rig) -> None:
    async with Double() as double:
        name_telegram(rig, double.root, double.token)
        before = await status(rig)
        assert (before.code, before.err) == (2, "")
        assert "It has never recorded anything here." in before.out
        async with started(rig) as process:
            await recorded(rig, is_connected)
            process.kill()
            await process.wait()
        killed = await status(rig)
        assert killed.code == 2
        assert "It ended without being told to, by a crash or with the machine," in killed.out


async def test_what_is_recorded_names_nobody_and_holds_no_finer_time_than_minutes(
    rig: Rig,
) -> None:
    async with Double() as double:
        name_telegram(rig, double.root, double.token)
        async with started(rig):
            await is_listening(double)
            robin = double.person(7_766_554_433)
            await begin(robin)
            await robin.say(STORY)
            await robin.wait("Saved. Carry on")
            await recorded(rig, is_connected)
            ran = await status(rig)
        [file] = rig.folder.rglob(NAME)
        assert file.stat().st_mode & 0o777 == 0o600
        text = file.read_text()
    secret = (str(robin.id), STORY, double.token, "The Example Choir")
    assert not [word for word in secret if word in text + ran.out]
    values = json.loads(text)
    for moment in (values["started"], values["recorded"], values["upkeep"]):
        assert len(moment) == len("2026-11-29T05:24Z")


async def test_systemd_is_told_that_it_is_ready_lives_and_ends(
    rig: Rig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Double() as double, told_of(tmp_path / "notify") as (environment, messages):
        name_telegram(rig, double.root, double.token)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        async with started(rig) as process:
            async with asyncio.timeout(SECONDS):
                while len(messages) < 4:  # noqa: ASYNC110 - a socket in a task
                    await asyncio.sleep(0.05)
            await ended(process, signal.SIGTERM)
        assert messages[0] == "READY=1"
        assert set(messages[1:-1]) == {"WATCHDOG=1"}
        assert messages[-1] == "STOPPING=1"
