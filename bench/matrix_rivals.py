"""Who is measured on Matrix: each bot with its command, its talk, and how its disk is read."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import organisation
from bench.load import Script, unmarked
from bench.matrix_load import Stage, measure, part
from bench.process import started
from bench.rivals import Acknowledged, Arguments, Marking, Rival, Run, nothing
from tests.doubles.matrix.synapse import Credentials
from tests.program import HOLDFAST

OURS = "Holdfast on Matrix"
OURS_GOING = "Holdfast on Matrix, chat cleaned as it goes"
ECHO = "bare echo bot on matrix-nio"
ECHO_NARROW = "echo bot on matrix-nio that hears less"
HI = "Hi!"
FOLDER = "organisation"
KEYS = "nio"


@dataclass(frozen=True, slots=True)
class Seat:
    """The account of a bot, and its homeserver."""

    url: str
    account: Credentials


def holdfast(name: str, script: Script, more: int) -> Rival[Seat]:
    """Holdfast as an operator starts it, with so many further questions."""

    def start(place: Path, seat: Seat) -> Arguments:
        organisation.found_longer(place / FOLDER, more)
        config = organisation.connect_matrix(place / FOLDER, seat.url, seat.account)
        return (*HOLDFAST[1:], "run", "--config", config)

    return Rival(name, organisation.longer(script, more), start, _on_our_disk)


async def _on_our_disk(place: Path, acknowledged: Acknowledged) -> int:
    return await organisation.on_disk(place / FOLDER / organisation.CONFIG, acknowledged)


def echoing(name: str, hears: str, answers: int) -> Rival[Seat]:
    """An echo bot."""

    def start(place: Path, seat: Seat) -> Arguments:
        keys = place / KEYS
        keys.mkdir()
        whose = (seat.url, seat.account.user_id, seat.account.password)
        return ("-m", "bench.nio_echo", *whose, keys, hears)

    return Rival(name, Script((HI,), HI, ("",) * answers, HI), start, nothing)


def everybody(more: int) -> tuple[Rival[Seat], ...]:
    """In the order of each round; all of them answer as often."""
    ours = holdfast(OURS, organisation.CLEANED_BY_ME, more)
    answers = len(ours.script.replies)
    return (
        ours,
        echoing(ECHO, "all", answers),
        echoing(ECHO_NARROW, "narrow", answers),
        holdfast(OURS_GOING, organisation.CLEANED_AS_I_GO, more),
    )


async def run_once(rival: Rival[Seat], stage: Stage, mark: Marking | None = None) -> Run:
    """With an account and a folder of its own; killed when it has answered, then its disk read."""
    seat = Seat(stage.synapse.url, await stage.synapse.register())
    with TemporaryDirectory(prefix="holdfast-bench-") as name:
        place = Path(name)
        with started(place, *rival.start(place, seat), tree=rival.tree) as bot:
            marked = mark(place, bot) if mark else unmarked
            measured = await measure(stage, seat.account, bot, rival.script, marked)
        await part(stage)
        return Run(measured, await rival.disk(place, measured.acknowledged))
