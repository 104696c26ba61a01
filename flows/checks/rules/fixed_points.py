"""Rules about the three fixed points of a conversation: story, fork and review."""

from collections.abc import Iterator

from flows.checks.draft import FlowDraft
from flows.checks.problem import Problem, did_you_mean, nearest
from flows.model import Choice, Kind, Step

FORK_CHOICES = ("keep", "match", "read", "later", "erase")


REQUIRED_FORK_CHOICES = ("keep", "later", "erase")


FORK_PERMISSIONS = ("keep", "match", "read")


def check_fork_follows_story(draft: FlowDraft) -> Iterator[Problem]:
    """Require exactly one fork, directly after the first text."""
    forks = list(draft.of_kind(Kind.FORK))
    if not forks:
        cure = "After the story, ask what should happen with it: keep, later and erase at least."
        yield draft.problem(None, "there is no step of kind 'fork'", cure)
    for fork in forks[1:]:
        what = f"there is a fork on line {forks[0].line} already"
        yield draft.problem(fork, what, "Keep one of them.")
    for fork in forks[:1]:
        questions = [s for s in draft.above(fork) if s.kind is not Kind.NOTE]
        if [s.kind for s in draft.above(fork)[-1:]] != [Kind.TEXT] or len(questions) != 1:
            cure = "Move it directly below the first step of kind 'text', the first question."
            yield draft.problem(fork, "the fork does not come directly after the story", cure)


def check_fork_choices(draft: FlowDraft) -> Iterator[Problem]:
    """Require the closed choices of a fork, three of which are always there."""
    for fork in draft.of_kind(Kind.FORK):
        ids = [choice.id for choice in fork.choices]
        for missing in (choice for choice in REQUIRED_FORK_CHOICES if choice not in ids):
            cure = f'Add {{ id = "{missing}", text = "..." }}.'
            yield draft.problem(fork, f"the choice '{missing}' is missing", cure, "choices")
        for unknown in (choice for choice in fork.choices if choice.id not in FORK_CHOICES):
            what = f"a fork has no choice '{unknown.id}'"
            yield draft.problem(fork, what, did_you_mean(unknown.id, FORK_CHOICES), unknown)


def check_branches_lead_somewhere(draft: FlowDraft) -> Iterator[Problem]:
    """Require that each branch gives its permission or opens the step that asks for it."""
    fork = draft.flow.fork
    for choice in fork.choices if fork else ():
        promised = choice.id in FORK_PERMISSIONS and choice.id in draft.honoured
        if fork and promised and not _leads_to_permission(draft, fork, choice):
            cure = f'Add such a step with when = {{ {fork.id} = "{choice.id}" }}.'
            what = f"the choice '{choice.id}' leads to no step that asks for '{choice.id}'"
            yield draft.problem(fork, what, cure, choice)


def _leads_to_permission(draft: FlowDraft, fork: Step, choice: Choice) -> bool:
    step = draft.flow.permission_step(choice.id)
    named = [guard.choices for guard in step.when if guard.step == fork.id] if step else []
    known = [other.id for other in fork.choices]
    meant = {name if name in known else nearest(name, known) for names in named for name in names}
    return choice.id in meant or choice.asks == choice.id


def check_review_is_last(draft: FlowDraft) -> Iterator[Problem]:
    """Require one review, at the end: nothing is handed over before its yes."""
    reviews = list(draft.of_kind(Kind.REVIEW))
    if not reviews:
        cure = "End with a step of kind 'review'."
        yield draft.problem(None, "there is no step of kind 'review'", cure)
    for review in reviews[1:]:
        what = f"there is a review on line {reviews[0].line} already"
        yield draft.problem(review, what, "Keep one of them.")
    if reviews and draft.flow.steps[-1].kind is not Kind.REVIEW:
        yield draft.problem(reviews[-1], "the review is not the last step", "Move it to the end.")


def check_fixed_points(draft: FlowDraft) -> Iterator[Problem]:
    """Refuse conditions of story, fork and review."""
    story = draft.flow.story
    for step in (*([story] if story else []), *draft.of_kind(Kind.FORK, Kind.REVIEW)):
        if step.when or step.unless or step.section:
            cure = "Remove when, unless and section from it."
            key = next(key for key in ("when", "unless", "section") if getattr(step, key))
            yield draft.problem(step, "story, fork and review are asked always", cure, key)
