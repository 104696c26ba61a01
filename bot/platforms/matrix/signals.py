"""Report from the lower parts of a connection to the parts that are built after them.

Cryptography, messenger and decryptor put a signal into the queue instead of calling back, so that
the object graph has no cycles. ``connection.py`` takes the signals out, in order.
"""

import asyncio
from dataclasses import dataclass, field

from store.model.accounts import Account


@dataclass(frozen=True, slots=True)
class IdentityReplaced:
    """An account's identity is another one than before, and no trusted device vouched for it."""

    user: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class UntrustedDeviceUsed:
    """A message came from a device that its owner's identity has not signed."""

    room_id: str = field(repr=False)
    device_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ConversationEnded:
    """A conversation is over and everything of it is sent."""

    account: Account = field(repr=False)


Signal = IdentityReplaced | UntrustedDeviceUsed | ConversationEnded
SignalQueue = asyncio.Queue[Signal]
