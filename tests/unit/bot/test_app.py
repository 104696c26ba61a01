import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import flows
from bot.app import SWITCH_SECONDS, open_application, read_flows
from bot.config.load import read_config
from bot.config.values import Telegram
from bot.errors import FolderError
from bot.publishing.archive import FlowArchive
from bot.roster_file import read_roster
from flows import FlowProblems
from handlers.permissions.registry import HONOURED
from store.crypto.kdf import Entropy
from store.model.errors import (
    BrokenBackend,
    KeyringError,
    RosterError,
    UnknownRevision,
    WrongDatabase,
)
from tests.rig import Rig, person
from tests.unit.store.people import counted

FIRST = "What would you like to say?"
EDITED = "What is there to say?"


def questionnaire(rig: Rig) -> Path:
    return rig.folder / "flows" / "intake.toml"


def archive(rig: Rig) -> Path:
    return rig.folder / "flows" / "published" / "intake"


def edit(rig: Rig, old: str = FIRST, new: str = EDITED) -> None:
    text = questionnaire(rig).read_text("utf-8")
    assert old in text
    questionnaire(rig).write_text(text.replace(old, new), "utf-8")


def publish(rig: Rig) -> None:
    """As the command does it, once everything was found right."""
    text = questionnaire(rig).read_text("utf-8")
    FlowArchive(archive(rig), HONOURED).publish(text, flows.load(text, "intake.toml"), {})


async def question(rig: Rig) -> str:
    """The open question, in the words that it is asked in."""
    return "\n".join(reply.text for reply in await rig.say("/start"))


# Words that a talk began with


async def test_an_open_talk_goes_on_with_the_words_it_began_with(rig: Rig) -> None:
    await rig.say("/start", "1", "3")
    edit(rig)
    assert FIRST in await question(rig)
    assert EDITED not in rig.shown()


async def test_a_talk_that_begins_after_an_edit_has_the_published_words(rig: Rig) -> None:
    await rig.say("/start", "1", "3")
    edit(rig)
    other, third = person("reporter-two"), person("reporter-three")
    await rig.say("/start", "1", "3", who=other)
    assert FIRST in rig.shown(other)
    assert EDITED not in rig.shown(other)
    publish(rig)
    await rig.say("/start", "1", "3", who=third)
    assert EDITED in rig.shown(third)
    assert FIRST not in rig.shown(third)


async def test_every_revision_that_was_in_use_stays_beside_the_new_one(rig: Rig) -> None:
    first = read_flows(rig.config).settings.flow
    edit(rig)
    publish(rig)
    settings = read_flows(rig.config).settings
    second = settings.flow
    assert first.revision != second.revision
    assert settings.revisions == {first.revision: first, second.revision: second}
    assert {p.name for p in archive(rig).iterdir()} == {*settings.revisions, "current"}


def test_what_is_archived_is_byte_for_byte_what_was_asked(rig: Rig) -> None:
    flow = read_flows(rig.config).settings.flow
    text = (archive(rig) / flow.revision / "flow.toml").read_text("utf-8")
    assert text == questionnaire(rig).read_text("utf-8")
    assert flows.load(text, "intake.toml") == flow


async def test_a_talk_whose_words_are_gone_is_refused_by_its_revision_and_not_lost(
    rig: Rig,
) -> None:
    await rig.say("/start", "1", "3", "My story")
    [old] = (p for p in archive(rig).iterdir() if p.is_dir())
    edit(rig)
    publish(rig)
    old.rename(rig.folder / "elsewhere")
    with pytest.raises(UnknownRevision, match=f"revision {old.name} .* published/intake/"):
        await rig.say("/start")
    (rig.folder / "elsewhere").rename(old)
    assert FIRST in await question(rig)


async def test_words_that_go_while_it_runs_are_remembered_and_help_is_shown(rig: Rig) -> None:
    async with rig.staying():
        await rig.say("/start", "1", "3")
        shutil.rmtree(archive(rig))
        [reply] = await rig.say("/unsafe")
        assert "116 016" in reply.text
        assert FIRST in await question(rig)


def test_an_archive_that_cannot_be_written_is_said(rig: Rig) -> None:
    (rig.folder / "flows" / "published").write_text("in the way", "utf-8")
    with pytest.raises(FolderError, match="make the flow folder writable"):
        read_flows(rig.config)


