import pytest
from sqlalchemy import select

from store.db.schema import processed_message, quota
from store.model.accounts import Account
from tests.unit.store.organisation import REPORTER, SOMEBODY, Organisation

ACCOUNT = Account("telegram", "123456789", "123456789")
ROOM = Account("matrix", "@one:example.org", "!a-room:example.org")


async def test_the_processed_message_of_the_specification(org: Organisation) -> None:
    messages = org.repositories.processed_messages
    messages.keyring.days[20_780] = b"\x11" * 32
    added = await org.database.transaction(
        lambda connection: messages.add(connection, "telegram", "987654321", org.now)
    )
    assert added
    (row,) = await org.rows(processed_message)
    assert row["id"] == bytes.fromhex("71f7f2c202aef484569f15c874750d68")


async def test_the_counter_of_the_specification(org: Organisation) -> None:
    org.repositories.processed_messages.keyring.days[20_780] = b"\x11" * 32
    await org.stores.recovery.count("takeback", ACCOUNT, org.now)
    (row,) = await org.rows(quota)
    assert row["id"] == bytes.fromhex("fb0ae94a879331e5165519d957397217")


@pytest.fixture
async def heard(org: Organisation) -> Organisation:
    """One message was handled."""
    assert await org.stores.cases.commit(REPORTER, "41", (), (), org.now)
    return org


async def test_a_message_is_handled_once(heard: Organisation) -> None:
    assert await heard.stores.cases.is_processed(REPORTER, "41")
    assert not await heard.stores.cases.commit(REPORTER, "41", (), (), heard.now)
    assert len(await heard.rows(processed_message)) == 1


async def test_another_message_or_platform_is_another(heard: Organisation) -> None:
    assert not await heard.stores.cases.is_processed(REPORTER, "42")
    assert not await heard.stores.cases.is_processed(
        Account("matrix", "reporter", "reporter"), "41"
    )


async def test_message_ids_are_the_platforms_not_the_accounts(heard: Organisation) -> None:
    assert await heard.stores.cases.is_processed(SOMEBODY, "41")


async def test_it_is_remembered_over_midnight_and_for_72_hours(heard: Organisation) -> None:
    await heard.pass_time(hours=72)
    assert await heard.stores.cases.is_processed(REPORTER, "41")
    await heard.pass_time(hours=1)
    assert not await heard.stores.cases.is_processed(REPORTER, "41")
    assert await heard.rows(processed_message) == []


async def test_what_comes_again_after_a_long_stop_is_still_known(org: Organisation) -> None:
    """Killed in the middle of a batch: its cursor was not moved, so all of it comes again."""
    await org.stores.cursors.move("matrix", "before the batch")
    assert await org.stores.cases.commit(ROOM, "$41", (), (), org.now)
    assert await org.stores.cases.commit(REPORTER, "41", (), (), org.now)
    await org.pass_time(hours=300)
    assert await org.stores.cases.is_processed(ROOM, "$41")
    assert not await org.stores.cases.is_processed(
        REPORTER, "41"
    )  # nobody asks for that once more
    await org.stores.cursors.move("matrix", "behind it")
    await org.pass_time(minutes=1)
    assert await org.rows(processed_message) == []


async def test_a_cursor_that_was_passed_does_not_end_a_mark_sooner(org: Organisation) -> None:
    assert await org.stores.cases.commit(ROOM, "$41", (), (), org.now)
    await org.pass_time(hours=72)
    await org.stores.cursors.move("matrix", "behind it")
    assert await org.stores.cases.is_processed(ROOM, "$41")


async def test_a_mark_ends_with_every_draft_if_its_platform_never_comes_back(
    org: Organisation,
) -> None:
    await org.stores.cursors.move("matrix", "before the batch")
    assert await org.stores.cases.commit(ROOM, "$41", (), (), org.now)
    await org.pass_time(hours=336)
    assert await org.stores.cases.is_processed(ROOM, "$41")
    await org.pass_time(hours=1)
    assert await org.rows(processed_message) == []
    assert org.repositories.processed_messages.keyring.live_days() == ()


async def test_a_mark_tells_nothing_without_the_day_key(heard: Organisation) -> None:
    (row,) = await heard.rows(processed_message)
    assert isinstance(row["id"], bytes)
    assert len(row["id"]) == 16
    heard.repositories.processed_messages.keyring.destroy_days(frozenset({20_780}))
    assert not await heard.stores.cases.is_processed(REPORTER, "41")


async def count(org: Organisation, kind: str = "takeback", who: Account = REPORTER) -> int:
    return await org.stores.recovery.count(kind, who, org.now)


async def test_counters_are_of_one_kind_and_one_account(org: Organisation) -> None:
    assert [await count(org) for _ in range(3)] == [1, 2, 3]
    assert await count(org, "case") == 1
    assert await count(org, who=SOMEBODY) == 1
    found = await org.database.read(
        lambda connection: sorted(connection.scalars(select(quota.c.n)))
    )
    assert found == [1, 1, 3]


async def test_counters_end_with_their_day(org: Organisation) -> None:
    await count(org)
    await org.pass_time(hours=14)
    assert await count(org) == 2
    await org.pass_time(hours=1)
    assert await org.rows(quota) == []
    assert await count(org) == 1
