import pytest

from bot.cli.flows.checking import BOT_COST, check_file, path_figures
from flows.checks.check import check
from flows.checks.paths import Cost
from tests.rig import FLOWS
from tests.unit.bot.cli.flows.conftest import MADE


def test_more_messages_of_the_bot_break_the_budget() -> None:
    assert check_file(MADE / "made.toml").problems == ()
    text = (MADE / "made.toml").read_text("utf-8")
    problems = check(text, "made.toml", bot_cost=BOT_COST + Cost(2, 1)).problems
    assert any("only to keep it" in problem.what for problem in problems)


def test_the_numbers_include_the_bots_own_messages() -> None:
    checked = check_file(MADE / "made.toml")
    assert checked.paths
    assert checked.paths.keep_most_messages
    _, keeping, longest = path_figures(checked.paths)
    cost = BOT_COST + checked.paths.keep_most_messages.cost
    assert f"{cost.messages} messages to read and 7 taps (at most 12 and 7" in keeping
    assert f"{(BOT_COST + checked.paths.longest.cost).messages} messages" in longest


@pytest.mark.parametrize("name", ["intake", "process", "witness"])
def test_a_shipped_questionnaire_can_be_published(name: str) -> None:
    assert check_file(FLOWS / f"{name}.toml").problems == ()
