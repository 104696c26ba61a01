"""Counters of what an account tried today: keyed hashes that end with their day."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from store.crypto.keyring import Keyring
from store.crypto.labels import Label, derive_label, lv
from store.db.connection import Connection
from store.db.lookup import delete_some
from store.db.schema import quota
from store.db.upsert import upsert
from store.inbox.accounts import account_bytes, row_id
from store.model.accounts import Account
from store.model.clock import day_of

_FORGET_OLD = delete_some(quota, quota.c.day < bindparam("day"))


@dataclass(frozen=True, slots=True)
class CounterRepository:
    """The table ``quota``: one counter for each account, kind and day."""

    keyring: Keyring

    def increment(self, connection: Connection, kind: str, account: Account, now: datetime) -> int:
        """Count one more of this kind by this account today; return the new count."""
        day = day_of(now)
        row = {"id": self._id(kind, account, day), "day": day, "n": 1}
        counted = upsert(connection, quota, row, {"n": quota.c.n + 1}).returning(quota.c.n)
        return int(connection.execute(counted).scalar_one())

    def read(self, connection: Connection, kind: str, account: Account, now: datetime) -> int:
        """Return today's count without changing it.

        On a day that has no key yet nothing was counted, and looking makes no key.
        """
        day = day_of(now)
        if day not in self.keyring.days:
            return 0
        mine = quota.c.id == self._id(kind, account, day)
        return connection.execute(select(quota.c.n).where(mine)).scalar() or 0

    def forget_old(self, connection: Connection, now: datetime) -> int:
        """Delete some counters of past days; return how many."""
        return connection.execute(_FORGET_OLD, {"day": day_of(now)}).rowcount

    def _id(self, kind: str, account: Account, day: int) -> bytes:
        name = derive_label(Label.QUOTA_ID, lv(kind.encode()), account_bytes(account))
        return row_id(self.keyring.key_for(day, Label.QUOTA_INDEX), name)
