"""Every way through a questionnaire, and what each costs the person who takes it."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from flows.engine import (
    Chosen,
    Done,
    Given,
    Refusal,
    Skipped,
    Told,
    answer,
    next_step,
    options,
    with_readers,
)
from flows.model import Answers, Choice, Flow, Kind, Step

LIMIT = 100_000
"""How many paths are looked at before giving up."""

READERS = (Choice("reader_a", "Reader A"), Choice("reader_b", "Reader B"))
"""Two readers stand for any roster: to name one, the other, or both is all that can differ."""

TOLD = ("told",)
"""What a path holds for a question that was answered in words; a skip is an empty tuple."""

Path = tuple[tuple[str, tuple[str, ...]], ...]
"""Step and choice ids, in the order of answering."""


class TooManyPaths(Exception):
    """A questionnaire has more ways through it than can be looked at."""


@dataclass(frozen=True, slots=True, order=True)
class Cost:
    """What a talk asks of a person: messages of the bot to read, and choices to tap."""

    messages: int = 0
    taps: int = 0

    def __add__(self, other: "Cost") -> "Cost":
        """Both together."""
        return Cost(self.messages + other.messages, self.taps + other.taps)


def paths(flow: Flow, limit: int = LIMIT) -> tuple[Path, ...]:
    """Every way through the flow, with two readers in the roster.

    Of a question that takes several choices, those that no condition names lead to the same
    questions: they are taken all together, which is also what costs most.

    :raises TooManyPaths: there are more than ``limit``.
    """
    bound = with_readers(flow, READERS)
    found: list[Path] = []
    for path in _onward(bound, (), ()):
        if len(found) == limit:
            raise TooManyPaths(f"{flow.name}: more than {limit} ways through; ask in fewer steps")
        found.append(path)
    return tuple(found)


def _onward(flow: Flow, answers: Answers, path: Path) -> Iterator[Path]:
    step = next_step(flow, answers)
    if step is None:
        yield path
        return
    for taken in _ways(flow, step, answers):
        yield from _onward(flow, _after(flow, answers, step, taken), (*path, (step.id, taken)))


def _after(flow: Flow, answers: Answers, step: Step, taken: tuple[str, ...]) -> Answers:
    for given in _inputs(step, taken):
        changed = answer(flow, answers, step.id, given)
        if isinstance(changed, Refusal):
            raise TypeError(f"step '{step.id}' refuses what it offers: {changed.reason}")
        answers = changed
    return answers


def _inputs(step: Step, taken: tuple[str, ...]) -> tuple[Given, ...]:
    if not taken:
        return (Skipped(),)
    if not step.told:
        return (Chosen(taken),)
    return (Told("item"), Done()) if step.many else (Told("item"),)


def _ways(flow: Flow, step: Step, answers: Answers) -> Iterator[tuple[str, ...]]:
    if step.kind is not Kind.REVIEW:
        yield ()
    if step.told:
        yield TOLD
    elif step.several:
        yield from _subsets(flow, step, options(flow, step, answers))
    else:
        yield from ((choice.id,) for choice in options(flow, step, answers))


def _subsets(flow: Flow, step: Step, offered: tuple[Choice, ...]) -> Iterator[tuple[str, ...]]:
    yield from ((choice.id,) for choice in offered if choice.alone)
    together = [choice.id for choice in offered if not choice.alone]
    apart = together if step.names_readers else _distinguished(flow, step, together)
    alike = tuple(choice for choice in together if choice not in apart)
    for size in range(len(apart) + 1):
        for some in combinations(apart, size):
            yield from filter(None, dict.fromkeys((some, (*some, *alike))))


def _distinguished(flow: Flow, step: Step, choices: list[str]) -> list[str]:
    """The choices that a condition somewhere tells from the others."""
    guards = [guard for other in flow.steps for guard in (*other.when, *other.unless)]
    named = {choice for guard in guards if guard.step == step.id for choice in guard.choices}
    return [choice for choice in choices if choice in named]


def cost(flow: Flow, path: Path) -> Cost:
    """What this way through costs; notes come with the question after them and cost nothing.

    A skip and a *done* are taps, free words are not.
    """
    bound = with_readers(flow, READERS)
    return sum((_cost(bound, step_id, taken) for step_id, taken in path), Cost())


def _cost(flow: Flow, step_id: str, taken: tuple[str, ...]) -> Cost:
    step = flow.step(step_id)
    if step is None:
        raise KeyError(f"the path names '{step_id}', which the flow does not have")
    if not taken:
        return Cost(1, 1)
    if step.told:
        return Cost(1, int(step.many))
    alone = any(choice.alone for choice in step.choices if choice.id in taken)
    return Cost(1, len(taken) + int(step.several and not alone))
