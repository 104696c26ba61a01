"""Errors of the program: what may be written down of any error is its type and its place."""

from pathlib import Path

import pytest

from bot import errors
from bot.config.load import read_config
from bot.errors import ConfigError, ConfigProblems, HoldfastError, kind_of, place_of

CANARY = "sparrow-canary"


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    drawn = [line for line in (errors.__doc__ or "").splitlines() if "──" in line]
    named = {line.replace("└", "├").partition("── ")[2].split(" ")[0] for line in drawn}
    classes = vars(errors).values()
    below = {c for c in classes if isinstance(c, type) and issubclass(c, HoldfastError)}
    assert named == {c.__name__ for c in below - {HoldfastError}}


def test_each_problem_is_a_line_behind_its_file() -> None:
    problems = [ConfigError("a.b", "it is x", "Do y."), ConfigError("c", "it is z", "Do w.")]
    error = ConfigProblems(Path("config.toml"), problems)
    assert error.problems == tuple(problems)
    assert str(error) == "config.toml: a.b: it is x. Do y.\nconfig.toml: c: it is z. Do w."


def test_the_place_is_the_last_one_in_this_program(tmp_path: Path) -> None:
    with pytest.raises(ConfigProblems) as caught:
        read_config(tmp_path)
    assert place_of(caught.value).startswith("bot.config.load:")


def test_without_a_place_in_this_program_it_is_the_last_of_all() -> None:
    with pytest.raises(ValueError, match=CANARY) as caught:
        raise ValueError(CANARY)
    assert place_of(caught.value).startswith("tests.unit.bot.test_errors:")


def test_an_error_that_was_never_raised_has_no_place() -> None:
    assert place_of(ValueError(CANARY)) == "?:0"


def test_the_kind_is_the_name_of_the_type() -> None:
    assert kind_of(ConfigProblems(Path(CANARY), [])) == "ConfigProblems"
