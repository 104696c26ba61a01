"""How long is waited, for one chat and for all: with a clock that only tests move."""

from dataclasses import dataclass

import pytest

from bot.runtime import rate_limits as module
from bot.runtime.rate_limits import FAILURES, RateLimiter, backoff


@dataclass
class Hands:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(name="hands")
def _hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    monkeypatch.setattr(module, "FIRST_SECONDS", 1.0)
    monkeypatch.setattr(module, "LONGEST_SECONDS", 30.0)
    monkeypatch.setattr(module, "MARGIN_SECONDS", 0.1)
    return Hands()


def test_each_failure_doubles_the_wait_up_to_thirty_seconds(hands: Hands) -> None:
    assert [backoff(n) for n in (0, 1, 2, 4, 5, 99999)] == [1, 2, 4, 16, 30, 30]


def test_a_flood_wait_holds_up_only_its_chat(hands: Hands) -> None:
    patience = RateLimiter(hands)
    patience.flooded("a", 5)
    assert patience.left("a") == pytest.approx(5.1)
    assert patience.left("b") == 0
    hands.now += 5
    assert patience.left("a") > 0
    hands.now += 0.2
    assert patience.left("a") == 0
    assert patience.chats == {}


def test_a_second_flood_wait_holds_up_everybody(hands: Hands) -> None:
    patience = RateLimiter(hands)
    patience.flooded("a", 5)
    patience.flooded("a", 5)
    assert patience.left("c") == 0
    patience.flooded("b", 7)
    assert patience.left("c") == pytest.approx(7.1)


def test_everybody_waits_while_no_call_succeeds(hands: Hands) -> None:
    patience = RateLimiter(hands)
    for number in range(FAILURES):
        patience.failed(f"chat {number}", 0)
    assert patience.left("another") == 1
    patience.succeeded()
    hands.now += 2
    patience.failed("a", 0)
    assert patience.left("another") == 0
    assert "chat" not in repr(patience)
