"""The table of what people say to the bot, and what it does in each state."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.ways_of_typing import Step

FOLDER = Path(__file__).parent
FILES = {"en": "sayings.toml", "es": "sayings.es.toml"}
"""By language: the table of what is said in it. What follows stands in the first one."""
TABLES: Mapping[str, Mapping[str, Any]] = {
    code: tomllib.loads((FOLDER / name).read_text("utf-8")) for code, name in FILES.items()
}
SAYINGS_OF: Mapping[str, Mapping[str, str]] = {
    code: table["sayings"] for code, table in TABLES.items()
}
SAYINGS: Mapping[str, str] = {**SAYINGS_OF["es"], **SAYINGS_OF["en"]}
"""By what is typed: what it is."""
STATES = (
    *("start", "first", "story", "choice", "permission", "overview", "review", "words", "code"),
    "opened",
)


def outcomes(typed: str) -> Iterator[tuple[str, str]]:
    """Yield each state with what follows there when this is typed."""
    usual = TABLES["en"]["outcomes"][SAYINGS[typed]]
    for state in STATES:
        own = (table["exceptions"].get(state, {}).get(typed) for table in TABLES.values())
        yield state, next((outcome for outcome in own if outcome is not None), usual[state])


ON_PLATFORMS = (
    *("he hit me", "my boss touched me", "Il m’a dit « viens »", "who are you", "Who reads this?"),
    *("did anybody read it", "is this anonymous??", "I don't know", "i dont get it", "yes", "ok"),
    *("I lost my words", "can u call me pls", "I want to add something", "hey 👋", "sorry"),
    *("please stop", "pls delete it", "go back", "he's here"),
)
"""Twenty of those that are typed at the question what should happen with the story."""
ENDINGS = {"halts": "bot.stop", "asks to erase": "bot.erase", "goes to story": "story"}
BACK = {"bot.stop": "Go on", "bot.erase": "No, leave it", "story": "/done"}
"""What leads back to the choice."""


def one_talk(first: str) -> Iterator[Step]:
    """Yield the twenty messages at the choice after a story, then what adds those kept aside."""
    asides = []
    for typed in ON_PLATFORMS:
        follows = dict(outcomes(typed))["choice"].split(", ")
        asides += [typed] if "aside" in follows else []
        question = next((ENDINGS[fact] for fact in follows if fact in ENDINGS), "fate")
        yield Step(typed, (question, (first,)), BACK.get(question, ""))
    yield Step("/add", ("fate", (first, *asides)), "")
