"""Tell systemd that the bot is ready, that it is alive, and that it ends (sd_notify(3)).

A message is one datagram to the socket that ``NOTIFY_SOCKET`` names. Without it nobody is told.
"""

import asyncio
import os
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from bot.runtime.waiting import stopped_within

READY: Final = "READY=1"
ALIVE: Final = "WATCHDOG=1"
STOPPING: Final = "STOPPING=1"

SEND_SECONDS = 1.0
"""How long sending may take: systemd reads its socket all the time."""

MESSAGES_IN_INTERVAL = 3
"""One more than the two that are needed, so that a late one does no harm."""

ABSTRACT = "@"
MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class NotifySocket:
    """The socket on which systemd is told how this program fares."""

    address: str
    """Its path; an abstract one begins with a zero byte."""
    watchdog_seconds: float | None = None
    """systemd ends this program after so long without a sign of life; None: it wants none."""

    def notify(self, state: str) -> None:
        """Send one message; if nobody takes it, that is not the bot's concern."""
        with (
            suppress(OSError),
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender,
        ):
            sender.settimeout(SEND_SECONDS)
            sender.sendto(state.encode(), self.address.encode())


def notify_socket(environment: Mapping[str, str] = os.environ) -> NotifySocket | None:
    """Return the socket that the environment names, or None."""
    address = environment.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", ABSTRACT)):  # vsock addresses are for virtual machines
        return None
    if address.startswith(ABSTRACT):
        address = "\0" + address[1:]
    return NotifySocket(address, _watchdog_seconds(environment))


def _watchdog_seconds(environment: Mapping[str, str]) -> float | None:
    wanted = environment.get("WATCHDOG_USEC", "")
    meant_for = environment.get("WATCHDOG_PID") or str(os.getpid())
    if not wanted.isascii() or not wanted.isdigit() or meant_for != str(os.getpid()):
        return None
    return int(wanted) / MICROSECONDS or None


async def keep_informed(
    systemd: NotifySocket, hangs: Callable[[], bool], stop: asyncio.Event
) -> None:
    """Tell systemd that the bot is ready, then that it lives, and at the end that it stops.

    Signs of life come from the event loop, so a loop that stands still gives none. None is given
    either while ``hangs`` says that something beside it does not go on.
    """
    systemd.notify(READY)
    try:
        if systemd.watchdog_seconds is None:
            await stop.wait()
        else:
            pause = systemd.watchdog_seconds / MESSAGES_IN_INTERVAL
            while not await stopped_within(stop, pause):
                if not hangs():
                    systemd.notify(ALIVE)
    finally:
        systemd.notify(STOPPING)
