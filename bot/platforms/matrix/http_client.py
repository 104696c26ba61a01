"""Send requests to the homeserver (Matrix client-server API, v3) over aiohttp.

No error carries an address, a token or a server's text, except the server's error code::

    HttpError
    ├── ServerUnreachable   no answer, a broken server or an unusable answer: try again
    ├── RateLimited         the server asks for a pause of ``after`` seconds
    └── RequestDenied       the server refuses; ``code`` (errcode) says why
        └── SessionExpired  the access token is not accepted (any more)
"""

import asyncio
import json
import math
import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlsplit
from weakref import WeakValueDictionary

import aiohttp

from bot.platforms.matrix.json_answers import parse_answer
from store.model.failpoint import failpoint

TIMEOUT_SECONDS = 20.0
"""Limit for one request, long polls excepted."""
UPLOAD_TIMEOUT_SECONDS = 60.0
SLOWEST_UPLOAD = 100_000
"""Bytes a second: what takes longer beyond the timeout is tried again."""
MAX_CONCURRENT_REQUESTS = 16
"""Long polls are not counted. More concurrent requests cost more than they gain."""
MAX_FOREIGN_REQUESTS, MAX_OF_A_SERVER = 64, 4
"""Requests that wait for other servers, which cost the homeserver little; and for one of them."""
ENDPOINT_PART = re.compile(r"[a-z_]{2,}|v[0-9]|m\.[a-z_.]+")
CLIENT_API = "/_matrix/client/v3"
MIN_RETRY_SECONDS = 0.1
MAX_RETRY_SECONDS = 300.0
"""The longest pause that a server may ask for."""
TOO_LARGE = "M_TOO_LARGE"
ERROR_CODE = re.compile(r"[A-Z][A-Z0-9_]{1,60}")
"""An errcode; any other value that a server puts there is not repeated."""

Json = dict[str, Any]


class HttpError(Exception):
    """A request failed."""


class ServerUnreachable(HttpError):
    """No usable answer came; the server may have carried out the request all the same."""


class RateLimited(HttpError):
    """The server asks for a pause of ``after`` seconds."""

    def __init__(self, after: float) -> None:
        super().__init__("The server asks to wait.")
        self.after = after


class RequestDenied(HttpError):
    """The server refuses this request, now and later."""

    def __init__(self, status: int, answer: Json) -> None:
        code = str(answer.get("errcode", ""))
        self.status, self.code = status, code if ERROR_CODE.fullmatch(code) else "M_UNKNOWN"
        self.auth_session = str(answer.get("session", ""))
        """Set if the request must be repeated with the password (user-interactive auth)."""
        super().__init__(f"The server answered {status} {self.code}.")


class SessionExpired(RequestDenied):
    """The server does not accept the access token."""


