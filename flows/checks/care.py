"""The rules of care: what a questionnaire owes to the person who reads it in a hard hour.

Each is a small function under the name that ``[[overrule]]`` uses. They can be set aside for one
step with a written reason, because people who know the situation may know better; rules about
permissions cannot (``checks.rules``, ``checks.required``). Words are looked for per language
(``checks.phrases``); in a language without a list only those rules hold that need none.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import combinations

from flows.checks.phrases import PHONE_NUMBER, PHRASES, Phrases
from flows.checks.problem import Problem
from flows.checks.rules import Draft, Rule
from flows.model import GO_ON, Choice, Flow, Kind, Step

MOST_WORDS = 60
LONGEST_LABEL = 60
SAME_WORDS = 4
"""Two choices that begin with this many words alike cannot be typed by their beginning."""

HARDEST = 45
FEWEST_WORDS = 20
LONG_WORD = 6

COMPARED = 250
"""How many choices are compared with each other; more cannot be offered anyway."""

Said = tuple[str, str | Choice]
"""A text, and the key or choice that it stands under."""


def said(step: Step) -> Iterator[Said]:
    """Everything that a step says, with where it stands."""
    yield step.text, "text"
    if step.hint:
        yield step.hint, "hint"
    if step.kind not in {Kind.SECTION, Kind.REVIEW}:  # their choices are the program's own
        yield from ((choice.text, choice) for choice in step.choices)


def phrases(flow: Flow) -> Phrases | None:
    """The words to look for in the language of the flow, if there is a list."""
    return PHRASES.get(flow.language.split("-")[0])


# --- how much is said at once ------------------------------------------------------------------


def length(draft: Draft) -> Iterator[Problem]:
    """A message is short: at most 60 words, with the notes that are said with it for certain."""
    for place, step in enumerate(draft.flow.steps):
        words = sum(len(text.split()) for text in _one_message(draft.flow, place))
        if words > MOST_WORDS:
            what = f"its message has {words} words, and at most {MOST_WORDS} can be taken in"
            yield draft.problem(step, what, "Say it in fewer words, or in two steps.", "text")


def _one_message(flow: Flow, place: int) -> Iterator[str]:
    step = flow.steps[place]
    yield from (step.text, step.hint or "")
    for note in reversed(flow.steps[:place]):
        if note.kind is not Kind.NOTE:
            return
        if step.kind is not Kind.NOTE and _said_with(note, step):
            yield note.text


def _said_with(note: Step, step: Step) -> bool:
    """Whether the note is certainly said where the step is asked."""
    alike = note.unless in {(), step.unless} and note.section in {None, step.section}
    return alike and set(note.when) <= set(step.when)


def reading_level(draft: Draft) -> Iterator[Problem]:
    """Plain English, by Björnsson's readability index (LIX, 1968).

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
        if level > HARDEST and len(WORD.findall(text)) >= FEWEST_WORDS:
            what = f"it is hard to read (LIX {level:.0f}, at most {HARDEST})"
            yield draft.problem(step, what, "Use shorter sentences and plainer words.", "text")


WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
SENTENCE_END = re.compile(r"[.!?:;]+(?=\s|$)|\n\n")


def lix(text: str) -> float:
    """The readability index of a text; the higher, the harder."""
    words = WORD.findall(text)
    if not words:
        return 0.0
    sentences = max(1, len(SENTENCE_END.findall(text.strip())))
    long_words = sum(len(word) > LONG_WORD for word in words)
    return len(words) / sentences + 100 * long_words / len(words)


def one_question(draft: Draft) -> Iterator[Problem]:
    """A message asks one thing; a note asks nothing, because nobody could answer it."""
    for step in draft.flow.steps:
        count = f"{step.text} {step.hint or ''}".count("?")
        if step.kind is Kind.NOTE and count:
            cure = "Make it a step that can be answered, or say it without asking."
            yield draft.problem(step, "a note asks, and cannot be answered", cure, "text")
        elif count > 1:
            what = f"it asks {count} questions at once"
            yield draft.problem(step, what, "Ask each in a step of its own.", "text")


