"""What is accepted waits, sealed, until a turn claims it."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from store.crypto.keyring import parse_keys
from store.db.connection import Connection
from store.db.schema import inbox
from store.inbox.claim import claim
from store.inbox.inbox_rows import RESEALED_AT_ONCE
from store.inbox.inbox_store import InboxStore
from store.model.changes import BeginCase
from store.model.clock import hour_of
from store.model.errors import KeyringError
from store.model.failpoint import installed
from store.model.inbox import AcceptedMessage, InboxRow, WaitingMessage
from store.model.turn import Decision
from tests.unit.store.organisation import DRAFT, REPORTER, START, Organisation

PLATFORM = REPORTER.platform
SECRET = b"cook south and ten more words"


def message(number: int, chat: str = "77", content: bytes = SECRET) -> AcceptedMessage:
    return AcceptedMessage(str(number), chat, content, START)


@pytest.fixture
def store(org: Organisation) -> InboxStore:
    return org.stores.inbox


async def accepted(store: InboxStore, *messages: AcceptedMessage) -> tuple[WaitingMessage, ...]:
    return await store.accept(PLATFORM, messages)


async def test_what_is_accepted_waits_in_the_order_in_which_it_came(store: InboxStore) -> None:
    first = await accepted(store, message(2, content=b"a"), message(1, content=b"b"))
    second = await accepted(store, message(3, "88", b"c"))
    assert [m.content for m in await store.begin(PLATFORM)] == [b"a", b"b", b"c"]
    assert [m.row.seq for m in (*first, *second)] == [1, 2, 3]
    assert [m.chat for m in await store.begin(PLATFORM)] == ["77", "77", "88"]
    assert await store.begin("matrix") == ()


async def test_what_comes_twice_waits_once(store: InboxStore) -> None:
    assert len(await accepted(store, message(1), message(1), message(2))) == 2
    assert await accepted(store, message(2)) == ()


async def test_of_those_that_say_the_same_the_first_new_one_waits(store: InboxStore) -> None:
    said = [replace(message(number), one_of="too many") for number in range(1, 5)]
    await accepted(store, message(1))
    others = replace(message(5), one_of="another")
    assert [m.id for m in await accepted(store, *said, others, message(6))] == ["2", "5", "6"]
    assert [m.id for m in await accepted(store, message(3), message(4))] == ["3", "4"]


async def test_what_was_handled_does_not_wait_again(org: Organisation, store: InboxStore) -> None:
    (waiting,) = await accepted(store, message(1))
    assert await store.remove(waiting.row)
    assert await accepted(store, message(1)) == ()
    assert await store.begin(PLATFORM) == ()
    assert await org.stores.cases.is_processed(REPORTER, "1")


async def test_the_cursor_moves_with_what_was_accepted(
    org: Organisation, store: InboxStore
) -> None:
    await store.accept("matrix", [message(1)], "s1")
    assert await org.stores.cursors.position("matrix") == "s1"
    await store.accept("matrix", [], "s2")
    assert await org.stores.cursors.position("matrix") == "s2"


async def test_nothing_typed_and_no_chat_is_readable_at_rest(
    org: Organisation, store: InboxStore
) -> None:
    await accepted(store, message(1, "a chat that is somebody's"))
    written = await org.written()
    assert SECRET not in written
    assert b"somebody's" not in written


async def test_a_turn_claims_its_row_and_only_once(org: Organisation, store: InboxStore) -> None:
    (waiting,) = await accepted(store, message(1))
    cases = org.stores.cases
    decision = Decision((BeginCase(DRAFT),))
    first = await cases.turn(REPORTER, waiting.row, lambda _: decision, org.now)
    again = await cases.turn(REPORTER, waiting.row, lambda _: decision, org.now)
    assert (first.fresh, again.fresh) == (True, False)
    assert await org.rows(inbox) == []


async def test_a_turn_that_writes_nothing_still_leaves_the_inbox(
    org: Organisation, store: InboxStore
) -> None:
    (waiting,) = await accepted(store, message(1))
    await org.stores.cases.turn(REPORTER, waiting.row, lambda _: Decision(), org.now)
    assert await org.rows(inbox) == []


async def test_a_turn_that_fails_leaves_its_message_waiting(
    org: Organisation, store: InboxStore
) -> None:
    (waiting,) = await accepted(store, message(1))

    def fail(_: object) -> Decision:
        raise RuntimeError("a mistake")

    with pytest.raises(RuntimeError):
        await org.stores.cases.turn(REPORTER, waiting.row, fail, org.now)
    assert await store.read(waiting.row) == waiting


async def test_a_turn_without_its_row_writes_nothing(org: Organisation) -> None:
    decision = Decision((BeginCase(DRAFT),))
    result = await org.stores.cases.turn(REPORTER, InboxRow(7), lambda _: decision, org.now)
    assert not result.fresh
    assert (await org.snapshot()).draft is None


async def test_tries_and_ends_are_counted(store: InboxStore) -> None:
    waiting = await accepted(store, message(1), message(2), message(3, "88"))
    assert not any(m.at_start for m in waiting)
    assert [await store.count_try(waiting[0].row) for _ in range(2)] == [1, 2]
    await store.set_starts(waiting[2].row, 4)
    counted = [(m.tries, m.starts) for m in await store.begin(PLATFORM)]
    assert counted == [(2, 0), (0, 0), (0, 4)]


async def test_only_the_first_of_each_chat_may_be_what_ended_the_program(
    store: InboxStore,
) -> None:
    await accepted(store, message(1), message(2), message(3, "88"))
    assert [m.at_start for m in await store.begin(PLATFORM)] == [True, False, True]


async def test_rows_whose_keys_are_gone_are_removed(org: Organisation, store: InboxStore) -> None:
    await accepted(store, message(1))
    keys = org.repositories.inbox.keys
    keys.destroy({*keys.keys})
    org.now += timedelta(minutes=10)
    (readable,) = await accepted(org.stores.inbox, message(2, "88"))
    assert [m.row for m in await store.begin(PLATFORM)] == [readable.row]
    assert len(await org.rows(inbox)) == 1


# --- keys


def on_disk(org: Organisation) -> set[str]:
    path = org.folder / "keyring" / "inbox.keys"
    return {*parse_keys(path.read_bytes(), path)}


async def test_a_renewed_key_opens_nothing_that_was_there_before(
    org: Organisation, store: InboxStore
) -> None:
    await accepted(store, message(1))
    (before,) = await org.rows(inbox)
    await store.renew_key()
    assert f"inbox.{before['key']}" not in on_disk(org)
    (after,) = await org.rows(inbox)
    assert after["blob"] != before["blob"]
    (waiting,) = await store.begin(PLATFORM)
    assert waiting.content == SECRET


async def test_more_rows_than_one_transaction_takes_are_sealed_again(
    org: Organisation, store: InboxStore
) -> None:
    count = RESEALED_AT_ONCE + 1
    await accepted(store, *(message(number) for number in range(count)))
    await store.renew_key()
    assert len(on_disk(org)) == 1
    assert len(await store.begin(PLATFORM)) == count


async def test_where_nothing_waits_no_key_is_left(org: Organisation, store: InboxStore) -> None:
    (waiting,) = await accepted(store, message(1))
    await store.remove(waiting.row)
    await store.renew_key()
    assert on_disk(org) == set()


async def test_upkeep_renews_a_key_after_its_ten_minutes(
    org: Organisation, store: InboxStore
) -> None:
    await accepted(store, message(1))
    before = on_disk(org)
    await org.pass_time(minutes=9)
    assert on_disk(org) == before
    await org.pass_time(minutes=1)
    assert on_disk(org).isdisjoint(before)
    assert [m.content for m in await org.stores.inbox.begin(PLATFORM)] == [SECRET]


async def test_messages_that_come_while_the_key_is_renewed_can_be_read(
    org: Organisation, store: InboxStore
) -> None:
    async def accept(first: int) -> None:
        for number in range(first, first + 20):
            await accepted(store, message(number))
            await asyncio.sleep(0)

    async def renew() -> None:
        for _ in range(20):
            await store.renew_key()

    await asyncio.gather(accept(0), accept(100), renew(), renew())
    waiting = await store.begin(PLATFORM)
    assert len(waiting) == 40
    assert len(await org.rows(inbox)) == 40
    await store.renew_key()
    assert len(on_disk(org)) == 1


async def test_renewals_at_once_do_not_undo_each_other(
    org: Organisation, store: InboxStore
) -> None:
    count = 2 * RESEALED_AT_ONCE
    await accepted(store, *(message(number) for number in range(count)))
    keys = org.repositories.inbox.keys
    (before,) = keys.keys.values()
    await asyncio.wait_for(asyncio.gather(*(store.renew_key() for _ in range(5))), 20)
    (after,) = keys.keys.values()
    assert after != before
    assert len(on_disk(org)) == 1
    assert keys.renewals.begun == 2, "those who came while the first ran share the second"
    assert len(await store.begin(PLATFORM)) == count


async def test_a_renewal_that_failed_holds_up_none_that_follows(
    org: Organisation, store: InboxStore
) -> None:
    await accepted(store, message(1))
    before = on_disk(org)

    def fail(point: str) -> None:
        if point == "commit":
            raise OSError

    with installed(fail):
        failed = await asyncio.gather(
            *(store.renew_key() for _ in range(3)), return_exceptions=True
        )
    assert [type(error) for error in failed] == [OSError] * 3
    await store.renew_key()
    assert on_disk(org).isdisjoint(before)
    assert [m.content for m in await store.begin(PLATFORM)] == [SECRET]


async def test_a_row_that_is_sealed_again_while_it_is_read_is_not_removed(
    org: Organisation, store: InboxStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await accepted(store, message(1))
    keys, read, reads = org.repositories.inbox.keys, org.database.read, list[object]()

    async def read_late(work: Callable[[Connection], object]) -> object:
        """Read the first page with keys that came after it, as in the middle of a renewal."""
        reads.append(work)
        now = keys.keys
        if len(reads) == 1:
            keys.keys, keys.derived = {}, {}
        try:
            return await read(work)
        finally:
            keys.keys = now

    monkeypatch.setattr(org.database, "read", read_late)
    assert [m.content for m in await store.begin(PLATFORM)] == [SECRET]


async def test_a_key_that_cannot_be_written_accepts_nothing(
    org: Organisation, store: InboxStore
) -> None:
    (org.folder / "keyring" / "inbox.keys").mkdir()
    with pytest.raises(KeyringError):
        await accepted(store, message(1))
    (org.folder / "keyring" / "inbox.keys").rmdir()
    assert len(await accepted(store, message(1))) == 1, "it is not taken for one that came before"


async def test_an_older_message_that_waits_is_found(org: Organisation, store: InboxStore) -> None:
    older = AcceptedMessage("1", "77", b"", START - timedelta(hours=2))
    (waiting,) = await accepted(store, older)
    is_older = org.repositories.inbox.is_anything_older

    async def waits_since_before(hours_ago: int, *on: str) -> bool:
        hour = hour_of(START) - hours_ago
        return await org.database.read(lambda connection: is_older(connection, on, hour))

    on = (PLATFORM, "matrix")
    assert [await waits_since_before(ago, *on) for ago in (0, 1, 2)] == [True, True, False]
    assert not await waits_since_before(0, "matrix")
    assert not await waits_since_before(0)
    await org.database.transaction(
        lambda connection: claim(org.repositories, connection, PLATFORM, waiting.row, org.now)
    )
    assert not await waits_since_before(0, *on)
