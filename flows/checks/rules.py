"""What a questionnaire must keep to. One small function a rule, each yielding what breaks it.

``RULES`` is the registry: a further rule is a further function in it. None of these can be set
aside, because each protects a permission, or an answer, of the person who tells.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field

from flows.checks.coverage import Ways
from flows.checks.problem import Problem, did_you_mean, nearest
from flows.files.lines import Spot, line_at
from flows.model import ACTS, PARTS, PERMISSIONS, Choice, Flow, Guard, Kind, Step
from flows.paths import Cost

IDENTIFIER = re.compile(r"[a-z0-9_]{1,24}")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
FORK_CHOICES = ("keep", "match", "read", "later", "erase")
FORK_NEEDS = ("keep", "later", "erase")
FORK_PERMISSIONS = ("keep", "match", "read")
TOUCHES = ("body", "violence", "sex")
DETAILS: dict[str, tuple[str, ...]] = {"parts": ("read",), "reach": ("match", "contact")}
CHOOSING = frozenset({Kind.ONE, Kind.MANY, Kind.FORK, Kind.PERMISSION, Kind.DETAIL})
PLACEABLE = frozenset({Kind.PERMISSION, Kind.DETAIL})


@dataclass(frozen=True, slots=True)
class Draft:
    """A flow under examination: its file, and the permissions that this build can honour.

    ``lines`` says where the keys of the file stand, as far as that is known. ``ways`` and
    ``frame``, what the bot says around the questionnaire, are there for ``checks.check`` only.
    """

    file: str
    flow: Flow
    honoured: Collection[str]
    lines: Mapping[Spot, int] = field(default_factory=dict)
    ways: Ways | None = None
    frame: Cost = field(default_factory=Cost)

    def problem(
        self, step: Step | None, what: str, cure: str, at: str | Choice = "", rule: str = ""
    ) -> Problem:
        """A problem of this step, of one of its keys or choices, or of the file as a whole."""
        line = self._line(step, at)
        return Problem(self.file, line, (step and step.id) or None, what, cure, rule)

    def _line(self, step: Step | None, at: str | Choice) -> int:
        if step is None:
            return line_at(self.lines, (str(at),))
        if isinstance(at, Choice):
            return at.line or step.at("choices")
        return step.at(at)

    def of_kind(self, *kinds: Kind) -> Iterator[Step]:
        """The steps of these kinds, in the order of the file."""
        return (step for step in self.flow.steps if step.kind in kinds)

    def above(self, step: Step) -> tuple[Step, ...]:
        """The steps above this one, by place and not by name."""
        place = next(i for i, other in enumerate(self.flow.steps) if other is step)
        return self.flow.steps[:place]


Rule = Callable[[Draft], Iterator[Problem]]

# --- names and words ---------------------------------------------------------------------------


def the_file_says_what_it_is(draft: Draft) -> Iterator[Problem]:
    """Name, language and the label at hello."""
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


def ids_are_plain(draft: Draft) -> Iterator[Problem]:
    """Ids are stored and signed, so they are short and plain."""
    cure = "Use 1 to 24 lower case letters, digits and underscores."
    for step in draft.flow.steps:
        if not IDENTIFIER.fullmatch(step.id):
            yield draft.problem(step, f"'{step.id}' cannot be an id", cure, "id")
        for choice in step.choices:
            if not IDENTIFIER.fullmatch(choice.id):
                what = f"'{choice.id}' cannot be the id of a choice"
                yield draft.problem(step, what, cure, choice)


def ids_are_used_once(draft: Draft) -> Iterator[Problem]:
    """Two steps, or two choices of one step, never share an id."""
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


def texts_are_written(draft: Draft) -> Iterator[Problem]:
    """No step and no choice without words."""
    for step in draft.flow.steps:
        if not step.text:
            yield draft.problem(step, "its text is empty", 'Write text = "...".', "text")
        if step.hint == "":
            cure = "Write one or leave it out."
            yield draft.problem(step, "its hint is empty", cure, "hint")
        for choice in step.choices:
            if not choice.text:
                what = f"the text of the choice '{choice.id}' is empty"
                cure = "Write what the reporter says by taking it."
                yield draft.problem(step, what, cure, choice)


def choices_are_there(draft: Draft) -> Iterator[Problem]:
    """A question with choices has some."""
    for step in draft.of_kind(*CHOOSING - {Kind.PERMISSION}):
        if not step.choices:
            cure = 'Write choices = [ { id = "...", text = "..." }, ... ].'
            yield draft.problem(step, "it has no choices", cure, "choices")


# --- conditions --------------------------------------------------------------------------------


def conditions_look_upwards(draft: Draft) -> Iterator[Problem]:
    """A condition names a step above it, and choices which that step has."""
    for step in draft.flow.steps:
        for key, guards in (("when", step.when), ("unless", step.unless)):
            for guard in guards:
                yield from _condition(draft, step, key, guard)


def _condition(draft: Draft, step: Step, key: str, guard: Guard) -> Iterator[Problem]:
    target = next((s for s in draft.above(step) if s.id == guard.step), None)
    if target is not None:
        yield from _wanted(draft, step, key, guard, target)
    elif draft.flow.step(guard.step) is not None:
        what = f"'{key}': '{guard.step}' does not stand above this step"
        cure = "A condition looks upwards only: move one of the two."
        yield draft.problem(step, what, cure, key)
    else:
        known = [s.id for s in draft.above(step)]
        what = f"'{key}': there is no step '{guard.step}'"
        yield draft.problem(step, what, did_you_mean(guard.step, known), key)


def _wanted(draft: Draft, step: Step, key: str, guard: Guard, target: Step) -> Iterator[Problem]:
    if target.kind is Kind.NOTE:
        what = f"'{key}': '{target.id}' is a note and is never answered"
        yield draft.problem(step, what, "Name a question.", key)
        return
    known = [choice.id for choice in target.choices]
    for choice in guard.choices:
        if choice not in known:
            what = f"'{key}': '{target.id}' has no choice '{choice}'"
            cure = did_you_mean(choice, known) if known else "Compare it with true."
            yield draft.problem(step, what, cure, key)


def sections_are_above(draft: Draft) -> Iterator[Problem]:
    """A step belongs to a section that was announced above it."""
    for step in draft.flow.steps:
        known = [s.id for s in draft.above(step) if s.kind is Kind.SECTION]
        if step.section is not None and step.section not in known:
            what = f"there is no section '{step.section}' above it"
            yield draft.problem(step, what, did_you_mean(step.section, known), "section")


def sections_say_what_they_touch(draft: Draft) -> Iterator[Problem]:
    """A content notice names one of the three things that it can be about."""
    for step in draft.of_kind(Kind.SECTION):
        if step.touches not in TOUCHES:
            what = f"'touches' is '{step.touches or ''}'"
            yield draft.problem(step, what, did_you_mean(step.touches or "", TOUCHES), "touches")


def places_are_known(draft: Draft) -> Iterator[Problem]:
    """Only a permission or its detail can wait in the overview."""
    for step in draft.flow.steps:
        if step.place is not None and step.kind not in PLACEABLE:
            what = f"a step of kind '{step.kind}' cannot have a place"
            cure = "Only permissions and details wait in the overview."
            yield draft.problem(step, what, cure, "place")
        elif step.place not in {None, "overview"}:
            what = f"there is no place '{step.place}'"
            cure = did_you_mean(step.place or "", ("overview",))
            yield draft.problem(step, what, cure, "place")


def parts_are_needs(draft: Draft) -> Iterator[Problem]:
    """An answer is marked as a need, or belongs to the story."""
    for step in draft.flow.steps:
        if step.part not in {None, "needs"}:
            cure = 'Write part = "needs", or leave it out: then it belongs to the story.'
            yield draft.problem(step, f"there is no part '{step.part}'", cure, "part")


# --- the three fixed points of a talk ----------------------------------------------------------


def the_story_comes_first(draft: Draft) -> Iterator[Problem]:
    """The fork stands directly after the first text, and there is exactly one."""
    forks = list(draft.of_kind(Kind.FORK))
    if not forks:
        cure = "After the story, ask what should happen with it: keep, later and erase at least."
        yield draft.problem(None, "there is no step of kind 'fork'", cure)
    for fork in forks[1:]:
        what = f"there is a fork on line {forks[0].line} already"
        yield draft.problem(fork, what, "Keep one of them.")
    for fork in forks[:1]:
        questions = [s for s in draft.above(fork) if s.kind is not Kind.NOTE]
        if [s.kind for s in draft.above(fork)[-1:]] != [Kind.TEXT] or len(questions) != 1:
            cure = "Move it directly below the first step of kind 'text', the first question."
            yield draft.problem(fork, "the fork does not come directly after the story", cure)


def the_fork_is_whole(draft: Draft) -> Iterator[Problem]:
    """Closed choices, three of which are always there."""
    for fork in draft.of_kind(Kind.FORK):
        ids = [choice.id for choice in fork.choices]
        for missing in (choice for choice in FORK_NEEDS if choice not in ids):
            cure = f'Add {{ id = "{missing}", text = "..." }}.'
            yield draft.problem(fork, f"the choice '{missing}' is missing", cure, "choices")
        for unknown in (choice for choice in fork.choices if choice.id not in FORK_CHOICES):
            what = f"a fork has no choice '{unknown.id}'"
            yield draft.problem(fork, what, did_you_mean(unknown.id, FORK_CHOICES), unknown)


def branches_lead_somewhere(draft: Draft) -> Iterator[Problem]:
    """A choice of the fork that promises a permission gives it or opens the step that asks it."""
    fork = draft.flow.fork
    for choice in fork.choices if fork else ():
        promised = choice.id in FORK_PERMISSIONS and choice.id in draft.honoured
        if fork and promised and not _opens(draft, fork, choice):
            cure = f'Add such a step with when = {{ {fork.id} = "{choice.id}" }}.'
            what = f"the choice '{choice.id}' leads to no step that asks for '{choice.id}'"
            yield draft.problem(fork, what, cure, choice)


def _opens(draft: Draft, fork: Step, choice: Choice) -> bool:
    step = draft.flow.asking(choice.id)
    named = [guard.choices for guard in step.when if guard.step == fork.id] if step else []
    known = [other.id for other in fork.choices]
    meant = {name if name in known else nearest(name, known) for names in named for name in names}
    return choice.id in meant or choice.asks == choice.id


def one_review_at_the_end(draft: Draft) -> Iterator[Problem]:
    """Nothing is handed over before the review's yes, so it is there, once and last."""
    reviews = list(draft.of_kind(Kind.REVIEW))
    if not reviews:
        cure = "End with a step of kind 'review'."
        yield draft.problem(None, "there is no step of kind 'review'", cure)
    for review in reviews[1:]:
        what = f"there is a review on line {reviews[0].line} already"
        yield draft.problem(review, what, "Keep one of them.")
    if reviews and draft.flow.steps[-1].kind is not Kind.REVIEW:
        yield draft.problem(reviews[-1], "the review is not the last step", "Move it to the end.")


