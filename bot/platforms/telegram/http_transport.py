"""Carries python-telegram-bot's requests over aiohttp.

The library lets its transport be replaced (``BaseRequest``). Its default costs 1.2 to 2.2 ms of
CPU a request, this one about a third. No error of it holds an address, which holds the token.
"""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import aiohttp
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)
from telegram.request import BaseRequest, RequestData

from store.model.failpoint import failpoint

PATIENCE_SECONDS = 10.0
"""So long an answer may take, apart from a long poll."""

AS_FORM = {"Content-Type": "application/x-www-form-urlencoded"}

Json = dict[str, Any]


class TooManyRequests(TelegramError):
    """Telegram asks to wait ``after`` seconds (Bot API, ResponseParameters.retry_after)."""

    def __init__(self, after: float) -> None:
        super().__init__("Telegram asks to wait.")
        self.after = after


class HttpTransport(BaseRequest):
    """One pool of connections to one server."""

    def __init__(self, patience: float = PATIENCE_SECONDS) -> None:
        """Nothing is opened before ``initialize``."""
        self._patience = patience
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds that an answer may take if the call does not say."""
        return self._patience

    async def initialize(self) -> None:
        """Open the pool."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=0)
            self._session = aiohttp.ClientSession(connector=connector)

    async def shutdown(self) -> None:
        """Close it."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = None,
        write_timeout: Any = None,
        connect_timeout: Any = None,
        pool_timeout: Any = None,
    ) -> tuple[int, bytes]:
        """One request; flood waits and broken servers are errors already here."""
        del write_timeout, connect_timeout, pool_timeout  # one patience for all of it
        seconds = read_timeout if isinstance(read_timeout, float | int) else self._patience
        return await self._exchange(method, url, _body(request_data), seconds)

    async def call(self, url: str, fields: Mapping[str, str], seconds: float | None = None) -> Any:
        """One call and what it results in, as JSON; errors are the library's.

        For the two calls that happen all the time: the library's own way, with an object for
        everything in the answer, costs as much as the request itself.
        """
        body = urlencode(fields).encode()
        code, payload = await self._exchange("POST", url, body, seconds or self._patience)
        said = _json(payload)
        if code != HTTPStatus.OK:
            raise _error(code, str(said.get("description", "")))
        if said.get("ok") is not True:
            raise NetworkError("What came is no answer of the Bot API.")
        return said.get("result")

    async def poll(self, url: str, fields: Mapping[str, str], seconds: float) -> list[Json]:
        """``getUpdates``, each update as it came: one that cannot be read must not hide others."""
        updates = await self.call(url, fields, seconds)
        if not isinstance(updates, list):
            raise NetworkError("What came are no updates of the Bot API.")
        return [u for u in updates if isinstance(u, dict) and isinstance(u.get("update_id"), int)]

    async def _exchange(
        self, method: str, url: str, body: Any, seconds: float
    ) -> tuple[int, bytes]:
        if self._session is None:
            raise NetworkError("The connection is closed.")
        timeout = aiohttp.ClientTimeout(total=seconds)
        name = url.rpartition("/")[2]
        failpoint(f"request {name}")
        try:
            # An answer that names another server would take token and words along to it.
            sent = self._session.request(
                method,
                url,
                data=body,
                headers=AS_FORM if isinstance(body, bytes) else None,
                timeout=timeout,
                allow_redirects=False,
            )
            async with sent as answer:
                code, payload = answer.status, await answer.read()
        except TimeoutError:
            raise TimedOut from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise NetworkError(f"No answer came ({type(error).__name__}).") from None
        failpoint(f"answer {name}")
        if code == HTTPStatus.TOO_MANY_REQUESTS:
            raise TooManyRequests(_wait_of(payload))
        if code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise NetworkError(f"The server answered with the status {code}.")
        return code, payload


def _body(data: RequestData | None) -> Any:
    """As a form; with files in several parts."""
    if data is None:
        return None
    if not data.contains_files:
        return urlencode(data.json_parameters).encode()
    form = aiohttp.FormData()
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (file, content, kind) in (data.multipart_data or {}).items():
        form.add_field(name, content, filename=file, content_type=kind)
    return form


def _json(payload: bytes) -> Json:
    try:
        said = json.loads(payload)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _wait_of(payload: bytes) -> float:
    parameters = _json(payload).get("parameters")
    after = parameters.get("retry_after") if isinstance(parameters, dict) else None
    return float(after) if isinstance(after, int | float) else 1.0


def _error(code: int, description: str) -> TelegramError:
    """As the library would have it (Bot API, Making requests)."""
    match code:
        case HTTPStatus.BAD_REQUEST:
            return BadRequest(description)
        case HTTPStatus.FORBIDDEN:
            return Forbidden(description)
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.NOT_FOUND:
            return InvalidToken()
        case HTTPStatus.CONFLICT:
            return Conflict(description)
        case _:
            return NetworkError(f"Telegram answered with the status {code}.")


@asynccontextmanager
async def open_transport() -> AsyncIterator[HttpTransport]:
    """Open a pool of connections, and close it at the end of the context."""
    transport = HttpTransport()
    await transport.initialize()
    try:
        yield transport
    finally:
        await transport.shutdown()
