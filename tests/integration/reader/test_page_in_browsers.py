"""The reader page in real browsers, as a file without any server.

Everything but the dialog for files is done by keyboard, at a phone's size and at a desktop's;
axe-core looks at each state. ``HOLDFAST_PICTURES=FOLDER`` keeps a picture of each.
"""

import asyncio
import json
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.reader_page import read_page
from handlers.texts.english import ENGLISH
from store.crypto import cbor
from store.crypto.document import CBOR_MEDIA, Document, Json
from tests.doubles.browser.start import BROWSERS, open_tab
from tests.doubles.browser.tab import Tab
from tests.integration.reader.deliveries import HOSTILE, seal
from tests.unit.store.deliveries import PHOTO, WEEK, Delivery
from tests.unit.store.people import BIRCH, OAK, counted

pytestmark = pytest.mark.timeout(300)
"""Browsers start slowly where others use the machine as well."""

SIZES = {"phone": (375, 740), "desktop": (1280, 800)}
PASSPHRASE = "seven trees at the river"
PERSON = "The treasurer with the green bicycle."
TOLD = "He closed the door behind us and kept the zirconium key."
HEADING = "document.querySelector('main h2').textContent"
SHOWN = "document.body.innerText"
ALERT = "document.getElementById('alert').textContent"
STATUS = "document.getElementById('status').textContent"
TEXT = "\n\n".join(
    (
        ENGLISH.report.unanswered,
        ENGLISH.report.alone,
        ENGLISH.report.notice,
        "WHO IT IS ABOUT",
        PERSON,
        "WHAT WAS TOLD",
        TOLD,
        *HOSTILE.values(),
    )
)
LISTED: dict[str, Json] = {
    "files": [[PHOTO.hex(), HOSTILE["a script"]]],
    "parts": ["person", "story"],
}


@dataclass(slots=True)
class Page:
    """The page, as a file on a reader's own device."""

    tab: Tab
    folder: Path
    name: str

    async def looked_at(self, state: str) -> None:
        """Look for barriers, and that nothing is cut at both sizes; keep pictures if wanted."""
        assert await self.tab.barriers() == []
        for size, measures in SIZES.items():
            await self.tab.size(*measures)
            assert await self.tab.evaluate(FITS)
            if folder := os.environ.get("HOLDFAST_PICTURES"):
                await self.tab.picture(Path(folder) / f"reader-{self.name}-{state}-{size}.png")
        await self.tab.size(*SIZES["phone"])

    async def press(self, label: str) -> None:
        """Go to a button by keyboard, and press it."""
        number = await self.tab.evaluate(
            f"[...document.querySelectorAll('button')].findIndex("
            f"(each) => (each.id = '', each.textContent === {json.dumps(label)}))"
        )
        assert number >= 0, label
        await self.tab.evaluate(f"document.querySelectorAll('button')[{number}].id = 'wanted'")
        await self.tab.tab_to("#wanted")
        await self.tab.press("Enter")

    async def unlock(self, passphrase: str = PASSPHRASE) -> None:
        await self.tab.wait_for(f"{HEADING} === 'Unlock your key'")
        await self.tab.choose_file("#key", self.folder / "oak.key")
        await self.tab.tab_to("#passphrase")
        await self.tab.type(passphrase)
        await self.tab.press("Enter")

    async def choose(self, data: bytes) -> None:
        """Choose a file of these bytes."""
        await self.tab.wait_for(f"{HEADING} === 'Choose a file'")
        file = self.folder / "7ZK4M2.holdfast"
        file.write_bytes(data)
        await self.tab.choose_file("#delivery", file)


FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


@asynccontextmanager
async def page_of(browser: str, folder: Path) -> AsyncIterator[Page]:
    """Open the page from a folder, with a key file beside it."""
    (folder / "reader.html").write_bytes(read_page())
    (folder / "oak.key").write_bytes(OAK.seal(PASSPHRASE, 10, counted()))
    home = folder / "home"
    home.mkdir()
    async with open_tab(browser, home) as tab:
        await tab.size(*SIZES["phone"])
        await tab.open((folder / "reader.html").as_uri())
        yield Page(tab, folder, browser)


