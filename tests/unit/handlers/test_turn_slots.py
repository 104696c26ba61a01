"""Few turns at once go on with what is slow; nobody else waits for them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import pytest

from handlers.messages import (
    ButtonPress,
    EditedMessage,
    IncomingMessage,
    MessageContent,
    TextMessage,
    UnresolvedPress,
)
from handlers.reporter.markers import WORD_CHECK
from handlers.turn import TurnProcessor
from handlers.turn_slots import HANDOVER_TURNS, READING_TURNS, may_hand_over
from store.cases.case_store import CaseStore
from store.model.accounts import Account
from store.model.errors import DatabaseClosed
from store.model.turn import TurnResult
from tests.rig import Rig, person

OTHER = person("reporter-two")
YES = "yes, keep it like this"
GIVERS = tuple(person(f"giver {number}") for number in range(4 * HANDOVER_TURNS))


async def review(rig: Rig, who: Account | None = None) -> None:
    """Lead somebody who keeps their story up to the second yes."""
    await rig.tell("It was in spring.", who=who)
    await rig.say("just keep it", "yes, that's right", who=who)


def processor_of(rig: Rig) -> TurnProcessor:
    assert rig.conversations is not None
    return rig.conversations.processor


def cases_of(rig: Rig) -> CaseStore:
    cases = processor_of(rig).cases
    assert isinstance(cases, CaseStore)
    return cases


def heard(text: str, who: Account) -> IncomingMessage:
    return IncomingMessage(f"{who.name} says {text}", who, TextMessage(text))


@asynccontextmanager
async def full(slots: asyncio.Semaphore, places: int) -> AsyncIterator[None]:
    """Others hold all of these slots."""
    async with AsyncExitStack() as held, asyncio.timeout(5):
        for _ in range(places):
            await held.enter_async_context(slots)
        yield


@dataclass
class Turns:
    """Notes whose turns ran, in order; ``begun`` is set when one waits for its transaction."""

    ran: list[Account] = field(default_factory=list)
    begun: asyncio.Event = field(default_factory=asyncio.Event)


@pytest.fixture(name="turns")
def _turns(monkeypatch: pytest.MonkeyPatch) -> Turns:
    turns, plain = Turns(), CaseStore.turn

    async def turn(cases: CaseStore, account: Account, *more: object, **rest: str) -> TurnResult:
        turns.begun.set()
        result = await plain(cases, account, *more, **rest)  # type: ignore[arg-type] # as it came
        turns.ran.append(account)
        return result

    monkeypatch.setattr(CaseStore, "turn", turn)
    return turns


async def test_others_go_on_while_a_hand_over_waits_for_others(rig: Rig) -> None:
    async with rig.staying():
        slots = processor_of(rig).slots.handing_over
        await review(rig)
        async with full(slots, HANDOVER_TURNS):
            giving = asyncio.create_task(rig.say(YES))
            assert await rig.say("/start", who=OTHER)
            assert await rig.say("/withdraw abandon ability able about", who=OTHER)
            assert not giving.done()
        assert (await giving)[-1].question == WORD_CHECK
        assert not slots.locked()


@pytest.mark.parametrize("text", ["/stop", "stop", "/withdraw", "/unsafe", "I am not safe"])
async def test_who_stops_does_not_wait_for_hand_overs(rig: Rig, text: str) -> None:
    async with rig.staying():
        await review(rig)
        async with full(processor_of(rig).slots.handing_over, HANDOVER_TURNS):
            assert await rig.say(text)


async def test_who_reads_back_does_not_wait_for_hand_overs(rig: Rig) -> None:
    async with rig.staying():
        await rig.tell("It was in spring.", who=OTHER)
        async with full(processor_of(rig).slots.handing_over, HANDOVER_TURNS):
            assert await rig.say("/show", who=OTHER)


async def test_a_hand_over_whose_code_is_ready_runs_once(rig: Rig, turns: Turns) -> None:
    async with rig.staying():
        await review(rig)
        await cases_of(rig).codes.prepare()
        turns.ran.clear()
        assert (await rig.say(YES))[-1].question == WORD_CHECK
        assert turns.ran == [person()]


@pytest.mark.parametrize("text", ["show it to me", "i want to change something", "?"])
async def test_a_code_that_was_not_used_is_given_back(rig: Rig, text: str) -> None:
    async with rig.staying():
        await review(rig)
        codes = cases_of(rig).codes
        await codes.prepare()
        ready = codes.take_ready()
        assert ready is not None
        codes.give_back(ready)
        await rig.say(text)
        assert codes.take_ready() == ready


async def test_nobody_gets_a_code_that_may_have_been_written(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with rig.staying():
        await review(rig)
        await cases_of(rig).codes.prepare()

        async def fail(*_: object, **_more: str) -> TurnResult:
            raise DatabaseClosed("nobody knows what was written")

        monkeypatch.setattr(CaseStore, "turn", fail)
        with pytest.raises(DatabaseClosed):
            await processor_of(rig).process(heard(YES, person()))
        assert cases_of(rig).codes.take_ready() is None


async def test_few_hand_overs_run_between_a_message_and_its_answer(rig: Rig, turns: Turns) -> None:
    async with rig.staying():
        process, codes = processor_of(rig).process, cases_of(rig).codes
        await rig.tell("It was in spring.", who=OTHER)
        for giver in GIVERS:
            await review(rig, giver)
            await codes.prepare()
        turns.ran.clear()
        turns.begun.clear()
        giving = [asyncio.create_task(process(heard(YES, giver))) for giver in GIVERS]
        await turns.begun.wait()
        already = len(turns.ran)
        await process(heard("And then in summer.", OTHER))
        others = turns.ran[already : turns.ran.index(OTHER)]
        await asyncio.gather(*giving)
    # Those in the commit that was under way, and those in the commit of the message itself.
    assert len(others) <= 2 * HANDOVER_TURNS
    # Two that run at once may end in either order; nobody is overtaken by more.
    ran = [GIVERS.index(each) for each in turns.ran if each != OTHER]
    assert sorted(ran) == [*range(len(GIVERS))]
    assert all(abs(place - giver) < HANDOVER_TURNS for place, giver in enumerate(ran))


@pytest.mark.parametrize("place", ["supplies_for_handover", "turn"])
async def test_who_is_cancelled_gives_the_slot_back(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    async with rig.staying():
        await review(rig)
        inside = asyncio.Event()

        async def never(*_: object, **_more: str) -> None:
            inside.set()
            await asyncio.Event().wait()

        monkeypatch.setattr(CaseStore, place, never)
        giving = asyncio.create_task(rig.say(YES))
        await inside.wait()
        giving.cancel()
        await asyncio.wait({giving})
        async with full(processor_of(rig).slots.handing_over, HANDOVER_TURNS):
            pass


async def test_nobody_holds_a_slot_while_a_code_is_stretched(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with rig.staying():
        slots = processor_of(rig).slots
        await review(rig)
        stretching = asyncio.Event()

        async def never(_self: CaseStore) -> None:
            stretching.set()
            await asyncio.Event().wait()

        monkeypatch.setattr(CaseStore, "new_code", never)
        giving = asyncio.create_task(rig.say(YES))
        await stretching.wait()
        async with full(slots.handing_over, HANDOVER_TURNS), full(slots.reading, READING_TURNS):
            giving.cancel()
        await asyncio.wait({giving})


@pytest.mark.parametrize(
    ("content", "may"),
    [
        (TextMessage("now"), True),
        (TextMessage("1"), True),
        (TextMessage("  /erase"), False),
        (TextMessage("Stop."), False),
        (ButtonPress("bot.review", ("now",)), True),
        (UnresolvedPress("token"), True),
        (EditedMessage("now", "7"), False),
        (TextMessage("now" * 10_000), False),
    ],
)
def test_what_can_be_a_second_yes(content: MessageContent, may: bool) -> None:
    assert may_hand_over(IncomingMessage("1", person(), content)) is may
