"""Everything that is wrong with a questionnaire, at once; for those who edit it.

A running bot asks less (``flows.files.load``): what was published goes on being asked.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from flows.checks.care import CARE, NEEDS_A_LIST, phrases
from flows.checks.coverage import Ways, survey
from flows.checks.problem import FlowProblems, Problem, did_you_mean
from flows.checks.required import FIRM
from flows.checks.rules import Draft
from flows.files.load import draft_of
from flows.model import HONOURED, Flow, Overrule
from flows.paths import Cost

MOST_LETTERS = 400_000
MOST_STEPS = 500
FEWEST_WORDS = 3
"""Of a reason; fewer give none."""

NO_FRAME = Cost()


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What was found.

    ``problems`` refuse the file; ``remarks`` are rules of care that it sets aside, with the
    reason, and what could not be looked at. ``flow`` is there as soon as it could be asked at
    all, ``ways`` as soon as there are steps.
    """

    flow: Flow | None
    problems: tuple[Problem, ...]
    remarks: tuple[Problem, ...] = ()
    ways: Ways | None = None


def check(
    text: str, file: str, *, frame: Cost = NO_FRAME, honoured: Collection[str] = HONOURED
) -> CheckResult:
    """All problems of a questionnaire; ``file`` is only its name.

    ``frame`` is what the bot itself says and asks around it, for the budgets. Whatever the text
    is, the answer is a list of problems.
    """
    if len(text) > MOST_LETTERS:
        return _refused(file, f"it has {len(text):,} letters, which no questionnaire needs")
    try:
        draft, problems = draft_of(text, file, honoured)
    except FlowProblems as error:
        return CheckResult(None, error.problems)
    if len(draft.flow.steps) > MOST_STEPS:
        return _refused(file, f"it has {len(draft.flow.steps):,} steps, which nobody can answer")
    return _judged(replace(draft, ways=survey(draft.flow), frame=frame), problems)


def _refused(file: str, what: str) -> CheckResult:
    cure = f"Take at most {MOST_STEPS} steps and {MOST_LETTERS:,} letters."
    return CheckResult(None, (Problem(file, 1, None, what, cure),))


def _judged(draft: Draft, structure: tuple[Problem, ...]) -> CheckResult:
    firm = [problem for rule in FIRM for problem in rule(draft)]
    careless = list(_careless(draft, CARE))
    aside = {(o.step, o.rule): o for o in draft.flow.overrules if not _objection(draft, o)}
    broken = {(problem.step, problem.rule) for problem in careless}
    kept = [p for p in careless if (p.step, p.rule) not in aside]
    given = [p for p in careless if (p.step, p.rule) in aside]
    remarks = [_set_aside(p, aside[p.step or "", p.rule]) for p in given]
    overrules = _overrules(draft, broken)
    return CheckResult(
        None if structure else draft.flow,
        _in_order((*structure, *firm, *kept, *overrules)),
        _in_order((*remarks, *_not_looked_for(draft))),
        draft.ways,
    )


def _in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(dict.fromkeys(problems), key=lambda problem: problem.line))


def _careless(draft: Draft, names: Iterable[str]) -> Iterator[Problem]:
    for name in names:
        yield from (replace(problem, rule=name) for problem in CARE[name](draft))


def check_words(flow: Flow, file: str) -> tuple[Problem, ...]:
    """What the rules of care say of a translated flow, without what its overrules set aside."""
    draft = Draft(file, flow, HONOURED)
    aside = {(overrule.step, overrule.rule) for overrule in flow.overrules}
    names = ("length", "one-question", "label", "typing", *NEEDS_A_LIST)
    return _in_order(p for p in _careless(draft, names) if (p.step, p.rule) not in aside)


# --- rules that are set aside ------------------------------------------------------------------


def _set_aside(problem: Problem, overrule: Overrule) -> Problem:
    return replace(problem, what=f"{problem.what}; set aside", cure=f"Because: {overrule.because}")


def _overrules(draft: Draft, broken: Collection[tuple[str | None, str]]) -> Iterator[Problem]:
    seen = set[tuple[str, str]]()
    for overrule in draft.flow.overrules:
        place = (overrule.step, overrule.rule)
        objection = _objection(draft, overrule)
        if place in seen:
            objection = ("the rule is set aside twice here", "Keep one of them.")
        elif objection is None and place not in broken:
            what = f"the rule '{overrule.rule}' is set aside and not broken"
            objection = (what, "Take this [[overrule]] out.")
        seen.add(place)
        if objection is not None:
            name = overrule.step or None
            yield Problem(draft.file, overrule.line, name, *objection)


def _objection(draft: Draft, overrule: Overrule) -> tuple[str, str] | None:
    """Why this cannot set anything aside: what is wrong, and the cure."""
    if draft.flow.step(overrule.step) is None:
        known = [step.id for step in draft.flow.steps]
        return f"there is no step '{overrule.step}'", did_you_mean(overrule.step, known)
    if overrule.rule not in CARE:
        cure = f"{did_you_mean(overrule.rule, CARE)} Rules about permissions cannot be set aside."
        return f"there is no rule of care '{overrule.rule}'", cure
    if len(re.findall(r"[^\W\d_]+", overrule.because)) < FEWEST_WORDS:
        cure = 'Write because = "..." in a sentence: who found it better so, and for what reason.'
        return "it gives no reason", cure
    return None


def _not_looked_for(draft: Draft) -> Iterator[Problem]:
    """In a language without lists of words only people can look."""
    if phrases(draft.flow) is None and draft.flow.language:
        what = f"there is no list of words for the language '{draft.flow.language}'"
        cure = f"Let people read it for: {', '.join(NEEDS_A_LIST)}."
        yield draft.problem(None, what, cure, "language")
