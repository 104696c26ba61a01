"""The shared talks hold on three platforms and two engines, and the format finds what does not."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.platforms.matrix.rooms.delays import MembershipDelays
from handlers.texts.english import ENGLISH
from tests.databases import migrated
from tests.doubles.matrix.fixtures import clients, synapse
from tests.doubles.matrix.person import Clients
from tests.doubles.matrix.person import Person as MatrixPerson
from tests.doubles.matrix.synapse import Synapse
from tests.doubles.postgresql import Postgresql
from tests.doubles.telegram.double import Double
from tests.integration.matrix.running import hears
from tests.integration.matrix.running import running as on_an_encrypted_line
from tests.integration.telegram.running import running as on_the_phone
from tests.kept import Left, left
from tests.rig import SQLITE_URL, Rig, make_rig
from tests.stages import MatrixStage, PersonStage, TerminalStage
from tests.talk_script import (
    Choose,
    Line,
    Misses,
    Say,
    Sees,
    Stage,
    filled,
    parse,
    play,
    read,
    scripts,
    twelve_words,
)

__all__ = ["clients", "synapse"]

SHOWN = """\
Your twelve words:

   1  liquid
   2  frozen
   3  guess
   4  best
   5  witness
   6  path
   7  rabbit
   8  bomb
   9  twist
  10  sauce
  11  put
  12  dinner

Only they open your story again.

Which words are number 3 and number 11?

