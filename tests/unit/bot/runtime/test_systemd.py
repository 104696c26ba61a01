"""What systemd is told, over a real socket: with a path, and abstract."""

import asyncio
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from bot.runtime.systemd import NotifySocket, keep_informed, notify_socket

KINDS = ("path", "abstract")


@pytest.fixture(name="socket_name", params=KINDS)
def _socket_name(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """As it stands in the environment."""
    return "@" + secrets.token_hex(8) if request.param == "abstract" else str(tmp_path / "notify")


@pytest.fixture(name="manager_socket")
def _manager_socket(socket_name: str) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(socket_name.replace("@", "\0") if socket_name[0] == "@" else socket_name)
        receiver.setblocking(False)
        yield receiver


def received(receiver: socket.socket) -> list[str]:
    messages = []
    with suppress(BlockingIOError):
        while True:
            messages.append(receiver.recv(4096).decode())
    return messages


def named(socket_name: str, **more: str) -> NotifySocket:
    manager = notify_socket({"NOTIFY_SOCKET": socket_name, **more})
    assert manager is not None
    return manager


async def until(receiver: socket.socket, seen: list[str], count: int) -> None:
    """Receive until there are so many messages in all."""
    async with asyncio.timeout(5):
        while len(seen) < count:
            data = await asyncio.get_running_loop().sock_recv(receiver, 4096)
            seen.append(data.decode())


async def test_it_is_told_that_the_bot_is_ready_lives_and_stops(
    manager_socket: socket.socket, socket_name: str
) -> None:
    stop, seen = asyncio.Event(), list[str]()
    manager = named(socket_name, WATCHDOG_USEC="60000")
    began = asyncio.get_running_loop().time()
    informing = asyncio.create_task(keep_informed(manager, lambda: False, stop))
    await until(manager_socket, seen, 5)
    assert asyncio.get_running_loop().time() - began >= 4 * 0.06 / 3 - 0.01
    stop.set()
    await asyncio.wait_for(informing, 2)
    seen += received(manager_socket)
    assert seen[0] == "READY=1"
    assert seen[-1] == "STOPPING=1"
    assert set(seen[1:-1]) == {"WATCHDOG=1"}


async def test_it_is_told_twice_in_an_interval_at_least(socket_name: str) -> None:
    pauses: list[float] = []

    async def note(_stop: asyncio.Event, seconds: float) -> bool:
        pauses.append(seconds)
        return len(pauses) > 2

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.runtime.systemd.stopped_within", note)
        manager = named(socket_name, WATCHDOG_USEC="120000000", WATCHDOG_PID=str(os.getpid()))
        await keep_informed(manager, lambda: False, asyncio.Event())
    assert pauses == [40] * 3


async def test_no_sign_of_life_while_something_hangs(
    manager_socket: socket.socket, socket_name: str
) -> None:
    asked, stop = asyncio.Event(), asyncio.Event()

    def hangs() -> bool:
        asked.set()
        return True

    manager = named(socket_name, WATCHDOG_USEC="30000")
    informing = asyncio.create_task(keep_informed(manager, hangs, stop))
    await asyncio.wait_for(asked.wait(), 5)
    stop.set()
    await asyncio.wait_for(informing, 2)
    assert received(manager_socket) == ["READY=1", "STOPPING=1"]


async def test_a_manager_without_a_watchdog_gets_no_signs_of_life(
    manager_socket: socket.socket, socket_name: str
) -> None:
    for more in ({}, {"WATCHDOG_USEC": "30000", "WATCHDOG_PID": "1"}, {"WATCHDOG_USEC": "soon"}):
        stop = asyncio.Event()
        informing = asyncio.create_task(
            keep_informed(named(socket_name, **more), lambda: False, stop)
        )
        await asyncio.sleep(0.05)
        stop.set()
        await informing
        assert received(manager_socket) == ["READY=1", "STOPPING=1"]


async def test_the_end_is_told_also_if_the_bot_ends_by_an_error(
    manager_socket: socket.socket, socket_name: str
) -> None:
    informing = asyncio.create_task(
        keep_informed(named(socket_name), lambda: False, asyncio.Event())
    )
    await asyncio.sleep(0)
    informing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await informing
    assert received(manager_socket) == ["READY=1", "STOPPING=1"]


@pytest.mark.parametrize("address", ["", "relative", "vsock:2:1234"])
def test_without_a_socket_there_is_no_manager(address: str) -> None:
    assert notify_socket({"NOTIFY_SOCKET": address}) is None
    assert notify_socket({}) is None


def test_a_manager_that_is_gone_is_no_concern_of_the_bot(tmp_path: Path) -> None:
    named(str(tmp_path / "nobody")).notify("READY=1")
