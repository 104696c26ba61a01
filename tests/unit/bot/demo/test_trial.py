import io
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import open_application, read_flows
from bot.demo.trial import (
    PASSPHRASE,
    READERS,
    SAMPLE,
    Trial,
    TrialClock,
    found_trial,
    reader_named,
    running_trial,
    trial_folder,
)
from bot.errors import FolderError
from bot.platforms.terminal.adapter import TerminalMessenger
from bot.roster_file import read_roster
from bot.runtime.clock import system_clock
from store.readers.key_file import load_key
from tests.unit.store.people import counted


def test_the_clock_is_the_real_one_put_forward() -> None:
    clock = TrialClock()
    assert abs(clock() - system_clock()) < timedelta(minutes=1)
    clock.ahead += timedelta(hours=13)
    assert clock() - system_clock() > timedelta(hours=12)


def test_a_trial_is_a_whole_organisation(tmp_path: Path) -> None:
    config = found_trial(tmp_path / "organisation")
    newest = read_roster(config)[-1].roster
    assert {m.pseudonym: m.about for m in newest.members} == READERS
    assert len(config.organisation.help) == 1
    for name in READERS:
        key = load_key(tmp_path / "organisation" / "readers" / f"{name}.key", PASSPHRASE)
        assert newest.members[[m.pseudonym for m in newest.members].index(name)].mid == key.mid


async def test_the_sample_talk_answers_every_question_it_names_and_ends(tmp_path: Path) -> None:
    out, clock = io.StringIO(), TrialClock()
    async with open_application(found_trial(tmp_path / "o"), clock, counted()) as house:
        trial = Trial(house, tmp_path / "o", clock, TerminalMessenger(out, tmp_path))
        assert await trial.hold_conversation(trial.sample())
        assert len(trial.words) == 12
        with pytest.raises(FolderError, match="lacks one of its readers"):
            reader_named(house, "Birch")
    # On a screen that cannot be cleared one question is not asked; all the others are.
    named = [line for line in SAMPLE.read_text("utf-8").splitlines() if line.startswith("< ")]
    assert len(trial.typed) == len(named) - sum(line.startswith("< bot.clean") for line in named)


def test_the_sample_names_only_questions_there_are(tmp_path: Path) -> None:
    flow = read_flows(found_trial(tmp_path / "o")).settings.flow
    lines = SAMPLE.read_text("utf-8").splitlines()
    asked = {line.split()[1] for line in lines if line.startswith("< ")}
    assert {a for a in asked if not a.startswith("bot.")} <= {s.id for s in flow.steps}


async def test_what_is_echoed_cannot_drive_the_terminal(tmp_path: Path) -> None:
    out, clock = io.StringIO(), TrialClock()
    async with open_application(found_trial(tmp_path / "o"), clock, counted()) as house:
        Trial(house, tmp_path, clock, TerminalMessenger(out, tmp_path)).echo("a\x1b[2J\u202eb")
    assert out.getvalue() == "> a[2Jb\n\n"


# Finding it from another process


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def complete(folder: Path) -> Path:
    (folder / "organisation").mkdir(parents=True)
    (folder / "organisation" / "config.toml").touch()
    return folder / "organisation"


def test_a_trial_is_found_while_it_runs_and_gone_afterwards(place: Path) -> None:
    with trial_folder() as folder:
        organisation = complete(folder)
        assert running_trial() == organisation
    assert list(place.iterdir()) == []
    with pytest.raises(FolderError, match="holdfast try"):
        running_trial()


def test_of_several_the_newest_is_found(place: Path) -> None:
    with trial_folder() as first:
        complete(first)
        with trial_folder() as second:
            newest = complete(second)
            later = newest.stat().st_mtime_ns + 10**9
            os.utime(newest, ns=(later, later))
            assert running_trial() == newest
        assert running_trial().parent == first


ENDED = 2**22 + 1
"""No process has such a number: Linux ends at 2**22."""


@pytest.mark.parametrize(
    "make",
    [
        lambda place: (place / f"holdfast-try-{os.getpid()}-a" / "organisation").mkdir(
            parents=True
        ),
        lambda place: complete(place / f"holdfast-try-{ENDED}-a"),
        lambda place: complete(place / "holdfast-try-somebody"),
    ],
    ids=["half-made", "ended", "another-name"],
)
def test_what_is_no_running_trial_is_not_found(
    place: Path, make: Callable[[Path], object]
) -> None:
    make(place)
    with pytest.raises(FolderError):
        running_trial()


def test_the_trial_of_another_user_is_not_found(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = os.getuid()
    with trial_folder() as folder:
        complete(folder)
        monkeypatch.setattr("os.getuid", lambda: mine + 1)
        with pytest.raises(FolderError):
            running_trial()
