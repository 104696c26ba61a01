"""Revisions of the questionnaires."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NeededRevisions:
    """Revisions of the questionnaires that something at rest may name."""

    conversations: frozenset[str] = frozenset()
    statements: frozenset[str] = frozenset()
