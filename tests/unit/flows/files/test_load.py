import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.files.load import FlowProblems, Problem, load
from flows.model import HONOURED
from tests.unit.flows.generated import FLOWS, INTAKE, flow_texts

TEXT = (FLOWS / "intake.toml").read_text(encoding="utf-8")
SAID = [text for step in INTAKE.steps for text in (step.text, *(c.text for c in step.choices))]


def test_layout_and_comments_are_no_part_of_a_flow() -> None:
    spaced = TEXT.replace("\n[[step]]", "\n\n# a comment\n\n[[step]]")
    assert load(spaced, "other.toml") == INTAKE


def test_words_are() -> None:
    changed = load(TEXT.replace("Decide later", "Decide another day"), "intake.toml")
    assert changed.revision != INTAKE.revision


@given(flow_texts())
def test_loading_is_a_function_of_the_text(text: str) -> None:
    assert load(text, "a.toml") == load(text, "b.toml")
    assert re.fullmatch(r"[0-9a-f]{12}", load(text, "a.toml").revision)


@given(st.text())
def test_any_text_is_a_flow_or_a_list_of_problems(text: str) -> None:
    with pytest.raises(FlowProblems) as caught:
        load(text, "x.toml")
    assert all(str(problem).startswith("x.toml:") for problem in caught.value.problems)


@given(st.integers(0, len(TEXT) - 1), st.sampled_from(['"', "[", "x", "\n", "=", ""]))
def test_any_slip_is_a_flow_or_a_list_of_problems(place: int, slip: str) -> None:
    problems = found(TEXT[:place] + slip + TEXT[place + 1 :])
    assert all(1 <= problem.line <= TEXT.count("\n") + 2 for problem in problems)
    assert all(problem.what and problem.cure for problem in problems)


def found(text: str) -> tuple[Problem, ...]:
    """The problems of a text; none, if it can be asked."""
    try:
        load(text, "intake.toml")
    except FlowProblems as error:
        return error.problems
    return ()


def test_permissions_that_a_build_does_not_honour_are_not_loaded() -> None:
    with pytest.raises(FlowProblems, match="cannot keep the promise of 'act' yet"):
        load(TEXT, "intake.toml", HONOURED - {"act"})


# --- the shipped questionnaire -----------------------------------------------------------------


def test_the_intake_asks_in_this_order() -> None:
    assert [step.id for step in INTAKE.steps] == [
        "story",
        "fate",
        "needs",
        "needs_other",
        "wish",
        "person",
        "never",
        "read",
        "parts",
        "act",
        "called",
        "reach",
        "reach_when",
        "reach_message",
        "reach_as",
        "reach_others",
        "keep",
        "review",
    ]


def test_the_intake_asks_for_all_that_can_be_honoured() -> None:
    asked = {step.asks for step in INTAKE.steps if step.asks}
    assert asked == HONOURED


def test_no_message_of_the_intake_is_longer_than_forty_words() -> None:
    assert max(len(text.split()) for text in SAID) <= 40


@pytest.mark.parametrize(
    "never",
    [
        r"\bwhy\b",
        r"\balleged",
        r"\bvictim",
        r"\bresist",
        r"\bwearing\b",
        r"\bprove\b",
        r"\bshould have\b",
        r"\bunderstand how\b",
        r"\bbrave\b",
        r"\bthank",
        r"(?<!commission )\bmembers?\b",
    ],
)
def test_the_intake_asks_no_why_blames_and_praises_nobody(never: str) -> None:
    assert [text for text in SAID if re.search(never, text, re.IGNORECASE)] == []


def test_every_question_of_the_intake_is_one_question() -> None:
    assert [step.id for step in INTAKE.steps if step.text.count("?") > 1] == []


def test_steps_know_where_they_stand() -> None:
    lines = TEXT.splitlines()
    assert [lines[step.line - 1] for step in INTAKE.steps] == ["[[step]]"] * len(INTAKE.steps)
