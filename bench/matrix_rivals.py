"""Who is measured on Matrix: each bot with its command, its talk, and how its disk is read."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import organisation
from bench.load import Script, unmarked
from bench.matrix_load import Stage, measure, part
from bench.process import started
from bench.rivals import Acknowledged, Marking, Run
from tests.matrix.synapse import Credentials
from tests.program import HOLDFAST

Start = Callable[[Path, str, Credentials], Sequence[str | Path]]
"""The arguments for Python, once the folder holds what the bot needs."""

Disk = Callable[[Path, Acknowledged], Awaitable[int]]
"""How many of the acknowledged answers are there after the kill."""

OURS = "Holdfast on Matrix"
OURS_GOING = "Holdfast on Matrix, chat cleaned as it goes"
ECHO = "matrix-nio echo bot"
ECHO_NARROW = "matrix-nio echo bot, narrow sync"
ECHOES = (ECHO, ECHO_NARROW)
HI = "Hi!"
ECHOED = Script((HI,), HI, ("",) * len(organisation.ROOM_REPLIES))
FOLDER = "organisation"
KEYS = "nio"


@dataclass(frozen=True, slots=True)
class RoomRival:
    """One bot."""

    name: str
    script: Script
    start: Start
    disk: Disk


def holdfast(name: str, script: Script) -> RoomRival:
    """Holdfast as an operator starts it."""

    def start(place: Path, url: str, account: Credentials) -> Sequence[str | Path]:
        organisation.found_longer(place / FOLDER)
        config = organisation.connect_matrix(place / FOLDER, url, account)
        return (*HOLDFAST[1:], "run", "--config", config)

    return RoomRival(name, script, start, _on_our_disk)


async def _on_our_disk(place: Path, acknowledged: Acknowledged) -> int:
    return await organisation.on_disk(place / FOLDER / organisation.CONFIG, acknowledged)


def echoing(name: str, width: str) -> RoomRival:
    """An echo bot."""

    def start(place: Path, url: str, account: Credentials) -> Sequence[str | Path]:
        keys = place / KEYS
        keys.mkdir()
        whose = (url, account.user_id, account.password)
        return ("-m", "bench.nio_echo", *whose, keys, width)

    return RoomRival(name, ECHOED, start, _nothing)


async def _nothing(_place: Path, _acknowledged: Acknowledged) -> int:
    return 0


def everybody() -> tuple[RoomRival, ...]:
    """In the order of each round."""
    return (
        holdfast(OURS, organisation.ROOM_BY_ME),
        echoing(ECHO, "all"),
        echoing(ECHO_NARROW, "narrow"),
        holdfast(OURS_GOING, organisation.ROOM_AS_I_GO),
    )


async def run_once(rival: RoomRival, stage: Stage, mark: Marking | None = None) -> Run:
    """With an account and a folder of its own; killed when it has answered, then its disk read."""
    account = await stage.synapse.register()
    with TemporaryDirectory(prefix="holdfast-bench-") as name:
        place = Path(name)
        with started(place, *rival.start(place, stage.synapse.url, account)) as bot:
            marked = mark(place, bot) if mark else unmarked
            measured = await measure(stage, account, bot, rival.script, marked)
        await part(stage)
        return Run(measured, await rival.disk(place, measured.acknowledged))
