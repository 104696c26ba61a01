"""Figures of runs: each with its median and its spread, and ratios round by round."""

import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from bench.load import CUT_SECONDS, Measured
from bench.rivals import Row, Run

MILLI = 1000

HEAD = """
| bot | answers/s | CPU ms per answer | p50 ms | p99 ms | on the disk after kill -9 |
|---|---|---|---|---|---|"""

Figure = Callable[[Run], float]

# One figure of one run


def speed(run: Run) -> float:
    """Answers whose reply arrived, for each second."""
    return run.measured.answers / run.measured.seconds


def cpu(run: Run) -> float:
    """Milliseconds of CPU time of the bot's process for each answer."""
    return _each(run.measured, run.measured.cpu.all)


def cpu_beside(run: Run) -> float:
    """What of it was spent outside of the event loop: the threads of the database."""
    return max(0.0, _each(run.measured, run.measured.cpu.others))


def _each(measured: Measured, seconds: float) -> float:
    return seconds / max(measured.answers, 1) * MILLI


def at(part: float) -> Figure:
    """The latency in milliseconds below which this part of all replies arrived."""
    return lambda run: percentile(run.measured.latencies or [CUT_SECONDS], part) * MILLI


def double(run: Run) -> float:
    """Which part of one core the double with its people used."""
    return run.measured.double / run.measured.seconds


# Several runs


def percentile(values: Iterable[float], part: float) -> float:
    """The value below which this part of all values lies."""
    found = sorted(values)
    return found[min(int(part * len(found)), len(found) - 1)]


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
    return quotients(of(one, figure), of(other, figure))


def quotients(these: Iterable[float], those: Iterable[float]) -> list[float]:
    """Each of these divided by its neighbour among those; both are one for each round."""
    return [a / b for a, b in zip(these, those, strict=True)]


# What is wanted of them


@dataclass(frozen=True, slots=True)
class Wanted:
    """A limit for the median of a figure."""

    limit: float
    least: bool = False
    """The figure must not be below it; otherwise not above it."""
    form: str = ".2f"
    unit: str = ""

    def verdict(self, values: Iterable[float]) -> str:
        """Say the figure with its spread, the limit, and whether it is met."""
        found = [*values]
        median = statistics.median(found)
        met = median >= self.limit if self.least else median <= self.limit
        bound = "least" if self.least else "most"
        return (
            f"{spread(found, self.form)}{self.unit}; wanted: at {bound} "
            f"{self.limit:{self.form}}{self.unit}. {'Met.' if met else '**Not met.**'}"
        )


# Rows


def table(rows: Sequence[Row]) -> Iterator[str]:
    """A line for each bot; the figures are medians with the least and the most."""
    yield HEAD.strip()
    for row in rows:
        figures = (
            spread(of(row, speed)),
            spread(of(row, cpu), ".2f"),
            spread(of(row, at(0.5))),
            spread(of(row, at(0.99))),
            kept(row),
        )
        yield f"| {row.name} | {' | '.join(figures)} |"
    yield ""
    yield _cuts(rows)


def kept(row: Row) -> str:
    """How many of the acknowledged answers were on the disk after the kill."""
    acknowledged = sum(run.measured.answers for run in row.runs)
    if "echo" in row.name:
        return "keeps nothing"
    return f"{sum(run.kept for run in row.runs)} of {acknowledged}"


def _cuts(rows: Sequence[Row]) -> str:
    cut = [f"{row.name} ({n})" for row in rows if (n := sum(r.measured.cut for r in row.runs))]
    named = f"cut short: {', '.join(cut)}" if cut else "none had to be"
    return f"Each run is cut at {CUT_SECONDS:.0f} s; {named}."


def paragraphs(*parts: Iterable[str]) -> str:
    """Join parts of a section, each of one line or more."""
    return "\n\n".join("\n".join(part) for part in parts)
