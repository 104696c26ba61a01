"""The shipped questionnaires can be asked in every language into which they are translated."""

from pathlib import Path

import pytest

import flows
from flows import Flow
from flows.tools.catalogue_merge import merge_catalogue
from flows.tools.catalogues import Catalogue, parse_po, to_po
from flows.tools.flow_messages import flow_source
from flows.tools.translation import same_as_original, translate
from flows.tools.translation_laws import translation_problems

PACKAGE = Path(flows.__file__).parent
FILES = sorted((PACKAGE / "locale").glob("*.po"))
SAME = {"keep.no"}
"""Words that are the same in both languages."""


def flow_of(file: Path) -> Flow:
    source = PACKAGE / f"{file.name.split('.')[0]}.toml"
    return flows.load(source.read_text("utf-8"), source.name)


def catalogue_of(file: Path) -> Catalogue:
    return parse_po(file.read_text("utf-8"), file.name, file.name.split(".")[1])


def test_every_questionnaire_is_translated_into_the_same_languages() -> None:
    names = {path.stem for path in PACKAGE.glob("*.toml")}
    languages = {file.name.split(".")[1] for file in FILES}
    assert {file.name for file in FILES} == {f"{n}.{tag}.po" for n in names for tag in languages}
    assert "es" in languages


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_it_can_be_asked(file: Path) -> None:
    flow, catalogue = flow_of(file), catalogue_of(file)
    translated = translate(flow, catalogue)
    assert isinstance(translated, Flow)
    assert translated.revision == flow.revision
    assert translation_problems(flow, catalogue) == ()
    same = {message.context for message in same_as_original(flow_source(flow), catalogue)}
    assert same <= SAME


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_label_fits_on_a_button(file: Path) -> None:
    translated = translate(flow_of(file), catalogue_of(file))
    assert isinstance(translated, Flow)
    labels = [choice.text for step in translated.steps for choice in step.choices]
    labels += [step.skip for step in translated.steps if step.skip]
    assert [label for label in (*labels, translated.choose) if len(label) > 28] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_file_is_as_the_tool_writes_it_and_says_what_it_lacks(file: Path) -> None:
    source, catalogue = flow_source(flow_of(file)), catalogue_of(file)
    renewed = merge_catalogue(source, catalogue.language, catalogue)
    assert to_po(source, renewed) == file.read_text("utf-8")
    assert "Not yet reviewed by native speakers" in catalogue.header
