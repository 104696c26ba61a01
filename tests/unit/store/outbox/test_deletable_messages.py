import hashlib
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from store.crypto import cbor
from store.crypto.kdf import unpad, unseal
from store.crypto.keyring import Keyring
from store.crypto.labels import Label
from store.db.connection import Connection
from store.db.schema import DAY_TABLES, deletable_message
from store.model.accounts import Account
from store.model.changes import BeginCase
from store.model.errors import Tampered
from store.model.outbox import (
    DeletableMessages,
    ForgottenMessages,
    OutboxMessage,
    SentMessages,
    TextRef,
)
from store.model.turn import Decision
from store.outbox.deletable_messages import (
    IDS_IN_A_ROW,
    DeletableMessageRepository,
    decode_row,
    encode_row,
    row_context,
)
from store.outbox.rows import PAGE_ROWS, queue_id
from tests.unit.store.organisation import DRAFT, REPORTER, SOMEBODY, Organisation

DAY = 20_779
ACCOUNT = Account("telegram", "123456789", "123456789")
ROW_ID = b"\xbb" * 16
HOUR = 498_702
ASKED = (OutboxMessage(b"a row that is gone", REPORTER, TextRef("ASK"), repeated=False),)
ROOM = Account("matrix", "@one:example.org", f"!{'a-room':_<46}:example.org")


def vector_traces() -> DeletableMessageRepository:
    keyring = Keyring(Path("nowhere"), bytes, {}, {DAY: b"\x11" * 32})
    return DeletableMessageRepository(keyring, lambda size: b"\x44" * size)


# --- the format


def test_the_row_of_the_specification() -> None:
    traces = vector_traces()
    queue = queue_id(traces.keyring, DAY, ACCOUNT)
    plain = encode_row(ACCOUNT, ("41", "42"), HOUR)
    blob = traces.seal_row(ROW_ID, DAY, queue, plain)
    assert len(blob) == 1052
    assert hashlib.sha256(blob).hexdigest() == (
        "46453fe9901b08eec333b301cdcd66e7292a86d7b02759dcc58786fe8713697b"
    )
    key = traces.keyring.key_for(DAY, Label.TRACE_KEY)
    assert unpad(unseal(key, row_context(ROW_ID, DAY, queue), blob)) == plain


def test_a_row_has_ids_an_hour_and_whose_chat_it_is() -> None:
    row = cbor.decode_map(encode_row(ACCOUNT, ("41",), HOUR))
    assert row == {"v": 1, "p": "telegram", "a": "123456789", "m": ["41"], "h": HOUR}
    lasting = cbor.decode_map(encode_row(ROOM, ("$x",), HOUR, lasting=True))
    assert (lasting["n"], lasting["a"], lasting["k"]) == (ROOM.name, ROOM.address, 1)


NAMES = st.text("abcdefghij0123456789@:.", min_size=1, max_size=60)


@given(
    st.builds(Account, NAMES, NAMES, NAMES),
    st.lists(NAMES, max_size=IDS_IN_A_ROW).map(tuple),
    st.integers(0, 10**6),
    st.booleans(),
    st.sampled_from(["", "a1" * 16]),
)
def test_what_was_written_comes_back(
    to: Account, ids: tuple[str, ...], hour: int, lasting: bool, hold: str
) -> None:
    written = encode_row(to, ids, hour, lasting=lasting, hold=hold)
    assert decode_row(written) == (to, ids, hour, lasting, hold)


def test_a_trace_does_not_print_ids() -> None:
    messages = DeletableMessages(b"a row", ("41",), 7, lasting=False, address="a chat")
    assert repr(messages) == "DeletableMessages(hour=7, lasting=False)"
    assert "41" not in repr(SentMessages(ACCOUNT, ("41",), lasting=False, deletable=True))


# --- written and read


async def heard(org: Organisation, *ids: str, who: Account = REPORTER) -> None:
    """Messages that came, each in a turn of its own."""
    decided = Decision(texts=(TextRef("ASK"),), deletable=True)
    for name in ids:
        await org.stores.cases.turn(who, name, lambda _: decided, org.now, chat_message=name)


async def sent(
    org: Organisation, *ids: str, who: Account = REPORTER, lasting: bool = False
) -> None:
    await org.stores.outbox.confirm((), [SentMessages(who, ids, lasting=lasting, deletable=True)])


