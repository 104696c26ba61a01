"""The published questionnaires of an installation; a running bot reloads what is new.

What is published counts. The files in the flow folder are only its next draft: an edit has no
effect until ``holdfast flows publish``. Only where nothing was ever published, the first start
publishes the files.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from bot.config.values import FlowFiles
from bot.errors import HoldfastError
from bot.publishing.archive import FlowArchive
from bot.publishing.sources import LOST, PUBLISHED, FlowSource, list_archives, list_sources
from bot.publishing.translated import read_published
from bot.runtime.logs import Event, event
from flows import Flow, FlowProblems
from handlers.context import Settings
from handlers.permissions.permission import honoured_names
from store.model.errors import UnknownRevision
from store.model.revisions import NeededRevisions

_log = logging.getLogger(__name__)

RELOAD_SECONDS = 1.0
"""The shortest time after which a running bot looks for new publications again."""

Monotonic = Callable[[], float]

UNNEEDED = (
    "{name}: no open talk and no statement names these revisions any more, so their folders below "
    "{folder} may be deleted: {revisions}"
)


@dataclass(frozen=True, slots=True)
class PublishedFlows:
    """All questionnaires at one moment."""

    newest: tuple[Flow, ...]
    """The flows with which new conversations begin, in the order of the config."""
    revisions: dict[str, Flow] = field(repr=False)
    recalled: dict[str, str]
    """The reasons of recalls, by revision."""
    translations: dict[tuple[str, str], Flow] = field(repr=False)
    """By revision and language."""
    begun_in: dict[str, tuple[Flow, ...]]
    """The flows with which conversations in a language begin, in the order of the config."""


@dataclass(slots=True)
class FlowLibrary:
    """The questionnaires of a running bot, and the settings that follow from them."""

    config: FlowFiles
    monotonic: Monotonic
    base_settings: Settings
    """The settings of the handlers besides the questions."""
    settings: Settings = field(init=False)
    loaded: dict[str, Flow] = field(default_factory=dict, repr=False)
    translated: dict[tuple[str, str], Flow] = field(default_factory=dict, repr=False)
    """What is loaded of translations, by revision and language."""
    loaded_stamp: object = None
    last_checked: float = field(init=False)
    failing: bool = False
    reloading: threading.Lock = field(default_factory=threading.Lock, repr=False)
    """Held by the thread that reloads; others go on with what is there."""

    def __post_init__(self) -> None:
        self.settings, self.last_checked = self.base_settings, self.monotonic()

    def load(self, *, first: bool = True) -> None:
        """Load everything and raise any error; ``first`` publishes files that never were."""
        published = self._read(FlowSource.publish_if_new if first else FlowSource.current_or_draft)
        self.loaded_stamp = self._current_stamp()
        self._use(published)

    def current_settings(self) -> Settings:
        """Return the settings with what is published, at most a second old.

        Turns ask in the database's thread, senders in the event loop.
        """
        is_due = self.monotonic() - self.last_checked >= RELOAD_SECONDS
        if is_due and self.reloading.acquire(blocking=False):
            try:
                self.last_checked = self.monotonic()
                self._reload_if_changed()
            finally:
                self.reloading.release()
        return self.settings

    def _reload_if_changed(self) -> None:
        """Reload changes; report an unusable one once, and go on with the last usable."""
        try:
            stamp = self._current_stamp()
            if stamp != self.loaded_stamp:
                self._use(self._read(FlowSource.current))
                self.loaded_stamp = stamp
                event(_log, Event.QUESTIONS_ADOPTED, count=len(self.settings.offered))
            self.failing = False
        except (HoldfastError, FlowProblems, OSError) as error:
            if not self.failing:
                event(_log, Event.QUESTIONS_UNUSABLE, error=error)
            self.failing = True

    def _use(self, published: PublishedFlows) -> None:
        first, *more = published.newest
        self.settings = replace(
            self.base_settings,
            flow=first,
            more=tuple(more),
            revisions={**self.settings.revisions, **published.revisions},
            recalled=published.recalled,
            translations=published.translations,
            begun_in=published.begun_in,
        )

    def _read(self, newest_of: Callable[[FlowSource], Flow]) -> PublishedFlows:
        sources = self._sources()
        newest = tuple(newest_of(source) for source in sources)
        recalled: dict[str, str] = {}
        for archive in self._archives():
            for revision in archive.revisions():
                if revision not in self.loaded:
                    self.loaded[revision] = archive.read(revision)
                self._read_translations(archive, revision)
                reason = archive.recall_reason(revision)
                recalled |= {} if reason is None else {revision: reason}
        revisions = {**self.loaded, **{flow.revision: flow for flow in newest}}
        begun_in = {
            language: tuple(
                source.begun_in(language, flow, self.translated)
                for source, flow in zip(sources, newest, strict=True)
            )
            for language in self.config.required
        }
        in_drafts = {
            (flow.revision, flow.language): flow for each in begun_in.values() for flow in each
        }
        translations = {**self.translated, **in_drafts}
        return PublishedFlows(newest, revisions, recalled, translations, begun_in)

    def _read_translations(self, archive: FlowArchive, revision: str) -> None:
        """Read what is new: one can be added to a revision long after it was published."""
        files = archive.translations(revision)
        new = {tag: files[tag] for tag in files if (revision, tag) not in self.translated}
        flow, required = self.loaded[revision], self.config.required
        for tag, translation in read_published(flow, new, required).items():
            self.translated[revision, tag] = translation

    def _current_stamp(self) -> tuple[object, ...]:
        return tuple(archive.change_stamp() for archive in self._archives())

    def _sources(self) -> tuple[FlowSource, ...]:
        return list_sources(self.config, honoured_names(self.base_settings.permissions))

    def _archives(self) -> tuple[FlowArchive, ...]:
        return list_archives(self.config.folder, honoured_names(self.base_settings.permissions))

    # For whoever edits and whoever runs it

    def require_revisions(self, needed: NeededRevisions) -> None:
        """Require every revision that something at rest names.

        :raises UnknownRevision: with the revisions that are missing.
        """
        lost = {p.stem for p in (self.config.folder / PUBLISHED / LOST).glob("*.txt")}
        missing = sorted(
            (needed.conversations | needed.statements) - {*self.settings.revisions, *lost}
        )
        if missing:
            raise UnknownRevision(
                "\n".join(self._missing_sentence(revision, needed) for revision in missing)
            )

    def _missing_sentence(self, revision: str, needed: NeededRevisions) -> str:
        who = "An open talk" if revision in needed.conversations else "A signed statement"
        names = " or ".join(f"published/{a.name}/" for a in self._archives())
        return (
            f"{who} may name revision {revision} of the questionnaire, which is not in the flow "
            f"folder any more. Put {revision} back into {names} there, from a backup. Nothing of "
            f"the talk was lost. If no copy is left, write so into published/{LOST}/"
            f"{revision}.txt, and the bot starts without it."
        )

    def difference_notes(self) -> Iterable[str]:
        """Return a note for each file that differs from what is published."""
        return [text for source in self._sources() if (text := source.difference_note())]

    def unneeded_revisions(self, needed: NeededRevisions) -> Iterable[str]:
        """Yield notes on revisions that may be deleted; nothing is deleted automatically."""
        named = {
            *needed.conversations,
            *needed.statements,
            *(f.revision for f in self.settings.offered),
            *(f.revision for each in self.settings.begun_in.values() for f in each),
        }
        for archive in self._archives():
            over = sorted(archive.revisions().keys() - named)
            if over:
                yield UNNEEDED.format(
                    name=archive.name, folder=archive.folder, revisions=", ".join(over)
                )
