"""The questionnaire files of the configuration, each with its archive."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import flows
from bot.config.values import FlowFiles
from bot.errors import FolderError
from bot.publishing.archive import CURRENT, FlowArchive, read_text
from flows import Flow, FlowProblems

PUBLISHED, LOST = "published", "lost"


DIFFERS = (
    "{file} differs from what is published ({revision}). New talks have the published words until "
    "you say: holdfast flows publish"
)


UNUSABLE = (
    "{file} cannot be asked as it is. Until it is mended and published, new talks have the words "
    "that are published ({revision})."
)


@dataclass(frozen=True, slots=True)
class FlowSource:
    """One file of the config, and the archive of the questionnaire in it."""

    file: Path
    archive: FlowArchive

    def flow(self) -> Flow:
        """Load the file as it is in the flow folder now."""
        return flows.load(self.text(), self.file.name, self.archive.honoured)

    def text(self) -> str:
        """Read the file."""
        return read_text(self.file, "holdfast init")

    def current(self) -> Flow:
        """Load the revision with which new conversations begin.

        :raises FolderError: there is none, or it was recalled.
        """
        revision = self.archive.current()
        if not revision:
            raise FolderError(
                f"{self.archive.folder / CURRENT} is gone. Publish the questions once more: "
                "holdfast flows publish"
            )
        if self.archive.recall_reason(revision) is not None:
            raise FolderError(
                f"{self.archive.folder} says that new talks begin with {revision}, which was "
                "recalled. Mend the questions and publish them: holdfast flows publish"
            )
        return self.archive.read(revision)

    def publish_if_new(self) -> Flow:
        """Load the current revision; publish the file first if it never was."""
        if not self.archive.current():
            self.archive.publish(self.text(), self.flow(), {})
        return self.current()

    def current_or_draft(self) -> Flow:
        """Load the current revision, or the file if it was never published; write nothing."""
        return self.current() if self.archive.current() else self.flow()

    def difference_note(self) -> str:
        """Say that the file differs from what is published, for its editors; else empty."""
        revision = self.archive.current()
        try:
            same = not revision or self.flow().revision == revision
        except (FlowProblems, FolderError):
            return UNUSABLE.format(file=self.file, revision=revision) if revision else ""
        return "" if same else DIFFERS.format(file=self.file, revision=revision)


def list_sources(config: FlowFiles, honoured: Collection[str]) -> tuple[FlowSource, ...]:
    """List every file of the config; refuse two of one name."""
    found = tuple(_source_of(config.folder, file, honoured) for file in config.files)
    names = [source.archive.name for source in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise FolderError(
            f"Two files of flow.files have the name '{twice}'. Give one of them another name, at "
            "its line 'name'."
        )
    return found


def _source_of(folder: Path, file: str, honoured: Collection[str]) -> FlowSource:
    """Find the source of a file; a published one goes by its file's name, as it may be broken."""
    path, published = folder / file, folder / PUBLISHED
    if (published / path.stem / CURRENT).exists():
        return FlowSource(path, FlowArchive(published / path.stem, honoured))
    name = flows.load(read_text(path, "holdfast init"), file, honoured).name
    return FlowSource(path, FlowArchive(published / name, honoured))


def list_archives(folder: Path, honoured: Collection[str]) -> tuple[FlowArchive, ...]:
    """List every questionnaire that was ever published there, configured or not."""
    place = folder / PUBLISHED
    found = sorted(p for p in place.iterdir() if p.name != LOST) if place.is_dir() else []
    return tuple(FlowArchive(path, honoured) for path in found if path.is_dir())
