"""The bot's own sentences in another language than English, from their gettext catalogue.

A language in which one sentence is missing, not sure, or has another command or placeholder than
its original is refused as a whole: nobody is spoken to in two languages, or in a broken one.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files

from flows.checks.care.readability import MAX_LABEL
from flows.checks.problem import FlowProblems, Problem
from flows.checks.required import has_invisible_character
from flows.folding import visible
from flows.tools.catalogues import Catalogue as PoCatalogue
from flows.tools.catalogues import parse_po
from flows.tools.translation import (
    PLACEHOLDER,
    TranslationState,
    measure_coverage,
    translated_forms,
)
from flows.tools.translation_laws import altered_parts
from handlers.texts.catalogue import Catalogue
from handlers.texts.counted import Counted
from handlers.texts.english import ENGLISH
from handlers.texts.messages import LABELS, NAME, TEXTS, bot_source, is_label

FOLDER = files(__package__) / "locale"
WHAT = {
    TranslationState.MISSING: "is not translated",
    TranslationState.STALE: "is translated from other words, or marked as not sure",
}
TRANSLATE = "Translate it; `holdfast flows words` lists all that is open."
HOURS = "12"
"""How long a hand-over is held, where the length of a label with it is measured."""
ALWAYS = "button"
"""The labels that stand beside those of every question."""


def shipped_translation(language: str) -> PoCatalogue:
    """Read the translation that comes with the program.

    :raises FlowProblems: it cannot be read.
    """
    file = f"{NAME}.{language}.po"
    return parse_po((FOLDER / file).read_text("utf-8"), file, language)


def shipped_languages() -> tuple[str, ...]:
    """List the languages for which there is a translation, by their tags."""
    names = sorted(entry.name for entry in FOLDER.iterdir())
    return tuple(n.split(".")[1] for n in names if n.startswith(f"{NAME}.") and n.endswith(".po"))


def translated_texts(catalogue: PoCatalogue, texts: Catalogue = ENGLISH) -> Catalogue:
    """Translate all texts.

    :raises FlowProblems: with every sentence that keeps the language from being spoken.
    """
    source = bot_source(texts)
    found = translation_problems(catalogue, texts)
    if found:
        raise FlowProblems(found)
    forms = {message.context: each for message, each in translated_forms(source, catalogue)}
    form_of = catalogue.plural_rule.form_of

    def new(place: str, text: str | Counted) -> str | Counted:
        if not text:
            return text
        return forms[place][0] if isinstance(text, str) else Counted(forms[place], form_of)

    return TEXTS.replaced(texts, new)


def translation_problems(
    catalogue: PoCatalogue, texts: Catalogue = ENGLISH
) -> tuple[Problem, ...]:
    """Find everything that keeps a language from being spoken, in the order of the file."""
    found = (*_open_sentences(catalogue, texts), *altered_sentences(catalogue, texts))
    return tuple(sorted(found, key=lambda problem: problem.line))


def altered_sentences(catalogue: PoCatalogue, texts: Catalogue = ENGLISH) -> tuple[Problem, ...]:
    """Find what is wrong with the sentences that are translated."""
    found = (
        *(_placed(problem) for problem in altered_parts(bot_source(texts), catalogue)),
        *_shapes(catalogue, texts),
        *_labels(catalogue, texts),
    )
    return tuple(sorted(found, key=lambda problem: problem.line))


def _placed(problem: Problem) -> Problem:
    return replace(problem, step=None, what=f"'{problem.step}': {problem.what}")


def _problem(catalogue: PoCatalogue, place: str, what: str, cure: str) -> Problem:
    own = (e.linenum for e in catalogue.entries if e.msgctxt == place and not e.obsolete)
    return Problem(catalogue.file, next(own, None) or 1, None, f"'{place}' {what}", cure)


def _open_sentences(catalogue: PoCatalogue, texts: Catalogue) -> Iterator[Problem]:
    for message, state in measure_coverage(bot_source(texts), catalogue).open:
        yield _problem(catalogue, message.context, WHAT[state], TRANSLATE)


def _shapes(catalogue: PoCatalogue, texts: Catalogue) -> Iterator[Problem]:
    """Find sentences with other paragraphs, half a placeholder, or what cannot be shown."""
    for message, forms in translated_forms(bot_source(texts), catalogue):
        if any(form.count("\n") != message.text.count("\n") for form in forms):
            what = "has other lines than the original"
            yield _problem(catalogue, message.context, what, "Begin new lines where it does.")
        if not all(map(_can_be_filled, forms)):
            what = "has a brace that opens or closes nothing"
            yield _problem(catalogue, message.context, what, "Look at the original's braces.")
        if any(map(has_invisible_character, forms)):
            what = "has a sign that cannot be shown"
            yield _problem(catalogue, message.context, what, "Type the words anew.")


def _can_be_filled(text: str) -> bool:
    """Tell whether every brace of a text belongs to a placeholder."""
    return not set("{}") & set(PLACEHOLDER.sub("", text))


def _labels(catalogue: PoCatalogue, texts: Catalogue) -> Iterator[Problem]:
    """Find labels that no button can show, or that nobody could tell apart."""
    labels = {
        message.context: [_filled(form) for form in forms]
        for message, forms in translated_forms(bot_source(texts), catalogue)
        if is_label(message.context)
    }
    for place, shown in labels.items():
        if (longest := max(map(len, shown))) > MAX_LABEL:
            what = f"has {longest} characters, and a button shows {MAX_LABEL}"
            yield _problem(catalogue, place, what, "Say it shorter.")
    offered = defaultdict[str, dict[str, str]](dict)
    for place, shown in labels.items():
        offered[place.removeprefix(LABELS).split(".")[0]][place] = visible(shown[-1]).casefold()
    always = offered.pop(ALWAYS, {})
    for places in ({**always, **group} for group in (*offered.values(), {})):
        for place, label in places.items():
            if list(places.values()).count(label) > 1:
                what = "has the same words as another label beside it"
                yield _problem(catalogue, place, what, "Say it in other words.")


def _filled(label: str) -> str:
    return label.replace("{hours}", HOURS).replace("{count}", HOURS)
