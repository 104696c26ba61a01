"""How long the bot takes to be ready, and how much memory it needs for that."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import kept_cases, organisation
from bench.amount import Amount
from bench.figures import Wanted, paragraphs, quotients, spread
from bench.load import listening
from bench.process import started
from bench.rounds import report_progress
from tests.doubles.telegram.double import Double
from tests.program import HOLDFAST

READY = Wanted(2, unit=" s")
MEMORY = Wanted(200, form=".0f", unit=" MB")
MEGA = 1_000_000


@dataclass(frozen=True, slots=True)
class Started:
    """One start."""

    seconds: float
    """From the command until the bot asks Telegram for messages."""
    memory: int
    """The most bytes that the process had until then."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation that the bot is started with again and again."""

    name: str
    folder: Path
    starts: list[Started] = field(default_factory=list)

    @property
    def seconds(self) -> list[float]:
        """How long each start took."""
        return [start.seconds for start in self.starts]

    @property
    def megabytes(self) -> list[float]:
        """How much memory each start took."""
        return [start.memory / MEGA for start in self.starts]

    def size(self) -> float:
        """How many megabytes of the disk its data takes."""
        return sum(file.stat().st_size for file in (self.folder / "data").glob("*.db")) / MEGA


async def measure(amount: Amount) -> str:
    """Start with an empty organisation and with a full one in each round."""
    with TemporaryDirectory(prefix="holdfast-bench-") as name:
        place = Path(name)
        report_progress(f"{amount.cases:,} kept cases are generated")
        await kept_cases.prepare(place / "full", amount.cases)
        organisation.found(place / "empty")
        full = Organisation(f"{amount.cases:,} kept cases", place / "full")
        again = Organisation(f"{full.name}, file in memory", full.folder)
        empty = Organisation("no case", place / "empty")
        await _start(
            place, empty.folder
        )  # not counted: it compiles all modules, as an install does
        for number in range(amount.rounds):
            report_progress(f"round {number + 1} of {amount.rounds}: the bot starts")
            kept_cases.forget_pages(full.folder)
            for each in (full, again, empty):
                each.starts.append(await _start(place, each.folder))
        return describe((full, again, empty), full.size())


async def _start(place: Path, folder: Path) -> Started:
    """Start the bot, wait until it is ready, and kill it."""
    config = folder / organisation.CONFIG
    plain = config.read_text("utf-8")
    async with Double(validate=False) as double:
        organisation.connect(folder, double.root, double.token)
        try:
            began = time.monotonic()
            with started(
                place, *HOLDFAST[1:], "run", "--config", config, variables=compiled(place)
            ) as bot:
                await listening(double, bot)
                return Started(time.monotonic() - began, bot.most_memory())
        finally:
            config.write_text(plain, "utf-8")


def compiled(place: Path) -> dict[str, str]:
    """Keep compiled modules in this place, whatever whoever started the bench has told Python."""
    return {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(place / "compiled")}


def describe(organisations: Sequence[Organisation], megabytes: float) -> str:
    """Say all of it."""
    return paragraphs(
        _circumstances(organisations, megabytes),
        _table(organisations),
        _limits(*organisations),
    )


def _circumstances(organisations: Sequence[Organisation], megabytes: float) -> Iterator[str]:
    yield (
        f"{len(organisations[0].starts)} rounds on compiled modules, all one after the other in "
        f"each. The file with the kept cases has {megabytes:,.0f} MB. Every figure: median "
        "(least–most)."
    )


def _table(organisations: Sequence[Organisation]) -> Iterator[str]:
    yield "| started with | s until ready | most memory, MB |"
    yield "|---|---|---|"
    for each in organisations:
        yield f"| {each.name} | {spread(each.seconds, '.2f')} | {spread(each.megabytes)} |"


def _limits(full: Organisation, again: Organisation, empty: Organisation) -> Iterator[str]:
    yield f"With {full.name}, ready after: {READY.verdict(full.seconds)}"
    yield f"With {full.name}, most memory: {MEMORY.verdict(full.megabytes)}"
    cold, warm = (quotients(each.seconds, empty.seconds) for each in (full, again))
    yield (
        f"Beside no case: {spread(cold, '.2f')} of the time, with the file in memory "
        f"{spread(warm, '.2f')}."
    )