@pytest.mark.parametrize("browser", BROWSERS)
async def test_a_report_is_opened_screen_by_screen(tmp_path: Path, browser: str) -> None:
    async with page_of(browser, tmp_path) as page:
        await wrong_then_right_passphrase(page)
        await terms_person_notice_story(page)
        await refused_and_invited(page)
        await rightward_and_dark(page)
        await locked_when_idle(page)
        nothing_left_the_device(page)
        await cannot_reach_anything(page)
    nothing_is_left_of(tmp_path / "home")


async def wrong_then_right_passphrase(page: Page) -> None:
    await page.looked_at("unlock")
    await page.unlock("seven trees at the lake")
    await page.tab.wait_for(f"{ALERT}.includes('The passphrase does not open this file')")
    await page.tab.evaluate("document.getElementById('passphrase').value = ''")
    await page.unlock()
    await page.tab.wait_for(f"{HEADING} === 'Choose a file'")
    assert await page.tab.evaluate("document.querySelector('#passphrase')") is None
    await page.looked_at("choose")


async def terms_person_notice_story(page: Page) -> None:
    """Each screen shows its part and none of the next; the focus is where reading begins."""
    tab = page.tab
    await page.choose(Delivery(photo=True, body=TEXT.encode(), report=LISTED).build())
    await tab.wait_for(f"{HEADING} === 'What you may do'")
    assert await tab.evaluate("document.activeElement.tagName") == "H2"
    shown = await tab.evaluate(SHOWN)
    assert "Read and listen, nothing else." in shown
    assert PERSON not in shown
    await page.looked_at("terms")
    await page.press("Go on")
    shown = await tab.evaluate(SHOWN)
    assert PERSON in shown
    assert "step aside" in shown
    assert TOLD not in shown
    await page.looked_at("person")
    await page.press("It's nobody close to me: go on")
    shown = await tab.evaluate(SHOWN)
    assert "may be hard to read" in shown
    assert TOLD not in shown
    await page.looked_at("notice")
    await page.press("Show what was told")
    await hostile_text_stays_text(page)
    await page.looked_at("story")
    await tab.evaluate("void (window.print = () => { window.printed = true; })")
    await page.press("Print")
    assert await tab.evaluate("window.printed")
    await page.press("Close this report")
    assert TOLD not in await tab.evaluate(SHOWN)


async def hostile_text_stays_text(page: Page) -> None:
    """What others wrote is there to the letter, and none of it has become an element."""
    tab = page.tab
    shown = await tab.evaluate("document.querySelector('main').textContent")
    assert TOLD in shown
    for name in ("a script", "a picture", "an end of everything", "a template"):
        assert HOSTILE[name] in shown
    assert "\u202e" not in shown
    inside = "document.querySelectorAll('.theirs :not(p)').length"
    assert await tab.evaluate(inside) == 0
    assert await tab.evaluate("document.scripts.length") == 0
    assert await tab.evaluate("document.title") == "Holdfast: for readers"


MARKUP_IS_REFUSED = """(() => {
  if (!('trustedTypes' in window)) return true;
  try { document.createElement('p').innerHTML = '<b>1</b>'; } catch { return true; }
  return false;
})()"""


async def refused_and_invited(page: Page) -> None:
    """What the checks refuse shows nothing but the reason; an invitation shows its digits."""
    tab = page.tab
    await page.choose(Delivery(headers_for=(OAK, BIRCH), body=TOLD.encode()).build())
    await tab.wait_for(f"{ALERT}.includes('sealed to others besides you')")
    assert TOLD not in await tab.evaluate(SHOWN)
    await page.looked_at("refused")
    forged = Delivery(roster=(1, bytes([1] * 32))).build()
    await page.choose(forged)  # the roster of the first report was pinned
    await tab.wait_for(f"{ALERT}.includes('another roster')")
    fields: cbor.Map = {"v": 1, "t": "join", "code": "12345678", "p": "telegram", "a": "42"}
    await page.choose(seal(Document("event", CBOR_MEDIA, WEEK, cbor.encode(fields))))
    await tab.wait_for(f"{SHOWN}.includes('12345678')")
    await page.press("Close this report")


