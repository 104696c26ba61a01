"""The table of ways of typing, and twenty of them as one talk that every platform can hold."""

import asyncio
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handlers.context import SnapshotReader
from handlers.reporter.questions import open_question
from store.model.accounts import Account

TABLE = Path(__file__).parent / "ways_of_typing.toml"
ON_PLATFORMS = (
    *(
        "Stop.",
        "stop!!!",
        "“Stop”",
        "ｓｔｏｐ",
        "🛑 stop",
        "/STOP!!",
        "/Stop@holdfast_bot",
        "🛑/stop",
    ),
    *("/stop touching me, I said", "/stop\u200b", "Please stop", "he would not stop", "yes", "1"),
    *("/done!", "/done and then he followed me home", "/erase it", "I’m not safe!!", "\\o/"),
    *("👩‍👧 and me", "/nonsense", "Il m’a dit « viens »"),
)
"""Of those that are typed while a story is told."""
ENDINGS = {"halts": "bot.stop", "asks to erase": "bot.erase", "goes to fate": "fate"}
BACK = {
    "bot.stop": "It's part of my story",
    "bot.erase": "No, leave it",
    "fate": "/back",
    "a command": "Go on",
}
"""What leads back to the story."""
Place = tuple[str, tuple[str, ...]]
"""The open question, and the pieces that are sealed."""


def ways() -> Iterator[tuple[str, str, str]]:
    """Yield each line of the table with its place; ``[bot.safe]`` is a table in a table."""
    table = tomllib.loads(TABLE.read_text("utf-8"))
    bot: dict[str, Any] = table.pop("bot")
    for place, lines in {**table, **{f"bot.{name}": rows for name, rows in bot.items()}}.items():
        yield from ((place, typed, follows) for typed, follows in lines.items())


@dataclass(frozen=True, slots=True)
class Step:
    """A message, where it must lead, and what leads back to the story from there."""

    typed: str
    then: Place
    back: str


def one_talk(first: str) -> Iterator[Step]:
    """Yield the twenty messages one after the other, in a story that begins with these words."""
    table = {typed: follows for place, typed, follows in ways() if place == "story"}
    told = [first]
    for typed in ON_PLATFORMS:
        facts = table[typed].split(", ")
        told += [typed for fact in facts if fact == "told"]
        told += [fact.removeprefix("told: ") for fact in facts if fact.startswith("told: ")]
        question = next((ENDINGS[fact] for fact in facts if fact in ENDINGS), "story")
        is_command = question == "bot.stop" and "/" in typed
        back = BACK.get("a command" if is_command else question, "")
        yield Step(typed, (question, tuple(told)), back)
        if facts == ["halts"] and "/" not in typed:
            told.append(typed)  # it was part of the story


async def place_of(snapshots: SnapshotReader, who: Account) -> Place:
    """Read where an account stands."""
    view = await snapshots.read(who, pieces=True)
    return open_question(view).id, tuple(piece.text for piece in view.snapshot.pieces)


async def expect(
    snapshots: SnapshotReader, who: Account, wanted: Place, seconds: float = 10
) -> None:
    """Wait until an account stands there."""
    found = await place_of(snapshots, who)
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while found != wanted:
                await asyncio.sleep(0.02)
                found = await place_of(snapshots, who)
    assert found == wanted, f"{found} instead of {wanted}"


async def expect_question(snapshots: SnapshotReader, who: Account, question: str) -> None:
    """Wait until a question is open for an account."""
    found = ""
    async with asyncio.timeout(10):
        while found != question:
            found, _ = await place_of(snapshots, who)
            await asyncio.sleep(0.02)
