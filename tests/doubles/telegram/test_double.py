"""The double beside python-telegram-bot: a whole exchange, every refusal, every fault."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
import telegram
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from tests.doubles.telegram import methods
from tests.doubles.telegram.conftest import Hands, bot_of
from tests.doubles.telegram.double import Double
from tests.doubles.telegram.faults import Fault
from tests.doubles.telegram.methods import Methods
from tests.doubles.telegram.person import Person
from tests.doubles.telegram.world import Deleted

KINDS = ["message", "callback_query", "my_chat_member"]
Bot = telegram.Bot


def keyboard(*labels: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(label, callback_data=f"data-{label}")] for label in labels]
    )


def ids(updates: tuple[telegram.Update, ...]) -> list[int]:
    return [update.update_id for update in updates]


def words(updates: tuple[telegram.Update, ...]) -> list[str | None]:
    return [update.effective_message.text for update in updates if update.effective_message]


async def with_token(double: Double, token: str) -> None:
    bot = bot_of(double, token)
    try:
        await bot.get_me()
    finally:
        for request in bot._request:
            await request.shutdown()


async def post(double: Double, method: str, **how: Any) -> tuple[int, dict[str, Any]]:
    """A call without any client library."""
    url = f"{double.root}/bot{double.token}/{method}"
    async with aiohttp.ClientSession() as session, session.post(url, **how) as answer:
        return answer.status, await answer.json()


# A whole exchange


async def test_a_whole_exchange_breaks_no_rule(double: Double, bot: Bot, robin: Person) -> None:
    await bot.delete_webhook()
    await bot.set_my_commands([telegram.BotCommand("stop", "Leave at any time")])
    await bot.set_my_description("A program")
    await bot.set_my_short_description("A program")
    first = await bot.get_updates(timeout=0, allowed_updates=KINDS)
    asked = await bot.send_message(
        robin.id,
        "May it be kept?",
        reply_markup=keyboard("Yes", "No"),
        protect_content=True,
        disable_notification=True,
        link_preview_options=telegram.LinkPreviewOptions(is_disabled=True),
    )
    await robin.press("Yes")
    second = await bot.get_updates(offset=first[-1].update_id + 1, timeout=0)
    query = second[0].callback_query
    assert query is not None
    assert (query.data, query.from_user.id) == ("data-Yes", robin.id)
    await query.answer()
    await bot.edit_message_reply_markup(robin.id, asked.message_id)
    await bot.edit_message_text("Kept.", robin.id, asked.message_id)
    sent = await bot.send_document(robin.id, b"sealed", filename="report.age", caption="Yours")
    assert sent.document is not None
    kept = await (await bot.get_file(sent.document.file_id)).download_as_bytearray()
    assert bytes(kept) == b"sealed"
    assert [m.text for m in robin.screen] == ["/start", "Kept.", "Yours"]
    await bot.delete_message(robin.id, asked.message_id)
    await bot.delete_messages(robin.id, [1, sent.message_id, 4711])
    assert robin.screen == ()
    assert await bot.get_updates(offset=second[-1].update_id + 1, timeout=0) == ()
    assert double.unconfirmed == 0
    assert double.violations == []
    assert double.counted["sendMessage"] == 1
    assert [d.by for d in double.deleted] == ["bot"] * 3
    assert double.deleted[0] == Deleted(robin.id, asked.message_id, "bot")


async def test_what_was_asked_for_stands_on_the_message(bot: Bot, robin: Person) -> None:
    await bot.send_message(robin.id, "a", protect_content=True, disable_notification=True)
    await bot.send_message(robin.id, "b", reply_markup=keyboard("Yes"))
    await bot.send_document(robin.id, b"c", filename="c.age")
    _, a, b, c = robin.screen
    assert (a.protected, a.silent, a.mine) == (True, True, False)
    assert (b.protected, b.silent, [x.label for x in b.buttons]) == (False, False, ["Yes"])
    assert (c.document, c.name, a.document) == (b"c", "c.age", None)


async def test_calls_are_noted_with_what_they_said(
    double: Double, bot: Bot, robin: Person, hands: Hands
) -> None:
    await bot.send_message(robin.id, "5", reply_markup=keyboard("Yes"))
    (call,) = double.called("sendMessage")
    assert call.params["text"] == "5"
    assert call.params["chat_id"] == robin.id
    assert call.params["reply_markup"]["inline_keyboard"][0][0]["text"] == "Yes"
    assert call.at == hands.now


async def test_the_bot_itself_can_be_asked(double: Double, bot: Bot, robin: Person) -> None:
    assert (await bot.get_me()).id == bot.id
    assert (await bot.get_chat(robin.id)).first_name == "Robin"
    commands = [telegram.BotCommand("stop", "Leave")]
    await bot.set_my_commands(commands)
    assert list(await bot.get_my_commands()) == commands
    await bot.delete_my_commands()
    assert await bot.get_my_commands() == ()
    assert (await bot.get_webhook_info()).pending_update_count == 1
    await bot.send_chat_action(robin.id, "typing")
    await bot.log_out()
    await bot.close()
    assert double.violations == []


# How calls may come


@pytest.mark.parametrize("name", ["sendMessage", "sendmessage", "SENDMESSAGE"])
async def test_a_method_has_any_case(double: Double, robin: Person, name: str) -> None:
    status, answer = await post(double, name, data={"chat_id": "77", "text": "hello"})
    assert (status, answer["ok"], answer["result"]["text"]) == (200, True, "hello")


@pytest.mark.parametrize(
    "how",
    [
        {"params": {"chat_id": "77", "text": "12"}},
        {"data": {"chat_id": "77", "text": "12"}},
        {"json": {"chat_id": 77, "text": "12"}},
        {"json": {"chat_id": "77", "text": "12"}},
        {"params": {"chat_id": "77"}, "data": {"text": "12"}},
    ],
    ids=["query", "form", "json", "json with words", "both"],
)
async def test_a_call_comes_in_any_form(
    double: Double, robin: Person, how: dict[str, Any]
) -> None:
    status, _ = await post(double, "sendMessage", **how)
    assert status == 200
    assert robin.screen[-1].text == "12"
    assert double.violations == []


async def test_a_file_comes_as_a_part_or_by_its_name(double: Double, robin: Person) -> None:
    for field, more in (("document", {}), ("part", {"document": "attach://part"})):
        form = aiohttp.FormData({"chat_id": "77", **more})
        form.add_field(field, b"bytes", filename="a.age")
        status, _ = await post(double, "sendDocument", data=form)
        assert status == 200
        assert (robin.screen[-1].document, robin.screen[-1].name) == (b"bytes", "a.age")
    assert double.violations == []


async def test_a_get_is_as_good(double: Double) -> None:
    url = f"{double.root}/bot{double.token}/getMe"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        assert (await answer.json())["result"]["is_bot"] is True


async def test_the_status_is_the_error_code(double: Double) -> None:
    status, answer = await post(double, "sendMessage", json={"chat_id": 5, "text": "a"})
    assert status == answer["error_code"] == 400
    assert answer == {
        "ok": False,
        "error_code": 400,
        "description": "Bad Request: chat not found",
    }


async def test_json_that_is_none_is_refused(double: Double) -> None:
    how: dict[str, Any] = {"data": "{", "headers": {"Content-Type": "application/json"}}
    status, answer = await post(double, "sendMessage", **how)
    assert (status, answer["description"]) == (400, "Bad Request: can't parse JSON object")


# What is refused

Act = Callable[[Bot], Awaitable[object]]
REFUSED: list[tuple[str, Act, str]] = [
    ("nobody", lambda b: b.send_message(5, "a"), "chat not found"),
    ("empty", lambda b: b.send_message(77, "  \n"), "message text is empty"),
    ("long", lambda b: b.send_message(77, "a" * 4097), "message is too long"),
    ("long in units", lambda b: b.send_message(77, "🎲" * 2049), "message is too long"),
    (
        "long caption",
        lambda b: b.send_document(77, b"a", caption="a" * 1025),
        "message caption is too long",
    ),
    ("no bytes", lambda b: b.send_document(77, b""), "file must be non-empty"),
    ("no file", lambda b: b.send_document(77, "BQAC5"), "wrong remote file identifier"),
    (
        "data",
        lambda b: b.send_message(77, "a", reply_markup=keyboard("é" * 30)),
        "BUTTON_DATA_INVALID",
    ),
    (
        "a label for an address",
        lambda b: b.send_message(77, "a", reply_markup=_one(InlineKeyboardButton("Red", "red"))),
        "Wrong HTTP URL",
    ),
    (
        "no use",
        lambda b: b.send_message(77, "a", reply_markup=_one(InlineKeyboardButton("Red"))),
        "Text buttons are unallowed",
    ),
    (
        "two uses",
        lambda b: b.send_message(
            77,
            "a",
            reply_markup=_one(InlineKeyboardButton("R", "https://a.example", callback_data="r")),
        ),
        "Text buttons are unallowed",
    ),
    (
        "many buttons",
        lambda b: b.send_message(77, "a", reply_markup=keyboard(*map(str, range(101)))),
        "reply markup is too long",
    ),
    ("marks", lambda b: b.send_message(77, "a", parse_mode="HTML"), "unsupported parse_mode"),
    ("edit none", lambda b: b.edit_message_text("a", 77, 99), "message to edit not found"),
    ("edit theirs", lambda b: b.edit_message_text("a", 77, 1), "message can't be edited"),
    ("edit the same", lambda b: b.edit_message_text("old", 77, 2), "message is not modified"),
    ("same buttons", lambda b: b.edit_message_reply_markup(77, 2), "message is not modified"),
    ("edit a file", lambda b: b.edit_message_text("a", 77, 3), "there is no text in the message"),
    ("delete none", lambda b: b.delete_message(77, 99), "message to delete not found"),
    ("delete 101", lambda b: b.delete_messages(77, range(101)), "too many message identifiers"),
    ("delete nothing", lambda b: b.delete_messages(77, []), "message identifiers are not spec"),
    ("a query", lambda b: b.answer_callback_query("5"), "query is too old"),
    ("leave", lambda b: b.leave_chat(77), "can't be changed in private chats"),
    ("file", lambda b: b.get_file("BQAC5"), "invalid file_id"),
    ("command", lambda b: b.set_my_commands([("Stop", "Leave")]), "BOT_COMMAND_INVALID"),
    ("secret", lambda b: b.set_webhook("https://a.example", secret_token="a b"), "unallowed char"),
]
BREACHES = {
    "long",
    "long in units",
    "long caption",
    "data",
    "two uses",
    "marks",
    "delete 101",
    "delete nothing",
}
"""Of these the description or a rule of this bot speaks: a bot that tries them is told so."""


def _one(button: InlineKeyboardButton) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[button]])


@pytest.mark.parametrize(("name", "act", "words"), REFUSED, ids=[name for name, *_ in REFUSED])
async def test_it_is_refused_in_telegrams_words(
    double: Double, bot: Bot, robin: Person, name: str, act: Act, words: str
) -> None:
    await bot.send_message(robin.id, "old")
    await bot.send_document(robin.id, b"old")
    with pytest.raises(BadRequest) as refused:
        await act(bot)
    assert words.lower() in refused.value.message.lower()
    assert bool(double.violations) == (name in BREACHES)


async def test_a_blocked_bot_is_forbidden_to_write(bot: Bot, robin: Person) -> None:
    await robin.block()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(robin.id, "a")
    await robin.unblock()
    await bot.send_message(robin.id, "b")
    await robin.deactivate()
    with pytest.raises(Forbidden, match="user is deactivated"):
        await bot.send_message(robin.id, "a")
    assert [m.text for m in robin.received] == ["b"]


async def test_a_message_can_be_deleted_once(bot: Bot, robin: Person) -> None:
    await bot.delete_message(robin.id, 1)
    with pytest.raises(BadRequest, match="not found"):
        await bot.delete_message(robin.id, 1)
    with pytest.raises(BadRequest, match="not found"):
        await bot.delete_message(robin.id, 1)


async def test_after_two_days_a_message_stays(bot: Bot, robin: Person, hands: Hands) -> None:
    hands.forward(methods.DELETE_SECONDS - 1)
    young = await bot.send_message(robin.id, "young")
    hands.forward(1)
    with pytest.raises(BadRequest, match=r"(?i)can't be deleted"):
        await bot.delete_message(robin.id, 1)
    with pytest.raises(BadRequest, match=r"(?i)can't be deleted"):
        await bot.delete_messages(robin.id, [1])
    await bot.delete_messages(robin.id, [1, young.message_id, 4711])
    assert [m.id for m in robin.screen] == [1]
    await bot.delete_messages(robin.id, [4711])


async def test_a_query_is_answered_once_and_soon(bot: Bot, robin: Person, hands: Hands) -> None:
    await bot.send_message(robin.id, "a", reply_markup=keyboard("Yes"))
    query = await robin.press("Yes")
    await bot.answer_callback_query(query)
    with pytest.raises(BadRequest, match=r"(?i)query is too old"):
        await bot.answer_callback_query(query)
    query = await robin.press("Yes")
    hands.forward(31)
    with pytest.raises(BadRequest, match=r"(?i)query is too old"):
        await bot.answer_callback_query(query)


async def test_a_large_file_can_be_sent_and_not_fetched(
    double: Double, bot: Bot, robin: Person
) -> None:
    await robin.send("document", b"a", size=methods.MOST_DOWNLOAD + 1)
    await robin.send("document", b"b")
    large, small = (u.effective_message for u in (await bot.get_updates(timeout=0))[1:])
    assert large is not None and large.document is not None  # noqa: PT018 - for mypy
    assert small is not None and small.document is not None  # noqa: PT018
    with pytest.raises(BadRequest, match=r"(?i)file is too big"):
        await bot.get_file(large.document.file_id)
    assert await (await bot.get_file(small.document.file_id)).download_as_bytearray() == b"b"
    sent = await bot.send_document(robin.id, b"c" * (3 * 1024 * 1024), filename="large")
    assert sent.document is not None
    assert sent.document.file_size == 3 * 1024 * 1024
    assert double.violations == []


async def test_another_token_is_unauthorised_and_nonsense_is_not_found(double: Double) -> None:
    for token, says in ((double.token[:-1] + "y", "Unauthorized"), ("nonsense", "Not Found")):
        with pytest.raises(InvalidToken, match=says):
            await with_token(double, token)
    assert double.calls == []
    url = f"{double.root}/file/bot{double.token}/documents/none"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        assert answer.status == 404
    async with aiohttp.ClientSession() as session, session.get(double.root) as answer:
        assert answer.status == 404


@pytest.mark.parametrize("method", ["sendPoll", "sendSomething"])
async def test_what_the_double_has_not_fools_nobody(double: Double, method: str) -> None:
    status, answer = await post(double, method)
    assert (status, answer["description"]) == (404, "Not Found")
    assert double.violations == [f"{method}: not implemented in the double"]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"text": "a"}, "chat_id is missing"),
        ({"chat_id": "77", "text": "a", "bogus": "1"}, "unknown key bogus"),
        ({"chat_id": "77", "text": "a", "reply_markup": "[1]"}, "reply_markup: list is not"),
        (
            {"chat_id": "77", "text": "a", "reply_markup": '{"inline_keyboard":[[1]]}'},
            "int is not",
        ),
        ({"chat_id": "77", "text": "a", "protect_content": "perhaps"}, "str is not Boolean"),
    ],
)
async def test_what_breaks_the_description_is_written_down(
    double: Double, robin: Person, said: dict[str, str], found: str
) -> None:
    await post(double, "sendMessage", data=said)
    assert any(found in wrong for wrong in double.violations)
    assert "failed" not in "".join(double.violations)


async def test_a_button_with_two_uses_is_written_down(double: Double, robin: Person) -> None:
    button = {"text": "R", "url": "https://a.example", "callback_data": "r"}
    markup = json.dumps({"inline_keyboard": [[button]]})
    said = {"chat_id": 77, "text": "a", "reply_markup": markup}
    await post(double, "sendMessage", data=said)
    assert double.violations == ["a button has more than one use: callback_data, url"]


async def test_a_fault_of_the_double_is_written_down(
    double: Double,
    robin: Person,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(Methods, "do", lambda *_: 1 / 0)
    url = f"{double.root}/bot{double.token}/sendMessage"
    said = {"chat_id": "77", "text": "a"}
    async with aiohttp.ClientSession() as session, session.post(url, data=said) as answer:
        assert answer.status == 500
    assert double.violations == ["the double itself failed: ZeroDivisionError"]


# Updates


async def test_updates_wait_until_an_offset_confirms_them(
    double: Double, bot: Bot, robin: Person
) -> None:
    await robin.say("two")
    await robin.say("three")
    one, two, three = ids(await bot.get_updates(timeout=0))
    assert (two, three) == (one + 1, one + 2)
    assert ids(await bot.get_updates(timeout=0)) == [one, two, three]
    assert ids(await bot.get_updates(timeout=0, limit=2)) == [one, two]
    assert double.unconfirmed == 3
    assert ids(await bot.get_updates(offset=two, timeout=0)) == [two, three]
    assert ids(await bot.get_updates(timeout=0)) == [two, three]
    assert await bot.get_updates(offset=three + 1, timeout=0) == ()
    assert double.unconfirmed == 0


async def test_a_negative_offset_forgets_all_but_the_last(bot: Bot, robin: Person) -> None:
    await robin.say("two")
    await robin.say("three")
    assert words(await bot.get_updates(offset=-2, timeout=0)) == ["two", "three"]
    assert words(await bot.get_updates(timeout=0)) == ["two", "three"]


async def test_no_answer_has_more_than_a_hundred(bot: Bot, robin: Person) -> None:
    for number in range(110):
        await robin.say(str(number))
    assert len(await bot.get_updates(timeout=0)) == 100


async def test_a_long_poll_wakes_when_something_happens(bot: Bot, robin: Person) -> None:
    (start,) = await bot.get_updates(timeout=0)
    poll = asyncio.create_task(bot.get_updates(offset=start.update_id + 1, timeout=10))
    await asyncio.sleep(0.1)
    assert not poll.done()
    said = time.monotonic()
    await robin.say("now")
    assert words(await poll) == ["now"]
    assert time.monotonic() - said < 1


async def test_a_long_poll_ends_with_nothing(bot: Bot) -> None:
    began = time.monotonic()
    assert await bot.get_updates(timeout=1) == ()
    assert 0.9 < time.monotonic() - began < 3


async def test_what_the_bot_asked_for_is_remembered(bot: Bot, robin: Person) -> None:
    await bot.get_updates(timeout=0, allowed_updates=["callback_query"])
    await robin.say("not wanted")
    await bot.get_updates(timeout=0)
    await robin.say("not wanted")
    assert words(await bot.get_updates(timeout=0)) == ["/start"]
    await bot.get_updates(timeout=0, allowed_updates=[])
    await robin.say("wanted")
    assert words(await bot.get_updates(timeout=0)) == ["/start", "wanted"]


async def test_a_second_poller_ends_the_first(double: Double, bot: Bot) -> None:
    async with bot_of(double) as other:
        first = asyncio.create_task(bot.get_updates(timeout=10))
        await asyncio.sleep(0.1)
        second = asyncio.create_task(other.get_updates(timeout=1))
        with pytest.raises(Conflict, match="terminated by other getUpdates"):
            await first
        assert await second == ()


async def test_a_rival_ends_a_poll_and_the_next_ones(double: Double, bot: Bot) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=10))
    await asyncio.sleep(0.1)
    double.updates.rival(2)
    with pytest.raises(Conflict):
        await poll
    with pytest.raises(Conflict):
        await bot.get_updates(timeout=0)
    assert await bot.get_updates(timeout=0) == ()


async def test_under_a_webhook_nobody_polls(double: Double, bot: Bot, robin: Person) -> None:
    poll = asyncio.create_task(bot.get_updates(offset=double.updates.next_id, timeout=10))
    await asyncio.sleep(0.1)
    await bot.set_webhook("https://a.example/hook", secret_token="abc")
    with pytest.raises(Conflict, match="setWebhook"):
        await poll
    with pytest.raises(Conflict, match="webhook is active"):
        await bot.get_updates(timeout=0)
    await robin.say("waits")
    assert (await bot.get_webhook_info()).url == "https://a.example/hook"
    await bot.delete_webhook()
    assert words(await bot.get_updates(timeout=0)) == ["waits"]
    await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates(timeout=0) == ()


async def test_after_a_day_updates_are_lost(
    double: Double, bot: Bot, robin: Person, hands: Hands
) -> None:
    hands.forward(24 * 3600 - 1)
    await robin.say("young")
    hands.forward(2)
    assert words(await bot.get_updates(timeout=0)) == ["young"]
    assert double.updates.lost == 1


async def test_after_a_quiet_week_ids_may_begin_lower(
    double: Double, bot: Bot, robin: Person
) -> None:
    (start,) = await bot.get_updates(timeout=0)
    assert await bot.get_updates(offset=start.update_id + 1, timeout=0) == ()
    double.updates.next_id = 1000
    await robin.say("back")
    (back,) = await bot.get_updates(offset=start.update_id + 1, timeout=0)
    assert back.update_id == 1000


# Faults


async def test_a_flood_names_the_seconds_to_wait(double: Double, bot: Bot, robin: Person) -> None:
    double.faults.add(Fault.FLOOD, every=3, seconds=7)
    for number in range(1, 7):
        if number % 3:
            await bot.send_message(robin.id, str(number))
            continue
        with pytest.raises(RetryAfter) as flooded:
            await bot.send_message(robin.id, str(number))
        assert flooded.value.retry_after == timedelta(seconds=7)
    assert [m.text for m in robin.received] == ["1", "2", "4", "5"]
    assert len(await bot.get_updates(timeout=0)) == 1
    assert double.faults.struck == {Fault.FLOOD: 2}


async def test_a_flood_may_be_of_one_chat_of_polls_or_of_all(
    double: Double, bot: Bot, robin: Person
) -> None:
    sam = double.person(78, "Sam")
    await sam.say("/start")
    rule = double.faults.add(Fault.FLOOD, chat=78)
    await bot.send_message(robin.id, "a")
    with pytest.raises(RetryAfter):
        await bot.send_message(sam.id, "a")
    double.faults.remove(rule)
    double.faults.add(Fault.FLOOD, methods=["GETUPDATES"], times=1)
    await bot.send_message(sam.id, "a")
    with pytest.raises(RetryAfter):
        await bot.get_updates(timeout=0)
    assert len(await bot.get_updates(timeout=0)) == 2
    double.faults.add(Fault.FLOOD, polls=True)
    for act in (bot.get_me(), bot.get_updates(timeout=0), bot.send_message(robin.id, "b")):
        with pytest.raises(RetryAfter):
            await act
    double.faults.clear()
    await bot.get_me()


@pytest.mark.parametrize(
    ("fault", "error", "happened"),
    [
        (Fault.BROKEN, NetworkError, False),
        (Fault.ERROR, NetworkError, False),
        (Fault.DROP_BEFORE, NetworkError, False),
        (Fault.DROP_AFTER, NetworkError, True),
        (Fault.SILENT, TimedOut, False),
    ],
)
async def test_a_call_fails(
    double: Double,
    bot: Bot,
    robin: Person,
    fault: Fault,
    error: type[TelegramError],
    happened: bool,
) -> None:
    double.faults.add(fault, times=1)
    with pytest.raises(error):
        await bot.send_message(robin.id, "once", read_timeout=0.3)
    assert len(robin.received) == happened
    await bot.send_message(robin.id, "again")
    assert double.faults.struck == {fault: 1}
    assert double.violations == []


async def test_a_gateway_answers_in_html(double: Double) -> None:
    double.faults.add(Fault.BROKEN)
    url = f"{double.root}/bot{double.token}/getMe"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        assert (answer.status, answer.content_type) == (502, "text/html")
        assert "<html>" in await answer.text()


async def test_an_answer_with_updates_is_lost_and_they_come_again(
    double: Double, bot: Bot, robin: Person
) -> None:
    (start,) = await bot.get_updates(timeout=0)
    await robin.say("two")
    double.faults.add(Fault.DROP_AFTER, methods=["getUpdates"], times=1)
    with pytest.raises(NetworkError):
        await bot.get_updates(offset=start.update_id + 1, timeout=0)
    assert double.unconfirmed == 1
    assert words(await bot.get_updates(timeout=0)) == ["two"]


async def test_a_poll_whose_client_went_away_does_not_stay(double: Double, bot: Bot) -> None:
    with pytest.raises(TimedOut):
        await bot.get_updates(timeout=30, read_timeout=-29.8)
    await asyncio.sleep(0.1)
    assert double.updates._poll is None
    assert await bot.get_updates(timeout=0) == ()


async def test_a_call_is_late(double: Double, bot: Bot, robin: Person) -> None:
    double.faults.add(Fault.DELAY, seconds=0.3)
    double.faults.add(Fault.DROP_BEFORE, every=2)
    began = time.monotonic()
    await bot.send_message(robin.id, "a")
    assert time.monotonic() - began > 0.29
    with pytest.raises(NetworkError):
        await bot.send_message(robin.id, "b")


async def test_chance_comes_from_the_seed(hands: Hands) -> None:
    async def struck() -> list[bool]:
        async with Double(clock=hands, seed=3) as double:
            double.faults.add(Fault.ERROR, share=0.5)
            return [(await post(double, "getMe"))[0] == 500 for _ in range(20)]

    first, second = await struck(), await struck()
    assert first == second
    assert 3 < sum(first) < 17


async def test_an_outage_refuses_connections_and_ends_open_ones(
    double: Double, bot: Bot, robin: Person
) -> None:
    poll = asyncio.create_task(bot.get_updates(offset=double.updates.next_id, timeout=10))
    await asyncio.sleep(0.1)
    await double.go_dark()
    with pytest.raises(NetworkError):
        await poll
    with pytest.raises(NetworkError):
        await bot.send_message(robin.id, "a")
    await robin.say("meanwhile")
    await double.come_back()
    assert words(await bot.get_updates(timeout=0))[-1] == "meanwhile"
    await bot.send_message(robin.id, "b")
    assert [m.text for m in robin.received] == ["b"]


async def test_an_outage_may_be_silent(double: Double, bot: Bot, robin: Person) -> None:
    await double.go_dark(silent=True)
    with pytest.raises(TimedOut):
        await bot.send_message(robin.id, "a", read_timeout=0.2)
    waiting = asyncio.create_task(bot.send_message(robin.id, "b", read_timeout=5))
    await asyncio.sleep(0.1)
    await double.come_back()
    await waiting
    assert [m.text for m in robin.received] == ["b"]


async def test_an_update_comes_twice_in_one_answer(
    double: Double, bot: Bot, robin: Person
) -> None:
    double.delivery.twice = 1
    await robin.say("two")
    assert words(await bot.get_updates(timeout=0)) == ["/start", "/start", "two", "two"]


async def test_an_update_comes_again_after_it_was_confirmed(
    double: Double, bot: Bot, robin: Person
) -> None:
    double.delivery.again = 1
    (start,) = await bot.get_updates(timeout=0)
    double.delivery.again = 0
    await robin.say("two")
    got = await bot.get_updates(offset=start.update_id + 1, timeout=0)
    assert words(got) == ["/start", "two"]
    assert got[0].update_id == start.update_id
    assert await bot.get_updates(offset=got[1].update_id + 1, timeout=0) == ()
    assert double.unconfirmed == 0


async def test_updates_come_in_any_order(double: Double, bot: Bot, robin: Person) -> None:
    for number in range(20):
        await robin.say(str(number))
    double.delivery.shuffled = True
    got = ids(await bot.get_updates(timeout=0))
    assert len(got) == 21
    assert got != sorted(got)


async def test_an_update_comes_after_higher_ones_were_confirmed(
    double: Double, bot: Bot, robin: Person
) -> None:
    double.delivery.late = 1
    await robin.say("late")
    double.delivery.late = 0
    await robin.say("in time")
    got = await bot.get_updates(timeout=0)
    assert words(got) == ["/start", "in time"]
    assert double.unconfirmed == 3
    offset = got[-1].update_id + 1
    late = await bot.get_updates(offset=offset, timeout=0)
    assert words(late) == ["late"]
    assert late[0].update_id < offset
    assert await bot.get_updates(offset=offset, timeout=0) == ()
    assert double.unconfirmed == 0


async def test_what_comes_late_comes_even_if_nothing_else_does(
    double: Double, bot: Bot, robin: Person
) -> None:
    (start,) = await bot.get_updates(timeout=0)
    double.delivery.late = 1
    await robin.say("late")
    assert words(await bot.get_updates(offset=start.update_id + 1, timeout=5)) == ["late"]


async def test_without_checks_it_does_the_same(hands: Hands) -> None:
    async with Double(validate=False, clock=hands) as double, bot_of(double) as bot:
        robin = double.person(77)
        await robin.say("/start")
        assert words(await bot.get_updates(timeout=0)) == ["/start"]
        await bot.send_message(77, "a", api_kwargs={"bogus": 1})
        assert double.violations == []
        assert [m.text for m in robin.received] == ["a"]