async def ids_of(org: Organisation, who: Account = REPORTER) -> list[tuple[str, ...]]:
    return [row.ids for row in await org.stores.deletable_messages.of_account(who)]


async def test_a_message_is_remembered_by_its_id_on_the_platform(org: Organisation) -> None:
    await heard(org, "41", "42")
    await heard(org, "51", who=SOMEBODY)
    assert await ids_of(org) == [("41", "42")]
    assert await ids_of(org, SOMEBODY) == [("51",)]


async def test_what_is_not_to_be_traced_is_not(org: Organisation) -> None:
    untraced = Decision(texts=(TextRef("ASK"),))
    await org.stores.cases.turn(REPORTER, "1", lambda _: untraced, org.now, chat_message="41")
    await org.stores.outbox.confirm(
        (), [SentMessages(REPORTER, ("42",), lasting=False, deletable=False)]
    )
    assert await org.rows(deletable_message) == []


async def test_sent_and_confirmed_it_is_remembered_in_one_act(org: Organisation) -> None:
    await heard(org, "41")
    posts = (await org.stores.cases.pending(REPORTER, org.now)).messages
    await org.stores.outbox.confirm(
        posts, [SentMessages(REPORTER, ("42", "43"), lasting=False, deletable=True)]
    )
    assert await org.stores.outbox.messages_for(REPORTER) == []
    assert await ids_of(org) == [("41", "42", "43")]


async def test_words_that_stay_are_kept_apart(org: Organisation) -> None:
    await sent(org, "1")
    await sent(org, "2", "3", lasting=True)
    await sent(org, "4")
    await sent(org, "5", lasting=True)
    found = {
        row.lasting: row.ids for row in await org.stores.deletable_messages.of_account(REPORTER)
    }
    assert found == {False: ("1", "4"), True: ("2", "3", "5")}


async def test_a_commit_can_be_traced_too(org: Organisation) -> None:
    await org.stores.cases.commit(
        REPORTER, "1", [BeginCase(DRAFT)], [], org.now, chat_message="41"
    )
    assert await ids_of(org) == [("41",)]


def packed(rows: list[tuple[str, ...]], ids: Sequence[str]) -> list[tuple[str, ...]]:
    """These rows with more ids behind them: none has more than twenty."""
    flat = [*(i for row in rows for i in row), *ids]
    return [tuple(flat[n : n + IDS_IN_A_ROW]) for n in range(0, len(flat), IDS_IN_A_ROW)]


async def test_rows_are_filled_before_new_ones_are_made(org: Organisation) -> None:
    expected: list[tuple[str, ...]] = []
    for start, size in enumerate((1, 18, 1, 1, 45, 7, 20, 13)):
        ids = tuple(f"{start}-{n}" for n in range(size))
        await sent(org, *ids)
        expected = packed(expected, ids)
        assert set(await ids_of(org)) == set(expected)
    full = [row["id"] for row in await org.rows(deletable_message) if isinstance(row["id"], bytes)]
    assert sum(each[0] >= 0x80 for each in full) == len(expected) - 1


async def test_long_ids_fill_a_row_sooner(org: Organisation) -> None:
    ids = [f"${n:043}" for n in range(40)]
    for first in range(0, 40, 3):
        await sent(org, *ids[first : first + 3], who=ROOM)
    found = await ids_of(org, ROOM)
    assert sorted(i for row in found for i in row) == ids
    assert len(found) <= 3
    assert {
        len(r["blob"]) for r in await org.rows(deletable_message) if isinstance(r["blob"], bytes)
    } == {1052}


async def test_the_longest_ids_of_matrix_fit(org: Organisation) -> None:
    longest = Account("matrix", f"@{'u' * 254}", f"!{'r' * 254}")
    ids = [f"${n:0254}" for n in range(3)]
    await sent(org, *ids, who=longest)
    assert sorted(i for row in await ids_of(org, longest) for i in row) == ids


async def test_the_oldest_hour_comes_first(org: Organisation) -> None:
    for name in ("1", "2", "3"):
        await sent(org, name)
        await org.pass_time(hours=7)
    assert await ids_of(org) == [("1",), ("2",), ("3",)]


