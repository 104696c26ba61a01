"""Load a questionnaire from its text, or report everything that is wrong with it at once."""

import re
from collections.abc import Collection
from dataclasses import replace

from flows.checks.draft import FlowDraft
from flows.checks.problem import FlowProblems, Problem
from flows.checks.rules import RULES
from flows.files.parser import Parser
from flows.files.toml_text import parse_toml
from flows.model import HONOURED, Flow, compute_revision

__all__ = ["FlowProblems", "Problem", "load"]


def load(text: str, file: str, honoured: Collection[str] = HONOURED) -> Flow:
    """Parse a TOML text into a flow; ``file`` is only a name for the problems.

    A running bot uses whatever passes here. The rules of ``checks.check`` are not applied, so that
    a published questionnaire stays in use when a rule of care is added.

    :raises FlowProblems: it cannot be asked; with every reason, each with its line and cure.
    """
    draft, problems = parse_draft(text, file, honoured)
    if problems:
        raise FlowProblems(problems)
    return draft.flow


def parse_draft(
    text: str, file: str, honoured: Collection[str]
) -> tuple[FlowDraft, tuple[Problem, ...]]:
    """Parse the flow as far as possible, and collect what keeps it from being asked.

    :raises FlowProblems: it is not even TOML.
    """
    sheet = Parser(file)
    flow = sheet.flow(parse_toml(require_encodable(text, file), file), text)
    draft = FlowDraft(file, flow, honoured, sheet.lines)
    problems = [*sheet.problems, *(problem for rule in RULES for problem in rule(draft))]
    if not problems:
        revision = compute_revision(
            flow.name, flow.language, flow.choose, flow.steps, flow.overrules
        )
        draft = replace(draft, flow=replace(flow, revision=revision))
    return draft, tuple(problems)


def require_encodable(text: str, file: str) -> str:
    """Return the text if UTF-8 can encode it; lone surrogates have no revision.

    :raises FlowProblems: it has lone surrogates.
    """
    half = SURROGATE.search(text)
    if half is None:
        return text
    line = text.count("\n", 0, half.start()) + 1
    what, cure = "here is half a sign", "Type the word anew, and save the file as UTF-8."
    raise FlowProblems([Problem(file, line, None, what, cure)])


SURROGATE = re.compile("[\ud800-\udfff]")
