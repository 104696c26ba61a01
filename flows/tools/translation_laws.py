"""Hold a translation to the laws of its source: what the bot understands stands in it unchanged.

A command that was translated is one that nobody can give, and a placeholder that was changed is
shown as it stands. The rules about words are those of the source, in the translation's language.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from difflib import get_close_matches

import polib

from flows.checks.check import check_words
from flows.checks.draft import FlowDraft, MessageLimit
from flows.checks.problem import Problem
from flows.checks.required import WORD_RULES
from flows.files.toml_text import reflow
from flows.model import Flow
from flows.tools.catalogues import Catalogue, Message, messages_of
from flows.tools.translation import translate

COMMAND = re.compile(r"(?<![\w/])/\w+")
PLACEHOLDER = re.compile(r"\{[^{}]*\}")


def translation_problems(
    flow: Flow, catalogue: Catalogue, message_limits: tuple[MessageLimit, ...] = ()
) -> tuple[Problem, ...]:
    """Find everything that keeps a translation from being asked, except that it is incomplete."""
    problems = list(altered_parts(flow, catalogue))
    translated = translate(flow, catalogue)
    if isinstance(translated, Flow):
        draft = FlowDraft(catalogue.file, translated, (), message_limits=message_limits)
        required = (problem for rule in WORD_RULES for problem in rule(draft))
        words = (*required, *check_words(translated, catalogue.file))
        problems += (replace(p, line=_line_of(catalogue, p.step)) for p in words)
    return tuple(sorted(problems, key=lambda problem: problem.line))


def altered_parts(flow: Flow, catalogue: Catalogue) -> Iterator[Problem]:
    """Find commands and placeholders that a translation lost, changed or added."""
    for message in messages_of(flow):
        entry = catalogue.entry(message)
        if entry is None or entry.fuzzy or not reflow(entry.msgstr):
            continue
        for kind, form in (("command", COMMAND), ("placeholder", PLACEHOLDER)):
            yield from _altered(catalogue, message, entry, kind, form)


def _altered(
    catalogue: Catalogue,
    message: Message,
    entry: polib.POEntry,
    kind: str,
    form: re.Pattern[str],
) -> Iterator[Problem]:
    wanted = Counter(form.findall(message.text))
    found = Counter(form.findall(reflow(entry.msgstr)))
    lost, added = sorted(wanted - found), sorted(found - wanted)
    for part in lost:
        instead = next(iter(get_close_matches(part, added, n=1, cutoff=0.0)), None)
        cure = f"Write {part} as it is: it is not translated."
        if instead is not None:
            added.remove(instead)
            cure = f"Write {part} for {instead}: it is not translated."
        what = f"the {kind} {part} of the original is missing"
        yield Problem(catalogue.file, entry.linenum, message.context, what, cure)
    for part in added:
        what = f"it has a {kind} {part} that the original lacks"
        yield Problem(catalogue.file, entry.linenum, message.context, what, "Take it out.")


def _line_of(catalogue: Catalogue, step: str | None) -> int:
    """Return the line of a step's first translated sentence."""
    own = (e for e in catalogue.entries if step and (e.msgctxt or "").split(".")[0] == step)
    first = next((e.linenum for e in own if not e.obsolete), 1)
    return max(int(first or 1), 1)
