"""Two acts on one hand-over at the same moment end as if one had come before the other.

On SQLite two tasks of one process race, on PostgreSQL two processes. Every round is compared with
all the orders in which the transactions of the two acts can come; nothing in between may be left.
"""

import asyncio
import json
import random
import secrets
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from tests.databases import migrated
from tests.doubles.postgresql import Postgresql
from tests.drills.races import (
    READER,
    Act,
    Shared,
    finish,
    in_order,
    left,
    merged,
    outcome,
    share,
    steps,
    yields,
)
from tests.unit.store.organisation import Organisation, keep_on_server, organisation
from tests.unit.store.people import OAK

ROUNDS = 150
"""The soak runs a thousand."""
MOST_YIELDS = 30
MOST_SECONDS = 0.004
"""How much later than the other an act of another process begins, at most."""

PAIRS = list(combinations(Act, 2))

Rival = Callable[[Shared, Act, random.Random], Awaitable[str]]
"""Does an act, a little later than it is told to; says how it ended."""


@dataclass
class Race:
    """Many rounds between this process and a rival."""

    org: Organisation
    rival: Rival
    chance: random.Random
    number: int = 0
    allowed: dict[tuple[Act, Act, bool], list[tuple[object, ...]]] = field(default_factory=dict)

    async def shared(self, *, held: bool) -> Shared:
        """Make the next story."""
        self.number += 1
        return await share(self.org, self.number, held=held)

    async def orders(self, acts: tuple[Act, Act], *, held: bool) -> list[tuple[object, ...]]:
        """Find every way in which two acts may end: all orders of their transactions."""
        name = (*acts, held)
        if name not in self.allowed:
            found = []
            nobody = Shared(0, "", "", "", "")
            counts = [len(steps(self.org, nobody, act)) for act in acts]
            for order in merged(*counts):
                shared = await self.shared(held=held)
                found.append(await in_order(self.org, shared, acts, order))
                await finish(self.org, shared)
            self.allowed[name] = found
        return self.allowed[name]

    async def round(self) -> None:
        """Let two acts race for one story."""
        held = self.chance.random() < 0.5
        acts = self.chance.choice(PAIRS)
        allowed = await self.orders(acts, held=held)
        shared = await self.shared(held=held)
        first, second = acts
        ended = await asyncio.gather(
            self._here(shared, first), self.rival(shared, second, self.chance)
        )
        found = (*ended, await left(self.org, shared))
        assert found in allowed, f"{first} and {second}: {found} is none of {allowed}"
        await finish(self.org, shared)

    async def _here(self, shared: Shared, act: Act) -> str:
        await yields(self.chance.randrange(MOST_YIELDS))
        return await outcome(steps(self.org, shared, act))


async def race_on_sqlite(folder: Path, seed: int, rounds: int) -> None:
    """Let two tasks race."""
    async with organisation(folder) as org:
        await org.link(READER, OAK)

        async def rival(shared: Shared, act: Act, chance: random.Random) -> str:
            await yields(chance.randrange(MOST_YIELDS))
            return await outcome(steps(org, shared, act))

        race = Race(org, rival, random.Random(seed))  # noqa: S311 - a race, repeated by its seed
        for _ in range(rounds):
            await race.round()


@asynccontextmanager
async def another_process(folder: Path) -> AsyncIterator[Rival]:
    """Run a second program on the same database."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.drills.race_worker", str(folder)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    stdin, stdout = process.stdin, process.stdout
    assert stdin is not None
    assert stdout is not None

    async def rival(shared: Shared, act: Act, chance: random.Random) -> str:
        order: dict[str, Any] = {"shared": shared.as_json(), "act": act}
        order["seconds"] = chance.random() * MOST_SECONDS
        stdin.write(f"{json.dumps(order)}\n".encode())
        await stdin.drain()
        return (await stdout.readline()).decode().strip()

    try:
        yield rival
    finally:
        stdin.close()
        await process.wait()


async def race_on_postgresql(folder: Path, server: Postgresql, seed: int, rounds: int) -> None:
    """Let two processes race."""
    async with migrated(server) as name:
        keep_on_server(folder, server.url(name))
        async with organisation(folder, secrets.token_bytes) as org:
            await org.link(READER, OAK)
            await share(org, 0, held=False)  # makes the key of the day, which both read
            async with another_process(folder) as rival:
                race = Race(org, rival, random.Random(seed))  # noqa: S311 - as above
                for _ in range(rounds):
                    await race.round()


async def test_two_tasks_on_sqlite(tmp_path: Path) -> None:
    await race_on_sqlite(tmp_path, 1, ROUNDS)


async def test_two_processes_on_postgresql(tmp_path: Path, postgresql: Postgresql) -> None:
    await race_on_postgresql(tmp_path, postgresql, 2, ROUNDS)


@pytest.mark.parametrize(("first", "second", "orders"), [(1, 1, 2), (2, 1, 3), (2, 2, 6)])
def test_all_orders_are_compared_with(first: int, second: int, orders: int) -> None:
    assert len({*merged(first, second)}) == orders
