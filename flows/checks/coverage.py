"""How many ways lead through a questionnaire, the dearest of them, and the steps on none.

Talks that agree in all that a condition further down asks about are counted together, so the
numbers are exact without walking every way. Where even the talks that differ are too many, some
difference is forgotten, and what comes out are bounds: never too few ways, never too small a
cost, and no step called out of reach that can be reached.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations, islice

from flows.checks.automaton import Automaton, Node, Taken, Way, taps_of
from flows.model import Flow, Kind
from flows.paths import Cost, Path

STATES = 192
"""How many kinds of talks are told apart in one branch before differences are forgotten."""

MOST_BRANCHES = 16
"""A fork has six answers at most, a skip among them; one with mistakes may have more."""

TOGETHER = frozenset({"keep", "match", "read"})
"""The branches of a fork that can be open at once."""

BILLION = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Route:
    """The way that costs most of something, and what it costs."""

    cost: Cost
    path: Path


@dataclass(frozen=True, slots=True)
class Ways:
    """What can be said of all ways through a questionnaire, with two readers in the roster.

    ``count`` and the costs are ``exact``, or bounds from above. ``asked`` says for each answer to
    the fork (a skip is the empty word) which steps, by their place in the list, can be asked on
    ways that take it; ``reached`` which steps can be asked or said at all, also after a line of
    the overview was opened.
    """

    count: int
    exact: bool
    longest: Route
    keeping: Route | None  # the way to only keep it with the most messages
    tapping: Route | None  # and the one with the most taps
    asked: Mapping[str, frozenset[int]]
    reached: frozenset[int]

    def __str__(self) -> str:
        """The number in words that a person can say."""
        if self.count >= BILLION:
            return f"fewer than 10^{len(str(self.count))} ways through"
        return f"{'' if self.exact else 'at most '}{self.count:,} ways through"


Chain = tuple["Chain | None", str, Taken, int]


@dataclass(slots=True)
class _Best:
    """Talks that go on alike: how many, and the dearest of them."""

    count: int
    messages: int
    taps: int
    longest: Chain | None
    tapping: Chain | None

    def then(self, node: Node, way: Way) -> "_Best":
        """After one more answer."""
        name = node.step.id
        return _Best(
            self.count * way.count,
            self.messages + 1,
            self.taps + way.taps,
            (self.longest, name, way.taken, way.taps),
            (self.tapping, name, way.taken, way.taps),
        )

    def join(self, other: "_Best") -> None:
        """Take in talks that go on in the same way."""
        self.count += other.count
        if other.messages > self.messages:
            self.messages, self.longest = other.messages, other.longest
        if other.taps > self.taps:
            self.taps, self.tapping = other.taps, other.tapping


Layer = dict[tuple[int, int], _Best]
"""By which conditions are known, and which of them hold."""


@dataclass(slots=True)
class _Walk:
    """All talks at once, from the first question to the last; by the answer to the fork."""

    machine: Automaton
    states: int
    opened: bool = False  # also what waits in the overview, and several branches at once
    exact: bool = True
    layers: dict[str, Layer] = field(
        default_factory=lambda: {"": {(0, 0): _Best(1, 0, 0, None, None)}}
    )
    asked: dict[str, set[int]] = field(default_factory=lambda: {"": set()})

    def run(self) -> "_Walk":
        """Walk to the end."""
        fork = next((n for n in self.machine.nodes if n.step.kind is Kind.FORK), None)
        for node in self.machine.nodes:
            if node is fork and not self.opened:
                self._branch(node)
            else:
                for branch, layer in self.layers.items():
                    self.layers[branch] = self._narrow(self._step(branch, layer, node))
        return self

    def _branch(self, fork: Node) -> None:
        """From here on each answer to the fork is a layer of its own."""
        before, steps = self.layers.pop(""), self.asked.pop("")
        for taken in islice(fork.taken(0), MOST_BRANCHES):
            way = Way(fork.fulfils(taken), 1, taken, taps_of(fork.step, taken))
            branch = "".join(taken)
            self.layers[branch] = {}
            self.asked[branch] = {*steps, fork.index}
            for (known, true), best in before.items():
                _add(self.layers[branch], *_after(fork, known, true, way), best.then(fork, way))

    def _step(self, branch: str, layer: Layer, node: Node) -> Layer:
        after: Layer = {}
        for (known, true), best in layer.items():
            asked = self._asked(node, known, true)
            if asked is not False:
                self.asked[branch].add(node.index)
            if asked is None:
                self.exact = False
            if asked is not True or node.step.kind is Kind.NOTE:
                _add(after, *_after(node, known, true, UNASKED), best)
            if asked is not False and node.step.kind is not Kind.NOTE:
                for way in self._ways(node, true):
                    _add(after, *_after(node, known, true, way), best.then(node, way))
        return after

    def _asked(self, node: Node, known: int, true: int) -> bool | None:
        if node.lost:
            return None if self.opened else False
        asked = node.asked(known, true)
        if node.step.place is not None and asked is not False:
            return None if self.opened else False
        return asked

    def _ways(self, node: Node, true: int) -> Iterable[Way]:
        ways = node.ways(true)
        if node.step.kind is not Kind.FORK or not self.opened:
            return ways
        return (*ways, *_branches(node))

    def _narrow(self, layer: Layer) -> Layer:
        """The layer with fewer kinds of talks: the conditions asked about least are forgotten."""
        while len(layer) > self.states:
            self.exact = False
            uses = self.machine.uses
            kept = ~min(_bits(_telling(layer)), key=lambda bit: uses[bit.bit_length() - 1])
            narrowed: Layer = {}
            for (known, true), best in layer.items():
                _add(narrowed, known & kept, true & kept, best)
            layer = narrowed
        return layer


UNASKED = Way(0, 1, (), 0)


def _after(node: Node, known: int, true: int, way: Way) -> tuple[int, int]:
    known = (known | node.decided) & ~way.vague & node.live
    return known, (true | way.true) & known


def _add(layer: Layer, known: int, true: int, best: _Best) -> None:
    there = layer.get((known, true))
    if there is None:
        layer[known, true] = _Best(
            best.count, best.messages, best.taps, best.longest, best.tapping
        )
    else:
        there.join(best)


def _branches(fork: Node) -> Iterator[Way]:
    """Several branches of a fork, as they are once a line of the overview was opened."""
    ids = [choice.id for choice in fork.step.choices if choice.id in TOGETHER]
    for size in range(2, len(ids) + 1):
        for taken in combinations(ids, size):
            yield Way(fork.fulfils(taken), 1, taken, 0)


def _telling(layer: Layer) -> int:
    """The conditions in which the talks of a layer differ."""
    ever_true = ever_false = ever_unknown = 0
    for known, true in layer:
        ever_true |= true
        ever_false |= known & ~true
        ever_unknown |= ~known
    return (ever_true & ever_false) | ((ever_true | ever_false) & ever_unknown)


def _bits(mask: int) -> Iterator[int]:
    while mask:
        yield mask & -mask
        mask &= mask - 1


def survey(flow: Flow, states: int = STATES) -> Ways:
    """All ways through the flow at once, in a time that grows with its length and no more.

    ``states`` is how many kinds of talks are told apart in one branch; fewer are quicker, and
    the bounds wider.
    """
    machine = Automaton.of(flow)
    straight = _Walk(machine, states).run()
    opened = _Walk(machine, states, opened=True).run()
    ends = {branch: _joined(layer) for branch, layer in straight.layers.items()}
    longest = max(ends.values(), key=lambda best: best.messages)
    keep = ends.get("keep")
    return Ways(
        sum(best.count for best in ends.values()),
        straight.exact,
        _route(longest.longest),
        _route(keep.longest) if keep else None,
        _route(keep.tapping) if keep else None,
        {branch: frozenset(steps) for branch, steps in straight.asked.items()},
        frozenset(opened.asked[""]),
    )


def _joined(layer: Layer) -> _Best:
    first, *rest = layer.values()
    for best in rest:
        first.join(best)
    return first


def _route(chain: Chain | None) -> Route:
    path: list[tuple[str, Taken]] = []
    taps = 0
    while chain is not None:
        chain, step, taken, tapped = chain
        path.append((step, taken))
        taps += tapped
    return Route(Cost(len(path), taps), tuple(reversed(path)))
