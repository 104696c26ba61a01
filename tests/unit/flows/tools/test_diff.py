from copy import deepcopy
from dataclasses import replace

import pytest
from hypothesis import given

from flows.files.load import load
from flows.model import Flow
from flows.tools.diff import (
    NOTHING,
    SAME_PERMISSIONS,
    Change,
    ChangeGroup,
    compare_flows,
    describe_changes,
)
from tests.unit.flows.generated import (
    ACT,
    INTAKE,
    KEEP,
    NEVER,
    PARTS,
    READ,
    REVIEW,
    STORY,
    Entry,
    fate,
    flow_texts,
    toml,
)

FORK = fate("keep", "read", "later", "erase")
NEEDS: Entry = {
    "id": "needs",
    "kind": "many",
    "part": "needs",
    "text": "What would help?",
    "when": {"fate": "read"},
    "choices": [{"id": "a", "text": "Somebody"}, {"id": "b", "text": "Something"}],
}
WISH: Entry = {"id": "wish", "kind": "text", "text": "What do you wish?"}
STEPS: list[Entry] = [STORY, FORK, NEEDS, WISH, READ, PARTS, NEVER, ACT, KEEP, REVIEW]


def flow_of(steps: list[Entry], head: str = "") -> Flow:
    return load(toml(steps).replace('choose = "A talk"', head or 'choose = "A talk"'), "made.toml")


OLD = flow_of(STEPS)


def changed(step_id: str, **keys: object) -> tuple[Change, ...]:
    """What it makes of one step with other keys; None takes a key out."""
    steps = deepcopy(STEPS)
    place = next(n for n, step in enumerate(steps) if step["id"] == step_id)
    merged = {**steps[place], **keys}
    steps[place] = {key: value for key, value in merged.items() if value is not None}
    return compare_flows(OLD, flow_of(steps))


def texts(entry: Entry, **by_id: str) -> list[Entry]:
    return [{**c, "text": by_id.get(c["id"], c["text"])} for c in entry["choices"]]


def one(changes: tuple[Change, ...]) -> Change:
    assert len(changes) == 1, changes
    return changes[0]


def test_nothing_changed_is_said_in_one_sentence() -> None:
    assert compare_flows(OLD, OLD) == ()
    assert describe_changes(()) == (NOTHING,)


@pytest.mark.parametrize("step", ["fate", "read", "parts", "never", "act", "keep"])
def test_a_word_of_what_is_signed_is_a_change_of_permission(step: str) -> None:
    change = one(changed(step, text="Other words?"))
    assert change.group is ChangeGroup.PERMISSIONS
    assert (change.what, change.now) == ("the text", "Other words?")


@pytest.mark.parametrize(("step", "choice"), [(ACT, "named"), (PARTS, "all"), (FORK, "keep")])
def test_a_word_of_a_choice_that_is_signed_is_one_too(step: Entry, choice: str) -> None:
    change = one(changed(step["id"], choices=texts(step, **{choice: "Other words"})))
    assert change.group is ChangeGroup.PERMISSIONS
    assert change.what == f"the choice '{choice}'"


def test_the_refusal_in_other_words_is_one() -> None:
    change = one(changed("read", choices=[{"id": "nobody", "text": "Later"}]))
    assert change.group is ChangeGroup.PERMISSIONS


def test_a_choice_that_comes_or_goes_is_one() -> None:
    fewer = one(changed("act", choices=ACT["choices"][:3]))
    assert fewer.group is ChangeGroup.PERMISSIONS
    assert fewer.what == "the choice 'named' is gone"
    more = one(changed("needs", choices=[*NEEDS["choices"], {"id": "c", "text": "More"}]))
    assert (more.group, more.what) == (ChangeGroup.QUESTIONS, "the choice 'c' is new")


def test_a_fork_that_stops_giving_keep_is_one() -> None:
    steps = [STORY, fate("keep", "later", "erase"), REVIEW]
    old = flow_of(steps)
    keep = replace(old.steps[1].choices[0], asks=None)
    fork = replace(old.steps[1], choices=(keep, *old.steps[1].choices[1:]))
    change = one(compare_flows(old, replace(old, steps=(old.steps[0], fork, old.steps[2]))))
    assert change.group is ChangeGroup.PERMISSIONS
    assert change.what == "the permission that the choice 'keep' gives"
    assert (change.was, change.now) == ("keep", "nothing")


def test_when_a_permission_is_asked_is_one() -> None:
    change = one(changed("keep", unless={"fate": "keep"}))
    assert change.group is ChangeGroup.PERMISSIONS
    assert change.was == "Asked only if “read” was chosen at 'fate'."
    assert change.now.endswith("but not if “keep” was chosen at 'fate'.")


