"""What is sent and deleted, and how Telegram's refusals are taken."""

import asyncio
import traceback
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from telegram import Bot
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)

from bot.platforms.telegram.effects import AcknowledgePress
from bot.platforms.telegram.facts import TELEGRAM
from bot.platforms.telegram.http_transport import HttpTransport, RequestTooLarge, TooManyRequests
from bot.platforms.telegram.messenger import (
    CALLS_AT_ONCE,
    HOUR_SECONDS,
    MessageNotFound,
    TelegramMessenger,
    translated,
)
from handlers.messages import Offer, OutgoingFile, Reply
from handlers.ports.messenger import (
    FileTooLarge,
    MessageRefused,
    RecipientGone,
    SendError,
    Undelivered,
)
from handlers.texts.english import ENGLISH
from store.model.accounts import Account
from tests.doubles.telegram.double import Double
from tests.doubles.telegram.faults import Fault
from tests.doubles.telegram.person import Person
from tests.rig import Rig

WHO = Account("telegram", "77", "77")


@pytest.fixture(name="robin")
async def _robin(double: Double) -> Person:
    person = double.person(77)
    await person.say("/start")
    return person


@pytest.fixture(name="telegram")
async def _telegram(rig: Rig, double: Double) -> AsyncIterator[TelegramMessenger]:
    carrier = HttpTransport(timeout=2)
    await carrier.initialize()
    root = double.root
    bot = Bot(double.token, f"{root}/bot", request=carrier, get_updates_request=carrier)
    yield TelegramMessenger(bot, rig.clock, ENGLISH.telegram)
    await carrier.shutdown()
    assert double.violations == []


@pytest.mark.parametrize(
    ("error", "known"),
    [
        (TooManyRequests(7), Undelivered),
        (RequestTooLarge(), FileTooLarge),
        (TimedOut(), Undelivered),
        (NetworkError("secret"), Undelivered),
        (InvalidToken("secret"), Undelivered),
        (Forbidden("Forbidden: bot was blocked by the user"), RecipientGone),
        (ChatMigrated(-100), RecipientGone),
        (BadRequest("Chat not found"), RecipientGone),
        (BadRequest("PEER_ID_INVALID"), RecipientGone),
        (BadRequest("Message to delete not found"), MessageNotFound),
        (BadRequest("MESSAGE_ID_INVALID"), MessageNotFound),
        (BadRequest("secret"), MessageRefused),
    ],
)
def test_each_error_of_telegram_is_one_that_the_handlers_know(
    error: TelegramError, known: type[SendError]
) -> None:
    with pytest.raises(known) as caught, translated():
        raise error
    assert type(caught.value) is known
    assert "secret" not in "".join(traceback.format_exception(caught.value))
    if isinstance(error, TooManyRequests):
        assert getattr(caught.value, "after", None) == 7


async def test_what_may_be_passed_on_is_not_protected_and_what_is_late_is_silent(
    telegram: TelegramMessenger, robin: Person
) -> None:
    offers = (Offer("a", "Yes", "token"),)
    (first,) = await telegram.send(WHO, Reply("Yes?", "q", offers, copyable=False, silent=True))
    await telegram.send(WHO, Reply("words <b>as</b> _they_ are https://example.org"))
    await telegram.send_file(WHO, OutgoingFile("a.age", b"sealed"))
    await telegram.send_file(WHO, OutgoingFile("b.age", b"sealed", silent=True))
    _, asked, plain, file, again = robin.screen
    assert (file.silent, again.silent) == (False, True)
    assert (str(asked.id), asked.protected, asked.silent) == (first, True, True)
    assert (plain.text, plain.protected, plain.silent) == (
        "words <b>as</b> _they_ are https://example.org",
        False,
        False,
    )
    assert (file.name, file.document, file.protected) == ("a.age", b"sealed", False)


async def test_a_file_that_telegram_finds_too_large_is_said_to_be(
    telegram: TelegramMessenger, robin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.doubles.telegram.methods.MOST_BYTES", 10)
    with pytest.raises(FileTooLarge):
        await telegram.send_file(WHO, OutgoingFile("a.age", b"sealed a little longer"))
    assert TELEGRAM.file_bytes == 50_000_000


async def test_ticks_appear_on_what_still_stands_there(
    telegram: TelegramMessenger, robin: Person
) -> None:
    offers = (Offer("a", "Yes", "token"),)
    (number,) = await telegram.send(WHO, Reply("?", "q", offers))
    ticked = Reply("?", "q", (Offer("a", "Yes", "token", ticked=True),))
    await telegram.update_buttons(WHO, number, ticked)
    assert [b.label for b in robin.screen[-1].buttons] == ["✓ Yes"]
    await telegram.update_buttons(WHO, number, ticked)
    await robin.delete(int(number))
    await telegram.update_buttons(WHO, number, ticked)
    await telegram.perform(AcknowledgePress("4711"))


def hour(telegram: TelegramMessenger) -> int:
    return int(telegram.clock().timestamp()) // HOUR_SECONDS


async def test_many_messages_are_deleted_a_hundred_at_once(
    double: Double, telegram: TelegramMessenger, robin: Person
) -> None:
    sent = [str((await robin.say(f"{n}")).id) for n in range(201)]
    assert await telegram.delete(WHO, [*sent, "999999"], hour(telegram)) == 0
    assert [m.text for m in robin.screen] == ["/start"]
    assert double.counted["deleteMessages"] == 3
    assert double.counted["deleteMessage"] == 0


async def test_of_old_messages_those_that_stay_are_counted(
    rig: Rig, double: Double, telegram: TelegramMessenger, robin: Person
) -> None:
    old = await robin.say("old")
    then = hour(telegram)
    rig.clock.forward(hours=49)
    young = await robin.say("young")
    assert await telegram.delete(WHO, [str(old.id), str(young.id), "999999"], then) == 1
    assert old in robin.screen
    assert young not in robin.screen
    assert await telegram.delete(WHO, [str(old.id)], 0) == 1
    assert rig.clock() > datetime(2026, 11, 25, tzinfo=UTC)


async def test_if_telegram_is_away_while_deleting_that_is_tried_again(
    double: Double, telegram: TelegramMessenger, robin: Person
) -> None:
    sent = [str((await robin.say(f"{n}")).id) for n in range(2)]
    double.faults.add(Fault.FLOOD, seconds=9, times=1)
    with pytest.raises(Undelivered) as caught:
        await telegram.delete(WHO, sent, 0)
    assert caught.value.after == 9


async def test_no_repr_holds_the_token(double: Double, telegram: TelegramMessenger) -> None:
    assert double.token not in repr(telegram)


async def test_only_so_many_calls_are_under_way_at_once(
    telegram: TelegramMessenger, double: Double, robin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    under_way: list[int] = []
    calls, now = HttpTransport.call, 0

    async def counted(*call: object) -> object:
        nonlocal now
        now += 1
        under_way.append(now)
        try:
            return await calls(*call)  # type: ignore[arg-type]  # passed on as it came
        finally:
            now -= 1

    monkeypatch.setattr(HttpTransport, "call", counted)
    await asyncio.gather(*(telegram.send(WHO, Reply(f"message {n}")) for n in range(50)))
    assert max(under_way) == CALLS_AT_ONCE
    assert len(robin.received) == 50
