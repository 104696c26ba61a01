import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, update

from store.cases.drafts import DraftRepository, decode_state, encode_state
from store.crypto import cbor
from store.crypto.case_keys import CaseKeys
from store.crypto.kdf import unpad, unseal
from store.crypto.keyring import Keyring
from store.crypto.labels import Label, derive_label
from store.db.connection import Connection
from store.db.schema import case_file, draft
from store.model.accounts import Account
from store.model.changes import BeginCase, SaveDraft
from store.model.drafts import Draft, Phase, StoredAnswer
from store.model.errors import Tampered, TooLong
from tests.unit.store.organisation import DRAFT, REPORTER, SOMEBODY, Organisation
from tests.unit.store.statements import executed_statements

KEYS = CaseKeys(bytes(range(16)))
DAY = 20_779
ACCOUNT = Account("telegram", "123456789", "123456789")
ANSWERS = (StoredAnswer("fork", ("keep",)), StoredAnswer("story", (), ("33" * 16,), closed=False))
STATE = Draft("0123456789ab", "en", Phase.QUESTIONS, ANSWERS, None, 498_870, 499_038)
ROW_ID = "926fe9f7c59ad9a5bf90cfd71e065c18"


def constant(size: int) -> bytes:
    """The salt and the nonce of the specification's vectors."""
    return {32: b"\x22", 12: b"\x44"}[size] * size


def drafts() -> DraftRepository:
    keyring = Keyring(Path("nowhere"), constant, {}, {DAY: b"\x11" * 32})
    return DraftRepository(keyring, constant, 168)


# --- the format


def test_the_row_of_the_specification() -> None:
    row = drafts()._row(ACCOUNT, KEYS, STATE, DAY)
    id_, wrap, state = row["id"], row["wrap"], row["state"]
    assert isinstance(id_, bytes)
    assert isinstance(wrap, bytes)
    assert isinstance(state, bytes)
    assert id_.hex() == ROW_ID
    assert wrap.hex() == "70b920c70f733f51a1dcd33131d652436039bb0468d003f6cb81507d9d668611"
    assert len(state) == 1052
    assert hashlib.sha256(state).hexdigest() == (
        "046d2d9a958784bf6b8f5ab023c9d6b77cfeedfac9b6fbfc1a334e2e19527770"
    )


def test_the_state_is_cbor_of_ids_and_choices() -> None:
    sealed = drafts().seal_state(KEYS, bytes.fromhex(ROW_ID), STATE)
    context = derive_label(Label.DRAFT_STATE, bytes.fromhex(ROW_ID))
    fields: cbor.Map = {
        "v": 1,
        "rev": "0123456789ab",
        "lang": "en",
        "ph": "talk",
        "ch": [["fork", ["keep"]]],
        "it": [["story", [b"\x33" * 16]]],
    }
    assert unpad(unseal(KEYS.state_key, context, sealed)) == cbor.encode(fields)


NAMES = st.text("abcdefghijklmnopqrstuvwxyz._", min_size=1, max_size=20)
ITEMS = st.binary(min_size=16, max_size=16).map(bytes.hex)
CLOSED = st.builds(StoredAnswer, NAMES, st.lists(NAMES).map(tuple), st.lists(ITEMS).map(tuple))
OPEN = st.builds(
    StoredAnswer, NAMES, st.just(()), st.lists(ITEMS, min_size=1).map(tuple), closed=st.just(False)
)


@given(
    st.lists(CLOSED, unique_by=lambda a: a.step),
    st.lists(OPEN, max_size=1),
    st.sampled_from(Phase),
    st.none() | st.integers(0, 2**44 - 1),
)
def test_what_was_answered_comes_back(
    closed: list[StoredAnswer], still_open: list[StoredAnswer], phase: Phase, code: int | None
) -> None:
    answers = (*closed, *(a for a in still_open if a.step not in {c.step for c in closed}))
    state = Draft("r", "en", phase, answers, code, 5, 6)
    assert decode_state(encode_state(state), 5, 6) == state


