"""Nothing that people are shown, and nothing that is written, changes unseen.

Held against what was recorded from version 0.1: see ``tests/recorded.py`` for how to record anew,
and ``tests/transcript.py`` for what a transcript holds and what is masked in it.
"""

from pathlib import Path

import pytest

from bot.matrix.doors import Waits
from tests.bot.matrix.running import running as on_an_encrypted_line
from tests.bot.telegram.running import running as on_the_phone
from tests.matrix.fixtures import clients, synapse
from tests.matrix.person import Clients
from tests.matrix.synapse import Synapse
from tests.recorded import GOLDEN, hold, seeded
from tests.rig import Rig, make_rig
from tests.talk_script import play, read, scripts
from tests.telegram.double import Double
from tests.transcript import MatrixTape, Tape, TelegramTape, TerminalTape, written

__all__ = ["clients", "synapse"]

STAYING = Waits(greet=60.0, linger=60.0)


def rig_of(folder: Path, seed: str) -> Rig:
    """An organisation whose every secret is the same each time."""
    return make_rig(folder, entropy=seeded(seed))


# The shared talks on three platforms


@pytest.mark.parametrize("path", scripts(), ids=lambda path: path.stem)
async def test_a_shared_talk_on_the_terminal(tmp_path: Path, path: Path) -> None:
    rig = rig_of(tmp_path, path.stem)
    tape = Tape(rig)
    async with rig.staying():
        await play(read(path), TerminalTape(rig, tape=tape))
    hold(GOLDEN / "terminal" / path.name, written(tape.lines))


@pytest.mark.parametrize("path", scripts(), ids=lambda path: path.stem)
async def test_a_shared_talk_on_telegram(tmp_path: Path, path: Path) -> None:
    rig = rig_of(tmp_path, path.stem)
    async with (
        Double(clock=lambda: rig.clock().timestamp()) as double,
        on_the_phone(rig, double) as bot,
    ):
        tape = TelegramTape(bot, double.person(7_766_554_433))
        await bot.until(lambda: bool(double.called("setMyShortDescription")))
        await play(read(path), tape)
        await tape.settle()
    hold(GOLDEN / "telegram" / path.name, written(tape.lines))


@pytest.mark.parametrize("path", scripts(), ids=lambda path: path.stem)
async def test_a_shared_talk_on_matrix(
    tmp_path: Path, path: Path, synapse: Synapse, clients: Clients
) -> None:
    rig = rig_of(tmp_path, path.stem)
    reporter = await clients.person()
    async with on_an_encrypted_line(rig, synapse, waits=STAYING) as bot:
        await reporter.open_chat(bot.id)
        tape = MatrixTape(bot, reporter)
        await play(read(path), tape)
        await bot.talks.doors.keep_up()  # the room of a talk that is over is left
        await reporter.member(bot.id, "leave")
        hold(GOLDEN / "matrix" / path.name, await tape.transcript())
