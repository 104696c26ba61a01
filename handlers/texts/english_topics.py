"""English words that tell what a bot is for to whoever glances at a lock screen or a chat list."""

from handlers.texts.tables import TopicWords

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
