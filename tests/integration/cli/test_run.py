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

from bot.platforms.matrix.failures import Failure as MatrixFailure
from bot.platforms.telegram.failures import Failure
from handlers.texts.english import ENGLISH
from tests.doubles.matrix.fixtures import clients, synapse
from tests.doubles.matrix.person import Clients
from tests.doubles.matrix.proxy import Fault, Proxy
from tests.doubles.matrix.synapse import Credentials, Synapse
from tests.doubles.telegram.double import Double
from tests.doubles.telegram.faults import Fault as TelegramFault
from tests.integration.matrix.running import ask
from tests.integration.matrix.running import begin as begin_on_matrix
from tests.integration.telegram.running import answer, begin
from tests.program import HOLDFAST, Ran, environment, holdfast, window
from tests.rig import Rig
from tests.talk_script import folded

OVER = "Telegram is there again."

__all__ = ["clients", "synapse"]

READERS = ("Ash", "Oak", "Rowan")
STORY = "It was after the rehearsal in spring."
TO_OAK = (
    "1",
    STORY,
    "/done",
    "Let someone read it",
    "/skip",
    "/skip",
    "/skip",
    "Nobody in particular",
    "Oak",
    "Everything",
    "Act without naming me",
    "/skip",
    "/skip",
    "No",
    "Yes, that's right",
)
NOW = "Yes, send now"
HOLD = "Yes, send in 12 hours"


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
    told = town.talk(*TO_OAK, NOW, "I've written them down")
    assert "Your story is saved for Oak" in told
    [code] = town.inbox("Oak")
    assert town.inbox("Ash") == town.inbox("Rowan") == []
    stolen = holdfast(town.place, "member", "fetch", "Ash", code, *CONFIG)
    assert (stolen.code, stolen.out) == (1, "")
    town.member("fetch", "Oak", code.lower())
    assert town.inbox("Oak") == []

    file = f"{code}.holdfast"
    read = town.does("open", file, "--key", "Oak.key", typed=passphrase("Oak")).out
    assert read.index(ENGLISH.report.acts["act.unnamed"]) < read.index(STORY)
    refused = holdfast(town.place, "open", file, "--key", "Ash.key", typed=passphrase("Ash"))
    assert (refused.code, refused.out) == (1, "")
    assert "None of the keys at hand opens this file" in refused.err


def test_what_is_held_waits_for_nobody_yet(town: Town) -> None:
    told = town.talk(*TO_OAK, HOLD, "I've written them down")
    assert re.search(r"I'll tell Oak in about 1[23] hours\. ", " ".join(told.split()))
    town.link("Oak")
    assert town.inbox("Oak") == []
    assert "Stopped." in town.talk("/withdraw")


def test_the_end_of_the_input_is_leaving_and_the_talk_is_there_next_time(town: Town) -> None:
    assert "You left. Your story is saved" in " ".join(town.talk("1", STORY).split())
    again = town.talk("/show", "/erase", "Yes, delete it all")
    assert "Picking up where you left off." in again
    assert STORY in again
    assert "It's deleted." in again


def test_nobody_sees_the_talk_of_another_account(town: Town) -> None:
    town.talk("1", STORY)
    other = town.does("run", *CONFIG, "--account", "another", typed="/show\n").out
    assert STORY not in other
    assert "Nothing is open here." in other
    town.talk("/erase", "Yes, delete it all")


def test_it_says_hello_at_once_and_writes_no_log_on_the_screen(town: Town) -> None:
    with window(town.place, "run", *CONFIG) as screen:
        screen.wait_for("/unsafe\n")
        assert screen.shown.startswith("Hello. I'm a program of The Choir.")
        screen.type("\x04", "You left.")
        assert screen.end() == 0


# On Telegram, as a process of its own

WRONG = "110201543:AAwrongwrongwrongwrongwrongwrongwrong"


