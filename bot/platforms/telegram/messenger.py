"""Sends to Telegram: messages, files, ticks, deletions; its errors as those of the handlers."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial

from telegram import Bot, InputFile
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, TelegramError

from bot.platforms.telegram.effects import AcknowledgePress, ExplainToGroup, LeaveGroup
from bot.platforms.telegram.formatting import MAX_UNITS, keyboard, markup, parts_of
from bot.platforms.telegram.http_transport import HttpTransport, TooManyRequests
from handlers.context import Clock
from handlers.effects import PlatformEffect
from handlers.messages import PlatformFacts, Reply
from handlers.ports.messenger import MessageRefused, RecipientGone, Undelivered
from handlers.texts.english import ENGLISH
from store.model.accounts import Account

WIDTH = 16
"""Calls under way at once; more cost more than they bring."""

MOST_AT_ONCE = 100
"""Messages that one call deletes (Bot API, deleteMessages)."""

DELETABLE_HOURS = 48
"""How long a bot may delete a message (Bot API, deleteMessage)."""

OLD_HOURS = DELETABLE_HOURS - 1
"""The age from which each message is deleted by itself, to learn which could not be."""

HOUR_SECONDS = 3600
NOT_THERE = ("not found", "message_id_invalid")
NOBODY = ("chat not found", "user not found", "peer_id_invalid", "user is deactivated")
UNCHANGED = "not modified"
FILE_SECONDS = 60.0
NO_PREVIEW = json.dumps({"is_disabled": True})
"""A preview would ask the linked server, from Telegram's, whenever somebody is shown it."""

TELEGRAM = PlatformFacts(
    name="telegram",
    reads_along=", and so can Telegram; it also sees recovery words that are shown here",
    keeps="what Telegram keeps on its servers.",
    can_clear=True,
    single=True,
    buttons=True,
    deletable_hours=DELETABLE_HOURS,
    message_units=MAX_UNITS,
)


@dataclass(frozen=True, slots=True)
class TelegramMessenger:
    """The bot's side of every chat."""

    bot: Bot = field(repr=False)
    clock: Clock
    platform: PlatformFacts = TELEGRAM
    groups_being_left: set[int] = field(default_factory=set, repr=False)
    width: asyncio.Semaphore = field(default_factory=partial(asyncio.Semaphore, WIDTH), repr=False)

    @asynccontextmanager
    async def _calling(self) -> AsyncIterator[None]:
        """One call, among at most so many; nobody waits here for anything but Telegram."""
        async with self.width:
            with translated():
                yield

    def parts(self, reply: Reply) -> tuple[Reply, ...]:
        """What fits into one message each."""
        return parts_of(reply)

    async def send(self, to: Account, reply: Reply) -> tuple[str, ...]:
        """One message; its number in the chat.

        Not by ``Bot.send_message``: of the message that comes back, which it makes into objects,
        only the number is needed, and this is what the bot does most.
        """
        fields = {
            "chat_id": to.address,
            "text": reply.text,
            "protect_content": json.dumps(not reply.copyable),
            "disable_notification": json.dumps(reply.silent),
            "link_preview_options": NO_PREVIEW,
        }
        shown = markup(reply)
        async with self._calling():
            url = f"{self.bot.base_url}/sendMessage"
            more = {"reply_markup": shown} if shown else {}
            message = await self._carrier.call(url, {**fields, **more})
        number = message.get("message_id") if isinstance(message, dict) else None
        return (str(number),) if number is not None else ()

    @property
    def _carrier(self) -> HttpTransport:
        request = self.bot.request
        if not isinstance(request, HttpTransport):
            raise TypeError("the bot was made with another carrier")
        return request

    async def send_file(self, to: Account, name: str, data: bytes) -> None:
        """A document that can be saved and passed on."""
        async with self._calling():
            await self.bot.send_document(
                int(to.address), InputFile(data, name), read_timeout=FILE_SECONDS
            )

    async def update_buttons(self, to: Account, message: str, reply: Reply) -> None:
        """Other buttons on a message that stands there; if it does not any more, nothing."""
        try:
            async with self._calling():
                await self.bot.edit_message_reply_markup(
                    int(to.address), int(message), reply_markup=keyboard(reply)
                )
        except MessageRefused:
            return

    async def perform(self, effect: PlatformEffect) -> None:
        """Answer a press, or explain itself to a group and leave it.

        A press whose client gave up waiting loses nothing, and neither does a group that is gone.
        """
        match effect:
            case AcknowledgePress(press):
                with suppress(MessageRefused):
                    async with self._calling():
                        await self.bot.answer_callback_query(press)
            case ExplainToGroup(chat):
                with suppress(RecipientGone, MessageRefused), translated():
                    await self.bot.send_message(
                        chat, ENGLISH.telegram.group, disable_notification=True
                    )
            case LeaveGroup(chat):
                with suppress(RecipientGone, MessageRefused), translated():
                    await self.bot.leave_chat(chat)
                self.groups_being_left.discard(chat)
            case _:
                raise TypeError(f"Telegram does not know {type(effect).__name__}.")

    async def delete(self, to: Account, messages: Sequence[str], hour: int) -> int:
        """On both sides; how many stayed."""
        numbers = [int(message) for message in messages]
        now = int(self.clock().timestamp()) // HOUR_SECONDS
        if len(numbers) == 1 or (hour and now - hour >= OLD_HOURS):
            return await self._one_by_one(to, numbers)
        starts = range(0, len(numbers), MOST_AT_ONCE)
        return sum([await self._together(to, numbers[at : at + MOST_AT_ONCE]) for at in starts])

    async def _together(self, to: Account, numbers: list[int]) -> int:
        """An older server does not know this method and says "Not Found", as of a bad token."""
        try:
            async with self._calling():
                await self._delete_messages(to, numbers)
        except MessageRefused:
            return await self._one_by_one(to, numbers)
        return 0

    async def _delete_messages(self, to: Account, numbers: list[int]) -> None:
        try:
            await self.bot.delete_messages(int(to.address), numbers)
        except InvalidToken:
            raise BadRequest("no such method") from None

    async def _one_by_one(self, to: Account, numbers: list[int]) -> int:
        return sum([await self._stayed(to, number) for number in numbers])

    async def _stayed(self, to: Account, number: int) -> bool:
        try:
            async with self._calling():
                await self.bot.delete_message(int(to.address), number)
        except MessageRefused as refusal:
            return not isinstance(refusal, MessageNotFound)
        return False

    async def leave(self, to: Account) -> None:
        """Nothing is held for a chat."""


class MessageNotFound(MessageRefused):
    """The message is gone already."""


@contextmanager
def translated() -> Iterator[None]:
    """Telegram's errors as the handlers know them; their own texts are not passed on."""
    try:
        yield
    except TooManyRequests as error:
        raise Undelivered("Telegram asks to wait.", error.after) from None
    except (Forbidden, ChatMigrated):
        raise RecipientGone("Telegram does not let the bot write to this account.") from None
    except BadRequest as error:
        raise _refusal(error.message.casefold()) from None
    except TelegramError as error:
        raise Undelivered(f"Telegram did not take it ({type(error).__name__}).") from None


def _refusal(text: str) -> MessageRefused | RecipientGone:
    if any(sign in text for sign in NOBODY):
        return RecipientGone("There is no such account at Telegram.")
    if any(sign in text for sign in NOT_THERE):
        return MessageNotFound("The message is not there any more.")
    return MessageRefused("Telegram does not take this message.")
