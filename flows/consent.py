"""The permissions that follow from the answers, and the words that a statement signs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from flows.engine import index_by_step, named_readers, settle
from flows.model import ACTS, PARTS, Answer, Answers, Choice, Flow, Kind, Step


@dataclass(frozen=True, slots=True)
class Permissions:
    """The permissions in force; readers are named by the ids of their choices.

    ``parts`` is a subset of ``story needs person``, and empty where nobody may read.
    """

    keep: bool = False
    read: tuple[str, ...] = field(default=(), repr=False)
    parts: frozenset[str] = frozenset()
    never: tuple[str, ...] = field(default=(), repr=False)
    act: str = ACTS[0]


def given_steps(flow: Flow, answers: Answers) -> tuple[tuple[str, Step, tuple[Choice, ...]], ...]:
    """List every permission given, with the step that asked and the choices taken.

    The order is that of the flow; a statement names its exact words through ``shown_words``.
    """
    return _given_in(flow, settle(flow, answers))


def _given_in(flow: Flow, settled: Answers) -> tuple[tuple[str, Step, tuple[Choice, ...]], ...]:
    given = index_by_step(settled)
    return tuple(
        permission
        for step in flow.steps
        if step.id in given
        for permission in _permissions_of(step, given[step.id])
    )


def _permissions_of(step: Step, answer: Answer) -> Iterable[tuple[str, Step, tuple[Choice, ...]]]:
    taken = tuple(c for c in step.choices if c.id in answer.choices and c.id != step.refusal)
    someone_who_left = step.asks == "never" and any(c != step.refusal for c in answer.choices)
    if step.kind is Kind.PERMISSION and step.asks is not None and (taken or someone_who_left):
        yield step.asks, step, taken
    if step.kind is Kind.FORK:
        yield from ((choice.asks, step, (choice,)) for choice in taken if choice.asks)


def permissions(flow: Flow, answers: Answers) -> Permissions:
    """Compute the permissions that these answers give, and nothing beyond them."""
    settled = settle(flow, answers)
    given = {name: taken for name, _, taken in _given_in(flow, settled)}
    never = named_readers(flow, "never", index_by_step(settled))
    read = tuple(choice.id for choice in given.get("read", ()))
    return Permissions(
        keep="keep" in given,
        read=read,
        parts=_readable_parts(flow, settled) if read else frozenset(),
        never=never,
        act=given["act"][0].id if "act" in given else ACTS[0],
    )


def _readable_parts(flow: Flow, settled: Answers) -> frozenset[str]:
    """Return what the named readers may read: all if it is not asked, the narrowest if skipped."""
    step = next((step for step in flow.steps if step.of == "parts"), None)
    if step is None:
        return PARTS["all"]
    answer = index_by_step(settled).get(step.id)
    return PARTS[answer.choices[0] if answer and answer.choices else step.choices[0].id]


def part_of(step: Step) -> str:
    """Return the part of a report that an answer belongs to: ``person``, ``needs`` or ``story``.

    An answer that is not marked as a need belongs to the story, which is shared last.
    """
    if step.kind is Kind.PERSON:
        return "person"
    return step.part or "story"


def shown_words(step: Step, taken: Sequence[Choice]) -> str:
    """Return the words that a statement hashes: the question, then each choice on its own line."""
    return "\n".join((step.text, *(choice.text for choice in taken)))
