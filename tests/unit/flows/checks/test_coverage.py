from hypothesis import assume, given
from hypothesis import strategies as st

from flows.checks.coverage import summarize_paths
from flows.checks.paths import TEXT_GIVEN, Cost, Path
from flows.engine import relevant
from flows.files.load import load
from flows.model import Answers, Flow, Kind
from tests.unit.flows.generated import (
    INTAKE,
    READ,
    REVIEW,
    STORY,
    Entry,
    fate,
    first_paths,
    flow_of,
    flow_texts,
    toml,
    wanderings,
)
from tests.unit.flows.path_listing import cost

FORK = fate("keep", "read", "later", "erase")
MOST = 400


def made(*steps: Entry) -> Flow:
    return load(toml(steps), "made.toml")


def of_branch(flow: Flow, ways: list[Path], branch: tuple[str, ...]) -> list[Path]:
    fork = flow.fork
    assert fork is not None
    return [path for path in ways if (fork.id, branch) in path]


@given(flow_texts())
def test_what_is_said_of_all_ways_is_true_of_them(text: str) -> None:
    flow = flow_of(text)
    ways = list(first_paths(text, MOST + 1))
    assume(len(ways) <= MOST)
    told = summarize_paths(flow)
    assert told.exact
    assert told.count == len(ways)
    assert told.longest.path in ways
    assert told.longest.cost.messages == max(cost(flow, path).messages for path in ways)
    keeping = of_branch(flow, ways, ("keep",))
    assert told.keep_most_messages
    assert told.keep_most_taps
    assert {told.keep_most_messages.path, told.keep_most_taps.path} <= set(keeping)
    assert told.keep_most_messages.cost.messages == max(
        cost(flow, path).messages for path in keeping
    )
    assert told.keep_most_taps.cost.taps == max(cost(flow, path).taps for path in keeping)
    for route in (told.longest, told.keep_most_messages, told.keep_most_taps):
        assert route.cost == cost(flow, route.path)


@given(flow_texts())
def test_what_is_asked_in_a_branch_is_what_its_ways_ask(text: str) -> None:
    flow = flow_of(text)
    ways = list(first_paths(text, MOST + 1))
    assume(len(ways) <= MOST)
    told = summarize_paths(flow)
    assert sum(len(of_branch(flow, ways, (b,) if b else ())) for b in told.asked_by_branch) == len(
        ways
    )
    for branch, steps in told.asked_by_branch.items():
        taken = (branch,) if branch else ()
        asked = {step for path in of_branch(flow, ways, taken) for step, _ in path}
        questions = [flow.steps[i] for i in steps if flow.steps[i].kind is not Kind.NOTE]
        assert {step.id for step in questions} == asked
        assert steps <= told.reachable


@given(flow_texts(), st.integers(1, 3))
def test_what_is_forgotten_makes_bounds_wider_and_never_wrong(text: str, states: int) -> None:
    flow = flow_of(text)
    told, bound = summarize_paths(flow), summarize_paths(flow, states)
    assert told.exact
    assert bound.count >= told.count
    assert bound.longest.cost.messages >= told.longest.cost.messages
    assert told.keep_most_taps
    assert bound.keep_most_taps
    assert bound.keep_most_taps.cost.taps >= told.keep_most_taps.cost.taps
    assert bound.reachable >= told.reachable
    assert all(
        bound.asked_by_branch[branch] >= steps for branch, steps in told.asked_by_branch.items()
    )
    assert bound.exact or str(bound).startswith(("at most ", "fewer than "))


@given(wanderings())
def test_every_question_that_a_talk_can_come_to_is_reached(case: tuple[Flow, Answers]) -> None:
    flow, answers = case
    reached = summarize_paths(flow).reachable
    for place, step in enumerate(flow.steps):
        if step.asks != "never" and relevant(flow, step, answers):
            assert place in reached


def test_a_step_whose_conditions_contradict_each_other_is_not_reached() -> None:
    note = {"id": "aside", "kind": "note", "text": "So.", "when": {"fate": "read"}}
    flow = made(STORY, FORK, READ, note | {"unless": {"fate": "read"}}, REVIEW)
    assert summarize_paths(flow).reachable == frozenset({0, 1, 2, 4})


MANY: Entry = {
    "id": "many",
    "kind": "many",
    "text": "Which?",
    "choices": [{"id": f"c{n}", "text": f"c{n}"} for n in range(11)],
}
NAMED = [
    {"id": f"n{n}", "kind": "text", "text": f"And {n}?", "when": {"many": f"c{n}"}}
    for n in range(10)
]


def test_a_question_with_very_many_choices_is_bounded() -> None:
    flow = made(STORY, fate("keep", "later", "erase"), MANY, *NAMED, REVIEW)
    told = summarize_paths(flow)
    assert not told.exact
    assert told.count >= 8 * 3**10
    assert told.longest.cost.messages == 5 + len(NAMED)
    assert str(told).startswith("at most ")


def test_a_number_that_nobody_can_say_is_said_as_a_power() -> None:
    texts = [{"id": f"t{n}", "kind": "text", "text": f"And {n}?"} for n in range(40)]
    told = summarize_paths(made(STORY, fate("keep", "later", "erase"), *texts, REVIEW))
    assert told.exact
    assert told.count == 8 * 2**40
    assert str(told) == "fewer than 10^13 ways through"


def test_the_ways_through_the_shipped_questions() -> None:
    told = summarize_paths(INTAKE)
    assert (told.exact, str(told)) == (True, "1,626,008 ways through")
    assert told.longest.cost == Cost(22, 24)
    assert told.keep_most_messages
    assert told.keep_most_messages.path == (
        ("story", TEXT_GIVEN),
        ("fate", ("keep",)),
        ("review", ("yes",)),
    )
    assert told.asked_by_branch["keep"] == told.asked_by_branch["later"] == frozenset({0, 1, 17})
    assert len(told.reachable) == len(INTAKE.steps)
