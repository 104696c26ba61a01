"""Translate updates of Telegram for the bot; of groups nothing is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from telegram import CallbackQuery, Chat, ChatMember, ChatMemberUpdated, Message, Update, User

from bot.platforms.telegram.http_transport import Json
from bot.platforms.telegram.shown import shown_text
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

SERVICE_NOTES = frozenset(
    {
        # Something happened to the chat, or in it without a word to the bot.
        *("pinned_message", "message_auto_delete_timer_changed", "chat_background_set"),
        *("write_access_allowed", "connected_website", "boost_added", "managed_bot_created"),
        *("proximity_alert_triggered", "poll_option_added", "poll_option_deleted"),
        *("refunded_payment", "gift_upgrade_sent", "giveaway_created", "giveaway_completed"),
        *("paid_message_price_changed", "direct_message_price_changed"),
        *("forum_topic_created", "forum_topic_edited", "forum_topic_closed"),
        *("forum_topic_reopened", "general_forum_topic_hidden", "general_forum_topic_unhidden"),
        *("video_chat_scheduled", "video_chat_started", "video_chat_ended"),
        "video_chat_participants_invited",
        # These are of groups and channels.
        *("new_chat_members", "left_chat_member", "new_chat_title", "new_chat_photo"),
        *("delete_chat_photo", "group_chat_created", "supergroup_chat_created"),
        *("channel_chat_created", "migrate_to_chat_id", "migrate_from_chat_id"),
        *("chat_owner_left", "chat_owner_changed", "suggested_post_approved"),
        *("suggested_post_approval_failed", "suggested_post_declined", "suggested_post_paid"),
        "suggested_post_refunded",
    }
)
"""Fields of a message that is a service note (Bot API, Message). Whatever else a person sends is
answered, also what this version of the library has never heard of."""

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
    language: str = ""
    """The IETF tag of the language of the account's app; empty where Telegram does not say."""


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
    return MessageReceived(incoming, sent=sent, album=album, language=_language(message.from_user))


def plain_text_content(raw: Any) -> MessageReceived | None:
    """Translate an update that is nothing but typed words in a direct message, as most are.

    The library makes an object of everything in it, which costs more than all else that is done
    with it on its arrival. Return None for any other update, and for one in an unknown form: those
    are the library's to read.
    """
    message = raw.get("message")
    if raw.keys() != _PLAIN_UPDATE or not isinstance(message, dict):
        return None
    if message.keys() != _PLAIN_MESSAGE.keys() or not _has_types(message, _PLAIN_MESSAGE):
        return None
    user, chat = message["from"], message["chat"]
    if not _has_types(user, _PERSON) or not _has_types(chat, _CHAT):
        return None
    language = user.get("language_code", "")
    if user["is_bot"] or chat["type"] != Chat.PRIVATE or not isinstance(language, str):
        return None
    who = Account(PLATFORM, str(user["id"]), str(chat["id"]))
    heard, name = TextMessage(message["text"]), str(message["message_id"])
    return MessageReceived(
        IncomingMessage(str(raw["update_id"]), who, heard, name),
        sent=datetime.fromtimestamp(message["date"], UTC),
        language=language,
    )


_PLAIN_UPDATE = {"update_id", "message"}
_PLAIN_MESSAGE = {"message_id": int, "from": dict, "chat": dict, "date": int, "text": str}
_PERSON = {"id": int, "is_bot": bool, "first_name": str}
_CHAT = {"id": int, "type": str}


def _has_types(fields: Json, types: Mapping[str, type]) -> bool:
    """Return whether each of these fields is there, with a value of its type and no other."""
    return all(type(fields.get(name)) is kind for name, kind in types.items())


def _account(user: User | None, chat: Chat) -> Account | None:
    """Return the account of a person in a direct message, where user and chat have one id."""
    if user is None or user.is_bot or chat.type != Chat.PRIVATE:
        return None
    return Account(PLATFORM, str(user.id), str(chat.id))


def _language(user: User | None) -> str:
    return (user.language_code if user else None) or ""


def _message_content(message: Message, *, edited: bool) -> MessageContent | None:
    """Return the text, or that it is unusable; None for a service message of Telegram's.

    Changes of what is no text are left alone: a place that is shared live changes by itself, and
    Telegram notes changes that nobody made.
    """
    if message.text is not None:
        number, whole = str(message.message_id), shown_text(message)
        if edited:
            return EditedMessage(message.text, number, whole)
        return TextMessage(message.text, whole, message.forward_origin is not None)
    if edited or _is_service_note(message):
        return None
    return UnusableMessage("")


def _is_service_note(message: Message) -> bool:
    """Return whether Telegram notes something that nobody said to the bot."""
    fields = message.to_dict()
    # The library sets some that Telegram leaves out to False.
    return any(fields.get(name, False) is not False for name in SERVICE_NOTES)


def unread_content(raw: Any) -> UpdateContent:
    """Answer a message that the library cannot read; None if it is none of a person to the bot.

    Only who wrote where is read of it.
    """
    try:
        message, number = raw["message"], str(raw["update_id"])
        user, chat, name = message["from"], message["chat"], str(message["message_id"])
        is_own = chat["type"] == Chat.PRIVATE and chat["id"] == user["id"] and not user["is_bot"]
    except (KeyError, TypeError):
        return None
    if not is_own or not SERVICE_NOTES.isdisjoint(message):
        return None
    who = Account(PLATFORM, str(user["id"]), str(chat["id"]))
    return MessageReceived(IncomingMessage(number, who, UnusableMessage(""), name))


def _translate_press(query: CallbackQuery, number: str) -> UpdateContent:
    message = query.message
    who = _account(query.from_user, message.chat) if message else None
    if message is None or who is None or who.name != who.address:
        return OrphanPress(query.id)
    tap = IncomingMessage(
        number, who, UnresolvedPress(query.data or ""), on=str(message.message_id)
    )
    return MessageReceived(tap, query.id, language=_language(query.from_user))


def _translate_membership(changed: ChatMemberUpdated) -> UpdateContent:
    status = changed.new_chat_member.status
    if changed.chat.type in GROUPS:
        inside = status not in {ChatMember.LEFT, ChatMember.BANNED}
        return GroupMessage(changed.chat.id) if inside else None
    who = _account(changed.from_user, changed.chat)
    return BotBlocked(who) if who is not None and status == ChatMember.BANNED else None
