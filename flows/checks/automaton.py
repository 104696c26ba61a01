"""A questionnaire as a machine: its conditions as bits, and what an answer does to them.

Which question comes next depends on few answers: those that a condition further down names. So
two talks that agree in these are the same from there on.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

from flows.checks.problem import nearest
from flows.model import Choice, Flow, Guard, Kind, Step

APART = 6
"""How many choices of one question are told apart before they are only counted."""

READERS = (Choice("reader_a", "Reader A"), Choice("reader_b", "Reader B"))
"""Two readers stand for any roster: to name one, the other, or both is all that can differ."""

TOLD = ("told",)
"""What a path holds for a question that was answered in words; a skip is an empty tuple."""

Taken = tuple[str, ...]
"""The choices of one answer, by id."""


def taps_of(step: Step, taken: Taken) -> int:
    """What this answer costs in taps: a skip and a *done* are taps, free words are not."""
    if not taken:
        return 1
    if step.told:
        return int(step.many)
    alone = any(choice.alone for choice in step.choices if choice.id in taken)
    return len(taken) + int(step.several and not alone)


# --- the ways of one question ------------------------------------------------------------------


def answers_to(step: Step, offered: Sequence[Choice], apart: Sequence[str]) -> Iterator[Taken]:
    """What can be answered to one question.

    Of a question that takes several choices, those that no condition tells ``apart`` lead to the
    same questions: they are taken all together, which is also what costs most.
    """
    if step.kind is not Kind.REVIEW:
        yield ()
    if step.told:
        yield TOLD
    elif step.several:
        yield from ((choice.id,) for choice in offered if choice.alone)
        yield from _subsets([choice.id for choice in offered if not choice.alone], apart)
    else:
        yield from ((choice.id,) for choice in offered)


def _subsets(together: Sequence[str], named: Sequence[str]) -> Iterator[Taken]:
    apart = [choice for choice in together if choice in named]
    alike = tuple(choice for choice in together if choice not in named)
    for size in range(len(apart) + 1):
        for some in combinations(apart, size):
            yield from filter(None, dict.fromkeys((some, (*some, *alike))))


# --- the questionnaire as a machine ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Way:
    """Answers to one question after which the talk goes on alike, and the one that costs most."""

    true: int  # which conditions they fulfil, a bit each
    count: int
    taken: Taken
    taps: int
    vague: int = 0  # conditions of which it is not known


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One question with its conditions as bits: of those above, and of those below about it."""

    index: int
    step: Step
    when: int
    unless: int
    own: Mapping[Guard, int]
    decided: int  # those of own together
    live: int  # the conditions that are still asked about further down
    apart: tuple[str, ...] = ()
    rivals: Mapping[str, int] = field(default_factory=dict)  # readers named the other way
    lost: bool = False  # it has a condition that cannot be understood
    cache: dict[int, tuple[Way, ...]] = field(default_factory=dict)

    def asked(self, known: int, true: int) -> bool | None:
        """Whether it is asked after such answers; ``None`` where that was forgotten."""
        if self.when & known & ~true:
            return False
        excluded = bool(self.unless) and not self.unless & known & ~true
        if excluded and not self.unless & ~known:
            return False
        if self.step.asks == "never" and self._all_named(true):
            return False
        return None if excluded or self.when & ~known else True

    def _all_named(self, true: int) -> bool:
        return bool(self.rivals) and all(bit & true for bit in self.rivals.values())

    def offered(self, true: int) -> tuple[Choice, ...]:
        """What can be chosen: a reader named in one direction is not offered in the other."""
        gone = {reader for reader, bit in self.rivals.items() if bit & true}
        return tuple(choice for choice in self.step.choices if choice.id not in gone)

    def taken(self, true: int) -> Iterator[Taken]:
        """Every answer that can be given."""
        return answers_to(self.step, self.offered(true), self.apart)

    def fulfils(self, taken: Taken) -> int:
        """The conditions that an answer fulfils."""
        said = any(choice != self.step.refusal for choice in taken)
        return sum(
            bit
            for guard, bit in self.own.items()
            if (any(choice in guard.choices for choice in taken) if guard.choices else said)
        )

    def ways(self, true: int) -> tuple[Way, ...]:
        """The answers, those together that fulfil the same conditions."""
        named = true & sum(self.rivals.values())
        if named not in self.cache:
            self.cache[named] = tuple(self._grouped(self.offered(true)))
        return self.cache[named]

    def _grouped(self, offered: Sequence[Choice]) -> Iterable[Way]:
        apart = self.apart if len(self.apart) <= APART else ()
        groups: dict[int, Way] = {}
        for taken in answers_to(self.step, offered, apart):
            way = Way(self.fulfils(taken), 1, taken, taps_of(self.step, taken))
            before = groups.get(way.true, Way(way.true, 0, taken, -1))
            best = max(way, before, key=lambda some: some.taps)
            count = before.count + 1
            groups[way.true] = Way(way.true, count, best.taken, best.taps)
        if apart == self.apart:
            return groups.values()
        return self._counted(groups.values())

    def _counted(self, ways: Iterable[Way]) -> Iterator[Way]:
        """The same with as many subsets as there are, which are too many to tell apart."""
        together = [choice.id for choice in self.step.choices if not choice.alone]
        alike = len(set(together) - set(self.apart)) > 0
        subsets = 2 ** len(self.apart) * (2 if alike else 1) - 1
        for way in ways:
            if len(way.taken) > 1:
                yield Way(0, subsets, way.taken, way.taps, self.decided)
            else:
                yield way


