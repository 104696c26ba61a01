"""The English texts about the language that is spoken."""

from handlers.texts.language_texts import LanguageTexts

LANGUAGE = LanguageTexts(
    ask="Which language should I use?",
    chosen="From here on I write in English.",
    stays="These questions aren't ready in another language yet, so this talk goes on as it is.",
    opened="An opened story stays in its own language. /stop closes it.",
)