async def rightward_and_dark(page: Page) -> None:
    """The page holds when it is written from right to left, and where screens are dark."""
    await page.tab.evaluate("void (document.documentElement.dir = 'rtl')")
    await page.choose(Delivery(body=f"כך זה היה. {TOLD}".encode()).build())
    await page.tab.wait_for(f"{HEADING} === 'What you may do'")
    await page.looked_at("right-to-left")
    await page.tab.evaluate("void (document.documentElement.dir = 'ltr')")
    if page.name == "chromium":
        await page.tab.darken()
        await page.looked_at("dark")
    await page.press("Go on")
    assert "no part of its own" in await page.tab.evaluate(SHOWN)
    await page.press("Show what was told")
    assert TOLD in await page.tab.evaluate(SHOWN)


async def locked_when_idle(page: Page) -> None:
    """After five minutes nothing of a report is on the page, and its key is gone."""
    later = "(() => { const now = Date.now; Date.now = () => now.call(Date) + %d; })()"
    await page.tab.evaluate(later % (4 * 60_000))
    await page.tab.evaluate("new Promise((done) => setTimeout(done, 1200))")
    assert TOLD in await page.tab.evaluate(SHOWN)
    await page.tab.evaluate(later % 60_000)
    await page.tab.wait_for(f"{STATUS}.includes('five minutes')")
    assert await page.tab.evaluate(HEADING) == "Unlock your key"
    assert TOLD not in await page.tab.evaluate("document.documentElement.outerHTML")
    assert await page.tab.evaluate("document.querySelector('header button').hidden")


def nothing_left_the_device(page: Page) -> None:
    """Nothing but the file itself was asked for, and the browser found nothing to complain of.

    Firefox brings a font of its own along as `data:`, and does not count the file itself.
    """
    asked = {address for address in page.tab.requests if not address.startswith("data:font/")}
    assert asked <= {(page.folder / "reader.html").as_uri()}
    assert page.tab.log == []


def nothing_is_left_of(home: Path) -> None:
    """No word of a report, nor the passphrase, is in what the browser wrote to its profile."""
    secrets = [word.encode(form) for word in WORDS for form in ("utf-8", "utf-16-le")]
    files = [file for file in home.rglob("*") if file.is_file() and not file.is_symlink()]
    assert files
    for file in files:
        data = file.read_bytes()
        assert not [secret for secret in secrets if secret in data], file.name
    shutil.rmtree(home)


WORDS = ("zirconium", "green bicycle", PASSPHRASE, "seven trees at the lake")


async def cannot_reach_anything(page: Page) -> None:
    """Whatever ran in the page could not ask anybody for anything, nor run what it brings.

    Chromium opens a connection for the form before it refuses it; no byte comes over it.
    """
    heard: list[bytes] = []

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(1))
        writer.close()

    server = await asyncio.start_server(hear, "127.0.0.1")
    async with server:
        address = "http://{}:{}/".format(*server.sockets[0].getsockname())
        for attempt in ATTEMPTS:
            await page.tab.evaluate(attempt % address)
        await asyncio.sleep(0.3)
    assert set(heard) <= {b""}
    for trial in (MARKUP_IS_REFUSED, CODE_IS_REFUSED):
        assert await page.tab.evaluate(trial)
    page.tab.log.clear()  # the browser said that it refused these


ATTEMPTS = (
    "fetch('%s').then(() => 1, () => 0)",
    "void navigator.sendBeacon('%s', 'x')",
    "void (new Image().src = '%s')",
    "(() => { try { new WebSocket('%s'.replace('http', 'ws')); } catch { /* refused */ } })()",
    """(() => {
      const link = Object.assign(document.createElement('link'), {rel: 'stylesheet'});
      link.href = '%s';
      document.head.append(link);
    })()""",
    """(() => {
      const form = Object.assign(document.createElement('form'), {action: '%s'});
      document.body.append(form);
      try { form.submit(); } catch { /* refused */ }
      form.remove();
    })()""",
)
CODE_IS_REFUSED = """(() => {
  const script = document.createElement('script');
  try { script.textContent = 'window.ran = true'; } catch { return true; }
  document.head.append(script);
  return window.ran !== true;
})()"""
