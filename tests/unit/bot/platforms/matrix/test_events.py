"""Events are read as the people who wrote them meant them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.matrix.events import (
    ANSWER_TYPES,
    COMMANDS,
    MESSAGE,
    REACTION,
    STICKER,
    RoomEvent,
    incoming_message,
    message_content,
    parse_event,
    with_slash,
)
from handlers.messages import EditedMessage, MessageContent, TextMessage, UnusableMessage
from handlers.reporter.typed_text import command_of

REPLIES = {"m.relates_to": {"m.in_reply_to": {"event_id": "$bots"}}}
FALLBACK = "> <@bot:example.org> What would you like to say?\n> a second line\n\n"


def event(**other: Any) -> dict[str, Any]:
    whole = {
        "event_id": "$event",
        "sender": "@anna:x",
        "type": MESSAGE,
        "content": {"msgtype": "m.text", "body": "hello"},
        "origin_server_ts": 1,
    }
    return {name: value for name, value in {**whole, **other}.items() if value is not ...}


def said(body: Any, msgtype: Any = "m.text", **more: Any) -> MessageContent | None:
    return message_content(MESSAGE, {"msgtype": msgtype, "body": body, **more})


def replying(body: str, to: Any = "$bots") -> MessageContent | None:
    return said(body, **{"m.relates_to": {"m.in_reply_to": {"event_id": to}}})


# Well-formed events


@pytest.mark.parametrize(
    "other",
    [
        {"event_id": ...},
        {"event_id": ""},
        {"event_id": 7},
        {"event_id": "$" + "x" * 255},
        {"event_id": "$ü"},
        {"sender": ...},
        {"sender": ["@anna:x"]},
        {"sender": "@änna:x"},
        {"type": ...},
        {"type": None},
        {"content": ...},
        {"content": "hello"},
        {"content": None},
        {"origin_server_ts": ...},
        {"origin_server_ts": "now"},
        {"state_key": ""},
        {"state_key": "@anna:x"},
    ],
)
def test_malformed_events_are_not_parsed(other: dict[str, Any]) -> None:
    assert parse_event(event(**other)) is None
    assert parse_event(event()) is not None


@pytest.mark.parametrize("value", [None, 7, "text", [], {}, [{}], True, 0.5])
def test_values_that_are_no_events_are_not_parsed(value: Any) -> None:
    assert parse_event(value) is None


def test_no_repr_shows_sender_content_or_room() -> None:
    found = parse_event(event())
    assert found is not None
    shown = repr(found) + repr(incoming_message(found, "!room", TextMessage("hello")))
    for secret in ("hello", "@anna:x", "$event", "!room"):
        assert secret not in shown


def test_a_message_is_identified_by_its_event() -> None:
    found = parse_event(event())
    assert isinstance(found, RoomEvent)
    message = incoming_message(found, "!room", TextMessage("hello"))
    assert (message.id, message.message) == ("$event", "$event")
    assert (message.who.platform, message.who.name, message.who.address) == (
        "matrix",
        "@anna:x",
        "!room",
    )


# Text


@pytest.mark.parametrize("text", ["hello", "", " two\nlines ", "👍🏽", "> quoted", "* a star"])
def test_text_is_taken_as_it_is(text: str) -> None:
    assert said(text) == TextMessage(text)
    assert said(text, "m.emote") == TextMessage(text)


def test_formatting_is_ignored() -> None:
    dressed = {"format": "org.matrix.custom.html", "formatted_body": "<b>other</b>"}
    assert said("hello", **dressed) == TextMessage("hello")


def test_notices_are_no_answers() -> None:
    assert said("hello", "m.notice") is None


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ("!done", "/done"),
        ("!DONE", "/DONE"),
        ("  !Done  ", "/Done  "),
        ("!join Oak", "/join Oak"),
        ("!fetch K7Q2ZZ", "/fetch K7Q2ZZ"),
        ("!withdraw one two\nthree four", "/withdraw one two\nthree four"),
        ("!show 2", "/show 2"),
        ("/done", "/done"),
        ("/foo", "/foo"),
        ("!!!", "!!!"),
        ("!", "!"),
        ("!foo", "!foo"),
        ("! done", "! done"),
        ("!!done", "!!done"),
        ("!done!", "/done!"),
        ("!done,then", "/done,then"),
        ("！done…", "/done…"),
        ("\u200b!done", "/done"),
        ("he said !done", "he said !done"),
        ("!stopped", "!stopped"),
        ("!ſtart", "/ſtart"),
        ("done", "done"),
    ],
)
def test_a_command_begins_with_an_exclamation_mark_or_a_slash(typed: str, means: str) -> None:
    assert said(typed) == TextMessage(means)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_can_be_typed(name: str) -> None:
    for typed in (f"!{name}", f"!{name.upper()}", f"!{name.title()} x"):
        found = command_of(with_slash(typed))
        assert found is not None
        assert found[0] == name


# Replies and edits


def test_a_reply_fallback_is_removed() -> None:
    assert replying(f"{FALLBACK}my answer") == TextMessage("my answer")
    assert replying(f"{FALLBACK}!done") == TextMessage("/done")
    assert replying("> * <@bot:x> waves\n\nmy answer\n> and a quote") == TextMessage(
        "my answer\n> and a quote"
    )
    assert replying("> <@bot:x> one\n>\n> three\n\nmy answer") == TextMessage("my answer")


def test_quotations_in_a_persons_own_words_stay() -> None:
    for text in ("> he wrote this\nand I answered", "> <b>\nmy answer", "no quote", ">"):
        assert replying(text) == TextMessage(text)
    assert said(f"{FALLBACK}my answer") == TextMessage(f"{FALLBACK}my answer")  # it is no reply


def test_a_reply_without_own_words_is_kept_whole() -> None:
    assert replying("> <@bot:x> only the quote") == TextMessage("> <@bot:x> only the quote")


def test_an_edit_has_its_new_text_and_names_the_edited_event() -> None:
    relation = {"rel_type": "m.replace", "event_id": "$old"}
    new = {"msgtype": "m.text", "body": "better words"}
    more = {"m.new_content": new, "m.relates_to": relation}
    assert said("* better words", **more) == EditedMessage("better words", "$old")
    picture = {"msgtype": "m.image", "body": "a.png"}
    assert said("* a.png", **{**more, "m.new_content": picture}) == UnusableMessage("")


@pytest.mark.parametrize(
    "more",
    [
        {"m.relates_to": {"rel_type": "m.replace"}, "m.new_content": {"body": "x"}},
        {"m.relates_to": {"rel_type": "m.replace", "event_id": "$old"}},
        {"m.relates_to": {"rel_type": "m.replace", "event_id": 7}, "m.new_content": {}},
        {"m.relates_to": {"rel_type": "m.replace", "event_id": "$old"}, "m.new_content": "x"},
    ],
)
def test_an_edit_without_a_target_is_ignored(more: dict[str, Any]) -> None:
    assert said("* x", **more) is None


@pytest.mark.parametrize("relation", [None, "m.thread", [], {"rel_type": ["m.replace"]}, {}])
def test_a_malformed_relation_does_not_hide_the_text(relation: Any) -> None:
    assert said("hello", **{"m.relates_to": relation}) == TextMessage("hello")


def test_text_in_a_thread_is_text() -> None:
    relation = {"rel_type": "m.thread", "event_id": "$root", "is_falling_back": True}
    assert said("hello", **{"m.relates_to": {**relation, "m.in_reply_to": {}}}) == TextMessage(
        "hello"
    )


# Unusable kinds


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (MESSAGE, {"msgtype": "m.image", "body": "a.png", "filename": "a.png"}),
        (MESSAGE, {"msgtype": "m.image", "body": "words to it", "filename": "a.png"}),
        (MESSAGE, {"msgtype": "m.audio", "body": "v", "org.matrix.msc3245.voice": {}}),
        (MESSAGE, {"msgtype": "m.video", "body": "v"}),
        (MESSAGE, {"msgtype": "m.file", "body": "f"}),
        (MESSAGE, {"msgtype": "m.location", "body": "here", "geo_uri": "geo:1,2"}),
        (MESSAGE, {"msgtype": "org.example.new", "body": "x"}),
        (MESSAGE, {"msgtype": "m.text"}),
        (MESSAGE, {"msgtype": "m.text", "body": ["words"]}),
        (MESSAGE, {"msgtype": ["m.text"], "body": "words"}),
        (MESSAGE, {"body": "words"}),
        (MESSAGE, {}),
        (STICKER, {"body": "a cat"}),
        ("m.poll.start", {}),
        ("m.poll.response", {}),
        ("org.matrix.msc3381.poll.start", {}),
        ("org.matrix.msc3381.poll.response", {}),
        ("m.location", {}),
        ("m.beacon", {}),
        ("org.example.unheard-of", {}),
        ("org.matrix.msc1767.audio", {}),
    ],
)
def test_unusable_kinds_are_answered(kind: str, content: dict[str, Any]) -> None:
    assert message_content(kind, content) == UnusableMessage("")


def test_a_reaction_is_unusable() -> None:
    relation = {"rel_type": "m.annotation", "event_id": "$bots", "key": "👍"}
    assert message_content(REACTION, {"m.relates_to": relation}) == UnusableMessage("reaction")
    assert {MESSAGE, REACTION, STICKER, "m.room.encrypted"} == set(ANSWER_TYPES)


@pytest.mark.parametrize(
    "kind",
    [
        "m.key.verification.start",
        "m.key.verification.mac",
        "m.key.verification.cancel",
        "m.call.answer",
        "m.call.candidates",
        "m.room.redaction",
        "m.dummy",
        "io.element.call.encryption_keys",
        "im.vector.modular.widgets",
        "",
    ],
)
def test_events_between_apps_are_no_answers(kind: str) -> None:
    assert message_content(kind, {"body": "words", "msgtype": "m.text"}) is None


def test_a_call_and_a_wish_to_verify_are_answered_with_what_is_true() -> None:
    assert message_content("m.call.invite", {}) == UnusableMessage("call")
    assert said("asks to verify", "m.key.verification.request") == UnusableMessage("verify")


# What an app shows


def linked(body: str, formatted: str) -> MessageContent | None:
    return said(body, format="org.matrix.custom.html", formatted_body=formatted)


@pytest.mark.parametrize(
    ("body", "formatted", "shown"),
    [
        ("see here", 'see <a href="https://x.org/1">here</a>', "see here (https://x.org/1)"),
        (
            "here and here",
            '<a href="https://x.org/1">here</a> and <a href="https://x.org/2">here</a>',
            "here (https://x.org/1) and here (https://x.org/2)",
        ),
        (
            "Jonas said",
            '<a href="https://matrix.to/#/@j:x">Jonas</a> said',
            "Jonas (https://matrix.to/#/@j:x) said",
        ),
        ("other words", '<a href="https://x.org/1">here</a>', "other words (https://x.org/1)"),
    ],
)
def test_the_address_of_a_link_is_kept_with_its_words(
    body: str, formatted: str, shown: str
) -> None:
    assert linked(body, formatted) == TextMessage(body, shown)


@pytest.mark.parametrize(
    ("body", "formatted"),
    [
        ("https://x.org/1", '<a href="https://x.org/1">https://x.org/1</a>'),
        ("[here](https://x.org/1)", '<a href="https://x.org/1">here</a>'),
        ("bold", "<b>bold</b>"),
        ("broken", "<a href=<<a>"),
        ("answer", '<mx-reply><a href="https://matrix.to/#/!r">In reply to</a></mx-reply>answer'),
    ],
)
def test_words_that_have_the_address_are_shown_as_they_are(body: str, formatted: str) -> None:
    assert linked(body, formatted) == TextMessage(body)


def test_an_own_message_that_is_answered_is_kept_with_the_answer() -> None:
    content = {
        "msgtype": "m.text",
        "body": "> <@anna:x> it was in May\n> or June\n\nMay, I am sure",
        "m.relates_to": {"m.in_reply_to": {"event_id": "$mine"}},
    }
    assert message_content(MESSAGE, content, "@anna:x") == TextMessage(
        "May, I am sure", "> it was in May\n> or June\nMay, I am sure"
    )
    assert message_content(MESSAGE, content, "@other:x") == TextMessage("May, I am sure")


# Malformed input


KEYS = st.sampled_from(
    (
        *("msgtype", "body", "m.relates_to", "m.new_content", "rel_type", "event_id", "type"),
        *("m.in_reply_to", "content", "sender", "origin_server_ts", "state_key", "unsigned"),
    )
)
NAMES = st.sampled_from(["m.text", "m.replace", "m.image", "$id", "@anna:x", "> <@b:x> q\n\na"])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | NAMES
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=25,
)


@given(VALUES)
def test_any_value_can_be_looked_at(value: Any) -> None:
    found = parse_event(value)
    assert found is None or found.source is value


@given(
    st.sampled_from([*ANSWER_TYPES, "m.poll.start", "m.call.invite"]),
    st.dictionaries(KEYS, VALUES),
)
def test_any_content_can_be_read(kind: str, content: dict[str, Any]) -> None:
    found = message_content(kind, content, "@anna:x")
    assert found is None or isinstance(found, (TextMessage, EditedMessage, UnusableMessage))


@given(st.text(max_size=80))
def test_any_text_is_kept_except_for_the_sign_of_a_command(text: str) -> None:
    found = said(text)
    assert isinstance(found, TextMessage)
    assert found.text == text or found.text[1:] == text.lstrip()[1:]


@pytest.mark.parametrize("outside", [{}, {"m.relates_to": {"rel_type": "m.thread"}}, REPLIES])
def test_an_edit_stays_one_whatever_a_server_says_it_relates_to(outside: dict[str, Any]) -> None:
    """What an event relates to is not encrypted, so a server can take it away or change it."""
    new = {"msgtype": "m.text", "body": "Oak"}
    assert said("* Oak", **{"m.new_content": new}, **outside) == EditedMessage("Oak", "")
