"""The end of an inbox key: what waits is sealed again, then the key is destroyed.

One renewal runs at a time: two would each seal again what the other has just sealed, and destroy
the key under which the other seals.
"""

import asyncio
from datetime import datetime
from functools import partial

from store.db.database import Database
from store.inbox.inbox_rows import InboxRepository


async def renew_key(
    database: Database, inbox: InboxRepository, now: datetime, *, at_once: bool = True
) -> None:
    """Begin a new key, seal what waits under it, and destroy the others.

    When this returns, no copy of the database that was made before can be opened with the
    keyring. Unless ``at_once``, only a key whose ten minutes are over is replaced. Where nothing
    waits, none is begun: the next message does that. Those who come while one renewal runs share
    the next.
    """
    keys, asked = inbox.keys, inbox.keys.renewals.begun
    async with keys.renewals.alone:
        if keys.renewals.done > asked or not keys.keys or not (at_once or keys.is_due(now)):
            return
        keys.renewals.begun += 1
        await _renew(database, inbox, now)
        keys.renewals.done = keys.renewals.begun


async def _renew(database: Database, inbox: InboxRepository, now: datetime) -> None:
    keys = inbox.keys
    # What is accepted from here on is under a key that is not among these.
    before = await asyncio.to_thread(keys.retire)
    # Transactions, not reads: they come after every message that was accepted under such a key.
    if await database.transaction(inbox.named_keys):
        newest = await asyncio.to_thread(keys.add, now)
        while await database.transaction(partial(inbox.reseal, newest=newest)):
            pass  # other transactions get their turn between two of these
    named = await database.transaction(inbox.named_keys)
    await asyncio.to_thread(keys.destroy, before - named)
