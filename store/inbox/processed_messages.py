"""Messages that were processed: keyed hashes that end with their day."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, exists, insert, literal, select, tuple_

from store.cases.drafts import LIFE_HOURS
from store.crypto.keyring import Keyring
from store.crypto.labels import Label, derive_label, lv
from store.db.connection import Connection
from store.db.lookup import InStatement, delete_some
from store.db.schema import cursor, processed_message
from store.inbox.accounts import row_id
from store.model.clock import DAY_HOURS, day_of, hour_of

KEPT_HOURS = 72

_FIND = InStatement(
    processed_message.c.id, lambda mine: select(processed_message.c.id).where(mine)
)
_NEW = select(
    bindparam("id", type_=processed_message.c.id.type),
    bindparam("day", type_=processed_message.c.day.type),
    bindparam("platform", type_=processed_message.c.platform.type),
    literal(0),
    bindparam("hour", type_=processed_message.c.hour.type),
)
_ADD = InStatement(
    processed_message.c.id,
    lambda before: insert(processed_message).from_select(
        ["id", "day", "platform", "batch", "hour"],
        _NEW.where(~exists(select(processed_message.c.id).where(before))),
    ),
)
_HOUR = tuple_(processed_message.c.day, processed_message.c.hour)
_BEHIND_CURSOR = exists().where(
    cursor.c.platform == processed_message.c.platform, cursor.c.hour <= processed_message.c.hour
)
"""True while the platform may send the message again: its cursor has not passed that hour."""
_FORGET_OLD = delete_some(
    processed_message,
    (tuple_(bindparam("day"), bindparam("hour")) > _HOUR)
    & (~_BEHIND_CURSOR | (tuple_(bindparam("last_day"), bindparam("last_hour")) > _HOUR)),
)


@dataclass(frozen=True, slots=True)
class ProcessedMessageRepository:
    """The table ``processed_message``."""

    keyring: Keyring

    def contains(self, connection: Connection, platform: str, message: str) -> bool:
        """Check whether this message was processed, on any day whose key still lives."""
        name = message_name(platform, message)
        ids = [row_id(key, name) for key in self.keyring.live_keys(Label.SEEN_INDEX).values()]
        return connection.execute(*_FIND(ids)).first() is not None

    def add(self, connection: Connection, platform: str, message: str, now: datetime) -> bool:
        """Record a message in the transaction of what it caused.

        Returns False, and writes nothing, if it was processed before.
        """
        day, name = day_of(now), message_name(platform, message)
        self.keyring.day_key(day)
        keys = self.keyring.live_keys(Label.SEEN_INDEX)
        ids = {day: row_id(key, name) for day, key in keys.items()}
        statement, before = _ADD(list(ids.values()))
        new = {"id": ids[day], "day": day, "platform": platform, "hour": hour_of(now)}
        return connection.execute(statement, {**before, **new}).rowcount == 1

    def forget_old(self, connection: Connection, now: datetime) -> int:
        """Delete some rows older than 72 hours; return how many.

        A row stays while its message could come again after a longer stop and be counted twice:
        until every draft of that time has ended.
        """
        hour, last = hour_of(now) - KEPT_HOURS, hour_of(now) - LIFE_HOURS
        values = {"day": hour // DAY_HOURS, "hour": hour}
        values |= {"last_day": last // DAY_HOURS, "last_hour": last}
        return connection.execute(_FORGET_OLD, values).rowcount


def message_name(platform: str, message: str) -> bytes:
    """Name a message for its keyed hash: the input of the row's id."""
    return derive_label(Label.SEEN_ID, lv(platform.encode()), lv(message.encode()))
