"""One changed byte anywhere in what is stored is refused, or what it was is gone; never different.

A talk that was handed over, one that is kept and one that is open are written once. Then every
blob of every row is changed, one at a time, in a copy; and all of it is read as its owners would.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from store.model.errors import StoreError
from tests.rig import Rig, make_rig, person

DRAFTING, KEEPING = person("reporter-two"), person("reporter-three")
PLACES = (0, 0.3, 0.6, 1)
"""Where in a blob a byte is changed, as a part of its length."""

PUBLIC = {("roster", "note"), ("house", "value")}
"""No secrets: checked against the roster file and the config, at start."""


@dataclass(frozen=True)
class Told:
    """What the owners of a database can read in it."""

    story: tuple[str, ...]
    kept: tuple[str, ...]
    fetched: tuple[str, ...]


async def written(folder: Path) -> tuple[Rig, list[str]]:
    rig = make_rig(folder)
    await rig.tell("told by the first", who=DRAFTING)
    await rig.tell("told by the second")
    await rig.share("Oak", keep=False, now=True)
    words = await kept_talk(rig)
    return rig, words


async def kept_talk(rig: Rig) -> list[str]:
    await rig.tell("told by the third", who=KEEPING)
    for line in ("only keep it", "it is right", "yes, use it"):
        await rig.say(line, who=KEEPING)
    shown = await rig.say("twelve words", who=KEEPING)
    rows = (line.split() for line in shown[0].text.splitlines())
    words = [row[1] for row in rows if len(row) == 2 and row[0].isdecimal()]
    asked = shown[1].text.replace("?", "").split()
    await rig.say(" ".join(words[int(p) - 1] for p in asked if p.isdecimal()), who=KEEPING)
    return words


async def read(rig: Rig, words: list[str]) -> Told:
    """Read everything, as its owners would; the file is closed afterwards."""
    try:
        return await read_kept_open(rig, words)
    finally:
        await rig.kept.shut_down()


async def read_kept_open(rig: Rig, words: list[str]) -> Told:
    """Read everything, as its owners would."""
    async with rig.house() as house:
        stores, now = house.stores, rig.clock()
        drafting = await stores.cases.snapshot(DRAFTING, now, pieces=True)
        await stores.recovery.open_with_words(KEEPING, " ".join(words), now)
        keeping = await stores.cases.snapshot(KEEPING, now, pieces=True)
        await stores.outbox.messages_for(DRAFTING)
        member = house.stores.readers.named("Oak", now)
        assert member is not None
        codes = [d.code for d in await house.stores.readers.deliveries(member)]
        bundles = [await house.stores.readers.bundle(member, code) for code in codes]
    return Told(
        tuple(p.text for p in drafting.pieces),
        tuple(p.text for p in keeping.pieces),
        tuple(rig.open("Oak", bundle).text for bundle in bundles),
    )


def blobs(path: Path) -> Iterator[tuple[str, str, bytes, bytes]]:
    """Table, column, value and primary key of every stored blob."""
    with sqlite3.connect(path) as db:
        tables = [r[0] for r in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            rows = db.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names of the schema
            columns = [c[0] for c in rows.description]
            for row in rows:
                for column, value in zip(columns, row, strict=True):
                    if isinstance(value, bytes) and value and (table, column) not in PUBLIC:
                        yield table, column, value, row[0]


def change(path: Path, table: str, column: str, value: bytes, place: float) -> None:
    at = round((len(value) - 1) * place)
    changed = value[:at] + bytes([value[at] ^ 1]) + value[at + 1 :]
    with sqlite3.connect(path) as db:
        db.execute(
            f'UPDATE "{table}" SET "{column}" = ? WHERE "{column}" = ?',  # noqa: S608 - as above
            (changed, value),
        )


def within(read_now: Told, before: Told) -> bool:
    """Nothing is there that was not there before."""
    return (
        set(read_now.story) <= set(before.story)
        and set(read_now.kept) <= set(before.kept)
        and set(read_now.fetched) <= set(before.fetched)
    )


SEALED = {
    ("draft", "wrap"),
    ("draft", "salt"),
    ("draft", "state"),
    ("item", "header"),
    ("item_chunk", "bytes"),
    ("permission", "env"),
    ("access_grant", "header"),
    ("delivery", "env"),
    ("case_file", "pk_r"),
    ("case_file", "pk_sig"),
    ("case_file", "rid"),
}
"""Where a change must be refused, not only go unseen because nobody finds the row any more."""


@pytest.mark.timeout(300)  # several hundred changed databases
async def test_a_changed_byte_is_refused(tmp_path: Path) -> None:
    rig, words = await written(tmp_path)
    before = await read(rig, words)
    assert before.story == ("told by the first",)
    assert before.kept == ("told by the third",)
    assert len(before.fetched) == 1
    database = tmp_path / "data" / "holdfast.db"
    original = tmp_path / "original.db"
    shutil.copy(database, original)
    refused = set()
    for table, column, value, _ in list(blobs(original)):
        for place in PLACES:
            shutil.copy(original, database)
            change(database, table, column, value, place)
            try:
                assert within(await read(rig, words), before), (table, column, place)
            except StoreError:
                refused.add((table, column))
    assert refused >= SEALED, SEALED - refused


async def test_a_changed_row_id_hides_a_draft_and_opens_nothing(tmp_path: Path) -> None:
    rig = make_rig(tmp_path)
    await rig.tell("told by the first", who=DRAFTING)
    database = tmp_path / "data" / "holdfast.db"
    (value,) = [v for t, c, v, _ in blobs(database) if (t, c) == ("draft", "id")]
    change(database, "draft", "id", value, 0)
    async with rig.house() as house:
        assert (await house.stores.cases.snapshot(DRAFTING, rig.clock())).draft is None
