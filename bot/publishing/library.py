"""All questionnaires of an installation, as published; a running bot takes up what is new.

What is published counts, and the files in the flow folder are only its next draft: an edit does
nothing until ``holdfast flows publish``. Only where nothing was published yet, the first start
publishes what lies there.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import flows
from bot.config.sections import FlowFiles
from bot.errors import FolderError, HoldfastError
from bot.publishing.archive import CURRENT, Archive, read_text
from bot.runtime.logs import Event, event
from flows import Flow, FlowProblems
from handlers.context import Settings
from store.model.errors import UnknownRevision
from store.model.revisions import NeededRevisions

_log = logging.getLogger(__name__)

PUBLISHED, LOST = "published", "lost"
LOOK_SECONDS = 1.0
"""So often at most a running bot looks whether something new was published."""

Monotonic = Callable[[], float]

DIFFERS = (
    "{file} differs from what is published ({revision}). New talks have the published words until "
    "you say: holdfast flows publish"
)
UNUSABLE = (
    "{file} cannot be asked as it is. Until it is mended and published, new talks have the words "
    "that are published ({revision})."
)
UNNEEDED = (
    "{name}: no open talk and no statement names these revisions any more, so their folders below "
    "{folder} may be deleted: {revisions}"
)


@dataclass(frozen=True, slots=True)
class PublishedFlow:
    """Every questionnaire at one moment."""

    newest: tuple[Flow, ...]
    """With which new talks begin, in the order of the config."""
    revisions: dict[str, Flow] = field(repr=False)
    recalled: dict[str, str]
    """By revision: because of what it was taken back."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file of the config, and the archive of the questionnaire that it becomes."""

    file: Path
    archive: Archive

    def flow(self) -> Flow:
        """As it lies in the flow folder now."""
        return flows.load(self.text(), self.file.name)

    def text(self) -> str:
        """As it is written there."""
        return read_text(self.file, "holdfast init")

    def current(self) -> Flow:
        """With which new talks begin."""
        revision = self.archive.current()
        if not revision:
            raise FolderError(
                f"{self.archive.folder / CURRENT} is gone. Publish the questions once more: "
                "holdfast flows publish"
            )
        if self.archive.because(revision) is not None:
            raise FolderError(
                f"{self.archive.folder} says that new talks begin with {revision}, which was "
                "recalled. Mend the questions and publish them: holdfast flows publish"
            )
        return self.archive.read(revision)

    def published(self) -> Flow:
        """As ``current``; what was never published is published now."""
        if not self.archive.current():
            self.archive.publish(self.text(), self.flow(), {})
        return self.current()

    def unpublished(self) -> Flow:
        """As ``current``, or the file as it would be published; nothing is written."""
        return self.current() if self.archive.current() else self.flow()

    def remark(self) -> str:
        """What whoever edits should know: that the file is not what is asked."""
        revision = self.archive.current()
        try:
            same = not revision or self.flow().revision == revision
        except (FlowProblems, FolderError):
            return UNUSABLE.format(file=self.file, revision=revision) if revision else ""
        return "" if same else DIFFERS.format(file=self.file, revision=revision)


