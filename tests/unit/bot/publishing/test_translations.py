"""A questionnaire in every configured language: none is asked that is not complete."""

import shutil
from dataclasses import replace

import pytest

import flows
from bot.app import make_settings
from bot.config.values import FlowFiles
from bot.errors import FolderError
from bot.publishing.archive import FlowArchive
from bot.publishing.library import RELOAD_SECONDS, FlowLibrary
from flows import Flow, FlowProblems
from handlers.context import Settings
from handlers.permissions.registry import HONOURED
from store.model.revisions import NeededRevisions
from tests.other_language import (
    BOTH_LANGUAGES,
    OTHER,
    in_other_words,
    speak_both,
    translate_file,
    translation_of,
)
from tests.rig import Rig

FIRST, EDITED = "What would you like to say?", "What is there to say?"
NOTHING_NEEDED = NeededRevisions(frozenset(), frozenset())


class Monotonic:
    """Time that only the test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def make(rig: Rig, config: FlowFiles, *, first: bool = True) -> tuple[FlowLibrary, Monotonic]:
    monotonic, both = Monotonic(), replace(rig.config, flow=config)
    library = FlowLibrary(config, monotonic, make_settings(both, languages=BOTH_LANGUAGES))
    library.load(first=first)
    return library, monotonic


def later(library: FlowLibrary, monotonic: Monotonic) -> Settings:
    """What holds a moment later."""
    monotonic.now += RELOAD_SECONDS
    return library.current_settings()


def archive(config: FlowFiles) -> FlowArchive:
    return FlowArchive(config.folder / "published" / "intake", HONOURED)


def publish_edited(config: FlowFiles, *, translated: bool) -> Flow:
    """Publish other words, in both languages or not."""
    file = config.folder / "intake.toml"
    file.write_text(file.read_text("utf-8").replace(FIRST, EDITED), "utf-8")
    flow = flows.load(file.read_text("utf-8"), file.name)
    translations = {OTHER: translation_of(flow)} if translated else {}
    archive(config).publish(file.read_text("utf-8"), flow, translations)
    return flow


def begun(settings: Settings, language: str = OTHER) -> Flow:
    return settings.in_language(language).flow


def test_the_first_start_publishes_every_configured_language(rig: Rig) -> None:
    config = speak_both(rig.config.flow)
    settings = make(rig, config)[0].current_settings()
    assert archive(config).languages(settings.flow.revision) == (OTHER,)
    assert begun(settings).language == OTHER
    assert begun(settings).revision == settings.flow.revision
    assert begun(settings).choose == in_other_words(settings.flow.choose)
    assert begun(settings, "en") == settings.flow


def test_looking_sees_the_translation_that_lies_there_and_publishes_nothing(rig: Rig) -> None:
    config = speak_both(rig.config.flow)
    settings = make(rig, config, first=False)[0].current_settings()
    assert begun(settings).language == OTHER
    assert not (config.folder / "published").exists()


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("lacks", ["file", "sentence"])
def test_a_language_that_is_not_complete_is_refused_with_file_and_cure(
    rig: Rig, lacks: str, *, first: bool
) -> None:
    config = speak_both(rig.config.flow, without="choose" if lacks == "sentence" else "")
    file = config.folder / "locale" / f"intake.{OTHER}.po"
    if lacks == "file":
        file.unlink()
    with pytest.raises(FolderError) as caught:
        make(rig, config, first=first)
    assert "flow.languages" in str(caught.value)
    assert str(file) in str(caught.value)
    assert f"holdfast flows words --lang {OTHER}" in str(caught.value)
    assert not (config.folder / "published").exists()


@pytest.mark.parametrize("first", [True, False])
def test_a_language_in_which_nothing_was_published_is_refused(rig: Rig, *, first: bool) -> None:
    make(rig, rig.config.flow)
    config = speak_both(rig.config.flow)
    with pytest.raises(FolderError, match="never published in it") as caught:
        make(rig, config, first=first)
    assert "holdfast flows publish" in str(caught.value)


def test_a_translation_that_is_added_to_a_revision_is_taken_up(rig: Rig) -> None:
    make(rig, rig.config.flow)
    config = speak_both(rig.config.flow)
    text = (config.folder / "intake.toml").read_text("utf-8")
    flow = flows.load(text, "intake.toml")
    archive(config).publish(text, flow, {OTHER: translation_of(flow)})
    assert begun(make(rig, config)[0].current_settings()).language == OTHER


def test_a_language_stays_on_its_last_complete_revision(rig: Rig) -> None:
    config = speak_both(rig.config.flow)
    library, monotonic = make(rig, config)
    before = library.current_settings().flow.revision
    newer = publish_edited(config, translated=False)
    settings = later(library, monotonic)
    assert settings.flow == newer
    assert (begun(settings).revision, begun(settings).language) == (before, OTHER)
    assert begun(make(rig, config)[0].current_settings()).revision == before
    text = (config.folder / "intake.toml").read_text("utf-8")
    archive(config).publish(text, newer, {OTHER: translation_of(newer)})
    assert begun(later(library, monotonic)).revision == newer.revision


def test_a_language_whose_last_revision_was_recalled_begins_with_the_words_of_now(
    rig: Rig,
) -> None:
    config = speak_both(rig.config.flow)
    library, monotonic = make(rig, config)
    before = library.current_settings().flow.revision
    newer = publish_edited(config, translated=False)
    archive(config).recall(before, "It was unkind.")
    assert begun(later(library, monotonic)) == newer
    assert begun(make(rig, config)[0].current_settings()) == newer


def test_revisions_that_a_language_begins_with_may_not_be_deleted(rig: Rig) -> None:
    config = speak_both(rig.config.flow)
    library, monotonic = make(rig, config)
    publish_edited(config, translated=False)
    later(library, monotonic)
    assert list(library.unneeded_revisions(NOTHING_NEEDED)) == []


def test_a_published_translation_that_was_changed_is_refused(rig: Rig) -> None:
    config = speak_both(rig.config.flow)
    revision = make(rig, config)[0].current_settings().flow.revision
    file = archive(config).translations(revision)[OTHER]
    whole = file.read_text("utf-8")
    file.write_text("msgid", "utf-8")
    with pytest.raises(FlowProblems):
        make(rig, config)
    flow = flows.load((config.folder / "intake.toml").read_text("utf-8"), "intake.toml")
    file.write_text(translation_of(flow, without="choose"), "utf-8")
    with pytest.raises(FolderError, match="changed after it was published"):
        make(rig, config)
    # Where nobody is asked in it any more, it keeps nobody from starting.
    make(rig, replace(config, languages=("en",)))
    file.write_text(whole, "utf-8")
    settings = make(rig, replace(config, languages=("en",)))[0].current_settings()
    assert settings.revision_in(revision, OTHER) is not None


def test_every_questionnaire_must_be_there_in_every_language(rig: Rig) -> None:
    folder = rig.config.flow.folder
    text = (folder / "intake.toml").read_text("utf-8")
    witness = text.replace('name     = "intake"', 'name     = "witness"')
    (folder / "witness.toml").write_text(witness, "utf-8")
    files = replace(rig.config.flow, files=("intake.toml", "witness.toml"))
    config = speak_both(files)
    (folder / "locale" / f"witness.{OTHER}.po").unlink()
    with pytest.raises(FolderError, match="witness"):
        make(rig, config)
    shutil.rmtree(folder / "published")
    translate_file(folder / "witness.toml")
    settings = make(rig, config)[0].current_settings()
    assert [flow.name for flow in settings.in_language(OTHER).offered] == ["intake", "witness"]
    assert {flow.language for flow in settings.in_language(OTHER).offered} == {OTHER}


def test_questions_in_another_language_are_asked_as_ever_where_the_bot_speaks_english(
    rig: Rig,
) -> None:
    file = rig.config.flow.folder / "intake.toml"
    text = file.read_text("utf-8")
    file.write_text(text.replace('language = "en"', 'language = "nl"'), "utf-8")
    settings = make(rig, rig.config.flow)[0].current_settings()
    assert settings.flow.language == "nl"
    assert begun(settings, "en") == settings.flow
