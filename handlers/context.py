"""Describe the organisation and the moment to handlers, as plain values that are passed in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from flows import Choice, Flow, with_readers
from handlers.account_languages import AccountLanguages
from handlers.messages import PlatformFacts
from handlers.permissions.permission import Registry
from handlers.ports.stores import SnapshotSource
from handlers.reporter.draft_language import in_another_language, without_lost_words
from handlers.reporter.markers import REWORDED, with_marker
from handlers.texts.catalogue import Catalogue
from handlers.texts.languages import FIRST_LANGUAGE, LANGUAGES, Language
from store.model.accounts import Account
from store.model.drafts import Draft, StoredAnswer
from store.model.errors import UnknownRevision
from store.model.readers import Reader, ReaderSnapshot
from store.model.snapshot import OpenedCase, Snapshot

Clock = Callable[[], datetime]
"""Gives the time, with a time zone. Made once, in the composition root."""

Entropy = Callable[[int], bytes]
"""Draws random bytes. Made once, in the composition root."""

MOST_BOUND = 64
HOUR_SECONDS = 3600

NO_READER = ReaderSnapshot()
"""Stands in for an account as a reader's where that was not loaded."""


def first_language_alone() -> Mapping[str, Language]:
    """Return the languages of an organisation that configures none."""
    return {FIRST_LANGUAGE: LANGUAGES[FIRST_LANGUAGE]}


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
    languages: Mapping[str, Language] = field(default_factory=first_language_alone)
    """The languages that the bot speaks here, by their tags; the first where none was chosen."""
    translations: Mapping[tuple[str, str], Flow] = field(default_factory=dict, repr=False)
    """Every published translation, by revision and language."""
    begun_in: Mapping[str, tuple[Flow, ...]] = field(default_factory=dict, repr=False)
    """By language: the questionnaires with which a conversation in it begins. The revision of one
    can be older than ``flow``, where the newest is not translated yet."""
    bound: dict[tuple[str, str, tuple[Reader, ...]], Flow] = field(
        default_factory=dict, repr=False, compare=False
    )
    """Questionnaires with the names bound, remembered: a decision needs them several times."""

    @property
    def own_language(self) -> Language:
        """Return the language of the organisation, in which its readers are spoken to."""
        return self.languages[self.first_language]

    @property
    def own_texts(self) -> Catalogue:
        """Return the bot's own texts in the language of the organisation."""
        return self.own_language.texts

    @property
    def draft_days(self) -> int:
        """Convert the life of a draft after its last answer to days."""
        return self.draft_hours // 24

    @property
    def first_language(self) -> str:
        """Return the tag of the language that is spoken where none was chosen, and to readers."""
        return next(iter(self.languages))

    def language(self, tag: str) -> Language:
        """Find a language by its tag; the first one if it is not spoken here any more."""
        return self.languages.get(tag) or self.languages[self.first_language]

    def in_language(self, tag: str) -> "Settings":
        """Return the settings with the questionnaires that are begun in this language."""
        first, *more = self.begun_in.get(tag, self.offered)
        return self if first is self.flow else replace(self, flow=first, more=tuple(more))

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
        bound = self.bound.get((flow.revision, flow.language, readers))
        if bound is None:
            texts = self.language(flow.language).texts
            bound = with_readers(flow, [as_choice(texts, r) for r in readers])
            if len(self.bound) >= MOST_BOUND:
                self.bound.clear()
            self.bound[flow.revision, flow.language, readers] = bound
        return bound

    def revision_in(self, revision: str, tag: str) -> Flow | None:
        """Find a revision in a language; None where it was not published in it."""
        flow = self.revisions.get(revision)
        if flow is None or flow.language == tag:
            return flow
        return self.translations.get((revision, tag))

    def kept_revision(self, opened: OpenedCase) -> Flow:
        """Find the revision that an opened case ended with; the newest, if that one is gone."""
        flow = self.revision_in(opened.revision, opened.language)
        return flow or self.revisions.get(opened.revision) or self.newest(opened.revision)

    def as_spoken(self, snapshot: Snapshot) -> Snapshot:
        """Return an account whose talk and whose opened case are in a language of now.

        They stay in theirs as long as the bot speaks it and their questionnaire has it.
        """
        draft, opened = snapshot.draft, snapshot.opened
        if draft is not None:
            spoken = self._draft_as_spoken(draft)
            snapshot = snapshot if spoken is draft else replace(snapshot, draft=spoken)
        if opened is not None:
            tag = self._spoken(opened.revision, opened.language)
            if tag != opened.language:
                kept = Draft(opened.revision, opened.language, answers=opened.answers)
                moved = in_another_language(kept, self.revisions[opened.revision], tag)
                opened = replace(opened, language=tag, answers=moved.answers)
                snapshot = replace(snapshot, opened=opened)
        return snapshot

    def _draft_as_spoken(self, draft: Draft) -> Draft:
        """Return a draft in a language of now, that asks anew what was asked in lost words."""
        flow = self.revisions.get(draft.revision)
        if flow is None:
            return draft
        tag = self._spoken(draft.revision, draft.language)
        if tag != draft.language:
            draft = in_another_language(draft, flow, tag)
        left = without_lost_words(draft, flow, partial(self.revision_in, draft.revision))
        return draft if left is draft else with_marker(left, StoredAnswer(REWORDED))

    def _spoken(self, revision: str, tag: str) -> str:
        """Return the language in which a revision can be asked: its own, or one of now."""
        flow = self.revisions.get(revision)
        if flow is None or (tag in self.languages and self.revision_in(revision, tag)):
            return tag
        if tag == flow.language and not self.begun_in:
            return tag  # where the bot speaks one language, questions may be in another
        others = (each for each in self.languages if self.revision_in(revision, each))
        return next(others, flow.language)

    def _unbound(self, snapshot: Snapshot) -> Flow:
        """Find the revision; an opened case is read in the one that it ended with."""
        if snapshot.draft is not None:
            return self._flow_of(snapshot.draft)
        opened = snapshot.opened or OpenedCase((), ())
        flow = self.revision_in(opened.revision, opened.language)
        return flow or self.revisions.get(opened.revision, self.flow)

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
        flow = self.revision_in(draft.revision, draft.language)
        return flow or self.revisions[draft.revision]


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
        return self.settings.language(self.language)

    @property
    def texts(self) -> Catalogue:
        """Return the bot's own texts in the language of the account."""
        return self.spoken.texts

    def in_language(self, tag: str) -> "View":
        """Return the same in another language; a talk that is open stays in its own."""
        if tag == self.language:
            return self
        return replace(self, settings=self.settings.in_language(tag), language=tag)