@dataclass(frozen=True, slots=True)
class Automaton:
    """A questionnaire with two readers, and its conditions as bits."""

    nodes: tuple[Node, ...]
    uses: tuple[int, ...]  # how many steps ask about each condition

    @classmethod
    def of(cls, flow: Flow) -> "Automaton":
        """The machine of a flow; one with mistakes is read as it was probably meant."""
        steps = tuple(map(_bound, flow.steps))
        conditions = [Conditions.of(steps, index) for index in range(len(steps))]
        bits: dict[tuple[int, Guard], int] = {}
        for condition in conditions:
            for guard in condition.all:
                bits.setdefault(guard, 1 << len(bits))
        nodes, live = list[Node](), 0
        for index in reversed(range(len(steps))):
            nodes.append(conditions[index].node(index, steps[index], bits, live))
            live |= sum({bits[guard] for guard in conditions[index].all})
        used = [guard for condition in conditions for guard in set(condition.all)]
        return cls(tuple(reversed(nodes)), tuple(used.count(guard) for guard in bits))


def _bound(step: Step) -> Step:
    return replace(step, choices=(*step.choices[:1], *READERS)) if step.names_readers else step


Target = tuple[int, Guard]
"""A condition, and the place in the list of the step that it is about."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What one step asks about the answers above it."""

    when: tuple[Target, ...]
    unless: tuple[Target, ...]
    rivals: tuple[Target, ...]
    lost: bool

    @classmethod
    def of(cls, steps: Sequence[Step], index: int) -> "Conditions":
        """The conditions of the step at this place."""
        step, above = steps[index], steps[:index]
        section = (Guard(step.section),) if step.section else ()
        when = [_target(above, guard) for guard in (*step.when, *section)]
        unless = [_target(above, guard) for guard in step.unless]
        return cls(
            tuple(target for target in when if target),
            tuple(target for target in unless if target),
            tuple(_rivals(above, step)),
            lost=None in when or None in unless,
        )

    @property
    def all(self) -> tuple[Target, ...]:
        """Each of them."""
        return (*self.when, *self.unless, *self.rivals)

    def node(self, index: int, step: Step, bits: Mapping[Target, int], live: int) -> Node:
        """The step with these conditions as bits."""
        own = {guard: bit for (target, guard), bit in bits.items() if target == index}
        named = {choice for guard in own for choice in guard.choices}
        readers = {choice.id for choice in READERS} if step.names_readers else set()
        return Node(
            index,
            step,
            sum({bits[target] for target in self.when}),
            sum({bits[target] for target in self.unless}),
            own,
            sum(own.values()),
            live,
            tuple(c.id for c in step.choices if not c.alone and c.id in named | readers),
            {target[1].choices[0]: bits[target] for target in self.rivals},
            self.lost,
        )


def _target(above: Sequence[Step], guard: Guard) -> Target | None:
    """What a condition is about, or was probably meant to be about."""
    names = {step.id: index for index, step in reversed(list(enumerate(above)))}
    name = guard.step if guard.step in names else nearest(guard.step, names)
    if name is None or above[names[name]].kind is Kind.NOTE:
        return None
    known = [choice.id for choice in above[names[name]].choices]
    meant = [choice if choice in known else nearest(choice, known) for choice in guard.choices]
    found = tuple(choice for choice in meant if choice is not None)
    return None if guard.choices and not found else (names[name], Guard(name, found))


def _rivals(above: Sequence[Step], step: Step) -> Iterator[Target]:
    for index, other in enumerate(above):
        if step.names_readers and other.names_readers and other.asks != step.asks:
            yield from ((index, Guard(other.id, (reader.id,))) for reader in READERS)
