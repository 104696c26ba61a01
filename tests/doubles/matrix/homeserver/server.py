"""The server: requests that come by HTTP, and those of people in the same process."""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl

from aiohttp import web

from tests.doubles.matrix.homeserver.accounts import fresh_password
from tests.doubles.matrix.homeserver.endpoints import Endpoint, contents_of, find
from tests.doubles.matrix.homeserver.filters import parse_filter
from tests.doubles.matrix.homeserver.request import NOBODY, Request
from tests.doubles.matrix.homeserver.shapes import Json, differences
from tests.doubles.matrix.homeserver.sync import Answer, acknowledge, position_of
from tests.doubles.matrix.homeserver.world import SERVER_NAME, Refused, World
from tests.doubles.matrix.synapse import Credentials, free_port

MOST_BYTES = 2**27
Tamper = Callable[[Json, Json], Awaitable[Json]]
"""What was asked and what is answered, both as JSON; what is answered instead."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One request that came by HTTP; the path is without its query."""

    method: str
    path: str
    status: int
    body: bytes = field(repr=False)


class Homeserver:
    """The server; ``async with Homeserver() as server`` starts and ends it.

    Its end fails if anybody asked for something that the specification does not allow. A test that
    provokes that clears ``violations``.
    """

    def __init__(self) -> None:
        self.port = free_port()
        self.world = World()
        self.violations: list[str] = []
        self.counted: Counter[str] = Counter()
        self.requests: list[Seen] = []
        """What came by HTTP, as long as ``remembers``."""
        self.remembers = True
        self._lies: list[tuple[re.Pattern[str], Tamper]] = []
        app = web.Application(client_max_size=MOST_BYTES)
        app.router.add_route("*", "/{rest:.*}", self._answer)
        self._runner = web.AppRunner(
            app, handler_cancellation=True, access_log=None, shutdown_timeout=0.1
        )

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True).start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for connection in self._runner.server.connections if self._runner.server else ():
            if connection.transport is not None:
                connection.transport.abort()
        await self._runner.cleanup()
        if kind is None:
            assert self.violations == [], "the specification does not allow this"

    @property
    def url(self) -> str:
        """Where clients find it."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def server_name(self) -> str:
        """What stands behind the colon of a user id."""
        return SERVER_NAME

    def lie(self, path: str, tamper: Tamper) -> None:
        """Answer such requests over HTTP from now on with what this function makes of answers."""
        self._lies.append((re.compile(path), tamper))

    def seen(self, path: str, method: str = "") -> list[Seen]:
        """Return the requests whose path contains this pattern, oldest first."""
        wanted = re.compile(path)
        return [r for r in self.requests if method in {"", r.method} and wanted.search(r.path)]

    # Its accounts, in the way of the real server

    async def register(self, name: str = "") -> Credentials:
        """Make a fresh account, logged in."""
        account = self.world.add_account(name or f"p{len(self.world.accounts)}", fresh_password())
        device = self.world.log_in(account)
        return Credentials(account.id, device.id, device.token, account.password)

    async def log_in(self, account: Credentials) -> Credentials:
        """Make a further device of an account."""
        device = self.world.log_in(self.world.account(account.user_id))
        return Credentials(account.user_id, device.id, device.token, account.password)

    async def call(
        self, method: str, path: str, *, token: str = "", body: Any = None
    ) -> tuple[int, Any]:
        """Make any request without HTTP, and return status and JSON."""
        route, _, query = path.partition("?")
        try:
            return 200, await self.do(
                method, route, token=token, query=dict(parse_qsl(query)), body=body
            )
        except Refused as refused:
            return refused.status, refused.body

    # A request

    async def do(
        self,
        method: str,
        path: str,
        *,
        token: str = "",
        query: dict[str, str] | None = None,
        body: Json | None = None,
        raw: bytes = b"",
    ) -> Json:
        """Carry out a request; raise ``Refused``. The path is quoted, as it is sent."""
        found = find(method, path)
        if found is None:
            self.violations.append(f"{method} {path}: there is no such request in the double")
            raise Refused(404, "M_UNRECOGNIZED", "no such request")
        endpoint, parts = found
        self.counted[endpoint.path.rpartition("/v3/")[2]] += 1
        request = Request(NOBODY, parts, query or {}, body or {}, raw, len(raw))
        self._check(endpoint, request, body)
        if endpoint.token:
            request.device = self.world.tokens.get(token, NOBODY)
            if request.device is NOBODY:
                raise _unknown(token)
        known = f"{endpoint.path} {parts}"
        if endpoint.repeatable and known in request.device.transactions:
            return request.device.transactions[known]
        if endpoint.path.endswith("/sync"):
            return await self._sync(request)
        assert endpoint.handle is not None, "it is answered before"
        answer: Json = endpoint.handle(self.world, request)
        if endpoint.repeatable:
            request.device.transactions[known] = answer
        return answer

    def _check(self, endpoint: Endpoint, request: Request, body: Json | None) -> None:
        """Note what the specification does not allow, and refuse it."""
        place, wrong = f"{endpoint.method} {endpoint.path}", list[str]()
        for name, value in request.query.items():
            pattern = endpoint.query.get(name)
            if pattern is None:
                wrong.append(f"{place}?{name} is unknown")
            elif not pattern.fullmatch(value):
                wrong.append(f"{place}?{name} is not written like that")
        wrong += [
            f"{place}?{name} is missing" for name in {*endpoint.needs} - request.query.keys()
        ]
        if endpoint.body is not None:
            wrong += differences(body, endpoint.body, place)
        elif body is not None:
            wrong.append(f"{place} takes no body")
        if not wrong:
            shape, contents = contents_of(endpoint, request)
            wrong += [d for content in contents for d in differences(content, shape, place)]
        if wrong:
            self.violations += wrong
            raise Refused(400, "M_BAD_JSON", "; ".join(wrong))

    async def _sync(self, request: Request) -> Json:
        device, query = request.device, request.query
        wanted, wrong = parse_filter(query.get("filter", ""))
        self.violations += wrong
        since = position_of(query["since"]) if "since" in query else None
        if since is not None:
            acknowledge(device, query["since"])
        pulse = self.world.account(device.user).pulse
        end = asyncio.get_running_loop().time() + int(query.get("timeout", "0")) / 1000
        while True:
            answer = Answer(self.world, device, wanted, since)
            answer.read()
            left = end - asyncio.get_running_loop().time()
            if since is None or answer.says_something or left <= 0:
                return answer.as_json()
            try:
                async with asyncio.timeout(left):
                    await pulse.wait()
            except TimeoutError:
                continue

    # HTTP

    async def _answer(self, request: web.Request) -> web.Response:
        raw = await request.read()
        try:
            response = await self._serve(request, raw)
        except Refused as refused:
            response = web.json_response(refused.body, status=refused.status)
        except Exception as error:
            self.violations.append(f"the double itself failed: {error!r}")
            raise
        if self.remembers:
            self.requests.append(Seen(request.method, request.path, response.status, raw))
        return response

    async def _serve(self, request: web.Request, raw: bytes) -> web.Response:
        path, _, query = request.raw_path.partition("?")
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        body, asked = self._body(request, raw), dict(parse_qsl(query))
        if "/media/download/" in path and request.method == "GET":
            return web.Response(body=self.media(path, token))
        answer = await self.do(request.method, path, token=token, query=asked, body=body, raw=raw)
        for pattern, tamper in self._lies:
            if pattern.search(request.path):
                answer = await tamper(body or {}, answer)
        return web.json_response(answer)

    def media(self, path: str, token: str) -> bytes:
        """Return a file that was uploaded; raise ``Refused``."""
        if token not in self.world.tokens:
            raise _unknown(token)
        name = path.rpartition("/")[2]
        if name not in self.world.media:
            raise Refused(404, "M_NOT_FOUND")
        return self.world.media[name]

    def _body(self, request: web.Request, raw: bytes) -> Json | None:
        if not raw or request.content_type == "application/octet-stream":
            return None
        try:
            body = json.loads(raw)
        except ValueError:
            body = None
        if not isinstance(body, dict) or request.content_type != "application/json":
            self.violations.append(f"{request.method} {request.path}: the body is no JSON object")
            raise Refused(400, "M_NOT_JSON", "the body is no JSON object")
        return body


def _unknown(token: str) -> Refused:
    if not token:
        return Refused(401, "M_MISSING_TOKEN")
    return Refused(401, "M_UNKNOWN_TOKEN", soft_logout=False)
