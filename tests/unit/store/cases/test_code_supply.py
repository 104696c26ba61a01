"""Take-back codes are ready for those who look at their story for the last time."""

import asyncio
from dataclasses import dataclass, field, replace
from itertools import count

import pytest
from sqlalchemy.exc import IntegrityError

from store.cases.code_supply import MOST_READY, CodeSupply
from store.model.accounts import Account
from store.model.changes import SaveDraft
from store.model.drafts import Phase
from store.model.turn import NewCode, Supplies
from tests.unit.store.organisation import (
    REPORTER,
    SOMEBODY,
    Organisation,
    hand_over,
    keep,
    told,
)


@dataclass
class Drawing:
    """Draws codes by their numbers, as fast as it is allowed to."""

    numbers: "count[int]" = field(default_factory=count)
    allowed: asyncio.Event = field(default_factory=asyncio.Event)
    drawn: int = 0

    async def __call__(self) -> NewCode:
        await self.allowed.wait()
        self.drawn += 1
        return NewCode(next(self.numbers), b"", b"")


@pytest.fixture(name="drawing")
def _drawing() -> Drawing:
    drawing = Drawing()
    drawing.allowed.set()
    return drawing


def reporter(number: int) -> Account:
    return Account("terminal", f"reporter {number}", "")


async def prepared(supply: CodeSupply) -> bool:
    """Whether one more was made ready; False if none is wanted."""
    preparing = asyncio.create_task(supply.prepare())
    for _ in range(5):
        await asyncio.sleep(0)
    if not preparing.done():
        preparing.cancel()
    await asyncio.wait({preparing})
    return not preparing.cancelled()


async def test_a_code_is_drawn_when_none_is_ready(drawing: Drawing) -> None:
    supply = CodeSupply(drawing)
    assert not await prepared(supply)
    assert [(await supply.take()).number for _ in range(2)] == [0, 1]


async def test_one_is_made_ready_for_each_who_will_need_one(drawing: Drawing) -> None:
    supply = CodeSupply(drawing)
    for number in (1, 2, 2):
        supply.expect(reporter(number), soon=True)
    assert [await prepared(supply) for _ in range(3)] == [True, True, False]
    drawing.allowed.clear()
    assert [(await supply.take()).number for _ in range(2)] == [0, 1]
    assert drawing.drawn == 2


async def test_no_code_is_given_twice(drawing: Drawing) -> None:
    supply = CodeSupply(drawing)
    supply.expect(reporter(1), soon=True)
    assert await prepared(supply)
    given = [(await supply.take()).number for _ in range(3)]
    assert len({*given}) == 3


async def test_none_is_made_ready_for_who_left(drawing: Drawing) -> None:
    supply = CodeSupply(drawing)
    supply.expect(reporter(1), soon=True)
    supply.expect(reporter(1), soon=False)
    assert not await prepared(supply)


async def test_who_comes_later_wakes_the_preparation(drawing: Drawing) -> None:
    supply = CodeSupply(drawing)
    preparing = asyncio.create_task(supply.prepare())
    await asyncio.sleep(0)
    assert not preparing.done()
    supply.expect(reporter(1), soon=True)
    await preparing
    assert drawing.drawn == 1


async def test_no_more_are_ready_than_the_limit(drawing: Drawing) -> None:
    supply = CodeSupply(drawing)
    for number in range(MOST_READY + 1):
        supply.expect(reporter(number), soon=True)
    assert [await prepared(supply) for _ in range(MOST_READY + 1)] == [True] * MOST_READY + [False]


async def test_who_never_comes_back_takes_nobodys_place(drawing: Drawing) -> None:
    supply = CodeSupply(drawing)
    for number in range(2 * MOST_READY):
        supply.expect(reporter(number), soon=True)
    for number in range(MOST_READY, 2 * MOST_READY):
        supply.expect(reporter(number), soon=False)
    assert not await prepared(supply)


async def test_going_back_and_forth_costs_one_code(drawing: Drawing) -> None:
    supply = CodeSupply(drawing)
    for _ in range(100):
        supply.expect(reporter(1), soon=True)
        await prepared(supply)
        supply.expect(reporter(1), soon=False)
    assert drawing.drawn == 1


async def test_two_that_prepare_make_no_more_than_is_wanted(drawing: Drawing) -> None:
    drawing.allowed.clear()
    supply = CodeSupply(drawing)
    supply.expect(reporter(1), soon=True)
    two = [asyncio.create_task(supply.prepare()) for _ in range(2)]
    await asyncio.sleep(0)
    drawing.allowed.set()
    done, waiting = await asyncio.wait(two, return_when=asyncio.FIRST_COMPLETED)
    assert (len(done), len(waiting), drawing.drawn) == (1, 1, 1)
    supply.expect(reporter(2), soon=True)
    await asyncio.wait(waiting)
    assert drawing.drawn == 2


async def test_a_code_that_was_not_finished_is_wanted_again(drawing: Drawing) -> None:
    drawing.allowed.clear()
    supply = CodeSupply(drawing)
    supply.expect(reporter(1), soon=True)
    assert not await prepared(supply), "it was cancelled while it was drawn"
    drawing.allowed.set()
    assert await prepared(supply)
    assert drawing.drawn == 1


def test_no_repr_holds_a_code() -> None:
    assert "730" not in repr(NewCode(730, b"730", b"730"))


# --- in the store


async def test_a_last_look_at_the_story_asks_for_a_code_until_it_was_given(
    org: Organisation,
) -> None:
    await org.tell()
    cases = org.stores.cases
    review = SaveDraft(replace(told(), phase=Phase.REVIEW))
    assert not await prepared(cases.codes)
    await cases.commit(REPORTER, "the overview is right", (review,), (), org.now)
    await asyncio.wait_for(cases.codes.prepare(), 10)
    assert not await prepared(cases.codes)
    supplies = Supplies(code=await cases.new_code())
    await cases.commit(REPORTER, "yes", (hand_over(keep()),), (), org.now, supplies)
    assert not await prepared(cases.codes)


async def test_who_goes_back_from_the_last_look_needs_no_code(org: Organisation) -> None:
    await org.tell()
    cases = org.stores.cases
    for phase in (Phase.REVIEW, Phase.QUESTIONS):
        draft = SaveDraft(replace(told(), phase=phase))
        await cases.commit(REPORTER, f"to {phase}", (draft,), (), org.now)
    assert not await prepared(cases.codes)


async def test_a_code_that_somebody_else_was_given_meanwhile_changes_nothing(
    org: Organisation,
) -> None:
    """Another process may have drawn it after it was found free; the next attempt succeeds."""
    await org.tell()
    await org.tell(SOMEBODY)
    ready = Supplies(code=await org.stores.cases.new_code())
    cases, act = org.stores.cases, (hand_over(keep()),)
    theirs = (hand_over(keep()),)
    await cases.commit(SOMEBODY, "theirs", theirs, (), org.now, ready)
    before = await org.counted()
    with pytest.raises(IntegrityError):
        await cases.commit(REPORTER, "mine", act, (), org.now, ready)
    assert await org.counted() == before
    supplies = Supplies(code=await cases.new_code())
    assert await cases.commit(REPORTER, "mine", act, (), org.now, supplies)
