"""Fixtures for every folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.doubles.matrix.fixtures import own_synapse, synapse
from tests.kept_parts import close_all
from tests.rig import Rig, make_rig

__all__ = ["own_synapse", "synapse"]

# The same examples on every machine, and no deadline: the cores are shared, and a slow moment is
# no fault of a law.
settings.register_profile("holdfast", derandomize=True, deadline=None)
settings.load_profile("holdfast")


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """An organisation with three readers and nobody's story."""
    return make_rig(tmp_path)


@pytest.fixture(autouse=True)
def _databases_are_closed() -> Iterator[None]:
    """Close what rigs left open, so that no file outlives its test's folder."""
    yield
    close_all()


@pytest.fixture(autouse=True)
def _retry_after_is_a_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    # python-telegram-bot warns whoever reads it as a number.
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
