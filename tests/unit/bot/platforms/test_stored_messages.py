"""What waits in the inbox is what came."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.stored_messages import decode_message, encode_message
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
from store.model.accounts import Account
from store.model.inbox import InboxRow, WaitingMessage

ANY_TEXT = st.text(st.characters())  # lone surrogates, too
PLAIN = st.text(st.characters(max_codepoint=127))
CONTENTS = st.one_of(
    st.builds(TextMessage, ANY_TEXT, ANY_TEXT, st.booleans()),
    st.builds(EditedMessage, ANY_TEXT, PLAIN, ANY_TEXT),
    st.builds(UnresolvedPress, ANY_TEXT),
    st.builds(UnusableMessage, PLAIN),
)


@given(CONTENTS, PLAIN, PLAIN, PLAIN, PLAIN, PLAIN)
def test_a_message_comes_back_as_it_was(
    heard: MessageContent,
    own_id: str,
    name: str,
    address: str,
    chat_message: str,
    on: str,
) -> None:
    who = Account("matrix", name, address)
    row = InboxRow(5)
    came = IncomingMessage(own_id, who, heard, chat_message, on, row=row)
    waiting = WaitingMessage(row, "a chat", 0, 0, encode_message(came))
    assert decode_message(waiting) == came


def test_a_press_waits_before_anybody_knows_what_it_means() -> None:
    with pytest.raises(TypeError):
        encode_message(IncomingMessage("1", Account("a", "b", "c"), ButtonPress("q", ())))


def test_a_message_that_waits_since_the_version_before_comes_back() -> None:
    who, row = Account("telegram", "a", "a"), InboxRow(5)
    came = IncomingMessage("1", who, TextMessage("words"), "2", row=row)
    fields = cbor.decode_map(encode_message(came), "a message")
    assert {"w", "f"}.isdisjoint(fields)  # as it was written then
    assert decode_message(WaitingMessage(row, "a chat", 0, 0, cbor.encode(fields))) == came
