"""What stands between the bot and its homeserver, and fails or lies when a test wants it to."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp import web
from yarl import URL

from tests.doubles.matrix.synapse import free_port

MOST_BYTES = 2**27
OURS = ("host", "connection", "content-length", "transfer-encoding", "content-encoding", "date")
"""Headers that belong to one connection, or change with the body."""
Tamper = Callable[[Any, Any], Awaitable[Any]]
"""What was asked and what is answered, both as JSON; what is answered instead."""


class Fault(Enum):
    """One way in which a request fails."""

    FLOOD = auto()
    """429 with ``retry_after_ms``; nothing happened."""
    ERROR = auto()
    """500 in Matrix's own form; nothing happened."""
    BROKEN = auto()
    """502 with a body of HTML; nothing happened."""
    LOGGED_OUT = auto()
    """401: the token is not known; nothing happened."""
    DROP_BEFORE = auto()
    """The connection ends; nothing happened."""
    DROP_AFTER = auto()
    """It happened, and the connection ends before the answer."""
    DELAY = auto()
    """It happens later; other rules still apply."""


@dataclass(slots=True, eq=False)
class Rule:
    """When a fault strikes: every so many requests of those that the rule is about."""

    fault: Fault
    path: re.Pattern[str]
    """Found anywhere in the path, which is unquoted, or in the path and query, which are not."""
    method: str = ""
    """Empty for all."""
    every: int = 1
    times: int | None = None
    """So many strikes are left; None for no end."""
    seconds: float = 0.1
    """To wait after a 429, or the delay."""
    asked: int = 0
    struck: int = 0

    def strikes(self, request: web.Request) -> bool:
        """Whether it strikes this request; counts it."""
        if self.method not in {"", request.method} or not _found(self.path, request):
            return False
        self.asked += 1
        struck = self.asked % self.every == 0 and self.struck != self.times
        self.struck += struck
        return struck


@dataclass(frozen=True, slots=True)
class Seen:
    """One request of the bot; the path is without its query, in which a token may be."""

    method: str
    path: str
    status: int
    """What the bot was answered; 0 if nothing."""
    fault: Fault | None
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back."""

    status: int
    body: bytes = field(repr=False)
    headers: dict[str, str] = field(repr=False, default_factory=dict)

    def as_response(self) -> web.Response:
        """For aiohttp."""
        return web.Response(status=self.status, body=self.body, headers=self.headers)


class Proxy:
    """The server; ``async with Proxy(synapse.url) as proxy`` starts and ends it."""

    def __init__(self, upstream: str) -> None:
        self.upstream = upstream
        self.port = free_port()
        self.requests: list[Seen] = []
        self.rules: list[Rule] = []
        self._lies: list[tuple[re.Pattern[str], Tamper]] = []
        app = web.Application(client_max_size=MOST_BYTES)
        app.router.add_route("*", "/{rest:.*}", self._answer)
        self._runner = web.AppRunner(
            app, handler_cancellation=True, access_log=None, shutdown_timeout=0.1
        )
        self._site: web.TCPSite | None = None

    @property
    def url(self) -> str:
        """What the bot takes for its homeserver."""
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=None)
        )
        await self._runner.setup()
        await self.come_back()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.go_dark()
        await self._runner.cleanup()
        await self._session.close()

    # What tests switch

    def add(
        self,
        fault: Fault,
        path: str = "",
        *,
        method: str = "",
        every: int = 1,
        times: int | None = None,
        seconds: float = 0.1,
    ) -> Rule:
        """A further rule; without more it strikes every request."""
        rule = Rule(fault, re.compile(path), method, every, times, seconds)
        self.rules.append(rule)
        return rule

    def lie(self, path: str, tamper: Tamper) -> None:
        """From now on JSON answers to such requests are what this function makes of them."""
        self._lies.append((re.compile(path), tamper))

    def clear(self) -> None:
        """Everything works again, and nobody lies."""
        self.rules.clear()
        self._lies.clear()

    async def go_dark(self) -> None:
        """An outage: connections end and are refused."""
        if self._site is not None:
            await self._site.stop()
            self._site = None
        for connection in self._runner.server.connections if self._runner.server else ():
            if connection.transport is not None:
                connection.transport.abort()

    async def come_back(self) -> None:
        """The outage is over."""
        self._site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await self._site.start()

    def seen(self, path: str, method: str = "") -> list[Seen]:
        """The requests so far whose path contains this pattern, oldest first."""
        wanted = re.compile(path)
        return [r for r in self.requests if method in {"", r.method} and wanted.search(r.path)]

    # What the bot meets

    async def _answer(self, request: web.Request) -> web.Response:
        body = await request.read()
        delay, fault = self._strike(request)
        await asyncio.sleep(delay)
        answer = await self._fail(fault, request, body)
        status = answer.status if answer is not None else 0
        kind = None if fault is None else fault.fault
        self.requests.append(Seen(request.method, request.path, status, kind, body))
        if answer is not None:
            return answer.as_response()
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    def _strike(self, request: web.Request) -> tuple[float, Rule | None]:
        delay = 0.0
        for rule in self.rules:
            if not rule.strikes(request):
                continue
            if rule.fault is not Fault.DELAY:
                return delay, rule
            delay += rule.seconds
        return delay, None

    async def _fail(self, rule: Rule | None, request: web.Request, body: bytes) -> Answer | None:
        if rule is None:
            return await self._pass(request, body)
        match rule.fault:
            case Fault.FLOOD:
                wait = int(rule.seconds * 1000)
                return _refusal(429, "M_LIMIT_EXCEEDED", retry_after_ms=wait)
            case Fault.ERROR:
                return _refusal(500, "M_UNKNOWN")
            case Fault.BROKEN:
                page = b"<html><body><h1>502 Bad Gateway</h1></body></html>"
                return Answer(502, page, {"Content-Type": "text/html"})
            case Fault.LOGGED_OUT:
                return _refusal(401, "M_UNKNOWN_TOKEN", soft_logout=False)
            case Fault.DROP_AFTER:
                await self._pass(request, body)
            case Fault.DROP_BEFORE | Fault.DELAY:
                pass
        return None

    async def _pass(self, request: web.Request, body: bytes) -> Answer | None:
        url = URL(self.upstream + request.raw_path, encoded=True)
        headers = {k: v for k, v in request.headers.items() if k.lower() not in OURS}
        try:
            asked = self._session.request(
                request.method, url, data=body, headers=headers, allow_redirects=False
            )
            async with asked as answer:
                kept = {k: v for k, v in answer.headers.items() if k.lower() not in OURS}
                given = Answer(answer.status, await answer.read(), kept)
        except aiohttp.ClientError:
            return None
        return await self._lied(request, body, given)

    async def _lied(self, request: web.Request, body: bytes, answer: Answer) -> Answer:
        for pattern, tamper in self._lies:
            if _found(pattern, request):
                told = await tamper(json.loads(body or b"null"), json.loads(answer.body))
                answer = Answer(answer.status, json.dumps(told).encode(), answer.headers)
        return answer


def _found(pattern: re.Pattern[str], request: web.Request) -> bool:
    return any(pattern.search(path) for path in (request.path, request.path_qs))


def _refusal(status: int, code: str, **more: Any) -> Answer:
    body = {"errcode": code, "error": "as the test wants it", **more}
    return Answer(status, json.dumps(body).encode(), {"Content-Type": "application/json"})
