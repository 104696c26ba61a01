"""The results on Telegram as text: the same words on the screen and in docs/performance.md."""

import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from bench import rivals
from bench.drafts import Spent
from bench.load import CUT_SECONDS, Measured
from bench.rivals import Row, Run
from bench.shares import Profile, lines, shares, short

WANTED_SPEED = 0.8
MOST_GROWTH = 1.1
DEAREST = 15
MILLI = 1000

HEAD = """
| bot | answers/s | CPU ms per answer | p50 ms | p99 ms | on the disk after kill -9 |
|---|---|---|---|---|---|"""

Figure = Callable[[Run], float]


@dataclass(frozen=True, slots=True)
class Size:
    """An organisation with so many open talks."""

    drafts: int
    row: Row
    upkeep: list[Spent] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Results:
    """All that was measured on Telegram."""

    rounds: int
    people: int
    rows: Sequence[Row]
    sizes: tuple[Size, Size]
    profile: Profile = field(repr=False)
    profiled: int
    """How many answers the profile is of."""

    def row(self, name: str) -> Row:
        """That of one bot."""
        return next(row for row in self.rows if row.name == name)


# One figure of one run


def speed(run: Run) -> float:
    """Answers whose reply arrived, for each second."""
    return run.measured.answers / run.measured.seconds


def cpu(run: Run) -> float:
    """Milliseconds of CPU time of the bot's process for each answer."""
    return _each(run.measured, run.measured.cpu.all)


def cpu_beside(run: Run) -> float:
    """What of it was spent outside of the event loop: the thread of the database."""
    return max(0.0, _each(run.measured, run.measured.cpu.others))


def _each(measured: Measured, seconds: float) -> float:
    return seconds / max(measured.answers, 1) * MILLI


def at(part: float) -> Figure:
    """The latency in milliseconds below which this part of all replies arrived."""

    def figure(run: Run) -> float:
        latencies = sorted(run.measured.latencies) or [CUT_SECONDS]
        return latencies[min(int(part * len(latencies)), len(latencies) - 1)] * MILLI

    return figure


def double(run: Run) -> float:
    """Which part of one core the double with its people used."""
    return run.measured.double / run.measured.seconds


# Several runs


def spread(values: Iterable[float], form: str = ".0f") -> str:
    """Median, and the least and the most."""
    found = sorted(values)
    low, middle, high = found[0], statistics.median(found), found[-1]
    return f"{middle:{form}} ({low:{form}}–{high:{form}})"


def of(row: Row, figure: Figure) -> list[float]:
    """One figure of all rounds."""
    return [figure(run) for run in row.runs]


def ratios(one: Row, other: Row, figure: Figure) -> list[float]:
    """Round by round, because what disturbs the machine disturbs neighbours alike."""
    return [a / b for a, b in zip(of(one, figure), of(other, figure), strict=True)]


# The text


def told(results: Results) -> str:
    """All of it, as Markdown."""
    parts = (
        _circumstances(results),
        table(results.rows),
        _beside_echo(results),
        _growth(results.sizes),
        _upkeep(results.sizes),
        remains("Holdfast", results.profile, results.profiled),
    )
    return "\n\n".join("\n".join(part) for part in parts)


def _circumstances(results: Results) -> Iterator[str]:
    yield (
        f"{results.rounds} rounds, all bots one after the other in each; {results.people} people "
        "who begin at once and give 5 answers each. Every figure: median (least–most)."
    )
    most = max(double(run) for row in results.rows for run in row.runs)
    yield f"The double with its people used at most {most:.0%} of one core."


def table(rows: Sequence[Row]) -> Iterator[str]:
    """A line for each bot; the figures are medians with the least and the most."""
    yield HEAD.strip()
    for row in rows:
        figures = (
            spread(of(row, speed)),
            spread(of(row, cpu), ".2f"),
            spread(of(row, at(0.5))),
            spread(of(row, at(0.99))),
            _kept(row),
        )
        yield f"| {row.name} | {' | '.join(figures)} |"
    yield ""
    yield _cuts(rows)


