"""A questionnaire from its text: everything wrong with it at once, or a flow that can be asked."""

import re
from collections.abc import Collection
from dataclasses import replace

from flows.checks.problem import FlowProblems, Problem
from flows.checks.rules import RULES, Draft
from flows.files.parser import Parser, tables
from flows.model import HONOURED, Flow, revision_of

__all__ = ["FlowProblems", "Problem", "load"]


def load(text: str, file: str, honoured: Collection[str] = HONOURED) -> Flow:
    """The flow that a TOML text describes; ``file`` is only its name, for the problems.

    A running bot takes whatever passes here. What only ``checks.check`` asks for is left out, so
    that a published questionnaire goes on being asked when a rule of care is added.

    :raises FlowProblems: it cannot be asked; with every reason, each with its line and cure.
    """
    draft, problems = draft_of(text, file, honoured)
    if problems:
        raise FlowProblems(problems)
    return draft.flow


def draft_of(text: str, file: str, honoured: Collection[str]) -> tuple[Draft, tuple[Problem, ...]]:
    """The flow as far as it can be understood, and everything that keeps it from being asked.

    :raises FlowProblems: it is not even TOML.
    """
    sheet = Parser(file)
    flow = sheet.flow(tables(writable(text, file), file), text)
    draft = Draft(file, flow, honoured, sheet.lines)
    problems = [*sheet.problems, *(problem for rule in RULES for problem in rule(draft))]
    if not problems:
        revision = revision_of(flow.name, flow.language, flow.choose, flow.steps, flow.overrules)
        draft = replace(draft, flow=replace(flow, revision=revision))
    return draft, tuple(problems)


def writable(text: str, file: str) -> str:
    """The text, if a file can hold it: halves of signs have no revision.

    :raises FlowProblems: it has such halves.
    """
    half = SURROGATE.search(text)
    if half is None:
        return text
    line = text.count("\n", 0, half.start()) + 1
    what, cure = "here is half a sign", "Type the word anew, and save the file as UTF-8."
    raise FlowProblems([Problem(file, line, None, what, cure)])


SURROGATE = re.compile("[\ud800-\udfff]")
