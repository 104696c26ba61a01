"""Describe the organisation and the moment to handlers, as plain values that are passed in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flows import Choice, Flow, with_readers
from handlers.messages import PlatformFacts
from handlers.permissions.permission import Registry
from handlers.ports.stores import SnapshotSource
from handlers.texts.catalogue import Catalogue
from handlers.texts.languages import FIRST_LANGUAGE, LANGUAGES, Language
from store.model.accounts import Account
from store.model.drafts import Draft
from store.model.errors import UnknownRevision
from store.model.readers import Reader, ReaderSnapshot
from store.model.snapshot import Snapshot

Clock = Callable[[], datetime]
"""Gives the time, with a time zone. Made once, in the composition root."""

Entropy = Callable[[int], bytes]
"""Draws random bytes. Made once, in the composition root."""

MOST_BOUND = 64
HOUR_SECONDS = 3600

NO_READER = ReaderSnapshot()
"""Stands in for an account as a reader's where that was not loaded."""


@dataclass(frozen=True, slots=True)
class HelpLine:
    """A person or service that a reporter can talk to at any moment."""

    name: str
    contact: str
    hours: str


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one organisation's bot, as handlers know them."""

    organisation: str
    flow: Flow
    """The questionnaire that is asked where nobody chooses another, as it was published last."""
    help_lines: tuple[HelpLine, ...]
    hold_hours: int
    draft_hours: int
    unfetched_days: int
    text_length: int
    cases_per_day: int
    permissions: Registry
    """The permissions that this build honours."""
    keeps_remains: bool = False
    """Deleted bytes stay on the database's disk, sealed, until others take their place."""
    revisions: dict[str, Flow] = field(default_factory=dict)
    """Every revision that an open talk may name."""
    more: tuple[Flow, ...] = ()
    """Further questionnaires, among which the reporter chooses at hello."""
    recalled: Mapping[str, str] = field(default_factory=dict)
    """By revision that was taken back: because of what, in the maintainers' words."""
    bound: dict[tuple[str, tuple[Reader, ...]], Flow] = field(
        default_factory=dict, repr=False, compare=False
    )
    """Questionnaires with the names bound, remembered: a decision needs them several times."""

    @property
    def own_language(self) -> Language:
        """Return the language of the organisation, in which its readers are spoken to."""
        return LANGUAGES[FIRST_LANGUAGE]

    @property
    def own_texts(self) -> Catalogue:
        """Return the bot's own texts in the language of the organisation."""
        return self.own_language.texts

    @property
    def draft_days(self) -> int:
        """Convert the life of a draft after its last answer to days."""
        return self.draft_hours // 24

    @property
    def offered(self) -> tuple[Flow, ...]:
        """List every questionnaire with which a conversation can begin."""
        return (self.flow, *self.more)

    def named(self, name: str) -> Flow:
        """Find the newest revision of a questionnaire; of the first, if it was withdrawn."""
        return next((flow for flow in self.offered if flow.name == name), self.flow)

    def newest(self, revision: str) -> Flow:
        """Find the newest revision of the questionnaire that a revision belongs to."""
        before = self.revisions.get(revision)
        return self.flow if before is None else self.named(before.name)

    def is_recalled(self, draft: Draft | None) -> bool:
        """Return whether the revision of this conversation was recalled since it began."""
        return draft is not None and draft.revision in self.recalled

    def flow_of(self, snapshot: Snapshot) -> Flow:
        """Return the questionnaire of a conversation, with the readers who may be chosen now."""
        flow = self._unbound(snapshot)
        readers = selectable(snapshot)
        bound = self.bound.get((flow.revision, readers))
        if bound is None:
            texts = LANGUAGES.get(flow.language, self.own_language).texts
            bound = with_readers(flow, [as_choice(texts, r) for r in readers])
            if len(self.bound) >= MOST_BOUND:
                self.bound.clear()
            self.bound[flow.revision, readers] = bound
        return bound

    def _unbound(self, snapshot: Snapshot) -> Flow:
        """Find the revision; an opened case is read in the one that it ended with."""
        if snapshot.draft is not None:
            return self._flow_of(snapshot.draft)
        ended = snapshot.opened.revision if snapshot.opened else ""
        return self.revisions.get(ended, self.flow)

    def _flow_of(self, draft: Draft) -> Flow:
        """Find the revision that a conversation began with; in another, a yes would differ.

        Raise ``UnknownRevision``.
        """
        if draft.revision not in self.revisions:
            raise UnknownRevision(
                f"An open talk began with revision {draft.revision} of the questionnaire, which "
                f"is not in the flow folder any more. Put {draft.revision} back into "
                f"published/{self.flow.name}/ there, from a backup. Nothing of the talk was lost."
            )
        return self.revisions[draft.revision]


@dataclass(frozen=True, slots=True)
class View:
    """The values that deciding and rendering look at, for one account on one platform."""

    snapshot: Snapshot
    settings: Settings
    platform: PlatformFacts
    draw: Entropy = field(repr=False)
    reader: ReaderSnapshot = NO_READER
    """The account as a reader's; loaded only for answers to readers that show it."""
    hour: float = 0.0
    """The present time in hours since 1970, for *in about 12 hours*; 0 if it is not known."""
    language: str = FIRST_LANGUAGE
    """The tag of the language in which the account is spoken to."""

    @property
    def spoken(self) -> Language:
        """Return the language in which the account is spoken to."""
        return LANGUAGES[self.language]

    @property
    def texts(self) -> Catalogue:
        """Return the bot's own texts in the language of the account."""
        return self.spoken.texts


@dataclass(frozen=True, slots=True)
class SnapshotReader:
    """Reads the accounts of one platform as views for deciding and rendering."""

    source: SnapshotSource
    current_settings: Callable[[], Settings]
    """Gives what holds now: questionnaires are published and recalled while the program runs."""
    platform: PlatformFacts
    clock: Clock
    draw: Entropy = field(repr=False)

    @property
    def settings(self) -> Settings:
        """Return the organisation and its questionnaires, as they are now."""
        return self.current_settings()

    def view_of(self, snapshot: Snapshot) -> View:
        """Put a snapshot together with everything else that deciding looks at."""
        hour = self.clock().timestamp() / HOUR_SECONDS
        return View(snapshot, self.settings, self.platform, self.draw, hour=hour)

    async def read(self, account: Account, *, pieces: bool = False) -> View:
        """Load the view of an account, with its pieces only if asked for."""
        return self.view_of(await self.source.snapshot(account, self.clock(), pieces=pieces))


def selectable(snapshot: Snapshot) -> tuple[Reader, ...]:
    """List the readers who can be named: none whom a statement bars, under any of their keys."""
    barred = snapshot.barred
    return tuple(r for r in snapshot.readers if not r.is_among(barred))


def as_choice(texts: Catalogue, reader: Reader) -> Choice:
    """Show a reader as a choice: name, who they are, whether they must pass things on."""
    named = f"{reader.name}, {reader.about}" if reader.about else reader.name
    duty = texts.permissions.passes_on.format(reader=named)
    return Choice(id=reader.id, text=duty if reader.must_pass_on else named)
