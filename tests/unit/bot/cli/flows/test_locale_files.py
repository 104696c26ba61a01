from pathlib import Path

import pytest

from bot.cli.flows.flow_folder import FlowFolder, read_flow
from bot.cli.flows.locale_files import catalogue_path, list_languages, translated_flow
from bot.errors import FolderError
from tests.unit.bot.cli.flows.conftest import edit


@pytest.fixture
def place(folder: Path) -> FlowFolder:
    return FlowFolder(folder, (folder / "made.toml",))


def test_the_languages_are_those_that_have_a_file(place: FlowFolder) -> None:
    (place.locale / "other.fr.po").write_text("", "utf-8")
    assert list_languages(place, read_flow(place.files[0])) == ("es",)


def test_a_complete_language_is_spoken_and_the_own_one_always(place: FlowFolder) -> None:
    flow = read_flow(place.files[0])
    assert translated_flow(place, flow, "es").choose == "Me pasó algo"
    assert translated_flow(place, flow, "en") is flow


@pytest.mark.parametrize(
    ("language", "why"),
    [
        ("fr", "`holdfast flows words --lang fr` begins one"),
        ("../x", "This is no language"),
        ("Spanish", "This is no language"),
    ],
)
def test_a_language_that_is_not_there_has_a_cure(
    place: FlowFolder, language: str, why: str
) -> None:
    with pytest.raises(FolderError, match=why):
        translated_flow(place, read_flow(place.files[0]), language)


def test_there_is_no_translation_into_the_own_language(place: FlowFolder) -> None:
    with pytest.raises(FolderError, match="is the language of the original"):
        catalogue_path(place, read_flow(place.files[0]), "en")


def test_choices_that_look_the_same_are_said(place: FlowFolder) -> None:
    edit(place.locale / "made.es.po", "Decidir más tarde", "Borrarlo")
    with pytest.raises(FolderError, match="step 'fate': two choices are both “borrarlo”"):
        translated_flow(place, read_flow(place.files[0]), "es")
