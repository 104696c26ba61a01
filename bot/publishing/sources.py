"""The questionnaire files of the configuration, each with its archive."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import flows
from bot.config.values import FlowFiles
from bot.errors import FolderError
from bot.publishing.archive import CURRENT, FlowArchive, read_text
from bot.publishing.translated import (
    INCOMPLETE,
    UNPUBLISHED,
    translated,
    translation_file,
)
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
    languages: tuple[str, ...] = ()
    """The languages in which it must be there."""

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
        """Load the current revision; publish the file first, with its translations, if it never
        was.

        Raise ``FolderError`` if a language is missing; then nothing is published.
        """
        if not self.archive.current():
            flow = self.flow()
            self.archive.publish(self.text(), flow, self._translation_texts(flow))
        return self.current()

    def current_or_draft(self) -> Flow:
        """Load the current revision, or the file if it was never published; write nothing."""
        return self.current() if self.archive.current() else self.flow()

    def begun_in(
        self, language: str, current: Flow, published: Mapping[tuple[str, str], Flow]
    ) -> Flow:
        """Return the questionnaire with which talks in a language begin.

        Where all that there was in it was recalled, that is the current one, in its own language.
        Raise ``FolderError`` if it was never there in this language.
        """
        if current.language == language:
            return current
        if not self.archive.current():
            return self._draft_in(language, current)
        revision = self.archive.newest_in(language)
        if revision:
            return published[revision, language]
        if self.archive.was_published_in(language):
            return current
        file = translation_file(self.file.parent, self.archive.name, language)
        raise FolderError(UNPUBLISHED.format(language=language, name=self.archive.name, file=file))

    def _translation_texts(self, flow: Flow) -> dict[str, str]:
        """Read the translations with which the file is published first."""
        others = [language for language in self.languages if language != flow.language]
        for language in others:
            self._draft_in(language, flow)
        files = {each: translation_file(self.file.parent, flow.name, each) for each in others}
        return {each: read_text(file, "holdfast flows words") for each, file in files.items()}

    def _draft_in(self, language: str, flow: Flow) -> Flow:
        """Translate the file as it is in the flow folder now; raise ``FolderError``."""
        file = translation_file(self.file.parent, flow.name, language)
        text = read_text(file, "holdfast flows words") if file.is_file() else ""
        found = translated(flow, text, str(file), language)
        if found is None:
            raise FolderError(INCOMPLETE.format(language=language, file=file, name=flow.name))
        return found

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
    found = tuple(
        replace(_source_of(config.folder, file, honoured), languages=config.required)
        for file in config.files
    )
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
