"""Hold a translation to the laws of its source: what the bot understands stands in it unchanged.

A command that was translated is one that nobody can give, and a placeholder that was changed is
shown as it stands. The rules about words are those of the source, in the translation's language.
"""

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
from flows.tools.catalogues import Catalogue, Message, Source, forms_of
from flows.tools.flow_messages import flow_source
from flows.tools.translation import COMMAND, PLACEHOLDER, translate


def translation_problems(
    flow: Flow, catalogue: Catalogue, message_limits: tuple[MessageLimit, ...] = ()
) -> tuple[Problem, ...]:
    """Find everything that keeps a translation from being asked, except that it is incomplete."""
    problems = list(altered_parts(flow_source(flow), catalogue))
    translated = translate(flow, catalogue)
    if isinstance(translated, Flow):
        draft = FlowDraft(catalogue.file, translated, (), message_limits=message_limits)
        required = (problem for rule in WORD_RULES for problem in rule(draft))
        words = (*required, *check_words(translated, catalogue.file))
        problems += (replace(p, line=_line_of(catalogue, p.step)) for p in words)
    return tuple(sorted(problems, key=lambda problem: problem.line))


def altered_parts(source: Source, catalogue: Catalogue) -> Iterator[Problem]:
    """Find commands and placeholders that a translation lost, changed or added."""
    for message in source.messages:
        entry = catalogue.entry(message)
        if entry is None or entry.fuzzy:
            continue
        for number, form in enumerate(forms_of(entry)):
            text = reflow(form)
            if text:
                original = _original_of(message, catalogue, number, text)
                yield from _altered(catalogue, message, entry, original, text)


def _original_of(message: Message, catalogue: Catalogue, form: int, text: str) -> str:
    """Return the words to which a form is held: only for one may it say the number in words."""
    if not message.plural:
        return message.text
    if catalogue.plural_rule.is_only_for_one(form):
        return min(message.text, message.plural, key=lambda words: _distance(words, text))
    return message.plural


def _distance(words: str, other: str) -> int:
    ours, theirs = (Counter(PLACEHOLDER.findall(each)) for each in (words, other))
    return ((ours - theirs) + (theirs - ours)).total()


def _altered(
    catalogue: Catalogue, message: Message, entry: polib.POEntry, original: str, text: str
) -> Iterator[Problem]:
    for kind, form in (("command", COMMAND), ("placeholder", PLACEHOLDER)):
        wanted, found = Counter(form.findall(original)), Counter(form.findall(text))
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
