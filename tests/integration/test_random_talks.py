"""Two hundred talks by chance with the whole program: no typed word is lost."""

import random
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import pytest

from handlers.context import View
from handlers.messages import EditedMessage, MessageContent
from store.cases.account_state import load_state
from store.cases.case_store import CaseStore
from store.cases.item_streams import ItemStreams
from store.cases.items import SealedRow, sealed_rows
from store.cases.pieces import open_pieces
from store.crypto.case_keys import CaseKeys
from store.db.connection import Connection
from store.model.accounts import Account
from tests.rig import Rig, make_rig, person
from tests.sentences import RECORDED_TEXTS
from tests.unit.handlers.reporter.random_talks import (
    LETS_GO,
    LOOKED_UP,
    NOT_TAKEN,
    RandomTalk,
    items_kept,
)

TALKS, PARTS = 200, 4
WORDS_ANSWERED = frozenset(
    {
        *("NOT_WORDS", "NO_CASE", "NO_CODE", "TOO_MANY_TRIES", "CODE_OR_WORDS", "WORDS_COUNT"),
        *("WORDS_OR_CODE_COUNT", "WORDS_UNLISTED", "WORDS_MIXED"),
    }
)
"""Sentences about words that were looked up, which are never kept."""
RECOGNISED = {
    name: text.partition("{")[0]
    for name, text in RECORDED_TEXTS.items()
    if name.partition("[")[0] in NOT_TAKEN | LETS_GO | WORDS_ANSWERED
}
"""By name: how the sentence begins that says it."""


@dataclass
class ProgramTalk:
    """A talk of one account with the whole program over its database."""

    rig: Rig
    who: Account

    @property
    def _cases(self) -> CaseStore:
        """The store of the program that goes on running."""
        assert self.rig.conversations is not None
        return cast("CaseStore", self.rig.conversations.snapshots.source)

    async def view(self) -> View:
        """Return what handlers see."""
        assert self.rig.conversations is not None
        return await self.rig.conversations.snapshots.read(self.who)

    async def words_kept(self) -> str:
        """Open all that is sealed of the talk."""
        items, cases = items_kept(await self.view()), self._cases

        def load(connection: Connection) -> tuple[CaseKeys | None, tuple[SealedRow, ...]]:
            state = load_state(cases.repositories, connection, self.who, self.rig.clock())
            keys = state.keys
            sealed = [bytes.fromhex(item) for item in items]
            return keys, sealed_rows(connection, keys.locator, sealed) if keys else ()

        keys, rows = await cases.database.read(load)
        if keys is None:
            return ""
        streams = ItemStreams(cases.database, cases.repositories.entropy)
        pieces = await open_pieces(streams, keys, items, rows)
        return "\n".join(piece.text for piece in pieces.values() if piece is not None)

    async def hear(self, heard: MessageContent, message: str) -> frozenset[str]:
        """Take one message; recognise what is said by how it begins."""
        name = f"{self.who.name} {message}"  # ids of messages are those of a whole platform
        if isinstance(heard, EditedMessage):
            heard = replace(heard, of=f"{self.who.name} {heard.of}")
        texts = [r.text for r in await self.rig.hear(heard, self.who, message=name)]
        said = {
            name.partition("[")[0]
            for name, begins in RECOGNISED.items()
            if any(begins in text for text in texts)
        }
        return frozenset({*said, *({LOOKED_UP} if said & WORDS_ANSWERED else ())})


@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", range(PARTS))
async def test_no_typed_word_is_lost_by_the_program(tmp_path: Path, part: int) -> None:
    rig = make_rig(tmp_path)
    async with rig.staying():
        for number in range(part, TALKS, PARTS):
            chance = random.Random(f"whole {number}")  # noqa: S311 - a drawn test
            stage = ProgramTalk(rig, person(f"reporter-{number}"))
            lost = await RandomTalk(chance, stage).play()
            assert not lost, "\n".join([f"talk {number}", *lost])