def test_a_skip_is_an_empty_answer() -> None:
    skipped = replace(DRAFT, answers=(StoredAnswer("story"),))
    assert decode_state(encode_state(skipped), 0, 0).answers == (StoredAnswer("story"),)


@pytest.mark.parametrize(
    ("pieces", "size"), [(0, 1052), (40, 1052), (70, 4124), (200, 4124), (250, 16_412)]
)
def test_the_size_of_a_state_is_one_of_three(pieces: int, size: int) -> None:
    told = StoredAnswer("story", (), tuple(bytes([n] * 16).hex() for n in range(pieces)))
    state = replace(DRAFT, answers=(told,))
    assert len(drafts().seal_state(KEYS, bytes(16), state)) == size


def test_more_than_the_largest_is_refused() -> None:
    told = StoredAnswer("story", (), ("00" * 16,) * 1000)
    with pytest.raises(TooLong, match="more pieces than a draft can hold"):
        drafts().seal_state(KEYS, bytes(16), replace(DRAFT, answers=(told,)))


def test_the_code_does_not_print() -> None:
    assert "987654" not in repr(replace(DRAFT, code=987_654))


# --- who can open it


async def test_an_account_finds_its_own_draft_and_no_other(org: Organisation) -> None:
    await org.commit(BeginCase(DRAFT))
    assert (await org.snapshot()).draft is not None
    strangers = [
        SOMEBODY,
        Account("telegram", REPORTER.name, REPORTER.address),
        Account("terminal", REPORTER.name + "x", REPORTER.address),
        Account("terminal", SOMEBODY.name, REPORTER.address),
    ]
    for stranger in strangers:
        assert (await org.snapshot(stranger)).draft is None


async def test_another_account_cannot_open_the_row_even_if_it_finds_it(org: Organisation) -> None:
    await org.commit(BeginCase(DRAFT))
    drafts = org.repositories.drafts
    day = drafts.keyring.live_days()[0]

    def find(connection: Connection) -> None:
        connection.execute(update(draft).values(id=drafts._id(day, SOMEBODY)))
        with pytest.raises(Tampered):
            drafts.find(connection, SOMEBODY)

    await org.database.transaction(find)


async def test_the_address_may_change(org: Organisation) -> None:
    await org.commit(BeginCase(DRAFT))
    moved = Account(REPORTER.platform, REPORTER.name, "another room")
    assert (await org.snapshot(moved)).draft is not None


CHANGES = {
    "day": 1,
    "exp_hour": 1,
    "end_hour": 1,
    "salt": b"\x01" * 32,
    "wrap": b"\x01" * 32,
    "state": b"\x01" * 1052,
}


@pytest.mark.parametrize("column", CHANGES)
async def test_a_changed_row_is_refused(org: Organisation, column: str) -> None:
    await org.commit(BeginCase(DRAFT))
    (row,) = await org.rows(draft)
    value, change = row[column], CHANGES[column]
    if isinstance(value, int) and isinstance(change, int):
        changed: int | bytes = value + change
    else:
        assert isinstance(change, bytes)
        changed = change
    await org.database.transaction(
        lambda connection: connection.execute(update(draft).values({column: changed}))
    )
    with pytest.raises(Tampered):
        await org.snapshot()
    assert len(org.repositories.drafts.keyring.live_days()) == 1


async def test_a_row_with_another_id_is_not_found(org: Organisation) -> None:
    await org.commit(BeginCase(DRAFT))
    await org.database.transaction(
        lambda connection: connection.execute(update(draft).values(id=bytes(16)))
    )
    assert (await org.snapshot()).draft is None


async def test_rows_cannot_be_exchanged(org: Organisation) -> None:
    for who in (REPORTER, SOMEBODY):
        await org.commit(BeginCase(DRAFT), who=who)
    rows = await org.rows(draft)

    def exchange(connection: Connection) -> None:
        for row, other in zip(rows, reversed(rows), strict=True):
            mine = draft.c.id == row["id"]
            connection.execute(update(draft).where(mine).values(state=other["state"]))

    await org.database.transaction(exchange)
    for who in (REPORTER, SOMEBODY):
        with pytest.raises(Tampered):
            await org.snapshot(who)


