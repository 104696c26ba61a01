import importlib
import pkgutil
from dataclasses import FrozenInstanceError, is_dataclass

import pytest

from store import model
from store.model.accounts import Account
from store.model.changes import HandOver, SealItem, TakeBack
from store.model.drafts import Draft, Phase, Piece
from store.model.outbox import OutboxMessage, TextRef
from store.model.permissions import NewPermission, RevocationBasis
from store.model.snapshot import Snapshot

SECRET = "xyzzy"

HOLDING = [
    Account("telegram", SECRET, SECRET),
    Draft("r", "en", code=7_777_777),
    Piece("01", "story", 202647, SECRET),
    SealItem("01", "story", SECRET),
    NewPermission("keep", "keep", SECRET),
    HandOver(Draft("r", "en"), (NewPermission("keep", "keep", SECRET),), (), SECRET),
    TakeBack(RevocationBasis.WORDS, (), SECRET),
    Snapshot(
        words=(SECRET,),
        code_words=(SECRET,),
        loaded_pieces=(Piece("01", "story", 202647, SECRET),),
    ),
    OutboxMessage(
        SECRET.encode(), Account("telegram", SECRET, SECRET), TextRef("ASK"), repeated=False
    ),
]


@pytest.mark.parametrize("record", HOLDING, ids=lambda r: type(r).__name__)
def test_what_was_typed_and_who_it_was_never_prints(record: object) -> None:
    assert SECRET not in repr(record)
    assert "7777777" not in repr(record)


def test_records_are_frozen_and_hold_no_more_than_they_say() -> None:
    modules = [
        importlib.import_module(f"store.model.{each.name}")
        for each in pkgutil.iter_modules(model.__path__)
    ]
    plain = {
        c for m in modules for c in vars(m).values() if isinstance(c, type) and is_dataclass(c)
    }
    assert len(plain) > 20
    for record in plain:
        assert "__dict__" not in dir(record), record
    with pytest.raises(FrozenInstanceError):
        HOLDING[0].name = "another"  # type: ignore[attr-defined]


def test_nothing_is_the_default() -> None:
    nothing = Snapshot()
    assert (nothing.draft, nothing.opened, nothing.held) == (None, None, None)
    assert nothing.kept is nothing.shared is False
    assert Draft("r", "en").phase is Phase.QUESTIONS
    assert NewPermission("keep", "keep", "").readers == ()
