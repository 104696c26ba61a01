"""Remember under which event each message of a Megolm session was read.

Every message of a session has an index, which its sender signed. So whoever sends a ciphertext a
second time, under another event id, shows an index that was read before. What is remembered goes
with the key of its session, and not before: a restart, a reconnect or a flood changes nothing.

A commit for each message would cost as much as reading it. So what was read just now stands in the
journal, which is stored with the cursor in the transaction that takes the messages over, and moves
to the file of the keys later, many at once.
"""

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Protocol

HASH_BYTES = 16
BLOCK = 256
"""Messages of a session whose hashes share a row."""
MOST_IN_JOURNAL = 32
"""Indices that wait for the file; with more they are written at once."""

Hashes = dict[int, bytes]
"""By the index of a message, the hash of its event."""
Place = tuple[str, int]
"""A session, and the index of a message in it."""
Block = tuple[str, int]
"""A session, and the number of a block of its messages."""


class IndexFile(Protocol):
    """Where hashes are kept, together with the keys of their sessions."""

    def read_hashes(self, block: Block) -> bytes:
        """Return the hashes of a block; nothing if none is stored."""
        ...

    def write_hashes(self, hashes: Mapping[Block, bytes]) -> None:
        """Store blocks in one transaction; leave out those of sessions whose key is gone."""
        ...


def hash_event(event_id: str, sender: str, sent_millis: int) -> bytes:
    """Return a short hash that stands for an event."""
    named = json.dumps([event_id, sender, sent_millis]).encode()
    return blake2b(named, digest_size=HASH_BYTES).digest()


@dataclass(slots=True)
class MessageIndices:
    """Remembers indices, in memory as far as they were used since the start."""

    file: IndexFile = field(repr=False)
    blocks: dict[Block, Hashes] = field(default_factory=dict, repr=False)
    new: dict[Place, bytes] = field(default_factory=dict, repr=False)
    """What stands neither in the file nor in a journal."""
    in_journal: dict[Place, str] = field(default_factory=dict, repr=False)
    """What stands in the last journal and not in the file, as it is written there."""

    def take(self, session: str, index: int, event_hash: bytes) -> bool:
        """Remember under which event a message was read; return False if it was another one."""
        hashes = self._hashes(session, index)
        known = hashes.setdefault(index, event_hash)
        if known is event_hash:
            self.new[session, index] = event_hash
        return known == event_hash

    def keep(self, session: str, index: int) -> None:
        """Write a message to the file, unless the file or a journal has it."""
        if (session, index) in self.new:
            self.save()

    def save(self) -> None:
        """Write everything to the file that is not there yet."""
        self.write()
        self.settle()

    def write(self) -> None:
        """Write as ``save`` does, inside a transaction; ``settle`` when that is committed."""
        places = (*self.new, *self.in_journal)
        blocks = {(session, index // BLOCK) for session, index in places}
        if blocks:
            self.file.write_hashes({block: _encode(self.blocks[block]) for block in blocks})

    def settle(self) -> None:
        """Note that everything that was read stands in the file."""
        self.new.clear()
        self.in_journal.clear()

    def journal(self) -> str:
        """Return what is not in the file, to be stored with the messages that were read."""
        for (session, index), event_hash in self.new.items():
            self.in_journal[session, index] = json.dumps([session, index, event_hash.hex()])
        self.new.clear()
        if len(self.in_journal) > MOST_IN_JOURNAL:
            self.save()
        return f"[{','.join(self.in_journal.values())}]" if self.in_journal else ""

    def restore(self, journal: str) -> None:
        """Take over the journal of an earlier run; what the file knows differently stays."""
        with suppress(ValueError, TypeError):
            for session, index, event_hash in json.loads(journal or "[]"):
                self.take(session, index, bytes.fromhex(event_hash))
        self.save()

    def forget(self, sessions: Iterable[str]) -> None:
        """Forget sessions whose keys are deleted; the file forgets them with the keys."""
        gone = set(sessions)
        for block in [block for block in self.blocks if block[0] in gone]:
            del self.blocks[block]
        for place in [place for place in (*self.new, *self.in_journal) if place[0] in gone]:
            self.new.pop(place, None)
            self.in_journal.pop(place, None)

    def _hashes(self, session: str, index: int) -> Hashes:
        block = (session, index // BLOCK)
        hashes = self.blocks.get(block)
        if hashes is None:
            hashes = self.blocks[block] = _decode(self.file.read_hashes(block), block)
        return hashes


def _encode(hashes: Hashes) -> bytes:
    return b"".join(
        bytes([index % BLOCK]) + event_hash for index, event_hash in sorted(hashes.items())
    )


def _decode(stored: bytes, block: Block) -> Hashes:
    first, size = block[1] * BLOCK, 1 + HASH_BYTES
    parts = (stored[at : at + size] for at in range(0, len(stored), size))
    return {first + part[0]: part[1:] for part in parts}
