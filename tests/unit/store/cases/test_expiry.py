import pytest

from store.cases.expiry import CASES_AT_ONCE
from store.db.connection import Connection
from store.db.schema import (
    DAY_TABLES,
    EARLIER_STORIES,
    case_file,
    delivery,
    draft,
    installation,
    outbox,
    processed_message,
    quota,
    reader_invitation,
)
from store.model.accounts import Account
from store.model.changes import BeginCase, EndDraft, EraseItems, KeepLonger, SaveDraft
from store.model.clock import week_of
from store.model.errors import NotPermitted
from store.model.failpoint import installed
from store.model.outbox import TextRef
from store.model.turn import Decision
from tests.unit.store.event_loop import does_not_hold_the_loop
from tests.unit.store.organisation import (
    DRAFT,
    OAK_ID,
    REPORTER,
    YEW_ID,
    Organisation,
    keep,
    make_repositories,
    named,
    organisation,
)
from tests.unit.store.people import OAK, YEW
from tests.unit.store.statements import executed_statements, scanned

TODAY = 20_780


def days(org: Organisation) -> tuple[int, ...]:
    return org.repositories.drafts.keyring.live_days()


# --- releasing


async def test_what_is_held_is_released_at_its_hour(org: Organisation) -> None:
    await org.share(keep(), named(OAK_ID, YEW_ID), hold=12)
    (row, _) = await org.rows(delivery)
    await org.pass_time(hours=12)
    assert await org.inbox(OAK) == {}
    await org.pass_time(minutes=30)
    assert list((await org.inbox(OAK)).values()) == [False]
    assert (await org.read(YEW)).text == "The report."
    assert {r["due"] for r in await org.rows(delivery)} == {0}
    assert {r["id"] for r in await org.rows(delivery)} >= {row["id"]}
    assert await org.rows(outbox) == []


async def test_it_is_released_even_if_its_outbox_row_was_lost(org: Organisation) -> None:
    await org.share(keep(), named(OAK_ID), hold=12)
    await org.database.transaction(lambda connection: connection.execute(outbox.delete()))
    await org.pass_time(hours=13)
    assert len(await org.inbox(OAK)) == 1


async def test_it_is_released_even_if_every_day_key_was_lost(org: Organisation) -> None:
    await org.share(keep(), named(OAK_ID), hold=12)
    (org.folder / "keyring" / "draft.keys").unlink()
    async with organisation(org.folder) as again:
        again.now = org.now
        await again.pass_time(hours=13)
        assert len(await again.inbox(OAK)) == 1
        assert await again.rows(outbox) == []


async def test_it_is_released_late_if_nothing_ran_meanwhile(org: Organisation) -> None:
    await org.share(keep(), named(OAK_ID), hold=12)
    await org.pass_time(days=3)
    assert len(await org.inbox(OAK)) == 1


async def test_doing_what_is_due_twice_changes_nothing(org: Organisation) -> None:
    await org.share(keep(), named(OAK_ID), hold=12)
    await org.pass_time(hours=13)
    before = await org.rows(delivery)
    await org.pass_time()
    assert await org.rows(delivery) == before


# --- ending


async def test_an_unanswered_draft_ends_with_its_case(org: Organisation) -> None:
    await org.tell()
    await org.pass_time(hours=167)
    assert (await org.snapshot()).draft is not None
    await org.pass_time(hours=1)
    assert not (await org.counted()).keys() - {"house"}


async def test_a_kept_case_ends_after_its_years(org: Organisation) -> None:
    await org.share(keep())
    await org.commit(EndDraft())
    await org.pass_time(days=5 * 365 + 8)
    assert len(await org.rows(case_file)) == 1
    await org.pass_time(days=1)  # a month is over
    assert not (await org.counted()).keys() - {"house"}


async def test_what_ended_has_left_the_disk(org: Organisation) -> None:
    await org.tell()
    traces = [(await org.rows(draft))[0]["wrap"], (await org.rows(case_file))[0]["locator"]]
    await org.pass_time(days=7)
    for trace in traces:
        assert isinstance(trace, bytes)
        assert trace not in await org.written()


# --- marks, counters, joining, sending


async def test_marks_stay_for_72_hours_and_counters_for_their_day(org: Organisation) -> None:
    await org.commit(says=[])
    await org.stores.recovery.count("join", REPORTER, org.now)
    await org.pass_time(hours=20)
    assert await org.rows(quota) == []
    await org.pass_time(hours=52)
    assert len(await org.rows(processed_message)) == 1
    await org.pass_time(hours=1)
    assert await org.rows(processed_message) == []


async def test_an_invitation_ends_after_ten_minutes(org: Organisation) -> None:
    await org.stores.readers.invite(Account("terminal", "oak", "oak"), org.member(OAK), org.now)
    await org.pass_time(minutes=10)
    assert len(await org.rows(reader_invitation)) == 1
    await org.pass_time(minutes=1)
    assert await org.rows(reader_invitation) == []


async def test_what_could_not_be_sent_ends_after_14_days(org: Organisation) -> None:
    await org.commit(says=[TextRef("ASK")])
    await org.pass_time(days=15)
    assert not (await org.counted()).keys() - {"house"}


# --- day keys


