"""Matrix's crypto store in processes that are killed while they write."""

import random
import subprocess
import sys
from pathlib import Path

from nio.store import Accounts

from tests.integration.matrix.devices import BOT, BOT_DEVICE, Device

ROOT = Path(__file__).parents[3]
ROUNDS = 4


def live(folder: Path, of_round: int, lines: int) -> list[str]:
    """Run a writer, kill it after so many users, and return those it reported."""
    command = [
        sys.executable,
        "-m",
        "tests.integration.matrix.store_writer",
        str(folder),
        str(of_round),
    ]
    told = []
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for count, line in enumerate(process.stdout):
            told.append(line.strip())
            if count == lines:
                process.kill()
    return told


def test_a_store_killed_while_writing_keeps_what_was_committed(tmp_path: Path) -> None:
    chance = random.Random(34)  # noqa: S311 - when somebody pulls the plug
    kept: set[str] = set()
    for of_round in range(ROUNDS):
        told = live(tmp_path, of_round, chance.randint(3, 30))
        forgotten = {f"@{of_round}-{n - 2}:example.org" for n in range(4, len(told) + 5, 5)}
        kept |= {*told} - forgotten
        bot = Device(tmp_path / "bot", BOT, BOT_DEVICE)
        assert bot.store.database.pragma("integrity_check") == "ok"
        assert kept <= bot.store.users()
        assert {bot.store.pinned_identity(user) for user in kept} == {
            (f"key-of-{user}",) for user in kept
        }
        assert kept <= {*bot.olm.device_store.users}
        with bot.store.database.bind_ctx(bot.store.models):
            assert Accounts.select().count() == 1
        bot.store.close()
