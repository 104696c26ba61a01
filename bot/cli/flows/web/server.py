"""Serve the page on which a questionnaire is edited, tried, tested and published."""

import asyncio
import json
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.cli.flows.web.chat import Json
from bot.cli.flows.web.editor import FileChanged, FlowEditor
from bot.cli.flows.web.guard import Guard, guarded
from bot.cli.flows.web.talk import PageTalk, open_talk
from bot.errors import FolderError, HoldfastError, UsageError
from flows import FlowProblems

HOST = "127.0.0.1"
MAX_BYTES = 3_000_000
TOKEN_BYTES = 32
PAGE = Path(__file__).with_name("page")
TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
FILES = {
    "/": "page.html",
    "/page.css": "page.css",
    "/page.js": "page.js",
    "/chat.js": "chat.js",
    "/icon.svg": "icon.svg",
}

Body = Mapping[str, Any]
Act = Callable[[Body], Awaitable[Json]]


@dataclass(slots=True)
class PageServer:
    """The page of one editor, and the talk that goes on in it."""

    editor: FlowEditor
    temporary: Path
    """Where the made-up organisations lie."""
    talk: PageTalk | None = None
    opened: AsyncExitStack = field(default_factory=AsyncExitStack, repr=False)
    changing: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)
    """Held while a message is handled or a talk begins, so that none meets a closed one."""

    async def files(self, _body: Body) -> Json:
        """List the files, and say whether this page can publish."""
        return {"names": list(self.editor.names), "publishes": self.editor.config is not None}

    async def open(self, body: Body) -> Json:
        """Read a file."""
        return self.editor.open(body.get("name"))

    async def check(self, body: Body) -> Json:
        """Check a text."""
        return await asyncio.to_thread(self.editor.check, body.get("name"), _text(body))

    async def save(self, body: Body) -> Json:
        """Save a text."""
        return self.editor.save(body.get("name"), _text(body), body.get("stamp"))

    async def begin(self, body: Body) -> Json:
        """Begin the talk anew with a text, if it can be asked."""
        text = _text(body)
        flow = self.editor.flow(body.get("name"), text)
        async with self.changing:
            await self.close()
            folder = Path(tempfile.mkdtemp(dir=self.temporary))
            self.opened.callback(shutil.rmtree, folder, ignore_errors=True)
            talk = open_talk(folder / "organisation", flow, text)
            self.talk = await self.opened.enter_async_context(talk)
        return self.talk.as_json()

    async def close(self) -> None:
        """End the talk, and delete everything that is left of it."""
        self.talk = None
        await self.opened.aclose()

    async def say(self, body: Body) -> Json:
        """Handle what was typed in a chat."""
        text = _text(body)
        async with self.changing:
            talk = self._current_talk()
            await talk.chat(body.get("platform")).say(text)
            return talk.as_json()

    async def press(self, body: Body) -> Json:
        """Handle the press of a button."""
        message, token = str(body.get("message")), str(body.get("token"))
        async with self.changing:
            talk = self._current_talk()
            await talk.press(body.get("platform"), message, token)
            return talk.as_json()

    async def settle(self, body: Body) -> Json:
        """Say what was held back until a burst of messages is over."""
        async with self.changing:
            talk = self._current_talk()
            await talk.chat(body.get("platform")).settle()
            return talk.as_json()

    def _current_talk(self) -> PageTalk:
        if self.talk is None:
            raise UsageError("No talk is open. Begin one.")
        return self.talk

    async def keep(self, body: Body) -> Json:
        """Write the talk of a chat as a test."""
        talk = self._current_talk()
        answers = talk.chat(body.get("platform")).recorder.answers
        words = body.get("words") is True
        written = self.editor.save_script(talk.flow, answers, body.get("test"), words=words)
        return {"written": written}

    async def try_scripts(self, body: Body) -> Json:
        """Play all scripts."""
        name, text = body.get("name"), _text(body)
        return await asyncio.to_thread(self.editor.try_scripts, name, text)

    async def publication(self, _body: Body) -> Json:
        """Say what publishing would change."""
        return await asyncio.to_thread(self.editor.publication)

    async def publish(self, body: Body) -> Json:
        """Publish what was shown."""
        return {"lines": self.editor.publish(body.get("revisions"))}


def _text(body: Body) -> str:
    text = body.get("text")
    if not isinstance(text, str):
        raise UsageError("The page sent no text.")
    return text


def make_app(server: PageServer, guard: Callable[[], Guard]) -> web.Application:
    """Make the application; ``guard`` is asked when the first request comes."""
    app = web.Application(middlewares=[guarded(guard)], client_max_size=MAX_BYTES)
    for path, name in FILES.items():
        app.router.add_get(path, _file_handler(PAGE / name))
    acts: Mapping[str, Act] = {
        "files": server.files,
        "open": server.open,
        "check": server.check,
        "save": server.save,
        "begin": server.begin,
        "say": server.say,
        "press": server.press,
        "settle": server.settle,
        "keep": server.keep,
        "try": server.try_scripts,
        "publication": server.publication,
        "publish": server.publish,
    }
    for name, act in acts.items():
        app.router.add_post(f"/api/{name}", _api_handler(act))
    return app


def _file_handler(path: Path) -> Callable[[web.Request], Awaitable[web.Response]]:
    text = path.read_text("utf-8")

    async def handler(_request: web.Request) -> web.Response:
        return web.Response(text=text, content_type=TYPES[path.suffix], charset="utf-8")

    return handler


def _api_handler(act: Act) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handler(request: web.Request) -> web.Response:
        try:
            body = json.loads(await request.text())
            if not isinstance(body, dict):
                raise UsageError("The page sent something else than was expected.")
            return web.json_response(await act(body))
        except FileChanged as error:
            return web.json_response({"error": str(error)}, status=409)
        except (HoldfastError, FlowProblems) as error:
            return web.json_response({"error": str(error)}, status=400)
        except (ValueError, RecursionError):
            return web.json_response({"error": "The page sent no JSON."}, status=400)

    return handler


@asynccontextmanager
async def serving(editor: FlowEditor, port: int = 0) -> AsyncIterator[str]:
    """Serve the page on the loopback interface; yield its address with the token.

    :raises FolderError: the port cannot be used.
    """
    guards: list[Guard] = []
    with tempfile.TemporaryDirectory(prefix="holdfast-preview-") as temporary:
        server = PageServer(editor, Path(temporary))
        runner = web.AppRunner(make_app(server, lambda: guards[0]), access_log=None)
        await runner.setup()
        try:
            site = web.TCPSite(runner, HOST, port)
            await _start(site, port)
            host = f"{HOST}:{runner.addresses[0][1]}"
            guards.append(Guard(host, secrets.token_urlsafe(TOKEN_BYTES)))
            yield f"{guards[0].origin}/#{guards[0].token}"
        finally:
            await runner.cleanup()
            await server.close()


async def _start(site: web.TCPSite, port: int) -> None:
    try:
        await site.start()
    except OSError as error:
        raise FolderError(
            f"Port {port} cannot be used ({error.strerror}). Leave --port away, or name another."
        ) from None
