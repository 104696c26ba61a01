"""A tab of a real browser, driven by WebDriver BiDi (https://w3c.github.io/webdriver-bidi/).

Firefox speaks it by itself, Chromium through the driver that Debian has for it; so nothing else is
installed. Keys are pressed as a keyboard would: nothing on the page is clicked by script.
"""

import asyncio
import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

SECONDS = 45.0
AXE = Path(__file__).with_name("node_modules") / "axe-core" / "axe.min.js"
KEYS = {
    "Enter": "\ue007",
    "Tab": "\ue004",
    "Shift": "\ue008",
    "Control": "\ue009",
    "Escape": "\ue00c",
    "Space": " ",
    "Home": "\ue011",
    "End": "\ue010",
    "Down": "\ue015",
    "Backspace": "\ue003",
}
"""Keys without a character (WebDriver, keyboard actions)."""


class PageError(AssertionError):
    """Raised if the browser refuses a command or the page throws."""


def _keep(path: Path, picture: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(picture)


@dataclass(slots=True)
class Tab:
    """One tab, in which one page is shown."""

    socket: aiohttp.ClientWebSocketResponse
    context: str = ""
    last: int = 0
    log: list[str] = field(default_factory=list)
    """What the page wrote to its console, and errors that nobody caught."""
    requests: list[str] = field(default_factory=list)
    """The addresses of everything that was asked for, pages included."""

    async def command(self, method: str, /, *, patience: float = SECONDS, **params: object) -> Any:
        """Give one command, and wait for its result."""
        self.last += 1
        number = self.last
        await self.socket.send_json({"id": number, "method": method, "params": params})
        while True:
            answer = await asyncio.wait_for(self.socket.receive_json(), patience)
            if answer.get("type") == "event":
                self._note(answer)
            elif answer.get("id") == number:
                if answer.get("type") == "error" or "error" in answer:
                    raise PageError(f"{method}: {answer.get('message', answer)}")
                return answer["result"]

    def _note(self, event: Any) -> None:
        if event["method"] == "log.entryAdded":
            self.log.append(str(event["params"].get("text")))
        elif event["method"] == "network.beforeRequestSent":
            self.requests.append(str(event["params"]["request"]["url"]))

    async def begin(self) -> None:
        """Open a window, and listen to its console.

        In Firefox only a window that was asked for is in front: in the first one no button is
        pressed by a key.
        """
        made = await self.command("browsingContext.create", type="window")
        self.context = made["context"]
        events = ["log.entryAdded", "network.beforeRequestSent"]
        await self.command("session.subscribe", events=events)

    async def size(self, width: int, height: int) -> None:
        """Give the page this size."""
        viewport = {"width": width, "height": height}
        await self.command("browsingContext.setViewport", context=self.context, viewport=viewport)

    async def darken(self) -> None:
        """Let the page think that the screen is dark. Only Chromium can, by its own protocol."""
        found = await self.command("goog:cdp.getSession", context=self.context)
        dark = {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
        await self.command(
            "goog:cdp.sendCommand",
            method="Emulation.setEmulatedMedia",
            params=dark,
            session=found["session"],
        )

    async def open(self, address: str) -> None:
        """Load a page."""
        await self.command(
            "browsingContext.navigate", context=self.context, url=address, wait="complete"
        )

    async def evaluate(self, expression: str) -> Any:
        """Evaluate an expression or a promise of the page; its value as JSON has it."""
        found = await self.command(
            "script.evaluate",
            expression=f"(async () => JSON.stringify((await ({expression})) ?? null))()",
            target={"context": self.context},
            awaitPromise=True,
        )
        if found["type"] == "exception":
            raise PageError(found["exceptionDetails"]["text"])
        return json.loads(found["result"]["value"])

    async def wait_for(self, expression: str) -> Any:
        """Wait until an expression is true, and return its value."""
        for _ in range(int(SECONDS * 20)):
            value = await self.evaluate(expression)
            if value:
                return value
            await asyncio.sleep(0.05)
        shown = await self.evaluate("document.body.innerText.slice(0, 2000)")
        raise PageError(f"never true: {expression}\nlog: {self.log}\npage: {shown}")

    async def press(self, *keys: str) -> None:
        """Press keys at the same time, and let them go."""
        values = [KEYS.get(key, key) for key in keys]
        actions = [{"type": "keyDown", "value": value} for value in values]
        actions += [{"type": "keyUp", "value": value} for value in reversed(values)]
        await self._perform(actions)

    async def type(self, text: str) -> None:
        """Type a text, key after key."""
        await self._perform(
            [{"type": kind, "value": sign} for sign in text for kind in ("keyDown", "keyUp")]
        )

    async def _perform(self, actions: Sequence[object]) -> None:
        device = {"type": "key", "id": "keyboard", "actions": list(actions)}
        await self.command("input.performActions", context=self.context, actions=[device])

    async def tab_to(self, selector: str, most: int = 80) -> None:
        """Press Tab until an element has the focus, as somebody without a mouse does.

        To what stands above they go back: forwards the way leads through the browser itself.
        """
        wanted = f"document.querySelector({json.dumps(selector)})"
        place = f"document.activeElement.compareDocumentPosition({wanted})"
        above = await self.evaluate(f"{place} === Node.DOCUMENT_POSITION_PRECEDING")
        for _ in range(most):
            await self.press(*(("Shift", "Tab") if above else ("Tab",)))
            if await self.evaluate(f"document.activeElement.matches({json.dumps(selector)})"):
                return
        raise PageError(f"the keyboard does not reach {selector}")

    async def choose_file(self, selector: str, path: Path) -> None:
        """Choose a file as in the dialog of a file input, which no test can press keys in."""
        found = await self.command(
            "script.evaluate",
            expression=f"document.querySelector({json.dumps(selector)})",
            target={"context": self.context},
            awaitPromise=False,
        )
        element = {"sharedId": found["result"]["sharedId"]}
        files = [str(path)]
        await self.command("input.setFiles", context=self.context, element=element, files=files)

    async def picture(self, path: Path) -> None:
        """Save a picture of what the tab shows."""
        shot = await self.command("browsingContext.captureScreenshot", context=self.context)
        _keep(path, base64.b64decode(shot["data"]))

    async def barriers(self) -> list[str]:
        """What axe-core finds serious or worse, each with its first element."""
        await self.evaluate(f"(() => {{ {AXE.read_text('utf-8')}; return true; }})()")
        found = await self.evaluate("axe.run().then((result) => result.violations)")
        return [
            f"{rule['id']} ({rule['impact']}): {rule['nodes'][0]['html']}"
            for rule in found
            if rule["impact"] in {"serious", "critical"}
        ]
