"""Each error is one failure, which is reported when it begins and when it is over."""

import pytest
from telegram.error import (
    BadRequest,
    Conflict,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)

from bot.platforms.telegram.failures import Failure, TokenMissing, failure_of, problem_of
from bot.runtime.status import StatusReporter


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (InvalidToken(), Failure.CREDENTIALS_REFUSED),
        (TokenMissing(), Failure.CREDENTIALS_MISSING),
        (Conflict("x"), Failure.SECOND_POLLER),
        *(
            (error, Failure.UNREACHABLE)
            for error in (NetworkError("x"), TimedOut(), BadRequest("x"))
        ),
    ],
)
def test_each_error_is_one_failure(error: TelegramError, failure: Failure) -> None:
    assert failure_of(error) is failure


def test_each_change_is_reported_once() -> None:
    reported: list[str] = []
    status = StatusReporter(reported.append, "Telegram")
    status.recovered()
    for error in (TimedOut(), NetworkError("secret"), Conflict("secret"), Conflict("secret")):
        status.report(problem_of(error), error)
    status.recovered()
    status.recovered()
    assert reported == [
        Failure.UNREACHABLE.value,
        Failure.SECOND_POLLER.value,
        "Telegram is there again.",
    ]