def test_who_gets_to_read_an_answer_is_one() -> None:
    change = one(changed("needs", part=None))
    assert change.group is ChangeGroup.PERMISSIONS
    assert (change.was, change.now) == ("the needs", "the story")


def test_a_question_that_becomes_one_about_a_person_is_one() -> None:
    groups = {(c.group, c.what) for c in changed("wish", kind="person")}
    assert (ChangeGroup.PERMISSIONS, "what readers get it with") in groups
    assert (ChangeGroup.QUESTIONS, "the kind") in groups


def test_a_permission_that_is_new_gone_or_moved_is_one() -> None:
    without = flow_of([step for step in STEPS if step is not NEVER])
    gone, came = one(compare_flows(OLD, without)), one(compare_flows(without, OLD))
    assert (gone.group, gone.what) == (ChangeGroup.PERMISSIONS, "is gone")
    assert came.what.startswith("is new, which asks for the permission 'never'. Asked only if")
    moved = flow_of([STORY, FORK, NEEDS, WISH, READ, PARTS, ACT, KEEP, NEVER, REVIEW])
    change = one(compare_flows(OLD, moved))
    assert (change.group, change.step) == (ChangeGroup.PERMISSIONS, "never")
    assert change.what == "has moved, it stands after 'keep' now"


def test_the_words_of_a_question_are_wording() -> None:
    assert one(changed("wish", text="What else?")).group is ChangeGroup.WORDING
    assert one(changed("wish", hint="In your words.")).group is ChangeGroup.WORDING
    assert one(changed("wish", many=False, skip="Nothing")).what == "the label of the skip"
    assert one(changed("needs", choices=texts(NEEDS, a="People"))).group is ChangeGroup.WORDING
    other = flow_of(STEPS, 'choose = "Another talk"')
    assert one(compare_flows(OLD, other)).group is ChangeGroup.WORDING


def test_what_a_question_asks_for_is_a_change_of_questions() -> None:
    assert one(changed("wish", when={"fate": "read"})).what == "when it is asked"
    assert one(changed("wish", many=True)).now == "as many messages as they like"
    alone = [NEEDS["choices"][0], {**NEEDS["choices"][1], "alone": True}]
    assert one(changed("needs", choices=alone)).now == "goes with no other"
    order = one(changed("needs", choices=NEEDS["choices"][::-1]))
    assert (order.was, order.now) == ("a, b", "b, a")


def test_another_id_is_not_said_to_be_another_question() -> None:
    change = one(changed("wish", id="hope"))
    assert (change.what, change.was, change.now) == ("has another id", "wish", "hope")


def test_a_rule_that_is_set_aside_is_shown_with_its_reason() -> None:
    aside = '\n[[overrule]]\nstep = "wish"\nrule = "length"\nbecause = "They asked for it."\n'
    new = load(toml(STEPS) + aside, "made.toml")
    change = one(compare_flows(OLD, new))
    assert (change.group, change.now) == (ChangeGroup.OVERRULES, "They asked for it.")
    assert one(compare_flows(new, OLD)).what == "the rule 'length' holds again"
    other = load(toml(STEPS) + aside.replace("They", "Some"), "made.toml")
    assert one(compare_flows(new, other)).what == "why the rule 'length' is overruled"


def test_permissions_come_first_and_are_marked() -> None:
    steps = deepcopy(STEPS)
    steps[3]["text"], steps[7]["text"] = "What else?", "And what may they do?"
    lines = describe_changes(compare_flows(OLD, flow_of(steps)))
    assert lines[0].startswith("PERMISSIONS CHANGE.")
    assert lines[1] == "  ! step 'act': the text"
    assert lines[2] == "      was: What may they do?"
    assert lines.index("Wording only") > lines.index("  ! step 'act': the text")


def test_that_no_permission_changes_is_said_first() -> None:
    assert describe_changes(changed("wish", text="What else?"))[0] == SAME_PERMISSIONS


@pytest.mark.parametrize(
    ("count", "expected"),
    [(None, "that they began with."), (0, "No talk is open"), (1, "1 talk"), (7, "7 talks that")],
)
def test_how_many_talks_keep_the_old_words(count: int | None, expected: str) -> None:
    assert expected in describe_changes(changed("wish", text="What else?"), count)[-1]


@given(flow_texts(), flow_texts())
def test_two_versions_differ_in_words_exactly_if_their_revisions_differ(a: str, b: str) -> None:
    old, new = load(a, "a.toml"), load(b, "b.toml")
    assert bool(compare_flows(old, new)) == (old.revision != new.revision)
    assert compare_flows(old, load(a, "c.toml")) == ()


def test_the_shipped_questions_can_be_compared() -> None:
    assert compare_flows(INTAKE, INTAKE) == ()
    assert compare_flows(OLD, INTAKE)
