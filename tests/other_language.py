"""A second language for tests: the English texts with other vowels, whatever these are later."""

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import flows
from bot.config.values import FlowFiles
from flows import Flow
from flows.tools.catalogue_merge import merge_catalogue
from flows.tools.catalogues import parse_po, to_po
from flows.tools.flow_messages import flow_source
from flows.tools.translation import translate
from handlers.texts.languages import FIRST_LANGUAGE, LANGUAGES, Language

OTHER = "es"
_UNCHANGED = re.compile(r"\{[^{}]*\}|(?<![\w/])/\w+")
_VOWELS = str.maketrans("aeou", "àèòù")


def in_other_words(text: str) -> str:
    """A text of the second language; commands and blanks stand in it unchanged."""
    kept = _UNCHANGED.findall(text)
    changed = [part.translate(_VOWELS) for part in _UNCHANGED.split(text)]
    return "".join(a + b for a, b in zip(changed, [*kept, ""], strict=True))


def _translated(value: Any) -> Any:
    if isinstance(value, str):
        return in_other_words(value)
    if isinstance(value, Mapping):
        return {key: _translated(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return tuple(_translated(each) for each in value)
    if is_dataclass(value) and not isinstance(value, type):
        changed = {f.name: _translated(getattr(value, f.name)) for f in fields(value)}
        return replace(value, **changed)
    return value


SECOND_LANGUAGE = Language(OTHER, "Español", "es", _translated(LANGUAGES[FIRST_LANGUAGE].texts))
BOTH_LANGUAGES = {FIRST_LANGUAGE: LANGUAGES[FIRST_LANGUAGE], OTHER: SECOND_LANGUAGE}


def translation_of(flow: Flow, *, without: str = "") -> str:
    """The file that translates a questionnaire; ``without`` the sentence of one place."""
    catalogue = merge_catalogue(flow_source(flow), OTHER)
    for entry in catalogue.entries:
        entry.msgstr = "" if entry.msgctxt == without else in_other_words(entry.msgid)
    return to_po(flow_source(flow), catalogue)


def translated_flow(flow: Flow) -> Flow:
    """A questionnaire in the second language."""
    found = translate(flow, parse_po(translation_of(flow), "other.po", OTHER))
    assert isinstance(found, Flow)
    return found


def speak_both(config: FlowFiles, *, without: str = "") -> FlowFiles:
    """A configuration with both languages, whose questionnaires are translated as they lie there.

    ``without``: the place of a sentence that is not.
    """
    (config.folder / "locale").mkdir(exist_ok=True)
    for file in config.files:
        translate_file(config.folder / file, without=without)
    return replace(config, languages=(FIRST_LANGUAGE, OTHER))


def translate_file(file: Path, *, without: str = "") -> Path:
    """Write the translation of a questionnaire to its place."""
    flow = flows.load(file.read_text("utf-8"), file.name)
    place = file.parent / "locale" / f"{flow.name}.{OTHER}.po"
    place.write_text(translation_of(flow, without=without), "utf-8")
    return place
