"""Words that act without a slash, as people type them in a hurry.

They are compared without accents (``flows.folding.plain``), in all languages.
"""

from collections.abc import Mapping

from handlers.reporter.typed_text import NOT_SAFE, STOP
from handlers.texts.typed_languages import TYPED_LANGUAGES

BARE_COMMANDS = {STOP: "stop", **dict.fromkeys(NOT_SAFE, "unsafe")}
"""They act wherever they cannot be part of a story."""

BARE_OUTSIDE_STORIES: Mapping[str, str] = {
    word: command
    for language in reversed(TYPED_LANGUAGES)  # the first one decides
    for word, command in language.answers.bare_commands.items()
}
"""They act there as well, unless they are how an offer begins: all of them halt, help, go
back or take back, so that a misunderstanding allows nothing. So they do where recovery words are
awaited, of which there are never so few."""

BARE_FOR_WORDS: Mapping[str, str] = {
    **{word: "stop" for language in TYPED_LANGUAGES for word in language.answers.leaving},
    **BARE_OUTSIDE_STORIES,
    **BARE_COMMANDS,
}
"""They act where recovery words are awaited: a clear answer ends that."""
