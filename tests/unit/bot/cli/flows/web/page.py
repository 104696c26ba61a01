"""The page's server in a flow folder, and somebody who asks it what a browser would."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from bot.cli.flows.flow_folder import FlowFolder
from bot.cli.flows.web.editor import FlowEditor
from bot.cli.flows.web.guard import TOKEN_HEADER
from bot.cli.flows.web.server import serving

FILE = "made.toml"


@dataclass(slots=True)
class Visitor:
    """Somebody who has the page open; what they send is what the page would send."""

    http: aiohttp.ClientSession
    address: str
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        return self.address.partition("/#")[0]

    @property
    def token(self) -> str:
        return self.address.partition("/#")[2]

    async def post(
        self,
        act: str,
        headers: Mapping[str, str] | None = None,
        data: object = None,
        **body: Any,
    ) -> tuple[int, Any]:
        """Ask for one act; status and answer."""
        sent = {TOKEN_HEADER: self.token, "Origin": self.origin} if headers is None else headers
        url = f"{self.origin}/api/{act}"
        async with self.http.post(url, data=data or json.dumps(body), headers=sent) as answer:
            return answer.status, await answer.json()

    async def ask(self, act: str, **body: Any) -> Any:
        """Ask for an act that must succeed."""
        status, answer = await self.post(act, **body)
        assert status == 200, answer
        return answer

    async def refused(self, act: str, status: int = 400, **body: Any) -> str:
        """Ask for an act that must not succeed; what is said."""
        got, answer = await self.post(act, **body)
        assert got == status, answer
        return str(answer["error"])

    async def press(self, platform: str, label: str) -> Any:
        """Press the last button with this label."""
        chats = await self.ask("settle", platform=platform)
        found = [
            (message["id"], button["token"])
            for message in chats[platform]["messages"]
            for row in message["rows"]
            for button in row
            if label in button["label"]
        ]
        assert found, label
        message, token = found[-1]
        return await self.ask("press", platform=platform, message=message, token=token)


@asynccontextmanager
async def visiting(folder: Path, config: Path | None = None) -> AsyncIterator[Visitor]:
    """Serve the page of a folder with one questionnaire."""
    editor = FlowEditor(FlowFolder(folder, (folder / FILE,)), config)
    async with serving(editor) as address, aiohttp.ClientSession() as http:
        yield Visitor(http, address)


def words(chats: Any, platform: str) -> str:
    """Everything that a chat shows."""
    return "\n".join(message["text"] for message in chats[platform]["messages"])


def started(folder: Path) -> str:
    """The text of the questionnaire."""
    return (folder / FILE).read_text("utf-8")


def contents(folder: Path) -> dict[Path, bytes]:
    """Everything that lies in a folder."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
