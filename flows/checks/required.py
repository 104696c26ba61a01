"""What a questionnaire must keep to before it is published, and what nobody can set aside.

These stand apart from ``checks.rules`` because a running bot does not ask for them: a published
questionnaire goes on being asked when a rule is added here. They protect a permission, a budget,
or that what is written can be shown and answered at all.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping

from flows.checks.care import NOTHING_ASKED, announcing, bare, said
from flows.checks.coverage import Route
from flows.checks.problem import Problem
from flows.checks.rules import Draft, Rule
from flows.model import PARTS, Kind, Step
from flows.paths import Cost

ONLY_KEEP = Cost(messages=14, taps=7)
"""What only keeping may cost at most, the bot's own frame included."""

ONE_READER = 24
"""How many messages of the bot the longest way may have."""

MESSAGE_UNITS: Mapping[str, int] = {"telegram": 4096, "matrix": 16_000}
"""How long one message can be: UTF-16 on Telegram, on Matrix a quarter of an event's 64 KiB."""

FRAME_UNITS = 600
"""What the bot itself says in the same message: how to choose, skip and leave."""

MOST_CHOICES = 248
"""As many buttons as a message can be told apart by."""

# --- ways and budgets --------------------------------------------------------------------------


def every_step_is_reached(draft: Draft) -> Iterator[Problem]:
    """A step that no answers lead to would be approved and never asked."""
    for place, step in enumerate(draft.flow.steps):
        if draft.ways and place not in draft.ways.reached:
            key = next((key for key in ("when", "unless") if getattr(step, key)), "section")
            cure = "Its conditions cannot all hold, here or in the steps that they name."
            yield draft.problem(step, "no answers lead here: it is never asked", cure, key)


def budgets_are_kept(draft: Draft) -> Iterator[Problem]:
    """Every question is one more for somebody who is tired."""
    ways = draft.ways
    if ways is None or len(list(draft.of_kind(Kind.REVIEW))) > 1:
        return  # with two ends nothing can be counted
    if ways.keeping and (draft.frame + ways.keeping.cost).messages > ONLY_KEEP.messages:
        yield _over(draft, ways.keeping, "messages", ONLY_KEEP.messages, "only to keep it")
    if ways.tapping and (draft.frame + ways.tapping.cost).taps > ONLY_KEEP.taps:
        yield _over(draft, ways.tapping, "taps", ONLY_KEEP.taps, "only to keep it")
    if (draft.frame + ways.longest.cost).messages > ONE_READER:
        yield _over(draft, ways.longest, "messages", ONE_READER, "the longest way")


def _over(draft: Draft, route: Route, unit: str, most: int, where: str) -> Problem:
    took, own = getattr(draft.frame + route.cost, unit), getattr(draft.frame, unit)
    exact = "" if draft.ways and draft.ways.exact else "up to "
    frame = f", {own} of them the bot's own" if own else ""
    what = f"{where} takes {exact}{took} {unit}{frame}, and at most {most} are allowed"
    names = [step for step, _ in route.path]
    cure = f"Ask less on this way: {', '.join(names)}."
    return draft.problem(_last_optional(draft, names), what, cure)


def _last_optional(draft: Draft, names: list[str]) -> Step | None:
    """The last question on a way that could be taken out."""
    steps = (draft.flow.step(name) for name in reversed(names))
    fixed = {Kind.REVIEW, Kind.FORK}
    optional = (s for s in steps if s and s.kind not in fixed and s is not draft.flow.story)
    return next(optional, None)


# --- permissions -------------------------------------------------------------------------------


def readers_are_asked_for_only_to_share(draft: Draft) -> Iterator[Problem]:
    """Who only keeps, decides later or erases is not asked who may read."""
    fork, ways = draft.flow.fork, draft.ways
    permissions = {step.id for step in draft.of_kind(Kind.PERMISSION)}
    for place, step in enumerate(draft.flow.steps):
        if any(guard.step in permissions for guard in step.when):
            continue  # then that step is the one to mend
        wrong = [b for b in _against(step) if ways and place in ways.asked.get(b, ())]
        if fork and wrong:
            named = " or ".join(f"'{b}'" if b else "a skip" for b in wrong)
            cure = f'Add when = {{ {fork.id} = "read" }}.'
            what = f"it is asked also after {named}, where it must not be"
            yield draft.problem(step, what, cure, "when")


def _against(step: Step) -> tuple[str, ...]:
    """The answers to the fork after which a permission is not asked.

    What narrows a permission is asked after it only (``checks.rules``), so it is not looked at.
    """
    if step.kind is not Kind.PERMISSION or step.asks == "act":
        return ()
    if step.asks in READING:
        return ("keep", "match", *NOTHING_ASKED)
    return NOTHING_ASKED if step.asks == "keep" else ("keep", *NOTHING_ASKED)


READING = frozenset({"read", "read_quorum", "never"})
"""The permissions about who may read."""


