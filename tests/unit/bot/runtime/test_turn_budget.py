"""So many turns a minute, and as many at once after a pause."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from bot.runtime.turn_budget import SWEEP_CHATS, TurnBudget


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_chat_may_have_its_minute_at_once_and_then_waits() -> None:
    clock = Clock()
    budget = TurnBudget(clock, 60)
    for _ in range(60):
        assert budget.left("77") == 0
        budget.count("77")
    assert budget.left("77") == 1
    assert budget.left("88") == 0
    clock.now += 1
    assert budget.left("77") == 0


@given(st.lists(st.floats(0, 5), max_size=300), st.integers(1, 120))
def test_no_minute_has_more_than_two_budgets(pauses: list[float], a_minute: int) -> None:
    clock = Clock()
    budget, turns = TurnBudget(clock, a_minute), list[float]()
    for pause in pauses:
        clock.now += pause
        if budget.left("77") == 0:
            budget.count("77")
            turns.append(clock.now)
    for first in turns:
        assert len([t for t in turns if first <= t < first + 60]) <= 2 * a_minute


def test_chats_with_their_whole_budget_are_forgotten() -> None:
    clock = Clock()
    budget = TurnBudget(clock, 60)
    for number in range(SWEEP_CHATS):
        budget.count(str(number))
    clock.now += 100
    budget.count("one more")
    assert {*budget.spent_until} == {"one more"}


def test_who_has_to_wait_hears_it_once_until_the_whole_budget_is_there_again() -> None:
    clock = Clock()
    budget = TurnBudget(clock, 60)
    for _ in range(60):
        budget.count("77")
    assert budget.is_news("77")
    for _ in range(200):
        clock.now += 1
        budget.count("77")
        assert not budget.is_news("77"), "it goes on as fast as it may"
    clock.now += 60
    assert not budget.is_news("77"), "nothing came since"
    budget.count("77")
    assert budget.is_news("77")


def test_what_was_said_is_forgotten_with_its_chat() -> None:
    clock = Clock()
    budget = TurnBudget(clock, 60)
    for number in range(SWEEP_CHATS):
        budget.count(str(number))
        budget.is_news(str(number))
    clock.now += 100
    budget.count("one more")
    assert budget.told == set()


def test_no_chat_is_shown() -> None:
    budget = TurnBudget(Clock(), 60)
    budget.count("7766554433")
    budget.is_news("7766554433")
    assert "7766554433" not in repr(budget)
