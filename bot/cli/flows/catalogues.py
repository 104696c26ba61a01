"""The translations of a flow folder: ``locale/<name>.<language>.po``."""

import re
from pathlib import Path

from bot.cli.flows.place import Place, read
from bot.errors import FolderError
from flows import Flow
from flows.tools.catalogues import Catalogue, Missing, parse, translated

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def path_of(place: Place, flow: Flow, language: str) -> Path:
    """Where the translation into this language lies, or would."""
    if not LANGUAGE.fullmatch(language):
        raise FolderError("This is no language. Write its short name, such as es or pt-BR.")
    if language == flow.language:
        raise FolderError(
            f"'{language}' is the language of the questionnaire itself. Change its words there."
        )
    return place.locale / f"{flow.name}.{language}.po"


def languages(place: Place, flow: Flow) -> tuple[str, ...]:
    """The languages for which there is a file."""
    files = sorted(place.locale.glob(f"{flow.name}.*.po"))
    return tuple(file.name.removeprefix(f"{flow.name}.").removesuffix(".po") for file in files)


def catalogue(place: Place, flow: Flow, language: str) -> Catalogue:
    """The translation as it lies there."""
    path = path_of(place, flow, language)
    return parse(read(path), str(path), language)


def spoken(place: Place, flow: Flow, language: str) -> Flow:
    """The questionnaire in this language, if all of it is translated."""
    if language == flow.language:
        return flow
    if not path_of(place, flow, language).is_file():
        raise FolderError(
            f"There is no translation into '{language}' yet. "
            f"`holdfast flows words --lang {language}` begins one."
        )
    found = translated(flow, catalogue(place, flow, language))
    if isinstance(found, Flow):
        return found
    raise FolderError("\n".join(_incomplete(flow, found)))


def _incomplete(flow: Flow, missing: Missing) -> list[str]:
    covered = missing.coverage
    said = f"{covered.done} of {len(covered.states)} sentences"
    alike = [
        f"step '{step}': two choices are both “{text}”, so nobody can tell them apart."
        for step, text in missing.alike
    ]
    where = f"'{flow.name}' is not complete in '{missing.language}'"
    return [
        f"{where}, so nobody is asked in it: {said}. `holdfast flows words` lists the rest.",
        *(f"  {line}" for line in alike),
    ]
