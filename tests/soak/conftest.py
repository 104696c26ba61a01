"""The soak: a seed that is printed, and a state file from which an interrupted run goes on.

``SEED=7 make soak`` repeats a run. What has passed under a seed is noted in ``.soak/SEED``, and
the same command leaves it out until that file is deleted.
"""

import os
import secrets
from collections.abc import Generator
from pathlib import Path

import pytest

STATE = Path(__file__).parents[2] / ".soak"
SEED = int(os.environ.get("SEED") or secrets.randbelow(10**6))
STATE_FILE = STATE / str(SEED)
SECONDS = 3600
"""The longest that one test may take."""


def pytest_report_header() -> str:
    """Print how this run is repeated, or gone on with."""
    return f"soak: SEED={SEED}; what has passed is noted in {STATE_FILE}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what has passed under this seed, and give every test its time."""
    passed = set(STATE_FILE.read_text("utf-8").splitlines()) if STATE_FILE.exists() else set()
    items[:] = [item for item in items if item.nodeid not in passed]
    for item in items:
        item.add_marker(pytest.mark.timeout(SECONDS))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note a test that has passed, at once: the run may be interrupted at any time."""
    report = yield
    if report.when == "call" and report.passed:
        STATE.mkdir(exist_ok=True)
        with STATE_FILE.open("a", encoding="utf-8") as out:
            out.write(f"{report.nodeid}\n")
    return report


@pytest.fixture(scope="session")
def seed() -> int:
    """From what chance is drawn in this run."""
    return SEED