def fixed_points_are_always_asked(draft: Draft) -> Iterator[Problem]:
    """Story, fork and review have no conditions."""
    story = draft.flow.story
    for step in (*([story] if story else []), *draft.of_kind(Kind.FORK, Kind.REVIEW)):
        if step.when or step.unless or step.section:
            cure = "Remove when, unless and section from it."
            key = next(key for key in ("when", "unless", "section") if getattr(step, key))
            yield draft.problem(step, "story, fork and review are asked always", cure, key)


# --- permissions -------------------------------------------------------------------------------


def permissions_are_known(draft: Draft) -> Iterator[Problem]:
    """The vocabulary is closed, and only what can be honoured is asked."""
    for step in draft.of_kind(Kind.PERMISSION):
        if step.asks is None:
            cure = f'Write asks = "...", one of: {", ".join(draft.honoured)}.'
            yield draft.problem(step, "it does not say which permission it asks for", cure)
        else:
            yield from _asked(draft, step, step.asks)
    for fork in draft.of_kind(Kind.FORK):
        for choice in fork.choices:
            if choice.id == "match":
                yield from _asked(draft, fork, "match", choice)


def _asked(
    draft: Draft, step: Step, permission: str, at: str | Choice = "asks"
) -> Iterator[Problem]:
    if permission not in PERMISSIONS:
        what = f"there is no permission '{permission}'"
        yield draft.problem(step, what, did_you_mean(permission, PERMISSIONS), at)
    elif permission not in draft.honoured:
        what = f"this version cannot keep the promise of '{permission}' yet"
        cure = "Leave it out until it can, so that nobody is asked."
        yield draft.problem(step, what, cure, at)


