"""The operator hears of each change once, and the log holds nothing but the kind of error."""

import logging

import pytest

from bot.runtime.logs import Event
from bot.runtime.status import Problem, StatusReporter

ONE, OTHER = (Problem(sentence, Event.UNREACHABLE) for sentence in ("one", "other"))


@pytest.fixture(name="reported")
def _reported() -> list[str]:
    return []


def test_a_problem_that_lasts_is_reported_once(reported: list[str]) -> None:
    status = StatusReporter(reported.append, "Telegram")
    for problem in (ONE, ONE, OTHER, OTHER, ONE):
        status.report(problem, OSError("x"))
    assert reported == ["one", "other", "one"]


def test_recovery_is_reported_only_after_a_problem(reported: list[str]) -> None:
    status = StatusReporter(reported.append, "Telegram")
    status.recovered()
    assert reported == []
    status.report(ONE, OSError("x"))
    status.recovered()
    status.recovered()
    assert reported == ["one", "Telegram is there again."]


def test_the_log_holds_the_kind_of_the_error_and_none_of_its_words(
    reported: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    status = StatusReporter(reported.append, "Matrix")
    with caplog.at_level(logging.INFO):
        status.report(ONE, OSError("a secret"))
        status.recovered()
    lines = [getattr(record, "holdfast", "") for record in caplog.records]
    assert [line.split()[0] for line in lines] == ["unreachable", "reached-again"]
    assert all("platform=matrix" in line for line in lines)
    assert "OSError" in lines[0]
    assert "secret" not in "".join(lines) + caplog.text


def test_each_platform_has_a_reporter_of_its_own(reported: list[str]) -> None:
    telegram = StatusReporter(reported.append, "Telegram")
    matrix = StatusReporter(reported.append, "Matrix")
    telegram.report(ONE, OSError("x"))
    matrix.recovered()
    telegram.recovered()
    assert reported == ["one", "Telegram is there again."]
