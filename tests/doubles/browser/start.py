"""Starts Chromium and Firefox, each with a profile of its own that is thrown away."""

import asyncio
import os
import re
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import aiohttp

from tests.doubles.browser.install import advice, missing_packages
from tests.doubles.browser.tab import SECONDS, Tab

BROWSERS = ("chromium", "firefox")
FIREFOX_PREFERENCES = {
    "app.update.enabled": "false",
    "browser.shell.checkDefaultBrowser": "false",
    "datareporting.policy.dataSubmissionEnabled": "false",
    "network.captive-portal-service.enabled": "false",
    "network.connectivity-service.enabled": "false",
    "toolkit.telemetry.enabled": "false",
    "browser.safebrowsing.malware.enabled": "false",
    "browser.safebrowsing.phishing.enabled": "false",
    "browser.download.alwaysOpenPanel": "false",  # it would take the keyboard from the page
}
CHROMIUM_ARGUMENTS = (
    "--headless",
    "--no-sandbox",  # the tests may run as root, for whom it has none
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


@asynccontextmanager
async def open_tab(browser: str, home: Path | None = None) -> AsyncIterator[Tab]:
    """Start a browser, and open a tab in it; its profile is thrown away unless it has a home."""
    missing = missing_packages()
    assert not missing, advice(missing)
    start = _chromium if browser == "chromium" else _firefox
    async with AsyncExitStack() as stack:
        if home is None:
            folder = tempfile.TemporaryDirectory(prefix=browser, ignore_cleanup_errors=True)
            home = Path(stack.enter_context(folder))
        http = await stack.enter_async_context(aiohttp.ClientSession())
        address = await stack.enter_async_context(start(home, http))
        socket = await stack.enter_async_context(http.ws_connect(address, max_msg_size=0))
        tab = Tab(socket)
        if browser == "firefox":
            await tab.command("session.new", patience=2 * SECONDS, capabilities={})
        await tab.begin()
        yield tab


@asynccontextmanager
async def _firefox(home: Path, _http: aiohttp.ClientSession) -> AsyncIterator[str]:
    lines = (f'user_pref("{key}", {value});\n' for key, value in FIREFOX_PREFERENCES.items())
    (home / "user.js").write_text("".join(lines), "utf-8")
    command = ("firefox-esr", "--headless", "--no-remote", "--profile", str(home))
    line = r"WebDriver BiDi listening on (ws://[\d.:]+)"
    async with _started(home, *command, "--remote-debugging-port", "0", until=line) as address:
        yield f"{address}/session"


@asynccontextmanager
async def _chromium(home: Path, http: aiohttp.ClientSession) -> AsyncIterator[str]:
    line = r"started successfully on port (\d+)"
    async with _started(home, "chromedriver", "--port=0", until=line) as port:
        options = {"args": [*CHROMIUM_ARGUMENTS, f"--user-data-dir={home / 'profile'}"]}
        wanted = {"webSocketUrl": True, "goog:chromeOptions": options}
        base = f"http://127.0.0.1:{port}/session"
        answer = await http.post(base, json={"capabilities": {"alwaysMatch": wanted}})
        session = (await answer.json())["value"]
        assert "capabilities" in session, session
        try:
            yield session["capabilities"]["webSocketUrl"]
        finally:
            with suppress(aiohttp.ClientError, TimeoutError):
                await http.delete(f"{base}/{session['sessionId']}")


@asynccontextmanager
async def _started(home: Path, *command: str, until: str) -> AsyncIterator[str]:
    """Start a program; yield what stands in the line with which it says that it is ready."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "HOME": str(home), "MOZ_HEADLESS": "1"},
        start_new_session=True,
    )
    drain: asyncio.Task[None] | None = None
    try:
        found = await asyncio.wait_for(_line(process, until), SECONDS * 2)
        drain = asyncio.create_task(_drain(process))
        yield found
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, 15)
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), 5)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, 9)
        await process.wait()
        if drain is not None:
            await drain


async def _line(process: asyncio.subprocess.Process, until: str) -> str:
    assert process.stdout is not None
    shown = ""
    while line := (await process.stdout.readline()).decode("utf-8", "replace"):
        shown += line
        if found := re.search(until, line):
            return found[1]
    raise AssertionError(f"it ended before it was ready: {shown}")


async def _drain(process: asyncio.subprocess.Process) -> None:
    assert process.stdout is not None
    while await process.stdout.read(4096):
        pass
