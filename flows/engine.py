"""The talk as pure functions of the answers: what is asked next, what an answer changes.

No position is stored. Its laws, each a property test: settling twice is settling once and only
removes; what remains is relevant; at most as many answers as steps end the talk; permissions
follow from the settled answers alone; skipping everything gives none; ``back`` undoes ``answer``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from flows.model import ACTS, PARTS, Answer, Answers, Choice, Flow, Guard, Kind, Step


@dataclass(frozen=True, slots=True)
class ChoiceResponse:
    """The reporter took these choices."""

    ids: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class TextResponse:
    """The reporter wrote something, which was sealed as this item."""

    item: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class DoneResponse:
    """The reporter has said what they want to say for now."""


@dataclass(frozen=True, slots=True)
class SkipResponse:
    """The reporter passes over the question."""


Response = ChoiceResponse | TextResponse | DoneResponse | SkipResponse


class Reason(StrEnum):
    """Why something could not be taken as an answer."""

    UNKNOWN_STEP = "unknown step"  # the questionnaire does not ask this
    NOT_OPEN = "not open"  # not asked now: an old button, or a step further down
    NO_SUCH_CHOICE = "no such choice"
    EXCLUDED = "excluded"  # this reader was named in the opposite permission
    ONE_ONLY = "one only"
    ALONE = "alone"  # this choice goes with no other
    NEEDS_CHOICE = "needs a choice"
    NEEDS_WORDS = "needs words"
    NOTHING_TOLD = "nothing told"  # done, but there is nothing to be done with
    CANNOT_SKIP = "cannot be skipped"


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that was not taken; nothing has changed."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Permissions:
    """What the reporter allows at this moment; readers are named by the ids of their choices.

    ``parts`` is a subset of ``story needs person`` and empty where nobody may read.
    """

    keep: bool = False
    read: tuple[str, ...] = field(default=(), repr=False)
    parts: frozenset[str] = frozenset()
    never: tuple[str, ...] = field(default=(), repr=False)
    act: str = ACTS[0]


def with_readers(flow: Flow, readers: Sequence[Choice]) -> Flow:
    """The flow with the roster's readers to choose from, after the refusal; the same revision.

    :raises ValueError: two readers, or a reader and a refusal, have the same id.
    """
    steps = tuple(_bound(step, readers) if step.names_readers else step for step in flow.steps)
    return replace(flow, steps=steps)


def _bound(step: Step, readers: Sequence[Choice]) -> Step:
    choices = (step.choices[0], *readers)
    if len({choice.id for choice in choices}) < len(choices):
        raise ValueError(f"step '{step.id}': every reader needs an id of their own")
    return replace(step, choices=choices)


# --- what is asked -----------------------------------------------------------------------------


def _by_step(answers: Iterable[Answer]) -> dict[str, Answer]:
    return {answer.step: answer for answer in answers}


def _says(step: Step, answer: Answer) -> bool:
    """Whether an answer says something: not a skip and not a refusal."""
    return bool(answer.items) or any(taken != step.refusal for taken in answer.choices)


def _holds(flow: Flow, guard: Guard, given: Mapping[str, Answer]) -> bool:
    step, answer = flow.step(guard.step), given.get(guard.step)
    if step is None or answer is None:
        return False
    if not guard.choices:
        return _says(step, answer)
    return any(choice in guard.choices for choice in answer.choices)


def _passes(flow: Flow, step: Step, given: Mapping[str, Answer]) -> bool:
    if step.section is not None and not _holds(flow, Guard(step.section), given):
        return False
    if step.unless and all(_holds(flow, guard, given) for guard in step.unless):
        return False
    return all(_holds(flow, guard, given) for guard in step.when)


def relevant(flow: Flow, step: Step, answers: Answers) -> bool:
    """Whether these answers let the step be asked at all.

    ``never`` is not, where every reader was already named in ``read``.
    """
    if step.asks == "never" and len(options(flow, step, answers)) < 2:  # noqa: PLR2004 - the refusal and somebody
        return False
    return _passes(flow, step, _by_step(answers))


def options(flow: Flow, step: Step, answers: Answers) -> tuple[Choice, ...]:
    """What can be chosen now: whom ``never`` names ``read`` does not offer, and the reverse.

    So a never holds against a later change of ``read`` until the never itself is changed.
    """
    if not step.names_readers:
        return step.choices
    other = _named(flow, "never" if step.asks == "read" else "read", answers)
    return tuple(choice for choice in step.choices if choice.alone or choice.id not in other)


def _named(flow: Flow, permission: str, answers: Answers) -> tuple[str, ...]:
    """The readers whom the answers name for ``read`` or ``never``."""
    step = flow.asking(permission)
    answer = _by_step(answers).get(step.id) if step else None
    if step is None or answer is None:
        return ()
    return tuple(taken for taken in answer.choices if taken != step.refusal)


def next_step(flow: Flow, answers: Answers) -> Step | None:
    """The first question in sequence that is open; notes are never it (``notes_before``)."""
    given = _by_step(answers)
    waiting = (step for step in flow.steps if _in_sequence(step) and not _closed(step, given))
    return next((step for step in waiting if relevant(flow, step, answers)), None)


def _in_sequence(step: Step) -> bool:
    return step.kind is not Kind.NOTE and step.place is None


def _closed(step: Step, given: Mapping[str, Answer]) -> bool:
    answer = given.get(step.id)
    return answer is not None and answer.closed


def notes_before(flow: Flow, answers: Answers, step: Step) -> tuple[Step, ...]:
    """The notes that are said together with this question: those since the question before it."""
    notes: list[Step] = []
    for earlier in flow.steps[: flow.steps.index(step)]:
        if not relevant(flow, earlier, answers):
            continue
        if earlier.kind is Kind.NOTE:
            notes.append(earlier)
        elif _in_sequence(earlier):
            notes.clear()
    return tuple(notes)


# --- what an answer changes --------------------------------------------------------------------


def settle(flow: Flow, answers: Answers) -> Answers:
    """The answers without those whose question, or whose choice, no longer applies.

    One pass is enough, because conditions look upwards only. A reader named in both directions,
    or no longer in the roster, falls out of ``read``: no is the default.
    """
    given, kept = _by_step(answers), dict[str, Answer]()
    never = _named(flow, "never", answers)
    for step in flow.steps:
        answer = given.get(step.id)
        if answer is None or not relevant(flow, step, tuple(kept.values())):
            continue
        trimmed = _trimmed(step, answer, never if step.asks == "read" else ())
        if trimmed is not None:
            kept[step.id] = trimmed
    return tuple(kept[step_id] for step_id in given if step_id in kept)


def _trimmed(step: Step, answer: Answer, excluded: Sequence[str]) -> Answer | None:
    taken = [choice for choice in answer.choices if step.choice(choice)]
    left = tuple(choice for choice in taken if choice not in excluded or choice == step.refusal)
    if answer.choices and not left:
        return None
    return replace(answer, choices=left)


def answer(flow: Flow, answers: Answers, step_id: str, given: Response) -> Answers | Refusal:
    """The answers after one more, settled; or why it cannot be one.

    The question must be the next one, one answered before, or one that waits in the overview.
    An answer given anew replaces the old one and becomes the last, with two exceptions: more
    words add to a question that takes many, and a fork's choice adds a branch. Any change takes
    back the yes of the review.
    """
    step = flow.step(step_id)
    if step is None:
        return Refusal(Reason.UNKNOWN_STEP)
    if not _open(flow, step, answers):
        return Refusal(Reason.NOT_OPEN)
    taken = _taken(flow, step, answers, given)
    if isinstance(taken, Refusal):
        return taken
    return settle(flow, (*_untouched(flow, step, answers), taken))


def _open(flow: Flow, step: Step, answers: Answers) -> bool:
    if step.kind is Kind.NOTE or not relevant(flow, step, answers):
        return False
    reached = step.place is not None or step.id in _by_step(answers)
    return reached or step == next_step(flow, answers)


def _untouched(flow: Flow, step: Step, answers: Answers) -> Answers:
    changing = {s.id for s in flow.steps if s.kind is Kind.REVIEW} | {step.id}
    return tuple(old for old in answers if old.step not in changing)


def _taken(flow: Flow, step: Step, answers: Answers, given: Response) -> Answer | Refusal:
    before = _by_step(answers).get(step.id, Answer(step.id, closed=False))
    match given:
        case SkipResponse():
            return _skipped(step, before)
        case DoneResponse():
            return replace(before, closed=True) if _has_words(step, before) else _nothing()
        case TextResponse(item):
            return _told(step, before, item)
        case ChoiceResponse(ids):
            return _chosen(flow, step, answers, ids)


def _has_words(step: Step, before: Answer) -> bool:
    return step.many and bool(before.items)


def _nothing() -> Refusal:
    return Refusal(Reason.NOTHING_TOLD)


def _skipped(step: Step, before: Answer) -> Answer | Refusal:
    if step.kind is Kind.REVIEW:
        return Refusal(Reason.CANNOT_SKIP)
    if _has_words(step, before) and not before.closed:
        return replace(before, closed=True)  # what was told stays told
    return Answer(step.id)


def _told(step: Step, before: Answer, item: str) -> Answer | Refusal:
    if not step.told:
        return Refusal(Reason.NEEDS_CHOICE)
    if step.many:
        return replace(before, items=(*before.items, item), closed=False)
    return Answer(step.id, items=(item,))


def _chosen(flow: Flow, step: Step, answers: Answers, ids: tuple[str, ...]) -> Answer | Refusal:
    if step.told:
        return Refusal(Reason.NEEDS_WORDS)
    reason = _objection(step, ids, options(flow, step, answers))
    if reason is not None:
        return Refusal(reason)
    taken = {*ids, *_standing(step, ids, answers)}
    return Answer(step.id, choices=tuple(c.id for c in step.choices if c.id in taken))


def _objection(step: Step, ids: tuple[str, ...], offered: Sequence[Choice]) -> Reason | None:
    if not ids:
        return Reason.NEEDS_CHOICE
    if any(step.choice(taken) is None for taken in ids):
        return Reason.NO_SUCH_CHOICE
    if not set(ids) <= {choice.id for choice in offered}:
        return Reason.EXCLUDED
    if len(set(ids)) == 1:
        return None
    if not step.several:
        return Reason.ONE_ONLY
    return Reason.ALONE if _any_alone(step, ids) else None


def _any_alone(step: Step, ids: Iterable[str]) -> bool:
    return any(choice.alone for choice in step.choices if choice.id in ids)


def _standing(step: Step, ids: tuple[str, ...], answers: Answers) -> tuple[str, ...]:
    """The branches of a fork that stay open beside a new one."""
    before = _by_step(answers).get(step.id)
    if step.kind is not Kind.FORK or before is None or _any_alone(step, ids):
        return ()
    return tuple(taken for taken in before.choices if not _any_alone(step, (taken,)))


def back(flow: Flow, answers: Answers) -> Answers:
    """The answers before the last one was given, settled.

    Of many messages only the last is taken back, and a *done* before that: nobody loses a story
    to one tap.
    """
    if not answers:
        return answers
    *rest, last = answers
    step = flow.step(last.step)
    undone = _undone(last) if step is not None and step.many else ()
    return settle(flow, (*rest, *undone))


def _undone(last: Answer) -> Answers:
    if last.closed and last.items:
        return (replace(last, closed=False),)
    items = last.items[:-1]
    return (replace(last, items=items),) if items else ()


# --- what is allowed ---------------------------------------------------------------------------


def given_steps(flow: Flow, answers: Answers) -> tuple[tuple[str, Step, tuple[Choice, ...]], ...]:
    """Every permission given, with the step that asked and the choices taken.

    In the order of the flow; a statement names its exact words through ``shown_words``.
    """
    given = _by_step(settle(flow, answers))
    return tuple(
        permission
        for step in flow.steps
        if step.id in given
        for permission in _given_by(step, given[step.id])
    )


def _given_by(step: Step, answer: Answer) -> Iterable[tuple[str, Step, tuple[Choice, ...]]]:
    taken = tuple(c for c in step.choices if c.id in answer.choices and c.id != step.refusal)
    if step.kind is Kind.PERMISSION and step.asks is not None and taken:
        yield step.asks, step, taken
    if step.kind is Kind.FORK:
        yield from ((choice.asks, step, (choice,)) for choice in taken if choice.asks)


def permissions(flow: Flow, answers: Answers) -> Permissions:
    """What these answers allow, and nothing that they do not."""
    settled = settle(flow, answers)
    given = {name: taken for name, _, taken in given_steps(flow, settled)}
    read = tuple(choice.id for choice in given.get("read", ()))
    return Permissions(
        keep="keep" in given,
        read=read,
        parts=_parts(flow, settled) if read else frozenset(),
        never=tuple(choice.id for choice in given.get("never", ())),
        act=given["act"][0].id if "act" in given else ACTS[0],
    )


def _parts(flow: Flow, settled: Answers) -> frozenset[str]:
    """What the named readers may read: all where it is not asked, the narrowest where skipped."""
    step = next((step for step in flow.steps if step.of == "parts"), None)
    if step is None:
        return PARTS["all"]
    answer = _by_step(settled).get(step.id)
    return PARTS[answer.choices[0] if answer and answer.choices else step.choices[0].id]


def part_of(step: Step) -> str:
    """To which part of a report an answer belongs: ``person``, ``needs`` or ``story``.

    What is not marked as a need belongs to the story, which is shared last.
    """
    if step.kind is Kind.PERSON:
        return "person"
    return step.part or "story"


def shown_words(step: Step, taken: Sequence[Choice]) -> str:
    """The words that a statement hashes: the question, and each choice taken on its own line."""
    return "\n".join((step.text, *(choice.text for choice in taken)))
