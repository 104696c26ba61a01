"""The rules of care: what a questionnaire owes to the person who reads it in a hard hour.

Each rule is a function, registered under the name that ``[[overrule]]`` uses. Rules of care can be
set aside for one step with a written reason, because people who know the situation may know
better; rules about permissions cannot (``checks.rules``, ``checks.required``). Words are searched
for per language (``checks.phrases``); in a language without a list only the other rules hold.
"""

from collections.abc import Mapping

from flows.checks.care.readability import (
    check_labels,
    check_length,
    check_one_question,
    check_reading_level,
    check_typed_choices,
)
from flows.checks.care.relevance import check_branches, check_one_person, check_repeats
from flows.checks.care.wording import (
    check_bare_member,
    check_blame,
    check_help_lines,
    check_notices,
    check_opening,
    check_praise,
    check_skippable,
)
from flows.checks.draft import Rule

CARE_RULES: Mapping[str, Rule] = {
    "length": check_length,
    "reading-level": check_reading_level,
    "one-question": check_one_question,
    "label": check_labels,
    "typing": check_typed_choices,
    "opening": check_opening,
    "blame": check_blame,
    "praise": check_praise,
    "bare-member": check_bare_member,
    "skip": check_skippable,
    "help": check_help_lines,
    "notice": check_notices,
    "branch": check_branches,
    "one-person": check_one_person,
    "repeat": check_repeats,
}
"""All rules of care, by the name that ``[[overrule]]`` uses."""

PHRASE_RULES = ("opening", "blame", "praise", "bare-member", "skip", "help", "notice")
"""The rules that search for words, and so need a list for each language."""
