"""The port to a platform's sending side.

Errors of a message that is sent::

SendError
├── Undelivered       not now: the platform is away or asks to wait; it may have arrived
├── RecipientGone     never: this account cannot be written to any more
└── MessageRefused    not this message: the platform does not take it
"""

from collections.abc import Sequence
from typing import Protocol

from handlers.messages import PlatformFacts, Reply
from store.model.accounts import Account


class SendError(Exception):
    """A message was not sent; the message of the error never holds what it was."""


class Undelivered(SendError):
    """Not now; ``after`` is how many seconds the platform asks to wait, 0 if it does not say."""

    def __init__(self, message: str, after: float = 0.0) -> None:
        super().__init__(message)
        self.after = after


class RecipientGone(SendError):
    """This account cannot be written to any more: it blocked the bot, or does not exist."""


class MessageRefused(SendError):
    """The platform does not take this message, and will not take it later."""


class Messenger(Protocol):
    """One platform, as far as sending goes. Every method may raise ``SendError``.

    Guaranteed: ``send`` returns only when the platform has taken the message. Not guaranteed:
    that it arrives once (an answer can be lost after the effect), or that anybody reads it.
    """

    @property
    def platform(self) -> PlatformFacts:
        """What this platform can do and see."""
        ...

    def parts(self, reply: Reply) -> tuple[Reply, ...]:
        """The reply in as many messages as it needs here, at least one."""
        ...

    async def send(self, to: Account, reply: Reply) -> tuple[str, ...]:
        """One message; by which id it can be deleted, where it can."""
        ...

    async def send_file(self, to: Account, name: str, data: bytes) -> None:
        """One file."""
        ...

    async def mark(self, to: Account, message: str, reply: Reply) -> None:
        """The buttons of a message that stands in the chat become those of this reply."""
        ...

    async def delete(self, to: Account, messages: Sequence[str], hour: int) -> int:
        """Take messages out of the chat, on both sides; how many could not be.

        ``hour``: hours since 1970 when the oldest came; 0 if all are new. What is gone already
        counts as deleted.
        """
        ...

    async def leave(self, to: Account) -> None:
        """The talk is over and all of it is said: what is held only for it may go."""
        ...
