"""One path through a questionnaire, and what it costs the person who takes it."""

from dataclasses import dataclass

from flows.model import Step

Selection = tuple[str, ...]
"""The ids of the choices in one answer; empty for a skip."""

TEXT_GIVEN: Selection = ("text",)
"""The entry of a path for a question that was answered in words."""

Path = tuple[tuple[str, Selection], ...]
"""Step ids with their selections, in the order of answering."""


@dataclass(frozen=True, slots=True, order=True)
class Cost:
    """The effort a conversation asks of a person: messages to read and buttons to tap."""

    messages: int = 0
    taps: int = 0

    def __add__(self, other: "Cost") -> "Cost":
        """Add both numbers."""
        return Cost(self.messages + other.messages, self.taps + other.taps)


def count_messages(step: Step, selection: Selection) -> int:
    """Count the bot's messages of one answer: the question, and the word that a text was saved.

    That word is said once in a burst, and only where more than one message can be the answer.
    """
    return 1 + int(selection == TEXT_GIVEN and step.takes_text and step.many)


def count_taps(step: Step, selection: Selection) -> int:
    """Count the taps of one answer; a skip and a *done* are taps, typed text is not."""
    if not selection:
        return 1
    if step.takes_text:
        return int(step.many)
    alone = any(choice.alone for choice in step.choices if choice.id in selection)
    return len(selection) + int(step.takes_several and not alone)
