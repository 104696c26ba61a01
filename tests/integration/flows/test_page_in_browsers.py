"""The page in real browsers: a typo is mended, tried, tested and published without a shell.

Everything is done by keyboard, at a desktop's size and at a phone's; axe-core looks at each state.
``HOLDFAST_PICTURES=FOLDER`` keeps a picture of each.
"""

import json
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.cli.flows.flow_folder import FlowFolder
from bot.cli.flows.web.editor import FlowEditor
from bot.cli.flows.web.server import serving
from bot.publishing.archive import FlowArchive
from flows.files.load import load
from handlers.permissions.registry import HONOURED
from tests.doubles.browser.start import BROWSERS, open_tab
from tests.doubles.browser.tab import Tab
from tests.rig import FLOWS, Rig

WORD = load((FLOWS / "intake.toml").read_text("utf-8"), "intake.toml").choose
TYPO = f"{WORD[:3]}{WORD[4:]}"
STATUS = "document.getElementById('status').textContent"
VERDICT = "document.getElementById('verdict').textContent"
TEXT = "document.getElementById('text').value"
LOG = "document.querySelector('#telegram .log').innerText"
pytestmark = pytest.mark.timeout(300)
"""Browsers start slowly where others use the machine as well."""

SIZES = {"desktop": (1440, 900), "phone": (375, 740)}


@dataclass(slots=True)
class Page:
    """The page of an organisation in a browser."""

    tab: Tab
    rig: Rig
    name: str

    @property
    def file(self) -> Path:
        return self.rig.folder / "flows" / "intake.toml"

    @property
    def archive(self) -> FlowArchive:
        return FlowArchive(self.rig.folder / "flows" / "published" / "intake", HONOURED)

    async def looked_at(self, state: str) -> None:
        """Look for barriers at both sizes, keep pictures if they are wanted."""
        for size, measures in SIZES.items():
            await self.tab.size(*measures)
            assert await self.tab.barriers() == []
            assert await self.tab.evaluate(
                "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
            )
            if folder := os.environ.get("HOLDFAST_PICTURES"):
                await self.tab.picture(Path(folder) / f"{self.name}-{state}-{size}.png")
        await self.tab.size(*SIZES["desktop"])

    async def focus(self, selector: str) -> None:
        """Go there by keyboard."""
        await self.tab.tab_to(selector)

    async def press(self, selector: str) -> None:
        """Go to a button by keyboard, and press it."""
        await self.focus(selector)
        await self.tab.press("Enter")


@asynccontextmanager
async def page_of(rig: Rig, browser: str) -> AsyncIterator[Page]:
    """Open the page of an organisation whose questions have a typo."""
    folder = rig.folder / "flows"
    shutil.copytree(FLOWS / "scripts", folder / "scripts", dirs_exist_ok=True)
    file = folder / "intake.toml"
    file.write_text(file.read_text("utf-8").replace(WORD, TYPO), "utf-8")
    editor = FlowEditor(FlowFolder(folder, (file,)), rig.folder / "config.toml")
    async with serving(editor) as address, open_tab(browser) as tab:
        await tab.size(*SIZES["desktop"])
        await tab.open(address)
        await tab.wait_for("document.querySelectorAll('.message').length >= 2")
        yield Page(tab, rig, browser)


async def mend(page: Page) -> None:
    """Put the missing letter into the word, by keyboard."""
    await page.focus("#text")
    at = await page.tab.evaluate(f"{TEXT}.indexOf({json.dumps(TYPO)}) + 3")
    await page.tab.evaluate(f"document.getElementById('text').setSelectionRange({at}, {at})")
    await page.tab.type(WORD[3])
    await page.tab.wait_for(f"{TEXT}.includes({json.dumps(WORD)})")


@pytest.mark.parametrize("browser", BROWSERS)
async def test_a_typo_is_mended_tried_tested_and_published(rig: Rig, browser: str) -> None:
    async with page_of(rig, browser) as page:
        tab = page.tab
        await page.looked_at("begin")
        await mend(page)
        await tab.press("Control", "s")
        await tab.wait_for(f"{STATUS} === 'Saved.'")
        assert TYPO not in page.file.read_text("utf-8")
        await talk(page)
        await page.looked_at("talk")
        await save_test(page)
        await publish(page)
        revision = load(page.file.read_text("utf-8"), "intake.toml").revision
        assert page.archive.current() == revision
        assert tab.log == []
        await open_without_key(page)


