"""The responses that a reporter can give to a step, and the reasons to refuse one."""

from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class ChoiceResponse:
    """The reporter took these choices."""

    ids: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class TextResponse:
    """The reporter wrote a text, which was sealed as this item."""

    item: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class DoneResponse:
    """The reporter has nothing to add for now."""


@dataclass(frozen=True, slots=True)
class SkipResponse:
    """The reporter passes over the question."""


Response = ChoiceResponse | TextResponse | DoneResponse | SkipResponse


class Reason(StrEnum):
    """Why a response was refused."""

    UNKNOWN_STEP = "unknown step"  # the questionnaire does not ask this
    NOT_OPEN = "not open"  # not asked now: an old button, or a step further down
    NO_SUCH_CHOICE = "no such choice"
    EXCLUDED = "excluded"  # this reader was named in the opposite permission
    ONE_ONLY = "one only"
    ALONE = "alone"  # this choice goes with no other
    NEEDS_CHOICE = "needs a choice"
    NEEDS_WORDS = "needs words"
    NOTHING_TOLD = "nothing told"  # done, but there is nothing to be done with
    CANNOT_SKIP = "cannot be skipped"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A response that was refused; the answers are unchanged."""

    reason: Reason
