"""Telegram as a bot sees it: a server of the Bot API on this machine, with people who talk to it.

It keeps state as Telegram does, refuses in Telegram's words, checks every call, answer and update
against the Bot API's own description, and fails in every way that tests ask for. No test has
spoken to the real Telegram: what is a guess says so where it stands.
"""

import asyncio
import random
import re
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.doubles.telegram import schema, wire
from tests.doubles.telegram.faults import Delivery, Fault, Faults, Rule
from tests.doubles.telegram.methods import TABLE, Methods, poll_params
from tests.doubles.telegram.person import Group, Person
from tests.doubles.telegram.updates import Updates
from tests.doubles.telegram.wire import Json, Refused
from tests.doubles.telegram.world import Chat, Clock, Deleted, World

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawx"
"""The Bot API's own example, one sign longer; it opens nothing."""
WELL_FORMED = re.compile(r"\d+:[A-Za-z0-9_-]{30,}")
BOT: Json = {
    "id": 110201543,
    "is_bot": True,
    "first_name": "Holdfast",
    "username": "holdfast_test_bot",
}
NAMES: Mapping[str, str] = {name.lower(): name for name in (*TABLE, "getUpdates")}
MOST_REQUEST = wire.MOST_BYTES + 1024 * 1024


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the bot, as it arrived."""

    method: str
    params: Json = field(repr=False)
    at: float


class Double:
    """The server; ``async with Double() as double`` starts and ends it."""

    def __init__(
        self,
        *,
        port: int = 0,
        token: str = TOKEN,
        validate: bool = True,
        clock: Clock = time.time,
        seed: int = 7,
    ) -> None:
        self.token = token
        self.port = port
        self.validate = validate
        self.clock = clock
        chance = random.Random(seed)  # noqa: S311 - faults that can be repeated
        self.calls: list[Call] = []
        self.violations: list[str] = []
        self.counted: Counter[str] = Counter()
        self.faults = Faults(chance)
        self.world = World(clock, dict(BOT))
        self.updates = Updates(clock, chance)
        self.methods = Methods(self.world, self.updates, self.violations.append)
        self._hangs = False
        self._lights = asyncio.Event()
        self._server = web.Server(
            self._answer,
            request_factory=_request,
            handler_cancellation=True,
            access_log=None,
        )
        self._runner = web.ServerRunner(self._server, shutdown_timeout=0.1)
        self._site: web.TCPSite | None = None

    # The server

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await self._listen()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._hang_up()
        await self._runner.cleanup()

    @property
    def root(self) -> str:
        """Where it listens, without ``/bot``."""
        return f"http://127.0.0.1:{self.port}"

    async def _listen(self) -> None:
        self._site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await self._site.start()
        self.port = int(self._runner.addresses[0][1])

    def _hang_up(self) -> None:
        """Every open connection ends, whatever it waits for."""
        for connection in self._server.connections:
            if connection.transport is not None:
                connection.transport.abort()

    async def go_dark(self, *, silent: bool = False) -> None:
        """An outage: connections end and are refused, or are taken and never answered."""
        self._hangs = silent
        self._lights.clear()
        if self._site is not None and not silent:
            await self._site.stop()
            self._site = None
        self._hang_up()
        await asyncio.sleep(0)

    async def come_back(self) -> None:
        """The outage is over."""
        self._hangs = False
        self._lights.set()
        if self._site is None:
            await self._listen()

    # What tests ask

    @property
    def unconfirmed(self) -> int:
        """How many updates the bot has not confirmed yet."""
        return self.updates.unconfirmed

    @property
    def deleted(self) -> list[Deleted]:
        """What was deleted: chat, message, by whom."""
        return self.world.deleted

    @property
    def delivery(self) -> Delivery:
        """How updates come otherwise than once and in order."""
        return self.updates.delivery

    def called(self, method: str) -> list[Call]:
        """All calls of one method."""
        return [call for call in self.calls if call.method == method]

    def person(self, user_id: int, first_name: str = "Robin") -> Person:
        """Somebody with a Telegram account; the same id is the same account."""
        named = {"first_name": first_name}
        known = self.world.chats.get(user_id)
        chat = known or self.world.chats.setdefault(user_id, Chat(user_id, "private", named))
        return Person(self, chat)

    def group(self, chat_id: int, kind: str = "supergroup", title: str = "A group") -> Group:
        """A group, supergroup or channel in which the bot is."""
        chat = self.world.chats.setdefault(chat_id, Chat(chat_id, kind, {"title": title}))
        chat.opened = True
        return Group(self, chat)

    def tell(self, kind: str, payload: Json) -> None:
        """Something happened that the bot may want to know."""
        update = self.updates.put(kind, payload)
        if update is not None and self.validate:
            self.violations += schema.check_update(update)

    # A call

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        try:
            return await self._serve(request)
        except Refused as refusal:
            return wire.refused(refusal)
        except Exception as error:
            self.violations.append(f"the double itself failed: {type(error).__name__}")
            raise

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        if self._hangs:
            await self._lights.wait()
        target = wire.target_of(request.path)
        if target is None or not WELL_FORMED.fullmatch(target.token):
            raise Refused(404, "Not Found")
        if target.token != self.token:
            raise Refused(401, "Unauthorized")
        if target.file:
            return self._download(target.file)
        params = await wire.read_params(request)
        method = self._note(target.method, params)
        delay, rule = self.faults.strike(method, params)
        if delay:
            await asyncio.sleep(delay)
        if rule is not None:
            return await self._fail(request, rule, method, params)
        return wire.answered(await self._do(method, params))

    def _note(self, named: str, params: Json) -> str:
        """The method's own spelling, once the call is noted down and looked at."""
        method = NAMES.get(named.lower(), named)
        self.calls.append(Call(method, params, self.clock()))
        self.counted[method] += 1
        if named.lower() not in NAMES:
            self.violations.append(f"{method}: not implemented in the double")
            raise Refused(404, "Not Found")
        if self.validate:
            self.violations += schema.check_request(method, params)
        return method

    async def _do(self, method: str, params: Json) -> Any:
        result = await self._result(method, params)
        if self.validate:
            self.violations += schema.check_answer(method, result)
        return result

    async def _result(self, method: str, params: Json) -> Any:
        if method != "getUpdates":
            return self.methods.do(method, params)
        self.updates.allow(params.get("allowed_updates"))
        return await self.updates.poll(*poll_params(params))

    async def _fail(
        self, request: web.BaseRequest, rule: Rule, method: str, params: Json
    ) -> web.StreamResponse:
        match rule.fault:
            case Fault.FLOOD:
                after = int(rule.seconds)
                raise Refused(429, f"Too Many Requests: retry after {after}", retry_after=after)
            case Fault.BROKEN:
                return wire.broken()
            case Fault.ERROR:
                raise Refused(500, "Internal Server Error")
            case Fault.HELD:
                await rule.gate.wait()
                return wire.answered(await self._do(method, params))
            case Fault.SILENT:
                await asyncio.Event().wait()
            case Fault.DROP_AFTER:
                await self._do(method, params)
            case Fault.DROP_BEFORE | Fault.DELAY:
                pass
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    def _download(self, path: str) -> web.Response:
        stored = next((f for f in self.world.files.values() if f.path == path), None)
        if stored is None:
            raise Refused(404, "Not Found")
        return web.Response(body=stored.data, content_type="application/octet-stream")


def _request(*parts: Any) -> web.BaseRequest:
    """As aiohttp makes one, and large enough for a file."""
    make: Any = web.BaseRequest
    request: web.BaseRequest = make(
        *parts, asyncio.get_running_loop(), client_max_size=MOST_REQUEST
    )
    return request
