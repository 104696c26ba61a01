"""The translations of a questionnaire: those that lie in the flow folder, and those published."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from bot.errors import FolderError
from bot.platforms.facts import CHAT_PLATFORMS
from flows import Flow, FlowProblems
from flows.checks.draft import MessageLimit
from flows.tools.catalogues import Catalogue, parse_po
from flows.tools.translation import translate
from flows.tools.translation_laws import translation_problems

LOCALE = "locale"

MESSAGE_LIMITS = tuple(
    MessageLimit(facts.name, facts.message_units)
    for facts in CHAT_PLATFORMS
    if facts.message_units is not None
)
"""The longest message of each platform that has a limit."""

INCOMPLETE = (
    "flow.languages names '{language}', and {file} is not a complete translation of "
    "'{name}'. `holdfast flows words --lang {language}` says what is missing and begins the file. "
    "Translate the rest, or take '{language}' out of flow.languages."
)

UNPUBLISHED = (
    "flow.languages names '{language}', and '{name}' was never published in it. Complete "
    "{file} (`holdfast flows words` says what is missing), then: holdfast flows publish. Or take "
    "'{language}' out of flow.languages."
)


def translation_file(folder: Path, name: str, language: str) -> Path:
    """Return where the translation of a questionnaire lies in the flow folder."""
    return folder / LOCALE / f"{name}.{language}.po"


def translated(flow: Flow, text: str, file: str, language: str) -> Flow | None:
    """Translate a questionnaire; None if that is incomplete, or breaks a rule.

    Raise ``FlowProblems`` if the text cannot be read.
    """
    catalogue = parse_po(text, file, language)
    found = translate(flow, catalogue)
    is_good = isinstance(found, Flow) and not translation_problems(flow, catalogue, MESSAGE_LIMITS)
    return found if is_good and isinstance(found, Flow) else None


def as_published(flow: Flow, catalogue: Catalogue) -> Flow:
    """Return a questionnaire in the words of a translation that was published with it.

    Raise ``FolderError`` if the file was changed since: only what is complete is published.
    """
    found = translate(flow, catalogue)
    if isinstance(found, Flow):
        return found
    raise FolderError(
        f"{catalogue.file} was changed after it was published: it is no complete translation of "
        f"revision {flow.revision} any more. Put it back from a backup."
    )


def read_published(
    flow: Flow, files: Mapping[str, Path], required: Iterable[str]
) -> dict[str, Flow]:
    """Read the translations of a published revision, by language.

    Those that are not required are read for talks that began in them; an unreadable one is left
    out. Raise ``FolderError`` or ``FlowProblems`` for one that is required.
    """
    found, needed = dict[str, Flow](), {*required}
    for language, file in files.items():
        try:
            text = file.read_text("utf-8")
            found[language] = as_published(flow, parse_po(text, str(file), language))
        except (FolderError, FlowProblems):
            if language in needed:
                raise
        except (OSError, UnicodeDecodeError) as error:
            if language in needed:
                raise FolderError(
                    f"{file} cannot be read ({type(error).__name__}). Check its owner, that it is "
                    "text."
                ) from None
    return found
