"""Carries requests to the homeserver (Matrix client-server API, v3) over aiohttp.

No error holds an address, a token or what a server said, apart from its error code::

    WireError
    ├── Away          no answer, a broken server, or an answer that is none: try again
    ├── Busy          the server asks to wait ``after`` seconds
    └── Denied        the server will not do it; ``code`` says why (errcode)
        └── LoggedOut the access token is not taken (any more)
"""

import asyncio
import json
import math
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlsplit

import aiohttp

from store.model.failpoint import failpoint

PATIENCE_SECONDS = 20.0
"""So long an answer may take, apart from a long poll."""
FILE_SECONDS = 60.0
WIDTH = 16
"""Calls under way at once, long polls apart; more cost more than they bring."""
ENDPOINT_PART = re.compile(r"[a-z_]{2,}|v[0-9]|m\.[a-z_.]+")
CLIENT = "/_matrix/client/v3"
LONGEST_WAIT = 300.0
"""Seconds; whatever a server asks for, it is asked again after so long."""
CODE = re.compile(r"[A-Z][A-Z0-9_]{1,60}")
"""An errcode; anything else that a server puts there is not repeated."""

Json = dict[str, Any]


class HttpError(Exception):
    """Something was not done."""


class ServerUnreachable(HttpError):
    """No answer came, or none that can be used; it may have been done all the same."""


class RateLimited(HttpError):
    """Too many requests; wait for ``after`` seconds."""

    def __init__(self, after: float) -> None:
        super().__init__("The server asks to wait.")
        self.after = after


class RequestDenied(HttpError):
    """The server will not do this, now or later."""

    def __init__(self, status: int, said: Json) -> None:
        code = str(said.get("errcode", ""))
        self.status, self.code = status, code if CODE.fullmatch(code) else "M_UNKNOWN"
        self.session = str(said.get("session", ""))
        """Of a request that must be repeated with the password (user-interactive auth)."""
        super().__init__(f"The server answered {status} {self.code}.")


class SessionExpired(RequestDenied):
    """The access token is not taken."""


@dataclass(slots=True)
class HttpClient:
    """One account's way to its homeserver."""

    homeserver: str
    token: str = field(default="", repr=False)
    patience: float = PATIENCE_SECONDS
    session: aiohttp.ClientSession | None = field(default=None, repr=False)
    width: asyncio.Semaphore = field(default_factory=partial(asyncio.Semaphore, WIDTH), repr=False)

    async def call(self, method: str, path: str, body: Json | None = None) -> Json:
        """One request, among at most so many; ``path`` begins after the version."""
        async with self.width:
            return await self.ask(method, path, body)

    async def ask(
        self, method: str, path: str, body: Json | None = None, seconds: float | None = None
    ) -> Json:
        """One request besides those that are counted: for a long poll."""
        data = None if body is None else json.dumps(body, separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json"}
        address = self.homeserver + CLIENT + path
        return await self._exchange(method, address, data, headers, seconds or self.patience)

    async def upload(self, data: bytes) -> str:
        """Store bytes at the server, without a name; where they can be fetched (``mxc://``)."""
        headers = {"Content-Type": "application/octet-stream"}
        address = f"{self.homeserver}/_matrix/media/v3/upload"
        async with self.width:
            said = await self._exchange("POST", address, data, headers, FILE_SECONDS)
        return str(said.get("content_uri", ""))

    async def _exchange(
        self,
        method: str,
        address: str,
        data: bytes | None,
        headers: dict[str, str],
        seconds: float,
    ) -> Json:
        if self.session is None:
            raise ServerUnreachable("The connection is closed.")
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        request = f"{method} {endpoint_of(address)}"
        failpoint(f"request {request}")
        try:
            # An answer that names another server would take token and words along to it.
            sent = self.session.request(
                method,
                address,
                data=data,
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=seconds),
                allow_redirects=False,
            )
            async with sent as answer:
                status, payload = answer.status, await answer.read()
                later = answer.headers.get("Retry-After", "")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise ServerUnreachable(f"No answer came ({type(error).__name__}).") from None
        failpoint(f"answer {request}")
        return _read(status, payload, later)


@asynccontextmanager
async def opened(wire: HttpClient) -> AsyncIterator[HttpClient]:
    """The wire with its pool of connections."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, auto_decompress=True) as session:
        wire.session = session
        try:
            yield wire
        finally:
            wire.session = None


def endpoint_of(address: str) -> str:
    """Return the path of a request with every identifier replaced: safe to name anywhere."""
    path = urlsplit(address).path.partition("/_matrix/")[2]
    return "/".join(p if ENDPOINT_PART.fullmatch(p) else "*" for p in path.split("/"))


def part(name: str) -> str:
    """A name as one part of a path: room and event ids hold signs that a path must not."""
    return quote(name, safe="")


def _read(status: int, payload: bytes, later: str) -> Json:
    said = _json(payload)
    if status == HTTPStatus.OK and said is not None:
        return said
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise RateLimited(_wait_of(said or {}, later))
    refused = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    if said is None or not refused:
        raise ServerUnreachable(f"The server answered with the status {status}.")
    if str(said.get("errcode")) in {"M_UNKNOWN_TOKEN", "M_MISSING_TOKEN"}:
        raise SessionExpired(status, said)
    raise RequestDenied(status, said)


def _json(payload: bytes) -> Json | None:
    """An object; nothing else is ever an answer."""
    try:
        said = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _wait_of(said: Json, later: str) -> float:
    """Seconds, by the body or the header (rate limiting); a server can be wrong about both."""
    after = said.get("retry_after_ms")
    if isinstance(after, int | float) and math.isfinite(after):
        return min(max(0.1, after / 1000), LONGEST_WAIT)
    seconds = float(later) if later.isascii() and later.isdecimal() else 1.0
    return min(max(0.1, seconds), LONGEST_WAIT)
