import hashlib
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from store.crypto import cbor
from store.crypto.kdf import unpad, unseal
from store.crypto.keyring import Keyring
from store.db.connection import Connection
from store.db.schema import outbox
from store.model.accounts import Account
from store.model.errors import Tampered, TooLong
from store.model.outbox import OutboxContent, PayloadKind, PayloadRef, TextRef
from store.outbox.rows import (
    RELEASE,
    SAY,
    SEND,
    OutboxRepository,
    OutboxRow,
    decode_row,
    encode_row,
    row_context,
)
from tests.unit.store.organisation import REPORTER, SOMEBODY, Organisation

DAY = 20_779
ACCOUNT = Account("telegram", "123456789", "123456789")
ROW_ID = bytes([0xAA] * 16)


def vector_box() -> OutboxRepository:
    keyring = Keyring(Path("nowhere"), bytes, {}, {DAY: b"\x11" * 32})
    return OutboxRepository(keyring, lambda size: b"\x44" * size)


# --- the format


def test_the_row_of_the_specification() -> None:
    box = vector_box()
    queue = box._queue(DAY, ACCOUNT)
    assert queue.hex() == "702743552b7170d7a5ba30a6ab2caff9"
    plain = encode_row(SAY, ACCOUNT, TextRef("draft.ends"))
    blob = box.seal_row(ROW_ID, DAY, queue, 1, plain)
    assert len(blob) == 1052
    assert hashlib.sha256(blob).hexdigest() == (
        "4a1411cf76162b0c5864425bb7c0d52ad942218c87a195dc6aa7f8d88168e22f"
    )
    context = row_context(ROW_ID, DAY, queue, 1)
    assert unpad(unseal(box._key(DAY), context, blob)) == plain


def test_a_row_names_sentence_step_language_and_references() -> None:
    row = cbor.decode_map(encode_row(SAY, ACCOUNT, TextRef("ASK", "story", ("01",), "de")))
    assert row == {
        "v": 1,
        "op": "say",
        "p": "telegram",
        "a": "123456789",
        "s": "ASK",
        "st": "story",
        "l": "de",
        "i": ["01"],
    }


def test_nothing_typed_has_a_place_in_it() -> None:
    """A sentence's name, a step, ids and a language: that is all a turn can have said."""
    assert {f.name for f in fields(TextRef)} == {"sentence", "step", "ids", "language"}


NAMES = st.text("abcdefghij0123456789@:.", min_size=1, max_size=60)
SAYS = st.builds(TextRef, NAMES, NAMES, st.lists(NAMES, max_size=5).map(tuple), NAMES)


@given(st.builds(Account, NAMES, NAMES, NAMES), SAYS)
def test_what_was_written_comes_back(to: Account, say: TextRef) -> None:
    assert decode_row(encode_row(RELEASE, to, say)) == (RELEASE, to, say)


REFS = st.builds(PayloadRef, st.sampled_from(PayloadKind), st.binary(min_size=16, max_size=16))


@given(st.builds(Account, NAMES, NAMES, NAMES), REFS)
def test_a_reference_to_a_payload_comes_back(to: Account, ref: PayloadRef) -> None:
    assert decode_row(encode_row(SEND, to, ref)) == (SEND, to, ref)


@given(st.one_of(SAYS.map(lambda say: (SAY, say)), REFS.map(lambda ref: (SEND, ref))))
def test_every_row_has_the_same_size(row: tuple[str, OutboxContent]) -> None:
    op, content = row
    box = vector_box()
    blob = box.seal_row(ROW_ID, DAY, bytes(16), 1, encode_row(op, ACCOUNT, content))
    assert len(blob) == 1052


def test_what_is_too_long_for_a_row_is_refused() -> None:
    with pytest.raises(TooLong):
        vector_box().seal_row(ROW_ID, DAY, bytes(16), 1, bytes(1023))


def test_a_row_does_not_print_its_id_or_account() -> None:
    assert "123456789" not in repr(ACCOUNT)


# --- order


async def waiting(org: Organisation, who: Account = REPORTER) -> list[str]:
    return [post.sentence for post in await org.stores.outbox.messages_for(who)]


async def say(org: Organisation, *sentences: str, who: Account = REPORTER) -> None:
    await org.commit(says=[TextRef(s) for s in sentences], who=who)


async def test_an_account_is_told_in_order_and_alone(org: Organisation) -> None:
    await say(org, "C", "A")
    await say(org, "X", who=SOMEBODY)
    await say(org, "B")
    assert await waiting(org) == ["C", "A", "B"]
    assert await waiting(org, SOMEBODY) == ["X"]


