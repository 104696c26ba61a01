"""A reader makes their keys and their card in a real browser, and opens a report with them."""

import asyncio
from pathlib import Path

import pytest

from store.readers.key_file import ReaderKey, load_card
from tests.doubles.browser.start import BROWSERS
from tests.integration.reader.test_page_in_browsers import (
    ALERT,
    HEADING,
    SHOWN,
    STATUS,
    Page,
    page_of,
)
from tests.unit.store.people import BIRCH, counted

pytestmark = pytest.mark.timeout(300)

OFFERED = "document.querySelector('.words').textContent"


async def saved(page: Page, name: str) -> Path:
    """Wait until the browser has saved a file of this name."""
    for _ in range(600):
        found = [file for file in page.folder.rglob(name) if file.stat().st_size]
        if found:
            return found[0]
        await asyncio.sleep(0.05)
    raise AssertionError(f"the browser saved no {name}")


@pytest.mark.parametrize("browser", BROWSERS)
async def test_keys_are_made_saved_and_tried_before_there_is_a_card(
    tmp_path: Path, browser: str
) -> None:
    async with page_of(browser, tmp_path) as page:
        passphrase = await make_keys(page)
        file = await save_keys(page)
        await try_keys(page, file, passphrase)
        key = ReaderKey.unseal(file.read_bytes(), passphrase)
        await make_card(page, key)
        assert page.tab.log == []


async def make_keys(page: Page) -> str:
    """Take the second five words that are offered; what is too short is refused."""
    await page.press("Make my keys")
    await page.tab.wait_for(f"{HEADING} === 'Make your keys'")
    first = await page.tab.evaluate(OFFERED)
    await page.press("Other words")
    passphrase = str(await page.tab.evaluate(OFFERED))
    assert passphrase != first
    await page.looked_at("make")
    await page.tab.tab_to("#passphrase")
    await page.tab.type("too short")
    await page.tab.press("Enter")
    await page.tab.wait_for(f"{ALERT}.startsWith('This passphrase is too short')")
    await page.tab.press("Control", "a")
    await page.tab.type(passphrase)
    await page.tab.press("Enter")
    return passphrase


async def save_keys(page: Page) -> Path:
    """Nothing goes on before they were saved; the passphrase is not on the page any more."""
    await page.tab.wait_for(f"{HEADING} === 'Save your keys'")
    assert "try them" not in await page.tab.evaluate(SHOWN)
    assert await page.tab.evaluate("document.querySelector('input')") is None
    await page.looked_at("save")
    await page.press("Save my keys")
    return await saved(page, "holdfast*.key")


async def try_keys(page: Page, file: Path, passphrase: str) -> None:
    """Other keys are refused, and so is a card; the way back to the file stays open."""
    await page.press("I've saved them: try them")
    await page.tab.wait_for(f"{HEADING} === 'Try your keys'")
    await page.looked_at("try")
    await page.press("Save them again")
    await page.tab.wait_for(f"{HEADING} === 'Save your keys'")
    await page.press("Save my keys")
    await page.tab.wait_for(f"{STATUS}.includes('saves them now')")
    await page.press("I've saved them: try them")
    others = page.folder / "others.key"
    others.write_bytes(BIRCH.seal(passphrase, 10, counted()))
    await open_with(page, others, passphrase)
    await page.tab.wait_for(f"{ALERT}.includes('other keys than you just made')")
    card = page.folder / "birch.card.toml"
    card.write_text(BIRCH.card("Birch").format())
    await page.tab.choose_file("#key", card)
    await page.press("Try them")
    await page.tab.wait_for(f"{ALERT}.includes('This is a card')")
    await page.tab.choose_file("#key", file)
    await page.press("Try them")
    await page.tab.wait_for(f"{HEADING} === 'Your card'")
    assert "Your keys open" in await page.tab.evaluate(STATUS)


async def open_with(page: Page, file: Path, passphrase: str) -> None:
    await page.tab.choose_file("#key", file)
    await page.tab.tab_to("#passphrase")
    await page.tab.type(passphrase)
    await page.tab.press("Enter")


async def make_card(page: Page, key: ReaderKey) -> None:
    """The card is that of these keys; a name that no list takes is refused."""
    await page.tab.tab_to("#name")
    await page.tab.type("Oak Tree")
    await page.tab.press("Enter")
    await page.tab.wait_for(f"{ALERT}.includes('without spaces')")
    await page.tab.press("Control", "a")
    await page.tab.type("Oak")
    await page.tab.tab_to("#about")
    await page.tab.type("Elected in spring.")
    await page.tab.tab_to("#must")
    await page.tab.press("Space")
    await page.looked_at("card")
    await page.press("Save my card")
    card = load_card(await saved(page, "Oak*.toml"))
    assert card == key.card("Oak", "Elected in spring.", must_pass_on=True)
    assert await page.tab.evaluate(OFFERED) == " ".join(card.words)
    await page.press("Back")
    await page.tab.wait_for(f"{HEADING} === 'Choose a file'")
    await page.tab.choose_file("#delivery", page.folder / "oak.key")
    await page.tab.wait_for(f"{ALERT}.includes('This is a key file')")
    await page.press("My card")
    await page.tab.wait_for(f"{HEADING} === 'Your card'")


@pytest.mark.parametrize("browser", BROWSERS)
async def test_what_is_typed_does_not_stay_on_the_page(tmp_path: Path, browser: str) -> None:
    """Neither while nobody is there, nor for whoever comes back first."""
    async with page_of(browser, tmp_path) as page:
        await page.tab.tab_to("#passphrase")
        await page.tab.type("seven trees at the river")
        await page.tab.evaluate(LATER)
        await page.tab.press("x")
        await page.tab.wait_for(f"{STATUS}.includes('five minutes')")
        assert await page.tab.evaluate("document.getElementById('passphrase').value") == ""
        await page.press("Make my keys")
        await page.tab.tab_to("#passphrase")
        await page.tab.type(str(await page.tab.evaluate(OFFERED)))
        await page.press("Other words")
        assert await page.tab.evaluate("document.getElementById('passphrase').value") == ""
        assert await page.tab.evaluate("document.documentElement.translate") is False


LATER = "(() => { const now = Date.now; Date.now = () => now.call(Date) + 6 * 60_000; })()"