def label(draft: Draft) -> Iterator[Problem]:
    """A choice is short enough to be taken in beside the others."""
    if len(draft.flow.choose) > LONGEST_LABEL:
        what = f"'choose' has {len(draft.flow.choose)} letters"
        yield draft.problem(None, what, f"Say it in at most {LONGEST_LABEL}.", "choose")
    for step in draft.flow.steps:
        for choice in step.choices:
            if len(choice.text) > LONGEST_LABEL:
                what = f"the choice '{choice.id}' has {len(choice.text)} letters"
                cure = f"Say it in at most {LONGEST_LABEL}."
                yield draft.problem(step, what, cure, choice)


def typing(draft: Draft) -> Iterator[Problem]:
    """Choices can be told apart when they are typed: by number, by words, by how they begin."""
    for step in draft.flow.steps:
        for choice in step.choices:
            if bare(choice.text).isdecimal():
                what = f"the words of the choice '{choice.id}' are a number"
                cure = "Write a word: a typed number means the place in the list."
                yield draft.problem(step, what, cure, choice)
        typed = [(choice, _typed(choice.text)) for choice in step.choices[:COMPARED]]
        for (one, first), (other, second) in combinations(typed, 2):
            if one.id != other.id and _alike(first, second):
                what = f"the choices '{one.id}' and '{other.id}' begin with the same words"
                cure = "Let them begin differently, so that typing tells them apart."
                yield draft.problem(step, what, cure, other)


def bare(text: str) -> str:
    """The words as they are compared when they are typed."""
    return " ".join(text.casefold().strip(" \t\n.!?…\"'“”").split())


def _alike(first: list[str], second: list[str]) -> bool:
    same = min(len(first), len(second), SAME_WORDS)
    return same > 0 and first[:same] == second[:same]


def _typed(text: str) -> list[str]:
    return [bare(word.strip(",;:()")) for word in text.split()]


# --- which words are said ----------------------------------------------------------------------


def opening(draft: Draft) -> Iterator[Problem]:
    """No "why", no demand to explain, nothing that asks whether they did enough."""
    cure = "Ask what happened or what they want to say; never for reasons or proof."
    yield from _found(draft, "opening", cure)


def blame(draft: Draft) -> Iterator[Problem]:
    """No word that puts fault on them or doubts them, also not by denying it."""
    yield from _found(draft, "blame", "Leave it out: nobody here judges what is told.")


def praise(draft: Draft) -> Iterator[Problem]:
    """A program neither praises nor feels with anybody."""
    yield from _found(draft, "praise", "Leave it out: a program cannot feel that.")


def bare_member(draft: Draft) -> Iterator[Problem]:
    """Reporters are members too, so the readers are called something else."""
    yield from _found(draft, "member", 'Write "commission member" or "reader".')


def skip(draft: Draft) -> Iterator[Problem]:
    """Everything but the review can be skipped, so no text may say otherwise."""
    yield from _found(
        draft, "compulsory", "Say nothing of the kind: every question can be skipped."
    )


def help_lines(draft: Draft) -> Iterator[Problem]:
    """No text promises a person, or stands in for the help lines of ``/unsafe``."""
    cure = "Leave it out: nobody is reading; /unsafe shows the help lines of config.toml."
    yield from _found(draft, "promise", cure)
    yield from _matches(draft, PHONE_NUMBER, cure)


def _found(draft: Draft, kind: str, cure: str) -> Iterator[Problem]:
    known = phrases(draft.flow)
    if known is not None:
        yield from _matches(draft, getattr(known, kind), cure)


def _matches(draft: Draft, pattern: re.Pattern[str], cure: str) -> Iterator[Problem]:
    label_match = pattern.search(draft.flow.choose)
    if label_match:
        what = f"'choose' says “{label_match[0]}”"
        yield draft.problem(None, what, cure, "choose")
    for step in draft.flow.steps:
        for text, at in said(step):
            match = pattern.search(text)
            if match:
                yield draft.problem(step, f"it says “{match[0]}”", cure, at)