async def test_yesterdays_rows_come_first(org: Organisation) -> None:
    await say(org, "Z", "Y")
    await org.pass_time(days=1)
    await say(org, "A")
    assert await waiting(org) == ["Z", "Y", "A"]


async def test_what_was_sent_leaves_the_order_as_it_was(org: Organisation) -> None:
    await say(org, "A", "B")
    first, second = await org.stores.outbox.messages_for(REPORTER)
    await org.stores.outbox.confirm((second,))
    await say(org, "C")
    assert await waiting(org) == ["A", "C"]
    await org.stores.outbox.confirm((first,))
    assert await waiting(org) == ["C"]


async def test_the_disk_shows_only_sizes_and_days(org: Organisation) -> None:
    await say(org, "A", "DRAFT_ENDS")
    rows = await org.rows(outbox)
    assert {len(row["blob"]) for row in rows if isinstance(row["blob"], bytes)} == {1052}
    assert {row["day"] for row in rows} == {20_780}
    assert len({row["id"] for row in rows}) == 2
    assert REPORTER.name.encode() not in await org.written()


async def test_a_second_attempt_is_known_to_be_one(org: Organisation) -> None:
    await say(org, "A")
    (post,) = await org.stores.outbox.messages_for(REPORTER)
    assert not post.repeated
    await org.stores.outbox.record_attempt(post)
    (again,) = await org.stores.outbox.messages_for(REPORTER)
    assert again.repeated
    assert again.id == post.id


async def test_the_address_of_a_room_travels_with_it(org: Organisation) -> None:
    there = Account(REPORTER.platform, REPORTER.name, "a room")
    await say(org, "A", who=there)
    (post,) = await org.stores.outbox.messages_for(REPORTER)
    assert post.to == there


# --- a row is bound to its place


CHANGES = {"seq": 7, "id": bytes(16), "blob": bytes(1052)}


@pytest.mark.parametrize("column", CHANGES)
async def test_a_changed_row_is_refused(org: Organisation, column: str) -> None:
    await say(org, "A")
    await org.database.transaction(
        lambda connection: connection.execute(update(outbox).values({column: CHANGES[column]}))
    )
    with pytest.raises(Tampered):
        await waiting(org)


async def test_a_row_cannot_be_moved_to_another_account(org: Organisation) -> None:
    await say(org, "A")
    queue = org.repositories.outbox._queue(20_780, SOMEBODY)
    await org.database.transaction(
        lambda connection: connection.execute(update(outbox).values(lane=queue))
    )
    with pytest.raises(Tampered):
        await waiting(org, SOMEBODY)


# --- its end


async def test_what_cannot_be_sent_is_given_up_after_14_days(org: Organisation) -> None:
    await say(org, "A")
    await org.pass_time(days=14)
    assert await waiting(org) == ["A"]
    await org.pass_time(days=1)
    assert await org.rows(outbox) == []


async def test_giving_up_is_counted(org: Organisation) -> None:
    await say(org, "A", "B")
    await org.pass_time(days=10)
    await say(org, "C")
    org.now = org.now.replace(month=12, day=9)
    forgotten = await org.database.transaction(
        lambda connection: org.repositories.outbox.forget_old(connection, org.now)
    )
    assert forgotten == 2
    assert await waiting(org) == ["C"]


async def test_timed_rows_are_not_said(org: Organisation) -> None:
    rows = org.repositories.outbox

    def add(connection: Connection) -> None:
        rows.add(connection, REPORTER, RELEASE, TextRef("", ids=("01",)), org.now, 494_000)
        assert rows.messages_for(connection, REPORTER) == []
        (row,) = rows.releases(connection, REPORTER)
        expected = (RELEASE, "01", 494_000, REPORTER)
        assert (row.op, row.released, row.due_hour, row.to) == expected
        assert rows.releases(connection, SOMEBODY) == []

    await org.database.transaction(add)


async def test_timed_rows_end_with_their_hour(org: Organisation) -> None:
    hour = int(org.now.timestamp()) // 3600
    rows = org.repositories.outbox

    def forget(connection: Connection) -> list[OutboxRow]:
        for due in (0, hour, hour + 1):
            rows.add(connection, REPORTER, RELEASE, TextRef(""), org.now, due)
        rows.forget_due(connection, org.now)
        return rows.releases(connection, REPORTER)

    left = await org.database.transaction(forget)
    assert [row.due_hour for row in left] == [0, hour + 1]


async def test_a_timed_row_ends_without_its_key(org: Organisation) -> None:
    await org.database.transaction(
        lambda connection: org.repositories.outbox.add(
            connection, REPORTER, RELEASE, TextRef(""), org.now, 1
        )
    )
    org.repositories.outbox.keyring.destroy_days(frozenset({20_780}))
    await org.pass_time(hours=1)
    assert await org.rows(outbox) == []
