"""Each thing that can be wrong is said once, with what to do, and without anybody's data."""

import re

import pytest

from bot.errors import CryptoStoreError
from bot.platforms.matrix.crypto.identity import DeviceKeyMismatch, ForeignIdentity
from bot.platforms.matrix.failures import (
    EVENTS,
    Failure,
    LoginRefused,
    NoPassword,
    OtherAccount,
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


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (NoPassword(), Failure.PASSWORDLESS),
        (OtherAccount(), Failure.OTHER_ACCOUNT),
        (ForeignIdentity(), Failure.FOREIGN),
        (DeviceKeyMismatch(), Failure.UNLIKE),
        (SessionExpired(401, {"errcode": "M_UNKNOWN_TOKEN"}), Failure.NOT_LET_IN),
        (LoginRefused(), Failure.NOT_LET_IN),
        (RequestDenied(403, {"errcode": "M_FORBIDDEN"}), Failure.DENIED),
        (RequestDenied(400, {"errcode": "M_UNRECOGNIZED"}), Failure.DENIED),
        (RequestDenied(404, {}), Failure.DENIED),
        (ServerUnreachable("no answer"), Failure.AWAY),
        (RateLimited(1.0), Failure.AWAY),
        (OSError("no network"), Failure.AWAY),
    ],
)
def test_each_error_is_one_of_the_troubles(error: Exception, trouble: Failure) -> None:
    assert failure_of(error) is trouble


@pytest.mark.parametrize("trouble", Failure)
def test_each_says_what_is_wrong_and_what_to_do(trouble: Failure) -> None:
    first, *rest = re.split(r"(?<=[.])\s", trouble.value)
    assert rest, "what to do is missing"
    assert len(trouble.value.split()) <= 80
    assert "{" not in trouble.value
    assert re.search(r"\b(not|no|another|cannot|empty|refuses)\b", first)
    assert EVENTS[trouble]


def test_it_is_said_once_until_it_changes_and_again_after_it_was_fine() -> None:
    said = list[str]()
    status = StatusReporter(said.append, "Matrix")
    for error in (
        ServerUnreachable("a"),
        ServerUnreachable("b"),
        NoPassword(),
        NoPassword(),
        ServerUnreachable("c"),
    ):
        status.report(problem_of(error), error)
    assert said == [Failure.AWAY.value, Failure.PASSWORDLESS.value, Failure.AWAY.value]
    status.recovered()
    status.recovered()
    assert said[3:] == ["Matrix is there again."]
    status.report(problem_of(ServerUnreachable("d")), ServerUnreachable("d"))
    assert said[4:] == [Failure.AWAY.value]


def test_what_is_wrong_with_a_file_says_itself_what_to_do() -> None:
    error = CryptoStoreError("data/matrix.db is in use. Stop the other.")
    assert problem_of(error).sentence == "data/matrix.db is in use. Stop the other."


def test_nothing_that_a_server_said_is_repeated(caplog: pytest.LogCaptureFixture) -> None:
    said = list[str]()
    status = StatusReporter(said.append, "Matrix")
    for code in (400, 401, 403):
        error = RequestDenied(code, {"errcode": SECRET, "error": SECRET})
        status.report(problem_of(error), error)
    assert SECRET not in "".join(said) + caplog.text
    assert "@bot" not in "".join(said) + caplog.text
