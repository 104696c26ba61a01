"""Find and read the translations of a flow folder: ``locale/<name>.<language>.po``."""

import re
from pathlib import Path

from bot.cli.flows.flow_folder import FlowFolder, read_file
from bot.errors import FolderError
from flows import Flow, FlowProblems
from flows.tools.catalogues import Catalogue, parse_po
from flows.tools.flow_messages import flow_source
from flows.tools.translation import IncompleteTranslation, translate
from flows.tools.translation_laws import altered_parts

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def catalogue_path(folder: FlowFolder, flow: Flow, language: str) -> Path:
    """Return the path of a translation, whether or not it exists."""
    check_language(language, flow.language)
    return folder.locale / f"{flow.name}.{language}.po"


def check_language(language: str, original: str) -> None:
    """Refuse what is no language to translate into; raises ``FolderError``."""
    if not LANGUAGE.fullmatch(language):
        raise FolderError("This is no language. Write its short name, such as es or pt-BR.")
    if language == original:
        raise FolderError(f"'{language}' is the language of the original. Change its words there.")


def list_languages(folder: FlowFolder, flow: Flow) -> tuple[str, ...]:
    """List the languages for which there is a file."""
    files = sorted(folder.locale.glob(f"{flow.name}.*.po"))
    return tuple(file.name.removeprefix(f"{flow.name}.").removesuffix(".po") for file in files)


def read_catalogue(folder: FlowFolder, flow: Flow, language: str) -> Catalogue:
    """Read the translation into a language."""
    path = catalogue_path(folder, flow, language)
    return parse_po(read_file(path), str(path), language)


def translated_flow(folder: FlowFolder, flow: Flow, language: str) -> Flow:
    """Translate the questionnaire, if its translation is complete."""
    if language == flow.language:
        return flow
    if not catalogue_path(folder, flow, language).is_file():
        raise FolderError(
            f"There is no translation into '{language}' yet. "
            f"`holdfast flows words --lang {language}` begins one."
        )
    catalogue = read_catalogue(folder, flow, language)
    if problems := tuple(altered_parts(flow_source(flow), catalogue)):
        raise FlowProblems(problems)
    found = translate(flow, catalogue)
    if isinstance(found, Flow):
        return found
    raise FolderError("\n".join(_incomplete_lines(flow, found)))


def _incomplete_lines(flow: Flow, missing: IncompleteTranslation) -> list[str]:
    coverage = missing.coverage
    said = f"{coverage.done} of {len(coverage.states)} sentences"
    alike = [
        f"step '{step}': two choices are both “{text}”, so nobody can tell them apart."
        for step, text in missing.indistinguishable
    ]
    where = f"'{flow.name}' is not complete in '{missing.language}'"
    return [
        f"{where}, so nobody is asked in it: {said}. `holdfast flows words` lists the rest.",
        *(f"  {line}" for line in alike),
    ]
