"""Rules about the names, texts and keys of steps."""

import re
from collections import Counter
from collections.abc import Iterator

from flows.checks.draft import FlowDraft
from flows.checks.problem import Problem, did_you_mean
from flows.model import Kind, Step

IDENTIFIER = re.compile(r"[a-z0-9_]{1,24}")


LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


KINDS_WITH_CHOICES = frozenset({Kind.ONE, Kind.MANY, Kind.FORK, Kind.PERMISSION, Kind.DETAIL})


PLACEABLE_KINDS = frozenset({Kind.PERMISSION, Kind.DETAIL})


def check_header(draft: FlowDraft) -> Iterator[Problem]:
    """Require a name, a language and a label for the hello."""
    flow = draft.flow
    if not IDENTIFIER.fullmatch(flow.name):
        yield draft.problem(None, "'name' is not a name", 'For example name = "intake".', "name")
    if not LANGUAGE.fullmatch(flow.language):
        cure = 'For example language = "en".'
        yield draft.problem(None, "'language' is not a language", cure, "language")
    if not flow.choose:
        cure = 'Say how the talk is called at hello: choose = "..."'
        yield draft.problem(None, "'choose' is empty", cure, "choose")
    if not flow.steps:
        yield draft.problem(None, "there is no step", "Begin with [[step]].")


def check_ids(draft: FlowDraft) -> Iterator[Problem]:
    """Require short and plain ids, because they are stored and signed."""
    cure = "Use 1 to 24 lower case letters, digits and underscores."
    for step in draft.flow.steps:
        if not IDENTIFIER.fullmatch(step.id):
            yield draft.problem(step, f"'{step.id}' cannot be an id", cure, "id")
        for choice in step.choices:
            if not IDENTIFIER.fullmatch(choice.id):
                what = f"'{choice.id}' cannot be the id of a choice"
                yield draft.problem(step, what, cure, choice)


def check_ids_are_unique(draft: FlowDraft) -> Iterator[Problem]:
    """Refuse an id that two steps, or two choices of one step, share."""
    cure = "Give one of them another id."
    seen: dict[str, Step] = {}
    for step in draft.flow.steps:
        if step.id in seen:
            what = f"the id '{step.id}' is used on line {seen[step.id].line} already"
            yield draft.problem(step, what, cure, "id")
        seen.setdefault(step.id, step)
        for choice, count in Counter(choice.id for choice in step.choices).items():
            if count > 1:
                last = [other for other in step.choices if other.id == choice][-1]
                what = f"{count} choices have the id '{choice}'"
                yield draft.problem(step, what, cure, last)


def check_texts_are_not_empty(draft: FlowDraft) -> Iterator[Problem]:
    """Require words in every step and choice."""
    for step in draft.flow.steps:
        if not step.text:
            yield draft.problem(step, "its text is empty", 'Write text = "...".', "text")
        if step.hint == "":
            cure = "Write one or leave it out."
            yield draft.problem(step, "its hint is empty", cure, "hint")
        if step.skip == "":
            cure = "Write what somebody says who leaves the question out, or leave it out."
            yield draft.problem(step, "the label of its skip is empty", cure, "skip")
        for choice in step.choices:
            if not choice.text:
                what = f"the text of the choice '{choice.id}' is empty"
                cure = "Write what the reporter says by taking it."
                yield draft.problem(step, what, cure, choice)


def check_choices_exist(draft: FlowDraft) -> Iterator[Problem]:
    """Require choices where a question is answered by choosing."""
    for step in draft.of_kind(*KINDS_WITH_CHOICES - {Kind.PERMISSION}):
        if not step.choices:
            cure = 'Write choices = [ { id = "...", text = "..." }, ... ].'
            yield draft.problem(step, "it has no choices", cure, "choices")


def check_places(draft: FlowDraft) -> Iterator[Problem]:
    """Let only a permission or its detail wait in the overview."""
    for step in draft.flow.steps:
        if step.place is not None and step.kind not in PLACEABLE_KINDS:
            what = f"a step of kind '{step.kind}' cannot have a place"
            cure = "Only permissions and details wait in the overview."
            yield draft.problem(step, what, cure, "place")
        elif step.place not in {None, "overview"}:
            what = f"there is no place '{step.place}'"
            cure = did_you_mean(step.place or "", ("overview",))
            yield draft.problem(step, what, cure, "place")


def check_skips(draft: FlowDraft) -> Iterator[Problem]:
    """Let only a question with one message have a label for its skip: more is ended by *done*."""
    for step in draft.flow.steps:
        if step.skip and step.many:
            what = "a question with as many messages as they like has no label for its skip"
            yield draft.problem(step, what, "Leave out 'skip', or 'many'.", "skip")


def check_part_keys(draft: FlowDraft) -> Iterator[Problem]:
    """Require that an answer is marked as a need or belongs to the story."""
    for step in draft.flow.steps:
        if step.part not in {None, "needs"}:
            cure = 'Write part = "needs", or leave it out: then it belongs to the story.'
            yield draft.problem(step, f"there is no part '{step.part}'", cure, "part")