async def test_another_address_of_the_same_account_is_another_row(org: Organisation) -> None:
    elsewhere = Account(ROOM.platform, ROOM.name, "!another:example.org")
    await sent(org, "1", who=ROOM)
    await sent(org, "2", who=elsewhere)
    rows = await org.stores.deletable_messages.of_account(ROOM)
    assert {(row.ids, row.address) for row in rows} == {
        (("1",), ROOM.address),
        (("2",), elsewhere.address),
    }
    old = dict(await org.stores.deletable_messages.ageing("matrix", 10**6))
    assert {who: rows[0].address for who, rows in old.items()} == {
        ROOM: ROOM.address,
        elsewhere: elsewhere.address,
    }


async def test_what_was_cleaned_is_forgotten(org: Organisation) -> None:
    await sent(org, "1")
    await sent(org, "2", lasting=True)
    rows = await org.stores.deletable_messages.of_account(REPORTER)
    await org.stores.deletable_messages.forget([row for row in rows if not row.lasting])
    assert await ids_of(org) == [("2",)]
    await org.stores.deletable_messages.forget([])
    assert await ids_of(org) == [("2",)]


async def replaced(
    org: Organisation,
    rows: Sequence[DeletableMessages],
    *ids: str,
    who: Account = REPORTER,
    lasting: bool = False,
) -> None:
    """Something is sent after these rows were deleted from the chat."""
    sent_now = [SentMessages(who, ids, lasting=lasting, deletable=True)] if ids else []
    await org.stores.outbox.confirm(ASKED, sent_now, ForgottenMessages(tuple(rows)))


async def test_what_is_sent_takes_the_place_of_what_was_deleted_before_it(
    org: Organisation,
) -> None:
    await sent(org, "1", "2")
    await replaced(org, await org.stores.deletable_messages.of_account(REPORTER), "3")
    assert await ids_of(org) == [("3",)]
    assert len(await org.rows(deletable_message)) == 1


