"""Questionnaires: parse them, ask them, check them. The package knows no chat, store or time."""

from flows.checks.care import CARE_RULES
from flows.checks.check import CheckResult, check, check_words
from flows.checks.coverage import PathSummary, summarize_paths
from flows.checks.paths import Cost
from flows.consent import Permissions, given_steps, part_of, permissions, shown_words
from flows.engine import (
    answer,
    back,
    next_step,
    notes_before,
    options,
    relevant,
    settle,
    with_readers,
)
from flows.files.load import FlowProblems, Problem, load
from flows.model import (
    HONOURED,
    PERMISSIONS,
    Answer,
    Answers,
    Choice,
    Flow,
    Guard,
    Kind,
    Overrule,
    Step,
)
from flows.responses import (
    ChoiceResponse,
    DoneResponse,
    Reason,
    Refusal,
    Response,
    SkipResponse,
    TextResponse,
)

__all__ = [
    "CARE_RULES",
    "HONOURED",
    "PERMISSIONS",
    "Answer",
    "Answers",
    "CheckResult",
    "Choice",
    "ChoiceResponse",
    "Cost",
    "DoneResponse",
    "Flow",
    "FlowProblems",
    "Guard",
    "Kind",
    "Overrule",
    "PathSummary",
    "Permissions",
    "Problem",
    "Reason",
    "Refusal",
    "Response",
    "SkipResponse",
    "Step",
    "TextResponse",
    "answer",
    "back",
    "check",
    "check_words",
    "given_steps",
    "load",
    "next_step",
    "notes_before",
    "options",
    "part_of",
    "permissions",
    "relevant",
    "settle",
    "shown_words",
    "summarize_paths",
    "with_readers",
]
