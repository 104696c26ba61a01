"""From an update of Telegram to what was heard. Of groups nothing is read."""

from dataclasses import dataclass, field

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
"""The updates that are asked for: named, because Telegram's default is whatever was set before."""

GROUPS = {Chat.GROUP, Chat.SUPERGROUP, Chat.CHANNEL}


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """Somebody said something in a direct message; a press waits to be acknowledged."""

    incoming: IncomingMessage
    press: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class BotBlocked:
    """An account blocked the bot."""

    who: Account


@dataclass(frozen=True, slots=True)
class GroupMessage:
    """The bot is in a group or channel, where it has no business."""

    chat: int = field(repr=False)


@dataclass(frozen=True, slots=True)
class OrphanPress:
    """A button that nobody of ours can have shown there; it only stops its waiting."""

    press: str = field(repr=False)


UpdateContent = MessageReceived | BotBlocked | GroupMessage | OrphanPress | None


def content_of(update: Update) -> UpdateContent:
    """Translate an update; return None for one that means nothing to the bot."""
    number = str(update.update_id)
    if update.callback_query is not None:
        return _pressed(update.callback_query, number)
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member)
    message = update.message or update.edited_message
    if message is None:
        return None
    if message.chat.type in GROUPS:
        return GroupMessage(message.chat.id)
    heard = _heard(message, edited=update.edited_message is not None)
    who = _account(message.from_user, message.chat)
    if heard is None or who is None:
        return None
    return MessageReceived(IncomingMessage(number, who, heard, str(message.message_id)))


def chat_of(update: Update) -> int:
    """What keeps its order: everything of one account, or of one group."""
    if update.callback_query is not None:
        return update.callback_query.from_user.id
    chat = update.effective_chat
    return chat.id if chat is not None else 0


def _account(user: User | None, chat: Chat) -> Account | None:
    """A person in a direct message; in one, user and chat have the same number."""
    if user is None or user.is_bot or chat.type != Chat.PRIVATE:
        return None
    return Account(PLATFORM, str(user.id), str(chat.id))


def _heard(message: Message, *, edited: bool) -> MessageContent | None:
    """Words, or something that cannot be taken; nothing for what Telegram itself remarks."""
    if message.text is not None:
        number = str(message.message_id)
        return EditedMessage(message.text, number) if edited else TextMessage(message.text)
    if edited or message.effective_attachment is None:
        return None
    return UnusableMessage("")


def _pressed(query: CallbackQuery, number: str) -> UpdateContent:
    message = query.message
    who = _account(query.from_user, message.chat) if message else None
    if message is None or who is None or who.name != who.address:
        return OrphanPress(query.id)
    tap = IncomingMessage(
        number, who, UnresolvedPress(query.data or ""), on=str(message.message_id)
    )
    return MessageReceived(tap, query.id)


def _membership(changed: ChatMemberUpdated) -> UpdateContent:
    status = changed.new_chat_member.status
    if changed.chat.type in GROUPS:
        inside = status not in {ChatMember.LEFT, ChatMember.BANNED}
        return GroupMessage(changed.chat.id) if inside else None
    who = _account(changed.from_user, changed.chat)
    return BotBlocked(who) if who is not None and status == ChatMember.BANNED else None