@pytest.mark.parametrize("lasting", [False, True])
@pytest.mark.parametrize("hours", [0, 1, 24])
@pytest.mark.parametrize("count", [0, 1, 3, 50])
async def test_a_row_of_another_kind_or_hour_is_not_written_over(
    org: Organisation, count: int, hours: int, lasting: bool
) -> None:
    await sent(org, "1")
    await sent(org, *(f"long {n}" for n in range(30)), lasting=True)
    rows = await org.stores.deletable_messages.of_account(REPORTER)
    await org.pass_time(hours=hours)
    ids = [f"n{number:02}" for number in range(count)]
    await replaced(org, rows, *ids, lasting=lasting)
    found = await org.stores.deletable_messages.of_account(REPORTER)
    assert sorted(i for row in found for i in row.ids) == ids
    assert {row.lasting for row in found} <= {lasting}
    assert {row.hour for row in found} <= {int(org.now.timestamp()) // 3600}


async def test_a_row_that_was_filled_meanwhile_is_not_written_over(org: Organisation) -> None:
    await sent(org, "1")
    rows = await org.stores.deletable_messages.of_account(REPORTER)
    await heard(org, "2")  # while the chat is cleaned
    await replaced(org, rows, "3")
    assert await ids_of(org) == [("1", "2", "3")]


async def test_a_row_of_another_address_is_not_written_over(org: Organisation) -> None:
    elsewhere = Account(ROOM.platform, ROOM.name, "!another:example.org")
    await sent(org, "1", who=ROOM)
    await replaced(org, await org.stores.deletable_messages.of_account(ROOM), "2", who=elsewhere)
    (row,) = await org.stores.deletable_messages.of_account(ROOM)
    assert (row.ids, row.address) == (("2",), elsewhere.address)


async def test_what_came_since_is_not_forgotten(org: Organisation) -> None:
    await sent(org, "1")
    rows = await org.stores.deletable_messages.of_account(REPORTER)
    await sent(org, "2", lasting=True)
    await org.stores.outbox.confirm(ASKED, (), ForgottenMessages(tuple(rows)))
    assert await ids_of(org) == [("2",)]


def by_row(messages: DeletableMessages) -> bytes:
    """Sort by the id of the row."""
    return messages.row


async def test_a_turn_names_what_can_be_deleted_if_the_chat_is_cleaned_before_its_answer(
    org: Organisation,
) -> None:
    await sent(org, "1")
    cleans = Decision(texts=(TextRef("ASK"),), deletable=True, cleans=True)
    done = await org.stores.cases.turn(REPORTER, "m", lambda _: cleans, org.now, chat_message="2")
    assert done.deletable == await org.stores.deletable_messages.of_account(REPORTER)
    assert [row.ids for row in done.deletable or ()] == [("1", "2")]
    for number in range(3, 3 + IDS_IN_A_ROW):
        await org.pass_time(minutes=5)
        name = str(number)
        done = await org.stores.cases.turn(
            REPORTER, name, lambda _: cleans, org.now, chat_message=name
        )
        there = await org.stores.deletable_messages.of_account(REPORTER)
        assert sorted(done.deletable or (), key=by_row) == sorted(there, key=by_row)
    assert (await org.stores.cases.pending(REPORTER, org.now)).deletable is None


async def test_the_disk_shows_hours_and_nothing_of_the_chat(org: Organisation) -> None:
    await sent(org, "a-message-id")
    assert b"a-message-id" not in await org.written()
    assert REPORTER.name.encode() not in await org.written()


# --- what is old


async def test_what_is_old_is_found_for_every_account(org: Organisation) -> None:
    for who in (REPORTER, SOMEBODY, ACCOUNT):
        await sent(org, "1", who=who)
        await sent(org, "2", who=who, lasting=True)
    first_hour = int(org.now.timestamp()) // 3600
    await org.pass_time(hours=2)
    await sent(org, "3")
    found = dict(await org.stores.deletable_messages.ageing("terminal", first_hour + 1))
    assert found.keys() == {REPORTER, SOMEBODY}
    assert {row.ids for row in found[REPORTER]} == {("1",), ("2",)}
    assert await org.stores.deletable_messages.ageing("terminal", first_hour - 1) == ()
    later = dict(await org.stores.deletable_messages.ageing("terminal", first_hour + 2))
    assert [row.ids for row in later[REPORTER]][-1] == ("3",)


async def test_also_if_there_are_many(org: Organisation) -> None:
    many = [Account("telegram", str(n), str(n)) for n in range(PAGE_ROWS + 50)]

    def add(connection: Connection) -> None:
        for who in many:
            org.repositories.deletable_messages.add(connection, who, (who.name,), org.now)

    await org.database.transaction(add)
    await org.pass_time(hours=30)
    found = await org.stores.deletable_messages.ageing(
        "telegram", int(org.now.timestamp()) // 3600
    )
    assert {who: rows[0].ids for who, rows in found} == {who: (who.name,) for who in many}


@pytest.mark.parametrize(("who", "hours"), [(ACCOUNT, 72), (ROOM, 336), (REPORTER, 336)])
async def test_it_is_forgotten_in_time_and_its_day_key_with_it(
    org: Organisation, who: Account, hours: int
) -> None:
    assert deletable_message.name in DAY_TABLES
    await sent(org, "1", who=who)
    await sent(org, "2", who=who, lasting=True)
    await org.pass_time(hours=hours - 1)
    assert len(await org.rows(deletable_message)) == 2
    assert org.repositories.deletable_messages.keyring.live_days() == (20_780,)
    await org.pass_time(hours=1)
    assert await org.rows(deletable_message) == []
    assert org.repositories.deletable_messages.keyring.live_days() == ()


async def test_without_its_day_key_it_is_nobodys(org: Organisation) -> None:
    await sent(org, "1")
    org.repositories.deletable_messages.keyring.destroy_days(frozenset({20_780}))
    assert await ids_of(org) == []
    assert await org.stores.deletable_messages.ageing("terminal", 10**6) == ()


# --- a row is bound to its place


CHANGES = {
    "hour": 7,
    "id": bytes(16),
    "blob": bytes(1052),
    "day": 20_779,
    "platform": "matrix",
}


@pytest.mark.parametrize("column", CHANGES)
async def test_a_changed_row_is_refused(org: Organisation, column: str) -> None:
    org.repositories.deletable_messages.keyring.day_key(20_779)
    await sent(org, "1")
    await org.database.transaction(
        lambda connection: connection.execute(
            update(deletable_message).values({column: CHANGES[column]})
        )
    )
    with pytest.raises(Tampered):
        await ids_of(org)


async def test_a_row_cannot_be_moved_to_another_account(org: Organisation) -> None:
    await sent(org, "1")
    queue = queue_id(org.repositories.deletable_messages.keyring, 20_780, SOMEBODY)
    await org.database.transaction(
        lambda connection: connection.execute(update(deletable_message).values(lane=queue))
    )
    with pytest.raises(Tampered):
        await ids_of(org, SOMEBODY)
