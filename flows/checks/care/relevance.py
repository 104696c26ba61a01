"""Rules of care about what is asked where."""

from collections.abc import Iterator, Mapping

from flows.checks.draft import FlowDraft
from flows.checks.problem import Problem
from flows.folding import folded
from flows.model import Kind, Step

SERVED_BRANCHES: Mapping[str, frozenset[str]] = {
    "needs": frozenset({"read"}),
    "person": frozenset({"read", "match"}),
}
"""The answers to the fork for which a need and the person are asked."""


FINAL_BRANCHES = ("later", "erase", "")
"""The answers to the fork, a skip among them, after which nothing more is asked."""


def check_branches(draft: FlowDraft) -> Iterator[Problem]:
    """Require that after the fork only steps of the chosen branch are asked."""
    if draft.paths is None or draft.flow.fork is None:
        return
    after = draft.flow.steps.index(draft.flow.fork)
    for place, step in enumerate(draft.flow.steps[after + 1 :], after + 1):
        wrong = [
            b for b in _unserved_branches(step) if place in draft.paths.asked_by_branch.get(b, ())
        ]
        if wrong:
            named = " or ".join(f"'{b}'" if b else "a skip" for b in wrong)
            what = f"it is asked also after {named}, which it does not serve"
            yield draft.problem(step, what, _branch_cure(draft.flow.fork, step), "when")


def _unserved_branches(step: Step) -> tuple[str, ...]:
    """Return the answers to the fork after which a step is out of place."""
    if step.kind in {Kind.NOTE, Kind.REVIEW, Kind.PERMISSION, Kind.DETAIL}:
        return ()
    serves = SERVED_BRANCHES.get("person" if step.kind is Kind.PERSON else step.part or "")
    others = [b for b in ("keep", "match") if serves is not None and b not in serves]
    return (*others, *FINAL_BRANCHES)


def _branch_cure(fork: Step, step: Step) -> str:
    serves = SERVED_BRANCHES.get(step.part or "", SERVED_BRANCHES["person"]) & {
        choice.id for choice in fork.choices
    }
    wanted = next(iter(sorted(serves, reverse=True)), "keep")
    return f'Add when = {{ {fork.id} = "{wanted}" }}.'


def check_one_person(draft: FlowDraft) -> Iterator[Problem]:
    """Refuse a second person: another person is another conversation."""
    for step in [*draft.of_kind(Kind.PERSON)][1:]:
        cure = "Ask once; somebody else is a talk of its own."
        yield draft.problem(step, "the person is asked for already", cure, "kind")


def check_repeats(draft: FlowDraft) -> Iterator[Problem]:
    """Refuse a text that was asked in the same words before."""
    first: dict[str, Step] = {}
    for step in draft.flow.steps:
        earlier = first.setdefault(folded(step.text), step)
        if earlier is not step and step.text:
            what = f"it says the same as '{earlier.id}' on line {earlier.line}"
            yield draft.problem(step, what, "Take one of them out, or change its words.", "text")
