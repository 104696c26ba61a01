"""Claiming a message: whatever it causes is written in the transaction that claims it."""

from datetime import datetime

from store.db.connection import Connection
from store.model.inbox import InboxRow, MessageKey
from store.repositories import Repositories


def claim(
    repositories: Repositories,
    connection: Connection,
    platform: str,
    message: MessageKey,
    now: datetime,
) -> bool:
    """Claim a message for this transaction; return False if another one has handled it.

    One that waited leaves the inbox; one that did not is recorded as processed.
    """
    if isinstance(message, InboxRow):
        return repositories.inbox.claim(connection, message)
    return repositories.processed_messages.add(connection, platform, message, now)
