"""Counters of what an account tried today."""

from tests.unit.store.organisation import REPORTER, SOMEBODY, Organisation


async def test_each_account_is_counted_by_itself_and_by_day(org: Organisation) -> None:
    recovery, counters = org.stores.recovery, org.repositories.counters
    assert [await recovery.count("try", REPORTER, org.now) for _ in range(3)] == [1, 2, 3]
    assert await recovery.count("try", SOMEBODY, org.now) == 1
    read = [
        await org.database.read(lambda c, who=who: counters.read(c, "try", who, org.now))  # type: ignore[misc]
        for who in (REPORTER, SOMEBODY)
    ]
    assert read == [3, 1]
    await org.pass_time(days=1)
    assert await recovery.count("try", REPORTER, org.now) == 1


async def test_looking_makes_no_day_key(org: Organisation) -> None:
    await org.snapshot()
    assert org.repositories.drafts.keyring.live_days() == ()
