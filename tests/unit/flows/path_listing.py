"""List every path through a questionnaire: the oracle for what the checker counts."""

from collections.abc import Iterator, Sequence
from itertools import islice

from flows.checks.automaton import Automaton, Node
from flows.checks.paths import Cost, Path, Selection, count_messages, count_taps
from flows.model import Flow, Kind

LIMIT = 100_000
"""How many paths are listed before giving up; ``flows.checks.coverage`` counts without listing."""


class TooManyPaths(Exception):
    """Raised when a questionnaire has more paths than can be listed."""


def listed(flow: Flow) -> Iterator[Path]:
    """List every path through the flow, with two readers in the roster; there can be very many.

    Of a question that takes several choices, those that no condition names lead to the same
    questions: they are taken all together, which is also what costs most.
    """
    nodes = [node for node in Automaton.of(flow).nodes if _in_sequence(node)]
    waiting: list[Iterator[tuple[int, int, Path]]] = [iter([(0, 0, ())])]
    while waiting:
        state = next(waiting[-1], None)
        if state is None:
            waiting.pop()
            continue
        start, true, path = state
        place = _next(nodes, start, true)
        if place is None:
            yield path
        else:
            waiting.append(_onward(nodes[place], place + 1, true, path))


def _onward(node: Node, start: int, true: int, path: Path) -> Iterator[tuple[int, int, Path]]:
    """Where each answer leads: the next place, the conditions that hold, the path so far."""
    for selection in node.selections(true):
        yield start, true | node.conditions_met(selection), (*path, (node.step.id, selection))


def _in_sequence(node: Node) -> bool:
    return node.step.kind is not Kind.NOTE and node.step.place is None and not node.malformed


def _next(nodes: Sequence[Node], start: int, true: int) -> int | None:
    places = range(start, len(nodes))
    return next((place for place in places if nodes[place].is_asked(-1, true)), None)


def paths(flow: Flow, limit: int = LIMIT) -> tuple[Path, ...]:
    """All of these ways.

    :raises TooManyPaths: there are more than ``limit``.
    """
    found = tuple(islice(listed(flow), limit + 1))
    if len(found) > limit:
        raise TooManyPaths(f"{flow.name}: more than {limit} ways through; ask in fewer steps")
    return found


def cost(flow: Flow, path: Path) -> Cost:
    """What this way through costs; notes come with the question after them and cost nothing.

    A skip and a *done* are taps, free words are not.
    """
    return sum((_cost(flow, step_id, selection) for step_id, selection in path), Cost())


def _cost(flow: Flow, step_id: str, selection: Selection) -> Cost:
    step = flow.step(step_id)
    if step is None:
        raise KeyError(f"the path names '{step_id}', which the flow does not have")
    return Cost(count_messages(step, selection), count_taps(step, selection))
