"""Translate updates of Telegram for the bot; of groups nothing is read."""

from dataclasses import dataclass, field
from datetime import datetime

from telegram import CallbackQuery, Chat, ChatMember, ChatMemberUpdated, Message, Update, User

from handlers.messages import (
    EditedMessage,
    IncomingMessage,
    MessageContent,
    TextMessage,
    UnresolvedPress,
    UnusableMessage,
)
from store.model.accounts import Account

PLATFORM = "telegram"
KINDS = ("message", "edited_message", "callback_query", "my_chat_member")
"""The kinds of updates that are asked for; Telegram's default is whatever was set before."""

GROUPS = {Chat.GROUP, Chat.SUPERGROUP, Chat.CHANNEL}


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """A direct message to the bot, or a press of a button that waits to be acknowledged."""

    incoming: IncomingMessage
    press: str = field(default="", repr=False)
    sent: datetime | None = None
    """When it was sent; None where Telegram does not say."""
    album: str = field(default="", repr=False)
    """Telegram's id of the album that it belongs to; empty if it stands alone."""


@dataclass(frozen=True, slots=True)
class BotBlocked:
    """A block of the bot by an account."""

    who: Account


@dataclass(frozen=True, slots=True)
class GroupMessage:
    """A sign of a group or channel, in which the bot has no business."""

    chat: int = field(repr=False)


@dataclass(frozen=True, slots=True)
class OrphanPress:
    """A press of a button that the bot cannot have shown; it is acknowledged only."""

    press: str = field(repr=False)


UpdateContent = MessageReceived | BotBlocked | GroupMessage | OrphanPress | None


def content_of(update: Update) -> UpdateContent:
    """Translate an update; return None for one that means nothing to the bot."""
    number = str(update.update_id)
    if update.callback_query is not None:
        return _translate_press(update.callback_query, number)
    if update.my_chat_member is not None:
        return _translate_membership(update.my_chat_member)
    message = update.message or update.edited_message
    if message is None:
        return None
    if message.chat.type in GROUPS:
        return GroupMessage(message.chat.id)
    content = _message_content(message, edited=update.edited_message is not None)
    who = _account(message.from_user, message.chat)
    if content is None or who is None:
        return None
    incoming = IncomingMessage(number, who, content, str(message.message_id))
    sent, album = message.edit_date or message.date, message.media_group_id or ""
    return MessageReceived(incoming, sent=sent, album=album)


def _account(user: User | None, chat: Chat) -> Account | None:
    """Return the account of a person in a direct message, where user and chat have one id."""
    if user is None or user.is_bot or chat.type != Chat.PRIVATE:
        return None
    return Account(PLATFORM, str(user.id), str(chat.id))


def _message_content(message: Message, *, edited: bool) -> MessageContent | None:
    """Return the text, or that it is unusable; None for a service message of Telegram's."""
    if message.text is not None:
        number = str(message.message_id)
        return EditedMessage(message.text, number) if edited else TextMessage(message.text)
    if edited or message.effective_attachment is None:
        return None
    return UnusableMessage("")


def _translate_press(query: CallbackQuery, number: str) -> UpdateContent:
    message = query.message
    who = _account(query.from_user, message.chat) if message else None
    if message is None or who is None or who.name != who.address:
        return OrphanPress(query.id)
    tap = IncomingMessage(
        number, who, UnresolvedPress(query.data or ""), on=str(message.message_id)
    )
    return MessageReceived(tap, query.id)


def _translate_membership(changed: ChatMemberUpdated) -> UpdateContent:
    status = changed.new_chat_member.status
    if changed.chat.type in GROUPS:
        inside = status not in {ChatMember.LEFT, ChatMember.BANNED}
        return GroupMessage(changed.chat.id) if inside else None
    who = _account(changed.from_user, changed.chat)
    return BotBlocked(who) if who is not None and status == ChatMember.BANNED else None
