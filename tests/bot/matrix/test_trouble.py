"""Each thing that can be wrong is said once, with what to do, and without anybody's data."""

import re

import pytest

from bot.errors import CabinetError
from bot.herald import Herald
from bot.matrix.identity import ForeignIdentity, UnlikeDevice
from bot.matrix.trouble import (
    EVENTS,
    NoPassword,
    NotLetIn,
    OtherAccount,
    Trouble,
    tell,
    trouble_of,
)
from bot.matrix.wire import Away, Busy, Denied, LoggedOut

SECRET = "M_SECRET of @bot:example.org"


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (NoPassword(), Trouble.PASSWORDLESS),
        (OtherAccount(), Trouble.OTHER_ACCOUNT),
        (ForeignIdentity(), Trouble.FOREIGN),
        (UnlikeDevice(), Trouble.UNLIKE),
        (LoggedOut(401, {"errcode": "M_UNKNOWN_TOKEN"}), Trouble.NOT_LET_IN),
        (NotLetIn(), Trouble.NOT_LET_IN),
        (Denied(403, {"errcode": "M_FORBIDDEN"}), Trouble.DENIED),
        (Denied(400, {"errcode": "M_UNRECOGNIZED"}), Trouble.DENIED),
        (Denied(404, {}), Trouble.DENIED),
        (Away("no answer"), Trouble.AWAY),
        (Busy(1.0), Trouble.AWAY),
        (OSError("no network"), Trouble.AWAY),
    ],
)
def test_each_error_is_one_of_the_troubles(error: Exception, trouble: Trouble) -> None:
    assert trouble_of(error) is trouble


@pytest.mark.parametrize("trouble", Trouble)
def test_each_says_what_is_wrong_and_what_to_do(trouble: Trouble) -> None:
    first, *rest = re.split(r"(?<=[.])\s", trouble.value)
    assert rest, "what to do is missing"
    assert len(trouble.value.split()) <= 80
    assert "{" not in trouble.value
    assert re.search(r"\b(not|no|another|cannot|empty|refuses)\b", first)
    assert EVENTS[trouble]


def test_it_is_said_once_until_it_changes_and_again_after_it_was_fine() -> None:
    said = list[str]()
    herald = Herald(said.append, "Matrix")
    for error in (Away("a"), Away("b"), NoPassword(), NoPassword(), Away("c")):
        tell(herald, error)
    assert said == [Trouble.AWAY.value, Trouble.PASSWORDLESS.value, Trouble.AWAY.value]
    herald.fine()
    herald.fine()
    assert said[3:] == ["Matrix is there again."]
    tell(herald, Away("d"))
    assert said[4:] == [Trouble.AWAY.value]


def test_what_is_wrong_with_a_file_says_itself_what_to_do() -> None:
    said = list[str]()
    tell(Herald(said.append, "Matrix"), CabinetError("data/matrix.db is in use. Stop the other."))
    assert said == ["data/matrix.db is in use. Stop the other."]


def test_nothing_that_a_server_said_is_repeated(caplog: pytest.LogCaptureFixture) -> None:
    said = list[str]()
    herald = Herald(said.append, "Matrix")
    for status in (400, 401, 403):
        tell(herald, Denied(status, {"errcode": SECRET, "error": SECRET}))
    assert SECRET not in "".join(said) + caplog.text
    assert "@bot" not in "".join(said) + caplog.text
