"""Rules of care about length, reading level and choices that can be typed."""

import re
from collections.abc import Iterator
from itertools import combinations

from flows.checks.draft import FlowDraft
from flows.checks.problem import Problem
from flows.folding import folded
from flows.model import Flow, Kind, Step

MAX_WORDS = 60


MAX_LABEL = 28
"""More does not fit on a button of a telephone."""


COMPARED_WORDS = 4
"""Two choices that begin with this many equal words cannot be typed by their beginning."""


MAX_LIX = 45


MIN_WORDS = 20


LONG_WORD_LETTERS = 6


COMPARED_CHOICES = 250
"""How many choices are compared with each other; more cannot be offered anyway."""


def check_length(draft: FlowDraft) -> Iterator[Problem]:
    """Limit a message, with the notes that certainly precede it, to 60 words."""
    for place, step in enumerate(draft.flow.steps):
        words = sum(len(text.split()) for text in _texts_in_message(draft.flow, place))
        if words > MAX_WORDS:
            what = f"its message has {words} words, and at most {MAX_WORDS} can be taken in"
            yield draft.problem(step, what, "Say it in fewer words, or in two steps.", "text")


def _texts_in_message(flow: Flow, place: int) -> Iterator[str]:
    step = flow.steps[place]
    yield from (step.text, step.hint or "")
    for note in reversed(flow.steps[:place]):
        if note.kind is not Kind.NOTE:
            return
        if step.kind is not Kind.NOTE and _always_precedes(note, step):
            yield note.text


def _always_precedes(note: Step, step: Step) -> bool:
    """Tell whether the note is certainly said where the step is asked."""
    alike = note.unless in {(), step.unless} and note.section in {None, step.section}
    return alike and set(note.when) <= set(step.when)


def check_reading_level(draft: FlowDraft) -> Iterator[Problem]:
    """Require plain English, by Björnsson's readability index (LIX, 1968).

    LIX is words to a sentence plus the share of words with more than six letters. It was taken
    because it needs no counting of syllables, which for English only a dictionary can do, so
    everybody can recompute it by hand. Up to 40 is easy, newspapers lie about 45. Texts of fewer
    than 20 words are left alone: one name would decide.
    """
    if not draft.flow.language.startswith("en"):
        return
    for step in draft.flow.steps:
        text = f"{step.text} {step.hint or ''}"
        level = lix(text)
        if level > MAX_LIX and len(WORD.findall(text)) >= MIN_WORDS:
            what = f"it is hard to read (LIX {level:.0f}, at most {MAX_LIX})"
            yield draft.problem(step, what, "Use shorter sentences and plainer words.", "text")


WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


SENTENCE_END = re.compile(r"[.!?:;]+(?=\s|$)|\n\n")


def lix(text: str) -> float:
    """Compute the readability index of a text; the higher, the harder."""
    words = WORD.findall(text)
    if not words:
        return 0.0
    sentences = max(1, len(SENTENCE_END.findall(text.strip())))
    long_words = sum(len(word) > LONG_WORD_LETTERS for word in words)
    return len(words) / sentences + 100 * long_words / len(words)


def check_one_question(draft: FlowDraft) -> Iterator[Problem]:
    """Require one question in a message, and none in a note: nobody could answer it."""
    for step in draft.flow.steps:
        count = f"{step.text} {step.hint or ''}".count("?")
        if step.kind is Kind.NOTE and count:
            cure = "Make it a step that can be answered, or say it without asking."
            yield draft.problem(step, "a note asks, and cannot be answered", cure, "text")
        elif count > 1:
            what = f"it asks {count} questions at once"
            yield draft.problem(step, what, "Ask each in a step of its own.", "text")


def check_labels(draft: FlowDraft) -> Iterator[Problem]:
    """Limit a choice to a length that can be read beside the others."""
    if len(draft.flow.choose) > MAX_LABEL:
        what = f"'choose' has {len(draft.flow.choose)} letters"
        yield draft.problem(None, what, f"Say it in at most {MAX_LABEL}.", "choose")
    for step in draft.flow.steps:
        if len(step.skip or "") > MAX_LABEL:
            what = f"the label of its skip has {len(step.skip or '')} letters"
            yield draft.problem(step, what, f"Say it in at most {MAX_LABEL}.", "skip")
        for choice in step.choices:
            if len(choice.text) > MAX_LABEL:
                what = f"the choice '{choice.id}' has {len(choice.text)} letters"
                cure = f"Say it in at most {MAX_LABEL}."
                yield draft.problem(step, what, cure, choice)


def check_typed_choices(draft: FlowDraft) -> Iterator[Problem]:
    """Require choices that can be distinguished when typed: by number, words or beginning."""
    for step in draft.flow.steps:
        if folded(step.skip or "").isdecimal():
            cure = "Write words: a typed number means the place in the list."
            yield draft.problem(step, "the label of its skip is a number", cure, "skip")
        for choice in step.choices:
            if folded(choice.text).isdecimal():
                what = f"the words of the choice '{choice.id}' are a number"
                cure = "Write a word: a typed number means the place in the list."
                yield draft.problem(step, what, cure, choice)
        typed = [(choice, _typed_words(choice.text)) for choice in step.choices[:COMPARED_CHOICES]]
        for (one, first), (other, second) in combinations(typed, 2):
            if one.id != other.id and _begin_alike(first, second):
                what = f"the choices '{one.id}' and '{other.id}' begin with the same words"
                cure = "Let them begin differently, so that typing tells them apart."
                yield draft.problem(step, what, cure, other)


def _begin_alike(first: list[str], second: list[str]) -> bool:
    same = min(len(first), len(second), COMPARED_WORDS)
    return same > 0 and first[:same] == second[:same]


def _typed_words(text: str) -> list[str]:
    return [folded(word.strip(",;:()")) for word in text.split()]
