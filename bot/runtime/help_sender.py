"""Send help first: before a message is stored, and whatever the disk and the inbox are doing.

Nothing of it is stored but that the message can be deleted with the rest of the chat. If the
program ends meanwhile, the message comes again or waits in the inbox, and its turn sends the help.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from bot.runtime.logs import Event, event
from bot.runtime.rate_limits import Monotonic, backoff
from handlers.messages import IncomingMessage
from handlers.ports.messenger import MessageRefused, RecipientGone, Undelivered
from handlers.reporter.typed_text import help_wanted
from handlers.texts.names import SentenceName
from store.model.accounts import Account

K = TypeVar("K")
T = TypeVar("T")

_log = logging.getLogger(__name__)

PAUSE_SECONDS = 10.0
"""A chat is sent the same help at most once in so many seconds."""
BURST_SECONDS = 60.0
"""The same for help that nobody asked for: a story can say many times what somebody fears."""
TRIES = 20
"""For some eight minutes; longer, if the platform asks to wait."""
MOST_AT_ONCE = 64
"""Chats that are sent help at the same moment; those beyond have it from their turns."""
MOST_REMEMBERED = 10_000
"""Chats and messages that are remembered, the newest of each."""

SendHelp = Callable[[Account, SentenceName], Awaitable[None]]
"""Sends the help lines to an account, without looking at what is at rest for it."""


@dataclass(slots=True)
class HelpSender:
    """Sends help in tasks of its own, for one connection."""

    send: SendHelp = field(repr=False)
    monotonic: Monotonic
    sent: "OrderedDict[tuple[str, SentenceName], float]" = field(
        default_factory=OrderedDict, repr=False
    )
    """By account and sentence, when that help was sent last."""
    helped: "OrderedDict[str, None]" = field(default_factory=OrderedDict, repr=False)
    """Messages that are answered with help; the platform may give them again."""
    tasks: set[asyncio.Task[None]] = field(default_factory=set, repr=False)

    def helps(self, message: str) -> bool:
        """Return whether a message is answered with help here, so that its turn need not do it."""
        return message in self.helped

    def notice(self, incoming: IncomingMessage) -> bool:
        """Send help if a message calls for it; return whether its turn need not do it again."""
        wanted = help_wanted(incoming.heard)
        if wanted is None:
            return False
        if incoming.id in self.helped:
            return True
        now, asked = self.monotonic(), (incoming.who.name, wanted)
        pause = BURST_SECONDS if wanted == "DANGER" else PAUSE_SECONDS
        if now - self.sent.get(asked, now - pause) >= pause:
            if len(self.tasks) >= MOST_AT_ONCE:
                return False
            _remember(self.sent, asked, now)
            task = asyncio.create_task(self._send(incoming, wanted))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
        _remember(self.helped, incoming.id, None)
        return True

    async def _send(self, incoming: IncomingMessage, wanted: SentenceName) -> None:
        """Try for some minutes, whatever is in the way; somebody may be in danger.

        After that it is left to the turn, if the message still waits.
        """
        for tries in range(TRIES):
            try:
                await self.send(incoming.who, wanted)
            except (RecipientGone, MessageRefused):
                return
            except Exception as error:  # noqa: BLE001 - the edge: the next try may go through
                event(_log, Event.SEND_FAILED, error=error)
                asked = error.after if isinstance(error, Undelivered) else 0.0
                await asyncio.sleep(max(asked, backoff(tries)))
            else:
                return
        self.helped.pop(incoming.id, None)
        self.sent.pop((incoming.who.name, wanted), None)

    async def stop(self, seconds: float) -> None:
        """Let what is being sent go out, but no later than in so many seconds."""
        if self.tasks:
            _, late = await asyncio.wait(self.tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)


def _remember(remembered: "OrderedDict[K, T]", key: K, value: T) -> None:
    """Remember something, and forget the oldest of too much."""
    remembered[key] = value
    remembered.move_to_end(key)
    if len(remembered) > MOST_REMEMBERED:
        remembered.popitem(last=False)
