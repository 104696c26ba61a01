"""The rules that every questionnaire must keep, published ones included.

Each rule is a function that yields its violations; a new rule is added to ``RULES``. None can be
set aside, because each protects a permission or an answer of the person who tells.
"""

from flows.checks.draft import Rule
from flows.checks.rules.conditions import (
    check_conditions,
    check_section_subjects,
    check_sections,
)
from flows.checks.rules.fixed_points import (
    check_branches_lead_somewhere,
    check_fixed_points,
    check_fork_choices,
    check_fork_follows_story,
    check_review_is_last,
)
from flows.checks.rules.names import (
    check_choices_exist,
    check_header,
    check_ids,
    check_ids_are_unique,
    check_part_keys,
    check_places,
    check_skips,
    check_texts_are_not_empty,
)
from flows.checks.rules.permissions import (
    check_acts,
    check_details,
    check_details_stand_below,
    check_forks_grant_only_keep,
    check_keep_choices,
    check_permissions_are_asked_once,
    check_permissions_are_known,
    check_refusals_come_first,
)

RULES: tuple[Rule, ...] = (
    check_header,
    check_ids,
    check_ids_are_unique,
    check_texts_are_not_empty,
    check_choices_exist,
    check_conditions,
    check_sections,
    check_section_subjects,
    check_places,
    check_skips,
    check_part_keys,
    check_fork_follows_story,
    check_fork_choices,
    check_branches_lead_somewhere,
    check_review_is_last,
    check_fixed_points,
    check_permissions_are_known,
    check_permissions_are_asked_once,
    check_forks_grant_only_keep,
    check_refusals_come_first,
    check_acts,
    check_keep_choices,
    check_details_stand_below,
    check_details,
)
"""All rules, in the order in which a maintainer would meet them."""
