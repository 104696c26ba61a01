"""A hardened process, seen from inside; and what it says where nothing is granted."""

import json
import os
import resource
import subprocess
import sys

import pytest

from bot.runtime.logs import FIELDS
from bot.runtime.process_hardening import (
    MCL_CURRENT,
    MCL_FUTURE,
    MCL_ONFAULT,
    PR_SET_DUMPABLE,
    harden,
)

PROGRAM = """
import ctypes, json, os, resource
from bot.runtime.process_hardening import harden
codes = harden()
print(json.dumps({
    "codes": codes,
    "core": resource.getrlimit(resource.RLIMIT_CORE),
    "dumpable": ctypes.CDLL(None).prctl(3) if hasattr(ctypes.CDLL(None), "prctl") else None,
    "umask": os.umask(0),
}))
"""


class Granting:
    """A system that grants everything, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, ...]] = []

    def prctl(self, option: int, value: int, /) -> int:
        self.asked.append((option, value))
        return 0

    def mlockall(self, flags: int, /) -> int:
        self.asked.append((flags,))
        return 0


class Refusing:
    """A system that grants nothing."""

    def prctl(self, option: int, value: int, /) -> int:
        return -1

    def mlockall(self, flags: int, /) -> int:
        return -1


@pytest.fixture(name="limits")
def _limits(monkeypatch: pytest.MonkeyPatch) -> dict[int, tuple[int, int]]:
    """Limits and platform of a Linux that lets them be set, without touching this process."""
    limits: dict[int, tuple[int, int]] = {}
    monkeypatch.setattr(resource, "setrlimit", limits.__setitem__)
    monkeypatch.setattr(os, "umask", lambda mask: limits.__setitem__(-1, (mask, mask)))
    monkeypatch.setattr(sys, "platform", "linux")
    return limits


def test_a_hardened_process_leaves_nothing_behind() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    seen = json.loads(done.stdout)
    assert seen["core"] == [0, 0]
    assert seen["umask"] == 0o077
    assert seen["dumpable"] == (0 if sys.platform == "linux" else None)
    assert set(seen["codes"]) <= {"dumpable", "memory-lock"}


def test_a_granted_request_has_no_code(limits: dict[int, tuple[int, int]]) -> None:
    system = Granting()
    assert harden(system) == ()
    assert system.asked == [(PR_SET_DUMPABLE, 0), (MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT,)]
    assert limits[resource.RLIMIT_CORE] == (0, 0)
    assert limits[-1] == (0o077, 0o077)


def test_each_refused_request_has_a_code(
    limits: dict[int, tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert harden(Refusing()) == ("dumpable", "memory-lock")
    monkeypatch.setattr(resource, "setrlimit", _refuse)
    assert harden(Refusing()) == ("core-size", "dumpable", "memory-lock")


def test_memory_is_not_locked_under_a_finite_limit(
    limits: dict[int, tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resource, "setrlimit", _refuse)
    system = Granting()
    assert "memory-lock" in harden(system)
    assert system.asked == [(PR_SET_DUMPABLE, 0)]


def test_other_systems_are_asked_for_the_common_part_only(
    limits: dict[int, tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    system = Granting()
    assert harden(system) == ("dumpable", "memory-lock")
    assert system.asked == []


@pytest.mark.parametrize("code", ["core-size", "dumpable", "memory-lock"])
def test_every_code_can_be_logged(code: str) -> None:
    assert FIELDS["code"].fullmatch(code)


def _refuse(kind: int, limits: tuple[int, int]) -> None:
    raise ValueError(kind, limits)
