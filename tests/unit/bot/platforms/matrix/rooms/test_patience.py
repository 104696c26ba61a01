"""A room is left when what was said there is handled."""

import asyncio

import pytest

from bot.platforms.matrix.rooms import patience
from bot.platforms.matrix.rooms.delays import MembershipDelays
from bot.platforms.matrix.rooms.patience import Patience


async def test_it_ends_when_nothing_waits_any_more() -> None:
    waiting = [2, 1, 0]
    await Patience(MembershipDelays(grace=0), lambda _: waiting.pop(0)).until_handled("!room")
    assert waiting == []


async def test_it_begins_with_a_moment_for_what_is_just_coming() -> None:
    asked = list[str]()
    patient = Patience(MembershipDelays(grace=30), lambda room: bool(asked.append(room)))  # type: ignore[func-returns-value]
    task = asyncio.create_task(patient.until_handled("!room"))
    await asyncio.sleep(0)
    assert asked == []
    task.cancel()


async def test_it_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "LONGEST_SECONDS", 0.01)
    with pytest.raises(TimeoutError):
        await Patience(MembershipDelays(grace=0), lambda _: 1).until_handled("!room")