def sources(config: FlowFiles) -> tuple[Source, ...]:
    """Every file of the config; two of one name are refused."""
    found = tuple(_source(config.folder, file) for file in config.files)
    names = [source.archive.name for source in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise FolderError(
            f"Two files of flow.files have the name '{twice}'. Give one of them another name, at "
            "its line 'name'."
        )
    return found


def _source(folder: Path, file: str) -> Source:
    """Named after its file once that was published, so that a broken file can be told apart."""
    path, published = folder / file, folder / PUBLISHED
    if (published / path.stem / CURRENT).exists():
        return Source(path, Archive(published / path.stem))
    name = flows.load(read_text(path, "holdfast init"), file).name
    return Source(path, Archive(published / name))


@dataclass(slots=True)
class Library:
    """Made in the composition root; gives the setting that holds now."""

    config: FlowFiles
    monotonic: Monotonic
    plain: Settings
    """What the handlers are told besides the questions."""
    settings: Settings = field(init=False)
    loaded: dict[str, Flow] = field(default_factory=dict, repr=False)
    stamp: object = None
    looked: float = field(init=False)
    failing: bool = False

    def __post_init__(self) -> None:
        self.settings, self.looked = self.plain, self.monotonic()

    def open(self, *, first: bool = True) -> None:
        """At the start, where nothing may be wrong; ``first``: publish what never was."""
        published = self._read(Source.published if first else Source.unpublished)
        self.stamp = self._stamp()
        self._take_up(published)

    def now(self) -> Settings:
        """The setting with what is published; looks for something new once a second."""
        if self.monotonic() - self.looked >= LOOK_SECONDS:
            self.looked = self.monotonic()
            self._look()
        return self.settings

    def _look(self) -> None:
        """What cannot be used is told once, and the last that could is gone on with."""
        try:
            stamp = self._stamp()
            if stamp != self.stamp:
                self._take_up(self._read(Source.current))
                self.stamp = stamp
                event(_log, Event.TAKEN_UP, count=len(self.settings.offered))
            self.failing = False
        except (HoldfastError, FlowProblems, OSError) as error:
            if not self.failing:
                event(_log, Event.QUESTIONS_UNUSABLE, error=error)
            self.failing = True

    def _take_up(self, published: PublishedFlow) -> None:
        first, *more = published.newest
        self.settings = replace(
            self.plain,
            flow=first,
            more=tuple(more),
            revisions={**self.settings.revisions, **published.revisions},
            recalled=published.recalled,
        )

    def _read(self, newest_of: Callable[[Source], Flow]) -> PublishedFlow:
        newest = tuple(newest_of(source) for source in sources(self.config))
        recalled: dict[str, str] = {}
        for archive in archives(self.config.folder):
            for revision in archive.revisions():
                if revision not in self.loaded:
                    self.loaded[revision] = archive.read(revision)
                because = archive.because(revision)
                recalled |= {} if because is None else {revision: because}
        revisions = {**self.loaded, **{flow.revision: flow for flow in newest}}
        return PublishedFlow(newest, revisions, recalled)

    def _stamp(self) -> tuple[object, ...]:
        return tuple(archive.stamp() for archive in archives(self.config.folder))

    # For whoever edits and whoever runs it

    def refuse_missing(self, needed: NeededRevisions) -> None:
        """Raises ``UnknownRevision`` with the revisions that something names and nobody has."""
        lost = {p.stem for p in (self.config.folder / PUBLISHED / LOST).glob("*.txt")}
        missing = sorted(
            (needed.conversations | needed.statements) - {*self.settings.revisions, *lost}
        )
        if missing:
            raise UnknownRevision(
                "\n".join(self._missing(revision, needed) for revision in missing)
            )

    def _missing(self, revision: str, needed: NeededRevisions) -> str:
        who = "An open talk" if revision in needed.conversations else "A signed statement"
        names = " or ".join(f"published/{a.name}/" for a in archives(self.config.folder))
        return (
            f"{who} may name revision {revision} of the questionnaire, which is not in the flow "
            f"folder any more. Put {revision} back into {names} there, from a backup. Nothing of "
            f"the talk was lost. If no copy is left, write so into published/{LOST}/"
            f"{revision}.txt, and the bot starts without it."
        )

    def remarks(self) -> Iterable[str]:
        """Files that are not what is asked."""
        return [text for source in sources(self.config) if (text := source.remark())]

    def unneeded(self, needed: NeededRevisions) -> Iterable[str]:
        """Revisions that may be deleted; nothing is deleted by itself."""
        named = {
            *needed.conversations,
            *needed.statements,
            *(f.revision for f in self.settings.offered),
        }
        for archive in archives(self.config.folder):
            over = sorted(archive.revisions().keys() - named)
            if over:
                yield UNNEEDED.format(
                    name=archive.name, folder=archive.folder, revisions=", ".join(over)
                )


def archives(folder: Path) -> tuple[Archive, ...]:
    """Every questionnaire that was ever published there, also those no longer configured."""
    place = folder / PUBLISHED
    found = sorted(p for p in place.iterdir() if p.name != LOST) if place.is_dir() else []
    return tuple(Archive(path) for path in found if path.is_dir())
