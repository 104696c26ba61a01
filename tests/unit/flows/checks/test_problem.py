from dataclasses import replace

import pytest

from flows.checks.problem import LONGEST_LINE, FlowProblems, Problem, did_you_mean, nearest

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


def test_a_rule_of_care_is_named_so_that_it_can_be_set_aside() -> None:
    assert str(replace(FIRST, rule="length")).endswith(" Did you mean 'read'? (rule: length)")


def test_a_problem_is_one_line_whatever_the_file_says() -> None:
    assert str(replace(LATER, what="a\nb\x1b[2J")).startswith("intake.toml:40: a b [2J. ")
    assert len(str(replace(LATER, what="x" * 10_000))) == LONGEST_LINE + 1


def test_a_word_in_capital_letters_is_known() -> None:
    assert nearest("TEXT", ("hint", "text")) == "text"


def test_a_very_long_word_is_compared_with_none() -> None:
    assert nearest("text" * 100, ("text" * 99,)) is None


def test_of_very_many_known_words_a_few_are_named() -> None:
    known = [f"s{number}" for number in range(20)]
    assert did_you_mean("other", known).endswith("s10, s11 and 8 more.")
