"""Define the port to a platform's sending side.

Errors of a message that is sent::

SendError
├── Undelivered       not now: the platform is away or asks to wait; it may have arrived
├── RecipientGone     never: this account cannot be written to any more
└── MessageRefused    not this message: the platform does not take it
    └── FileTooLarge  it is a file, and larger than the platform takes
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from handlers.effects import PlatformEffect
from handlers.messages import OutgoingFile, PlatformFacts, Reply
from store.model.accounts import Account


class SendError(Exception):
    """Raised if a message was not sent; its text never holds what the message was.

    ``nothing_left`` is set if the platform cannot have the message: what failed came before the
    request that carries it. An answer to that request proves nothing, whatever it says: a server
    can pass a message on and refuse it.
    """

    nothing_left = False


@contextmanager
def before_leaving() -> Iterator[None]:
    """Mark what is raised in this context: nothing of the message has left yet."""
    try:
        yield
    except SendError as error:
        error.nothing_left = True
        raise


class Undelivered(SendError):
    """Raised if a message cannot be sent now.

    ``after`` is how many seconds the platform asks to wait, 0 if it does not say.
    """

    def __init__(self, message: str, after: float = 0.0) -> None:
        super().__init__(message)
        self.after = after


class RecipientGone(SendError):
    """Raised if an account blocked the bot or does not exist: it is out of reach for good."""


class MessageRefused(SendError):
    """Raised if the platform does not take a message, and will not take it later."""


class FileTooLarge(MessageRefused):
    """Raised if a file is larger than the platform takes."""


class Messenger(Protocol):
    """Sends to one platform. Every method may raise ``SendError``.

    Guaranteed: ``send`` returns only when the platform has taken the message. Not guaranteed:
    that it arrives once (an answer can be lost after the effect), or that anybody reads it.
    """

    @property
    def platform(self) -> PlatformFacts:
        """Describe what this platform can do and see."""
        ...

    def parts(self, reply: Reply) -> tuple[Reply, ...]:
        """Split a reply into as many messages as it needs here, at least one."""
        ...

    async def send(self, to: Account, reply: Reply) -> tuple[str, ...]:
        """Send one message, and return the id by which it can be deleted, where it can."""
        ...

    async def send_file(self, to: Account, file: OutgoingFile) -> None:
        """Send one file; what fails before anything of it leaves is marked ``nothing_left``."""
        ...

    async def update_buttons(self, to: Account, message: str, reply: Reply) -> None:
        """Replace the buttons of a message that stands in the chat by those of a reply."""
        ...

    async def delete(self, to: Account, messages: Sequence[str], hour: int) -> int:
        """Delete messages from the chat, on both sides, and return how many remain.

        ``hour``: hours since 1970 when the oldest came; 0 if all are new. What is gone already
        counts as deleted.
        """
        ...

    async def leave(self, to: Account) -> None:
        """Release what is held only for a conversation that is over, and all of it sent."""
        ...

    async def perform(self, effect: PlatformEffect) -> None:
        """Do what an effect of this platform says; raise ``TypeError`` for any other one."""
        ...
