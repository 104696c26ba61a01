"""Check a questionnaire for those who edit it: report everything that is wrong with it at once.

A running bot requires less (``flows.files.load``): a published questionnaire stays in use.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from flows.checks.care import CARE_RULES, PHRASE_RULES
from flows.checks.coverage import PathSummary, summarize_paths
from flows.checks.draft import FlowDraft, MessageLimit
from flows.checks.paths import Cost
from flows.checks.phrases import phrases_for
from flows.checks.problem import FlowProblems, Problem, did_you_mean
from flows.checks.required import REQUIRED_RULES
from flows.files.load import parse_draft
from flows.model import HONOURED, Flow, Overrule

MAX_CHARACTERS = 400_000
MAX_STEPS = 500
MIN_REASON_WORDS = 3

NO_COST = Cost()


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of a check.

    ``problems`` refuse the file; ``remarks`` are rules of care that it sets aside, with the
    reason, and what could not be checked. ``flow`` is set if the questionnaire can be asked at
    all, ``paths`` as soon as there are steps.
    """

    flow: Flow | None
    problems: tuple[Problem, ...]
    remarks: tuple[Problem, ...] = ()
    paths: PathSummary | None = None


def check(
    text: str,
    file: str,
    *,
    bot_cost: Cost = NO_COST,
    message_limits: tuple[MessageLimit, ...] = (),
    honoured: Collection[str] = HONOURED,
) -> CheckResult:
    """Find all problems of a questionnaire; no text makes it fail.

    ``file`` is only a name for the problems. ``bot_cost`` is the cost of the bot's own messages
    around the questionnaire, for the budgets; each question must fit all ``message_limits``.
    """
    if len(text) > MAX_CHARACTERS:
        return _refuse(file, f"it has {len(text):,} letters, which no questionnaire needs")
    try:
        draft, problems = parse_draft(text, file, honoured)
    except FlowProblems as error:
        return CheckResult(None, error.problems)
    if len(draft.flow.steps) > MAX_STEPS:
        return _refuse(file, f"it has {len(draft.flow.steps):,} steps, which nobody can answer")
    paths = summarize_paths(draft.flow)
    draft = replace(draft, paths=paths, bot_cost=bot_cost, message_limits=message_limits)
    return _run_checks(draft, problems)


def _refuse(file: str, what: str) -> CheckResult:
    cure = f"Take at most {MAX_STEPS} steps and {MAX_CHARACTERS:,} letters."
    return CheckResult(None, (Problem(file, 1, None, what, cure),))


def _run_checks(draft: FlowDraft, structure: tuple[Problem, ...]) -> CheckResult:
    required = [problem for rule in REQUIRED_RULES for problem in rule(draft)]
    care = list(_care_problems(draft, CARE_RULES))
    overrules = draft.flow.overrules
    valid = {(o.step, o.rule): o for o in overrules if not _overrule_objection(draft, o)}
    broken = {(problem.step, problem.rule) for problem in care}
    kept = [p for p in care if (p.step, p.rule) not in valid]
    set_aside = [p for p in care if (p.step, p.rule) in valid]
    remarks = [_as_remark(p, valid[p.step or "", p.rule]) for p in set_aside]
    return CheckResult(
        None if structure else draft.flow,
        _sort_problems((*structure, *required, *kept, *_overrule_problems(draft, broken))),
        _sort_problems((*remarks, *_missing_phrase_list(draft))),
        draft.paths,
    )


def _sort_problems(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(dict.fromkeys(problems), key=lambda problem: problem.line))


def _care_problems(draft: FlowDraft, names: Iterable[str]) -> Iterator[Problem]:
    for name in names:
        yield from (replace(problem, rule=name) for problem in CARE_RULES[name](draft))


def check_words(flow: Flow, file: str) -> tuple[Problem, ...]:
    """Apply the rules of care about words to a translated flow, except those it sets aside."""
    draft = FlowDraft(file, flow, HONOURED)
    set_aside = {(overrule.step, overrule.rule) for overrule in flow.overrules}
    names = ("length", "one-question", "label", "typing", *PHRASE_RULES)
    problems = _care_problems(draft, names)
    return _sort_problems(p for p in problems if (p.step, p.rule) not in set_aside)


# --- rules that are set aside ------------------------------------------------------------------


def _as_remark(problem: Problem, overrule: Overrule) -> Problem:
    return replace(problem, what=f"{problem.what}; set aside", cure=f"Because: {overrule.because}")


def _overrule_problems(
    draft: FlowDraft, broken: Collection[tuple[str | None, str]]
) -> Iterator[Problem]:
    earlier = set[tuple[str, str]]()
    for overrule in draft.flow.overrules:
        key = (overrule.step, overrule.rule)
        objection = _overrule_objection(draft, overrule)
        if key in earlier:
            objection = ("the rule is set aside twice here", "Keep one of them.")
        elif objection is None and key not in broken:
            what = f"the rule '{overrule.rule}' is set aside and not broken"
            objection = (what, "Take this [[overrule]] out.")
        earlier.add(key)
        if objection is not None:
            yield Problem(draft.file, overrule.line, overrule.step or None, *objection)


def _overrule_objection(draft: FlowDraft, overrule: Overrule) -> tuple[str, str] | None:
    """Return why an overrule is invalid, as problem and cure, or ``None``."""
    if draft.flow.step(overrule.step) is None:
        known = [step.id for step in draft.flow.steps]
        return f"there is no step '{overrule.step}'", did_you_mean(overrule.step, known)
    if overrule.rule not in CARE_RULES:
        meant = did_you_mean(overrule.rule, CARE_RULES)
        cure = f"{meant} Rules about permissions cannot be set aside."
        return f"there is no rule of care '{overrule.rule}'", cure
    if len(re.findall(r"[^\W\d_]+", overrule.because)) < MIN_REASON_WORDS:
        cure = 'Write because = "..." in a sentence: who found it better so, and for what reason.'
        return "it gives no reason", cure
    return None


def _missing_phrase_list(draft: FlowDraft) -> Iterator[Problem]:
    """Remark that only people can check the words of a language without a phrase list."""
    if phrases_for(draft.flow) is None and draft.flow.language:
        what = f"there is no list of words for the language '{draft.flow.language}'"
        cure = f"Let people read it for: {', '.join(PHRASE_RULES)}."
        yield draft.problem(None, what, cure, "language")