async def test_a_day_key_lives_while_a_row_names_its_day(org: Organisation) -> None:
    await org.commit(BeginCase(DRAFT))
    await org.pass_time(days=1)
    await org.commit(SaveDraft(DRAFT))
    assert days(org) == (TODAY + 1, TODAY)
    await org.pass_time(days=3)
    assert {row["day"] for row in await org.rows(draft)} == {TODAY + 1}
    assert days(org) == (TODAY + 1,)
    await org.pass_time(days=7)
    assert days(org) == ()


async def test_each_kind_of_row_holds_its_key(org: Organisation) -> None:
    for table in (draft, outbox, processed_message, quota):
        assert table.name in DAY_TABLES
    await org.commit(says=[TextRef("ASK")])
    await org.pass_time(days=4)
    assert {row["day"] for row in await org.rows(outbox)} == {TODAY}
    assert days(org) == (TODAY,)
    (post,) = await org.stores.outbox.messages_for(REPORTER)
    await org.stores.outbox.confirm((post,))
    await org.pass_time(minutes=5)
    assert days(org) == ()


async def test_todays_key_stays_although_no_row_names_it(org: Organisation) -> None:
    key = org.repositories.drafts.keyring.day_key(TODAY)
    await org.pass_time(hours=1)
    assert org.repositories.drafts.keyring.days == {TODAY: key}


async def test_yesterdays_key_stays_for_whoever_began_before_midnight(org: Organisation) -> None:
    org.now = org.now.replace(hour=23, minute=59)
    org.repositories.drafts.keyring.day_key(TODAY)
    await org.pass_time(minutes=30)
    assert days(org) == (TODAY,)
    await org.pass_time(minutes=31)
    assert days(org) == ()


async def test_a_destroyed_key_is_not_on_the_disk_either(org: Organisation) -> None:
    await org.commit(BeginCase(DRAFT))
    before = (org.folder / "keyring" / "draft.keys").read_bytes()
    await org.pass_time(days=8)
    assert before.split()[1] not in (org.folder / "keyring" / "draft.keys").read_bytes()
    assert make_repositories(org.folder).drafts.keyring.live_days() == ()


# --- many at once


async def test_many_end_in_parts(org: Organisation) -> None:
    people = [Account("terminal", f"p{n}", f"p{n}") for n in range(CASES_AT_ONCE + 5)]
    for who in people:
        await org.commit(BeginCase(DRAFT), says=[TextRef("ASK")], who=who)
    reached: list[str] = []
    with installed(reached.append):
        await org.pass_time(days=15)
    assert not (await org.counted()).keys() - {"house"}
    assert reached.count("committed") >= 3


async def test_no_statement_of_a_turn_or_of_upkeep_goes_through_a_table_that_grows(
    file_org: Organisation,
) -> None:
    org = file_org  # on PostgreSQL the plan follows how much is in the tables
    with executed_statements() as executed:
        await org.share(keep(), named(OAK_ID), hold=12)
        answered = Decision(
            (EraseItems(("0a" * 16,)), SaveDraft(DRAFT)), (TextRef("ASK"),), deletable=True
        )
        await org.stores.cases.turn(REPORTER, "1", lambda _: answered, org.now, chat_message="41")
        await org.stores.outbox.confirm(await org.stores.outbox.messages_for(REPORTER))
        await org.stores.outbox.waiting_accounts("terminal")
        await org.stores.deletable_messages.ageing("terminal", 1)
        await org.stores.cursors.move("terminal", "a place")
        await org.stores.cursors.position("terminal")
        await org.stores.deletable_messages.forget(
            await org.stores.deletable_messages.of_account(REPORTER)
        )
        await org.pass_time(days=1)
    assert scanned(org.folder / "data" / "holdfast.db", executed) == SMALL


SMALL = {"member_link", "reader_invitation", "outbox"}
"""As many as there are readers, or what waits to be sent."""


async def test_upkeep_does_not_hold_the_loop(org: Organisation) -> None:
    rows = [
        {"id": n.to_bytes(16, "big"), "day": 1, "platform": "terminal", "batch": 0, "hour": 24}
        for n in range(10_000)
    ]

    async def much_is_over() -> None:
        await org.database.transaction(
            lambda connection: connection.execute(processed_message.insert(), rows)
        )

    assert await does_not_hold_the_loop(org.pass_time, much_is_over)
    assert await org.rows(processed_message) == []


async def test_a_mark_gives_all_stories_of_before_their_time_once(org: Organisation) -> None:
    await org.share(keep())
    await org.commit(EndDraft())
    soon = {"expire": week_of(org.now)}

    def as_before(connection: Connection) -> None:
        connection.execute(case_file.update().values(soon))
        connection.execute(installation.insert().values(name=EARLIER_STORIES, value=b""))

    await org.database.transaction(as_before)
    await org.pass_time(days=8)
    (row,) = await org.rows(case_file)
    assert row["expire"] == org.repositories.retention.story_ends(org.now)
    assert EARLIER_STORIES not in {r["name"] for r in await org.rows(installation)}


async def test_what_is_not_kept_gets_no_time_by_that_mark(org: Organisation) -> None:
    await org.share(named(OAK_ID))
    await org.commit(EndDraft())
    (before,) = await org.rows(case_file)
    await org.database.transaction(
        lambda c: c.execute(installation.insert().values(name=EARLIER_STORIES, value=b""))
    )
    await org.pass_time(hours=1)
    assert (await org.rows(case_file))[0]["expire"] == before["expire"]


async def test_only_a_kept_case_is_kept_longer(org: Organisation) -> None:
    await org.share(named(OAK_ID))
    with pytest.raises(NotPermitted):
        await org.commit(KeepLonger())
