"""The whole main job, as the people of an organisation do it: with the commands only."""

import asyncio
import re
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.telegram.trouble import Trouble
from tests.bot.telegram.running import answer, begin
from tests.program import HOLDFAST, Ran, environment, holdfast, window
from tests.rig import Rig
from tests.telegram.double import Double
from tests.telegram.faults import Fault

OVER = "Telegram is there again."

READERS = ("Ash", "Oak", "Rowan")
STORY = "It was after the rehearsal in spring."
TO_OAK = (
    "1",
    STORY,
    "/done",
    "Let somebody read it",
    "/skip",
    "/skip",
    "/skip",
    "Oak",
    "Everything",
    "No, nobody",
    "Act on it without naming me",
    "No",
    "It is right",
)
NOW = "Yes, as it is, and hand it over now"
HOLD = "Yes, as it is, and hold it for 12 hours"


def passphrase(name: str) -> str:
    return f"four trees of {name}\n"


@dataclass(frozen=True)
class Town:
    """A folder in which everybody's devices lie side by side."""

    place: Path

    def does(self, *arguments: str, typed: str = "") -> Ran:
        ran = holdfast(self.place, *arguments, typed=typed)
        assert (ran.code, ran.err) == (0, ""), ran
        return ran

    def member(self, act: str, name: str, *more: str, typed: str = "") -> Ran:
        return self.does("member", act, name, *more, *CONFIG, typed=typed)

    def link(self, name: str) -> None:
        self.member("invite", name)
        how = ("--file", f"{name}.join.age", "--key", f"{name}.key")
        assert f"{name} is linked" in self.member("join", name, *how, typed=passphrase(name)).out

    def talk(self, *lines: str) -> str:
        return self.does("run", *CONFIG, typed="".join(f"{line}\n" for line in lines)).out

    def inbox(self, name: str) -> list[str]:
        return re.findall(
            r"^ +([0-9A-Z]{6})  not fetched yet$", self.member("inbox", name).out, re.MULTILINE
        )


CONFIG = ("--config", "choir/config.toml")


def found(place: Path) -> Town:
    """From nothing to a bot that can start."""
    town = Town(place)
    helped = ("--help-name", "A help line", "--help-contact", "116", "--help-hours", "always")
    town.does("init", "choir", "--name", "The Choir", "--id", "choir.example", *helped)
    for name in READERS:
        how = ("--out", f"{name}.key", "--work-factor", "4")
        town.does("keygen", "--name", name, *how, typed=passphrase(name))
    cards = [part for name in READERS for part in ("--card", f"{name}.card.toml")]
    roster = "choir/roster.note"
    new = ("--origin", "choir.example", "--quorum", "2", *cards, "--out", roster)
    [genesis] = re.findall(r"\b[0-9a-f]{64}\b", town.does("roster", "new", *new).out)
    for name in READERS:
        town.does("roster", "sign", "--key", f"{name}.key", roster, typed=passphrase(name))
    assert "has all the signatures" in town.does("roster", "show", roster).out
    town.does("roster", "verify", roster, "--genesis", genesis)
    config = place / "choir" / "config.toml"
    text = config.read_text("utf-8")
    config.write_text(text.replace('genesis = ""', f'genesis = "{genesis}"'), "utf-8")
    return town


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return found(tmp_path_factory.mktemp("town"))


def test_a_story_goes_from_its_teller_to_the_reader_they_named_and_to_nobody_else(
    town: Town,
) -> None:
    assert "The bot can start." in town.does("check", *CONFIG).out
    for name in READERS:
        town.link(name)
    told = town.talk(*TO_OAK, NOW, "I have them")
    assert "What you told is sealed for Oak" in told
    [code] = town.inbox("Oak")
    assert town.inbox("Ash") == town.inbox("Rowan") == []
    stolen = holdfast(town.place, "member", "fetch", "Ash", code, *CONFIG)
    assert (stolen.code, stolen.out) == (1, "")
    town.member("fetch", "Oak", code.lower())
    assert town.inbox("Oak") == []

    file = f"{code}.holdfast"
    read = town.does("open", file, "--key", "Oak.key", typed=passphrase("Oak")).out
    assert read.index("act, but without naming") < read.index(STORY)
    refused = holdfast(town.place, "open", file, "--key", "Ash.key", typed=passphrase("Ash"))
    assert (refused.code, refused.out) == (1, "")
    assert "None of the keys at hand opens this file" in refused.err


def test_what_is_held_waits_for_nobody_yet(town: Town) -> None:
    told = town.talk(*TO_OAK, HOLD, "I have them")
    assert "held until" in told
    town.link("Oak")
    assert town.inbox("Oak") == []
    assert "Taken back." in town.talk("/withdraw")


