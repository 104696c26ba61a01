"""In which language an account is spoken to, as far as that is known in memory."""

from datetime import UTC, datetime, timedelta

import pytest

from handlers.account_languages import CHOSEN_FOR, AccountLanguages
from store.model.accounts import Account

SOMEBODY, OTHER = Account("telegram", "7", "7"), Account("telegram", "8", "8")
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def test_what_was_spoken_comes_before_what_is_guessed() -> None:
    languages = AccountLanguages()
    languages.note_guess(SOMEBODY, "es", NOW)
    assert languages.preferred(SOMEBODY, NOW) == ("es",)
    assert languages.last_spoken(SOMEBODY, NOW) is None
    languages.note_spoken(SOMEBODY, "en", NOW)
    assert languages.preferred(SOMEBODY, NOW) == ("en", "es")
    assert languages.preferred(OTHER, NOW) == ()


@pytest.mark.parametrize("tag", ["es", "es-MX", "ES_ar", "es-419"])
def test_a_guess_has_no_region(tag: str) -> None:
    languages = AccountLanguages()
    languages.note_guess(SOMEBODY, tag, NOW)
    assert languages.preferred(SOMEBODY, NOW) == ("es",)


def test_nothing_is_known_for_long_or_printed() -> None:
    languages = AccountLanguages()
    languages.note_spoken(SOMEBODY, "es", NOW)
    assert languages.preferred(SOMEBODY, NOW + CHOSEN_FOR - timedelta(seconds=1)) == ("es",)
    assert languages.preferred(SOMEBODY, NOW + CHOSEN_FOR) == ()
    assert "7" not in repr(languages)
