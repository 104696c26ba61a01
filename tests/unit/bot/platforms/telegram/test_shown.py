"""What the chat shows of a message is sealed with its words, and never read as an answer."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import MessageEntity, Update

from bot.platforms.telegram.shown import with_links
from bot.platforms.telegram.updates import MessageReceived, content_of
from handlers.messages import EditedMessage, TextMessage

ROBIN = {"id": 77, "is_bot": False, "first_name": "Robin"}
CHAT = {"id": 77, "type": "private"}
JONAS = {"type": "user", "date": 1, "sender_user": {**ROBIN, "id": 5, "first_name": "Jonas"}}


def heard(kind: str = "message", **more: Any) -> Any:
    message = {"message_id": 9, "date": 1, "chat": CHAT, "from": ROBIN, **more}
    found = content_of(Update.de_json({"update_id": 3, kind: message}))
    assert isinstance(found, MessageReceived)
    return found.incoming.heard


def link(offset: int, length: int, url: str = "https://example.org/a") -> dict[str, Any]:
    return {"type": "text_link", "offset": offset, "length": length, "url": url}


def test_plain_words_are_shown_as_they_are() -> None:
    bold = {"type": "bold", "offset": 0, "length": 5}
    assert heard(text="plain words") == TextMessage("plain words")
    assert heard(text="plain words", entities=[bold]) == TextMessage("plain words")


# Links


def test_the_address_of_a_link_stands_behind_its_words() -> None:
    found = heard(text="😭 he wrote here, and there", entities=[link(12, 4), link(22, 5)])
    assert found.text == "😭 he wrote here, and there"
    assert found.shown == (
        "😭 he wrote here (https://example.org/a), and there (https://example.org/a)"
    )


def test_what_is_struck_out_is_shown_to_be() -> None:
    struck = {"type": "strikethrough", "offset": 2, "length": 5}
    assert heard(text="I liked him", entities=[struck]).shown == "I ~~liked~~ him"


@pytest.mark.parametrize("kind", ["message", "edited_message"])
def test_links_of_changed_messages_are_kept_too(kind: str) -> None:
    found = heard(kind, text="here", entities=[link(0, 4)])
    assert isinstance(found, TextMessage | EditedMessage)
    assert found.whole == "here (https://example.org/a)"


@given(
    st.text(),
    st.lists(
        st.tuples(st.sampled_from(["text_link", "strikethrough"]), st.integers(0, 40)), max_size=4
    ),
)
def test_nothing_is_taken_from_the_words(text: str, places: list[tuple[str, int]]) -> None:
    entities = [MessageEntity(kind, at, 3, url="https://x.org") for kind, at in places]
    left = with_links(text, entities)
    assert not places or len(left) >= len(text) or "\ud800" <= max(text, default="") <= "\udfff"
    assert with_links(text, []) == text


# Somebody else's words


@pytest.mark.parametrize(
    ("origin", "name"),
    [
        (JONAS, "Jonas"),
        ({"type": "hidden_user", "date": 1, "sender_user_name": "J.\nB."}, "J. B."),
        (
            {
                "type": "chat",
                "date": 1,
                "sender_chat": {"id": -1, "type": "group", "title": "Choir"},
            },
            "Choir",
        ),
        (
            {
                "type": "channel",
                "date": 1,
                "message_id": 4,
                "chat": {"id": -2, "type": "channel", "title": "News"},
            },
            "News",
        ),
    ],
)
def test_a_message_that_was_sent_on_is_marked_as_somebody_elses(
    origin: dict[str, Any], name: str
) -> None:
    found = heard(text="come to my office", forward_origin=origin)
    assert found == TextMessage(
        "come to my office", f"[Forwarded from {name}]\ncome to my office", forwarded=True
    )
    assert found.own == ""


@pytest.mark.parametrize(
    "origin",
    [
        {"type": "user", "date": 1, "sender_user": ROBIN},
        {"type": "hidden_user", "date": 1, "sender_user_name": "Robin"},
    ],
)
def test_who_sends_on_their_own_notes_is_not_named_in_them(origin: dict[str, Any]) -> None:
    found = heard(text="what I noted", forward_origin=origin)
    assert found == TextMessage("what I noted", forwarded=True)
    answered = heard(text="this", external_reply={"origin": origin}, quote=quote("noted"))
    assert "Robin" not in answered.shown
    assert answered.shown.startswith("[In answer to an own message]")


# Quotations


def quote(text: str, *, manual: bool = True) -> dict[str, Any]:
    return {"text": text, "position": 0, **({"is_manual": True} if manual else {})}


def test_a_quotation_from_another_chat_is_kept_with_whose_it_is() -> None:
    answered = {"origin": JONAS, "chat": {"id": -1, "type": "group", "title": "Choir"}}
    found = heard(
        text="he wrote this", external_reply=answered, quote=quote("be nice\nto me", manual=False)
    )
    assert found.text == "he wrote this"
    assert found.shown == (
        "[In answer to a message from Jonas]\n> be nice\n> to me\nhe wrote this"
    )


def test_what_a_quoted_message_showed_besides_words_is_said_to_be_left_out() -> None:
    photo = [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]
    found = heard(text="this", external_reply={"origin": JONAS, "photo": photo})
    assert "what it showed besides words is not kept here" in found.shown
    assert found.shown.endswith("\nthis")


def test_a_chosen_quotation_is_kept_and_an_automatic_one_of_this_chat_is_not() -> None:
    own = {"message_id": 3, "date": 1, "chat": CHAT, "from": ROBIN, "text": "it was in May"}
    assert heard(text="June", reply_to_message=own, quote=quote("in May")).shown == (
        "> in May\nJune"
    )
    automatic = quote("in May", manual=False)
    assert heard(text="1", reply_to_message=own, quote=automatic) == TextMessage("1")
