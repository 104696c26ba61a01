"""What every unit test shares."""

import pytest


@pytest.fixture(autouse=True)
def _retry_after_is_a_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    # python-telegram-bot warns whoever reads it as a number.
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
