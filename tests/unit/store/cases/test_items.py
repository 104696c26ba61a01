import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from store.cases.item_streams import ItemStreams
from store.cases.items import (
    CHUNK_BYTES,
    answer,
    describe_items,
    file_key_of,
    file_of,
    open_rows,
    report,
    sealed_rows,
)
from store.crypto.age import file as age
from store.crypto.case_keys import CaseKeys
from store.crypto.document import Document
from store.crypto.kdf import digest
from store.db.connection import Connection
from store.db.schema import item, item_chunk
from store.model.changes import EraseItems
from store.model.errors import NotForUs, PiecesNotLoaded, Unreadable
from tests.unit.store.organisation import (
    REPORTER,
    SECOND,
    SOMEBODY,
    START,
    STORY,
    TOLD,
    Organisation,
)


async def keys_of(org: Organisation) -> CaseKeys:
    found = await org.database.read(
        lambda connection: org.repositories.drafts.find(connection, REPORTER)
    )
    assert found is not None
    return found.keys


def test_an_answer_and_a_report_are_documents() -> None:
    told = answer("story", "some words", START)
    assert (told.kind, told.extra, told.week, told.body) == (
        *("answer", {"q": "story"}, 202648),
        b"some words",
    )
    compiled = report("some words", {"parts": ["story"]}, START)
    assert (compiled.kind, compiled.extra) == ("report", {"parts": ["story"]})


async def test_what_was_told_comes_back_in_its_order(org: Organisation) -> None:
    await org.tell()
    pieces = (await org.snapshot(pieces=True)).pieces
    assert [(p.item, p.step, p.text) for p in pieces] == [
        (STORY, "story", TOLD[0]),
        (SECOND, "story", TOLD[1]),
    ]
    with pytest.raises(PiecesNotLoaded):
        _ = (await org.snapshot()).pieces


async def test_nothing_typed_is_readable_on_the_disk(org: Organisation) -> None:
    await org.tell()
    for words in TOLD:
        assert words.encode() not in await org.written()


async def test_an_item_has_one_header_for_the_reporter_alone(org: Organisation) -> None:
    await org.tell()
    keys, stranger = await keys_of(org), CaseKeys(bytes(16))
    for row in await org.rows(item):
        header = row["header"]
        assert isinstance(header, bytes)
        assert header.count(b"-> mlkem768x25519") == header.count(b"->") == 1
        assert age.open_header(header, [keys.identity])
        with pytest.raises(NotForUs):
            age.open_header(header, [stranger.identity])


async def test_header_and_payload_together_are_one_age_file(org: Organisation) -> None:
    await org.tell()
    keys = await keys_of(org)

    def read_item(connection: Connection) -> tuple[bytes, bytes]:
        header = connection.execute(select(item.c.header)).scalars().first()
        first = connection.execute(select(item.c.id)).scalars().first()
        assert header is not None
        assert first is not None
        file_key = age.open_header(header, [keys.identity])
        assert file_key_of(connection, keys, first) == file_key
        return header, file_of(connection, first)

    header, payload = await org.database.read(read_item)
    document = Document.decode(age.decrypt(header + payload, [keys.identity]))
    assert document.body.decode() in TOLD


async def test_short_answers_cannot_be_told_apart_by_size(org: Organisation) -> None:
    await org.tell()
    assert len({row["size"] for row in await org.rows(item)}) == 1


@pytest.mark.parametrize("size", [10, CHUNK_BYTES, 3 * CHUNK_BYTES])
async def test_a_payload_is_kept_in_chunks(org: Organisation, size: int) -> None:
    await org.tell()
    keys = await keys_of(org)
    document = Document("attachment", "text/plain", 202648, b"x" * size)

    def add(connection: Connection) -> None:
        sealed = org.repositories.items.add(connection, keys, bytes(16), document)
        assert digest(file_of(connection, bytes(16))) == sealed.payload_hash
        described = describe_items(connection, keys, [bytes(16)])
        assert described == [(bytes(16), document.description)]
        rows = sealed_rows(connection, keys.locator, [bytes(16)])
        short = size == 10
        assert open_rows(keys, rows) == ([(bytes(16), document)] if short else [])

    await org.database.transaction(add)
    reader = await ItemStreams(org.database, org.repositories.entropy).open(keys, bytes(16))
    assert reader is not None
    assert b"".join([piece async for piece in reader]) == document.body
    assert reader.description == document.description
    chunks = [r["bytes"] for r in await org.rows(item_chunk) if r["item"] == bytes(16)]
    assert max(len(c) for c in chunks if isinstance(c, bytes)) <= CHUNK_BYTES
    (whole,) = [r["size"] for r in await org.rows(item) if r["id"] == bytes(16)]
    assert isinstance(whole, int)
    assert whole > size
    assert len(chunks) == math.ceil(whole / CHUNK_BYTES)


async def test_what_was_dropped_is_gone_with_its_payload(org: Organisation) -> None:
    await org.tell()
    chunks = {r["item"]: r["bytes"] for r in await org.rows(item_chunk)}
    await org.commit(EraseItems((STORY,)))
    assert [r["id"] for r in await org.rows(item)] == [bytes.fromhex(SECOND)]
    gone = chunks[bytes.fromhex(STORY)]
    assert isinstance(gone, bytes)
    assert gone[:16] not in await org.written()


async def test_nobody_drops_what_is_anothers(org: Organisation) -> None:
    await org.tell()
    await org.tell(SOMEBODY)
    await org.commit(EraseItems((STORY, SECOND)), who=SOMEBODY)
    assert len((await org.snapshot(pieces=True)).pieces) == 2


@given(st.integers(0, 1000))
def test_a_cut_payload_is_refused(cut: int) -> None:
    file_key = bytes(16)
    payload = age.seal_payload(file_key, b"words" * 100, bytes)
    with pytest.raises(Unreadable):
        age.open_payload(file_key, payload[: cut % len(payload)])


async def test_a_file_of_another_item_is_refused(org: Organisation) -> None:
    await org.tell()
    rows = await org.rows(item_chunk)
    other = item_chunk.c.item == rows[1]["item"]
    moved = update(item_chunk).where(other).values(bytes=rows[0]["bytes"])
    await org.database.transaction(lambda connection: connection.execute(moved))
    with pytest.raises(Unreadable):
        await org.snapshot(pieces=True)