def test_the_end_of_the_input_is_leaving_and_the_talk_is_there_next_time(town: Town) -> None:
    assert "You left. What you told is sealed" in " ".join(town.talk("1", STORY).split())
    again = town.talk("/show", "/erase", "Yes, erase it all")
    assert "Here you were." in again
    assert STORY in again
    assert "It is erased." in again


def test_nobody_sees_the_talk_of_another_account(town: Town) -> None:
    town.talk("1", STORY)
    other = town.does("run", *CONFIG, "--account", "another", typed="/show\n").out
    assert STORY not in other
    assert "Nothing is open here." in other
    town.talk("/erase", "Yes, erase it all")


def test_it_says_hello_at_once_and_writes_no_log_on_the_screen(town: Town) -> None:
    with window(town.place, "run", *CONFIG) as screen:
        screen.wait_for("/unsafe\n")
        assert screen.shown.startswith("Hello. This is a program of The Choir.")
        screen.type("\x04", "You left.")
        assert screen.end() == 0


# On Telegram, as a process of its own

WRONG = "110201543:AAwrongwrongwrongwrongwrongwrongwrong"


@asynccontextmanager
async def on_telegram(rig: Rig, root: str, token: str) -> AsyncIterator[Process]:
    """The program in front of a server; killed at the end if it still runs."""
    config = rig.folder / "config.toml"
    named = f'\n[telegram]\ntoken_file = "bot.token"\napi_base = "{root}"\n'
    config.write_text(config.read_text() + named)
    (rig.folder / "bot.token").write_text(f"{token}\n")
    process = await asyncio.create_subprocess_exec(
        *(*HOLDFAST, "run", "--config", str(config)),
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
        env=environment(rig.folder),
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def ended(process: Process, number: signal.Signals) -> tuple[str, str]:
    """What it said in all, once it has ended well within five seconds."""
    process.send_signal(number)
    out, err = await asyncio.wait_for(process.communicate(), 5)
    assert process.returncode == 0
    return out.decode(), err.decode()


@pytest.mark.parametrize(
    ("slash", "number"), [("", signal.SIGTERM), ("/", signal.SIGINT), ("/", signal.SIGHUP)]
)
async def test_a_talk_on_telegram_ends_in_a_burst_with_everything_confirmed(
    rig: Rig, slash: str, number: signal.Signals
) -> None:
    async with Double() as double, on_telegram(rig, double.root + slash, double.token) as process:
        robin = double.person(7_766_554_433)
        await begin(robin, "As I go")
        for turn in range(40):
            await robin.say(f"{turn}: {STORY}")
        await asyncio.sleep(0.3)
        out, err = await ended(process, number)
        waiting = {w.id for w in double.updates.pending}
        assert not waiting & double.updates.given
        assert double.violations == []
    assert out == ""
    assert [line.split()[3] for line in err.splitlines()] == ["started", "stopped"]
    assert not any(word in err for word in (double.token, STORY, str(robin.id)))


async def test_troubles_with_telegram_are_said_in_plain_words_and_nothing_else_is(
    rig: Rig,
) -> None:
    async with Double() as double, on_telegram(rig, double.root, WRONG) as process:
        robin = double.person(7_766_554_433)
        assert process.stderr is not None
        seen = [(await asyncio.wait_for(process.stderr.readline(), 20)).decode() for _ in range(2)]
        (rig.folder / "bot.token").write_text(double.token)
        await begin(robin)
        double.faults.add(Fault.ERROR, every=2, polls=True, times=6)
        double.faults.add(Fault.DROP_AFTER, every=3, polls=True, times=6)
        await robin.say(STORY)
        await robin.wait("Sealed.", 30)
        _, err = await ended(process, signal.SIGTERM)
    said = "".join(seen) + err
    lines = [line for line in said.splitlines() if line.startswith("holdfast: ")]
    assert lines[:2] == [f"holdfast: {Trouble.NOT_LET_IN.value}", f"holdfast: {OVER}"]
    assert said.count("token-refused") == 1
    assert "Traceback" not in said
    assert not any(word in said for word in (double.token, WRONG, STORY, str(robin.id)))


async def test_nothing_written_by_the_process_names_an_account(rig: Rig) -> None:
    async with Double() as double, on_telegram(rig, double.root, double.token) as process:
        robin = double.person(7_766_554_433)
        await begin(robin)
        await robin.say(STORY)
        await robin.wait("Sealed.")
        await robin.say("/done")
        await answer(robin, "Only keep it", "This is what you allow")
        process.kill()
        await process.wait()
    files = {path: data for path, data in rig.written().items() if path.name != "bot.token"}
    assert files
    for needle in (str(robin.id).encode(), robin.id.to_bytes(8, "big"), STORY.encode()):
        assert not [path.name for path, data in files.items() if needle in data]
