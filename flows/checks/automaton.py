"""A questionnaire as a finite automaton over its conditions.

Which question comes next depends on few answers: those that a condition further down names. A
state is therefore the set of conditions that are known and that hold, one bit each, and two
conversations in the same state continue alike.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

from flows.checks.paths import TEXT_GIVEN, Selection, count_taps
from flows.checks.problem import nearest
from flows.model import SAMPLE_READERS, Choice, Flow, Guard, Kind, Step

MAX_DISTINGUISHED = 6
"""How many choices of one question are distinguished; of more, subsets are only counted."""


# --- the answers to one question ---------------------------------------------------------------


def possible_selections(
    step: Step, offered: Sequence[Choice], distinguished: Sequence[str]
) -> Iterator[Selection]:
    """Yield the selections that can answer one question.

    Where several choices can be selected at once, those that no condition distinguishes lead to
    the same questions: they are selected all together, which is also what costs most.
    """
    if step.kind is not Kind.REVIEW:
        yield ()
    if step.takes_text:
        yield TEXT_GIVEN
    elif step.takes_several:
        yield from ((choice.id,) for choice in offered if choice.alone)
        yield from _subsets([choice.id for choice in offered if not choice.alone], distinguished)
    else:
        yield from ((choice.id,) for choice in offered)


def _subsets(choices: Sequence[str], distinguished: Sequence[str]) -> Iterator[Selection]:
    named = [choice for choice in choices if choice in distinguished]
    others = tuple(choice for choice in choices if choice not in distinguished)
    for size in range(len(named) + 1):
        for some in combinations(named, size):
            yield from filter(None, dict.fromkeys((some, (*some, *others))))


# --- nodes and transitions ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Transition:
    """A group of answers to one question that lead to the same state."""

    true: int  # the conditions that these answers fulfil
    count: int
    selection: Selection  # the answer of the group that costs most taps
    taps: int
    unknown: int = 0  # the conditions that these answers may or may not fulfil


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One step with its conditions as bits: those that it has, and those that name it."""

    index: int
    step: Step
    when: int
    unless: int
    own: Mapping[Guard, int]  # the conditions further down that name this step
    own_mask: int
    live_mask: int  # the conditions that are still evaluated further down
    distinguished: tuple[str, ...] = ()
    exclusions: Mapping[str, int] = field(default_factory=dict)  # readers named the other way
    malformed: bool = False  # it has a condition that cannot be understood
    cache: dict[int, tuple[Transition, ...]] = field(default_factory=dict)

    def is_asked(self, known: int, true: int) -> bool | None:
        """Tell whether the step is asked in a state; ``None`` if the state does not say."""
        if self.when & known & ~true:
            return False
        excluded = bool(self.unless) and not self.unless & known & ~true
        if excluded and not self.unless & ~known:
            return False
        if self.step.asks == "never" and self._all_readers_named(true):
            return False
        return None if excluded or self.when & ~known else True

    def _all_readers_named(self, true: int) -> bool:
        return bool(self.exclusions) and all(bit & true for bit in self.exclusions.values())

    def offered(self, true: int) -> tuple[Choice, ...]:
        """Return the choices on offer, without readers named in the opposite permission."""
        excluded = {reader for reader, bit in self.exclusions.items() if bit & true}
        return tuple(choice for choice in self.step.choices if choice.id not in excluded)

    def selections(self, true: int) -> Iterator[Selection]:
        """Yield every answer that can be given."""
        return possible_selections(self.step, self.offered(true), self.distinguished)

    def conditions_met(self, selection: Selection) -> int:
        """Return the conditions that an answer fulfils."""
        affirmative = any(choice != self.step.refusal for choice in selection)
        return sum(
            bit
            for guard, bit in self.own.items()
            if (
                any(choice in guard.choices for choice in selection)
                if guard.choices
                else affirmative
            )
        )

    def transitions(self, true: int) -> tuple[Transition, ...]:
        """Return the answers, grouped by the conditions that they fulfil."""
        named = true & sum(self.exclusions.values())
        if named not in self.cache:
            self.cache[named] = tuple(self._group_by_conditions(self.offered(true)))
        return self.cache[named]

    def _group_by_conditions(self, offered: Sequence[Choice]) -> Iterable[Transition]:
        distinguished = self.distinguished if len(self.distinguished) <= MAX_DISTINGUISHED else ()
        groups: dict[int, Transition] = {}
        for selection in possible_selections(self.step, offered, distinguished):
            taps = count_taps(self.step, selection)
            answer = Transition(self.conditions_met(selection), 1, selection, taps)
            before = groups.get(answer.true, Transition(answer.true, 0, selection, -1))
            best = max(answer, before, key=lambda some: some.taps)
            count = before.count + 1
            groups[answer.true] = Transition(answer.true, count, best.selection, best.taps)
        if distinguished == self.distinguished:
            return groups.values()
        return self._count_subsets(groups.values())

    def _count_subsets(self, transitions: Iterable[Transition]) -> Iterator[Transition]:
        """Replace the answer with all choices by as many subsets as those choices have."""
        combinable = [choice.id for choice in self.step.choices if not choice.alone]
        alike = len(set(combinable) - set(self.distinguished)) > 0
        subsets = 2 ** len(self.distinguished) * (2 if alike else 1) - 1
        for transition in transitions:
            if len(transition.selection) > 1:
                yield Transition(0, subsets, transition.selection, transition.taps, self.own_mask)
            else:
                yield transition


