"""Keep each chat to the pace of its platform, around the messenger that sends."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.runtime.rate_limits import RateLimiter
from bot.runtime.waiting import stopped_within
from handlers.effects import PlatformEffect
from handlers.messages import OutgoingFile, PlatformFacts, Reply
from handlers.ports.messenger import Messenger, Undelivered
from store.model.accounts import Account


@dataclass(frozen=True, slots=True)
class PacedMessenger:
    """Sends what another messenger sends, and spreads what waits in the outbox.

    Only messages of the outbox wait for the pace. Help and ticks go out at once and are counted:
    if one of them is refused, the rate limiter knows by it whose fault that is.
    """

    messenger: Messenger
    rate_limiter: RateLimiter
    stopping: asyncio.Event = field(repr=False)
    """Set when the program stops: then nothing waits."""

    @property
    def platform(self) -> PlatformFacts:
        """Describe what this platform can do and see."""
        return self.messenger.platform

    def parts(self, reply: Reply) -> tuple[Reply, ...]:
        """Split a reply into as many messages as it needs here, at least one."""
        return self.messenger.parts(reply)

    async def send(self, to: Account, reply: Reply) -> tuple[str, ...]:
        """Send one message; one of the outbox, as soon as the chat's pace allows it."""
        if reply.once:
            await self._wait(to.name)
        self.rate_limiter.count_message(to.name)
        return await self.messenger.send(to, reply)

    async def send_file(self, to: Account, file: OutgoingFile) -> None:
        """Send one file."""
        self.rate_limiter.count_message(to.name)
        await self.messenger.send_file(to, file)

    async def update_buttons(self, to: Account, message: str, reply: Reply) -> None:
        """Replace the buttons of a message, which counts as a message."""
        self.rate_limiter.count_message(to.name)
        await self.messenger.update_buttons(to, message, reply)

    async def delete(self, to: Account, messages: Sequence[str], hour: int) -> int:
        """Delete messages from the chat, and return how many remain."""
        self.rate_limiter.count_calls(to.name, len(messages))
        return await self.messenger.delete(to, messages, hour)

    async def leave(self, to: Account) -> None:
        """Release what is held only for a conversation that is over."""
        await self.messenger.leave(to)

    async def perform(self, effect: PlatformEffect) -> None:
        """Do what an effect of this platform says; presses are acknowledged without a limit."""
        await self.messenger.perform(effect)

    async def _wait(self, chat: str) -> None:
        while (left := self.rate_limiter.pace_left(chat)) > 0:
            if await stopped_within(self.stopping, left):
                raise Undelivered("The program stops; what waits is sent after the next start.")
