"""Accounts that send as fast as their platform takes it, while others talk."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Generic

from bench.amount import Floods
from bench.beside import QUESTIONS, Answering, Talker, answer, lead, talk_until
from bench.load import FIRST, listening, prepare
from bench.loop_work import LoopWork, Piece
from bench.organisation import keeping
from bench.process import Cpu, Process
from tests.doubles.telegram.double import Double
from tests.doubles.telegram.person import Person

AHEAD = 500
"""Messages that wait while the flood goes on: more than the bot asks for at once, five times."""

LOOK_SECONDS = 0.01


@dataclass(slots=True)
class Flooded:
    """One run, in seconds."""

    quiet: list[float] = field(default_factory=list, repr=False)
    """How long answers took while nobody flooded."""
    beside: list[float] = field(default_factory=list, repr=False)
    """How long answers of others took beside the flood."""
    sent: int = 0
    """How many messages the flood had."""
    cpu: Cpu | None = None
    """What the bot used beside the flood."""
    pieces: list[Piece] = field(default_factory=list, repr=False)
    """The longest pieces of work on the bot's event loop beside the flood."""


@dataclass(frozen=True, slots=True)
class Crowd(Generic[Talker]):
    """Three groups of people, and what they do."""

    first: Sequence[Talker]
    second: Sequence[Talker]
    loud: Sequence[Talker]
    prepare: Callable[[Talker], Awaitable[None]]
    """Leads somebody up to their question."""
    answer: Answering[Talker]
    say: Callable[[Talker, str], Awaitable[object]]
    waiting: Callable[[], int]
    """How many messages the bot has not been given yet."""


async def flood(double: Double, bot: Process, amount: Floods) -> Flooded:
    """Measure others alone on Telegram, and then as many new others beside those who flood."""
    others = amount.others
    first, second, loud = (
        [double.person(start + number) for number in range(count)]
        for start, count in (
            (FIRST, others),
            (FIRST + others, others),
            (FIRST + 2 * others, amount.flooders),
        )
    )
    await listening(double, bot)
    script = keeping(QUESTIONS)
    crowd: Crowd[Person] = Crowd(
        *(first, second, loud),
        prepare=lambda person: prepare(person, script),
        answer=answer,
        say=Person.say,
        waiting=lambda: double.unconfirmed,
    )
    return await measure(crowd, bot, amount)


async def measure(crowd: Crowd[Talker], bot: Process, amount: Floods) -> Flooded:
    """Measure the first group alone, and the second beside the loud one."""
    work = LoopWork(bot.place, bot)
    for people in (crowd.first, crowd.second, crowd.loud):
        await lead(people, crowd.prepare)
    await bot.settled()
    flooded = Flooded()
    await talk_until(crowd.first, _for(amount.seconds), flooded.quiet, crowd.answer)
    await bot.settled()
    flooding = asyncio.create_task(_flood(crowd, flooded))
    await work.take()
    before = bot.cpu()
    await talk_until(crowd.second, _for(amount.seconds), flooded.beside, crowd.answer)
    flooded.cpu, flooded.pieces = bot.cpu() - before, await work.take()
    flooding.cancel()
    await asyncio.wait({flooding})
    if not flooding.cancelled():
        flooding.result()
    bot.check()
    return flooded


def _for(seconds: float) -> "asyncio.Task[None]":
    return asyncio.create_task(asyncio.sleep(seconds))


async def _flood(crowd: Crowd[Talker], flooded: Flooded) -> None:
    """Keep more waiting than the bot asks for at once, of each person in turn."""
    for person in cycle(crowd.loud):
        while crowd.waiting() >= AHEAD:  # noqa: ASYNC110 - the doubles ring for nobody
            await asyncio.sleep(LOOK_SECONDS)
        await crowd.say(person, f"more and more and more, {flooded.sent}")
        flooded.sent += 1
        await asyncio.sleep(0)  # the doubles answer the bot in between
