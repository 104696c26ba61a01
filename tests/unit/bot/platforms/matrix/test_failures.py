"""Each failure is reported once, with its cure, and without personal data."""

import re

import pytest

from bot.errors import CryptoStoreError
from bot.platforms.matrix.account import PasswordMissing
from bot.platforms.matrix.crypto.identity import DeviceKeyMismatch, ForeignIdentity
from bot.platforms.matrix.failures import (
    EVENTS,
    Failure,
    LoginRefused,
    WrongAccount,
    failure_of,
    problem_of,
)
from bot.platforms.matrix.http_client import (
    RateLimited,
    RequestDenied,
    ServerUnreachable,
    SessionExpired,
)
from bot.runtime.status import StatusReporter

SECRET = "M_SECRET of @bot:example.org"


def report(status: StatusReporter, error: Exception) -> None:
    status.report(problem_of(error), error)


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (PasswordMissing(), Failure.CREDENTIALS_MISSING),
        (WrongAccount(), Failure.OTHER_ACCOUNT),
        (ForeignIdentity(), Failure.FOREIGN_IDENTITY),
        (DeviceKeyMismatch(), Failure.KEY_MISMATCH),
        (SessionExpired(401, {"errcode": "M_UNKNOWN_TOKEN"}), Failure.LOGIN_REFUSED),
        (LoginRefused(), Failure.LOGIN_REFUSED),
        (RequestDenied(403, {"errcode": "M_FORBIDDEN"}), Failure.DENIED),
        (RequestDenied(400, {"errcode": "M_UNRECOGNIZED"}), Failure.DENIED),
        (RequestDenied(404, {}), Failure.DENIED),
        (ServerUnreachable("no answer"), Failure.UNREACHABLE),
        (RateLimited(1.0), Failure.UNREACHABLE),
        (OSError("no network"), Failure.UNREACHABLE),
    ],
)
def test_each_error_is_classified(error: Exception, failure: Failure) -> None:
    assert failure_of(error) is failure


@pytest.mark.parametrize("failure", Failure)
def test_each_says_what_is_wrong_and_what_to_do(failure: Failure) -> None:
    first, *rest = re.split(r"(?<=[.])\s", failure.value)
    assert rest, "what to do is missing"
    assert len(failure.value.split()) <= 80
    assert "{" not in failure.value
    assert re.search(r"\b(not|no|another|cannot|empty|refuses)\b", first)
    assert EVENTS[failure]


def test_a_failure_is_reported_once_until_it_changes_or_ends() -> None:
    said = list[str]()
    status = StatusReporter(said.append, "Matrix")
    for error in (
        ServerUnreachable("a"),
        ServerUnreachable("b"),
        PasswordMissing(),
        PasswordMissing(),
        ServerUnreachable("c"),
    ):
        report(status, error)
    assert said == [
        Failure.UNREACHABLE.value,
        Failure.CREDENTIALS_MISSING.value,
        Failure.UNREACHABLE.value,
    ]
    status.recovered()
    status.recovered()
    assert said[3:] == ["Matrix is there again."]
    report(status, ServerUnreachable("d"))
    assert said[4:] == [Failure.UNREACHABLE.value]


def test_an_error_of_the_store_is_reported_as_it_is() -> None:
    said = list[str]()
    report(
        StatusReporter(said.append, "Matrix"),
        CryptoStoreError("data/matrix.db is in use. Stop the other."),
    )
    assert said == ["data/matrix.db is in use. Stop the other."]


def test_no_report_repeats_the_server(caplog: pytest.LogCaptureFixture) -> None:
    said = list[str]()
    status = StatusReporter(said.append, "Matrix")
    for code in (400, 401, 403):
        report(status, RequestDenied(code, {"errcode": SECRET, "error": SECRET}))
    assert SECRET not in "".join(said) + caplog.text
    assert "@bot" not in "".join(said) + caplog.text
