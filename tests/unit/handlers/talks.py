"""Talks in memory: the handlers' decisions applied to a snapshot, without a store and without IO.

Only what handlers can see of a change is modelled. Whole talks through the real store are driven
by ``tests.rig``.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

import flows
from handlers.context import HelpLine, Settings, View, make_view
from handlers.messages import ButtonPress, MessageContent, PlatformFacts, Reply, TextMessage
from handlers.outcome import LookupPurpose, Outcome
from handlers.permissions.registry import PERMISSIONS
from handlers.reporter.decide import decide
from handlers.reporter.questions import open_question
from handlers.reporter.shown import with_what_is_shown
from handlers.sending.rendering import render
from store.model.changes import (
    AskErasure,
    BeginCase,
    Change,
    EndDraft,
    EraseCase,
    EraseItems,
    HandOver,
    OutliveDraft,
    ReopenCase,
    ReturnToCase,
    SaveDraft,
    SealItem,
    StopKeeping,
    TakeBack,
)
from store.model.drafts import Draft, Piece, StoredAnswer
from store.model.outbox import TextRef
from store.model.readers import Reader
from store.model.snapshot import OpenedCase, Snapshot

ASH = Reader("aa" * 10, "Ash", "elected", must_pass_on=False)
OAK = Reader("bb" * 10, "Oak", "elected", must_pass_on=True)
ROWAN = Reader("cc" * 10, "Rowan", "", must_pass_on=False)
READERS = (ASH, OAK, ROWAN)

FLOW = flows.load((Path(flows.__file__).parent / "intake.toml").read_text("utf-8"), "intake.toml")
SINGLE_TEXTS = replace(
    FLOW, steps=tuple(replace(s, many=s.many and s is FLOW.story) for s in FLOW.steps)
)
"""The same questions; all but the story take one message, as those of organisers may."""
PLATFORM = PlatformFacts(
    "terminal",
    lambda _texts: ", and so can others",
    lambda _texts: "what this window has kept.",
    can_clear=True,
)
SETTING = Settings(
    organisation="The Example Choir",
    flow=FLOW,
    help_lines=(HelpLine("A help line", "116 016", "day and night"),),
    hold_hours=12,
    draft_hours=168,
    unfetched_days=90,
    text_length=2_000,
    cases_per_day=5,
    permissions=PERMISSIONS,
    revisions={FLOW.revision: FLOW},
)
SINGLE = replace(SETTING, flow=SINGLE_TEXTS, revisions={FLOW.revision: SINGLE_TEXTS}, bound={})
HOUR = 500_000
WORDS = tuple(word * 3 for word in "abcdefghijkl")
CODE = ("zone", "zoo", "wolf", "wood")


def drawn(size: int, numbers: Iterator[int] = count(1)) -> bytes:  # noqa: B008 - one row of numbers for all tests
    """Bytes that never come twice."""
    return next(numbers).to_bytes(max(size, 4), "big")[-size:]


def view_of(
    snapshot: Snapshot, settings: Settings = SETTING, platform: PlatformFacts = PLATFORM
) -> View:
    """What handlers look at."""
    return make_view(snapshot, settings, platform, drawn)


def draft(*answers: StoredAnswer, **more: object) -> Draft:
    """A draft that knows how the screen is cleared, with these answers."""
    known = Draft(FLOW.revision, "en", answers=(StoredAnswer("bot.clean", ("self",)), *answers))
    return replace(known, expires=HOUR + 168, ends=HOUR + 336, **more)  # type: ignore[arg-type]  # fields of Draft


@dataclass
class Talk:
    """One account's talk: what was said, what was chosen, what is sealed."""

    snapshot: Snapshot = field(default_factory=lambda: Snapshot(readers=READERS))
    settings: Settings = SETTING
    platform: PlatformFacts = PLATFORM
    texts: dict[str, tuple[str, str]] = field(default_factory=dict)
    replies: list[Reply] = field(default_factory=list)
    handed: list[HandOver] = field(default_factory=list)
    taken_back: int = 0

    @property
    def view(self) -> View:
        return view_of(self.snapshot, self.settings, self.platform)

    @property
    def question(self) -> str:
        return open_question(self.view).id

    @property
    def offered(self) -> list[str]:
        """The choices of the open question."""
        return [offer.id for offer in open_question(self.view).offers]

    @property
    def told(self) -> list[str]:
        """The pieces in the order in which they are read back."""
        return [piece.text for piece in self.snapshot.pieces]

    def say(self, *texts: str) -> Outcome:
        """Lines, one after the other; what the last one led to."""
        return [self.hear(TextMessage(text)) for text in texts][-1]

    def press(self, *choices: str) -> Outcome:
        """Buttons of the open question."""
        return self.hear(ButtonPress(self.question, choices))

    def hear(
        self,
        heard: MessageContent,
        message: str = "",
        refused_at: str = "",
        waiting: LookupPurpose | None = None,
    ) -> Outcome:
        """One message; by its id it can be edited, also if it was refused."""
        decided = decide(self.view, heard, waiting, message, refused_at)
        outcome = with_what_is_shown(self.view, decided)
        self.apply(outcome)
        assert outcome.asks in {"", self.question}
        return outcome

    def apply(self, outcome: Outcome) -> None:
        """What an outcome changes, and what it says."""
        asking = [c.asked for c in outcome.changes if isinstance(c, AskErasure)]
        self.snapshot = replace(self.snapshot, asked=asking[-1] if asking else None)
        for change in outcome.changes:
            self._apply(change)
        self._read_back()
        self.replies += [r for s in (*outcome.direct, *outcome.says) if (r := self.rendered(s))]

    def rendered(self, sentence: TextRef) -> Reply | None:
        """A sentence as it looks now."""
        return render(self.view, sentence)

    def begin(self, *story: str) -> "Talk":
        """From hello to the end of the story."""
        self.say("/start", "1", "3", *story, "/done")
        return self

    def _apply(self, change: Change) -> None:
        match change:
            case BeginCase(new) | SaveDraft(new) | ReopenCase(new):
                aged = replace(new, expires=HOUR + 168, ends=HOUR + 336)
                self.snapshot = replace(self.snapshot, draft=aged, words=WORDS, opened=None)
            case SealItem(item, step, text):
                self.texts[item] = (step, text)
            case EraseItems(items):
                for item in items:
                    del self.texts[item]
            case HandOver():
                self._hand_over(change)
            case TakeBack():
                self.taken_back += 1
                self.snapshot = replace(self.snapshot, shared=False, held=None, older_holds=())
            case OutliveDraft():
                self.snapshot = replace(self.snapshot, outlives_draft=True)
            case StopKeeping():
                self.snapshot = replace(self.snapshot, kept=False)
            case ReturnToCase(kept):
                opened = OpenedCase((), (), kept.answers, kept.revision, language=kept.language)
                self.snapshot = replace(self.snapshot, draft=None, opened=opened)
            case EndDraft() | EraseCase():
                self.snapshot = Snapshot(readers=self.snapshot.readers)
            case _:
                pass

    def _hand_over(self, change: HandOver) -> None:
        self.handed.append(change)
        scopes = {p.scope for p in change.permissions}
        never = {r for p in change.permissions if p.scope == "never" for r in p.readers}
        self.snapshot = replace(
            self.snapshot,
            draft=change.draft,
            code_words=CODE,
            kept="keep" in scopes or self.snapshot.kept,
            shared="named" in scopes,
            barred=self.snapshot.barred | never,
            outlives_draft="named" in scopes or self.snapshot.outlives_draft,
        )

    def _read_back(self) -> None:
        answers = self.snapshot.draft.answers if self.snapshot.draft else ()
        items = ((a.step, item) for a in answers for item in a.items)
        pieces = tuple(Piece(i, step, 202648, self.texts[i][1]) for step, i in items)
        self.snapshot = replace(self.snapshot, loaded_pieces=pieces)
