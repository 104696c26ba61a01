"""Rules that a questionnaire must keep before it is published, and that nobody can set aside.

They stand apart from ``checks.rules`` because a running bot does not apply them: a published
questionnaire stays in use when a rule is added here. They protect a permission, a budget, or that
every text can be shown and answered.
"""

import re
import unicodedata
from collections.abc import Iterator

from flows.checks.care.relevance import FINAL_BRANCHES
from flows.checks.coverage import CostlyPath
from flows.checks.draft import FlowDraft, Rule
from flows.checks.paths import Cost
from flows.checks.problem import Problem
from flows.checks.step_texts import announcing_sections, texts_of
from flows.folding import plain
from flows.model import PARTS, Kind, Step

MAX_COST_TO_KEEP = Cost(messages=12, taps=7)
"""The most that only keeping may cost, the bot's own messages included."""

MAX_MESSAGES = 30
"""The most messages of the bot on the longest path."""

BOT_UNITS = 600
"""The length of what the bot adds to the same message: how to choose, skip and leave."""

MAX_CHOICES = 248
"""The most buttons of one message that can be distinguished."""

# --- paths and budgets -------------------------------------------------------------------------


def check_steps_are_reachable(draft: FlowDraft) -> Iterator[Problem]:
    """Refuse a step that no answers lead to: it would be approved and never asked."""
    for place, step in enumerate(draft.flow.steps):
        if draft.paths and place not in draft.paths.reachable:
            key = next((key for key in ("when", "unless") if getattr(step, key)), "section")
            cure = "Its conditions cannot all hold, here or in the steps that they name."
            yield draft.problem(step, "no answers lead here: it is never asked", cure, key)


def check_budgets(draft: FlowDraft) -> Iterator[Problem]:
    """Limit the cost of the most expensive paths: each question is one more for a tired person."""
    paths = draft.paths
    if paths is None or len(list(draft.of_kind(Kind.REVIEW))) > 1:
        return  # with two ends nothing can be counted
    budgets = (
        (paths.keep_most_messages, "messages", MAX_COST_TO_KEEP.messages, "only to keep it"),
        (paths.keep_most_taps, "taps", MAX_COST_TO_KEEP.taps, "only to keep it"),
        (paths.longest, "messages", MAX_MESSAGES, "the longest way"),
    )
    for path, unit, most, name in budgets:
        if path and getattr(draft.bot_cost + path.cost, unit) > most:
            yield _over_budget(draft, path, unit, most, name)


def _over_budget(draft: FlowDraft, path: CostlyPath, unit: str, most: int, name: str) -> Problem:
    total, own = getattr(draft.bot_cost + path.cost, unit), getattr(draft.bot_cost, unit)
    exact = "" if draft.paths and draft.paths.exact else "up to "
    part = f", {own} of them the bot's own" if own else ""
    what = f"{name} takes {exact}{total} {unit}{part}, and at most {most} are allowed"
    steps = [step for step, _ in path.path]
    cure = f"Ask less on this way: {', '.join(steps)}."
    return draft.problem(_last_optional(draft, steps), what, cure)


def _last_optional(draft: FlowDraft, names: list[str]) -> Step | None:
    """Return the last question on a path that could be removed."""
    steps = (draft.flow.step(name) for name in reversed(names))
    fixed = {Kind.REVIEW, Kind.FORK}
    optional = (s for s in steps if s and s.kind not in fixed and s is not draft.flow.story)
    return next(optional, None)


# --- permissions -------------------------------------------------------------------------------


def check_readers_are_asked_only_to_share(draft: FlowDraft) -> Iterator[Problem]:
    """Refuse to ask who may read where the story is only kept, decided later or erased."""
    fork, paths = draft.flow.fork, draft.paths
    permissions = {step.id for step in draft.of_kind(Kind.PERMISSION)}
    for place, step in enumerate(draft.flow.steps):
        if any(guard.step in permissions for guard in step.when):
            continue  # then that step is the one to mend
        wrong = [
            b
            for b in _forbidden_branches(step)
            if paths and place in paths.asked_by_branch.get(b, ())
        ]
        if fork and wrong:
            named = " or ".join(f"'{b}'" if b else "a skip" for b in wrong)
            cure = f'Add when = {{ {fork.id} = "read" }}.'
            what = f"it is asked also after {named}, where it must not be"
            yield draft.problem(step, what, cure, "when")


def _forbidden_branches(step: Step) -> tuple[str, ...]:
    """Return the answers to the fork after which a permission is not asked.

    Details of a permission are only asked after it (``checks.rules``), so they are ignored here.
    """
    if step.kind is not Kind.PERMISSION or step.asks == "act":
        return ()
    if step.asks in READER_PERMISSIONS:
        return ("keep", "match", *FINAL_BRANCHES)
    return FINAL_BRANCHES if step.asks == "keep" else ("keep", *FINAL_BRANCHES)


READER_PERMISSIONS = frozenset({"read", "read_quorum", "never"})
"""The permissions about who may read."""


def check_parts_are_not_empty(draft: FlowDraft) -> Iterator[Problem]:
    """Refuse a choice of parts that would share nothing, because no step asks for it."""
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


def check_story_is_not_a_need(draft: FlowDraft) -> Iterator[Problem]:
    """Refuse a story marked as a need: sharing only needs must not share the story."""
    story = draft.flow.story
    if story is not None and story.part is not None:
        cure = "Take 'part' out of the first question."
        yield draft.problem(story, "the story is marked as a need", cure, "part")


