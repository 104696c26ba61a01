"""A new identity on Matrix: only when people decide so, and then the bot goes on with it."""

import asyncio
import io
from pathlib import Path

import pytest

from bot.cli import main
from bot.cli.matrix import SURE
from bot.platforms.matrix.crypto.identity import SEED_NAMES
from store.crypto.keyring import open_keyring
from tests.doubles.matrix.fixtures import clients, synapse
from tests.doubles.matrix.person import Clients
from tests.doubles.matrix.synapse import Credentials, Synapse
from tests.rig import Rig

__all__ = ["clients", "synapse"]


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.cli.matrix.harden", lambda: ())
    # Signals belong to the main thread, where the test's own loop runs.
    monkeypatch.setattr("bot.cli._interrupt_on_termination", lambda: None)


def configure(rig: Rig, synapse: Synapse, account: Credentials) -> Path:
    config = rig.folder / "config.toml"
    named = (
        f'[matrix]\nuser_id = "{account.user_id}"\nhomeserver = "{synapse.url}"\n'
        'password_file = "bot.password"\n'
    )
    config.write_text(f"{config.read_text()}\n{named}")
    (rig.folder / "bot.password").write_text(account.password)
    return config


def seeds(rig: Rig) -> list[bytes | None]:
    keyring = open_keyring(rig.config.store.keyring, bytes)
    return [keyring.bot.get(name) for name in SEED_NAMES]


async def anew(config: Path, *more: str) -> int:
    """In a thread: the command has a loop of its own."""
    return await asyncio.to_thread(
        main, ["matrix", "new-identity", "--config", str(config), *more]
    )


async def test_an_account_with_a_lost_identity_gets_a_new_one(
    rig: Rig, synapse: Synapse, clients: Clients, capsys: pytest.CaptureFixture[str]
) -> None:
    account = await synapse.register()
    await clients.person(account)  # has cross-signing of its own
    config = configure(rig, synapse, account)
    robin = await clients.person()
    assert await anew(config, "--sure") == 0
    first = seeds(rig)
    assert all(first)
    assert await anew(config, "--sure") == 0
    assert not set(first) & set(seeds(rig))
    assert "Put the three lines" in capsys.readouterr().out
    device = open_keyring(rig.config.store.keyring, bytes).bot["matrix.device"].decode()
    await robin.open_chat(account.user_id, joined=False)
    await robin.learn_device(account.user_id, device)


async def test_nothing_is_changed_by_somebody_who_is_not_sure(
    rig: Rig,
    synapse: Synapse,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    config = configure(rig, synapse, await synapse.register())
    for typed in ("", "yes\n", f"{SURE}?\n"):
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        assert await anew(config) == 1
        assert "Nothing was changed." in capsys.readouterr().err
    assert seeds(rig) == [None, None, None]


async def test_what_stands_in_the_way_is_said(
    rig: Rig, synapse: Synapse, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await anew(rig.folder / "config.toml", "--sure") == 1
    assert "names no Matrix account" in capsys.readouterr().err
    config = configure(rig, synapse, await synapse.register())
    (rig.folder / "bot.password").write_text("wrong")
    assert await anew(config, "--sure") == 1
    assert "does not take the bot's user and password" in capsys.readouterr().err
    assert seeds(rig) == [None, None, None]
