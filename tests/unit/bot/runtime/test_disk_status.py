"""The operator hears once that the disk is full, or nearly, and when it is over."""

import errno
from pathlib import Path

from bot.runtime.disk_space import LOOK_SECONDS, DiskSpace
from bot.runtime.disk_status import FULL, NEARLY_FULL, ROOM, DiskStatus


def test_each_change_is_said_once() -> None:
    now, free, said = 1000.0, 500, list[str]()
    disk = DiskSpace(Path(), 500, lambda: now, lambda _: free)
    status = DiskStatus(disk, said.append)

    def go_on() -> None:
        nonlocal now
        now += LOOK_SECONDS
        for _ in range(3):
            status.report()

    go_on()
    assert said == []
    free = 499
    go_on()
    assert said == [NEARLY_FULL]
    assert disk.failed(OSError(errno.ENOSPC, "no room"))
    go_on()
    assert said == [NEARLY_FULL, FULL]
    disk.succeeded()
    go_on()
    assert said == [NEARLY_FULL, FULL, NEARLY_FULL]
    free = 500
    go_on()
    assert said == [NEARLY_FULL, FULL, NEARLY_FULL, ROOM]


def test_what_is_locked_or_fails_by_itself_is_not_full() -> None:
    said = list[str]()
    status = DiskStatus(DiskSpace(None, 0, lambda: 1000.0), said.append)
    assert status.disk.failed(ConnectionRefusedError())
    assert not status.disk.failed(ValueError())
    status.report()
    assert said == []
