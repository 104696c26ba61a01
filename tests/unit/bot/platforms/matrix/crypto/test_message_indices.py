"""Messages that were read stay remembered, and cost no commit of their own."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from bot.platforms.matrix.crypto.message_indices import (
    BLOCK,
    MOST_IN_JOURNAL,
    Block,
    MessageIndices,
    hash_event,
)


@dataclass
class File:
    """What is on the disk; only sessions whose key is there are written."""

    sessions: set[str] = field(default_factory=lambda: {"one", "other"})
    stored: dict[Block, bytes] = field(default_factory=dict)
    commits: int = 0

    def read_hashes(self, block: Block) -> bytes:
        return self.stored.get(block, b"")

    def write_hashes(self, hashes: Mapping[Block, bytes]) -> None:
        self.commits += 1
        self.stored |= {block: m for block, m in hashes.items() if block[0] in self.sessions}


def hashed(event: str) -> bytes:
    return hash_event(event, "@robin:x", 1)


def test_a_hash_stands_for_all_that_a_server_says_of_an_event() -> None:
    named = [("$1", "@a:x", 1), ("$2", "@a:x", 1), ("$1", "@b:x", 1), ("$1", "@a:x", 2)]
    assert len({hash_event(*event) for event in named}) == len(named)


def test_the_file_remembers_messages_of_any_index() -> None:
    file, chance = File(), random.Random(1)  # noqa: S311 - no secret
    taken = {(chance.choice(["one", "other"]), chance.randrange(2**32)) for _ in range(500)}
    taken |= {("one", index) for index in range(BLOCK - 2, BLOCK + 2)}
    indices = MessageIndices(file)
    for session, index in taken:
        assert indices.take(session, index, hashed(f"${session}{index}"))
    indices.save()
    later = MessageIndices(file)
    for session, index in taken:
        assert not later.take(session, index, hashed("$replayed"))
        assert later.take(session, index, hashed(f"${session}{index}"))
    assert file.commits == 1


@pytest.mark.parametrize("killed", ["before the journal", "after the journal"])
def test_every_message_that_was_stored_is_remembered(killed: str) -> None:
    file = File()
    indices = MessageIndices(file)
    journal = ""
    for index in range(3 * MOST_IN_JOURNAL):
        indices.take("one", index, hashed(f"${index}"))
        journal = indices.journal() if killed == "after the journal" or index % 2 else journal
    later = MessageIndices(file)
    later.restore(journal)
    remembered = [not later.take("one", i, hashed("$no")) for i in range(3 * MOST_IN_JOURNAL)]
    assert all(remembered)
    assert file.commits < 8


def test_what_stands_in_no_journal_is_written_at_once() -> None:
    file = File()
    indices = MessageIndices(file)
    indices.take("one", 1, hashed("$1"))
    indices.journal()
    indices.keep("one", 1)
    assert file.commits == 0, "a journal has it"
    indices.take("one", 2, hashed("$2"))
    indices.keep("one", 2)
    assert file.commits == 1
    assert indices.journal() == ""


def test_a_damaged_journal_stops_nothing() -> None:
    for journal in ("", "x", "[1]", '[["one",1,"zz"]]', "{}", '[["one",{},"00"]]'):
        MessageIndices(File()).restore(journal)


def test_a_journal_changes_nothing_that_the_file_knows() -> None:
    file = File()
    indices = MessageIndices(file)
    indices.take("one", 1, hashed("$1"))
    journal = indices.journal().replace(hashed("$1").hex(), hashed("$2").hex())
    indices.save()
    later = MessageIndices(file)
    later.restore(journal)
    assert later.take("one", 1, hashed("$1"))
    assert not later.take("one", 1, hashed("$2"))