def check_sections_are_used(draft: FlowDraft) -> Iterator[Problem]:
    """Refuse a notice that no step belongs to: skipping it would skip nothing."""
    steps = draft.flow.steps
    named = {section.id for step in steps for section in announcing_sections(draft.flow, step)}
    for step in draft.of_kind(Kind.SECTION):
        if step.id not in named:
            cure = f'Write section = "{step.id}" into the steps that it announces.'
            yield draft.problem(step, "no step belongs to this section", cure)


# --- what can be shown and answered ------------------------------------------------------------


def check_characters(draft: FlowDraft) -> Iterator[Problem]:
    """Refuse control characters and those that change the direction of text."""
    cure = "Delete the invisible sign there, and type the words anew."
    if has_invisible_character(draft.flow.choose):
        yield draft.problem(None, "'choose' has a sign that cannot be shown", cure, "choose")
    for step in draft.flow.steps:
        for text, at in texts_of(step):
            if has_invisible_character(text):
                yield draft.problem(step, "a sign in it cannot be shown", cure, at)


DIRECTION_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def has_invisible_character(text: str) -> bool:
    """Tell whether a text has a sign that no screen shows, or one that turns its order."""
    return any(
        s in DIRECTION_CONTROLS or (s != "\n" and unicodedata.category(s) == "Cc") for s in text
    )


def check_no_markup(draft: FlowDraft) -> Iterator[Problem]:
    """Refuse placeholders and formatting: texts are shown exactly as written."""
    cure = "Write it as it should be read: nothing is filled in and nothing is formatted."
    for step in draft.flow.steps:
        for text, at in texts_of(step):
            match = MARKUP.search(text)
            if match:
                yield draft.problem(step, f"“{match[0]}” would be shown as it stands", cure, at)


MARKUP = re.compile(
    r"[{}]|</?[a-zA-Z][^<>]{0,99}>|\*\*|__|\[[^\[\]]{0,99}\]\(|&[a-z]+;"
    r"|\b(?:TODO|FIXME|XXX|Lorem ipsum)\b"
)


def check_hints(draft: FlowDraft) -> Iterator[Problem]:
    """Refuse hints of notes and reviews, which show their text only."""
    for step in draft.of_kind(Kind.NOTE, Kind.REVIEW):
        if step.hint:
            what = f"the hint of a {step.kind} is never shown"
            yield draft.problem(step, what, "Write it into the text.", "hint")


def check_message_length(draft: FlowDraft) -> Iterator[Problem]:
    """Require that a question and its choices fit into one message on each platform."""
    for step in draft.flow.steps:
        listed = [*(choice.text for choice in step.choices), step.skip or ""]
        units = _count_units("\n".join([step.text, step.hint or "", *listed])) + BOT_UNITS
        for limit in draft.message_limits:
            if units > limit.units:
                what = f"it does not fit into one message on {limit.platform.title()}"
                yield draft.problem(step, what, "Say it in fewer words.", "text")
        if len(step.choices) > MAX_CHOICES:
            what = f"it has {len(step.choices)} choices, and at most {MAX_CHOICES} can be offered"
            yield draft.problem(step, what, "Offer fewer.", "choices")


def _count_units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def check_choices_are_not_commands(draft: FlowDraft) -> Iterator[Problem]:
    """Refuse choices that would halt the conversation when typed."""
    for step in draft.flow.steps:
        if _is_command(step.skip or ""):
            what = "the label of its skip is a command of the bot when it is typed"
            yield draft.problem(step, what, "Use other words.", "skip")
        for choice in step.choices:
            if _is_command(choice.text):
                what = f"the choice '{choice.id}' is a command of the bot when it is typed"
                yield draft.problem(step, what, "Use other words.", choice)


def _is_command(label: str) -> bool:
    return plain(label) in BARE_COMMANDS or label.startswith("/")


BARE_COMMANDS = frozenset(
    {
        *("stop", "i am not safe", "im not safe", "i am not safe here", "im not safe here"),
        *("not safe", "i am unsafe", "im unsafe", "i do not feel safe", "i dont feel safe"),
        *("i feel unsafe", "i dont feel safe here", "i do not feel safe here", "i am not save"),
        *("im not save", "i dont feel save", "im not safe right now", "i am not safe right now"),
        *("im not safe at home",),
        *("i am in danger", "im in danger"),
        *("no estoy a salvo", "no estoy a salvo aqui", "no estoy segura aqui"),
        *("no estoy seguro aqui", "no me siento segura", "no me siento seguro"),
        *("no me siento segura aqui", "no me siento seguro aqui", "no me siento a salvo"),
        *("estoy en peligro", "corro peligro", "estamos en peligro", "me siento en peligro"),
        *("no estoy segura en casa", "no estoy seguro en casa", "estoy en peligro ahora"),
    }
)
"""Commands that work without a slash wherever no story is being told, without accents."""

REQUIRED_RULES: tuple[Rule, ...] = (
    check_steps_are_reachable,
    check_budgets,
    check_readers_are_asked_only_to_share,
    check_parts_are_not_empty,
    check_story_is_not_a_need,
    check_sections_are_used,
    check_characters,
    check_no_markup,
    check_hints,
    check_message_length,
    check_choices_are_not_commands,
)
"""All required rules, in the order in which a maintainer would meet them."""

WORD_RULES: tuple[Rule, ...] = (
    check_characters,
    check_no_markup,
    check_message_length,
    check_choices_are_not_commands,
)
"""The required rules that are about words, which hold in every language."""
