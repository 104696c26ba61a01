"""A questionnaire from its text: everything wrong with it at once, or a flow that can be asked."""

from collections.abc import Collection
from dataclasses import replace

from flows.model import HONOURED, Flow, revision_of
from flows.problem import FlowProblems, Problem
from flows.rules import RULES, Draft
from flows.shape import Sheet, tables

__all__ = ["FlowProblems", "Problem", "load"]


def load(text: str, file: str, honoured: Collection[str] = HONOURED) -> Flow:
    """The flow that a TOML text describes; ``file`` is only its name, for the problems.

    :raises FlowProblems: it cannot be asked; with every reason, each with its line and cure.
    """
    sheet = Sheet(file)
    flow = sheet.flow(tables(text, file), text)
    draft = Draft(file, flow, honoured)
    problems = [*sheet.problems, *(problem for rule in RULES for problem in rule(draft))]
    if problems:
        raise FlowProblems(problems)
    revision = revision_of(flow.name, flow.language, flow.choose, flow.steps)
    return replace(flow, revision=revision)
