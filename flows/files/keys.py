"""The keys of a questionnaire file, and the choices that no file contains."""

from collections.abc import Mapping

from flows.model import GO_ON, SKIP_SECTION, USE_IT, Choice, Kind

TOP_KEYS = ("name", "language", "choose", "step", "overrule")


OVERRULE_KEYS = ("step", "rule", "because")


COMMON_KEYS = ("id", "kind", "text", "when", "unless", "section", "place")


KIND_KEYS: Mapping[Kind, tuple[str, ...]] = {
    Kind.NOTE: ("hint",),
    Kind.TEXT: ("hint", "many", "part", "skip"),
    Kind.PERSON: ("hint", "many"),
    Kind.ONE: ("hint", "choices", "part"),
    Kind.MANY: ("hint", "choices", "part"),
    Kind.SECTION: ("hint", "touches"),
    # No hint where words are signed: what is shown and what is signed are the same.
    Kind.FORK: ("choices",),
    Kind.PERMISSION: ("choices", "asks"),
    Kind.DETAIL: ("choices", "of"),
    Kind.REVIEW: ("hint",),
}


ALL_KEYS = (*COMMON_KEYS, *sorted({key for keys in KIND_KEYS.values() for key in keys}))


CHOICE_KEYS: Mapping[Kind, tuple[str, ...]] = {
    Kind.MANY: ("id", "text", "alone"),
    Kind.FORK: ("id", "text", "asks"),
}


FIXED_CHOICES: Mapping[Kind, tuple[Choice, ...]] = {
    Kind.SECTION: (GO_ON, SKIP_SECTION),
    Kind.REVIEW: (USE_IT,),
}


ENDS_A_BRANCH = frozenset({"later", "erase"})
"""The choices of a fork that cannot be combined with others."""
