from dataclasses import fields, replace

import pytest

from flows.model import (
    ACTS,
    HONOURED,
    PARTS,
    PERMISSIONS,
    Answer,
    Choice,
    Flow,
    Guard,
    Kind,
    Overrule,
    Step,
    compute_revision,
)
from tests.unit.flows.generated import INTAKE, READERS

STEP = Step("story", Kind.TEXT, "What would you like to say?", many=True, line=3)


def revision(*steps: Step, name: str = "n", language: str = "en", choose: str = "c") -> str:
    return compute_revision(name, language, choose, steps)


def test_the_vocabulary_of_permissions_is_closed() -> None:
    assert PERMISSIONS == (
        "keep",
        "read",
        "read_quorum",
        "never",
        "act",
        "future",
        "contact",
        "match",
        "introduce",
        "numbers",
        "quote",
    )
    assert {"keep", "read", "never", "act"} == HONOURED
    assert ACTS[0] == "listen"


def test_parts_widen_from_one_to_the_next() -> None:
    narrow, wider, all_parts = PARTS.values()
    assert narrow < wider < all_parts


def test_a_revision_is_twelve_hexadecimal_digits_of_the_canonical_json() -> None:
    # sha256 of {"choose":"c","language":"en","name":"n","steps":[{"id":"story","kind":"text",
    # "many":true,"text":"What would you like to say?"}]} without the line break
    assert revision(STEP) == "83248ffc779a"


def test_lines_are_no_part_of_equality_or_revision() -> None:
    assert replace(STEP, line=99) == STEP
    assert revision(replace(STEP, line=99)) == revision(STEP)


@pytest.mark.parametrize(
    "changed",
    [
        replace(STEP, text="What would you like to say"),
        replace(STEP, many=False),
        replace(STEP, when=(Guard("other"),)),
        replace(STEP, unless=(Guard("other"),)),
        replace(STEP, choices=(Choice("a", "A"),)),
        replace(STEP, hint="Take your time."),
        replace(STEP, skip="Nothing"),
        replace(STEP, part="needs"),
    ],
)
def test_every_other_word_changes_the_revision(changed: Step) -> None:
    assert revision(changed) != revision(STEP)


def test_name_language_and_label_are_in_the_revision() -> None:
    revisions = {
        revision(STEP),
        revision(STEP, name="m"),
        revision(STEP, language="es"),
        revision(STEP, choose="d"),
    }
    assert len(revisions) == 4


def test_the_order_of_steps_is_in_the_revision() -> None:
    other = replace(STEP, id="other")
    assert revision(STEP, other) != revision(other, STEP)


def test_a_rule_that_is_set_aside_is_in_the_revision_with_its_reason() -> None:
    aside = Overrule("story", "length", "The reviewers asked for it.", line=9)
    some = compute_revision("n", "en", "c", (STEP,), (aside,))
    assert some != revision(STEP)
    assert some == compute_revision("n", "en", "c", (STEP,), (replace(aside, line=12),))
    assert some != compute_revision("n", "en", "c", (STEP,), (replace(aside, because="Not so."),))


def test_without_such_rules_a_revision_is_what_it_was() -> None:
    # published and signed under this name before rules could be set aside
    assert compute_revision("n", "en", "c", (STEP,), ()) == revision(STEP) == "83248ffc779a"


def test_the_lines_of_keys_and_choices_are_no_part_of_equality_or_revision() -> None:
    placed = replace(STEP, lines=(("text", 5),), choices=(Choice("a", "A", line=6),))
    bare = replace(STEP, choices=(Choice("a", "A"),))
    assert placed == bare
    assert revision(placed) == revision(bare)
    assert (placed.line_of("text"), placed.line_of("hint")) == (5, 3)
    assert "line" not in repr(placed.choices[0])


def test_a_key_that_is_added_later_changes_no_older_revision() -> None:
    bare = Step("a", Kind.NOTE, "Words.")
    defaults = {f.name: getattr(bare, f.name) for f in fields(bare) if f.name != "line"}
    assert revision(Step(**defaults)) == revision(bare)


def test_the_refusal_of_each_kind() -> None:
    refusals = {step.id: step.refusal for step in INTAKE.steps if step.refusal}
    assert refusals == {"read": "nobody", "never": "none", "act": "listen", "keep": "no"}


def test_a_permission_without_choices_has_no_refusal() -> None:
    assert Step("read", Kind.PERMISSION, "Who?", asks="read").refusal is None


def test_where_several_choices_can_be_taken() -> None:
    assert [step.id for step in INTAKE.steps if step.takes_several] == ["needs", "never", "read"]


def test_what_is_answered_in_words() -> None:
    told = [step.id for step in INTAKE.steps if step.takes_text]
    reached = ["called", "reach", "reach_when", "reach_as", "reach_others"]
    assert told == ["story", "needs_other", "wish", "person", *reached]


def test_a_flow_knows_its_steps() -> None:
    fork = INTAKE.fork
    assert fork is not None
    assert fork.id == "fate"
    assert INTAKE.story is INTAKE.step("story")
    assert INTAKE.permission_step("act") is INTAKE.step("act")
    assert INTAKE.step("nowhere") is None
    assert INTAKE.permission_step("quote") is None
    empty = Flow("n", "en", "c", ())
    assert (empty.story, empty.fork) == (None, None)


def test_a_step_knows_its_choices() -> None:
    step = Step("one", Kind.ONE, "Which?", choices=(Choice("x", "X"),))
    assert step.choice("x") == Choice("x", "X")
    assert step.choice("y") is None


def test_an_answer_does_not_print_what_was_answered() -> None:
    answer = Answer("read", choices=(READERS[0].id,), items=("i1",))
    assert repr(answer) == "Answer(step='read', closed=True)"
