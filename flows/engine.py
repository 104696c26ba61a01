"""The conversation as pure functions of the answers: the next question, the effect of an answer.

No position is stored. Each law is a property test: settling twice equals settling once and only
removes; the remaining answers are relevant; at most as many answers as steps end the conversation;
permissions follow from the settled answers alone; skipping everything gives none; ``back`` undoes
``answer``.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import takewhile

from flows.model import Answer, Answers, Choice, Flow, Guard, Kind, Step
from flows.responses import (
    ChoiceResponse,
    DoneResponse,
    Reason,
    Refusal,
    Response,
    SkipResponse,
    TextResponse,
)


def with_readers(flow: Flow, readers: Sequence[Choice]) -> Flow:
    """Bind the roster's readers as choices, after the refusal; the revision stays the same.

    :raises ValueError: two readers, or a reader and a refusal, have the same id.
    """
    steps = tuple(_bind(step, readers) if step.names_readers else step for step in flow.steps)
    return replace(flow, steps=steps)


def _bind(step: Step, readers: Sequence[Choice]) -> Step:
    choices = (step.choices[0], *readers)
    if len({choice.id for choice in choices}) < len(choices):
        raise ValueError(f"step '{step.id}': every reader needs an id of their own")
    return replace(step, choices=choices)


# --- what is asked -----------------------------------------------------------------------------


def index_by_step(answers: Iterable[Answer]) -> dict[str, Answer]:
    """Map each step id to its answer."""
    return {answer.step: answer for answer in answers}


def is_affirmative(step: Step, answer: Answer) -> bool:
    """Tell whether an answer is neither a skip nor a refusal."""
    return bool(answer.items) or any(taken != step.refusal for taken in answer.choices)


def _guard_holds(flow: Flow, guard: Guard, given: Mapping[str, Answer]) -> bool:
    step, answer = flow.step(guard.step), given.get(guard.step)
    if step is None or answer is None:
        return False
    if not guard.choices:
        return is_affirmative(step, answer)
    return any(choice in guard.choices for choice in answer.choices)


def _conditions_hold(
    flow: Flow, step: Step, given: Mapping[str, Answer], undecided: Collection[str] = ()
) -> bool:
    """Tell whether the conditions of a step hold, or may still hold by an undecided step."""
    if step.section is None and not step.when and not step.unless:
        return True
    section = () if step.section is None else (Guard(step.section),)
    needed = (guard for guard in (*section, *step.when) if guard.step not in undecided)
    if not all(_guard_holds(flow, guard, given) for guard in needed):
        return False
    refused = all(
        guard.step not in undecided and _guard_holds(flow, guard, given) for guard in step.unless
    )
    return not (step.unless and refused)


def relevant(flow: Flow, step: Step, answers: Answers) -> bool:
    """Tell whether these answers let the step be asked at all.

    ``never`` is irrelevant where every reader was already named in ``read``, unless it names
    somebody: they are not in the roster at the moment.
    """
    return _is_relevant(flow, step, index_by_step(answers))


def _is_relevant(
    flow: Flow, step: Step, given: Mapping[str, Answer], undecided: Collection[str] = ()
) -> bool:
    if step.asks == "never" and not named_readers(flow, "never", given):
        somebody = len(_options(flow, step, given)) > 1  # besides the refusal
        return somebody and _conditions_hold(flow, step, given, undecided)
    return _conditions_hold(flow, step, given, undecided)


def options(flow: Flow, step: Step, answers: Answers) -> tuple[Choice, ...]:
    """Return the choices on offer: a reader named in ``never`` is not offered in ``read``.

    Nor is a reader named in ``read`` offered in ``never``. A never therefore holds against a
    later change of ``read`` until the never itself is changed.
    """
    return _options(flow, step, index_by_step(answers))


def _options(flow: Flow, step: Step, given: Mapping[str, Answer]) -> tuple[Choice, ...]:
    if not step.names_readers:
        return step.choices
    other = named_readers(flow, "never" if step.asks == "read" else "read", given)
    return tuple(choice for choice in step.choices if choice.alone or choice.id not in other)


def named_readers(flow: Flow, permission: str, given: Mapping[str, Answer]) -> tuple[str, ...]:
    """Return the readers whom the answers name for ``read`` or ``never``."""
    step = flow.permission_step(permission)
    answer = given.get(step.id) if step else None
    if step is None or answer is None:
        return ()
    return tuple(taken for taken in answer.choices if taken != step.refusal)


def next_step(flow: Flow, answers: Answers) -> Step | None:
    """Return the first open question in sequence; it is never a note (``notes_before``)."""
    given = index_by_step(answers)
    for step in flow.steps:
        if _in_sequence(step) and not _is_closed(step, given) and _is_relevant(flow, step, given):
            return step
    return None


def _in_sequence(step: Step) -> bool:
    return step.kind is not Kind.NOTE and step.place is None


def _is_closed(step: Step, given: Mapping[str, Answer]) -> bool:
    answer = given.get(step.id)
    return answer is not None and answer.closed


def notes_before(flow: Flow, answers: Answers, step: Step) -> tuple[Step, ...]:
    """Return the notes to say with this question: those since the question before it."""
    given, notes = index_by_step(answers), list[Step]()
    for earlier in takewhile(lambda other: other.id != step.id, flow.steps):
        if not _is_relevant(flow, earlier, given):
            continue
        if earlier.kind is Kind.NOTE:
            notes.append(earlier)
        elif _in_sequence(earlier):
            notes.clear()
    return tuple(notes)


# --- what an answer changes --------------------------------------------------------------------


def settle(flow: Flow, answers: Answers, anew: Collection[str] = ()) -> Answers:
    """Remove the answers whose question, or whose choice, no longer applies.

    ``anew``: steps that are asked once more. What hangs on one of them stays until it is answered.

    One pass is enough because conditions look upwards only. A reader who is named in both
    directions, or is no longer in the roster, is removed from ``read``: no is the default. From
    ``never`` nobody is removed: whoever leaves the roster may come back to it.
    """
    given, kept, undecided = index_by_step(answers), dict[str, Answer](), set[str]()
    never = named_readers(flow, "never", given)
    for step in flow.steps:
        answer = given.get(step.id)
        if answer is None:
            if step.id in anew and _is_relevant(flow, step, kept, undecided):
                undecided.add(step.id)
            continue
        if not _is_relevant(flow, step, {**kept, step.id: answer}, undecided):
            continue
        trimmed = _trim(step, answer, never if step.asks == "read" else ())
        if trimmed is not None:
            kept[step.id] = trimmed
    return tuple(kept[step_id] for step_id in given if step_id in kept)


def _trim(step: Step, answer: Answer, excluded: Sequence[str]) -> Answer | None:
    taken = [c for c in answer.choices if step.choice(c) or step.asks == "never"]
    left = tuple(choice for choice in taken if choice not in excluded or choice == step.refusal)
    if answer.choices and not left:
        return None
    return answer if left == answer.choices else replace(answer, choices=left)


def answer(
    flow: Flow, answers: Answers, step_id: str, given: Response, anew: Collection[str] = ()
) -> Answers | Refusal:
    """Add a response and settle the answers (see ``settle``), or refuse it.

    The question must be the next one, one answered before, or one that waits in the overview. A
    new answer replaces the old one and becomes the last, except that more text adds to a question
    that takes many. So a fork's new choice closes the branch of the old one, with all that was
    allowed in it. Any change revokes the yes of the review.
    """
    step = flow.step(step_id)
    if step is None:
        return Refusal(Reason.UNKNOWN_STEP)
    if not _is_open(flow, step, answers):
        return Refusal(Reason.NOT_OPEN)
    taken = _new_answer(flow, step, answers, given)
    if isinstance(taken, Refusal):
        return taken
    return settle(flow, (*_unaffected(flow, step, answers), taken), anew)


def _is_open(flow: Flow, step: Step, answers: Answers) -> bool:
    if step.kind is Kind.NOTE or not relevant(flow, step, answers):
        return False
    reached = step.place is not None or step.id in index_by_step(answers)
    return reached or step == next_step(flow, answers)


def _unaffected(flow: Flow, step: Step, answers: Answers) -> Answers:
    changing = {s.id for s in flow.steps if s.kind is Kind.REVIEW} | {step.id}
    return tuple(old for old in answers if old.step not in changing)


def _new_answer(flow: Flow, step: Step, answers: Answers, given: Response) -> Answer | Refusal:
    before = index_by_step(answers).get(step.id, Answer(step.id, closed=False))
    match given:
        case SkipResponse():
            return _skip(step, before)
        case DoneResponse():
            return (
                replace(before, closed=True)
                if _has_items(step, before)
                else Refusal(Reason.NOTHING_TOLD)
            )
        case TextResponse(item):
            return _add_text(step, before, item)
        case ChoiceResponse(ids):
            return _choose(flow, step, answers, ids)


def _has_items(step: Step, before: Answer) -> bool:
    return step.many and bool(before.items)


def _skip(step: Step, before: Answer) -> Answer | Refusal:
    if step.kind is Kind.REVIEW:
        return Refusal(Reason.CANNOT_SKIP)
    if _has_items(step, before) and not before.closed:
        return replace(before, closed=True)  # what was written stays
    return Answer(step.id)


def _add_text(step: Step, before: Answer, item: str) -> Answer | Refusal:
    if not step.takes_text:
        return Refusal(Reason.NEEDS_CHOICE)
    if step.many:
        return replace(before, items=(*before.items, item), closed=False)
    return Answer(step.id, items=(item,))


def _choose(flow: Flow, step: Step, answers: Answers, ids: tuple[str, ...]) -> Answer | Refusal:
    if step.takes_text:
        return Refusal(Reason.NEEDS_WORDS)
    reason = _choice_objection(step, ids, options(flow, step, answers))
    if reason is not None:
        return Refusal(reason)
    return Answer(step.id, choices=tuple(c.id for c in step.choices if c.id in ids))


def _choice_objection(
    step: Step, ids: tuple[str, ...], offered: Sequence[Choice]
) -> Reason | None:
    if not ids:
        return Reason.NEEDS_CHOICE
    if any(step.choice(taken) is None for taken in ids):
        return Reason.NO_SUCH_CHOICE
    if not set(ids) <= {choice.id for choice in offered}:
        return Reason.EXCLUDED
    if len(set(ids)) == 1:
        return None
    if not step.takes_several:
        return Reason.ONE_ONLY
    return Reason.ALONE if _any_alone(step, ids) else None


def _any_alone(step: Step, ids: Iterable[str]) -> bool:
    return any(choice.alone for choice in step.choices if choice.id in ids)


def back(flow: Flow, answers: Answers) -> Answers:
    """Undo the last answer and settle the rest.

    Of many messages only the last is removed, and a *done* before that, so that nobody loses a
    story to one tap.
    """
    if not answers:
        return answers
    *rest, last = answers
    step = flow.step(last.step)
    undone = _undo(last) if step is not None and step.many else ()
    return settle(flow, (*rest, *undone))


def _undo(last: Answer) -> Answers:
    if last.closed and last.items:
        return (replace(last, closed=False),)
    items = last.items[:-1]
    return (replace(last, items=items),) if items else ()
