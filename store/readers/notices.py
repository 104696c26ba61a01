"""Notices to readers: something waits for them, or was revoked. They never say what it is."""

from collections.abc import Sequence
from datetime import datetime

from store.cases.handovers import released_deliveries
from store.db.connection import Connection
from store.model.accounts import Account
from store.model.outbox import TextRef
from store.outbox.rows import SAY
from store.repositories import Repositories


def notify_readers(
    connection: Connection,
    repositories: Repositories,
    fingerprints: Sequence[bytes],
    now: datetime,
) -> list[Account]:
    """Notify every one of these readers who linked an account that something was shared.

    Return the accounts for which a message waits now.
    """
    notice = TextRef("READER_NOTICE")
    notified = (_notify(connection, repositories, each, notice, now) for each in fingerprints)
    return [account for account in notified if account is not None]


def request_destruction(
    connection: Connection,
    repositories: Repositories,
    stmts: Sequence[bytes],
    now: datetime,
    sentence: str = "READER_DESTROY",
    readers: Sequence[bytes] | None = None,
) -> list[Account]:
    """Ask the readers who could have fetched these hand-overs to destroy what they hold.

    ``sentence`` says why; only these ``readers``, where some are named, are asked.

    Return the accounts for which a message waits now.
    """
    notified = (
        _notify(connection, repositories, fingerprint, TextRef(sentence, ids=(code,)), now)
        for fingerprint, code in released_deliveries(connection, stmts)
        if readers is None or fingerprint in readers
    )
    return [account for account in notified if account is not None]


def _notify(
    connection: Connection,
    repositories: Repositories,
    fingerprint: bytes,
    notice: TextRef,
    now: datetime,
) -> Account | None:
    account = repositories.linked_accounts.account_of(connection, fingerprint)
    if account is not None:
        repositories.outbox.add(connection, account, SAY, notice, now)
    return account