def permissions_are_asked_once(draft: Draft) -> Iterator[Problem]:
    """One step, one permission: two steps could contradict each other."""
    first: dict[str, Step] = {}
    for step in draft.of_kind(Kind.PERMISSION):
        earlier = first.setdefault(step.asks or step.id, step)
        if earlier is not step:
            what = f"'{step.asks}' is asked on line {earlier.line} already"
            yield draft.problem(step, what, "Ask for each permission once.", "asks")


def forks_give_only_keep(draft: Draft) -> Iterator[Problem]:
    """A fork gives no permission, except ``keep`` in words that say so."""
    for fork in draft.of_kind(Kind.FORK):
        for choice in fork.choices:
            if choice.asks is None or (choice.asks, choice.id) in KEEPING:
                continue
            what = f"the choice '{choice.id}' cannot ask for '{choice.asks}'"
            cure = "Only a choice that keeps may, and only for keep; ask the rest in a step."
            yield draft.problem(fork, what, cure, choice)


KEEPING = frozenset({("keep", "keep"), ("keep", "match")})
"""What a choice of the fork may ask for, with the choice."""


def refusals_come_first(draft: Draft) -> Iterator[Problem]:
    """Every permission can be refused, and the refusal stands on top."""
    for step in draft.of_kind(Kind.PERMISSION):
        ids = [choice.id for choice in step.choices]
        if step.names_readers:
            yield from _only_the_refusal(draft, step, ids)
        elif step.asks in PERMISSIONS:
            yield from _refusal(draft, step, ids, "listen" if step.asks == "act" else "no")


