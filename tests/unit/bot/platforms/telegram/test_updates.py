"""What an update means, and what means nothing."""

from typing import Any

import pytest
from telegram import Update

from bot.platforms.telegram.updates import (
    BotBlocked,
    GroupMessage,
    MessageReceived,
    OrphanPress,
    content_of,
    plain_text_content,
)
from handlers.messages import (
    EditedMessage,
    IncomingMessage,
    TextMessage,
    UnresolvedPress,
    UnusableMessage,
)
from store.model.accounts import Account

ROBIN = {"id": 77, "is_bot": False, "first_name": "Robin"}
CHAT = {"id": 77, "type": "private"}
WHO = Account("telegram", "77", "77")
BOT = {"id": 5, "is_bot": True, "first_name": "B"}


def message(**more: Any) -> dict[str, Any]:
    return {"message_id": 9, "date": 1, "chat": CHAT, "from": ROBIN, **more}


def read(**parts: Any) -> Update:
    update = Update.de_json({"update_id": 3, **parts})
    assert update is not None
    return update


def heard(update: Update) -> Any:
    found = content_of(update)
    assert isinstance(found, MessageReceived)
    return found.incoming


def test_a_text_message_keeps_its_ids() -> None:
    assert heard(read(message=message(text="hi"))) == IncomingMessage(
        "3", WHO, TextMessage("hi"), "9"
    )
    assert heard(read(edited_message=message(text="ho"))) == IncomingMessage(
        "3", WHO, EditedMessage("ho", "9"), "9"
    )


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"from": ROBIN | {"language_code": "es-MX"}},
        {"from": ROBIN | {"last_name": "R", "username": "robin", "is_premium": True}},
        {"chat": CHAT | {"first_name": "Robin", "username": "robin"}},
        {"text": "", "message_id": 2**40, "date": 2_000_000_000},
        {"text": "/start@bot é\ud800\n😭"},
        {"chat": CHAT | {"id": 78}},
    ],
)
def test_plain_words_are_read_as_the_library_reads_them(more: dict[str, Any]) -> None:
    raw = {"update_id": 3, "message": message(text="hi") | more}
    assert plain_text_content(raw) == content_of(read(message=raw["message"]))


UNUSUAL: tuple[dict[str, Any], ...] = (
    {"entities": []},
    {"reply_to_message": message(text="x")},
    {"forward_origin": {"type": "user", "date": 1, "sender_user": ROBIN}},
    {"text": 3},
    {"date": "1"},
    {"date": True},
    {"from": BOT},
    {"from": {"id": 77, "is_bot": False}},
    {"from": ROBIN | {"id": "77"}},
    {"from": ROBIN | {"is_bot": 0}},
    {"from": ROBIN | {"language_code": None}},
    {"from": None},
    {"chat": {"id": 77}},
    {"chat": CHAT | {"type": "group"}},
    {"chat": CHAT | {"id": 77.0}},
)
"""What a message may hold that is not plain, or not as it should be."""


@pytest.mark.parametrize(
    "raw",
    [
        {"update_id": 3, "edited_message": message(text="hi")},
        {"update_id": 3, "message": message(text="hi"), "poll": {}},
        {"update_id": 3, "message": message()},
        {"update_id": 3, "message": message(caption="hi")},
        {"update_id": 3, "message": "hi"},
        *({"update_id": 3, "message": message(text="hi") | more} for more in UNUSUAL),
    ],
)
def test_all_else_is_left_to_the_library(raw: dict[str, Any]) -> None:
    assert plain_text_content(raw) is None


def test_a_message_without_text_is_unusable_and_its_caption_is_not_read() -> None:
    photo = [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]
    assert heard(read(message=message(photo=photo, caption="words"))).heard == UnusableMessage("")
    assert content_of(read(edited_message=message(photo=photo, caption="words"))) is None


@pytest.mark.parametrize(
    "parts",
    [
        {"message": message(pinned_message=message(text="x"))},
        {"message": message(message_auto_delete_timer_changed={"message_auto_delete_time": 9})},
        {"message": message(text="x", **{"from": BOT})},
        {"inline_query": {"id": "1", "from": ROBIN, "query": "x", "offset": ""}},
        {},
    ],
)
def test_service_messages_are_ignored(parts: dict[str, Any]) -> None:
    assert content_of(read(**parts)) is None


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
def test_messages_in_groups_are_not_read(kind: str) -> None:
    group = {"id": -10, "type": kind, "title": "t"}
    assert content_of(read(message=message(chat=group, text="words"))) == GroupMessage(-10)
    found = content_of(read(my_chat_member=membership(group, "member")))
    assert found == GroupMessage(-10)
    assert content_of(read(my_chat_member=membership(group, "left"))) is None


def membership(chat: dict[str, Any], status: str) -> dict[str, Any]:
    old = {"status": "member", "user": BOT}
    new = {"status": status, "user": BOT, **({"until_date": 0} if status == "kicked" else {})}
    return {"chat": chat, "from": ROBIN, "date": 1, "old_chat_member": old, "new_chat_member": new}


def test_a_block_is_reported_and_an_unblock_is_ignored() -> None:
    assert content_of(read(my_chat_member=membership(CHAT, "kicked"))) == BotBlocked(WHO)
    assert content_of(read(my_chat_member=membership(CHAT, "member"))) is None


def query(**more: Any) -> dict[str, Any]:
    return {"id": "8", "from": ROBIN, "chat_instance": "1", "data": "token", **more}


def test_a_press_on_a_deleted_message_counts() -> None:
    gone = {"message_id": 9, "date": 0, "chat": CHAT}
    for on in (message(text="q", **{"from": BOT}), gone):
        found = content_of(read(callback_query=query(message=on)))
        assert found == MessageReceived(
            IncomingMessage("3", WHO, UnresolvedPress("token"), on="9"), "8"
        )


@pytest.mark.parametrize(
    "more",
    [
        {"inline_message_id": "1"},
        {"message": message(chat={"id": -1, "type": "group", "title": "t"}, text="x")},
        {"message": message(chat={"id": 78, "type": "private"}, text="x")},
    ],
)
def test_a_press_of_a_foreign_button_is_only_acknowledged(more: dict[str, Any]) -> None:
    assert content_of(read(callback_query=query(**more))) == OrphanPress("8")


def test_presses_and_messages_of_one_person_are_of_one_account() -> None:
    contents = (
        content_of(read(message=message(text="x"))),
        content_of(read(callback_query=query(message=message()))),
    )
    assert [c.incoming.who for c in contents if isinstance(c, MessageReceived)] == [WHO, WHO]


def test_no_repr_holds_a_text_or_an_account() -> None:
    shown = repr(
        [
            content_of(read(message=message(text="words"))),
            BotBlocked(WHO),
            GroupMessage(-9988776655),
        ]
    )
    assert not any(word in shown for word in ("words", "77", "9988"))
