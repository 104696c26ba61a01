"""Messages as they wait in the inbox: what handling them needs, and nothing else."""

from dataclasses import dataclass
from typing import Any

from handlers.messages import (
    ButtonPress,
    EditedMessage,
    IncomingMessage,
    MessageContent,
    TextMessage,
    UnresolvedPress,
    UnusableMessage,
)
from store.crypto import cbor
from store.inbox.accounts import sealed_account, sealed_fields
from store.model.inbox import WaitingMessage

TEXT, PRESS, EDIT, UNUSABLE = "text", "press", "edit", "unusable"


@dataclass(frozen=True, slots=True)
class _Stored:
    """A content: its kind, its text, the message that it is an edit of, and what surrounds it."""

    kind: str
    text: str
    of: str = ""
    whole: str = ""
    forwarded: bool = False


def encode_message(incoming: IncomingMessage) -> bytes:
    """Encode a message for its row of the inbox.

    That help is sent for it is left out: if the program ends meanwhile, its turn sends the help.
    """
    stored = _stored(incoming.heard)
    fields: dict[str, cbor.Value] = {
        "v": cbor.VERSION,
        **sealed_fields(incoming.who),
        "i": incoming.id,
        "m": incoming.message,
        "o": incoming.on,
        "k": stored.kind,
        # As bytes: people type what is no normalized text, and what no encoding allows.
        "t": _encoded(stored.text),
        "e": stored.of,
        # Version 0.1 had no surroundings; they stand only where there are some.
        **({"w": _encoded(stored.whole)} if stored.whole else {}),
        **({"f": 1} if stored.forwarded else {}),
    }
    return cbor.encode(fields)


def decode_message(waiting: WaitingMessage) -> IncomingMessage:
    """Decode what ``encode_message`` wrote; the message knows its row."""
    fields: dict[str, Any] = dict(cbor.decode_map(waiting.content, "A waiting message"))
    text, whole = _decoded(fields["t"]), _decoded(fields.get("w", b""))
    return IncomingMessage(
        fields["i"],
        sealed_account(fields),
        _content(_Stored(fields["k"], text, fields["e"], whole, bool(fields.get("f")))),
        fields["m"],
        fields["o"],
        row=waiting.row,
    )


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")


def _stored(heard: MessageContent) -> _Stored:
    match heard:
        case TextMessage(text, whole, forwarded):
            return _Stored(TEXT, text, whole=whole, forwarded=forwarded)
        case EditedMessage(text, of, whole):
            return _Stored(EDIT, text, of, whole)
        case UnresolvedPress(token):
            return _Stored(PRESS, token)
        case UnusableMessage(kind):
            return _Stored(UNUSABLE, kind)
        case ButtonPress():
            raise TypeError("a press is resolved when it is handled, never before it waits")


def _content(stored: _Stored) -> MessageContent:
    match stored.kind:
        case "text":
            return TextMessage(stored.text, stored.whole, stored.forwarded)
        case "edit":
            return EditedMessage(stored.text, stored.of, stored.whole)
        case "press":
            return UnresolvedPress(stored.text)
        case _:
            return UnusableMessage(stored.text)
