from dataclasses import replace
from datetime import timedelta

from store.cases.sessions import Session, Sessions
from store.crypto.case_keys import CaseKeys
from tests.unit.store.organisation import REPORTER, SOMEBODY, START

SESSION = Session(CaseKeys(bytes(16)))
MINUTE = timedelta(minutes=1)


def opened() -> Sessions:
    sessions = Sessions()
    sessions.put(REPORTER, SESSION, START)
    return sessions


def test_it_is_open_for_this_account_only() -> None:
    sessions = opened()
    assert sessions.get(REPORTER, START) is SESSION
    assert sessions.get(SOMEBODY, START) is None


def test_it_is_open_to_nobody_else_behind_the_account_and_that_is_known() -> None:
    sessions = Sessions()
    own, other = replace(REPORTER, identity=("own",)), replace(REPORTER, identity=("other",))
    session = replace(SESSION, identity="own")
    sessions.put(own, session, START)
    assert sessions.get(own, START) is session
    assert not sessions.is_of_another(own, START)
    assert sessions.get(other, START) is None
    assert sessions.is_of_another(other, START)
    assert not sessions.is_of_another(other, START + 10 * MINUTE)


def test_ten_idle_minutes_close_it() -> None:
    assert opened().get(REPORTER, START + 9 * MINUTE) is SESSION
    assert opened().get(REPORTER, START + 10 * MINUTE) is None


def test_looking_is_not_using() -> None:
    sessions = opened()
    sessions.get(REPORTER, START + 9 * MINUTE)
    assert sessions.get(REPORTER, START + 10 * MINUTE) is None


def test_use_keeps_it_open_for_an_hour_at_most() -> None:
    sessions = opened()
    for minute in range(5, 60, 5):
        assert sessions.get(REPORTER, START + minute * MINUTE) is SESSION
        sessions.touch(REPORTER, START + minute * MINUTE)
    assert sessions.get(REPORTER, START + 59 * MINUTE) is SESSION
    assert sessions.get(REPORTER, START + 60 * MINUTE) is None


def test_closing_forgets_the_keys() -> None:
    sessions = opened()
    sessions.forget(REPORTER)
    assert sessions.get(REPORTER, START) is None
    sessions.forget(REPORTER)
    sessions.touch(REPORTER, START)
    assert sessions.get(REPORTER, START) is None


def test_what_ended_has_left_the_memory() -> None:
    sessions = opened()
    sessions.get(SOMEBODY, START + 10 * MINUTE)
    assert sessions._sessions == {}


def test_nothing_of_it_prints() -> None:
    assert "reporter" not in repr(opened())
    assert "CaseKeys" not in repr(opened()._sessions)
