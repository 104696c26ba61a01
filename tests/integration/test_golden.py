"""Nothing that people are shown, and nothing that is written, changes unseen.

Held against what was recorded from version 0.1: see ``tests/recorded.py`` for how to record anew,
and ``tests/transcript.py`` for what a transcript holds and what is masked in it.
"""

import difflib
import hashlib
import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

import flows
from bot.platforms.matrix.rooms.delays import MembershipDelays
from bot.platforms.terminal.adapter import terminal_platform
from flows.tools.scripts import parse_script
from handlers.texts.english import ENGLISH
from store.crypto.age import file as age
from store.crypto.document import Document
from tests import commands
from tests.doubles.matrix.fixtures import clients, synapse
from tests.doubles.matrix.person import Clients
from tests.doubles.matrix.synapse import Synapse
from tests.doubles.postgresql import Postgresql
from tests.doubles.telegram.double import Double
from tests.formats import every_line
from tests.integration.matrix.running import running as on_an_encrypted_line
from tests.integration.telegram.running import running as on_the_phone
from tests.moved import kept_on
from tests.recorded import GOLDEN, hold, ids_of_readers_rows_apart, seeded
from tests.rig import FLOWS, Rig, make_rig
from tests.schema_description import describe, describe_recorded
from tests.sentences import FORMS_FOR_ONE, RECORDED_TEXTS
from tests.talk_script import filled, folded, play, read, scripts
from tests.transcript import (
    MatrixTape,
    OnThePhone,
    Rehearsal,
    Tape,
    TelegramTape,
    TerminalTape,
    Theatre,
    founded,
    indented,
    written,
)

__all__ = ["clients", "synapse"]

STAYING = MembershipDelays(greet=60.0, linger=60.0)


@pytest.fixture(autouse=True)
def _recovery_words_are_the_recorded_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    ids_of_readers_rows_apart(monkeypatch)


def text_of(path: Path) -> str:
    """A file's."""
    return path.read_text("utf-8")


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
        await bot.until(lambda: bool(double.called("setMyShortDescription")), seconds=30)
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
        await bot.connection.rooms.retention.keep_up()  # the room of a talk that is over is left
        await reporter.member(bot.id, "leave")
        hold(GOLDEN / "matrix" / path.name, await tape.transcript())


# What only a phone has: edits, pictures, groups, a chat that is too old to be cleaned

PHONE_TALKS = sorted((GOLDEN / "phone_talks").glob("*.txt"))


@pytest.mark.parametrize("path", PHONE_TALKS, ids=lambda path: path.stem)
async def test_a_talk_on_telegram(tmp_path: Path, path: Path) -> None:
    rig = rig_of(tmp_path, path.stem)
    async with (
        Double(clock=lambda: rig.clock().timestamp()) as double,
        on_the_phone(rig, double) as bot,
    ):
        tape = TelegramTape(bot, double.person(7_766_554_433))
        await bot.until(lambda: bool(double.called("setMyShortDescription")), seconds=30)
        await tape.settle()
        tape.lines.clear()  # the start stands in the transcripts of the shared talks
        await OnThePhone(tape).play(text_of(path))
    hold(GOLDEN / "telegram" / path.name, written(tape.lines))


# What only a room has: edits, reactions, files, a chat that does not allow to delete

ROOM_TALKS = sorted((GOLDEN / "room_talks").glob("*.txt"))


@pytest.mark.parametrize("path", ROOM_TALKS, ids=lambda path: path.stem)
async def test_a_talk_on_matrix(
    tmp_path: Path, path: Path, synapse: Synapse, clients: Clients
) -> None:
    rig = rig_of(tmp_path, path.stem)
    reporter = await clients.person()
    async with on_an_encrypted_line(rig, synapse, waits=STAYING) as bot:
        # Nobody but its maker may delete others' messages in such a room.
        await reporter.open_chat(bot.id, preset="private_chat")
        tape = MatrixTape(bot, reporter)
        for sign, _, rest in (line.partition(" ") for line in text_of(path).splitlines()):
            if sign == ">":
                await tape.say(filled(rest, tape.shown()))
            elif sign == ":":
                await tape.does(*rest.split(" ", 1))
        hold(GOLDEN / "matrix" / path.name, await tape.transcript())


# Many more talks on the terminal