def _kept(row: Row) -> str:
    acknowledged = sum(run.measured.answers for run in row.runs)
    if "echo" in row.name:
        return "keeps nothing"
    return f"{sum(run.kept for run in row.runs)} of {acknowledged}"


def _cuts(rows: Sequence[Row]) -> str:
    cut = [f"{row.name} ({n})" for row in rows if (n := sum(r.measured.cut for r in row.runs))]
    named = f"cut short: {', '.join(cut)}" if cut else "none had to be"
    return f"Each run is cut at {CUT_SECONDS:.0f} s; {named}."


def _beside_echo(results: Results) -> Iterator[str]:
    """With what the transport has to do with it."""
    ours, carried = results.row(rivals.OURS), results.row(rivals.ECHO_CARRIED)
    echo = max(map(results.row, rivals.ECHOES), key=lambda r: statistics.median(of(r, speed)))
    beside = ratios(ours, echo, speed)
    yield (
        f"Throughput beside the faster bare echo bot ({echo.name}): {spread(beside, '.2f')}; "
        f"wanted: at least {WANTED_SPEED:.2f}. {_verdict(statistics.median(beside), '>=')}"
    )
    yield (
        f"CPU per answer beside it: {spread(ratios(ours, echo, cpu), '.2f')}. Of ours, "
        f"{spread(of(ours, cpu_beside), '.2f')} ms are the database's thread."
    )
    bare, gained = ratios(ours, carried, speed), ratios(carried, echo, speed)
    saved = [b - a for a, b in zip(of(carried, cpu), of(echo, cpu), strict=True)]
    yield (
        f"Beside the same echo bot on Holdfast's transport: {spread(bare, '.2f')}. "
        f"Of the ratio, the transport accounts for a factor of {spread(gained, '.2f')}: it saves "
        f"the echo bot {spread(saved, '.2f')} ms of CPU an answer."
    )


def _verdict(value: float, sign: str) -> str:
    met = value >= WANTED_SPEED if sign == ">=" else value <= MOST_GROWTH
    return "Met." if met else "**Not met.**"


def _growth(sizes: tuple[Size, Size]) -> Iterator[str]:
    few, many = sizes
    grown = ratios(many.row, few.row, cpu)
    yield (
        f"CPU per answer with {many.drafts:,} open drafts: {spread(of(many.row, cpu), '.2f')} ms; "
        f"with {few.drafts:,}: {spread(of(few.row, cpu), '.2f')} ms. Ratio: "
        f"{spread(grown, '.2f')}; wanted: at most {MOST_GROWTH:.2f}. "
        f"{_verdict(statistics.median(grown), '<=')}"
    )
    kept = (f"{_kept(size.row)} with {size.drafts:,}" for size in sizes)
    yield f"On the disk after kill -9: {', '.join(kept)}."


def _upkeep(sizes: tuple[Size, Size]) -> Iterator[str]:
    for size in sizes:
        wall = spread((spent.wall * MILLI for spent in size.upkeep), ".1f")
        used = spread((spent.cpu * MILLI for spent in size.upkeep), ".1f")
        yield (
            f"One round of upkeep, due once a minute, with {size.drafts:,} open drafts: "
            f"{wall} ms, of them {used} ms CPU."
        )


def remains(name: str, profile: Profile, answers: int) -> Iterator[str]:
    """Where the time of an answer goes."""
    yield f"What remains: one more run of {name} under cProfile, in CPU time of its threads."
    yield ""
    yield "| share | part |"
    yield "|---|---|"
    for part, share in shares(profile).items():
        if share:
            yield f"| {share:.1%} | {part} |"
    yield ""
    yield f"The dearest single places, each by itself ({answers} answers):"
    yield ""
    yield "| share | calls per answer | place |"
    yield "|---|---|---|"
    for line in lines(profile, answers)[:DEAREST]:
        yield f"| {line.share:.1%} | {line.calls:.1f} | `{short(line.place)}` |"
