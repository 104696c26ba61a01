"""The oracle knows Bot API 10.0, and finds what was planted: by type, by limit, by key."""

import hashlib
import tarfile
from pathlib import Path
from typing import Any

import pytest
import telegram
from telegram.constants import BOT_API_VERSION

from tests.doubles.telegram import install
from tests.doubles.telegram.methods import TABLE
from tests.doubles.telegram.schema import (
    RETURNS,
    bot_api,
    check_answer,
    check_request,
    check_update,
    utf8_bytes,
    utf16_units,
)
from tests.doubles.telegram.wire import Upload

SCHEMA_SHA256 = "732b8031b57d66a568c9c343941c8d515e15f99d7e67646ecf355b4eeabdab11"
USER = {"id": 77, "is_bot": False, "first_name": "Robin"}
CHAT = {"id": 77, "type": "private", "first_name": "Robin"}
MESSAGE = {"message_id": 1, "date": 1, "chat": CHAT, "from": USER, "text": "hello"}


def sending(**more: Any) -> dict[str, Any]:
    return {"chat_id": 77, "text": "hello", **more}


def keyboard(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "Yes", "callback_data": "a", **button}]]}


def test_it_is_the_version_that_the_client_speaks() -> None:
    assert bot_api().version == BOT_API_VERSION == telegram.__bot_api_version__
    assert len(bot_api().names()) == 176


def test_the_file_is_the_one_that_was_looked_at() -> None:
    data = (Path(install.__file__).parent / ".schema" / "schema.json").read_bytes()
    assert hashlib.sha256(data).hexdigest() == SCHEMA_SHA256


