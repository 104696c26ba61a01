"""A double, a bot of python-telegram-bot in front of it, and a clock that tests move."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import telegram

from tests.doubles.telegram.double import Double
from tests.doubles.telegram.person import Person


@dataclass
class Hands:
    """Seconds since 1970 that only tests move."""

    now: float = 1_795_426_200.0

    def __call__(self) -> float:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture(autouse=True)
def _retry_after_is_a_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    # python-telegram-bot warns whoever reads it as a number.
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
async def double(hands: Hands) -> AsyncIterator[Double]:
    async with Double(clock=hands) as running:
        yield running


def bot_of(double: Double, token: str = "") -> telegram.Bot:
    """A client of this double."""
    return telegram.Bot(
        token or double.token,
        base_url=f"{double.root}/bot",
        base_file_url=f"{double.root}/file/bot",
    )


@pytest.fixture
async def bot(double: Double) -> AsyncIterator[telegram.Bot]:
    async with bot_of(double) as running:
        yield running


@pytest.fixture
async def robin(double: Double) -> Person:
    """Somebody who has opened the chat."""
    person = double.person(77, "Robin")
    await person.say("/start")
    return person