TALKS = sorted((GOLDEN / "talks").glob("*.txt"))


@pytest.mark.parametrize("path", TALKS, ids=lambda path: path.stem)
async def test_a_talk_on_the_terminal(tmp_path: Path, path: Path) -> None:
    text = text_of(path)
    theatre = Theatre(founded(tmp_path, text, seeded(path.stem)))
    hold(GOLDEN / "terminal" / path.name, await theatre.play(text))


# The same talks where everything is kept on PostgreSQL

ON_POSTGRESQL = (
    *(path.name for path in scripts()),
    "crash-taken-back-from-the-account.txt",
    "crash-taken-back-with-the-code.txt",
    "handed-over-now-and-erased.txt",
    "nothing-allowed.txt",
    "one-piece-left-out.txt",
    "only-the-code.txt",
    "the-whole-questionnaire.txt",
)
REMAINS = (
    *("erased", "erased_remains", "erased_late", "erased_late_remains", "nothing_kept"),
    "remains",
)
"""The sentences that differ: this database keeps what was deleted until it is overwritten."""

NOTHING_LEFT, NOT_OPENED = (
    text.splitlines()[0] for text in (ENGLISH.leaving.erased, ENGLISH.leaving.erased_remains)
)


@pytest.mark.postgresql
@pytest.mark.parametrize("name", ON_POSTGRESQL)
async def test_the_same_talk_on_postgresql(
    tmp_path: Path, name: str, postgresql: Postgresql
) -> None:
    shared = {path.name: path for path in scripts()}
    text = text_of(shared[name] if name in shared else GOLDEN / "talks" / name)
    rig = founded(tmp_path, "" if name in shared else text, seeded(name.removesuffix(".txt")))
    async with kept_on(postgresql, rig):
        if name in shared:
            script = tmp_path / name
            script.write_text(text.replace(NOTHING_LEFT, NOT_OPENED), "utf-8")
            tape = Tape(rig)
            async with rig.staying():
                await play(read(script), TerminalTape(rig, tape=tape))
            said = written(tape.lines)
        else:
            said = await Theatre(rig).play(text)
    hold(GOLDEN / "postgresql" / name, said)


@pytest.mark.parametrize("name", ON_POSTGRESQL)
def test_only_what_is_said_of_deleting_differs_on_postgresql(name: str) -> None:
    here, there = (text_of(GOLDEN / place / name) for place in ("terminal", "postgresql"))
    different = difflib.ndiff(here.splitlines(), there.splitlines())
    changed = {line[2:].strip() for line in different if line[:2] in {"- ", "+ "}}
    texts = "\n".join(getattr(ENGLISH.leaving, name) for name in REMAINS)
    keeps = terminal_platform(can_clear=True).keeps(ENGLISH)
    assert all(line in texts.replace("{keeps}", keeps) for line in changed - {""})


# The talks that are written for the questionnaires

SCRIPTS = sorted((FLOWS / "scripts").glob("*.txt"))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
async def test_a_script_of_a_questionnaire(tmp_path: Path, path: Path) -> None:
    name = path.stem.partition("-")[0]
    flow = flows.load((FLOWS / f"{name}.toml").read_text("utf-8"), f"{name}.toml")
    rig = founded(tmp_path, f"! flows = {name}.toml\n", seeded(path.stem), readers=("Ash", "Oak"))
    script = parse_script(text_of(path), path.name)
    hold(GOLDEN / "flows" / path.name, await Rehearsal(Theatre(rig), flow).play(script))


def test_the_questionnaires_are_the_same_to_the_letter() -> None:
    """The revision is the hash of every word that is shown, which statements name."""
    shipped = sorted(FLOWS.glob("*.toml"))
    loaded = ((path, flows.load(path.read_text("utf-8"), path.name)) for path in shipped)
    lines = [f"{path.name} {flow.name} {flow.language} {flow.revision}" for path, flow in loaded]
    schema = hashlib.sha256((FLOWS / "flow.schema.json").read_bytes()).hexdigest()
    hold(GOLDEN / "revisions.txt", "\n".join([*lines, f"flow.schema.json {schema}", ""]))


