from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from flows.files.load import load
from flows.files.writer import to_toml
from tests.unit.flows.generated import INTAKE, flow_texts


@given(flow_texts())
def test_a_questionnaire_that_is_written_down_is_the_same_one(text: str) -> None:
    flow = load(text, "made.toml")
    assert load(to_toml(flow), "written.toml") == flow


def test_the_shipped_one_is_the_same_too() -> None:
    assert load(to_toml(INTAKE), "intake.toml") == INTAKE


def test_reasons_are_written_down_with_it() -> None:
    aside = '\n[[overrule]]\nstep = "story"\nrule = "length"\nbecause = "They asked for it."\n'
    flow = load(to_toml(INTAKE) + aside, "intake.toml")
    assert load(to_toml(flow), "intake.toml") == flow


SIGNS = st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp"))


@given(st.text(SIGNS, min_size=1))
def test_whatever_the_words_are(words: str) -> None:
    steps = tuple(replace(step, text=words) for step in INTAKE.steps)
    written = load(to_toml(replace(INTAKE, steps=steps)), "made.toml")
    assert [step.text for step in written.steps] == [words] * len(steps)