def make_view(
    snapshot: Snapshot,
    settings: Settings,
    platform: PlatformFacts,
    draw: Entropy,
    preferred: Sequence[str] = (),
    *,
    hour: float = 0.0,
) -> View:
    """Put together what deciding and rendering look at, in the language of the account.

    ``preferred``: languages that the account may be spoken to in where nothing is open that has
    one, the best first.
    """
    spoken = settings.as_spoken(snapshot)
    tag = language_of(spoken, settings, preferred)
    return View(spoken, settings.in_language(tag), platform, draw, hour=hour, language=tag)


def language_of(snapshot: Snapshot, settings: Settings, preferred: Sequence[str] = ()) -> str:
    """Return the language of an account.

    That of its talk comes first, then that of its opened case, then what is preferred, then the
    language in which it was last told of something that is still held.
    """
    held = (snapshot.held.language,) if snapshot.held else ()
    tags = (*open_languages(snapshot), *preferred, *held)
    return next((tag for tag in tags if tag in settings.languages), settings.first_language)


def open_languages(snapshot: Snapshot) -> tuple[str, ...]:
    """Return the language of what is open for an account: of its talk, or of its opened case."""
    return tuple(each.language for each in (snapshot.draft, snapshot.opened) if each is not None)


@dataclass(frozen=True, slots=True)
class SnapshotReader:
    """Reads the accounts of one platform as views for deciding and rendering."""

    source: SnapshotSource
    current_settings: Callable[[], Settings]
    """Gives what holds now: questionnaires are published and recalled while the program runs."""
    platform: PlatformFacts
    clock: Clock
    draw: Entropy = field(repr=False)
    languages: AccountLanguages = field(default_factory=AccountLanguages, repr=False)
    """The languages that accounts chose lately."""

    @property
    def settings(self) -> Settings:
        """Return the organisation and its questionnaires, as they are now."""
        return self.current_settings()

    def view_of(self, snapshot: Snapshot, account: Account | None = None) -> View:
        """Put a snapshot together with everything else that deciding looks at.

        With the account, a language that it chose lately counts.
        """
        now = self.clock()
        preferred = self.languages.preferred(account, now) if account is not None else ()
        hour = now.timestamp() / HOUR_SECONDS
        return make_view(snapshot, self.settings, self.platform, self.draw, preferred, hour=hour)

    async def read(self, account: Account, *, pieces: bool = False) -> View:
        """Load the view of an account, with its pieces only if asked for."""
        found = await self.source.snapshot(account, self.clock(), pieces=pieces)
        return self.view_of(found, account)


def selectable(snapshot: Snapshot) -> tuple[Reader, ...]:
    """List the readers who can be named: none whom a statement bars, under any of their keys."""
    barred = snapshot.barred
    if not barred:
        return snapshot.readers
    return tuple(r for r in snapshot.readers if not r.is_among(barred))


def as_choice(texts: Catalogue, reader: Reader) -> Choice:
    """Show a reader as a choice: name, who they are, whether they must pass things on."""
    named = f"{reader.name}, {reader.about}" if reader.about else reader.name
    duty = texts.permissions.passes_on.format(reader=named)
    return Choice(id=reader.id, text=duty if reader.must_pass_on else named)