def test_every_transcript_belongs_to_a_talk() -> None:
    """What is not played any more is not left lying as if it held."""
    shared = {path.name for path in scripts()}
    played = {
        "terminal": shared | {path.name for path in TALKS},
        "telegram": shared | {path.name for path in PHONE_TALKS},
        "matrix": shared | {path.name for path in ROOM_TALKS},
        "flows": {path.name for path in SCRIPTS},
        "postgresql": {*ON_POSTGRESQL},
    }
    kept = {folder: {path.name for path in (GOLDEN / folder).iterdir()} for folder in played}
    assert kept == played


def test_what_is_recorded_is_never_recorded_by_the_run_of_all_tests() -> None:
    root = GOLDEN.parents[1]
    for name in (".ci/run", "Makefile"):
        assert "HOLDFAST_RECORD" not in (root / name).read_text("utf-8"), name


# Every sentence

SHOWN = ("terminal", "telegram", "matrix", "flows", "postgresql")
BLANK = re.compile(r"\{\w+\}")
LONGEST_BLANK = 400


def test_every_sentence_is_the_same_to_the_letter() -> None:
    lines = list[str]()
    for name, text in sorted(RECORDED_TEXTS.items()):
        lines += [f"{name}  {hashlib.sha256(text.encode()).hexdigest()}", *indented(text)]
    hold(GOLDEN / "sentences.txt", "\n".join([*lines, ""]))


def test_nearly_every_sentence_is_in_a_transcript() -> None:
    """The list of those that are not may only become shorter.

    A text that counts is shown if its form for many is.
    """
    paths = (path for folder in SHOWN for path in sorted((GOLDEN / folder).glob("*.txt")))
    every = (*paths, GOLDEN / "commands.txt")
    shown = [_slashed(folded(path.read_text("utf-8"))).casefold() for path in every]
    texts = sorted((n, text) for n, text in RECORDED_TEXTS.items() if n not in FORMS_FOR_ONE)
    missing = [name for name, text in texts if not _is_shown(text, shown)]
    listed = GOLDEN / "not_in_a_transcript.txt"
    more = {*missing} - {*listed.read_text("utf-8").split()}
    assert not more, f"no transcript shows these any more: {', '.join(sorted(more))}"
    hold(listed, "\n".join([*missing, ""]))


def _slashed(text: str) -> str:
    """Commands as they are written in ``handlers.texts``, not as they are shown on Matrix."""
    return re.sub(r"(?<![\w!])!(?=[a-z])", "/", text)


def _is_shown(text: str, shown: Sequence[str]) -> bool:
    """With anything that is not too long in its blanks."""
    parts = [part.casefold() for part in map(folded, BLANK.split(text)) if part]
    return not parts or any(_follow(parts, transcript) for transcript in shown)


def _follow(parts: Sequence[str], text: str) -> bool:
    """Whether these parts stand there in this order, and near each other."""
    begins = text.find(parts[0])
    while begins != -1:
        at = begins
        for part in parts:
            at = text.find(part, at, at + len(part) + LONGEST_BLANK)
            if at == -1:
                break
            at += len(part)
        else:
            return True
        begins = text.find(parts[0], begins + 1)
    return False


# Everything that can be said, everywhere


def test_whatever_is_said_anywhere_leads_to_the_same() -> None:
    hold(GOLDEN / "commands.txt", "\n".join([*commands.every_line(), ""]))


# Formats


def test_every_format_is_the_same_to_the_byte() -> None:
    lines = (f"{name}: {value}" if value else name for name, value in every_line())
    hold(GOLDEN / "formats.txt", "\n".join([*lines, ""]))


async def test_the_database_has_the_same_tables(tmp_path: Path) -> None:
    rig = rig_of(tmp_path, "schema")
    await rig.rows()
    recorded = (GOLDEN / "database.txt").read_text("utf-8")
    with closing(sqlite3.connect(rig.folder / "data" / "holdfast.db")) as connection:
        assert describe(connection) == describe_recorded(recorded)


async def test_an_invitation_holds_the_digits_and_the_account(tmp_path: Path) -> None:
    rig = rig_of(tmp_path, "invitation")
    await rig.say("/join Oak")
    document = Document.decode(
        age.decrypt(rig.screen.files["join.age"], [rig.keys["Oak"].identity])
    )
    line = document.encode().partition(b"\n")[0].decode()
    hold(GOLDEN / "invitation.txt", f"{line}\n{document.body.hex()}\n")
