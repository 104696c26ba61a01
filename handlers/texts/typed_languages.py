"""The languages in which the bot understands what people type."""

from handlers.texts.english_answers import ENGLISH_ANSWERS
from handlers.texts.english_choices import ENGLISH_CHOICES
from handlers.texts.english_danger import ENGLISH_DANGER
from handlers.texts.english_hold import ENGLISH_HOLD
from handlers.texts.english_refusals import ENGLISH_REFUSALS
from handlers.texts.english_sayings import ENGLISH_SAYINGS
from handlers.texts.english_topics import ENGLISH_TOPICS
from handlers.texts.spanish_answers import SPANISH_ANSWERS
from handlers.texts.spanish_choices import SPANISH_CHOICES
from handlers.texts.spanish_danger import SPANISH_DANGER
from handlers.texts.spanish_hold import SPANISH_HOLD
from handlers.texts.spanish_refusals import SPANISH_REFUSALS
from handlers.texts.spanish_sayings import SPANISH_SAYINGS
from handlers.texts.spanish_spellings import SPANISH_SPELLINGS
from handlers.texts.spanish_topics import SPANISH_TOPICS
from handlers.texts.tables import TypedLanguage

TYPED_LANGUAGES: tuple[TypedLanguage, ...] = (
    TypedLanguage(
        code="en",
        accents=True,
        sayings=ENGLISH_SAYINGS,
        choices=ENGLISH_CHOICES,
        hold=ENGLISH_HOLD,
        refusals=ENGLISH_REFUSALS,
        danger=ENGLISH_DANGER,
        topics=ENGLISH_TOPICS,
        answers=ENGLISH_ANSWERS,
    ),
    TypedLanguage(
        code="es",
        accents=False,
        sayings=SPANISH_SAYINGS,
        choices=SPANISH_CHOICES,
        hold=SPANISH_HOLD,
        refusals=SPANISH_REFUSALS,
        danger=SPANISH_DANGER,
        topics=SPANISH_TOPICS,
        answers=SPANISH_ANSWERS,
        spellings=SPANISH_SPELLINGS,
    ),
)
"""All of them, whatever the bot is configured to speak; what fits in an earlier one counts."""
