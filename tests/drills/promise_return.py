"""Laws about coming back to a story: what is added, joined, changed, and kept until a month."""

import re
from datetime import UTC, datetime, timedelta

from tests.drills.permission_world import World
from tests.drills.promise_judge import Said
from tests.drills.promise_speech import names_in
from tests.drills.promise_store import CaseState
from tests.drills.promise_times import DAY, MONTHS, UPKEEP, look_later

A_MONTH = re.compile(r"(\w+) (\d{4})")
WITHIN_MONTHS = timedelta(days=7)
"""The store counts weeks, and what is kept goes with the week in which its month ends."""


async def kept_until_month(said: Said) -> None:
    """It is there until its month is over, and gone soon after."""
    month, year = _month_said(said.blanks["month"])
    ends = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    await look_later(said, ends - DAY, _is_there)
    await look_later(said, ends + WITHIN_MONTHS + UPKEEP, _is_gone)


def _month_said(text: str) -> tuple[int, int]:
    match = A_MONTH.fullmatch(text)
    assert match, f"no month: {text}"
    return MONTHS.index(match[1]) + 1, int(match[2])


async def _is_there(_world: World, state: CaseState) -> None:
    assert state.there, "it is gone too early"


async def _is_gone(_world: World, state: CaseState) -> None:
    assert not state.there, "it is still there"


async def was_joined(said: Said) -> None:
    """One other story is gone, and all of it stands in this one."""
    went = [look for look in said.looks[0] if _goes(said, look)]
    assert len(went) == 1, f"{len(went)} stories are gone"
    missing = {*said.looks[0][went[0]].told} - {*said.after.told}
    assert not missing, "a part of the other story is in neither"
    joined = said.judge.notes[went[0]]
    if said.case is not None:
        said.case.had |= joined.had  # what is said of copies is about both from now on
    words = " ".join(joined.words)
    found = await said.world.application.stores.recovery.find_by_words(words)
    assert found is None, "the words of the other story open something"


def _goes(said: Said, locator: bytes) -> bool:
    return said.looks[0][locator].there and not said.looks[1][locator].there


async def not_shared_with_these(said: Said) -> None:
    """For these readers nothing of it lies ready."""
    assert not names_in(said.blanks["readers"]) & said.after.names(), "it lies ready for them"


async def still_shared_with_these(said: Said) -> None:
    """What lay ready for these readers before still does."""
    names = names_in(said.blanks["readers"])
    assert names <= said.before.names() & said.after.names(), "it lies ready for others"


async def earlier_codes_find_nothing(said: Said) -> None:
    """The four words that were shown before lead nowhere."""
    assert said.case is not None
    recovery = said.world.application.stores.recovery
    for code in said.case.codes[:-1]:
        assert await recovery.find_by_code(code) is None, "an earlier code leads to a story"
