"""English words that tell what a bot is for to whoever glances at a lock screen or a chat list."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TopicWords:
    """Hold the words of one language, as ``flows.folding.folded`` leaves them."""

    beginnings: tuple[str, ...]
    """They count wherever a word begins with them, and inside names without blanks."""
    words: frozenset[str]
    """They count as whole words."""


ENGLISH_TOPICS = TopicWords(
    beginnings=(
        *("harass", "assault", "abuse", "abusive", "violen", "survivor", "victim", "metoo"),
        *(
            "whistleblow",
            "misconduct",
            "molest",
            "grooming",
            "perpetrator",
            "predator",
            "bullying",
        ),
        *("complaint", "trauma", "stalking", "helpline", "hotline"),
    ),
    words=frozenset(
        {
            *(
                "report",
                "reports",
                "reporting",
                "reporter",
                "reportbot",
                "rape",
                "raped",
                "rapist",
            ),
            *("sexual", "sexism", "incident", "incidents", "misogyny", "consent", "accused"),
            *("safeguarding", "testimony", "testimonies", "me too", "speak up", "speakup"),
        }
    ),
)