async def talk(page: Page) -> None:
    """Begin the talk anew with the new words, and tell something on Telegram."""
    tab = page.tab
    await page.press("#begin")
    await tab.wait_for("document.querySelector('#telegram .log').ariaBusy === 'false'")
    story = load(page.file.read_text("utf-8"), "intake.toml").story
    assert story
    begins = story.text.split("\n")[0][:24]
    for _ in range(4):
        if await tab.evaluate(f"{LOG}.includes({begins!r})"):
            break
        count = await tab.evaluate(f"{LOG}.length")
        await page.press("#telegram .message:last-child .rows button")
        await tab.wait_for(f"{LOG}.length !== {count}")
    shown = await tab.evaluate(LOG)
    await page.focus("#telegram .compose textarea")
    await tab.type("It was late.")
    await tab.press("Enter")
    await tab.wait_for(f"{LOG} !== {json.dumps(shown)} && {LOG}.trim().length > 20")


async def save_test(page: Page) -> None:
    await page.focus("#telegram .keep input")
    await page.tab.type("it-was-late")
    await page.tab.press("Enter")
    await page.tab.wait_for(f"{STATUS}.includes('scripts/intake-it-was-late.txt')")
    assert (page.rig.folder / "flows" / "scripts" / "intake-it-was-late.txt").is_file()
    await page.press("#try")
    await page.tab.wait_for(f"{STATUS}.startsWith('All ')")


async def publish(page: Page) -> None:
    """Look at what would be published; what is signed must be read first."""
    tab = page.tab
    await page.press("#show")
    await tab.wait_for("document.getElementById('dialog').open")
    assert await tab.evaluate("document.activeElement.id") == "dialog-title"
    await page.looked_at("publish")
    assert await tab.evaluate("document.getElementById('publish').disabled")
    await page.focus("#read")
    await tab.press("Space")
    await tab.wait_for("!document.getElementById('publish').disabled")
    await page.press("#publish")
    await tab.wait_for(f"{STATUS}.includes('is published')")


@pytest.mark.parametrize("browser", BROWSERS)
async def test_a_mistake_is_said_beside_its_line(rig: Rig, browser: str) -> None:
    async with page_of(rig, browser) as page:
        tab = page.tab
        await page.focus("#text")
        at = await tab.evaluate(f"{TEXT}.indexOf('\"fork\"') + 1")
        line = await tab.evaluate(f"{TEXT}.slice(0, {at}).split('\\n').length")
        await tab.evaluate(f"document.getElementById('text').setSelectionRange({at}, {at})")
        await tab.type("x")
        await tab.wait_for(f"{VERDICT}.includes('to mend')")
        assert await tab.evaluate("document.querySelector('#notes button').textContent") == (
            await tab.evaluate(
                f"[...document.querySelectorAll('#notes button')].find("
                f"(note) => note.dataset.line === '{line}').textContent"
            )
        )
        await page.press("#notes button")
        selected = "document.getElementById('text').selectionStart"
        assert await tab.evaluate(f"{TEXT}.slice(0, {selected}).split('\\n').length") == line
        assert await tab.evaluate(BESIDE) < 16
        await page.looked_at("mistake")
        await page.press("#begin")
        await tab.wait_for(f"{STATUS}.includes('xfork')")
        assert page.file.read_text("utf-8").count("xfork") == 0


BESIDE = """(() => {
  const note = document.querySelector('#notes button').getBoundingClientRect();
  const number = document.querySelector('#numbers b').getBoundingClientRect();
  return Math.abs(note.top - number.top);
})()"""
"""How far a note is from its line, in pixels."""


async def open_without_key(page: Page) -> None:
    """Open the address without what stands behind its #: nothing is shown."""
    origin = await page.tab.evaluate("location.origin")
    await page.tab.open(f"{origin}/page.css")
    await page.tab.open(f"{origin}/")
    await page.tab.wait_for(f"{STATUS}.includes('everything behind the #')")
    assert await page.tab.evaluate(TEXT) == ""
