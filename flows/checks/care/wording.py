"""Rules of care about words that a questionnaire must not say."""

import re
from collections.abc import Iterator

from flows.checks.draft import FlowDraft
from flows.checks.phrases import PHONE_NUMBER, phrases_for
from flows.checks.problem import Problem
from flows.checks.step_texts import announcing_sections, texts_of
from flows.model import Kind


def check_opening(draft: FlowDraft) -> Iterator[Problem]:
    """Refuse "why", demands to explain, and questions whether they did enough."""
    cure = "Ask what happened or what they want to say; never for reasons or proof."
    yield from _phrase_problems(draft, "opening", cure)


def check_blame(draft: FlowDraft) -> Iterator[Problem]:
    """Refuse words that blame or doubt the reporter, also in a denial."""
    yield from _phrase_problems(draft, "blame", "Leave it out: nobody here judges what is told.")


def check_praise(draft: FlowDraft) -> Iterator[Problem]:
    """Refuse praise and sympathy: a program has none to give."""
    yield from _phrase_problems(draft, "praise", "Leave it out: a program cannot feel that.")


def check_bare_member(draft: FlowDraft) -> Iterator[Problem]:
    """Require another word than "member" for readers: reporters are members too."""
    yield from _phrase_problems(draft, "member", 'Write "commission member" or "reader".')


def check_skippable(draft: FlowDraft) -> Iterator[Problem]:
    """Refuse texts that deny that a question can be skipped; only the review cannot."""
    yield from _phrase_problems(
        draft, "compulsory", "Say nothing of the kind: every question can be skipped."
    )


def check_help_lines(draft: FlowDraft) -> Iterator[Problem]:
    """Refuse texts that promise a person, or replace the help lines of ``/unsafe``."""
    cure = "Leave it out: nobody is reading; /unsafe shows the help lines of config.toml."
    yield from _phrase_problems(draft, "promise", cure)
    yield from _pattern_problems(draft, PHONE_NUMBER, cure)


def _phrase_problems(draft: FlowDraft, kind: str, cure: str) -> Iterator[Problem]:
    known = phrases_for(draft.flow)
    if known is not None:
        yield from _pattern_problems(draft, getattr(known, kind), cure)


def _pattern_problems(draft: FlowDraft, pattern: re.Pattern[str], cure: str) -> Iterator[Problem]:
    label_match = pattern.search(draft.flow.choose)
    if label_match:
        what = f"'choose' says “{label_match[0]}”"
        yield draft.problem(None, what, cure, "choose")
    for step in draft.flow.steps:
        for text, at in texts_of(step):
            match = pattern.search(text)
            if match:
                yield draft.problem(step, f"it says “{match[0]}”", cure, at)


def check_notices(draft: FlowDraft) -> Iterator[Problem]:
    """Require a notice, with which they can be skipped, before words of body, violence or sex."""
    known = phrases_for(draft.flow)
    for step in draft.flow.steps if known else ():
        announced = {section.touches for section in announcing_sections(draft.flow, step)}
        for subject, pattern in known.subjects.items() if known else ():
            if step.kind is Kind.SECTION or subject in announced:
                continue
            for text, at in texts_of(step):
                match = pattern.search(text)
                if match:
                    yield draft.problem(step, *_missing_notice(match[0], subject), at)


def _missing_notice(word: str, subject: str) -> tuple[str, str]:
    cure = (
        f"""Put a step of kind 'section' with touches = "{subject}" above it and name it here."""
    )
    return f"it says “{word}”, and no notice comes before", cure
