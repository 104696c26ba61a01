"""Say what followed a message, in the words of the tables of ways of typing and of sayings."""

from collections.abc import Mapping
from dataclasses import dataclass

from handlers.messages import TextMessage
from handlers.outcome import LookupPurpose, Outcome
from handlers.reporter.markers import ASIDE, MARKER_PREFIX
from store.model.changes import (
    BeginCase,
    CloseCase,
    EndDraft,
    EraseCase,
    HandOver,
    OutliveDraft,
    TakeBack,
)
from store.model.drafts import Draft
from tests.unit.handlers.talks import READERS, Talk

EVENTS: Mapping[type, str] = {
    BeginCase: "begins",
    OutliveDraft: "has the words",
    EndDraft: "ends",
    EraseCase: "erases",
    HandOver: "hands over",
    TakeBack: "withdraws",
    CloseCase: "closes",
}
HELP = frozenset({"HELP", "HELP_LINES", "DANGER", "GROUND"})
REFUSALS = frozenset(
    {"BY_NUMBER", "CHOOSE", "CHOOSE_ALONE", "CHOOSE_ONE", "NOT_BEGUN", "UNKNOWN_COMMAND"}
)
ANSWERS: Mapping[str, str] = {"HEARD": "answers", "HEARD_KEPT": "offers"}
"""By the name of a sentence: what the tables call it, before what it is about."""
NAMES = {reader.id: reader.name for reader in READERS}


@dataclass(frozen=True, slots=True)
class Before:
    """A talk as it stood before a message."""

    place: str
    draft: Draft | None
    told: list[str]
    asides: tuple[str, ...]

    @classmethod
    def of(cls, talk: Talk) -> "Before":
        """Remember how a talk stands."""
        return cls(talk.question, talk.snapshot.draft, talk.told, asides_of(talk.snapshot.draft))


def what_follows(talk: Talk, typed: str, waiting: LookupPurpose | None = None) -> tuple[str, ...]:
    """Type something in a talk, and say what followed."""
    before = Before.of(talk)
    outcome = talk.hear(TextMessage(typed), waiting=waiting)
    return tuple(facts(talk, outcome, before, typed))


def facts(talk: Talk, outcome: Outcome, before: Before, typed: str) -> list[str]:
    """Say what followed, in the words of the tables."""
    said = [s.sentence for s in outcome.says]
    found = _moves(talk, outcome, before, typed)
    found += [f"{ANSWERS[s.sentence]} {s.ids[0]}" for s in outcome.says if s.sentence in ANSWERS]
    named = [s for s in said if s not in {"ASK", "ACK", "ASIDE", "ASIDE_TEXT", *ANSWERS}]
    if not found and REFUSALS & {*said}:
        return ["asks again"]
    if named and (not found or "NOT_ERASED" in named):
        found.append(f"says {' '.join(named)}")
    return found


def _moves(talk: Talk, outcome: Outcome, before: Before, typed: str) -> list[str]:
    """Say what was done, and where the talk stands now."""
    place, draft = before.place, talk.snapshot.draft
    found = ["helps"] if any(s.sentence in HELP for s in outcome.direct) else []
    if talk.question != place and talk.question in {"bot.stop", "bot.erase"}:
        found.append("halts" if talk.question == "bot.stop" else "asks to erase")
    told = talk.told[len(before.told) :]
    found += _asides(before.asides, asides_of(draft))
    found += ["told" if t == typed else f"told: {t}" for t in told]
    found += [
        name for kind, name in EVENTS.items() if any(isinstance(c, kind) for c in outcome.changes)
    ]
    taken = _choices(draft).items() - _choices(before.draft).items()
    found += [f"chooses {' '.join(NAMES.get(c, c) for c in choices)}" for _, choices in taken]
    if outcome.lookup is not None:
        found.append(f"looks up to {outcome.lookup.purpose.value}")
    elif outcome.waiting is not None:
        found.append(f"waits to {outcome.waiting.value}")
    if talk.question not in {place, "bot.stop", "bot.erase", "bot.safe"}:
        found.append(f"goes to {talk.question}")
    return found


def _asides(before: tuple[str, ...], after: tuple[str, ...]) -> list[str]:
    if len(after) > len(before):
        return ["aside"]
    return ["decides about asides"] if before and not after else []


def asides_of(draft: Draft | None) -> tuple[str, ...]:
    """Return the items that are kept aside in a draft."""
    return next((a.choices for a in (draft.answers if draft else ()) if a.step == ASIDE), ())


def _choices(draft: Draft | None) -> dict[str, tuple[str, ...]]:
    answers = draft.answers if draft else ()
    return {
        a.step: a.choices for a in answers if a.choices and not a.step.startswith(MARKER_PREFIX)
    }