Your take-back code:

    safe dice donate kind"""


Talk = tuple[Line, ...]
STAYING = MembershipDelays(greet=60.0, linger=120.0)
"""The bot stays until the test ends, however slow the machine is."""


async def on_the_terminal(rig: Rig, talk: Talk) -> Left:
    """The talk, and what it left."""
    stage = TerminalStage(rig)
    await play(talk, stage)
    return await left_of(rig, stage)


async def on_telegram(rig: Rig, talk: Talk) -> Left:
    """As above."""
    async with Double(clock=lambda: rig.clock().timestamp()) as double, on_the_phone(rig, double):
        stage = PersonStage(double.person(7_766_554_433), done="That's all")
        await play(talk, stage)
        assert double.violations == []
    return await left_of(rig, stage)


async def on_matrix(rig: Rig, talk: Talk, synapse: Synapse, reporter: MatrixPerson) -> Left:
    """As above; the bot stays long enough for the last line of the talk."""
    async with on_an_encrypted_line(rig, synapse, waits=STAYING) as bot:
        await reporter.open_chat(bot.id)
        stage = MatrixStage(reporter, seconds=30)
        await play(talk, stage)
        assert bot.said == []
    return await left_of(rig, stage)


async def left_of(rig: Rig, stage: Stage) -> Left:
    """In the store, opened with the words that were shown."""
    shown = stage.shown()
    return await left(rig, twelve_words(shown) if "Your twelve words" in shown else ())


def parts(path: Path) -> tuple[Talk, ...]:
    """Until something is taken back, which leaves less to look at; and the whole."""
    talk = read(path)
    late = [n for n, line in enumerate(talk) if line.action == Say("/withdraw {four words}")]
    return tuple(talk[:n] for n in (*late, len(talk)))


PARTS = [
    pytest.param(talk, id=f"{path.stem}, {len(talk)} lines")
    for path in scripts()
    for talk in parts(path)
]


@pytest.mark.parametrize("talk", PARTS)
async def test_a_talk_holds_on_three_platforms_and_leaves_the_same(
    tmp_path: Path, talk: Talk, synapse: Synapse, clients: Clients
) -> None:
    terminal, telegram, matrix = (rig_in(tmp_path / n) for n in ("terminal", "telegram", "matrix"))
    kept = await on_the_terminal(terminal, talk)
    assert kept == await on_telegram(telegram, talk)
    assert kept == await on_matrix(matrix, talk, synapse, await clients.person())
    assert bool(kept.told) == bool(kept.cases)


ERASED, REMAINS = (
    Sees(text.splitlines()[0]) for text in (ENGLISH.leaving.erased, ENGLISH.leaving.erased_remains)
)
"""What is said of deleting is the one thing that differs: a server keeps remains."""


@pytest.mark.postgresql
@pytest.mark.parametrize("talk", PARTS)
async def test_a_talk_leaves_the_same_on_postgresql(
    tmp_path: Path, talk: Talk, postgresql: Postgresql
) -> None:
    kept = await on_the_terminal(rig_in(tmp_path / "file"), talk)
    there = tuple(
        replace(line, action=REMAINS) if line.action == ERASED else line for line in talk
    )
    async with migrated(postgresql) as one, migrated(postgresql) as other:
        terminal = rig_in(tmp_path / "terminal", postgresql.url(one))
        assert kept == await on_the_terminal(terminal, there)
        telegram = rig_in(tmp_path / "telegram", postgresql.url(other))
        assert kept == await on_telegram(telegram, there)


def rig_in(folder: Path, url: str = SQLITE_URL) -> Rig:
    folder.mkdir()
    return make_rig(folder, url=url)


ONE_READER_NOW, ONLY_REGISTER = "one_reader_now", "only_register"


@pytest.mark.parametrize(
    ("name", "messages", "taps"), [(ONLY_REGISTER, 12, 7), (ONE_READER_NOW, 22, 24)]
)
async def test_a_talk_stays_within_its_budget_on_telegram(
    rig: Rig, name: str, messages: int, taps: int
) -> None:
    (path,) = (path for path in scripts() if path.stem == name)
    async with Double(clock=lambda: rig.clock().timestamp()) as double, on_the_phone(rig, double):
        reporter = double.person(7_766_554_433)
        await play(read(path), PersonStage(reporter, done="That's all"))
        talk = [m for m in reporter.received if not m.text.startswith("Stopped.")]
        assert len(talk) <= messages  # coming back later is another talk
        assert len(double.called("answerCallbackQuery")) <= taps


@pytest.mark.parametrize(("name", "messages"), [(ONLY_REGISTER, 12), (ONE_READER_NOW, 22)])
async def test_a_talk_stays_within_its_budget_on_the_terminal(
    rig: Rig, name: str, messages: int
) -> None:
    (path,) = (path for path in scripts() if path.stem == name)
    (talk, *_) = parts(path)
    await play(talk, TerminalStage(rig))
    assert len(rig.screen.replies) <= messages


@pytest.mark.parametrize(("name", "messages"), [(ONLY_REGISTER, 12), (ONE_READER_NOW, 22)])
async def test_a_talk_stays_within_its_budget_on_matrix(
    rig: Rig, name: str, messages: int, synapse: Synapse, clients: Clients
) -> None:
    (path,) = (path for path in scripts() if path.stem == name)
    reporter = await clients.person()
    (talk, *_) = parts(path)
    await on_matrix(rig, talk, synapse, reporter)
    assert len(reporter.told) <= messages


async def test_taking_back_once_inside_stays_within_its_budget_on_matrix(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    (path,) = (path for path in scripts() if path.stem == ONE_READER_NOW)
    reporter = await clients.person()
    (talk, _) = parts(path)
    async with on_an_encrypted_line(rig, synapse) as bot:
        await reporter.open_chat(bot.id)
        stage = MatrixStage(reporter, seconds=30)
        await play(talk, stage)
        words = " ".join(twelve_words(stage.shown()))
        await reporter.member(bot.id, "leave")
        await reporter.open_chat(bot.id)
        await hears(reporter, "What would you like to do?", lambda: reporter.say(f"!open {words}"))
        before = len(reporter.told)
        await hears(reporter, "Stopped.", lambda: reporter.say("!withdraw"))
        await reporter.quiet()
        assert len(reporter.told) - before <= 3


def test_there_is_a_talk_for_each_way_through() -> None:
    assert [path.stem for path in scripts()] == [
        "erased_after_stop",
        "one_reader_now",
        "only_register",
    ]


def test_each_sign_is_one_action() -> None:
    text = "# so\n> a b\n\n* One\n+ One | Two, three\n? words\n! others\n"
    assert parse(text, "t.txt") == (
        Line("t.txt:2", Say("a b")),
        Line("t.txt:4", Choose(("One",))),
        Line("t.txt:5", Choose(("One", "Two, three"))),
        Line("t.txt:6", Sees("words")),
        Line("t.txt:7", Misses("others")),
    )


@pytest.mark.parametrize("line", ["hello", ">", "?  ", "% words", ">text"])
def test_a_line_that_is_no_action_is_named_with_its_place(line: str) -> None:
    with pytest.raises(ValueError, match=r"^t\.txt:2: no action"):
        parse(f"> /start\n{line}\n", "t.txt")


@pytest.mark.parametrize("line", ["? What was never said", "! I'm a program of"])
async def test_what_does_not_hold_is_named_with_its_place(rig: Rig, line: str) -> None:
    with pytest.raises(AssertionError, match=r"^t\.txt:2: (not|still) on the screen"):
        await play(parse(f"> /start\n{line}\n", "t.txt"), TerminalStage(rig))


def test_blanks_are_filled_with_what_was_shown() -> None:
    assert filled("{two words}", SHOWN) == "guess put"
    assert filled("/withdraw {four words}", SHOWN) == "/withdraw safe dice donate kind"
    assert filled("{twelve words}", SHOWN) == " ".join(twelve_words(SHOWN))
    assert twelve_words(SHOWN)[0::11] == ("liquid", "dinner")
    assert len(twelve_words(SHOWN)) == 12


def test_words_that_were_shown_again_are_the_ones_that_count() -> None:
    assert filled("{two words}", SHOWN + "\n\n" + SHOWN.replace("number 3", "number 1")) == (
        "liquid put"
    )


def test_a_blank_that_nobody_knows_is_no_text() -> None:
    with pytest.raises(KeyError):
        filled("{five words}", SHOWN)
