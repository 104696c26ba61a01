"""Sessions: cases that were opened with their words, in memory only and not for long."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from store.crypto.case_keys import CaseKeys
from store.inbox.accounts import account_bytes
from store.model.accounts import Account

IDLE = timedelta(minutes=10)
LONGEST = timedelta(minutes=60)


@dataclass(slots=True)
class _OpenCase:
    keys: CaseKeys = field(repr=False)
    opened: datetime
    used: datetime


class Sessions:
    """The opened case of each account; it ends after ten idle minutes, an hour, or a restart."""

    def __init__(self) -> None:
        self._sessions: dict[bytes, _OpenCase] = {}

    def put(self, who: Account, keys: CaseKeys, now: datetime) -> None:
        """Remember the keys of a case that this account opened."""
        self._sessions[account_bytes(who)] = _OpenCase(keys, now, now)

    def get(self, who: Account, now: datetime) -> CaseKeys | None:
        """Return the keys of the account's opened case; None if none is open."""
        self.expire(now)
        session = self._sessions.get(account_bytes(who))
        return session.keys if session else None

    def touch(self, who: Account, now: datetime) -> None:
        """Restart the idle time of the account's opened case."""
        session = self._sessions.get(account_bytes(who))
        if session is not None:
            session.used = now

    def forget(self, who: Account) -> None:
        """Forget the keys of the account's opened case."""
        self._sessions.pop(account_bytes(who), None)

    def expire(self, now: datetime) -> None:
        """Forget the cases whose time is over."""
        self._sessions = {
            name: s
            for name, s in self._sessions.items()
            if now - s.used < IDLE and now - s.opened < LONGEST
        }
