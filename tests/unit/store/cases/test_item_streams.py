"""Items that are written before their turn: nobody's until it keeps them, then like any other."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Update, select, update

from store.cases.item_streams import ItemStreams
from store.cases.items import (
    CHUNK_BYTES,
    describe_items,
    file_of,
    ids_of,
    long_answer,
    sealed_rows,
)
from store.cases.staging import ABANDONED_HOURS, ITEMS_AT_ONCE
from store.crypto.age import file as age
from store.crypto.case_keys import CaseKeys
from store.crypto.document import LIMIT, Description, Document
from store.crypto.kdf import digest
from store.db.connection import Connection
from store.db.schema import item, item_chunk
from store.model.changes import (
    EndDraft,
    EraseCase,
    EraseItems,
    KeepStaged,
    SaveDraft,
    SealItem,
)
from store.model.drafts import StoredAnswer
from store.model.errors import StagedItemGone, TooLong, Unreadable
from store.model.failpoint import installed
from store.model.permissions import NewPermission
from tests.unit.store.organisation import (
    DRAFT,
    OAK_ID,
    REPORTER,
    SECOND,
    SOMEBODY,
    START,
    STORY,
    Organisation,
    hand_over,
    keep,
    named,
    organisation,
)

LONG = "0c" * 16
TOLD_BEFORE = replace(DRAFT, answers=(StoredAnswer("story", (), (STORY, SECOND)),))
WORDS = "It was a long story, and here is all of it. " * 20_000
"""Five rows of a payload."""


def streams(org: Organisation) -> ItemStreams:
    return ItemStreams(org.database, org.repositories.entropy)


async def keys_of(org: Organisation) -> CaseKeys:
    found = await org.database.read(
        lambda connection: org.repositories.drafts.find(connection, REPORTER)
    )
    assert found is not None
    return found.keys


async def stage(org: Organisation, words: str = WORDS, item_id: str = LONG) -> KeepStaged:
    staged = await org.stores.staging.stage(REPORTER, SealItem(item_id, "story", words), org.now)
    assert staged is not None
    return staged


async def keep_it(org: Organisation, staged: KeepStaged) -> None:
    """As the turn of the message does."""
    items = (STORY, SECOND, staged.answer.item)
    told = replace(DRAFT, answers=(StoredAnswer("story", (), items),))
    await org.commit(staged, SaveDraft(told))


async def rows_of(org: Organisation, item_id: str = LONG) -> tuple[int, int]:
    """How many rows there are of an item, and of its payload."""
    mine = bytes.fromhex(item_id)
    items = [row for row in await org.rows(item) if row["id"] == mine]
    chunks = [row for row in await org.rows(item_chunk) if row["item"] == mine]
    return len(items), len(chunks)


async def told(org: Organisation) -> list[str]:
    return [piece.text for piece in (await org.snapshot(pieces=True)).pieces]


async def body_of(pieces: Iterable[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


# --- before a turn has kept it


async def test_nobody_sees_what_is_staged(org: Organisation) -> None:
    await org.tell()
    before, keys = await told(org), await keys_of(org)
    await stage(org)

    def look(connection: Connection) -> tuple[int, int, int]:
        mine = [bytes.fromhex(LONG)]
        return (
            len(ids_of(connection, keys.locator)),
            len(sealed_rows(connection, keys.locator, mine)),
            len(describe_items(connection, keys, mine)),
        )

    assert await org.database.read(look) == (2, 0, 0)
    assert await streams(org).open(keys, bytes.fromhex(LONG)) is None
    assert await told(org) == before


async def test_nothing_of_it_is_readable_on_the_disk(org: Organisation) -> None:
    await org.tell()
    await stage(org)
    assert WORDS[:40].encode() not in await org.written()
    await keep_it(org, await stage(org))
    assert WORDS[:40].encode() not in await org.written()


async def test_it_goes_with_its_case(org: Organisation) -> None:
    await org.tell()
    staged = await stage(org)
    await org.commit(EraseCase())
    assert await rows_of(org) == (0, 0)
    await org.tell(SOMEBODY)
    with pytest.raises(StagedItemGone):
        await org.commit(staged, who=SOMEBODY)


@pytest.mark.parametrize("permission", [keep(), named(OAK_ID)], ids=["kept", "shared only"])
async def test_it_goes_with_its_conversation(org: Organisation, permission: NewPermission) -> None:
    await org.share(permission)
    await stage(org)
    await org.commit(EndDraft())
    assert await rows_of(org) == (0, 0)
    assert (await org.counted())["case_file"] == 1


async def test_it_is_swept_after_some_hours(org: Organisation) -> None:
    await org.tell()
    for number in range(ITEMS_AT_ONCE + 1):
        await stage(org, "words", f"{number:032x}")
    kept = await stage(org)
    await keep_it(org, kept)
    await org.pass_time(hours=ABANDONED_HOURS - 1)
    assert len(await org.rows(item)) == ITEMS_AT_ONCE + 4
    await org.pass_time(hours=1)
    assert {row["staged"] for row in await org.rows(item)} == {0}
    assert len(await org.rows(item)) == 3


async def test_it_can_be_discarded(org: Organisation) -> None:
    await org.tell()
    await org.stores.staging.discard(await stage(org))
    assert await rows_of(org) == (0, 0)


async def test_a_message_that_comes_again_is_staged_in_place_of_what_was_left(
    org: Organisation,
) -> None:
    await org.tell()
    left, again = await stage(org), await stage(org, "words")
    assert await rows_of(org) == (1, 1)
    with pytest.raises(StagedItemGone):
        await keep_it(org, left)
    await org.stores.staging.discard(left)
    await keep_it(org, again)
    assert (await told(org))[2:] == ["words"]


async def test_there_is_nothing_to_stage_it_to_without_a_conversation(org: Organisation) -> None:
    answer = SealItem(LONG, "story", WORDS)
    assert await org.stores.staging.stage(REPORTER, answer, org.now) is None


async def test_an_item_that_is_complete_is_not_staged_anew(org: Organisation) -> None:
    await org.tell()
    answer = SealItem(STORY, "story", WORDS)
    assert await org.stores.staging.stage(REPORTER, answer, org.now) is None
    assert await rows_of(org, STORY) == (1, 1)


async def test_a_case_that_is_erased_meanwhile_ends_it(org: Organisation) -> None:
    await org.tell()
    keys, described = await keys_of(org), long_answer("story", 4 * CHUNK_BYTES, START)

    async def body() -> AsyncIterator[bytes]:
        yield bytes(2 * CHUNK_BYTES)
        assert (await rows_of(org))[0] == 1
        await org.commit(EraseCase())
        yield bytes(2 * CHUNK_BYTES)

    item_id = bytes.fromhex(LONG)
    assert await streams(org).stage(keys, item_id, described, body(), START) is None
    assert await rows_of(org) == (0, 0)


async def test_other_transactions_go_on_while_it_comes(org: Organisation) -> None:
    await org.tell()
    keys, described = await keys_of(org), long_answer("story", 2 * CHUNK_BYTES, START)
    waits, goes_on = asyncio.Event(), asyncio.Event()

    async def body() -> AsyncIterator[bytes]:
        yield bytes(CHUNK_BYTES)
        waits.set()
        await goes_on.wait()
        yield bytes(CHUNK_BYTES)

    staging = asyncio.create_task(
        streams(org).stage(keys, bytes.fromhex(LONG), described, body(), START)
    )
    await waits.wait()
    assert await org.commit(EraseItems((STORY,)))
    goes_on.set()
    assert await staging is not None


# --- a body that is not what was said


class Interrupted(Exception):
    """A download that breaks off."""


async def interrupted() -> AsyncIterator[bytes]:
    yield bytes(3 * CHUNK_BYTES)
    raise Interrupted


@pytest.mark.parametrize(
    ("size", "body", "error"),
    [
        (4 * CHUNK_BYTES, interrupted, Interrupted),
        (10, partial(body_of, [b"x" * 9]), Unreadable),
        (10, partial(body_of, [b"x" * 9, b"xx"]), Unreadable),
        (LIMIT, partial(body_of, []), TooLong),
    ],
)
async def test_what_goes_wrong_leaves_nothing(
    org: Organisation,
    size: int,
    body: Callable[[], AsyncIterator[bytes]],
    error: type[Exception],
) -> None:
    await org.tell()
    described = long_answer("story", size, START)
    with pytest.raises(error):
        await streams(org).stage(await keys_of(org), bytes.fromhex(LONG), described, body(), START)
    assert await rows_of(org) == (0, 0)


# --- once a turn has kept it


async def test_what_was_kept_is_told_like_everything_else(org: Organisation) -> None:
    await org.tell()
    before = await told(org)
    await keep_it(org, await stage(org))
    assert await told(org) == [*before, WORDS]


async def test_it_is_kept_once(org: Organisation) -> None:
    await org.tell()
    staged = await stage(org)
    await keep_it(org, staged)
    await org.stores.staging.discard(staged)
    with pytest.raises(StagedItemGone):
        await org.commit(staged)
    assert (await told(org))[2:] == [WORDS]


async def test_nobody_else_can_keep_it(org: Organisation) -> None:
    await org.tell()
    await org.tell(SOMEBODY)
    staged = await stage(org)
    with pytest.raises(StagedItemGone):
        await org.commit(staged, who=SOMEBODY)
    await keep_it(org, staged)


async def test_a_turn_that_keeps_what_is_gone_changes_nothing(org: Organisation) -> None:
    await org.tell()
    staged = await stage(org)
    await org.stores.staging.discard(staged)
    with pytest.raises(StagedItemGone):
        await org.commit(EraseItems((STORY,)), staged)
    assert await rows_of(org, STORY) == (1, 1)


async def test_it_lies_there_as_one_sealed_at_once(org: Organisation) -> None:
    await org.tell()
    staged = await stage(org)
    await keep_it(org, staged)
    await org.commit(SealItem("0d" * 16, "story", WORDS))
    keys, mine = await keys_of(org), bytes.fromhex(LONG)
    sizes = {row["id"]: row["size"] for row in await org.rows(item)}
    assert sizes[mine] == sizes[bytes.fromhex("0d" * 16)] == staged.item.size
    assert await rows_of(org) == await rows_of(org, "0d" * 16)

    def read(connection: Connection) -> tuple[bytes, bytes]:
        header = connection.execute(select(item.c.header).where(item.c.id == mine)).scalar_one()
        return file_of(connection, mine), file_of(connection, mine, header)

    payload, whole = await org.database.read(read)
    assert digest(payload) == staged.item.payload_hash
    document = Document.decode(age.decrypt(whole, [keys.identity]))
    assert (document.body.decode(), document.extra) == (WORDS, {"q": "story"})


async def test_it_is_not_opened_to_find_out_what_may_go(org: Organisation) -> None:
    """An end of the talk reads of each item that is no answer its first row, and no more."""
    await org.tell()
    await keep_it(org, await stage(org))
    await org.commit(SaveDraft(replace(DRAFT, answers=())))  # the items are nobody's answers now
    await org.commit(hand_over(keep()))
    spoilt = update(item_chunk).where(item_chunk.c.n > 0).values(bytes=b"spoilt")
    await org.database.transaction(lambda connection: connection.execute(spoilt))
    await org.commit(EndDraft())
    assert await rows_of(org) == (1, 5)


@given(
    st.integers(0, 3 * CHUNK_BYTES),
    st.lists(st.integers(0, 3 * CHUNK_BYTES), max_size=6),
)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_pieces_come_back(tmp_path_factory: Any, size: int, places: list[int]) -> None:
    async def go() -> None:
        async with organisation(tmp_path_factory.mktemp("pieces")) as org:
            await org.tell()
            keys, body = await keys_of(org), bytes(range(256)) * (size // 256 + 1)
            ends = [0, *sorted(min(place, size) for place in places), size]
            pieces = [body[a:b] for a, b in itertools.pairwise(ends)]
            described = Description("attachment", "image/png", 202648, size)
            staged = await streams(org).stage(
                keys, bytes.fromhex(LONG), described, body_of(pieces), START
            )
            assert staged is not None
            await org.commit(KeepStaged(SealItem(LONG, "", ""), staged))
            reader = await streams(org).open(keys, bytes.fromhex(LONG))
            assert reader is not None
            assert b"".join([piece async for piece in reader]) == body[:size]
            assert reader.description == described

    asyncio.run(go())


# --- the program ends on the way


class Died(Exception):
    """The end of a life: from then on nothing can be written any more."""


async def told_in_a_life(org: Organisation, ends: int = 10_000) -> list[str]:
    """Stage and keep a text as its turn does, up to the failpoint of a number; those passed."""
    passed: list[str] = []

    def failpoint(name: str) -> None:
        if len(passed) == ends:
            raise Died
        passed.append(name)

    with installed(failpoint), suppress(Died):
        await keep_it(org, await stage(org))
    return passed


async def test_wherever_a_life_ends_it_is_there_once_when_it_is_told_again(
    org: Organisation,
) -> None:
    await org.tell()
    whole = await told_in_a_life(org)
    assert whole.count("sql insert item_chunk") == 5
    for ends in range(len(whole)):
        await org.commit(EraseItems((LONG,)), SaveDraft(TOLD_BEFORE))
        await told_in_a_life(org, ends)
        there = await told(org)
        assert there[2:] in ([], [WORDS]), whole[ends]
        if there[2:] == []:  # otherwise its turn was committed, and knows the message
            await told_in_a_life(org)
        assert (await told(org))[2:] == [WORDS], whole[ends]
        assert await rows_of(org) == (1, 5), whole[ends]


# --- what was changed at rest


def execute(connection: Connection, statement: Update) -> None:
    connection.execute(statement)


@pytest.mark.parametrize("number", [0, 1, 3])
async def test_a_row_that_was_changed_cut_or_removed_is_refused(
    org: Organisation, number: int
) -> None:
    await org.tell()
    await keep_it(org, await stage(org))
    row = (item_chunk.c.item == bytes.fromhex(LONG)) & (item_chunk.c.n == number)
    payload = await org.database.read(
        lambda connection: connection.execute(select(item_chunk.c.bytes).where(row)).scalar_one()
    )
    for spoilt in (payload[:-1], payload + b"x", payload[:-1] + bytes([payload[-1] ^ 1]), b""):
        change = partial(execute, statement=update(item_chunk).where(row).values(bytes=spoilt))
        await org.database.transaction(change)
        with pytest.raises(Unreadable):
            await org.snapshot(pieces=True)
