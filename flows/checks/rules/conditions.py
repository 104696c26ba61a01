"""Rules about conditions and sections."""

from collections.abc import Iterator

from flows.checks.draft import FlowDraft
from flows.checks.problem import Problem, did_you_mean
from flows.model import Guard, Kind, Step

SECTION_SUBJECTS = ("body", "violence", "sex")


def check_conditions(draft: FlowDraft) -> Iterator[Problem]:
    """Require that a condition names a step above it, and choices which that step has."""
    for step in draft.flow.steps:
        for key, guards in (("when", step.when), ("unless", step.unless)):
            for guard in guards:
                yield from _guard_problems(draft, step, key, guard)


def _guard_problems(draft: FlowDraft, step: Step, key: str, guard: Guard) -> Iterator[Problem]:
    target = next((s for s in draft.above(step) if s.id == guard.step), None)
    if target is not None:
        yield from _target_problems(draft, step, key, guard, target)
    elif draft.flow.step(guard.step) is not None:
        what = f"'{key}': '{guard.step}' does not stand above this step"
        cure = "A condition looks upwards only: move one of the two."
        yield draft.problem(step, what, cure, key)
    else:
        known = [s.id for s in draft.above(step)]
        what = f"'{key}': there is no step '{guard.step}'"
        yield draft.problem(step, what, did_you_mean(guard.step, known), key)


def _target_problems(
    draft: FlowDraft, step: Step, key: str, guard: Guard, target: Step
) -> Iterator[Problem]:
    if target.kind is Kind.NOTE:
        what = f"'{key}': '{target.id}' is a note and is never answered"
        yield draft.problem(step, what, "Name a question.", key)
        return
    known = [choice.id for choice in target.choices]
    for choice in guard.choices:
        if choice not in known:
            what = f"'{key}': '{target.id}' has no choice '{choice}'"
            cure = did_you_mean(choice, known) if known else "Compare it with true."
            yield draft.problem(step, what, cure, key)


def check_sections(draft: FlowDraft) -> Iterator[Problem]:
    """Require that the section of a step was announced above it."""
    for step in draft.flow.steps:
        known = [s.id for s in draft.above(step) if s.kind is Kind.SECTION]
        if step.section is not None and step.section not in known:
            what = f"there is no section '{step.section}' above it"
            yield draft.problem(step, what, did_you_mean(step.section, known), "section")


def check_section_subjects(draft: FlowDraft) -> Iterator[Problem]:
    """Require that a content notice names one of the three subjects it can have."""
    for step in draft.of_kind(Kind.SECTION):
        if step.touches not in SECTION_SUBJECTS:
            what = f"'touches' is '{step.touches or ''}'"
            yield draft.problem(
                step, what, did_you_mean(step.touches or "", SECTION_SUBJECTS), "touches"
            )
