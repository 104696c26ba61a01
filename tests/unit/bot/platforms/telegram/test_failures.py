"""What is wrong is said when it begins, and when it is over."""

import pytest
from telegram.error import (
    BadRequest,
    Conflict,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)

from bot.platforms.telegram.failures import Failure, NoToken, TelegramStatus, trouble_of


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (InvalidToken(), Failure.NOT_LET_IN),
        (NoToken(), Failure.TOKENLESS),
        (Conflict("x"), Failure.RIVAL),
        *((error, Failure.AWAY) for error in (NetworkError("x"), TimedOut(), BadRequest("x"))),
    ],
)
def test_each_error_is_one_trouble(error: TelegramError, trouble: Failure) -> None:
    assert trouble_of(error) is trouble


def test_each_change_is_said_once() -> None:
    said: list[str] = []
    herald = TelegramStatus(said.append)
    herald.fine()
    for error in (TimedOut(), NetworkError("secret"), Conflict("secret"), Conflict("secret")):
        herald.trouble(error)
    herald.fine()
    herald.fine()
    assert said == [Failure.AWAY.value, Failure.RIVAL.value, "Telegram is there again."]