def notice(draft: Draft) -> Iterator[Problem]:
    """Words of body, violence or sex come after a notice with which they can be passed over."""
    known = phrases(draft.flow)
    for step in draft.flow.steps if known else ():
        announced = {section.touches for section in announcing(draft.flow, step)}
        for subject, pattern in known.subjects.items() if known else ():
            if step.kind is Kind.SECTION or subject in announced:
                continue
            for text, at in said(step):
                match = pattern.search(text)
                if match:
                    yield draft.problem(step, *_unannounced(match[0], subject), at)


def announcing(flow: Flow, step: Step) -> Iterator[Step]:
    """The sections with which a step is passed over, by its section or by a condition."""
    conditions = {guard.step for guard in step.when if guard.choices in {(), (GO_ON.id,)}}
    named = {step.section, *conditions}
    return (s for s in flow.steps if s.kind is Kind.SECTION and s.id in named)


def _unannounced(word: str, subject: str) -> tuple[str, str]:
    cure = (
        f"""Put a step of kind 'section' with touches = "{subject}" above it and name it here."""
    )
    return f"it says “{word}”, and no notice comes before", cure


# --- what is asked where -----------------------------------------------------------------------

SERVES: Mapping[str, frozenset[str]] = {
    "needs": frozenset({"read"}),
    "person": frozenset({"read", "match"}),
}
"""For which answers to the fork a need and the person are asked."""

NOTHING_ASKED = ("later", "erase", "")
"""After these answers to the fork, a skip among them, nothing more is asked."""


def branch(draft: Draft) -> Iterator[Problem]:
    """After the fork only that is asked which the chosen branch needs."""
    if draft.ways is None or draft.flow.fork is None:
        return
    after = draft.flow.steps.index(draft.flow.fork)
    for place, step in enumerate(draft.flow.steps[after + 1 :], after + 1):
        wrong = [b for b in _against(step) if place in draft.ways.asked.get(b, ())]
        if wrong:
            named = " or ".join(f"'{b}'" if b else "a skip" for b in wrong)
            what = f"it is asked also after {named}, which it does not serve"
            yield draft.problem(step, what, _only(draft.flow.fork, step), "when")


def _against(step: Step) -> tuple[str, ...]:
    """The answers to the fork after which this step has no place, if it asks no permission."""
    if step.kind in {Kind.NOTE, Kind.REVIEW, Kind.PERMISSION, Kind.DETAIL}:
        return ()
    serves = SERVES.get("person" if step.kind is Kind.PERSON else step.part or "")
    others = [b for b in ("keep", "match") if serves is not None and b not in serves]
    return (*others, *NOTHING_ASKED)


def _only(fork: Step, step: Step) -> str:
    serves = SERVES.get(step.part or "", SERVES["person"]) & {choice.id for choice in fork.choices}
    wanted = next(iter(sorted(serves, reverse=True)), "keep")
    return f'Add when = {{ {fork.id} = "{wanted}" }}.'


def one_person(draft: Draft) -> Iterator[Problem]:
    """One talk is about one person; another is another talk."""
    for step in [*draft.of_kind(Kind.PERSON)][1:]:
        cure = "Ask once; somebody else is a talk of its own."
        yield draft.problem(step, "the person is asked for already", cure, "kind")


def repeat(draft: Draft) -> Iterator[Problem]:
    """Nothing is asked twice in the same words."""
    first: dict[str, Step] = {}
    for step in draft.flow.steps:
        earlier = first.setdefault(bare(step.text), step)
        if earlier is not step and step.text:
            what = f"it says the same as '{earlier.id}' on line {earlier.line}"
            yield draft.problem(step, what, "Take one of them out, or change its words.", "text")


CARE: Mapping[str, Rule] = {
    "length": length,
    "reading-level": reading_level,
    "one-question": one_question,
    "label": label,
    "typing": typing,
    "opening": opening,
    "blame": blame,
    "praise": praise,
    "bare-member": bare_member,
    "skip": skip,
    "help": help_lines,
    "notice": notice,
    "branch": branch,
    "one-person": one_person,
    "repeat": repeat,
}
"""Every rule of care, by the name that ``[[overrule]]`` uses."""

NEEDS_A_LIST = ("opening", "blame", "praise", "bare-member", "skip", "help", "notice")
"""The rules that look for words, and so need a list for each language."""
