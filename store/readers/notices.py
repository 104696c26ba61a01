"""Notices to readers: something waits for them, or was revoked. They never say what it is."""

from collections.abc import Sequence
from datetime import datetime

from store.cases.handovers import released_deliveries
from store.db.connection import Connection
from store.model.outbox import TextRef
from store.outbox.rows import SAY
from store.repositories import Repositories


async def notify_readers(
    connection: Connection,
    repositories: Repositories,
    fingerprints: Sequence[bytes],
    now: datetime,
) -> None:
    """Notify every one of these readers who linked an account that something was shared."""
    for fingerprint in fingerprints:
        await _notify(connection, repositories, fingerprint, TextRef("READER_NOTICE"), now)


async def request_destruction(
    connection: Connection, repositories: Repositories, stmts: Sequence[bytes], now: datetime
) -> None:
    """Ask the readers who could have fetched these hand-overs to destroy what they hold."""
    for fingerprint, code in await released_deliveries(connection, stmts):
        notice = TextRef("READER_DESTROY", ids=(code,))
        await _notify(connection, repositories, fingerprint, notice, now)


async def _notify(
    connection: Connection,
    repositories: Repositories,
    fingerprint: bytes,
    notice: TextRef,
    now: datetime,
) -> None:
    account = await repositories.linked_accounts.account_of(connection, fingerprint)
    if account is not None:
        await repositories.outbox.add(connection, account, SAY, notice, now)
