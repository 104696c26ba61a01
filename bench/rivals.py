"""Who is measured: each bot with its command, its talk, and how its disk is read afterwards."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Generic, TypeAlias, TypeVar

from bench import conversation, echo, organisation
from bench.load import WORDS, Mark, Measured, Script, measure, unmarked
from bench.process import Process, started
from store.model.accounts import Account
from tests.doubles.telegram.double import Double
from tests.program import HOLDFAST, ROOT

Acknowledged = Mapping[Account, Sequence[str]]
Where = TypeVar("Where")
"""What a bot must know to find those who talk with it."""

Arguments: TypeAlias = Sequence[str | Path]
Start: TypeAlias = Callable[[Path, Where], Arguments]
"""The arguments for Python, once the folder holds what the bot needs."""

Disk = Callable[[Path, Acknowledged], Awaitable[int]]
"""How many of the acknowledged answers are there after the kill."""

OURS = "Holdfast"
OURS_GOING = "Holdfast, chat cleaned as it goes"
ECHO = "bare echo bot"
ECHO_WIDE = "bare echo bot, 16 updates at once"
ECHO_CARRIED = "echo bot on Holdfast's transport, 16 at once"
CONVERSATION = "ConversationHandler + PicklePersistence"
ECHOES = (ECHO, ECHO_WIDE)

PICKLE = "answers.pickle"
TALK = Script(("/start",), conversation.QUESTIONS[0], (*conversation.QUESTIONS[1:], "Thank you"))
ECHOED = Script(("/start",), echo.HI, ("",) * len(WORDS))


@dataclass(frozen=True, slots=True)
class Rival(Generic[Where]):
    """One bot."""

    name: str
    script: Script
    start: Start[Where]
    disk: Disk
    tree: Path = ROOT
    """The checkout that it is started from."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one bot."""

    measured: Measured
    kept: int
    """How many acknowledged answers the disk held after the kill."""


@dataclass(slots=True)
class Row:
    """All runs of one bot."""

    name: str
    runs: list[Run] = field(default_factory=list)


def holdfast(name: str, script: Script, prepare: Callable[[Path], None]) -> Rival[Double]:
    """Holdfast as an operator starts it, on the organisation that ``prepare`` makes."""

    def start(place: Path, double: Double) -> Sequence[str | Path]:
        folder = place / "organisation"
        prepare(folder)
        config = organisation.connect(folder, double.root, double.token)
        return (*HOLDFAST[1:], "run", "--config", config)

    return Rival(name, script, start, _on_our_disk)


async def _on_our_disk(place: Path, acknowledged: Acknowledged) -> int:
    return await organisation.on_disk(place / "organisation" / organisation.CONFIG, acknowledged)


def echoing(name: str, width: int, carrier: str) -> Rival[Double]:
    """An echo bot."""

    def start(_place: Path, double: Double) -> Sequence[str]:
        return ("-m", "bench.echo", double.root, double.token, str(width), carrier)

    return Rival(name, ECHOED, start, nothing)


async def nothing(_place: Path, _acknowledged: Acknowledged) -> int:
    """An echo bot keeps none."""
    return 0


def conversing() -> Rival[Double]:
    """Five questions by the library's own means."""

    def start(place: Path, double: Double) -> Sequence[str | Path]:
        return ("-m", "bench.conversation", double.root, double.token, place / PICKLE)

    async def disk(place: Path, acknowledged: Acknowledged) -> int:
        told = {int(who.name): texts for who, texts in acknowledged.items()}
        return conversation.on_disk(place / PICKLE, told)

    return Rival(CONVERSATION, TALK, start, disk)


def everybody() -> tuple[Rival[Double], ...]:
    """In the order of each round."""
    return (
        holdfast(OURS, organisation.CLEANED_BY_ME, organisation.found),
        echoing(ECHO, 0, "default"),
        echoing(ECHO_WIDE, 16, "default"),
        conversing(),
        echoing(ECHO_CARRIED, 16, "ours"),
        holdfast(OURS_GOING, organisation.CLEANED_AS_I_GO, organisation.found),
    )


async def run_once(rival: Rival[Double], people: int, mark: "Marking | None" = None) -> Run:
    """On a double and in a folder of its own; killed when it has answered, then its disk read."""
    with TemporaryDirectory(prefix="holdfast-bench-") as name:
        place = Path(name)
        async with Double(validate=False) as double:
            with started(place, *rival.start(place, double), tree=rival.tree) as bot:
                marked = mark(place, bot) if mark else unmarked
                measured = await measure(double, bot, rival.script, people, marked)
        return Run(measured, await rival.disk(place, measured.acknowledged))


Marking = Callable[[Path, Process], Mark]
"""Something that happens right before and right after the timed part."""
