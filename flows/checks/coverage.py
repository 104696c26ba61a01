"""The paths through a questionnaire: their number, the most expensive, and unreachable steps.

Conversations in the same state of the automaton are counted together, so the numbers are exact
without following each path. Where there are too many states, some conditions are forgotten and
the results are bounds: never too few paths, never too small a cost, and no step reported as
unreachable that can be reached.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from flows.checks.automaton import Automaton, Node, Transition
from flows.checks.paths import Cost, Path, Selection, count_messages, count_taps
from flows.model import Flow, Kind

MAX_STATES = 192
"""How many states of one branch are distinguished before conditions are forgotten."""

MAX_BRANCHES = 16
"""A fork has six answers at most, a skip among them; one with mistakes may have more."""

BILLION = 1_000_000_000


@dataclass(frozen=True, slots=True)
class CostlyPath:
    """A path that costs most of something, with its cost."""

    cost: Cost
    path: Path


@dataclass(frozen=True, slots=True)
class PathSummary:
    """The properties of all paths through a questionnaire, with two readers in the roster.

    ``count`` and the costs are ``exact`` or upper bounds. ``asked_by_branch`` maps each answer to
    the fork (the empty string is a skip) to the indexes of the steps that can be asked on paths
    with that answer. ``reachable`` holds the indexes of all steps that can be asked or said,
    also after a line of the overview was opened.
    """

    count: int
    exact: bool
    longest: CostlyPath
    keep_most_messages: CostlyPath | None  # of the paths that only keep the story
    keep_most_taps: CostlyPath | None
    asked_by_branch: Mapping[str, frozenset[int]]
    reachable: frozenset[int]

    def __str__(self) -> str:
        """Return the number of paths in words that a person can say."""
        if self.count >= BILLION:
            return f"fewer than 10^{len(str(self.count))} ways through"
        return f"{'' if self.exact else 'at most '}{self.count:,} ways through"


Chain = tuple["Chain | None", str, Selection, Cost]
"""A path as a linked list: its beginning, then step, selection and cost of its last answer."""


@dataclass(slots=True)
class _PathGroup:
    """The paths into one state: their number and the most expensive ones."""

    count: int
    messages: int
    taps: int
    most_messages: Chain | None
    most_taps: Chain | None

    def extended_by(self, node: Node, transition: Transition) -> "_PathGroup":
        """Return the paths after one more answer."""
        messages = count_messages(node.step, transition.selection)
        last = (node.step.id, transition.selection, Cost(messages, transition.taps))
        return _PathGroup(
            self.count * transition.count,
            self.messages + messages,
            self.taps + transition.taps,
            (self.most_messages, *last),
            (self.most_taps, *last),
        )

    def merge(self, other: "_PathGroup") -> None:
        """Add paths that lead into the same state."""
        self.count += other.count
        if other.messages > self.messages:
            self.messages, self.most_messages = other.messages, other.most_messages
        if other.taps > self.taps:
            self.taps, self.most_taps = other.taps, other.most_taps


Layer = dict[tuple[int, int], _PathGroup]
"""The paths into each state; a state is the known conditions and those of them that hold."""


@dataclass(slots=True)
class _Traversal:
    """All paths at once, from the first question to the last, by the answer to the fork."""

    automaton: Automaton
    max_states: int
    overview: bool = False  # also follow lines of the overview
    exact: bool = True
    layers: dict[str, Layer] = field(
        default_factory=lambda: {"": {(0, 0): _PathGroup(1, 0, 0, None, None)}}
    )
    asked: dict[str, set[int]] = field(default_factory=lambda: {"": set()})

    def run(self) -> "_Traversal":
        """Follow all paths to their end."""
        fork = next((n for n in self.automaton.nodes if n.step.kind is Kind.FORK), None)
        for node in self.automaton.nodes:
            if node is fork and not self.overview:
                self._split_at_fork(node)
            else:
                for branch, layer in self.layers.items():
                    self.layers[branch] = self._narrow(self._advance(branch, layer, node))
        return self

    def _split_at_fork(self, fork: Node) -> None:
        """Continue with one layer for each answer to the fork."""
        before, steps = self.layers.pop(""), self.asked.pop("")
        for selection in islice(fork.selections(0), MAX_BRANCHES):
            taps = count_taps(fork.step, selection)
            answer = Transition(fork.conditions_met(selection), 1, selection, taps)
            branch = "".join(selection)
            self.layers[branch] = {}
            self.asked[branch] = {*steps, fork.index}
            for (known, true), group in before.items():
                state = _next_state(fork, known, true, answer)
                _add(self.layers[branch], state, group.extended_by(fork, answer))

    def _advance(self, branch: str, layer: Layer, node: Node) -> Layer:
        """Take every path of a layer past one step."""
        after: Layer = {}
        for (known, true), group in layer.items():
            asked = self._is_asked(node, known, true)
            if asked is not False:
                self.asked[branch].add(node.index)
            if asked is None:
                self.exact = False
            if asked is not True or node.step.kind is Kind.NOTE:
                _add(after, _next_state(node, known, true, NOT_ASKED), group)
            if asked is not False and node.step.kind is not Kind.NOTE:
                for answer in node.transitions(true):
                    state = _next_state(node, known, true, answer)
                    _add(after, state, group.extended_by(node, answer))
        return after

    def _is_asked(self, node: Node, known: int, true: int) -> bool | None:
        if node.malformed:
            return None if self.overview else False
        asked = node.is_asked(known, true)
        if node.step.place is not None and asked is not False:
            return None if self.overview else False
        return asked

    def _narrow(self, layer: Layer) -> Layer:
        """Merge states until there are few enough, forgetting the least used conditions."""
        uses = self.automaton.uses
        while len(layer) > self.max_states:
            self.exact = False
            bits = _iter_bits(_distinguishing_bits(layer))
            kept = ~min(bits, key=lambda bit: uses[bit.bit_length() - 1])
            narrowed: Layer = {}
            for (known, true), group in layer.items():
                _add(narrowed, (known & kept, true & kept), group)
            layer = narrowed
        return layer


NOT_ASKED = Transition(0, 1, (), 0)


def _next_state(node: Node, known: int, true: int, answer: Transition) -> tuple[int, int]:
    known = (known | node.own_mask) & ~answer.unknown & node.live_mask
    return known, (true | answer.true) & known


def _add(layer: Layer, state: tuple[int, int], group: _PathGroup) -> None:
    existing = layer.get(state)
    if existing is None:
        layer[state] = _PathGroup(
            group.count, group.messages, group.taps, group.most_messages, group.most_taps
        )
    else:
        existing.merge(group)


def _distinguishing_bits(layer: Layer) -> int:
    """Return the conditions in which the states of a layer differ."""
    ever_true = ever_false = ever_unknown = 0
    for known, true in layer:
        ever_true |= true
        ever_false |= known & ~true
        ever_unknown |= ~known
    return (ever_true & ever_false) | ((ever_true | ever_false) & ever_unknown)


def _iter_bits(mask: int) -> Iterator[int]:
    while mask:
        yield mask & -mask
        mask &= mask - 1


def summarize_paths(flow: Flow, max_states: int = MAX_STATES) -> PathSummary:
    """Summarize all paths through the flow, in time proportional to its length.

    ``max_states`` is how many states of one branch are distinguished; fewer are quicker, and the
    bounds wider.
    """
    automaton = Automaton.of(flow)
    in_sequence = _Traversal(automaton, max_states).run()
    with_overview = _Traversal(automaton, max_states, overview=True).run()
    by_branch = {branch: _merge_layer(layer) for branch, layer in in_sequence.layers.items()}
    longest = max(by_branch.values(), key=lambda group: group.messages)
    keep = by_branch.get("keep")
    return PathSummary(
        sum(group.count for group in by_branch.values()),
        in_sequence.exact,
        _path_from_chain(longest.most_messages),
        _path_from_chain(keep.most_messages) if keep else None,
        _path_from_chain(keep.most_taps) if keep else None,
        {branch: frozenset(steps) for branch, steps in in_sequence.asked.items()},
        frozenset(with_overview.asked[""]),
    )


def _merge_layer(layer: Layer) -> _PathGroup:
    first, *rest = layer.values()
    for group in rest:
        first.merge(group)
    return first


def _path_from_chain(chain: Chain | None) -> CostlyPath:
    path: list[tuple[str, Selection]] = []
    total = Cost()
    while chain is not None:
        chain, step, selection, cost = chain
        path.append((step, selection))
        total += cost
    return CostlyPath(total, tuple(reversed(path)))