def name_telegram(rig: Rig, root: str, token: str) -> None:
    """In the config, and in a file of its own."""
    named = f'\n[telegram]\ntoken_file = "bot.token"\napi_base = "{root}"\n'
    with (rig.folder / "config.toml").open("a") as config:
        config.write(named)
    (rig.folder / "bot.token").write_text(f"{token}\n")


@asynccontextmanager
async def on_telegram(rig: Rig, root: str, token: str) -> AsyncIterator[Process]:
    """The program in front of a server; killed at the end if it still runs."""
    name_telegram(rig, root, token)
    async with started(rig) as process:
        yield process


@asynccontextmanager
async def started(rig: Rig) -> AsyncIterator[Process]:
    """As above, with whatever its config names."""
    process = await asyncio.create_subprocess_exec(
        *(*HOLDFAST, "run", "--config", str(rig.folder / "config.toml")),
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
        await begin(robin, "As we go")
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
        double.faults.add(TelegramFault.ERROR, every=2, polls=True, times=6)
        double.faults.add(TelegramFault.DROP_AFTER, every=3, polls=True, times=6)
        await robin.say(STORY)
        await robin.wait("Saved. Carry on", 30)
        _, err = await ended(process, signal.SIGTERM)
    said = "".join(seen) + err
    lines = [line for line in said.splitlines() if line.startswith("holdfast: ")]
    assert lines[:2] == [f"holdfast: {Failure.CREDENTIALS_REFUSED.value}", f"holdfast: {OVER}"]
    assert said.count("token-refused") == 1
    assert "Traceback" not in said
    assert not any(word in said for word in (double.token, WRONG, STORY, str(robin.id)))


async def test_a_second_bot_on_the_same_folder_is_refused_and_the_first_goes_on(rig: Rig) -> None:
    async with Double() as double, on_telegram(rig, double.root, double.token) as process:
        robin = double.person(7_766_554_433)
        await begin(robin)
        async with started(rig) as second:
            out, err = await asyncio.wait_for(second.communicate(), 20)
        assert second.returncode == 1
        assert (out, err.decode().count("\n")) == (b"", 1)
        assert "a bot runs here already" in err.decode()
        await robin.say(STORY)
        await robin.wait("Saved. Carry on")
        await ended(process, signal.SIGTERM)


async def test_nothing_written_by_the_process_names_an_account(rig: Rig) -> None:
    async with Double() as double, on_telegram(rig, double.root, double.token) as process:
        robin = double.person(7_766_554_433)
        await begin(robin)
        await robin.say(STORY)
        await robin.wait("Saved. Carry on")
        await robin.say("/done")
        await answer(robin, "Just keep it", "This is what you allow")
        process.kill()
        await process.wait()
    files = {path: data for path, data in rig.written().items() if path.name != "bot.token"}
    assert files
    for needle in (str(robin.id).encode(), robin.id.to_bytes(8, "big"), STORY.encode()):
        assert not [path.name for path, data in files.items() if needle in data]


# On Matrix, and on both


def name_matrix(rig: Rig, homeserver: str, account: Credentials, password: str = "") -> None:
    """In the config, and in a file of its own."""
    named = f'[matrix]\nuser_id = "{account.user_id}"\nhomeserver = "{homeserver}"\n'
    with (rig.folder / "config.toml").open("a") as config:
        config.write(f'\n{named}password_file = "matrix.password"\n')
    (rig.folder / "matrix.password").write_text(f"{password or account.password}\n")


@dataclass(frozen=True)
class Named:
    """A bot that can be written to."""

    id: str


async def lines_until(process: Process, wanted: str) -> list[str]:
    """What it says to the operator, up to this."""
    assert process.stderr is not None
    lines: list[str] = []
    while not any(wanted in line for line in lines):
        line = await asyncio.wait_for(process.stderr.readline(), 20)
        assert line, f"it ended: {lines}"
        lines.append(line.decode())
    return lines


async def test_a_talk_on_matrix_ends_within_seconds_and_goes_on_after_the_next_start(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    account, robin = await asyncio.gather(synapse.register(), clients.person())
    name_matrix(rig, synapse.url, account)
    said = list[str]()
    bot = Named(account.user_id)
    async with started(rig) as process:
        await begin_on_matrix(robin, bot)
        for turn in range(20):
            await robin.say(f"{turn}: {STORY}")
        said += await ended(process, signal.SIGTERM)
    async with started(rig) as process:
        await ask(robin, "!show", f"19: {STORY}")
        shown = robin.told[-1][1]
        assert [n for n in range(20) if f" {n}: {STORY}" in f" {folded(shown)}"] == [*range(20)]
        await ask(robin, "!erase", "It can't be brought back.")
        await ask(robin, "Yes, delete it all", "It's deleted.")
        said += await ended(process, signal.SIGINT)
    events = [line.split()[3] for line in "".join(said).splitlines()]
    assert events == ["started", "stopped"] * 2
    secret = (account.password, STORY, robin.id, robin.room, account.user_id)
    assert not any(word in "".join(said) for word in secret)
    files = {
        p: d for p, d in rig.written().items() if p.name not in {"matrix.password", "config.toml"}
    }
    for word in secret:
        assert not [path.name for path, data in files.items() if word.encode() in data]


async def test_both_platforms_run_in_one_process(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    account, robin = await asyncio.gather(synapse.register(), clients.person())
    name_matrix(rig, synapse.url, account)
    async with Double() as double, on_telegram(rig, double.root, double.token) as process:
        sage = double.person(7_766_554_433)
        await asyncio.gather(begin_on_matrix(robin, Named(account.user_id)), begin(sage))
        await asyncio.gather(ask(robin, STORY, "Saved. Carry on"), sage.say(STORY))
        await sage.wait("Saved. Carry on")
        _, err = await ended(process, signal.SIGTERM)
    assert sorted(line.split()[3] for line in err.splitlines()) == [
        "started",
        "started",
        "stopped",
        "stopped",
    ]


async def test_a_platform_that_is_down_or_not_let_in_is_said_with_its_cure(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    account, robin = await asyncio.gather(synapse.register(), clients.person())
    name_matrix(rig, synapse.url, account, password="another one")
    async with Double() as double, on_telegram(rig, double.root, double.token) as process:
        sage = double.person(7_766_554_433)
        await begin(sage)
        said = await lines_until(process, MatrixFailure.LOGIN_REFUSED.value)
        (rig.folder / "matrix.password").write_text(account.password)
        said += await lines_until(process, "Matrix is there again.")
        await begin_on_matrix(robin, Named(account.user_id))
        await double.go_dark()
        said += await lines_until(process, Failure.UNREACHABLE.value)
        await ask(robin, STORY, "Saved. Carry on")
        _, err = await ended(process, signal.SIGTERM)
    told = [line for line in ("".join(said) + err).splitlines() if line.startswith("holdfast: ")]
    assert told == [
        f"holdfast: {MatrixFailure.LOGIN_REFUSED.value}",
        "holdfast: Matrix is there again.",
        f"holdfast: {Failure.UNREACHABLE.value}",
    ]


async def test_a_platform_that_is_wrongly_configured_is_left_out_and_the_other_runs(
    rig: Rig, synapse: Synapse
) -> None:
    name_matrix(rig, "no address", await synapse.register())
    async with Double() as double, on_telegram(rig, double.root, double.token) as process:
        await begin(double.person(7_766_554_433))
        _, err = await ended(process, signal.SIGTERM)
    assert "One platform is left out until its part of the config is mended:" in err
    assert "matrix.homeserver" in err


async def test_without_any_answer_from_matrix_it_ends_within_seconds(
    rig: Rig, synapse: Synapse
) -> None:
    account = await synapse.register()
    async with Proxy(synapse.url) as proxy:
        proxy.add(Fault.DELAY, seconds=60)
        name_matrix(rig, proxy.url, account)
        async with started(rig) as process:
            async with asyncio.timeout(20):
                while not proxy.rules[0].struck:  # noqa: ASYNC110 - a rule has no event
                    await asyncio.sleep(0.02)
            assert await ended(process, signal.SIGTERM) == ("", "")
