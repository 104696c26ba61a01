"""Staging: an item is written piece by piece, and becomes part of its case in a turn.

``item.staged`` is the hour in which an item was begun, and 0 once it is complete. One that is not
complete is read by nobody. It goes with its case and with its conversation, when the same message
is staged once more, or after some hours, if the program ended in between.
"""

from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update

from store.cases.items import SealedItem
from store.crypto.case_keys import CaseKeys
from store.db.connection import Connection
from store.db.lookup import NO_HOUR
from store.db.schema import case_file, item, item_chunk
from store.model.clock import hour_of, week_of
from store.model.errors import StagedItemGone
from store.model.staging import StagedItem

ABANDONED_HOURS = 6
"""After so long an item is not being written any more, but was left behind."""

ITEMS_AT_ONCE = 4
"""Abandoned items that one transaction deletes: each can have 64 MiB."""

GONE = "What was staged for this turn is gone. Handle the message once more."

_STAGED = item.c.staged > NO_HOUR
_MINE = (item.c.id == bindparam("of")) & (item.c.header == bindparam("under")) & _STAGED
_CASE = select(case_file.c.locator).where(case_file.c.locator == bindparam("locator"))
_TAKEN = select(item.c.id).where(item.c.id == bindparam("of"))
_BEGIN = insert(item)
_IS_MINE = select(item.c.id).where(_MINE)
_APPEND = insert(item_chunk)
_COMPLETE = (
    update(item)
    .where(_MINE, item.c.locator == bindparam("case"))
    .values(size=bindparam("bytes"), staged=0)
)
_DISCARD = delete(item).where(_MINE)
_DISCARD_EARLIER = delete(item).where(item.c.id == bindparam("of"), _STAGED)
_DISCARD_OF_CASE = delete(item).where(item.c.locator == bindparam("case"), _STAGED)
_ABANDONED = (
    select(item.c.id).where(_STAGED, item.c.staged <= bindparam("hour")).limit(ITEMS_AT_ONCE)
)
_DISCARD_ABANDONED = delete(item).where(item.c.id.in_(_ABANDONED))


def begin(
    connection: Connection, keys: CaseKeys, item_id: bytes, header: bytes, now: datetime
) -> None:
    """Begin an item of this case, in place of one that was begun and left behind.

    Raises ``StagedItemGone`` if the case is gone, or if the item is complete already.
    """
    connection.execute(_DISCARD_EARLIER, {"of": item_id})
    case = connection.execute(_CASE, {"locator": keys.locator}).first()
    if case is None or connection.execute(_TAKEN, {"of": item_id}).first() is not None:
        raise StagedItemGone(GONE)
    row = {"id": item_id, "locator": keys.locator, "week": week_of(now), "header": header}
    connection.execute(_BEGIN, {**row, "size": 0, "staged": hour_of(now)})


def append(connection: Connection, item_id: bytes, header: bytes, n: int, payload: bytes) -> None:
    """Write the next piece of a payload; raise ``StagedItemGone`` if its item is gone."""
    if connection.execute(_IS_MINE, {"of": item_id, "under": header}).first() is None:
        raise StagedItemGone(GONE)
    connection.execute(_APPEND, {"item": item_id, "n": n, "bytes": payload})


def complete(connection: Connection, keys: CaseKeys, staged: StagedItem) -> SealedItem:
    """Make a staged item a part of its case; raise ``StagedItemGone`` if it is gone."""
    item_id = bytes.fromhex(staged.item)
    row = {"of": item_id, "under": staged.header, "case": keys.locator, "bytes": staged.size}
    if connection.execute(_COMPLETE, row).rowcount != 1:
        raise StagedItemGone(GONE)
    return SealedItem(item_id, staged.payload_hash)


def discard(connection: Connection, item_id: bytes, header: bytes) -> None:
    """Delete an item that no turn will complete; one that is complete stays."""
    connection.execute(_DISCARD, {"of": item_id, "under": header})


def discard_of_case(connection: Connection, locator: bytes) -> None:
    """Delete what is being staged for a case whose conversation ends."""
    connection.execute(_DISCARD_OF_CASE, {"case": locator})


def discard_abandoned(connection: Connection, now: datetime) -> bool:
    """Delete some of what was left behind; return whether there may be more."""
    since = hour_of(now) - ABANDONED_HOURS
    return connection.execute(_DISCARD_ABANDONED, {"hour": since}).rowcount == ITEMS_AT_ONCE
