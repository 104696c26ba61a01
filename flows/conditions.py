"""Conditions of steps: their description in plain words, and what one implies about another.

A questionnaire is a list, so what follows a step is written down nowhere. ``Knowledge`` works it
out from the conditions alone, without following each path.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from flows.model import Flow, Guard, Kind, Step

READER_LEFT = "a reader is left who can be named"
"""``never`` is not asked where every reader was named in ``read``."""

StepNaming = Callable[[Step], str]
"""Names a step in the description of a condition: by its id, or as *question 3*."""


def quoted_id(step: Step) -> str:
    """Name a step by its id in the file."""
    return f"'{step.id}'"


def describe_condition(flow: Flow, step: Step, name: StepNaming = quoted_id) -> str:
    """Say in one sentence when a step is asked; empty if it always is."""
    if step.place is not None:
        return "Not asked in its turn: it waits in the overview, where it can be opened."
    required = [describe_guard(flow, guard, name) for guard in required_guards(step)]
    excluding = [describe_guard(flow, guard, name) for guard in step.unless]
    required.extend([READER_LEFT] if step.asks == "never" else [])
    verb = "Said" if step.kind is Kind.NOTE else "Asked"
    if not required and not excluding:
        return ""
    only = f"{verb} only if {' and '.join(required)}" if required else verb
    but = f", but not if {' and '.join(excluding)}" if excluding else ""
    return f"{only}{but}."


def required_guards(step: Step) -> tuple[Guard, ...]:
    """Return all guards that must hold, that of the section included."""
    return (*((Guard(step.section),) if step.section else ()), *step.when)


def describe_guard(flow: Flow, guard: Guard, name: StepNaming = quoted_id) -> str:
    """Say one condition in words: *“Let somebody read it” was chosen at 'fate'*."""
    step = flow.step(guard.step)
    if step is None:
        return f"'{guard.step}' was answered"
    if guard.choices:
        return f"{quote_choices(step, guard.choices)} was chosen at {name(step)}"
    if step.names_readers:
        return f"somebody was named at {name(step)}"
    if step.kind is Kind.PERMISSION:
        return f"{name(step)} was answered with a yes"
    if step.kind is Kind.SECTION:
        return f"the section at {name(step)} was not skipped"
    return f"something was {'said' if step.takes_text else 'chosen'} at {name(step)}"


def quote_choices(step: Step, choices: Iterable[str]) -> str:
    """Name choices by their texts: *“A” or “B”*."""
    found = (step.choice(choice) for choice in choices)
    return " or ".join(f"“{choice.text}”" for choice in found if choice)


def steps_in_sequence(flow: Flow) -> Sequence[Step]:
    """Return the steps that are asked in their turn, and do not wait in the overview."""
    return [step for step in flow.steps if step.place is None]


# --- what follows from a condition ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is certain at one point of a conversation.

    ``guards`` hold; of each set in ``excluded`` at least one guard does not. It may know too
    little, but what it calls certain is certain.
    """

    flow: Flow
    guards: frozenset[Guard] = frozenset()
    excluded: frozenset[frozenset[Guard]] = frozenset()

    def with_guards(self, guards: Iterable[Guard]) -> "Knowledge":
        """Add these guards, and those that had to hold for their steps to be asked at all."""
        certain, waiting = set(self.guards), list(guards)
        while waiting:
            guard = waiting.pop()
            if guard not in certain:
                certain.add(guard)
                step = self.flow.step(guard.step)
                waiting.extend(required_guards(step) if step else ())
        return Knowledge(self.flow, frozenset(certain), self.excluded)

    def after_skipping(self, step: Step) -> "Knowledge":
        """Add that the conditions of this step did not hold, where that is the only reason."""
        if step.unless or step.asks == "never":  # it is unknown which of two reasons applied
            return self
        not_all = frozenset(required_guards(step))
        return Knowledge(self.flow, self.guards, self.excluded | {not_all})

    def intersection(self, other: "Knowledge") -> "Knowledge":
        """Keep what is certain on both of two paths to one point."""
        return Knowledge(self.flow, self.guards & other.guards, self.excluded & other.excluded)

    def is_certain(self, step: Step) -> bool:
        """Tell whether the step is asked here in any case."""
        unconditional = not step.unless and step.asks != "never"
        return unconditional and all(self.implies(guard) for guard in required_guards(step))

    def is_impossible(self, step: Step) -> bool:
        """Tell whether the step cannot be asked here."""
        if step.unless and all(self.implies(guard) for guard in step.unless):
            return True
        then = self.with_guards(required_guards(step))
        ruled_out = any(all(then.implies(g) for g in guards) for guards in self.excluded)
        return ruled_out or any(then.contradicts(guard) for guard in required_guards(step))

    def implies(self, guard: Guard) -> bool:
        """Tell whether this guard certainly holds here."""
        return any(self._implies(own, guard) for own in self.guards if own.step == guard.step)

    def _implies(self, known: Guard, guard: Guard) -> bool:
        if not guard.choices:
            step = self.flow.step(guard.step)
            refusal = step.refusal if step else None
            return refusal is None or (not known.choices or refusal not in known.choices)
        return bool(known.choices) and set(known.choices) <= set(guard.choices)

    def contradicts(self, guard: Guard) -> bool:
        """Tell whether another choice was taken where only one can be."""
        step = self.flow.step(guard.step)
        if step is None or step.takes_several or step.kind is Kind.FORK or not guard.choices:
            return False
        others = (own.choices for own in self.guards if own.step == guard.step and own.choices)
        return any(not set(choices) & set(guard.choices) for choices in others)
