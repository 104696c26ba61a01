"""What a handler is told about the organisation and the moment: plain values, passed in."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from flows import Choice, Flow, with_readers
from handlers.messages import Platform
from store.errors import UnknownRevision
from store.records import Draft, Reader, Situation

Clock = Callable[[], datetime]
"""Gives the time, with a time zone. Made once, in the composition root."""

Entropy = Callable[[int], bytes]
"""Draws random bytes. Made once, in the composition root."""

MOST_BOUND = 64


@dataclass(frozen=True, slots=True)
class HelpLine:
    """Somebody a reporter can talk to at any moment."""

    name: str
    contact: str
    hours: str


@dataclass(frozen=True, slots=True)
class Setting:
    """One organisation's bot, as the handlers know it."""

    organisation: str
    flow: Flow
    """The newest published questionnaire."""
    help_lines: tuple[HelpLine, ...]
    hold_hours: int
    draft_hours: int
    unfetched_days: int
    text_length: int
    cases_per_day: int
    revisions: dict[str, Flow] = field(default_factory=dict)
    """Every revision that an open talk may name."""
    bound: dict[tuple[str, tuple[Reader, ...]], Flow] = field(
        default_factory=dict, repr=False, compare=False
    )
    """Questionnaires with the names bound, remembered: a decision needs them several times."""

    @property
    def draft_days(self) -> int:
        """Days that a draft lives after its last answer."""
        return self.draft_hours // 24

    def flow_of(self, situation: Situation) -> Flow:
        """The questionnaire of this talk, with the names of those who may be chosen now."""
        flow = self.flow if situation.draft is None else self._flow_of(situation.draft)
        readers = selectable(situation)
        if (flow.revision, readers) not in self.bound:
            if len(self.bound) >= MOST_BOUND:
                self.bound.clear()
            choices = [as_choice(r) for r in readers]
            self.bound[flow.revision, readers] = with_readers(flow, choices)
        return self.bound[flow.revision, readers]

    def _flow_of(self, draft: Draft) -> Flow:
        """The words that the talk began with; with others, a yes would mean something else."""
        if draft.revision not in self.revisions:
            raise UnknownRevision(
                f"An open talk began with revision {draft.revision} of the questionnaire, which "
                f"is not in the flow folder any more. Put {draft.revision}.toml back into "
                f"published/{self.flow.name}/ there, from a backup. Nothing of the talk was lost."
            )
        return self.revisions[draft.revision]


@dataclass(frozen=True, slots=True)
class View:
    """What deciding and rendering look at: one account, on one platform, in one organisation."""

    situation: Situation
    setting: Setting
    platform: Platform
    draw: Entropy = field(repr=False)


def selectable(situation: Situation) -> tuple[Reader, ...]:
    """Readers who can be named: none whom an earlier statement bars, under any key of theirs."""
    barred = situation.barred
    return tuple(r for r in situation.readers if not barred & {r.id, *r.after})


def as_choice(reader: Reader) -> Choice:
    """A reader as reporters see them: name, who they are, whether they must pass things on."""
    about = f", {reader.about}" if reader.about else ""
    duty = " (must pass some things on)" if reader.must_pass_on else ""
    return Choice(id=reader.id, text=f"{reader.name}{about}{duty}")