@dataclass(slots=True)
class HttpClient:
    """Send the requests of one account to its homeserver."""

    homeserver: str
    token: str = field(default="", repr=False)
    timeout_seconds: float = TIMEOUT_SECONDS
    session: aiohttp.ClientSession | None = field(default=None, repr=False)
    slots: asyncio.Semaphore = field(
        default_factory=partial(asyncio.Semaphore, MAX_CONCURRENT_REQUESTS), repr=False
    )
    foreign_slots: asyncio.Semaphore = field(
        default_factory=partial(asyncio.Semaphore, MAX_FOREIGN_REQUESTS), repr=False
    )
    server_slots: "WeakValueDictionary[str, asyncio.Semaphore]" = field(
        default_factory=WeakValueDictionary, repr=False
    )
    """By other server, as long as something is asked of it."""

    async def request(self, method: str, path: str, body: Json | None = None) -> Json:
        """Send a request and return the answer; ``path`` begins after the API version.

        Waits while ``MAX_CONCURRENT_REQUESTS`` are under way. Raises ``HttpError``.
        """
        data = None if body is None else json.dumps(body, separators=(",", ":")).encode()
        async with self.slots:
            return await self._send_json(method, path, data, self.timeout_seconds)

    async def ask_servers(self, path: str, body: Json, users: Iterable[str]) -> Json:
        """POST a request for which the homeserver asks those of accounts. Raises ``HttpError``.

        Such a server may keep it waiting for as long as it likes. So these requests have places of
        their own, and each server has a few of them; those that concern several share a few.
        """
        data = json.dumps(body, separators=(",", ":")).encode()
        servers = {server_of(user) for user in users}
        name = servers.pop() if len(servers) == 1 else ""
        slots = self.server_slots.get(name) or asyncio.Semaphore(MAX_OF_A_SERVER)
        self.server_slots[name] = slots
        async with slots, self.foreign_slots:
            return await self._send_json("POST", path, data, self.timeout_seconds)

    async def long_poll(self, path: str, timeout_seconds: float) -> Json:
        """Send a GET request that may take long, outside the limit on concurrent requests."""
        return await self._send_json("GET", path, None, timeout_seconds)

    async def upload(self, data: bytes) -> str:
        """Store bytes at the server, without a name, and return their address (``mxc://``)."""
        headers = {"Content-Type": "application/octet-stream"}
        address = f"{self.homeserver}/_matrix/media/v3/upload"
        seconds = UPLOAD_TIMEOUT_SECONDS + len(data) / SLOWEST_UPLOAD
        async with self.slots:
            answer = await self._exchange("POST", address, data, headers, seconds)
        return str(answer.get("content_uri", ""))

    async def _send_json(
        self, method: str, path: str, data: bytes | None, timeout_seconds: float
    ) -> Json:
        headers = {"Content-Type": "application/json"}
        address = self.homeserver + CLIENT_API + path
        return await self._exchange(method, address, data, headers, timeout_seconds)

    async def _exchange(
        self,
        method: str,
        address: str,
        data: bytes | None,
        headers: dict[str, str],
        timeout_seconds: float,
    ) -> Json:
        if self.session is None:
            raise ServerUnreachable("The connection is closed.")
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        failpoint(lambda: f"request {method} {endpoint_of(address)}")
        try:
            # A redirect to another server would take the token and the body there.
            sent = self.session.request(
                method,
                address,
                data=data,
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=timeout_seconds),
                allow_redirects=False,
            )
            async with sent as answer:
                status, payload = answer.status, await answer.read()
                retry_after = answer.headers.get("Retry-After", "")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise ServerUnreachable(f"No answer came ({type(error).__name__}).") from None
        failpoint(lambda: f"answer {method} {endpoint_of(address)}")
        return _read(status, payload, retry_after)


@asynccontextmanager
async def connected(http_client: HttpClient) -> AsyncIterator[HttpClient]:
    """Give the client a pool of connections for as long as the block runs."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, auto_decompress=True) as session:
        http_client.session = session
        try:
            yield http_client
        finally:
            http_client.session = None


def endpoint_of(address: str) -> str:
    """Return the path of a request with every identifier replaced: safe to name anywhere."""
    path = urlsplit(address).path.partition("/_matrix/")[2]
    return "/".join(p if ENDPOINT_PART.fullmatch(p) else "*" for p in path.split("/"))


def server_of(user: str) -> str:
    """Return the server in a user id."""
    return user.partition(":")[2]


def path_segment(identifier: str) -> str:
    """Quote an identifier for a path: room and event ids contain reserved characters."""
    return quote(identifier, safe="")


def _read(status: int, payload: bytes, retry_after: str) -> Json:
    answer = parse_answer(payload)
    if status == HTTPStatus.OK and answer is not None:
        return answer
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise RateLimited(_pause_of(answer or {}, retry_after))
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:  # often said by a proxy, in HTML
        raise RequestDenied(status, {"errcode": TOO_LARGE})
    refused = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    if answer is None or not refused:
        raise ServerUnreachable(f"The server answered with the status {status}.")
    if str(answer.get("errcode")) in {"M_UNKNOWN_TOKEN", "M_MISSING_TOKEN"}:
        raise SessionExpired(status, answer)
    raise RequestDenied(status, answer)


def _pause_of(answer: Json, retry_after: str) -> float:
    """Read the pause in seconds from the body, else from the header; both may be wrong."""
    millis = answer.get("retry_after_ms")
    if isinstance(millis, int | float) and math.isfinite(millis):
        seconds = millis / 1000
    else:
        seconds = float(retry_after) if retry_after.isascii() and retry_after.isdecimal() else 1.0
    return min(max(MIN_RETRY_SECONDS, seconds), MAX_RETRY_SECONDS)
