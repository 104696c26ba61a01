"""Send to Telegram: messages, files, ticks, deletions; its errors become those of handlers."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from telegram import Bot, InputFile
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, TelegramError

from bot.platforms.telegram.effects import AcknowledgePress, ExplainToGroup, LeaveGroup
from bot.platforms.telegram.facts import DELETABLE_HOURS, TELEGRAM
from bot.platforms.telegram.formatting import keyboard, markup, parts_of
from bot.platforms.telegram.http_transport import HttpTransport, RequestTooLarge, TooManyRequests
from handlers.context import Clock
from handlers.effects import PlatformEffect
from handlers.messages import OutgoingFile, PlatformFacts, Reply
from handlers.ports.messenger import FileTooLarge, MessageRefused, RecipientGone, Undelivered
from handlers.texts.platform_catalogue import TelegramTexts
from store.model.accounts import Account

CALLS_AT_ONCE = 16
"""How many calls may be in flight; more of them cost more than they bring."""

MAX_DELETIONS = 100
"""How many messages one call deletes (Bot API, deleteMessages)."""

OLD_HOURS = DELETABLE_HOURS - 1
"""The age from which each message is deleted by itself, to learn which could not be."""

HOUR_SECONDS = 3600
NO_MESSAGE = ("not found", "message_id_invalid")
NO_RECIPIENT = ("chat not found", "user not found", "peer_id_invalid", "user is deactivated")
FILE_SECONDS = 60.0
SLOWEST_UPLOAD = 100_000
"""Bytes a second: what takes longer beyond the timeout is tried again."""
TRUE, FALSE = "true", "false"
"""As JSON writes them."""
NO_PREVIEW = json.dumps({"is_disabled": True})
"""No previews: Telegram's servers would ask the linked server for each."""


@dataclass(frozen=True, slots=True)
class TelegramMessenger:
    """The sending side of every chat on Telegram."""

    bot: Bot = field(repr=False)
    clock: Clock
    texts: TelegramTexts = field(repr=False)
    platform: PlatformFacts = TELEGRAM
    groups_being_left: set[int] = field(default_factory=set, repr=False)
    call_slots: asyncio.Semaphore = field(
        default_factory=partial(asyncio.Semaphore, CALLS_AT_ONCE), repr=False
    )

    @asynccontextmanager
    async def _call_slot(self) -> AsyncIterator[None]:
        """Make one call, as soon as fewer than the limit are in flight; translate its errors."""
        async with self.call_slots:
            with translated():
                yield

    def parts(self, reply: Reply) -> tuple[Reply, ...]:
        """Split a reply into messages that fit."""
        return parts_of(reply)

    async def send(self, to: Account, reply: Reply) -> tuple[str, ...]:
        """Send one message, and return its id in the chat."""
        fields = {
            "chat_id": to.address,
            "text": reply.text,
            "protect_content": FALSE if reply.copyable else TRUE,
            "disable_notification": TRUE if reply.silent else FALSE,
            "link_preview_options": NO_PREVIEW,
        }
        shown = markup(reply)
        more = {"reply_markup": shown} if shown else {}
        async with self._call_slot():
            message = await self._call("sendMessage", {**fields, **more})
        number = message.get("message_id") if isinstance(message, dict) else None
        return (str(number),) if isinstance(number, int) else ()

    async def _call(self, method: str, fields: Mapping[str, str]) -> Any:
        """Call what the bot does most, for each answer, without the library's own way.

        That parses all of the message that comes back, and only its id is needed.
        """
        request = self.bot.request
        if not isinstance(request, HttpTransport):
            raise TypeError("the bot was made with another transport")
        return await request.call(f"{self.bot.base_url}/{method}", fields)

    async def send_file(self, to: Account, file: OutgoingFile) -> None:
        """Send a document that can be saved and passed on."""
        async with self._call_slot():
            await self.bot.send_document(
                int(to.address),
                InputFile(file.data, file.name),
                disable_notification=file.silent,
                read_timeout=FILE_SECONDS + len(file.data) / SLOWEST_UPLOAD,
            )

    async def update_buttons(self, to: Account, message: str, reply: Reply) -> None:
        """Replace the buttons of a message; do nothing if the message is gone."""
        try:
            async with self._call_slot():
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
                    async with self._call_slot():
                        await self.bot.answer_callback_query(press)
            case ExplainToGroup(chat):
                with suppress(RecipientGone, MessageRefused), translated():
                    await self.bot.send_message(chat, self.texts.group, disable_notification=True)
            case LeaveGroup(chat):
                with suppress(RecipientGone, MessageRefused), translated():
                    await self.bot.leave_chat(chat)
                self.groups_being_left.discard(chat)
            case _:
                raise TypeError(f"Telegram does not know {type(effect).__name__}.")

    async def delete(self, to: Account, messages: Sequence[str], hour: int) -> int:
        """Delete messages on both sides, and return how many could not be deleted."""
        numbers = [int(message) for message in messages]
        now = int(self.clock().timestamp()) // HOUR_SECONDS
        if len(numbers) == 1 or (hour and now - hour >= OLD_HOURS):
            return await self._delete_one_by_one(to, numbers)
        starts = range(0, len(numbers), MAX_DELETIONS)
        return sum(
            [await self._delete_batch(to, numbers[at : at + MAX_DELETIONS]) for at in starts]
        )

    async def _delete_batch(self, to: Account, numbers: list[int]) -> int:
        """Delete up to a hundred messages in one call.

        An older server does not know the method and answers "Not Found", as to a bad token.
        """
        try:
            async with self._call_slot():
                await self._delete_messages(to, numbers)
        except MessageRefused:
            return await self._delete_one_by_one(to, numbers)
        return 0

    async def _delete_messages(self, to: Account, numbers: list[int]) -> None:
        try:
            fields = {"chat_id": to.address, "message_ids": json.dumps(numbers)}
            await self._call("deleteMessages", fields)
        except InvalidToken:
            raise BadRequest("no such method") from None

    async def _delete_one_by_one(self, to: Account, numbers: list[int]) -> int:
        return sum([await self._could_not_delete(to, number) for number in numbers])

    async def _could_not_delete(self, to: Account, number: int) -> bool:
        try:
            async with self._call_slot():
                fields = {"chat_id": to.address, "message_id": str(number)}
                await self._call("deleteMessage", fields)
        except MessageRefused as refusal:
            return not isinstance(refusal, MessageNotFound)
        return False

    async def leave(self, to: Account) -> None:
        """Do nothing: nothing is held for a chat."""


class MessageNotFound(MessageRefused):
    """The message is already gone."""


@contextmanager
def translated() -> Iterator[None]:
    """Translate Telegram's errors into those of handlers; their own texts are not passed on."""
    try:
        yield
    except TooManyRequests as error:
        raise Undelivered("Telegram asks to wait.", error.after) from None
    except RequestTooLarge:
        raise FileTooLarge("Telegram takes no file of this size.") from None
    except (Forbidden, ChatMigrated):
        raise RecipientGone("Telegram does not let the bot write to this account.") from None
    except BadRequest as error:
        raise _refusal(error.message.casefold()) from None
    except TelegramError as error:
        raise Undelivered(f"Telegram did not take it ({type(error).__name__}).") from None


def _refusal(text: str) -> MessageRefused | RecipientGone:
    if any(sign in text for sign in NO_RECIPIENT):
        return RecipientGone("There is no such account at Telegram.")
    if any(sign in text for sign in NO_MESSAGE):
        return MessageNotFound("The message is not there any more.")
    return MessageRefused("Telegram does not take this message.")
