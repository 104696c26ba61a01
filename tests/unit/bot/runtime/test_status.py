"""The operator hears of each change once, and of nobody."""

import logging

import pytest

from bot.runtime.logs import Event
from bot.runtime.status import StatusReporter


@pytest.fixture(name="said")
def _said() -> list[str]:
    return []


def test_the_same_sentence_is_said_once(said: list[str]) -> None:
    herald = StatusReporter(said.append, "Telegram")
    for sentence in ("one", "one", "two", "two", "one"):
        herald.say(sentence, Event.UNREACHABLE, OSError("x"))
    assert said == ["one", "two", "one"]


def test_that_it_is_over_is_said_only_if_something_was_wrong(said: list[str]) -> None:
    herald = StatusReporter(said.append, "Telegram")
    herald.fine()
    assert said == []
    herald.say("one", Event.UNREACHABLE, OSError("x"))
    herald.fine()
    herald.fine()
    assert said == ["one", "Telegram is there again."]


def test_the_log_has_the_kind_of_the_error_and_none_of_its_words(
    said: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    herald = StatusReporter(said.append, "Matrix")
    with caplog.at_level(logging.INFO):
        herald.say("one", Event.UNREACHABLE, OSError("a secret"))
        herald.fine()
    lines = [getattr(record, "holdfast", "") for record in caplog.records]
    assert [line.split()[0] for line in lines] == ["unreachable", "reached-again"]
    assert all("platform=matrix" in line for line in lines)
    assert "OSError" in lines[0]
    assert "secret" not in "".join(lines) + caplog.text


def test_two_platforms_have_a_herald_each(said: list[str]) -> None:
    one, other = StatusReporter(said.append, "Telegram"), StatusReporter(said.append, "Matrix")
    one.say("one", Event.UNREACHABLE, OSError("x"))
    other.fine()
    one.fine()
    assert said == ["one", "Telegram is there again."]
