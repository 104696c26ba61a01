from itertools import islice

from hypothesis import assume, given

from flows.load import load
from flows.model import Flow, Kind
from flows.paths import Path, cost, listed
from flows.survey import Ways, survey
from tests.flows.generated import (
    INTAKE,
    KEEP,
    READ,
    REVIEW,
    STORY,
    Entry,
    fate,
    flow_texts,
    toml,
    walked,
)

FORK = fate("keep", "read", "later", "erase")
MOST = 2_000


def made(*steps: Entry) -> Flow:
    return load(toml(steps), "made.toml")


def of_branch(flow: Flow, ways: list[Path], branch: tuple[str, ...]) -> list[Path]:
    fork = flow.fork
    assert fork is not None
    return [path for path in ways if (fork.id, branch) in path]


@given(flow_texts())
def test_what_is_said_of_all_ways_is_true_of_them(text: str) -> None:
    flow = load(text, "made.toml")
    ways = list(islice(walked(flow), MOST + 1))
    assume(len(ways) <= MOST)
    told = survey(flow)
    assert told.exact
    assert told.count == len(ways)
    assert told.longest.path in ways
    assert told.longest.cost.messages == max(cost(flow, path).messages for path in ways)
    keeping = of_branch(flow, ways, ("keep",))
    assert told.keeping
    assert told.tapping
    assert {told.keeping.path, told.tapping.path} <= set(keeping)
    assert told.keeping.cost.messages == max(cost(flow, path).messages for path in keeping)
    assert told.tapping.cost.taps == max(cost(flow, path).taps for path in keeping)
    for route in (told.longest, told.keeping, told.tapping):
        assert route.cost == cost(flow, route.path)


@given(flow_texts())
def test_what_is_asked_in_a_branch_is_what_its_ways_ask(text: str) -> None:
    flow = load(text, "made.toml")
    ways = list(islice(walked(flow), MOST + 1))
    assume(len(ways) <= MOST)
    told = survey(flow)
    assert sum(len(of_branch(flow, ways, (b,) if b else ())) for b in told.asked) == len(ways)
    for branch, steps in told.asked.items():
        taken = (branch,) if branch else ()
        asked = {step for path in of_branch(flow, ways, taken) for step, _ in path}
        questions = [flow.steps[i] for i in steps if flow.steps[i].kind is not Kind.NOTE]
        assert {step.id for step in questions} == asked
        assert steps <= told.reached
