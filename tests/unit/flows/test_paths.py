from itertools import islice

import pytest
from hypothesis import given

from flows.checks.paths import TEXT_GIVEN, Cost, Path
from flows.consent import permissions
from flows.engine import with_readers
from flows.files.load import load
from flows.model import SAMPLE_READERS, Answer, Answers, Flow
from tests.unit.flows.generated import (
    ACT,
    FLOWS,
    INTAKE,
    KEEP,
    READ,
    REVIEW,
    STORY,
    fate,
    first_paths,
    flow_of,
    flow_texts,
    toml,
)
from tests.unit.flows.path_listing import TooManyPaths, cost, listed, paths

FRAME = Cost(messages=8, taps=4)
"""What the bot says and asks around the questionnaire.

Messages: hello with the safe place, cleaning, overview, what was handed over, ways back, the words
with their check, the take-back code, what happens next. Taps: hello, cleaning, overview, code.
"""

ONLY_KEEP = Cost(messages=12, taps=7)
REACHED_BY_READERS = 28
PROCESS = load((FLOWS / "process.toml").read_text("utf-8"), "process.toml")
"""The shipped questionnaire that has few enough ways to be listed."""


@pytest.fixture(scope="module")
def ways() -> tuple[Path, ...]:
    return paths(PROCESS)


def test_only_keeping_is_within_its_budget(ways: tuple[Path, ...]) -> None:
    keeping = [path for path in ways if ("fate", ("keep",)) in path]
    costs = [FRAME + cost(PROCESS, path) for path in keeping]
    assert len(costs) == 2
    assert all(c.messages <= ONLY_KEEP.messages and c.taps <= ONLY_KEEP.taps for c in costs)


def test_every_way_is_within_the_budget_of_messages(ways: tuple[Path, ...]) -> None:
    longest = max(cost(PROCESS, path).messages for path in ways)
    assert longest == 19
    assert FRAME.messages + longest <= REACHED_BY_READERS


def test_every_choice_and_every_skip_lies_on_some_way(ways: tuple[Path, ...]) -> None:
    taken = {(step, choice) for path in ways for step, ids in path for choice in ids}
    skipped = {step for path in ways for step, ids in path if not ids}
    for step in PROCESS.steps:
        assert step.id in skipped or step.id == "review"
        assert {(step.id, choice.id) for choice in step.choices} <= taken


def test_the_ways_differ_and_end_with_the_review(ways: tuple[Path, ...]) -> None:
    assert len(set(ways)) == len(ways)
    assert all(path[-1] == ("review", ("yes",)) for path in ways)


def test_every_choice_of_readers_is_a_way_of_its_own(ways: tuple[Path, ...]) -> None:
    a, b = (reader.id for reader in SAMPLE_READERS)
    named = {ids for path in ways for step, ids in path if step == "read"}
    assert named == {(), ("nobody",), (a,), (b,), (a, b)}


@given(flow_texts())
def test_no_way_asks_a_step_twice_or_more_steps_than_there_are(text: str) -> None:
    flow = flow_of(text)
    for path in islice(listed(flow), 200):
        assert len({step for step, _ in path}) == len(path) <= len(flow.steps)
        texts = [step for step, ids in path if ids == TEXT_GIVEN]
        more = sum(step.many for step in map(flow.step, texts) if step)
        assert cost(flow, path).messages == len(path) + more


@given(flow_texts())
def test_the_ways_are_those_that_the_engine_goes(text: str) -> None:
    flow = flow_of(text)
    assert list(islice(listed(flow), 300)) == list(first_paths(text, 401)[:300])


@given(flow_texts())
def test_no_way_grants_what_was_not_said_yes_to(text: str) -> None:
    flow = with_readers(flow_of(text), SAMPLE_READERS)
    for path in islice(listed(flow), 100):
        said, allowed = dict(path), permissions(flow, answers_of(flow, path))
        assert set(allowed.read) == set(said.get("read", ())) - {"nobody"}
        assert set(allowed.never) == set(said.get("never", ())) - {"none"}
        assert allowed.act == next(iter(said.get("act", ())), "listen")
        assert allowed.keep == (said["fate"] == ("keep",) or said.get("keep") == ("yes",))
        assert bool(allowed.parts) == bool(allowed.read)
        if flow.step("parts"):
            assert ("story" in allowed.parts) == (said.get("parts") == ("all",))


def answers_of(flow: Flow, path: Path) -> Answers:
    """The answers that a talk has which went this way."""
    steps = {step.id: step for step in flow.steps}
    return tuple(
        Answer(step_id, items=("item",) if taken else ())
        if steps[step_id].takes_text
        else Answer(step_id, choices=taken)
        for step_id, taken in path
    )


SMALL = load(toml([STORY, fate("keep", "later", "erase"), REVIEW]), "made.toml")


def test_all_ways_through_a_small_questionnaire() -> None:
    assert paths(SMALL) == tuple(
        (("story", told), ("fate", fork), ("review", ("yes",)))
        for told in ((), TEXT_GIVEN)
        for fork in ((), ("keep",), ("later",), ("erase",))
    )


def test_too_many_ways_are_not_looked_at() -> None:
    assert len(paths(SMALL, limit=8)) == 8
    with pytest.raises(TooManyPaths, match="made: more than 7 ways through"):
        paths(SMALL, limit=7)


MANY = {
    "id": "many",
    "kind": "many",
    "text": "Which?",
    "choices": [
        {"id": "a", "text": "a"},
        {"id": "b", "text": "b"},
        {"id": "c", "text": "c"},
        {"id": "none", "text": "none", "alone": True},
    ],
}
OTHER = {"id": "other", "kind": "text", "text": "What else?", "when": {"many": "c"}}


def test_choices_that_no_condition_names_are_taken_together() -> None:
    fork = fate("keep", "later", "erase")
    flow = load(toml([STORY, fork, MANY, OTHER, REVIEW]), "made.toml")
    taken = [ids for path in paths(flow)[:100] for step, ids in path if step == "many"]
    assert set(taken) == {(), ("none",), ("a", "b"), ("c",), ("c", "a", "b")}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ((("story", ()),), Cost(1, 1)),
        ((("story", TEXT_GIVEN),), Cost(2, 1)),
        ((("wish", TEXT_GIVEN),), Cost(2, 1)),
        ((("wish", ()),), Cost(1, 1)),
        ((("needs", ("listen", "space")),), Cost(1, 3)),
        ((("needs", ("none",)),), Cost(1, 1)),
        ((("read", ("reader_a", "reader_b")),), Cost(1, 3)),
        ((("read", ("nobody",)),), Cost(1, 1)),
        ((("act", ("put",)), ("keep", ("no",))), Cost(2, 2)),
        ((), Cost(0, 0)),
    ],
)
def test_what_a_way_costs(path: Path, expected: Cost) -> None:
    assert cost(INTAKE, path) == expected


def test_a_way_through_another_questionnaire_has_no_cost() -> None:
    with pytest.raises(KeyError, match="elsewhere"):
        cost(INTAKE, (("elsewhere", ()),))


def test_a_step_in_the_overview_lies_on_no_way() -> None:
    waiting = KEEP | {"place": "overview"}
    steps = [STORY, fate("keep", "read", "later", "erase"), READ, ACT, waiting, REVIEW]
    flow = load(toml(steps), "made.toml")
    asked = {step for path in paths(flow) for step, _ in path}
    assert asked == {"story", "fate", "read", "act", "review"}
