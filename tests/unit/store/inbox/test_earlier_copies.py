"""Copies of the database that were made while somebody's words passed through it.

Somebody who copies database and WAL at every moment, and takes the keyring later, must not find
the twelve words that were typed.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from store.crypto.inbox_keys import open_inbox_keys
from store.inbox.inbox_rows import InboxRepository
from store.model.changes import CloseCase, OpenCase
from store.model.errors import Locked
from store.model.failpoint import installed
from store.model.inbox import AcceptedMessage, InboxRow
from store.model.turn import Decision, FoundCase, Supplies
from tests.unit.store.organisation import REPORTER, Organisation, hand_over, keep
from tests.unit.store.people import counted

MOMENTS = ("committed", "checkpoint")
"""Between two of these nothing on the disk changes."""


@pytest.fixture
def copies(file_org: Organisation) -> Iterator[list[Path]]:
    """Every state of the files; the newest last."""
    made: list[Path] = []

    def copy(name: str) -> None:
        if name in MOMENTS:
            folder = file_org.folder / f"copy {len(made)}"
            folder.mkdir()
            for file in (file_org.folder / "data").iterdir():
                (folder / file.name).write_bytes(file.read_bytes())
            made.append(folder / "holdfast.db")

    with installed(copy):
        yield made


def blobs(file: Path) -> list[tuple[int, int, str, bytes]]:
    with closing(sqlite3.connect(file)) as copy:
        return copy.execute("SELECT seq, key, platform, blob FROM inbox").fetchall()


def opened(org: Organisation, file: Path) -> list[bytes]:
    """What the keyring of now opens of a copy."""
    keys = open_inbox_keys(org.folder / "keyring", counted())
    rows = InboxRepository(keys, counted())
    found = []
    for seq, key, platform, blob in blobs(file):
        try:
            found.append(rows.open_blob(InboxRow(seq), key, platform, blob)[1])
        except Locked:
            continue
    return found


async def test_closing_a_case_leaves_no_copy_that_shows_the_words(
    file_org: Organisation, copies: list[Path]
) -> None:
    org = file_org
    await org.tell()
    words = (await org.snapshot()).words
    await org.commit(hand_over(keep()))
    found = await org.stores.recovery.find_by_words(" ".join(words))
    assert isinstance(found, FoundCase)
    typed = AcceptedMessage("1", "77", " ".join(words).encode(), org.now)
    (waiting,) = await org.stores.inbox.accept(REPORTER.platform, [typed])
    supplies = Supplies(found=found)
    await turn(org, waiting.row, Decision((OpenCase(),)), supplies)
    assert any(typed.content in opened(org, file) for file in copies), "until then they are there"
    other = replace(typed, id="2", chat="88", content=b"somebody else's words")
    (waits,) = await org.stores.inbox.accept(REPORTER.platform, [other])
    closing_it = replace(typed, id="3", content=b"/close")
    (last,) = await org.stores.inbox.accept(REPORTER.platform, [closing_it])
    before = len(copies)
    await turn(org, last.row, Decision((CloseCase(),)))
    assert [content for file in copies[:before] for content in opened(org, file)] == []
    assert await org.stores.inbox.read(waits.row) == waits, "what waits can still be read"


async def turn(
    org: Organisation, row: InboxRow, decision: Decision, supplies: Supplies | None = None
) -> None:
    cases, given = org.stores.cases, supplies or Supplies()
    assert (await cases.turn(REPORTER, row, lambda _: decision, org.now, given)).fresh