@dataclass(frozen=True, slots=True)
class Automaton:
    """A questionnaire with two readers, and its conditions as bits."""

    nodes: tuple[Node, ...]
    uses: tuple[int, ...]  # how many steps evaluate each condition

    @classmethod
    def of(cls, flow: Flow) -> "Automaton":
        """Build the automaton of a flow; misspelt conditions are read as probably intended."""
        steps = tuple(map(_bind, flow.steps))
        conditions = [Conditions.of(steps, index) for index in range(len(steps))]
        bits: dict[tuple[int, Guard], int] = {}
        for condition in conditions:
            for guard in condition.targets:
                bits.setdefault(guard, 1 << len(bits))
        nodes, live_mask = list[Node](), 0
        for index in reversed(range(len(steps))):
            nodes.append(conditions[index].make_node(index, steps[index], bits, live_mask))
            live_mask |= sum({bits[guard] for guard in conditions[index].targets})
        used = [guard for condition in conditions for guard in set(condition.targets)]
        return cls(tuple(reversed(nodes)), tuple(used.count(guard) for guard in bits))


def _bind(step: Step) -> Step:
    if not step.names_readers:
        return step
    return replace(step, choices=(*step.choices[:1], *SAMPLE_READERS))


# --- conditions --------------------------------------------------------------------------------

Target = tuple[int, Guard]
"""A condition, with the index of the step that it names."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """The conditions of one step, resolved against the steps above it."""

    when: tuple[Target, ...]
    unless: tuple[Target, ...]
    exclusions: tuple[Target, ...]
    malformed: bool

    @classmethod
    def of(cls, steps: Sequence[Step], index: int) -> "Conditions":
        """Resolve the conditions of the step at this index."""
        step, above = steps[index], steps[:index]
        section = (Guard(step.section),) if step.section else ()
        when = [_target(above, guard) for guard in (*step.when, *section)]
        unless = [_target(above, guard) for guard in step.unless]
        return cls(
            tuple(target for target in when if target),
            tuple(target for target in unless if target),
            tuple(_exclusions(above, step)),
            malformed=None in when or None in unless,
        )

    @property
    def targets(self) -> tuple[Target, ...]:
        """All conditions of the step."""
        return (*self.when, *self.unless, *self.exclusions)

    def make_node(
        self, index: int, step: Step, bits: Mapping[Target, int], live_mask: int
    ) -> Node:
        """Build the node of the step, with these conditions as bits."""
        own = {guard: bit for (target, guard), bit in bits.items() if target == index}
        named = {choice for guard in own for choice in guard.choices}
        readers = {choice.id for choice in SAMPLE_READERS} if step.names_readers else set()
        return Node(
            index,
            step,
            sum({bits[target] for target in self.when}),
            sum({bits[target] for target in self.unless}),
            own,
            sum(own.values()),
            live_mask,
            tuple(c.id for c in step.choices if not c.alone and c.id in named | readers),
            {target[1].choices[0]: bits[target] for target in self.exclusions},
            self.malformed,
        )


def _target(above: Sequence[Step], guard: Guard) -> Target | None:
    """Find the step that a condition names or was probably meant to name."""
    names = {step.id: index for index, step in reversed(list(enumerate(above)))}
    name = guard.step if guard.step in names else nearest(guard.step, names)
    if name is None or above[names[name]].kind is Kind.NOTE:
        return None
    known = [choice.id for choice in above[names[name]].choices]
    intended = [choice if choice in known else nearest(choice, known) for choice in guard.choices]
    choices = tuple(choice for choice in intended if choice is not None)
    return None if guard.choices and not choices else (names[name], Guard(name, choices))


def _exclusions(above: Sequence[Step], step: Step) -> Iterator[Target]:
    for index, other in enumerate(above):
        if step.names_readers and other.names_readers and other.asks != step.asks:
            yield from ((index, Guard(other.id, (reader.id,))) for reader in SAMPLE_READERS)
