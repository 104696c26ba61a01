"""Texts that were recorded once, and what a test computes now held against them byte for byte.

``HOLDFAST_RECORD=1 python -m pytest tests/test_golden.py`` writes them anew. Do that only where a
change of behaviour is wanted, and read the difference that ``git diff`` shows before committing
it. A continuous integration never records.
"""

import difflib
import os
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from handlers.sending.rendering import ANSWERS
from store.db.connection import Connection
from store.model.accounts import Account
from store.model.outbox import OutboxContent, TextRef
from store.outbox.rows import SEND, OutboxRepository

GOLDEN = Path(__file__).parent / "golden"
RENAMED = {
    "case": "case_file",
    "grant": "access_grant",
    "join": "reader_invitation",
    "seen": "processed_message",
    "trace": "deletable_message",
}
"""Tables by the names that they had when everything was recorded: only the names are new."""
MOST_LINES = 120
"""Of a difference, as far as somebody reads it."""


def recording() -> bool:
    """Whether the texts are written anew."""
    wanted = os.environ.get("HOLDFAST_RECORD", "") == "1"
    assert not (wanted and os.environ.get("CI")), "a continuous integration must not record"
    return wanted


def hold(path: Path, computed: str) -> None:
    """The text is the recorded one; where it is not, the difference is the failure."""
    if recording():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(computed, "utf-8")
        return
    name = path.relative_to(GOLDEN.parents[1]).as_posix()
    assert path.exists(), f"{name} was never recorded; see tests/recorded.py"
    kept = path.read_text("utf-8")
    if kept != computed:
        raise AssertionError(f"{name} does not hold any more:\n{difference(kept, computed)}")


def difference(kept: str, computed: str) -> str:
    """What was recorded and what is there now, as a unified diff."""
    before, after = kept.splitlines(), computed.splitlines()
    lines = list(difflib.unified_diff(before, after, "recorded", "now", lineterm=""))
    more = len(lines) - MOST_LINES
    return "\n".join([*lines[:MOST_LINES], *([f"… and {more} lines more"] if more > 0 else [])])


def seeded(seed: str) -> Callable[[int], bytes]:
    """Entropy that is the same each time: a stream of its own for each size that is drawn.

    So a nonce more or less, which nobody sees, changes no recovery words, no code and no digits.
    """
    streams: dict[int, random.Random] = {}

    def draw(size: int) -> bytes:
        made = random.Random(f"{seed} {size}")  # noqa: S311 - throw-away keys of a test
        return streams.setdefault(size, made).randbytes(size)

    return draw


def ids_of_readers_rows_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw the ids of readers' rows of the outbox from a stream of their own.

    Version 0.1 answered readers without rows, and recovery words have as many bytes as an id: they
    would be other ones than the recorded words in every talk after a reader's command.
    """
    add, apart = OutboxRepository.add, seeded("rows of readers")

    def add_apart(
        self: OutboxRepository,
        connection: Connection,
        to: Account,
        op: str,
        content: OutboxContent,
        now: datetime,
        due_hour: int = 0,
    ) -> None:
        is_answer = op == SEND or (isinstance(content, TextRef) and content.sentence in ANSWERS)
        rows = replace(self, entropy=apart) if is_answer else self
        add(rows, connection, to, op, content, now, due_hour)

    monkeypatch.setattr(OutboxRepository, "add", add_apart)
