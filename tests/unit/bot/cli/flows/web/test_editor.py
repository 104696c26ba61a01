"""Publishing from the page, with the checks of `flows publish`; what is signed is shown before."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from bot.cli.flows import publish as publishing
from bot.cli.flows.flow_folder import FlowFolder
from bot.cli.flows.web.editor import FlowEditor
from bot.cli.flows.web.server import serving
from bot.publishing.archive import FlowArchive
from flows.files.load import load
from flows.model import SIGNED_KINDS
from handlers.permissions.registry import HONOURED
from tests.rig import FLOWS, Rig
from tests.unit.bot.cli.flows.conftest import folder
from tests.unit.bot.cli.flows.web.page import Visitor, visiting

__all__ = ["folder"]


@pytest.fixture(autouse=True)
def _scripts(rig: Rig) -> None:
    (rig.folder / "flows" / "scripts").mkdir()
    for script in (FLOWS / "scripts").glob("intake-*.txt"):
        shutil.copy(script, rig.folder / "flows" / "scripts")


def file(rig: Rig) -> Path:
    return rig.folder / "flows" / "intake.toml"


def archive(rig: Rig) -> FlowArchive:
    return FlowArchive(rig.folder / "flows" / "published" / "intake", HONOURED)


@asynccontextmanager
async def organisation(rig: Rig) -> AsyncIterator[Visitor]:
    """The page of an organisation with its configuration."""
    flows = FlowFolder(rig.folder / "flows", (file(rig),))
    editor = FlowEditor(flows, rig.folder / "config.toml")
    async with serving(editor) as address, aiohttp.ClientSession() as http:
        yield Visitor(http, address)


def words(rig: Rig) -> tuple[str, str]:
    """What the questionnaire is called, and a choice that somebody signs."""
    flow = load(file(rig).read_text("utf-8"), "intake.toml")
    act = flow.permission_step("act")
    assert act
    return flow.choose, act.choices[-1].text


def edit(rig: Rig, was: str, now: str) -> None:
    text = file(rig).read_text("utf-8")
    assert was in text
    file(rig).write_text(text.replace(was, now, 1), "utf-8")


async def publish(visitor: Visitor) -> list[str]:
    shown = await visitor.ask("publication")
    published = await visitor.ask("publish", revisions=shown["revisions"])
    lines: list[str] = published["lines"]
    return lines


async def test_what_was_shown_is_published(rig: Rig) -> None:
    async with organisation(rig) as visitor:
        lines = await publish(visitor)
    revision = load(file(rig).read_text("utf-8"), "intake.toml").revision
    assert archive(rig).current() == revision
    assert f"intake: {revision} is published." in lines[0]


async def test_at_the_first_time_everything_that_is_signed_is_shown(rig: Rig) -> None:
    flow = load(file(rig).read_text("utf-8"), "intake.toml")
    async with organisation(rig) as visitor:
        (shown,) = (await visitor.ask("publication"))["flows"]
    signed = {change["now"] for change in shown["signed"]}
    for step in (step for step in flow.steps if step.kind in SIGNED_KINDS):
        assert "\n".join((step.text, *(choice.text for choice in step.choices))) in signed
    assert shown["was"] == ""


async def test_signed_words_that_changed_are_shown_before(rig: Rig) -> None:
    async with organisation(rig) as visitor:
        await publish(visitor)
        was, now = words(rig)[1], "Act, and use my name"
        edit(rig, was, now)
        (shown,) = (await visitor.ask("publication"))["flows"]
    (change,) = shown["signed"]
    assert (change["was"], change["now"]) == (was, now)
    assert shown["other"] == []


async def test_what_nobody_signs_is_no_signed_change(rig: Rig) -> None:
    async with organisation(rig) as visitor:
        await publish(visitor)
        edit(rig, words(rig)[0], "Something has happened")
        (shown,) = (await visitor.ask("publication"))["flows"]
    assert shown["signed"] == []
    assert [change["now"] for change in shown["other"]] == ["Something has happened"]


async def test_other_words_than_were_shown_are_not_published(rig: Rig) -> None:
    async with organisation(rig) as visitor:
        shown = await visitor.ask("publication")
        edit(rig, words(rig)[1], "Act, and use my name")
        others: tuple[object, ...] = (shown["revisions"], {}, None, "all")
        for revisions in others:
            said = await visitor.refused("publish", revisions=revisions)
            assert "no longer those that you were shown" in said
    assert not archive(rig).current()


async def test_the_page_publishes_no_translation_that_nobody_was_shown(rig: Rig) -> None:
    flow = load(file(rig).read_text("utf-8"), "intake.toml")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publishing, "complete_translations", lambda *_: {"es": "words"})
        async with organisation(rig) as visitor:
            await publish(visitor)
    assert archive(rig).languages(flow.revision) == ()


@pytest.mark.parametrize(
    ("was", "now", "says"),
    [
        ('kind = "fork"', 'kind = "frok"', "Did you mean 'fork'?"),
        ("many = true", 'many = true\nhint = "Why did you not say so?"', "(rule: opening)"),
        ('name     = "intake"', 'name     = "other"', "cannot change"),
    ],
)
async def test_what_publish_refuses_the_page_refuses(
    rig: Rig, was: str, now: str, says: str
) -> None:
    async with organisation(rig) as visitor:
        shown = await visitor.ask("publication")
        await publish(visitor)
        edit(rig, was, now)
        assert says in await visitor.refused("publication")
        assert await visitor.refused("publish", revisions=shown["revisions"])
    assert archive(rig).current() == shown["revisions"]["intake"]


async def test_a_talk_that_deviates_keeps_it_from_being_published(rig: Rig) -> None:
    (rig.folder / "flows" / "scripts" / "intake-wrong.txt").write_text("< wish > a\n", "utf-8")
    async with organisation(rig) as visitor:
        assert "not 'wish'" in await visitor.refused("publication")


async def test_without_an_organisation_nothing_can_be_published(folder: Path) -> None:
    async with visiting(folder) as visitor:
        assert (await visitor.ask("files"))["publishes"] is False
        assert "--config" in await visitor.refused("publication")
        assert "--config" in await visitor.refused("publish", revisions={})
