"""Recovery words are awaited for some hours, and until something else is answered."""

from datetime import UTC, datetime, timedelta

from handlers.awaited_words import AWAITED_FOR, AwaitedWords
from handlers.outcome import LookupPurpose

NOW = datetime(2026, 11, 30, tzinfo=UTC)


def test_they_are_awaited_until_something_else_is_answered() -> None:
    words = AwaitedWords()
    assert words.purpose("anna", NOW) is None
    words.note("anna", LookupPurpose.OPEN, NOW)
    assert words.purpose("anna", NOW) is LookupPurpose.OPEN
    assert words.purpose("berta", NOW) is None
    words.note("anna", None, NOW)
    assert words.purpose("anna", NOW) is None


def test_they_are_not_awaited_for_ever() -> None:
    words = AwaitedWords()
    words.note("anna", LookupPurpose.ERASE, NOW)
    assert words.purpose("anna", NOW + AWAITED_FOR - timedelta(seconds=1)) is LookupPurpose.ERASE
    assert words.purpose("anna", NOW + AWAITED_FOR) is None
    words.note("berta", LookupPurpose.OPEN, NOW + AWAITED_FOR)
    assert list(words.asked) == ["berta"]