def test_only_the_schema_is_taken_out_of_the_archive(tmp_path: Path) -> None:
    inside = tmp_path / "aiogram-1" / ".butcher" / "schema" / "schema.json"
    inside.parent.mkdir(parents=True)
    inside.write_text("{}")
    (tmp_path / "aiogram-1" / "setup.py").write_text("raise SystemExit")
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as tar:
        tar.add(tmp_path / "aiogram-1", "aiogram-1")
    install.unpack(tmp_path / "a.tar.gz", tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["schema.json"]


def test_every_method_of_the_double_is_one_and_its_answer_is_checked() -> None:
    done = {*TABLE, "getUpdates"}
    assert done <= bot_api().names()
    assert done == set(RETURNS)


@pytest.mark.parametrize("method", sorted(RETURNS))
def test_what_a_method_answers_is_what_its_description_says(method: str) -> None:
    described = {"True": "True", "Array of Update": "Update", "Array of BotCommand": "BotCommand"}
    assert described.get(RETURNS[method], RETURNS[method]) in bot_api().tables[method].said


def test_a_whole_request_is_right() -> None:
    said = sending(
        reply_markup=keyboard(),
        protect_content=True,
        disable_notification=False,
        link_preview_options={"is_disabled": True},
    )
    assert check_request("sendMessage", said) == []
    assert check_request("sendMessage", sending(chat_id="@somewhere")) == []
    assert check_request("sendDocument", {"chat_id": 1, "document": Upload("a", b"a")}) == []
    assert check_request("sendDocument", {"chat_id": 1, "document": "BQAC1"}) == []


@pytest.mark.parametrize(
    ("method", "said", "found"),
    [
        ("sendMessage", {"chat_id": 77}, "sendMessage: text is missing"),
        ("sendMessage", sending(chat_id=7.5), "sendMessage.chat_id: float is not Integer"),
        ("sendMessage", sending(text=5), "sendMessage.text: int is not String"),
        (
            "sendMessage",
            sending(protect_content=1),
            "sendMessage.protect_content: int is not Bool",
        ),
        ("sendMessage", sending(bogus=1), "sendMessage: unknown key bogus"),
        ("sendMessage", sending(text="a" * 4097), "text: 4097 characters, not 1 to 4096"),
        ("sendMessage", sending(text="🎲" * 2049), "text: 4098 characters, not 1 to 4096"),
        ("sendMessage", sending(text=""), "text: 0 characters, not 1 to 4096"),
        ("sendMessage", sending(text=None), "sendMessage.text: NoneType is not String"),
        (
            "sendMessage",
            sending(reply_markup="{"),
            "reply_markup: str is not InlineKeyboardMarkup",
        ),
        (
            "sendMessage",
            sending(reply_markup=keyboard(callback_data="é" * 33)),
            "inline_keyboard[0][0].callback_data: 66 bytes, not 1 to 64",
        ),
        (
            "sendMessage",
            sending(reply_markup=keyboard(callbackdata="x")),
            "inline_keyboard[0][0]: unknown key callbackdata",
        ),
        (
            "sendMessage",
            sending(reply_markup=keyboard(style="loud")),
            "style: not one of danger, primary, success",
        ),
        (
            "sendMessage",
            sending(reply_markup={"inline_keyboard": {}}),
            "dict is not Array of Array",
        ),
        ("deleteMessages", {"chat_id": 1, "message_ids": []}, "0 identifiers, not 1 to 100"),
        ("deleteMessages", {"chat_id": 1, "message_ids": ["1"]}, "[0]: str is not Integer"),
        ("getUpdates", {"limit": 101}, "getUpdates.limit: 101 as a number, not 1 to 100"),
        ("getUpdates", {"allowed_updates": "message"}, "allowed_updates: str is not Array"),
        ("sendDocument", {"chat_id": 1, "document": 1}, "sendDocument.document: int is not"),
        (
            "sendDocument",
            {"chat_id": 1, "document": "a", "caption": "a" * 1025},
            "caption: 1025 characters, not 0 to 1024",
        ),
        ("answerCallbackQuery", {"callback_query_id": 5}, "callback_query_id: int is not String"),
        ("answerCallbackQuery", {}, "callback_query_id is missing"),
        (
            "setMyCommands",
            {"commands": [{"command": "a" * 33, "description": "b"}]},
            "commands[0].command: 33 characters, not 1 to 32",
        ),
        ("sendTelegram", {}, "sendTelegram: no method of Bot API 10.0"),
        ("Message", {}, "Message: no method of Bot API 10.0"),
    ],
)
def test_what_is_planted_in_a_request_is_found(
    method: str, said: dict[str, Any], found: str
) -> None:
    assert any(found in wrong for wrong in check_request(method, said))


def test_aiogram_finds_it_as_well() -> None:
    wrong = check_request("sendMessage", sending(bogus=1, reply_markup=keyboard(odd=1)))
    assert "sendMessage: aiogram does not know bogus" in wrong
    assert "sendMessage: aiogram does not know reply_markup.inline_keyboard.odd" in wrong
    assert any("aiogram says missing at text" in w for w in check_request("sendMessage", {}))


@pytest.mark.parametrize("method", ["sendMessage", "deleteMessages"])
def test_no_finding_repeats_what_was_written(method: str) -> None:
    wrong = check_request(
        method, {"text": ["CANARY"], "chat_id": ["CANARY"], "message_ids": "CANARY"}
    )
    assert wrong
    assert "CANARY" not in "".join(wrong)


def test_a_whole_update_is_right() -> None:
    assert check_update({"update_id": 1, "message": MESSAGE}) == []


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ({**MESSAGE, "date": "1"}, "update.message.date: str is not Integer"),
        ({**MESSAGE, "chat": {**CHAT, "type": "secret"}}, "chat.type: not one of channel, group"),
        ({**MESSAGE, "from_user": USER}, "update.message: unknown key from_user"),
        ({k: v for k, v in MESSAGE.items() if k != "chat"}, "update.message: chat is missing"),
        ({**MESSAGE, "has_protected_content": False}, "bool is not True"),
        ({**MESSAGE, "forward_origin": {"type": "user", "date": 1}}, "sender_user is missing"),
        ({**MESSAGE, "entities": [{"type": "loud", "offset": 0, "length": 1}]}, "not one of"),
    ],
)
def test_what_is_planted_in_an_update_is_found(message: dict[str, Any], found: str) -> None:
    assert any(found in wrong for wrong in check_update({"update_id": 1, "message": message}))


def test_what_is_planted_in_an_answer_is_found() -> None:
    assert check_answer("sendMessage", MESSAGE) == []
    assert "answer of sendMessage: bool is not Message" in check_answer("sendMessage", result=True)
    assert "answer of deleteMessage: bool is not True" in check_answer(
        "deleteMessage", result=False
    )
    assert check_answer("getMe", USER) == []
    assert "answer of getMe: is_bot is missing" in check_answer("getMe", {"id": 1})


def test_lengths_are_counted_as_telegram_counts_them() -> None:
    assert utf16_units("aé🎲") == 4
    assert utf8_bytes("aé🎲") == 7