def parts_have_something_in_them(draft: Draft) -> Iterator[Problem]:
    """Readers of *only needs* would be handed nothing where no step asks for needs."""
    there = {"story"} | {"person" for _ in draft.of_kind(Kind.PERSON)}
    there |= {step.part for step in draft.flow.steps if step.part}
    for step in draft.of_kind(Kind.DETAIL):
        before: frozenset[str] = frozenset()
        for choice in step.choices if step.of == "parts" else ():
            added = PARTS.get(choice.id, frozenset({"story"})) - before
            before |= added
            if not added & there:
                what = f"the choice '{choice.id}' shares nothing that is asked"
                cure = "Take it out, or mark what belongs to it (part, kind 'person')."
                yield draft.problem(step, what, cure, choice)


def the_story_is_no_need(draft: Draft) -> Iterator[Problem]:
    """Whoever shares only their needs does not share the story with them."""
    story = draft.flow.story
    if story is not None and story.part is not None:
        cure = "Take 'part' out of the first question."
        yield draft.problem(story, "the story is marked as a need", cure, "part")


def sections_are_used(draft: Draft) -> Iterator[Problem]:
    """A notice that no step belongs to skips nothing."""
    steps = draft.flow.steps
    named = {section.id for step in steps for section in announcing(draft.flow, step)}
    for step in draft.of_kind(Kind.SECTION):
        if step.id not in named:
            cure = f'Write section = "{step.id}" into the steps that it announces.'
            yield draft.problem(step, "no step belongs to this section", cure)


# --- what can be shown and answered ------------------------------------------------------------


def words_can_be_shown(draft: Draft) -> Iterator[Problem]:
    """No control characters, and none that turn the order of what follows."""
    cure = "Delete the invisible sign there, and type the words anew."
    if _hidden(draft.flow.choose):
        yield draft.problem(None, "'choose' has a sign that cannot be shown", cure, "choose")
    for step in draft.flow.steps:
        for text, at in said(step):
            if _hidden(text):
                yield draft.problem(step, "a sign in it cannot be shown", cure, at)


TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _hidden(text: str) -> bool:
    return any(s in TURNING or (s != "\n" and unicodedata.category(s) == "Cc") for s in text)


def texts_are_plain(draft: Draft) -> Iterator[Problem]:
    """What is written is what is shown: there are no blanks to fill in and no formatting."""
    cure = "Write it as it should be read: nothing is filled in and nothing is formatted."
    for step in draft.flow.steps:
        for text, at in said(step):
            match = MARKUP.search(text)
            if match:
                yield draft.problem(step, f"“{match[0]}” would be shown as it stands", cure, at)


MARKUP = re.compile(
    r"[{}]|</?[a-zA-Z][^<>]{0,99}>|\*\*|__|\[[^\[\]]{0,99}\]\(|&[a-z]+;"
    r"|\b(?:TODO|FIXME|XXX|Lorem ipsum)\b"
)


def hints_are_shown(draft: Draft) -> Iterator[Problem]:
    """A note and a review show their text only."""
    for step in draft.of_kind(Kind.NOTE, Kind.REVIEW):
        if step.hint:
            what = f"the hint of a {step.kind} is never shown"
            yield draft.problem(step, what, "Write it into the text.", "hint")


def messages_fit(draft: Draft) -> Iterator[Problem]:
    """A question stands in one message on each platform, with all its choices."""
    for step in draft.flow.steps:
        listed = [choice.text for choice in step.choices]
        units = _units("\n".join([step.text, step.hint or "", *listed])) + FRAME_UNITS
        for platform, most in MESSAGE_UNITS.items():
            if units > most:
                what = f"it does not fit into one message on {platform.title()}"
                yield draft.problem(step, what, "Say it in fewer words.", "text")
        if len(step.choices) > MOST_CHOICES:
            what = f"it has {len(step.choices)} choices, and at most {MOST_CHOICES} can be offered"
            yield draft.problem(step, what, "Offer fewer.", "choices")


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def choices_are_no_commands(draft: Draft) -> Iterator[Problem]:
    """What halts the talk when it is typed cannot be a choice as well."""
    for step in draft.flow.steps:
        for choice in step.choices:
            if bare(choice.text) in COMMANDS or choice.text.startswith("/"):
                what = f"the choice '{choice.id}' is a command of the bot when it is typed"
                yield draft.problem(step, what, "Use other words.", choice)


COMMANDS = frozenset({"stop", "i am not safe"})
"""What acts without a slash wherever no story is told."""

FIRM: tuple[Rule, ...] = (
    every_step_is_reached,
    budgets_are_kept,
    readers_are_asked_for_only_to_share,
    parts_have_something_in_them,
    the_story_is_no_need,
    sections_are_used,
    words_can_be_shown,
    texts_are_plain,
    hints_are_shown,
    messages_fit,
    choices_are_no_commands,
)
"""Every firm rule, in the order in which a maintainer would meet them."""
