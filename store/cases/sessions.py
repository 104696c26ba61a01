"""Sessions: cases that were opened with their words, in memory only and not for long."""

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from store.crypto.case_keys import CaseKeys
from store.inbox.accounts import account_bytes
from store.model.accounts import Account
from store.model.drafts import StoredAnswer
from store.model.snapshot import AskedErasure
from store.model.turn import FoundCase

IDLE = timedelta(minutes=10)
LONGEST = timedelta(minutes=60)


@dataclass(frozen=True, slots=True)
class Session:
    """A case that was opened with its words: its keys, and the conversation that it holds.

    The conversation is read once, when the case is found: it is sealed among the pieces.
    """

    keys: CaseKeys = field(repr=False)
    answers: tuple[StoredAnswer, ...] = field(default=(), repr=False)
    revision: str = ""
    identity: str = field(default="", repr=False)
    """The key of whoever opened it, where the platform knows one: it is open to nobody else."""
    language: str = "en"


def session_of(found: FoundCase | None, identity: str = "") -> Session | None:
    """Derive the keys of a case that was found by its words."""
    if found is None:
        return None
    keys = CaseKeys(found.entropy)
    return Session(keys, found.answers, found.revision, identity, found.language)


@dataclass(slots=True)
class _OpenCase:
    session: Session
    opened: datetime
    used: datetime


@dataclass(frozen=True, slots=True)
class _Question:
    asked: AskedErasure
    identity: str = field(repr=False)
    at: datetime


class Sessions:
    """The opened case of each account; it ends after ten idle minutes, an hour, or a restart.

    With it, what an account was asked before something is erased, which ends after ten minutes.

    Transactions look at it in the database's threads while the event loop changes it. It has a
    lock, because a case may be opened anew at the moment in which its last session is removed.
    """

    def __init__(self) -> None:
        self._sessions: dict[bytes, _OpenCase] = {}
        self._questions: dict[bytes, _Question] = {}
        self._lock = threading.Lock()

    def put(self, who: Account, session: Session, now: datetime) -> None:
        """Remember a case that this account opened."""
        with self._lock:
            self._sessions[account_bytes(who)] = _OpenCase(session, now, now)

    def get(self, who: Account, now: datetime) -> Session | None:
        """Return the account's opened case; None if none is open."""
        with self._lock:
            self._expire(now)
            case = self._sessions.get(account_bytes(who))
        return case.session if case and who.still_has(case.session.identity) else None

    def is_of_another(self, who: Account, now: datetime) -> bool:
        """Return whether a case is open that somebody else behind this account opened."""
        with self._lock:
            self._expire(now)
            case = self._sessions.get(account_bytes(who))
        return case is not None and not who.still_has(case.session.identity)

    def ask(self, who: Account, asked: AskedErasure | None, now: datetime) -> None:
        """Remember what this account is asked, in place of what it was asked before."""
        with self._lock:
            self._questions.pop(account_bytes(who), None)
            if asked is not None:
                self._questions[account_bytes(who)] = _Question(asked, who.current_key, now)

    def forget_questions(self, locator: bytes) -> None:
        """Forget whatever was asked about this case: the code that led to it counts no more."""
        with self._lock:
            questions = self._questions.items()
            self._questions = {n: q for n, q in questions if q.asked.locator != locator}

    def asked(self, who: Account, now: datetime) -> AskedErasure | None:
        """Return what this account was asked; None if nothing, or somebody else behind it was."""
        with self._lock:
            self._expire(now)
            question = self._questions.get(account_bytes(who))
        return question.asked if question and who.still_has(question.identity) else None

    def touch(self, who: Account, now: datetime) -> None:
        """Restart the idle time of the account's opened case."""
        with self._lock:
            session = self._sessions.get(account_bytes(who))
            if session is not None:
                session.used = now

    def forget(self, who: Account) -> None:
        """Forget the keys of the account's opened case."""
        with self._lock:
            self._sessions.pop(account_bytes(who), None)

    def expire(self, now: datetime) -> None:
        """Forget the cases whose time is over; upkeep calls it, as nobody may look for hours."""
        with self._lock:
            self._expire(now)

    def _expire(self, now: datetime) -> None:
        self._sessions = {
            name: s
            for name, s in self._sessions.items()
            if now - s.used < IDLE and now - s.opened < LONGEST
        }
        self._questions = {n: q for n, q in self._questions.items() if now - q.at < IDLE}
