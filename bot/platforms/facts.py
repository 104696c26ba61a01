"""Collect what the chat platforms can do, see and keep; for code below the adapters."""

from collections.abc import Sequence

from bot.platforms.matrix.facts import MATRIX
from bot.platforms.telegram.facts import TELEGRAM
from handlers.messages import PlatformFacts

CHAT_PLATFORMS = (TELEGRAM, MATRIX)

HOURS_TO_REPORT = 24
"""How long a message that became too old to be deleted is remembered, so that this is said."""


def remembered_hours(platforms: Sequence[PlatformFacts]) -> dict[str, int]:
    """Return how long deletable messages are remembered where they can become too old."""
    return {
        facts.name: facts.deletable_hours + HOURS_TO_REPORT
        for facts in platforms
        if facts.deletable_hours is not None
    }
