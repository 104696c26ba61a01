"""Rules about permissions and the details that narrow them."""

from collections.abc import Collection, Iterator

from flows.checks.draft import FlowDraft
from flows.checks.problem import Problem, did_you_mean
from flows.model import ACTS, PARTS, PERMISSIONS, Choice, Kind, Step

DETAIL_PERMISSIONS: dict[str, tuple[str, ...]] = {
    "parts": ("read",),
    "reach": ("match", "contact"),
}


def check_permissions_are_known(draft: FlowDraft) -> Iterator[Problem]:
    """Refuse permissions that are unknown or that this build cannot honour."""
    for step in draft.of_kind(Kind.PERMISSION):
        if step.asks is None:
            cure = f'Write asks = "...", one of: {", ".join(draft.honoured)}.'
            yield draft.problem(step, "it does not say which permission it asks for", cure)
        else:
            yield from _permission_problems(draft, step, step.asks)
    for fork in draft.of_kind(Kind.FORK):
        for choice in fork.choices:
            if choice.id == "match":
                yield from _permission_problems(draft, fork, "match", choice)


def _permission_problems(
    draft: FlowDraft, step: Step, permission: str, at: str | Choice = "asks"
) -> Iterator[Problem]:
    if permission not in PERMISSIONS:
        what = f"there is no permission '{permission}'"
        yield draft.problem(step, what, did_you_mean(permission, PERMISSIONS), at)
    elif permission not in draft.honoured:
        what = f"this version cannot keep the promise of '{permission}' yet"
        cure = "Leave it out until it can, so that nobody is asked."
        yield draft.problem(step, what, cure, at)


def check_permissions_are_asked_once(draft: FlowDraft) -> Iterator[Problem]:
    """Refuse a second step for one permission: the two could contradict each other."""
    first: dict[str, Step] = {}
    for step in draft.of_kind(Kind.PERMISSION):
        earlier = first.setdefault(step.asks or step.id, step)
        if earlier is not step:
            what = f"'{step.asks}' is asked on line {earlier.line} already"
            yield draft.problem(step, what, "Ask for each permission once.", "asks")


def check_forks_grant_only_keep(draft: FlowDraft) -> Iterator[Problem]:
    """Let a fork give no permission except ``keep``, in words that say so."""
    for fork in draft.of_kind(Kind.FORK):
        for choice in fork.choices:
            if choice.asks is None or (choice.asks, choice.id) in KEEP_CHOICES:
                continue
            what = f"the choice '{choice.id}' cannot ask for '{choice.asks}'"
            cure = "Only a choice that keeps may, and only for keep; ask the rest in a step."
            yield draft.problem(fork, what, cure, choice)


KEEP_CHOICES = frozenset({("keep", "keep"), ("keep", "match")})
"""Permission and choice: the pairs that a fork may hold."""


def check_refusals_come_first(draft: FlowDraft) -> Iterator[Problem]:
    """Require that every permission can be refused, and that the refusal comes first."""
    for step in draft.of_kind(Kind.PERMISSION):
        ids = [choice.id for choice in step.choices]
        if step.names_readers:
            yield from _roster_step_problems(draft, step, ids)
        elif step.asks in PERMISSIONS:
            yield from _refusal_problems(
                draft, step, ids, "listen" if step.asks == "act" else "no"
            )


def _roster_step_problems(draft: FlowDraft, step: Step, ids: list[str]) -> Iterator[Problem]:
    if not ids:
        cure = "Write one choice that refuses."
        yield draft.problem(step, "there is no way to say no", cure, "choices")
    if len(ids) > 1:
        cure = "Write the refusal only; the names come from the roster."
        yield draft.problem(step, f"it has {len(ids)} choices", cure, "choices")


def _refusal_problems(draft: FlowDraft, step: Step, ids: list[str], no: str) -> Iterator[Problem]:
    if no not in ids:
        cure = f'Add {{ id = "{no}", text = "..." }} as the first choice.'
        yield draft.problem(step, "there is no way to say no", cure, "choices")
    elif ids[0] != no:
        cure = f"Move the choice '{no}' to the top."
        refusal = step.choice(no) or "choices"
        yield draft.problem(step, "the refusal is not the first choice", cure, refusal)
    if ids == [no]:
        cure = "Write a second choice."
        yield draft.problem(step, "there is no way to say yes", cure, "choices")


def check_acts(draft: FlowDraft) -> Iterator[Problem]:
    """Require the known choices of ``act``: they are signed, so their meanings are fixed."""
    for step in draft.of_kind(Kind.PERMISSION):
        if step.asks == "act":
            yield from _unknown_choices(draft, step, ACTS)


def check_keep_choices(draft: FlowDraft) -> Iterator[Problem]:
    """Require that ``keep`` is one question with the answers no and yes."""
    for step in draft.of_kind(Kind.PERMISSION):
        if step.asks == "keep":
            yield from _unknown_choices(draft, step, ("no", "yes"))


def _unknown_choices(draft: FlowDraft, step: Step, known: Collection[str]) -> Iterator[Problem]:
    for choice in step.choices:
        if choice.id not in known:
            what = f"there is no choice '{choice.id}' here"
            yield draft.problem(step, what, did_you_mean(choice.id, known), choice)


def check_details_stand_below(draft: FlowDraft) -> Iterator[Problem]:
    """Require that ``parts`` and ``act`` follow a ``read``, and are asked only after it."""
    for step in draft.flow.steps:
        if step.of in DETAIL_PERMISSIONS:
            yield from _placement_problems(draft, step, DETAIL_PERMISSIONS[step.of])
        if step.asks == "act":
            yield from _placement_problems(draft, step, ("read",))


def _placement_problems(
    draft: FlowDraft, step: Step, permissions: tuple[str, ...]
) -> Iterator[Problem]:
    above = [s.id for s in draft.above(step) if s.asks in permissions]
    names = " or ".join(permissions)
    if not above:
        what = f"the permission that it narrows ({names}) is not asked above it"
        yield draft.problem(step, what, "Move it below that step.")
    elif not any(guard.step in above and not guard.choices for guard in step.when):
        what = f"it is asked also where '{above[0]}' was not given"
        yield draft.problem(step, what, f"Add when = {{ {above[0]} = true }}.", "when")


def check_details(draft: FlowDraft) -> Iterator[Problem]:
    """Require that a detail says what it narrows; ``parts`` is asked once, narrowest first."""
    details = list(draft.of_kind(Kind.DETAIL))
    for step in details:
        if step.of not in DETAIL_PERMISSIONS:
            what = f"'of' is '{step.of or ''}'"
            yield draft.problem(
                step, what, did_you_mean(step.of or "", tuple(DETAIL_PERMISSIONS)), "of"
            )
    parts = [step for step in details if step.of == "parts"]
    for step in parts[1:]:
        what = f"parts are asked on line {parts[0].line} already"
        yield draft.problem(step, what, "Keep one of them.")
    for step in parts:
        yield from _unknown_choices(draft, step, tuple(PARTS))
        yield from _order_problems(draft, step)


def _order_problems(draft: FlowDraft, step: Step) -> Iterator[Problem]:
    ids = [choice.id for choice in step.choices if choice.id in PARTS]
    ladder = [part for part in PARTS if part in ids]
    if ids != ladder:
        cure = f"Order them: {', '.join(ladder)}."
        yield draft.problem(step, "the narrowest choice is not first", cure, "choices")
