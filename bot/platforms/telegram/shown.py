"""What a chat shows of a text message besides its words: whose they are, quotes, links.

It is sealed with the words. Where only the words were kept, a reader would take what somebody else
wrote for the reporter's own, and the only copy of a quotation could be deleted with its message.
The reporter's own name is never among it: nobody need learn who sent on what they had noted.
"""

from collections.abc import Iterator, Sequence

from telegram import (
    Chat,
    ExternalReplyInfo,
    Message,
    MessageEntity,
    MessageOrigin,
    MessageOriginChannel,
    MessageOriginChat,
    MessageOriginHiddenUser,
    MessageOriginUser,
    User,
)

from handlers.reporter.typed_text import STRUCK

UTF16 = "utf-16-le"
NO_MEDIA = frozenset(
    {"origin", "chat", "message_id", "link_preview_options", "has_media_spoiler", "api_kwargs"}
)
"""What an answered message of another chat has besides what it showed."""


def shown_text(message: Message) -> str:
    """Return the text of a message with all that the chat shows; "" if that is the text alone."""
    text = message.text or ""
    shown = "\n".join([*_surroundings(message), with_links(text, message.entities)])
    return "" if shown == text else shown


def with_links(text: str, entities: Sequence[MessageEntity]) -> str:
    """Write the address of each link behind its words, and marks around what is struck out.

    Telegram counts in UTF-16 code units (Bot API, MessageEntity).
    """
    units = text.encode(UTF16, "surrogatepass")
    added = sorted((piece for entity in entities for piece in _added(entity)), reverse=True)
    for place, piece in added:
        units = units[: 2 * place] + piece.encode(UTF16) + units[2 * place :]
    return units.decode(UTF16, "surrogatepass") if added else text


def _added(entity: MessageEntity) -> Iterator[tuple[int, str]]:
    """Yield what is added to a text, and before which of its code units."""
    end = entity.offset + entity.length
    match entity.type:
        case MessageEntity.TEXT_LINK if entity.url:
            yield end, f" ({entity.url})"
        case MessageEntity.STRIKETHROUGH:
            yield entity.offset, STRUCK
            yield end, STRUCK
        case _:
            pass


def _surroundings(message: Message) -> Iterator[str]:
    """Yield the lines that stand above the words."""
    origin, reply = message.forward_origin, message.external_reply
    if origin is not None and not _is_own(origin, message.from_user):
        yield f"[Forwarded from {_author(origin)}]"
    if reply is not None:
        yield _answered(reply, own=_is_own(reply.origin, message.from_user))
    if message.reply_to_story is not None:
        yield "[In answer to a story, which is not kept here]"
    quote = message.quote
    if quote is not None and (quote.is_manual or message.external_reply is not None):
        quoted = with_links(quote.text, quote.entities or ())
        yield from (f"> {line}" for line in quoted.split("\n"))


def _answered(reply: ExternalReplyInfo, *, own: bool) -> str:
    left_out = "; what it showed besides words is not kept here"
    media = reply.to_dict().keys() - NO_MEDIA
    answered = "an own message" if own else f"a message from {_author(reply.origin)}"
    return f"[In answer to {answered}{left_out if media else ''}]"


def _is_own(origin: MessageOrigin, sender: User | None) -> bool:
    """Return whether a message comes from who sends it, also where their account is hidden."""
    match origin:
        case MessageOriginUser():
            return sender is not None and origin.sender_user.id == sender.id
        case MessageOriginHiddenUser():
            return sender is not None and origin.sender_user_name == sender.full_name
        case _:
            return False


def _author(origin: MessageOrigin) -> str:
    """Return whose message it was, as the apps show it, in one line."""
    match origin:
        case MessageOriginUser():
            name = origin.sender_user.full_name
        case MessageOriginHiddenUser():
            name = origin.sender_user_name
        case MessageOriginChat():
            name = _titled(origin.sender_chat)
        case MessageOriginChannel():
            name = _titled(origin.chat)
        case _:
            name = ""
    return " ".join(name.split()) or "somebody else"


def _titled(chat: Chat) -> str:
    return chat.title or chat.full_name or ""