# --- the days


@pytest.fixture
async def begun(org: Organisation) -> Organisation:
    await org.commit(BeginCase(DRAFT))
    return org


async def test_every_answer_wraps_anew_under_todays_key(begun: Organisation) -> None:
    (first,) = await begun.rows(draft)
    await begun.pass_time(days=1)
    await begun.commit(SaveDraft(DRAFT))
    (second,) = await begun.rows(draft)
    assert first["day"] == 20_780
    assert second["day"] == 20_781
    assert first["id"] != second["id"]
    assert first["salt"] != second["salt"]
    assert (await begun.snapshot()).draft is not None


async def test_a_second_answer_on_one_day_replaces_the_row_too(begun: Organisation) -> None:
    (first,) = await begun.rows(draft)
    await begun.commit(SaveDraft(DRAFT))
    (second,) = await begun.rows(draft)
    assert first["wrap"] != second["wrap"]


@pytest.mark.parametrize(("hours", "indexed"), [(0, set()), (1, {"exp_hour"})])
async def test_an_answer_sets_no_indexed_column_to_the_same_value(
    begun: Organisation, hours: int, indexed: set[str]
) -> None:
    await begun.pass_time(hours=hours)
    with executed_statements() as noted:
        await begun.commit(SaveDraft(await _draft(begun)))
    (update_,) = [each.sql for each in noted if each.sql.startswith("UPDATE draft")]
    columns = {column.name for index in draft.indexes for column in index.columns}
    assert {column for column in columns if f"{column}=" in update_} == indexed
    (row,) = await begun.rows(draft)
    assert row["exp_hour"] == int(begun.now.timestamp()) // 3600 + 168


async def test_an_old_copy_opens_no_more_once_its_day_key_is_gone(begun: Organisation) -> None:
    (copy,) = await begun.rows(draft)
    await begun.pass_time(days=1)
    await begun.commit(SaveDraft(DRAFT))
    await begun.pass_time(days=4)
    keyring = begun.repositories.drafts.keyring
    assert 20_780 not in keyring.live_days()

    def put_back(connection: Connection) -> None:
        connection.execute(draft.delete())
        connection.execute(insert(draft).values(copy))

    await begun.database.transaction(put_back)
    assert (await begun.snapshot()).draft is None
    keyring.days[20_780] = bytes(32)
    assert (await begun.snapshot()).draft is None


async def test_it_ends_168_hours_after_the_last_answer(begun: Organisation) -> None:
    hour = int(begun.now.timestamp()) // 3600
    (row,) = await begun.rows(draft)
    assert row["exp_hour"] == hour + 168
    assert row["end_hour"] == hour + 336
    await begun.pass_time(hours=50)
    await begun.commit(SaveDraft(await _draft(begun)))
    (row,) = await begun.rows(draft)
    assert row["exp_hour"] == hour + 50 + 168
    assert row["end_hour"] == hour + 336
    assert [r["draft_exp"] for r in await begun.rows(case_file)] == [row["exp_hour"]]


async def test_it_never_lives_longer_than_14_days(begun: Organisation) -> None:
    for _ in range(6):
        await begun.pass_time(hours=50)
        await begun.commit(SaveDraft(await _draft(begun)))
    (row,) = await begun.rows(draft)
    assert row["exp_hour"] == row["end_hour"]
    await begun.pass_time(hours=36)
    left = await begun.counted()
    assert left.keys() == {"house", "processed_message"}


async def test_an_ended_draft_is_not_shown_even_before_it_is_swept(begun: Organisation) -> None:
    begun.now = datetime.fromtimestamp((await _draft(begun)).expires * 3600, tz=UTC)
    assert (await begun.snapshot()).draft is None


async def _draft(org: Organisation) -> Draft:
    found = (await org.snapshot()).draft
    assert found is not None
    return found
