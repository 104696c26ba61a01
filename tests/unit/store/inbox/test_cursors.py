from pathlib import Path

import pytest
from sqlalchemy import update

from store.crypto.keyring import Keyring
from store.db.schema import cursor
from store.inbox.cursors import CursorRepository
from store.model.errors import Tampered
from tests.unit.store.organisation import Organisation, organisation

TOKEN = "s72594_4483_1934"


def test_the_value_of_the_specification() -> None:
    keyring = Keyring(Path("nowhere"), lambda size: b"\x44" * size, {"link": b"\xdd" * 32})
    sealed = CursorRepository(keyring).seal_value("matrix", TOKEN)
    assert len(sealed) == 12 + len(TOKEN) + 16
    assert sealed.hex() == (
        "4444444444444444444444444f72de59c45aa06922788559cfe4f6fabd85386a2e1dfe37bdde172312b29506"
    )


async def test_nothing_was_heard_yet(org: Organisation) -> None:
    assert await org.stores.cursors.position("matrix") is None


async def test_the_place_is_there_after_a_restart(org: Organisation) -> None:
    await org.stores.cursors.move("matrix", "an earlier one")
    await org.stores.cursors.move("matrix", TOKEN)
    await org.database.close()
    async with organisation(org.folder) as later:
        assert await later.stores.cursors.position("matrix") == TOKEN
        assert len(await later.rows(cursor)) == 1


async def test_each_platform_has_its_own(org: Organisation) -> None:
    for platform, place in (("matrix", TOKEN), ("telegram", "42"), ("matrix", "s2")):
        await org.stores.cursors.move(platform, place)
    assert await org.stores.cursors.position("matrix") == "s2"
    assert await org.stores.cursors.position("telegram") == "42"
    assert await org.stores.cursors.position("terminal") is None


async def test_a_place_outlives_the_days(org: Organisation) -> None:
    await org.stores.cursors.move("matrix", TOKEN)
    await org.pass_time(days=40)
    assert await org.stores.cursors.position("matrix") == TOKEN


async def test_where_nothing_came_nothing_is_written_for_an_hour(org: Organisation) -> None:
    await org.stores.cursors.move("matrix", TOKEN)
    before = await org.rows(cursor)
    await org.stores.cursors.move("matrix", TOKEN)
    assert await org.rows(cursor) == before
    await org.pass_time(hours=1)
    await org.stores.cursors.move("matrix", TOKEN)
    (row,) = await org.rows(cursor)
    assert row["hour"] == int(org.now.timestamp()) // 3600
    assert row["value"] != before[0]["value"]


async def test_the_disk_does_not_show_it(org: Organisation) -> None:
    await org.stores.cursors.move("matrix", TOKEN)
    assert TOKEN.encode() not in await org.written()


# --- what does not open is not taken for a beginning


@pytest.mark.parametrize("value", [b"", bytes(11), bytes(44)])
async def test_a_changed_place_is_refused(org: Organisation, value: bytes) -> None:
    await org.stores.cursors.move("matrix", TOKEN)
    await org.database.transaction(
        lambda connection: connection.execute(update(cursor).values(value=value))
    )
    with pytest.raises(Tampered):
        await org.stores.cursors.position("matrix")


async def test_the_place_of_another_platform_is_refused(org: Organisation) -> None:
    await org.stores.cursors.move("matrix", TOKEN)
    await org.database.transaction(
        lambda connection: connection.execute(update(cursor).values(platform="telegram"))
    )
    with pytest.raises(Tampered):
        await org.stores.cursors.position("telegram")


async def test_another_keyring_does_not_open_it(org: Organisation) -> None:
    await org.stores.cursors.move("matrix", TOKEN)
    org.repositories.cursors.keyring.bot["link"] = bytes(32)
    with pytest.raises(Tampered):
        await org.stores.cursors.position("matrix")
