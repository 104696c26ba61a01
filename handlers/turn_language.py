"""Stamp the language of an account on all that a turn says, and on what it signs of that."""

from collections.abc import Sequence
from dataclasses import replace

from handlers.context import View
from handlers.outcome import Outcome
from store.model.changes import Change, HandOver, JoinCase, StopKeeping, TakeBack
from store.model.outbox import TextRef

SIGNED = (TakeBack, StopKeeping, JoinCase)
"""Changes that sign a sentence of the bot."""


def in_language(texts: Sequence[TextRef], tag: str) -> tuple[TextRef, ...]:
    """Return references to the same sentences in this language."""
    return tuple(text if text.language == tag else replace(text, language=tag) for text in texts)


def with_language(view: View, outcome: Outcome) -> Outcome:
    """Return the outcome in the language that is spoken after it.

    What it signs was shown before it.
    """
    spoken = outcome.language or view.language
    return replace(
        outcome,
        changes=tuple(_signed_in(change, view.language) for change in outcome.changes),
        says=in_language(outcome.says, spoken),
        direct=in_language(outcome.direct, spoken),
    )


def _signed_in(change: Change, tag: str) -> Change:
    if isinstance(change, SIGNED):
        return replace(change, language=tag)
    if isinstance(change, HandOver) and change.narrowing is not None:
        return replace(change, narrowing=replace(change.narrowing, language=tag))
    return change
