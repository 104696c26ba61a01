"""The types of the texts about the language that is spoken."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LanguageTexts:
    """Hold what is said where the bot speaks several languages."""

    ask: str
    """Stands among the same question in each of the languages."""
    chosen: str
    stays: str
    opened: str
