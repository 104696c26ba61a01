"""What an answer costs on PostgreSQL, beside SQLite."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from bench import organisation, rivals
from bench.amount import Amount
from bench.figures import MILLI, cpu, of, paragraphs, ratios, speed, spread, table
from bench.load import Mark
from bench.process import Process, used_by_family
from bench.rivals import Rival, Row
from bench.rounds import report_progress
from tests.doubles.postgresql import Postgresql, running
from tests.doubles.telegram.double import Double

ON_SQLITE = "Holdfast on SQLite"
ON_POSTGRESQL = "Holdfast on PostgreSQL"
DURABLE = ("fsync=on", "full_page_writes=on", "shared_buffers=128MB")
"""PostgreSQL's defaults, where those of the tests' server are others."""


@dataclass(frozen=True, slots=True)
class ServerTime:
    """CPU seconds of the server's processes, read right before and right after each timed part."""

    server: Postgresql
    readings: list[float] = field(default_factory=list)

    def marking(self, _place: Path, _bot: Process) -> Mark:
        """Read them once more."""

        async def mark() -> None:
            assert self.server.process is not None  # noqa: S101 - it runs as long as the section
            self.readings.append(used_by_family(self.server.process.pid))

        return mark

    def each(self, row: Row) -> list[float]:
        """Milliseconds for each answer, of each run."""
        begun, ended = self.readings[::2], self.readings[1::2]
        answers = (run.measured.answers for run in row.runs)
        return [(b - a) / max(n, 1) * MILLI for a, b, n in zip(begun, ended, answers, strict=True)]


@dataclass(frozen=True, slots=True)
class Results:
    """All that was measured."""

    rounds: int
    people: int
    sqlite: Row
    postgresql: Row
    server: list[float]
    """Milliseconds of the server's CPU time for each answer, of each run."""
    version: str


async def measure(amount: Amount) -> str:
    """Measure both in each round, PostgreSQL on a new database each time."""
    rows = Row(ON_SQLITE), Row(ON_POSTGRESQL)
    with running(*DURABLE) as server:
        time = ServerTime(server)
        version = await server.version()
        for number in range(amount.rounds):
            report_progress(f"round {number + 1} of {amount.rounds}: {ON_SQLITE}")
            on_file = _holdfast(ON_SQLITE, "")
            rows[0].runs.append(await rivals.run_once(on_file, amount.people))
            report_progress(f"round {number + 1} of {amount.rounds}: {ON_POSTGRESQL}")
            on_server = _holdfast(ON_POSTGRESQL, server.url(await server.create()))
            rows[1].runs.append(await rivals.run_once(on_server, amount.people, time.marking))
    found = Results(amount.rounds, amount.people, *rows, time.each(rows[1]), version)
    return describe(found)


def _holdfast(name: str, url: str) -> Rival[Double]:
    prepare = partial(organisation.found_on, url=url) if url else organisation.found
    return rivals.holdfast(name, organisation.CLEANED_BY_ME, prepare)


def describe(results: Results) -> str:
    """Say all of it."""
    rows = (results.sqlite, results.postgresql)
    return paragraphs(_circumstances(results), table(rows), _beside(results))


def _circumstances(results: Results) -> Iterator[str]:
    yield (
        f"{results.rounds} rounds, both one after the other in each; {results.people} people who "
        "begin at once and give 5 answers each. PostgreSQL "
        f"{results.version} on the same machine, by a socket, with fsync. Every figure: median "
        "(least–most)."
    )


def _beside(results: Results) -> Iterator[str]:
    sqlite, postgresql = results.sqlite, results.postgresql
    yield f"Throughput beside SQLite: {spread(ratios(postgresql, sqlite, speed), '.2f')}."
    yield (
        "CPU per answer of the bot's process beside SQLite: "
        f"{spread(ratios(postgresql, sqlite, cpu), '.2f')}. The server's processes take "
        f"{spread(results.server, '.2f')} ms more, which do not stand in the table."
    )
    whole = [a + b for a, b in zip(of(postgresql, cpu), results.server, strict=True)]
    beside = [a / b for a, b in zip(whole, of(sqlite, cpu), strict=True)]
    yield f"Both together beside SQLite: {spread(beside, '.2f')}."
