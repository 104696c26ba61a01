"""What is published counts: taken up while the bot runs, and the last good one is kept."""

import io
import logging
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import flows
from bot.app import make_settings
from bot.errors import FolderError
from bot.publishing.archive import CURRENT, FlowArchive
from bot.publishing.library import RELOAD_SECONDS, FlowLibrary, PublishedFlows
from bot.publishing.sources import FlowSource, list_archives, list_sources
from bot.runtime.logs import AllowList
from flows import Flow, FlowProblems
from handlers.permissions.registry import HONOURED
from store.model.errors import UnknownRevision
from store.model.revisions import NeededRevisions
from tests.rig import Rig

FIRST, EDITED = "What would you like to say?", "What is there to say?"


class Monotonic:
    """Time that only the test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(name="log")
def _log() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(AllowList())
    logging.getLogger("bot.publishing.library").addHandler(handler)
    yield stream
    logging.getLogger("bot.publishing.library").removeHandler(handler)


def folder(rig: Rig) -> Path:
    return rig.config.flow.folder


def text_of(rig: Rig, file: str = "intake.toml") -> str:
    return (folder(rig) / file).read_text("utf-8")


def loaded(text: str) -> Flow:
    return flows.load(text, "intake.toml")


def archive(rig: Rig) -> FlowArchive:
    return FlowArchive(folder(rig) / "published" / "intake", HONOURED)


def edited(rig: Rig) -> Flow:
    text = text_of(rig).replace(FIRST, EDITED)
    (folder(rig) / "intake.toml").write_text(text, "utf-8")
    return loaded(text)


def publish(rig: Rig, text: str | None = None) -> Flow:
    text = text or text_of(rig)
    archive(rig).publish(text, loaded(text), {})
    return loaded(text)


def make(rig: Rig, *, first: bool = True) -> tuple[FlowLibrary, Monotonic]:
    monotonic = Monotonic()
    library = FlowLibrary(rig.config.flow, monotonic, make_settings(rig.config))
    library.load(first=first)
    return library, monotonic


def later(library: FlowLibrary, monotonic: Monotonic) -> Flow:
    """With which words a talk begins a moment later."""
    monotonic.now += RELOAD_SECONDS
    return library.current_settings().flow


# The start


def test_the_first_start_publishes_what_lies_there(rig: Rig) -> None:
    library, _ = make(rig)
    assert (
        archive(rig).current()
        == library.current_settings().flow.revision
        == loaded(text_of(rig)).revision
    )


def test_looking_publishes_nothing(rig: Rig) -> None:
    library, _ = make(rig, first=False)
    assert library.current_settings().flow == loaded(text_of(rig))
    assert not (folder(rig) / "published").exists()


def test_after_that_an_edit_does_nothing_until_it_is_published(rig: Rig) -> None:
    before = make(rig)[0].current_settings().flow
    new = edited(rig)
    library, monotonic = make(rig)
    assert library.current_settings().flow == before
    [remark] = library.difference_notes()
    assert "differs from what is published" in remark
    assert "holdfast flows publish" in remark
    publish(rig)
    assert later(library, monotonic) == new
    assert list(library.difference_notes()) == []


@pytest.mark.parametrize("text", ["name = 3", "[[step]\n", None])
def test_a_broken_file_keeps_nobody_from_starting_with_what_is_published(
    rig: Rig, text: str | None
) -> None:
    before = make(rig)[0].current_settings().flow
    file = folder(rig) / "intake.toml"
    file.unlink() if text is None else file.write_text(text)
    library, _ = make(rig)
    assert library.current_settings().flow == before
    [remark] = library.difference_notes()
    assert "cannot be asked as it is" in remark


def test_a_broken_file_that_was_never_published_is_refused(rig: Rig) -> None:
    (folder(rig) / "intake.toml").write_text("name = 3")
    with pytest.raises(FlowProblems):
        make(rig)


def test_two_files_of_one_name_are_refused(rig: Rig) -> None:
    shutil.copy(folder(rig) / "intake.toml", folder(rig) / "again.toml")
    config = replace(rig.config.flow, files=("intake.toml", "again.toml"))
    with pytest.raises(FolderError, match="Two files"):
        list_sources(config, HONOURED)


def test_several_questionnaires_are_offered_in_the_order_of_the_config(rig: Rig) -> None:
    witness = text_of(rig).replace('name     = "intake"', 'name     = "witness"')
    (folder(rig) / "witness.toml").write_text(witness, "utf-8")
    config = replace(
        rig.config, flow=replace(rig.config.flow, files=("witness.toml", "intake.toml"))
    )
    library = FlowLibrary(config.flow, Monotonic(), make_settings(config))
    library.load()
    assert [flow.name for flow in library.current_settings().offered] == ["witness", "intake"]
    assert [a.name for a in list_archives(folder(rig), HONOURED)] == ["intake", "witness"]


def test_a_recalled_revision_is_no_beginning(rig: Rig) -> None:
    library, _ = make(rig)
    archive(rig).recall(library.current_settings().flow.revision, "It was unkind.")
    with pytest.raises(FolderError, match="was recalled"):
        make(rig)


# While it runs


def test_something_new_is_looked_for_once_a_second(rig: Rig) -> None:
    library, monotonic = make(rig)
    before = library.current_settings().flow
    new = edited(rig)
    publish(rig)
    monotonic.now += RELOAD_SECONDS / 2
    assert library.current_settings().flow == before
    assert later(library, monotonic) == new
    assert library.current_settings().revisions.keys() == {before.revision, new.revision}


def test_one_thread_reloads_while_others_go_on(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    library, monotonic = make(rig)
    before, new = library.current_settings(), edited(rig)
    publish(rig)
    read, reading, go_on, reads = FlowLibrary._read, threading.Event(), threading.Event(), [0]

    def held(self: FlowLibrary, newest_of: Callable[[FlowSource], Flow]) -> PublishedFlows:
        reads[0] += 1
        reading.set()
        assert go_on.wait(20)
        return read(self, newest_of)

    monkeypatch.setattr(FlowLibrary, "_read", held)
    monotonic.now += RELOAD_SECONDS
    reloading = threading.Thread(target=library.current_settings)
    reloading.start()
    assert reading.wait(20)
    monotonic.now += RELOAD_SECONDS
    assert library.current_settings() is before
    go_on.set()
    reloading.join()
    assert library.current_settings().flow == new
    assert reads == [1]


def test_a_recall_is_noticed(rig: Rig) -> None:
    library, monotonic = make(rig)
    old = library.current_settings().flow
    edited(rig)
    publish(rig)
    archive(rig).recall(old.revision, "It was unkind.")
    later(library, monotonic)
    assert library.current_settings().recalled == {old.revision: "It was unkind."}


def spoil_pointer(rig: Rig) -> None:
    (archive(rig).folder / CURRENT).write_text("nonsense")


def take_pointer_away(rig: Rig) -> None:
    (archive(rig).folder / CURRENT).unlink()


def take_all_away(rig: Rig) -> None:
    shutil.rmtree(folder(rig) / "published")


def spoil_words(rig: Rig) -> None:
    publish(rig, text_of(rig).replace(FIRST, EDITED))
    (archive(rig).folder / archive(rig).current() / "flow.toml").write_text("name = 3")


def recall_the_current(rig: Rig) -> None:
    archive(rig).recall(archive(rig).current(), "It was unkind.")


@pytest.mark.parametrize(
    "spoil",
    [spoil_pointer, take_pointer_away, take_all_away, spoil_words, recall_the_current],
)
def test_what_cannot_be_used_is_told_once_and_the_last_good_one_is_kept(
    rig: Rig, spoil: Callable[[Rig], None], log: io.StringIO
) -> None:
    library, monotonic = make(rig)
    before = library.current_settings()
    edited(rig)  # which nobody published
    spoil(rig)
    for _ in range(3):
        assert later(library, monotonic) == before.flow
    assert log.getvalue().count("questions-unusable") == 1
    shutil.rmtree(folder(rig) / "published", ignore_errors=True)
    new = publish(rig)
    assert later(library, monotonic) == new
    assert before.flow.revision in library.current_settings().revisions


# What is needed


def test_a_revision_that_is_missing_is_refused_by_its_name(rig: Rig) -> None:
    library, _ = make(rig)
    gone = "0123456789ab"
    with pytest.raises(UnknownRevision, match=f"An open talk .* {gone} .*published/intake/"):
        library.require_revisions(NeededRevisions(conversations=frozenset({gone})))
    with pytest.raises(UnknownRevision, match=f"A signed statement .* {gone}"):
        library.require_revisions(NeededRevisions(statements=frozenset({gone})))
    library.require_revisions(
        NeededRevisions(frozenset({library.current_settings().flow.revision}))
    )


def test_what_is_lost_for_good_can_be_said_and_then_it_starts(rig: Rig) -> None:
    library, _ = make(rig)
    lost = folder(rig) / "published" / "lost"
    lost.mkdir()
    (lost / "0123456789ab.txt").write_text("The disk broke on 3 May; no copy was left.")
    library.require_revisions(NeededRevisions(conversations=frozenset({"0123456789ab"})))
    assert make(rig)[0].current_settings().flow == library.current_settings().flow


def test_what_nothing_names_any_more_is_said_and_stays(rig: Rig) -> None:
    library, monotonic = make(rig)
    old = library.current_settings().flow.revision
    new = edited(rig).revision
    publish(rig)
    later(library, monotonic)
    assert list(library.unneeded_revisions(NeededRevisions(frozenset({old, new})))) == []
    [said] = library.unneeded_revisions(NeededRevisions(frozenset({new})))
    assert old in said
    assert new not in said
    assert old in archive(rig).revisions()
