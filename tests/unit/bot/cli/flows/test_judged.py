from pathlib import Path

from bot.cli.flows.judged import FRAME, figures, judge
from flows.paths import Cost
from tests.unit.bot.cli.flows.conftest import MADE


def test_a_dearer_frame_breaks_the_budget() -> None:
    assert judge(MADE / "made.toml").problems == ()
    problems = judge(MADE / "made.toml", FRAME + Cost(2, 1)).problems
    assert any("only to keep it" in problem.what for problem in problems)


def test_the_numbers_are_the_frames_and_the_questions(tmp_path: Path) -> None:
    checked = judge(MADE / "made.toml")
    assert checked.ways
    assert checked.ways.keeping
    _, keeping, longest = figures(checked.ways)
    cost = FRAME + checked.ways.keeping.cost
    assert f"{cost.messages} messages to read and 7 taps (at most 14 and 7" in keeping
    assert f"{(FRAME + checked.ways.longest.cost).messages} messages" in longest
