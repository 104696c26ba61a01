"""What readers are told: that something waits, or was taken back. Never what it is."""

from collections.abc import Sequence
from datetime import datetime

from store.cases.permissions import delivered
from store.db.connection import Connection
from store.model.outbox import TextRef
from store.outbox.rows import SAY
from store.repositories import Repositories


async def tell_readers(
    connection: Connection,
    repositories: Repositories,
    fingerprints: Sequence[bytes],
    now: datetime,
) -> None:
    """Something was shared: to every named reader who linked an account."""
    for fingerprint in fingerprints:
        await _tell(connection, repositories, fingerprint, TextRef("READER_NOTICE"), now)


async def tell_destroy(
    connection: Connection, repositories: Repositories, stmts: Sequence[bytes], now: datetime
) -> None:
    """Readers who could have fetched what is taken back are asked to destroy it."""
    for fingerprint, code in await delivered(connection, stmts):
        await _tell(
            connection, repositories, fingerprint, TextRef("READER_DESTROY", ids=(code,)), now
        )


async def _tell(
    connection: Connection,
    repositories: Repositories,
    fingerprint: bytes,
    say: TextRef,
    now: datetime,
) -> None:
    to = await repositories.commission.account_of(connection, fingerprint)
    if to is not None:
        await repositories.outbox.add(connection, to, SAY, say, now)
