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

from bot.telegram.trouble import Herald, NoToken, Trouble, trouble_of


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (InvalidToken(), Trouble.NOT_LET_IN),
        (NoToken(), Trouble.TOKENLESS),
        (Conflict("x"), Trouble.RIVAL),
        *((error, Trouble.AWAY) for error in (NetworkError("x"), TimedOut(), BadRequest("x"))),
    ],
)
def test_each_error_is_one_trouble(error: TelegramError, trouble: Trouble) -> None:
    assert trouble_of(error) is trouble


def test_each_change_is_said_once() -> None:
    said: list[str] = []
    herald = Herald(said.append)
    herald.fine()
    for error in (TimedOut(), NetworkError("secret"), Conflict("secret"), Conflict("secret")):
        herald.trouble(error)
    herald.fine()
    herald.fine()
    assert said == [Trouble.AWAY.value, Trouble.RIVAL.value, "Telegram is there again."]