@pytest.mark.parametrize(("data", "error"), [(b"\xff", FolderError), (b"name = 3", FlowProblems)])
def test_an_archive_that_is_damaged_is_named(
    rig: Rig, data: bytes, error: type[Exception]
) -> None:
    read_flows(rig.config)
    (archive(rig) / "0123456789ab.toml").write_bytes(data)
    with pytest.raises(error, match="0123456789ab"):
        read_flows(rig.config)


# What a house is built on, in this order


async def build(rig: Rig, entropy: Entropy | None = None) -> None:
    async with open_application(rig.config, rig.clock, entropy or counted()):
        pass


async def test_a_broken_backend_comes_before_everything(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise BrokenBackend("broken")

    monkeypatch.setattr("bot.app.check_backend", broken)
    with pytest.raises(BrokenBackend):
        await build(rig)
    assert not archive(rig).exists()
    assert list((rig.folder / "data").iterdir()) == []


@pytest.mark.parametrize(
    ("place", "error"),
    [("keyring", KeyringError), ("roster.note", FolderError), ("flows/intake.toml", FolderError)],
)
async def test_what_is_missing_is_said_before_a_database_is_made(
    rig: Rig, place: str, error: type[Exception]
) -> None:
    (rig.folder / place).rename(rig.folder / "elsewhere")
    with pytest.raises(error, match=Path(place).name):
        await build(rig)
    assert list((rig.folder / "data").iterdir()) == []


def test_a_roster_must_lead_to_the_pinned_genesis(rig: Rig) -> None:
    assert len(read_roster(rig.config)[-1].roster.members) == 3
    note = rig.folder / "roster.note"
    note.write_text(note.read_text("utf-8").replace("Oak", "Elm"), "utf-8")
    with pytest.raises(RosterError):
        read_roster(rig.config)


async def test_a_database_is_of_one_organisation_for_good(rig: Rig) -> None:
    await build(rig)
    file = rig.folder / "data" / "holdfast.db"
    database = file.read_bytes()
    config = rig.folder / "config.toml"
    config.write_text(config.read_text("utf-8").replace('"example.org"', '"other.org"'), "utf-8")
    with pytest.raises(WrongDatabase, match="belongs to another"):
        async with open_application(read_config(config), rig.clock, counted()):
            pass
    await build(rig)
    assert len(file.read_bytes()) == len(database)


async def test_what_became_due_while_the_program_was_off_is_done_at_its_start(rig: Rig) -> None:
    await rig.tell("My story")
    rig.clock.forward(days=8)
    assert (await rig.rows())["case_file"] == 0


async def test_the_event_loop_does_not_starve_the_database(rig: Rig) -> None:
    """Whatever else runs in this process may have set another interval before."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.005)
    try:
        await build(rig)
        assert sys.getswitchinterval() == pytest.approx(SWITCH_SECONDS)
    finally:
        sys.setswitchinterval(before)


async def test_random_bytes_do_not_show(rig: Rig) -> None:
    async with rig.house() as house:
        assert "entropy" not in repr(house)


async def hold_for_oak(rig: Rig) -> None:
    """Hand a story over to Oak, who could fetch it from 22:00 on."""
    await rig.tell("My story")
    await rig.share("Oak", keep=False, now=False)


async def test_without_a_chat_platform_a_handover_is_released_at_its_hour(rig: Rig) -> None:
    await hold_for_oak(rig)
    await rig.pass_time(hours=13)
    assert len(await rig.inbox("Oak")) == 1


@pytest.mark.parametrize("wrong", [False, True])
async def test_a_command_releases_nothing_that_could_be_stopped_on_a_platform_it_does_not_hear(
    rig: Rig, wrong: bool
) -> None:
    """As on the terminal, or by ``holdfast check``, while the bot on Telegram is down."""
    await hold_for_oak(rig)
    telegram = Telegram(rig.folder / "token", "polling", "https://telegram.example")
    rig.config = replace(rig.config, telegram=telegram)
    if wrong:
        rig.config = rig.config.without(frozenset({"telegram"}))
    await rig.pass_time(hours=48)
    assert await rig.inbox("Oak") == {}
    assert "Stopped" in (await rig.say("/withdraw"))[0].text
