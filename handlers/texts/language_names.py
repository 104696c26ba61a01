"""What people call languages besides the names that these have for themselves."""

from collections.abc import Mapping

from flows.folding import folded
from handlers.texts.languages import Language

OTHER_NAMES: Mapping[str, frozenset[str]] = {
    "en": frozenset({"english", "ingles", "inglés"}),
    "es": frozenset({"spanish", "espanol", "castellano"}),
}
"""By tag, as ``flows.folding.folded`` leaves them, with accents and without."""


def is_called(language: Language, text: str) -> bool:
    """Return whether a whole text is a name of a language, or its tag."""
    named = {folded(language.code), folded(language.name)} | OTHER_NAMES.get(
        language.code, frozenset()
    )
    return folded(text) in named
