"""Fixtures that every folder shares."""

from pathlib import Path

import pytest

from tests.rig import Rig, make_rig


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """An organisation with three readers and nobody's story."""
    return make_rig(tmp_path)
