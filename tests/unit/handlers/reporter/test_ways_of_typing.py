"""Every way of typing in the table leads to what the table says."""

from dataclasses import replace

import pytest

from handlers.outcome import LookupPurpose
from handlers.reporter.markers import WORD_CHECK
from tests.unit.handlers.reporter.test_decide import SHARED_CASE, talk_at
from tests.unit.handlers.reporter.what_followed import what_follows
from tests.unit.handlers.talks import Talk
from tests.ways_of_typing import ways

LEAST_WAYS = 150
BEFORE = {"bot.erase": "/erase", "story": "It was in spring."}
"""What is said at a place before."""
JOINING = "joining"
"""In an opened story, where the words of another one are awaited."""
AWAITED = {JOINING: LookupPurpose.JOIN}


WAYS = tuple(ways())


def test_the_table_has_enough_lines() -> None:
    assert len(WAYS) >= LEAST_WAYS


@pytest.mark.parametrize(("place", "typed", "follows"), WAYS)
def test_what_is_typed_leads_to_what_the_table_says(place: str, typed: str, follows: str) -> None:
    talk, waiting = _reached(place)
    assert talk.question == ("bot.case" if place == JOINING else place)
    assert ", ".join(what_follows(talk, _filled(typed, talk), waiting)) == follows


def _reached(place: str) -> tuple[Talk, LookupPurpose | None]:
    if place in {"bot.case", JOINING}:
        return Talk(replace(SHARED_CASE, kept=True)), AWAITED.get(place)
    talk = talk_at("person" if place == "bot.erase" else place)
    if place in BEFORE:
        talk.say(BEFORE[place])
    return talk, None


def _filled(typed: str, talk: Talk) -> str:
    """Put the words of this talk into the blanks."""
    if "{" not in typed:
        return typed
    words, draft = talk.snapshot.words, talk.snapshot.draft
    marker = next(a for a in (draft.answers if draft else ()) if a.step == WORD_CHECK)
    one, two = (int(place) for place in marker.choices)
    return typed.format(
        n1=one,
        n2=two,
        first=words[one - 1],
        second=words[two - 1],
        twelve=" ".join(words),
        list="\n".join(f"{n:>4}  {word}" for n, word in enumerate(words, 1)),
    )


@pytest.mark.parametrize("purpose", list(LookupPurpose))
def test_every_purpose_of_words_is_in_the_table(purpose: LookupPurpose) -> None:
    assert any(f"looks up to {purpose.value}" in follows for _, _, follows in WAYS)
