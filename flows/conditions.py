"""Conditions of steps: in plain words for people, and what follows from one about another.

A questionnaire is a list, so what comes after a step is nowhere written down. ``Facts`` works it
out from the conditions alone, without looking at every way through.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from flows.model import Flow, Guard, Kind, Step

LEFT = "a reader is left who can be named"
"""``never`` is passed over where every reader was named in ``read``."""

Naming = Callable[[Step], str]
"""How a step is called where its condition is said: by its id, or as *question 3*."""


def by_id(step: Step) -> str:
    """As it is called in the file."""
    return f"'{step.id}'"


def in_words(flow: Flow, step: Step, name: Naming = by_id) -> str:
    """When a step is asked, as one sentence; empty if always."""
    if step.place is not None:
        return "Not asked in its turn: it waits in the overview, where it can be opened."
    holds = [holding(flow, guard, name) for guard in needed(step)]
    spared = [holding(flow, guard, name) for guard in step.unless]
    holds.extend([LEFT] if step.asks == "never" else [])
    does = "Said" if step.kind is Kind.NOTE else "Asked"
    if not holds and not spared:
        return ""
    only = f"{does} only if {' and '.join(holds)}" if holds else does
    but = f", but not if {' and '.join(spared)}" if spared else ""
    return f"{only}{but}."


def needed(step: Step) -> tuple[Guard, ...]:
    """Everything that must hold, the section included."""
    return (*((Guard(step.section),) if step.section else ()), *step.when)


def holding(flow: Flow, guard: Guard, name: Naming = by_id) -> str:
    """One condition: *“Let somebody read it” was chosen at 'fate'*."""
    step = flow.step(guard.step)
    if step is None:
        return f"'{guard.step}' was answered"
    if guard.choices:
        return f"{labels(step, guard.choices)} was chosen at {name(step)}"
    if step.names_readers:
        return f"somebody was named at {name(step)}"
    if step.kind is Kind.PERMISSION:
        return f"{name(step)} was answered with a yes"
    if step.kind is Kind.SECTION:
        return f"the section at {name(step)} was not skipped"
    return f"something was {'said' if step.told else 'chosen'} at {name(step)}"


def labels(step: Step, choices: Iterable[str]) -> str:
    """Choices by their words: *“A” or “B”*."""
    found = (step.choice(choice) for choice in choices)
    return " or ".join(f"“{choice.text}”" for choice in found if choice)


# --- what follows from a condition ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known at a place of the talk: conditions that hold, and some that together do not.

    It knows too little rather than too much: what it calls certain is certain.
    """

    flow: Flow
    known: frozenset[Guard] = frozenset()
    failed: frozenset[frozenset[Guard]] = frozenset()

    def also(self, guards: Iterable[Guard]) -> "Facts":
        """With these, and with what had to hold so that they were asked at all."""
        known, waiting = set(self.known), list(guards)
        while waiting:
            guard = waiting.pop()
            if guard not in known:
                known.add(guard)
                step = self.flow.step(guard.step)
                waiting.extend(needed(step) if step else ())
        return Facts(self.flow, frozenset(known), self.failed)

    def without(self, step: Step) -> "Facts":
        """Where this step was passed over."""
        if step.unless or step.asks == "never":  # which of two reasons it was, nobody knows
            return self
        return Facts(self.flow, self.known, self.failed | {frozenset(needed(step))})

    def shared(self, other: "Facts") -> "Facts":
        """What is known on both ways to a place."""
        return Facts(self.flow, self.known & other.known, self.failed & other.failed)

    def certain(self, step: Step) -> bool:
        """Whether the step is asked here in any case."""
        always = not step.unless and step.asks != "never"
        return always and all(self.holds(guard) for guard in needed(step))

    def impossible(self, step: Step) -> bool:
        """Whether the step cannot be asked here."""
        if step.unless and all(self.holds(guard) for guard in step.unless):
            return True
        then = self.also(needed(step))
        ruled_out = any(all(then.holds(g) for g in guards) for guards in self.failed)
        return ruled_out or any(then.contradicts(guard) for guard in needed(step))

    def holds(self, guard: Guard) -> bool:
        """Whether this condition holds here in any case."""
        return any(self._says(known, guard) for known in self.known if known.step == guard.step)

    def _says(self, known: Guard, guard: Guard) -> bool:
        if not guard.choices:
            step = self.flow.step(guard.step)
            refusal = step.refusal if step else None
            return refusal is None or (not known.choices or refusal not in known.choices)
        return bool(known.choices) and set(known.choices) <= set(guard.choices)

    def contradicts(self, guard: Guard) -> bool:
        """Whether another choice was taken where only one can be."""
        step = self.flow.step(guard.step)
        if step is None or step.several or step.kind is Kind.FORK or not guard.choices:
            return False
        others = (k.choices for k in self.known if k.step == guard.step and k.choices)
        return any(not set(choices) & set(guard.choices) for choices in others)


def sequence(flow: Flow) -> Sequence[Step]:
    """The steps that come in their turn."""
    return [step for step in flow.steps if step.place is None]
