"""An organisation as an operator has one: its folder, its talk, and what is on its disk."""

import asyncio
import re
import secrets
import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from bench.load import WORDS, Script
from bot.app import Application, open_application
from bot.config.load import read_config
from bot.runtime.clock import system_clock
from store.model.accounts import Account
from tests.doubles.matrix.synapse import Credentials
from tests.rig import Rig, make_rig

QUESTIONS = Path(__file__).with_name("five.toml")
opening = asyncio.Lock()
"""Held while a database is opened in this process."""

CONFIG = "config.toml"
FILE_URL = re.compile(r'^url = "sqlite.*"$', re.MULTILINE)
CONNECTION = """
[telegram]
token_file = "token"
api_base = "{root}"
"""
REPLIES = (*(f"Question {number} of 5" for number in range(2, 6)), "This is what you allow")
MATRIX = """
[matrix]
user_id = "{user}"
homeserver = "{url}"
password_file = "password"
"""
FURTHER = """
[[step]]
id   = "further{number}"
kind = "text"
{when}text = "Further question {number}: and then?"
"""
LAST = '\n[[step]]\nid   = "review"'
CLEANED_BY_ME = Script(("/start", "1", "3", "/skip", "just keep it"), "Question 1 of 5", REPLIES)
CLEANED_AS_I_GO = Script(("/start", "1", "1", "/skip", "just keep it"), "Question 1 of 5", REPLIES)
GIVING = Script(
    (
        *("/start", "1", "3", WORDS[0], WORDS[1], "/done", "read", "none", "/skip", "/skip"),
        *("none", "Ash", "all", "listen", "yes, keep it", "yes, that's right"),
    ),
    "Is this what you want to say?",
    ("How would you like to come back?",),
)
"""Somebody who lets one reader read everything, up to the second yes."""

GIVE = "now"


def keeping(more: int) -> Script:
    """Somebody who only keeps their story, and answers so many further questions."""
    questions = [f"Further question {number}:" for number in range(1, more + 1)]
    before = ("/start", "1", "3", WORDS[0], "/done", "just keep it")
    return Script(before, questions[0], tuple(questions[1:]))


def longer(script: Script, more: int) -> Script:
    """The same talk on Matrix, where commands look different, with some more questions."""
    before = tuple(text.replace("/", "!") for text in script.before)
    further = (f"Further question {number}:" for number in range(1, more + 1))
    replies = (*script.replies[:-1], *further, script.replies[-1])
    return Script(before, script.ready, replies, "Could anyone else see this chat?")


def found_rig(folder: Path) -> Rig:
    """A new organisation with the shipped questions."""
    folder.mkdir()
    return make_rig(folder)


def found(folder: Path) -> None:
    """A new organisation with five questions."""
    found_rig(folder)
    shutil.copyfile(QUESTIONS, folder / "flows" / "intake.toml")


def found_on(folder: Path, url: str) -> None:
    """A new organisation with five questions, whose database is on a server."""
    found(folder)
    config = folder / CONFIG
    text, count = FILE_URL.subn(f'url = "{url}"', config.read_text("utf-8"))
    assert count == 1, "the config names one database"  # noqa: S101 - a bench, not the bot
    config.write_text(text, "utf-8")


def connect(folder: Path, root: str, token: str) -> Path:
    """Its config, which names this server of the Bot API."""
    (folder / "token").write_text(token, "utf-8")
    (folder / "token").chmod(0o600)
    config = folder / CONFIG
    config.write_text(config.read_text("utf-8") + CONNECTION.format(root=root), "utf-8")
    return config


def found_longer(folder: Path, more: int) -> None:
    """A new organisation that asks so many further questions."""
    found(folder)
    _ask_further(folder, more)


def found_sharing(folder: Path, more: int) -> None:
    """A new organisation with the shipped questions.

    Those who only keep their story are asked so many further ones.
    """
    found_rig(folder)
    _ask_further(folder, more, 'when = { fate = "keep" }\n')


def _ask_further(folder: Path, more: int, condition: str = "") -> None:
    file = folder / "flows" / "intake.toml"
    before, last, after = file.read_text("utf-8").partition(LAST)
    steps = (FURTHER.format(number=number, when=condition) for number in range(1, more + 1))
    file.write_text("".join((before, *steps, last, after)), "utf-8")


def connect_matrix(folder: Path, url: str, account: Credentials) -> Path:
    """Its config, which names this account on this homeserver."""
    (folder / "password").write_text(account.password, "utf-8")
    (folder / "password").chmod(0o600)
    config = folder / CONFIG
    named = MATRIX.format(url=url, user=account.user_id)
    config.write_text(config.read_text("utf-8") + named, "utf-8")
    return config


@asynccontextmanager
async def opened(config: Path) -> AsyncIterator[Application]:
    """Open the program in this process, one at a time: Alembic migrates one database at a time."""
    async with (
        opening,
        open_application(read_config(config), system_clock, secrets.token_bytes) as application,
    ):
        yield application


async def on_disk(config: Path, acknowledged: Mapping[Account, Sequence[str]]) -> int:
    """How many of these answers the program, started anew, can read back."""
    there = 0
    async with opened(config) as application:
        for who, texts in acknowledged.items():
            snapshot = await application.stores.cases.snapshot(who, system_clock(), pieces=True)
            kept = {piece.text for piece in snapshot.pieces}
            there += sum(text in kept for text in texts)
    return there
