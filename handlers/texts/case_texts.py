"""The texts about a kept case that was opened again, by name."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CaseTexts:
    """Hold what is said about a kept case that was opened again."""

    case: str
    kept: str
    share_held: str
    share_released: str
    share_fetched: str
    more_held: str
    more_released: str
    unshared: str
    never_shared: str
    closed: str
    reopened: str
    add: str
    added_kept: str
    nothing_added: str
    added_in: str
    added_line: str
    share_added: str
    kept_until: str
    kept_longer: str
    unchanged_for: str
    ends_for: str
    instead_for: str
    given_to: str
    taken_back_from: str
    line_standing: str
    line_stays: str
    line_added: str
    review_added: str
    ask_join: str
    joined: str
    join_same: str
    join_nothing: str
    join_full: str
    join_never: str
