"""Every way of typing in the table leads to what the table says."""

from collections.abc import Mapping

import pytest

from handlers.messages import TextMessage
from handlers.outcome import LookupPurpose, Outcome
from handlers.reporter.markers import MARKER_PREFIX, WORD_CHECK
from store.model.changes import (
    BeginCase,
    CloseCase,
    EndDraft,
    EraseCase,
    HandOver,
    TakeBack,
)
from store.model.drafts import Draft
from tests.unit.handlers.reporter.test_decide import talk_at
from tests.unit.handlers.talks import READERS, Talk
from tests.ways_of_typing import ways

LEAST_WAYS = 150
EVENTS: Mapping[type, str] = {
    BeginCase: "begins",
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
BEFORE = {"bot.erase": "/erase", "story": "It was in spring."}
"""What is said at a place before."""
NAMES = {reader.id: reader.name for reader in READERS}


WAYS = tuple(ways())


def test_the_table_has_enough_lines() -> None:
    assert len(WAYS) >= LEAST_WAYS


@pytest.mark.parametrize(("place", "typed", "follows"), WAYS)
def test_what_is_typed_leads_to_what_the_table_says(place: str, typed: str, follows: str) -> None:
    talk = talk_at("person" if place == "bot.erase" else place)
    if place in BEFORE:
        talk.say(BEFORE[place])
    assert talk.question == place
    before, told = talk.snapshot.draft, talk.told
    text = _filled(typed, talk)
    outcome = talk.hear(TextMessage(text))
    assert ", ".join(_facts(talk, outcome, place, before, text, told)) == follows


def _facts(
    talk: Talk, outcome: Outcome, place: str, before: Draft | None, typed: str, told: list[str]
) -> list[str]:
    """Say what followed, in the words of the table."""
    said = [s.sentence for s in outcome.says]
    facts = []
    if any(s.sentence in HELP for s in outcome.direct):
        facts.append("helps")
    if talk.question != place and talk.question in {"bot.stop", "bot.erase"}:
        facts.append("halts" if talk.question == "bot.stop" else "asks to erase")
    facts += ["told" if t == typed else f"told: {t}" for t in talk.told[len(told) :]]
    facts += [
        name for kind, name in EVENTS.items() if any(isinstance(c, kind) for c in outcome.changes)
    ]
    taken = _choices(talk.snapshot.draft).items() - _choices(before).items()
    facts += [f"chooses {' '.join(NAMES.get(c, c) for c in choices)}" for _, choices in taken]
    if outcome.lookup is not None:
        facts.append(f"looks up to {outcome.lookup.purpose.value}")
    elif outcome.waiting is not None:
        facts.append(f"waits to {outcome.waiting.value}")
    if talk.question not in {place, "bot.stop", "bot.erase", "bot.safe"}:
        facts.append(f"goes to {talk.question}")
    named = [s for s in said if s not in {"ASK", "ACK"}]
    if not facts and REFUSALS & {*said}:
        return ["asks again"]
    if named and (not facts or "NOT_ERASED" in named):
        facts.append(f"says {' '.join(named)}")
    return facts


def _choices(draft: Draft | None) -> dict[str, tuple[str, ...]]:
    answers = draft.answers if draft else ()
    return {
        a.step: a.choices for a in answers if a.choices and not a.step.startswith(MARKER_PREFIX)
    }


def _filled(typed: str, talk: Talk) -> str:
    """Put the words of this talk into the blanks."""
    if "{" not in typed:
        return typed
    words, draft = talk.snapshot.words, talk.snapshot.draft
    marker = next(a for a in (draft.answers if draft else ()) if a.step == WORD_CHECK)
    one, two = (int(place) for place in marker.choices)
    return typed.format(
        n1=one, n2=two, first=words[one - 1], second=words[two - 1], twelve=" ".join(words)
    )


@pytest.mark.parametrize("purpose", list(LookupPurpose))
def test_every_purpose_of_words_is_in_the_table(purpose: LookupPurpose) -> None:
    assert any(f"looks up to {purpose.value}" in follows for _, _, follows in WAYS)
