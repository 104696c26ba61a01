"""What the event loop and the database's threads use at once: no cache breaks, none goes stale.

A thread is interrupted after a microsecond instead of five milliseconds, so that what could go
wrong between two steps does.
"""

import os
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count, cycle
from pathlib import Path

import pytest
from sqlalchemy import select

from handlers import context
from store.cases.sessions import LONGEST, Session, Sessions
from store.crypto import case_keys
from store.crypto.case_keys import CaseKeys, DerivedKeyCache
from store.crypto.kdf import expand
from store.crypto.keyring import KEY_BYTES, create_keyring, open_keyring
from store.crypto.labels import Label, derive_label
from store.db.lookup import InStatement
from store.db.schema import processed_message
from store.model.accounts import Account
from store.model.readers import Reader
from store.model.snapshot import Snapshot
from store.readers.commission import Commission
from tests.unit.handlers.talks import SETTING
from tests.unit.store.organisation import FOUNDED, REPORTER, START

ROUNDS = 300
Act = Callable[[], object]
"""One step of a thread, with its own assertions."""


@pytest.fixture(autouse=True)
def _interrupted_often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def hammer(*acts: Act, rounds: int = ROUNDS) -> None:
    """Repeat each act in a thread of its own, and begin all of them together."""
    errors: list[BaseException] = []
    together = threading.Barrier(len(acts))

    def run(act: Act) -> None:
        try:
            together.wait()
            for _ in range(rounds):
                act()
        except BaseException as error:  # noqa: BLE001 - raised below, in the test's own thread
            errors.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def test_derived_keys_while_days_come_and_go(tmp_path: Path) -> None:
    create_keyring(tmp_path / "keyring", os.urandom)
    keyring = open_keyring(tmp_path / "keyring", os.urandom)
    labels = cycle((Label.BOX_INDEX, Label.BOX_KEY, Label.DRAFT_INDEX, Label.SEEN_INDEX))
    days, lasting, going = count(), 1_000, threading.Event()

    def come_and_go() -> None:
        day = next(days)
        assert keyring.day_key(day) == keyring.days[day]
        keyring.destroy_days(frozenset({day - 1}))

    def derive() -> None:
        while not going.is_set():
            label = next(labels)
            keys = keyring.live_keys(label)
            expected = expand(keyring.days[lasting], derive_label(label), KEY_BYTES)
            assert keys[lasting] == keyring.key_for(lasting, label) == expected

    def change() -> None:
        try:
            for _ in range(ROUNDS):
                come_and_go()
        finally:
            going.set()

    keyring.day_key(lasting)
    hammer(derive, change, rounds=1)
    assert {day_key for day_key, _ in keyring.derived} <= {*keyring.days.values()}
    assert keyring.days.keys() == {lasting, ROUNDS - 1}


def test_reading_never_makes_a_day_key(tmp_path: Path) -> None:
    create_keyring(tmp_path / "keyring", os.urandom)
    keyring = open_keyring(tmp_path / "keyring", os.urandom)
    keyring.day_key(1)
    assert keyring.live_keys(Label.BOX_KEY) == {1: keyring.key_for(1, Label.BOX_KEY)}
    keyring.destroy_days(frozenset({1}))
    assert keyring.live_keys(Label.BOX_KEY) == {}
    assert keyring.days == {}


def test_a_key_that_is_derived_while_its_day_ends_is_not_kept(tmp_path: Path) -> None:
    """The day is destroyed at the one moment that matters: while the key is derived."""
    create_keyring(tmp_path / "keyring", os.urandom)
    keyring = open_keyring(tmp_path / "keyring", os.urandom)

    class Ending(dict[tuple[bytes, Label], bytes]):
        def get(self, name: tuple[bytes, Label], default: object = None) -> None:  # type: ignore[override] # finds nothing
            keyring.destroy_days(frozenset({1}))

    keyring.day_key(1)
    keyring.derived = Ending()
    assert len(keyring.key_for(1, Label.BOX_KEY)) == KEY_BYTES
    assert keyring.derived == {}


def test_statements_are_built_once() -> None:
    column = processed_message.c.id
    for _ in range(ROUNDS):
        find = InStatement(column, lambda mine: select(column).where(mine))
        found: list[object] = []
        hammer(*[lambda find=find, found=found: found.append(find([b""] * 3)[0])] * 2, rounds=2)
        assert len({id(statement) for statement in found}) == 1


def test_the_keys_of_open_talks_while_they_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case_keys, "MOST_DERIVED", 3)
    cache, numbers = DerivedKeyCache(), count()

    def derive() -> None:
        entropy = (next(numbers) % 7).to_bytes(16, "big")
        assert cache.of(entropy).entropy == entropy
        assert cache.of(entropy) == CaseKeys(entropy)

    hammer(derive, derive, cache.forget, rounds=10 * ROUNDS)
    cache.forget()
    assert cache.kept == {}


def test_sessions_while_others_end() -> None:
    sessions, numbers, session = Sessions(), count(), Session(CaseKeys(bytes(16)))
    lasting = [Account("terminal", f"lasting {n}", "") for n in range(100)]
    for who in lasting:
        sessions.put(who, session, START)

    def open_and_close() -> None:
        who = Account("terminal", f"p{next(numbers)}", "")
        sessions.put(who, session, START)
        assert sessions.get(who, START) is session
        sessions.touch(who, START + timedelta(minutes=1))
        sessions.forget(who)
        assert sessions.get(who, START) is None

    def end() -> None:
        sessions.put(REPORTER, session, START - 2 * LONGEST)
        assert sessions.get(REPORTER, START) is None

    hammer(open_and_close, end, rounds=5 * ROUNDS)
    assert len(sessions._sessions) == len(lasting)


def test_questionnaires_with_their_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "MOST_BOUND", 2)
    settings, numbers = replace(SETTING, bound={}), count()

    def bind() -> None:
        reader = Reader(f"{next(numbers) % 5:020x}", "Ash", "", must_pass_on=False)
        step = settings.flow_of(Snapshot(readers=(reader,))).permission_step("never")
        assert step is not None
        assert [choice.id for choice in step.choices] == ["none", reader.id]

    hammer(bind, bind, rounds=20 * ROUNDS)


def test_readers_of_the_week() -> None:
    names, weeks = ["Birch", "Oak", "Yew"], count()
    commission = Commission(FOUNDED)

    def look() -> None:
        now = START + timedelta(weeks=next(weeks) // 2 % 100)
        assert [reader.name for reader in commission.readers(now)] == names

    hammer(look, look)
