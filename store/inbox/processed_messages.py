"""What was handled already, and how often somebody tried: keyed hashes that end with their day."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, exists, insert, literal, select, tuple_
from sqlalchemy.dialects.sqlite import insert as upsert

from store.cases.drafts import LIFE_HOURS
from store.crypto.keyring import Keyring
from store.crypto.labels import Label, derive_label, lv
from store.db.connection import Connection
from store.db.lookup import AnyOfStatement, delete_some
from store.db.schema import cursor, processed_message, quota
from store.inbox.accounts import account_bytes, row_id
from store.model.accounts import Account
from store.model.clock import DAY_HOURS, day_of, hour_of

SEEN_HOURS = 72

_SEEN = AnyOfStatement(
    processed_message.c.id, lambda mine: select(processed_message.c.id).where(mine)
)
_NEW = select(
    bindparam("id", type_=processed_message.c.id.type),
    bindparam("day", type_=processed_message.c.day.type),
    bindparam("platform", type_=processed_message.c.platform.type),
    literal(0),
    bindparam("hour", type_=processed_message.c.hour.type),
)
_MARK = AnyOfStatement(
    processed_message.c.id,
    lambda before: insert(processed_message).from_select(
        ["id", "day", "platform", "batch", "hour"],
        _NEW.where(~exists(select(processed_message.c.id).where(before))),
    ),
)
_HOUR = tuple_(processed_message.c.day, processed_message.c.hour)
_HEARD_AGAIN = exists().where(
    cursor.c.platform == processed_message.c.platform, cursor.c.hour <= processed_message.c.hour
)
"""Where a platform is asked for what comes after its cursor, and that has not passed the mark."""
_FORGET_OLD = delete_some(
    processed_message,
    (tuple_(bindparam("day"), bindparam("hour")) > _HOUR)
    & (~_HEARD_AGAIN | (tuple_(bindparam("last_day"), bindparam("last_hour")) > _HOUR)),
)
_FORGET_COUNTERS = delete_some(quota, quota.c.day < bindparam("day"))


@dataclass(frozen=True, slots=True)
class ProcessedMessageRepository:
    """The tables ``seen`` and ``quota``."""

    keyring: Keyring

    async def contains(self, connection: Connection, platform: str, message: str) -> bool:
        """Whether this message was handled, on any day whose key still lives."""
        name = message_name(platform, message)
        days = self.keyring.live_days()
        ids = [row_id(self.keyring.key_for(day, Label.SEEN_INDEX), name) for day in days]
        return (await connection.execute(*_SEEN(ids))).first() is not None

    async def add(
        self, connection: Connection, platform: str, message: str, now: datetime
    ) -> bool:
        """Handled, in the transaction of what it caused; False if it was handled before."""
        day, name = day_of(now), message_name(platform, message)
        self.keyring.day_key(day)
        index = {day: self.keyring.key_for(day, Label.SEEN_INDEX) for day in self.keyring.days}
        ids = {day: row_id(key, name) for day, key in index.items()}
        statement, before = _MARK(list(ids.values()))
        new = {"id": ids[day], "day": day, "platform": platform, "hour": hour_of(now)}
        return (await connection.execute(statement, {**before, **new})).rowcount == 1

    async def forget_old(self, connection: Connection, now: datetime) -> int:
        """Marks end after 72 hours; how many ended, of as many as end at once.

        A message that comes again after a longer stop is still known, as long as it could be
        counted twice: until every draft of that time has ended.
        """
        hour, last = hour_of(now) - SEEN_HOURS, hour_of(now) - LIFE_HOURS
        values = {"day": hour // DAY_HOURS, "hour": hour}
        values |= {"last_day": last // DAY_HOURS, "last_hour": last}
        return (await connection.execute(_FORGET_OLD, values)).rowcount

    async def forget_counters(self, connection: Connection, now: datetime) -> int:
        """Counters end with their day."""
        return (await connection.execute(_FORGET_COUNTERS, {"day": day_of(now)})).rowcount

    async def count(self, connection: Connection, kind: str, who: Account, now: datetime) -> int:
        """One more of this kind by this account today; how many that makes."""
        day = day_of(now)
        row = upsert(quota).values(id=self._quota_id(kind, who, day), day=day, n=1)
        row = row.on_conflict_do_update(index_elements=["id"], set_={"n": quota.c.n + 1})
        return int((await connection.execute(row.returning(quota.c.n))).scalar_one())

    async def counted(self, connection: Connection, kind: str, who: Account, now: datetime) -> int:
        """How many of this kind there were today, without one more."""
        mine = quota.c.id == self._quota_id(kind, who, day_of(now))
        return (await connection.execute(select(quota.c.n).where(mine))).scalar() or 0

    def _quota_id(self, kind: str, who: Account, day: int) -> bytes:
        name = derive_label(Label.QUOTA_ID, lv(kind.encode()), account_bytes(who))
        return row_id(self.keyring.key_for(day, Label.QUOTA_INDEX), name)


def message_name(platform: str, message: str) -> bytes:
    """Name a message for its keyed hash: the input of the row's id."""
    return derive_label(Label.SEEN_ID, lv(platform.encode()), lv(message.encode()))