def _only_the_refusal(draft: Draft, step: Step, ids: list[str]) -> Iterator[Problem]:
    if not ids:
        cure = "Write one choice that refuses."
        yield draft.problem(step, "there is no way to say no", cure, "choices")
    if len(ids) > 1:
        cure = "Write the refusal only; the names come from the roster."
        yield draft.problem(step, f"it has {len(ids)} choices", cure, "choices")


def _refusal(draft: Draft, step: Step, ids: list[str], no: str) -> Iterator[Problem]:
    if no not in ids:
        cure = f'Add {{ id = "{no}", text = "..." }} as the first choice.'
        yield draft.problem(step, "there is no way to say no", cure, "choices")
    elif ids[0] != no:
        cure = f"Move the choice '{no}' to the top."
        refusal = step.choice(no) or "choices"
        yield draft.problem(step, "the refusal is not the first choice", cure, refusal)
    if ids == [no]:
        cure = "Write a second choice."
        yield draft.problem(step, "there is no way to say yes", cure, "choices")


def acts_are_known(draft: Draft) -> Iterator[Problem]:
    """What readers may do is signed, so its words have fixed meanings."""
    for step in draft.of_kind(Kind.PERMISSION):
        if step.asks == "act":
            yield from _closed(draft, step, ACTS)


def keeping_is_no_or_yes(draft: Draft) -> Iterator[Problem]:
    """``keep`` is one question with two answers."""
    for step in draft.of_kind(Kind.PERMISSION):
        if step.asks == "keep":
            yield from _closed(draft, step, ("no", "yes"))


def _closed(draft: Draft, step: Step, known: Collection[str]) -> Iterator[Problem]:
    for choice in step.choices:
        if choice.id not in known:
            what = f"there is no choice '{choice.id}' here"
            yield draft.problem(step, what, did_you_mean(choice.id, known), choice)


def details_stand_below(draft: Draft) -> Iterator[Problem]:
    """``parts`` and ``act`` narrow a ``read`` given above them, and are asked only after it."""
    for step in draft.flow.steps:
        if step.of in DETAILS:
            yield from _below(draft, step, DETAILS[step.of])
        if step.asks == "act":
            yield from _below(draft, step, ("read",))


def _below(draft: Draft, step: Step, permissions: tuple[str, ...]) -> Iterator[Problem]:
    above = [s.id for s in draft.above(step) if s.asks in permissions]
    names = " or ".join(permissions)
    if not above:
        what = f"the permission that it narrows ({names}) is not asked above it"
        yield draft.problem(step, what, "Move it below that step.")
    elif not any(guard.step in above and not guard.choices for guard in step.when):
        what = f"it is asked also where '{above[0]}' was not given"
        yield draft.problem(step, what, f"Add when = {{ {above[0]} = true }}.", "when")


def details_are_known(draft: Draft) -> Iterator[Problem]:
    """A detail says what it narrows; of ``parts`` there is one, the narrowest choice first."""
    details = list(draft.of_kind(Kind.DETAIL))
    for step in details:
        if step.of not in DETAILS:
            what = f"'of' is '{step.of or ''}'"
            yield draft.problem(step, what, did_you_mean(step.of or "", tuple(DETAILS)), "of")
    parts = [step for step in details if step.of == "parts"]
    for step in parts[1:]:
        what = f"parts are asked on line {parts[0].line} already"
        yield draft.problem(step, what, "Keep one of them.")
    for step in parts:
        yield from _closed(draft, step, tuple(PARTS))
        yield from _narrowest_first(draft, step)


def _narrowest_first(draft: Draft, step: Step) -> Iterator[Problem]:
    ids = [choice.id for choice in step.choices if choice.id in PARTS]
    ladder = [part for part in PARTS if part in ids]
    if ids != ladder:
        cure = f"Order them: {', '.join(ladder)}."
        yield draft.problem(step, "the narrowest choice is not first", cure, "choices")


RULES: tuple[Rule, ...] = (
    the_file_says_what_it_is,
    ids_are_plain,
    ids_are_used_once,
    texts_are_written,
    choices_are_there,
    conditions_look_upwards,
    sections_are_above,
    sections_say_what_they_touch,
    places_are_known,
    parts_are_needs,
    the_story_comes_first,
    the_fork_is_whole,
    branches_lead_somewhere,
    one_review_at_the_end,
    fixed_points_are_always_asked,
    permissions_are_known,
    permissions_are_asked_once,
    forks_give_only_keep,
    refusals_come_first,
    acts_are_known,
    keeping_is_no_or_yes,
    details_stand_below,
    details_are_known,
)
"""Every rule, in the order in which a maintainer would meet them."""
