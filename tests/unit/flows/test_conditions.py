import pytest

from flows.conditions import Knowledge, describe_condition, steps_in_sequence
from flows.files.load import load
from flows.model import Flow, Guard
from tests.unit.flows.generated import KEEP, NEVER, READ, REVIEW, STORY, Entry, fate, toml

FORK = fate("keep", "read", "later", "erase")


def flow_of(*steps: Entry) -> Flow:
    return load(toml([STORY, FORK, READ, *steps, REVIEW]), "made.toml")


def said(step: Entry, *above: Entry) -> str:
    flow = flow_of(*above, {"id": "x", "kind": "text", "text": "X?"} | step)
    found = flow.step("x")
    assert found
    return describe_condition(flow, found)


ONE: Entry = {
    "id": "one",
    "kind": "one",
    "text": "Which?",
    "choices": [{"id": "a", "text": "Apples"}, {"id": "b", "text": "Pears"}],
}
BODY: Entry = {"id": "body", "kind": "section", "touches": "body", "text": "About your body."}


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ({}, ""),
        ({"when": {"story": True}}, "Asked only if something was said at 'story'."),
        ({"when": {"one": "a"}}, "Asked only if “Apples” was chosen at 'one'."),
        ({"when": {"one": ["a", "b"]}}, "Asked only if “Apples” or “Pears” was chosen at 'one'."),
        ({"when": {"one": True}}, "Asked only if something was chosen at 'one'."),
        ({"when": {"read": True}}, "Asked only if somebody was named at 'read'."),
        ({"when": {"keep": True}}, "Asked only if 'keep' was answered with a yes."),
        ({"unless": {"one": "a"}}, "Asked, but not if “Apples” was chosen at 'one'."),
        (
            {"when": {"read": True}, "unless": {"one": "a", "story": True}},
            (
                "Asked only if somebody was named at 'read', but not if “Apples” was chosen at "
                "'one' and something was said at 'story'."
            ),
        ),
        ({"section": "body"}, "Asked only if the section at 'body' was not skipped."),
        ({"kind": "note", "when": {"one": "b"}}, "Said only if “Pears” was chosen at 'one'."),
    ],
)
def test_a_condition_in_words(step: Entry, expected: str) -> None:
    assert said(step, ONE, BODY, KEEP) == expected


def test_a_step_of_the_overview_says_where_it_waits() -> None:
    flow = flow_of(KEEP | {"place": "overview"})
    step = flow.step("keep")
    assert step
    assert describe_condition(flow, step).startswith(
        "Not asked in its turn: it waits in the overview"
    )
    assert step not in steps_in_sequence(flow)


def test_never_says_that_somebody_must_be_left() -> None:
    flow = flow_of(NEVER)
    step = flow.step("never")
    assert step
    assert "a reader is left who can be named" in describe_condition(flow, step)
    assert not Knowledge(flow).with_guards(step.when).is_certain(step)


def test_a_step_can_be_called_otherwise() -> None:
    flow = flow_of()
    step = flow.step("read")
    assert step
    assert "at question 2" in describe_condition(flow, step, lambda _step: "question 2")


def test_what_had_to_hold_before_is_known_too() -> None:
    flow = flow_of()
    facts = Knowledge(flow).with_guards([Guard("read")])
    assert facts.implies(Guard("fate", ("read",)))
    assert facts.implies(Guard("fate"))
    assert facts.implies(Guard("fate", ("keep", "read")))
    assert not facts.implies(Guard("fate", ("keep",)))


def test_a_refusal_is_no_yes() -> None:
    facts = Knowledge(flow_of(KEEP)).with_guards([Guard("keep", ("no",))])
    assert not facts.implies(Guard("keep"))


def test_only_what_both_ways_know_is_known_where_they_meet() -> None:
    flow = flow_of(ONE)
    a, b = (Knowledge(flow).with_guards([Guard("one", (c,)), Guard("story")]) for c in "ab")
    assert a.intersection(b).guards == {Guard("story")}
