import pytest

from flows.problem import FlowProblems, Problem, did_you_mean, nearest

FIRST = Problem("intake.toml", 12, "parts", "'fate' has no choice 'raed'", "Did you mean 'read'?")
LATER = Problem("intake.toml", 40, None, "there is no step of kind 'review'", "End with one.")


def test_a_problem_is_one_line_with_file_line_step_and_cure() -> None:
    assert str(FIRST) == (
        "intake.toml:12: step 'parts': 'fate' has no choice 'raed'. Did you mean 'read'?"
    )


def test_a_problem_of_the_whole_file_names_no_step() -> None:
    assert str(LATER) == "intake.toml:40: there is no step of kind 'review'. End with one."


def test_all_problems_are_told_at_once_in_the_order_of_the_file() -> None:
    error = FlowProblems([LATER, FIRST])
    assert error.problems == (FIRST, LATER)
    assert str(error) == f"{FIRST}\n{LATER}"


@pytest.mark.parametrize(
    ("word", "known", "cure"),
    [
        ("raed", ("keep", "read"), "Did you mean 'read'?"),
        ("xyz", ("keep", "read"), "Known here: keep, read."),
        ("xyz", (), "There is nothing here that it could name."),
    ],
)
def test_the_cure_for_an_unknown_word(word: str, known: tuple[str, ...], cure: str) -> None:
    assert did_you_mean(word, known) == cure


def test_the_nearest_word() -> None:
    assert nearest("permision", ("person", "permission")) == "permission"
    assert nearest("q", ("person", "permission")) is None
