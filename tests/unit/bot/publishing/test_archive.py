"""A questionnaire's archive: each revision whole or not at all, and as it was published."""

import subprocess
import sys
from pathlib import Path

import pytest

import flows
from bot.errors import FolderError
from bot.publishing.archive import CURRENT, FlowArchive
from bot.publishing.recall_reason import displayable_reason, reason_problem
from flows import Flow
from handlers.permissions.registry import HONOURED
from store.model.failpoint import installed
from tests.unit.bot.published import NEW, OLD, POINTS, TRANSLATIONS, publish
from tests.unit.handlers.talks import FLOW

ROOT = Path(__file__).parents[4]


def loaded(text: str) -> Flow:
    return flows.load(text, "intake.toml")


@pytest.fixture(name="archive")
def _archive(tmp_path: Path) -> FlowArchive:
    return FlowArchive(tmp_path / "published" / "intake", HONOURED)


def test_before_anything_is_published_there_is_nothing(archive: FlowArchive) -> None:
    assert archive.current() == ""
    assert archive.revisions() == {}


def test_what_is_published_is_read_as_it_was_written(archive: FlowArchive) -> None:
    archive.publish(OLD, loaded(OLD), TRANSLATIONS)
    revision = archive.current()
    assert archive.read(revision) == loaded(OLD)
    assert (archive.folder / revision / "flow.toml").read_text("utf-8") == OLD
    assert archive.languages(revision) == ("es",)
    assert archive.recall_reason(revision) is None


def test_an_earlier_revision_stays(archive: FlowArchive) -> None:
    archive.publish(OLD, loaded(OLD), {})
    archive.publish(NEW, loaded(NEW), {})
    assert archive.current() == loaded(NEW).revision
    assert archive.revisions().keys() == {loaded(OLD).revision, loaded(NEW).revision}


def test_publishing_again_changes_nothing_but_adds_a_translation(archive: FlowArchive) -> None:
    archive.publish(OLD, loaded(OLD), {})
    archive.publish(f"# a note\n{OLD}", loaded(OLD), TRANSLATIONS)
    archive.publish(OLD, loaded(OLD), {"es": "other words"})
    folder = archive.folder / archive.current()
    assert (folder / "flow.toml").read_text("utf-8") == OLD
    assert (folder / "es.po").read_text("utf-8") == TRANSLATIONS["es"]


def test_what_an_older_version_kept_is_read(archive: FlowArchive) -> None:
    archive.folder.mkdir(parents=True)
    old = archive.folder / f"{loaded(OLD).revision}.toml"
    old.write_text(OLD, "utf-8")
    assert archive.read(loaded(OLD).revision) == loaded(OLD)
    archive.publish(NEW, loaded(NEW), {})
    archive.recall(loaded(OLD).revision, "It was unkind.")
    assert archive.recall_reason(loaded(OLD).revision) == "It was unkind."
    assert archive.read(loaded(OLD).revision) == loaded(OLD)


def test_a_revision_that_was_changed_after_it_was_published_is_refused(
    archive: FlowArchive,
) -> None:
    archive.publish(OLD, loaded(OLD), {})
    revision = archive.current()
    (archive.folder / revision / "flow.toml").write_text(NEW, "utf-8")
    with pytest.raises(FolderError, match="was changed after it was published"):
        archive.read(revision)


@pytest.mark.parametrize("text", ["nonsense", "000000000000", "../../etc"])
def test_a_pointer_to_nowhere_is_refused_with_the_cure(archive: FlowArchive, text: str) -> None:
    archive.publish(OLD, loaded(OLD), {})
    (archive.folder / CURRENT).write_text(text)
    with pytest.raises(FolderError, match="holdfast flows publish"):
        archive.current()


def test_the_stamp_changes_with_what_is_published_and_recalled(archive: FlowArchive) -> None:
    archive.publish(OLD, loaded(OLD), {})
    first = archive.change_stamp()
    assert archive.change_stamp() == first
    archive.publish(NEW, loaded(NEW), {})
    second = archive.change_stamp()
    archive.recall(loaded(OLD).revision, "It was unkind.")
    assert len({first, second, archive.change_stamp()}) == 3


@pytest.mark.parametrize("because", ["", "  ", "a" * 201, "two\nlines", "a\x1b[2J"])
def test_a_reason_that_cannot_be_shown_is_refused(because: str) -> None:
    assert reason_problem(because)


def test_a_reason_is_one_sentence() -> None:
    assert not reason_problem("A question was unkind.")
    assert displayable_reason(" A  question\nwas\x1bunkind. " + "a" * 300).startswith(
        "A question was unkind. a"
    )
    assert len(displayable_reason("a" * 300)) == 200


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_any_moment_it_is_the_old_or_the_new_and_never_half(
    archive: FlowArchive, point: str
) -> None:
    publish(archive, OLD)
    ran = killed_at(archive.folder, point)
    assert ran != 0
    known = {loaded(OLD).revision: loaded(OLD), loaded(NEW).revision: loaded(NEW)}
    assert archive.read(archive.current()) == known[archive.current()]
    for revision in archive.revisions():
        assert archive.read(revision) == known[revision]
        assert archive.languages(revision) == ("es",)
    assert archive.recall_reason(archive.current()) is None
    publish(archive, NEW)  # and it can be said once more
    assert archive.current() == loaded(NEW).revision
    assert archive.languages(archive.current()) == ("es",)


def killed_at(folder: Path, point: str) -> int:
    """A process that publishes, and recalls what was before, until it is there."""
    command = [sys.executable, "-m", "tests.unit.bot.published", str(folder), point]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def test_every_point_is_passed(archive: FlowArchive) -> None:
    passed: list[str] = []
    with installed(passed.append):
        publish(archive, OLD)
        publish(archive, NEW)
        archive.recall(loaded(OLD).revision, "It was unkind.")
    assert set(passed) == set(POINTS)
    assert loaded(OLD) == FLOW
