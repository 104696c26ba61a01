"""Really kill the conversations at every failpoint, and at moments that the seed decides.

On both engines, all of them: `make test` takes a part of it on PostgreSQL.
"""

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import BOTH_ENGINES
from tests.drills.conversations import (
    TALKS,
    Drill,
    after,
    before,
    check,
    chosen,
    pass_every_failpoint,
)
from tests.drills.crash_driver import lines_of
from tests.drills.test_crash import server_of

DEATHS = 50


@pytest.fixture(scope="module", params=BOTH_ENGINES)
def drill(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Drill]:
    with Drill.with_kills(tmp_path_factory.mktemp("drill"), server_of(request)) as made:
        yield made
        made.clear()


def test_the_conversations_pass_every_listed_failpoint(drill: Drill, tmp_path: Path) -> None:
    pass_every_failpoint(drill, tmp_path)


@pytest.mark.parametrize("name", TALKS)
def test_a_conversation_killed_at_every_failpoint(drill: Drill, tmp_path: Path, name: str) -> None:
    talk = TALKS[name]
    start = before(drill, tmp_path / "start", talk)
    asyncio.run(check(after(drill, start, tmp_path / "whole", talk, ()), talk))
    deaths = chosen(lines_of(tmp_path / "whole", "passed"), whole=True)
    while deaths:
        folder = tmp_path / f"{len(deaths)}"
        asyncio.run(check(after(drill, start, folder, talk, deaths[: talk.at_once]), talk))
        died = lines_of(folder, "died")
        assert died, deaths
        deaths = [d for d in deaths if d not in died]


@pytest.mark.parametrize("name", TALKS)
def test_a_conversation_killed_at_random_moments(
    drill: Drill, tmp_path: Path, name: str, seed: int
) -> None:
    chance = random.Random(f"{seed} {name}")  # noqa: S311 - when somebody pulls the plug
    talk = TALKS[name]
    start = before(drill, tmp_path / "start", talk)
    moments = [f"{chance.uniform(0.05, 0.4):.3f}" for _ in range(DEATHS)]
    for first in range(0, DEATHS, talk.at_once):
        folder = tmp_path / f"killed-{first}"
        some = moments[first : first + talk.at_once]
        asyncio.run(check(after(drill, start, folder, talk, some), talk))
