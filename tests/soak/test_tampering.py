"""Change every byte on PostgreSQL that `make test` changes on SQLite."""

import pytest

from tests.integration.test_tampering import PLACES, change_every_blob
from tests.rig import Rig


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
async def test_a_changed_byte_in_any_place_is_refused(rig: Rig) -> None:
    await change_every_blob(rig, PLACES)
