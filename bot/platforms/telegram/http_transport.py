"""Carry python-telegram-bot's requests over aiohttp.

The library lets its transport be replaced (``BaseRequest``). Its default costs 1.2 to 2.2 ms of
CPU per request, this one about a third. None of its errors holds the URL, as it holds the token.
"""

import json
import math
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

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

TIMEOUT_SECONDS = 10.0
"""How long an answer may take, apart from a long poll."""

MIN_PAUSE_SECONDS = 0.1
MAX_PAUSE_SECONDS = 3600.0
"""The longest pause that a server may ask for."""

JSON_HEADERS = {"Content-Type": "application/json"}

Json = dict[str, Any]


class TooManyRequests(TelegramError):
    """Telegram asks to wait ``after`` seconds (Bot API, ResponseParameters.retry_after)."""

    def __init__(self, after: float) -> None:
        super().__init__("Telegram asks to wait.")
        self.after = after


class RequestTooLarge(TelegramError):
    """The server takes no request of this size, with a file in it."""

    def __init__(self) -> None:
        super().__init__("The request is too large.")


class HttpTransport(BaseRequest):
    """One pool of connections to one server."""

    def __init__(self, timeout: float = TIMEOUT_SECONDS) -> None:
        """Set the timeout; nothing is opened before ``initialize``."""
        self._timeout = timeout
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Return how many seconds an answer may take if the call does not say."""
        return self._timeout

    async def initialize(self) -> None:
        """Open the pool of connections."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=0)
            self._session = aiohttp.ClientSession(connector=connector)

    async def shutdown(self) -> None:
        """Close the pool of connections."""
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
        """Send one request and return the status and the body of its answer.

        Raise ``TooManyRequests`` if Telegram asks to wait, ``RequestTooLarge`` if a file is too
        large for it, and ``NetworkError`` without an answer.
        """
        del write_timeout, connect_timeout, pool_timeout  # one timeout covers all of it
        seconds = read_timeout if isinstance(read_timeout, float | int) else self._timeout
        return await self._exchange(method, url, _body(request_data), seconds)

    async def call(self, url: str, fields: Mapping[str, str], seconds: float | None = None) -> Any:
        """Call a method of the Bot API and return its result, as parsed JSON.

        Raise the library's errors. Used for the most frequent calls: the library's own way,
        with an object for everything in the answer, costs as much as the request itself.
        """
        body = json.dumps(fields).encode()
        code, payload = await self._exchange("POST", url, body, seconds or self._timeout)
        answer = _json(payload)
        if code != HTTPStatus.OK:
            raise _error(code, str(answer.get("description", "")))
        if answer.get("ok") is not True:
            raise NetworkError("What came is no answer of the Bot API.")
        return answer.get("result")

    async def poll(self, url: str, fields: Mapping[str, str], seconds: float) -> list[Json]:
        """Call ``getUpdates`` and return the updates unparsed: one may be broken."""
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
                headers=JSON_HEADERS if isinstance(body, bytes) else None,
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
            raise TooManyRequests(_seconds_to_wait(payload))
        if code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            raise RequestTooLarge
        if code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise NetworkError(f"The server answered with the status {code}.")
        return code, payload


def _body(data: RequestData | None) -> Any:
    """Encode the parameters as JSON; with files, as a form of several parts."""
    if data is None:
        return None
    if not data.contains_files:
        return data.json_payload
    form = aiohttp.FormData()
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (file, content, kind) in (data.multipart_data or {}).items():
        form.add_field(name, content, filename=file, content_type=kind)
    return form


def _json(payload: bytes) -> Json:
    try:
        answer = json.loads(payload)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _seconds_to_wait(payload: bytes) -> float:
    parameters = _json(payload).get("parameters")
    after = parameters.get("retry_after") if isinstance(parameters, dict) else None
    if not isinstance(after, int | float) or not math.isfinite(after):
        return 1.0
    return min(max(MIN_PAUSE_SECONDS, float(after)), MAX_PAUSE_SECONDS)


def _error(code: int, description: str) -> TelegramError:
    """Translate an error into the library's (Bot API, Making requests)."""
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
