"""Every failure of a homeserver becomes an error that repeats nothing of its answer."""

import asyncio
import gc
import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import unquote

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.matrix import http_client as http_client_module
from bot.platforms.matrix.http_client import (
    HttpClient,
    HttpError,
    Json,
    RateLimited,
    RequestDenied,
    ServerUnreachable,
    SessionExpired,
    connected,
    path_segment,
)

TOKEN = "syt_a-token-of-the-bot"
WORD = "what-somebody-told"
PATH = "/account/whoami"
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Server:
    """Answer every request in the same way, and record it."""

    def __init__(self) -> None:
        self.answer: Answer = self.fine
        self.paths: list[str] = []
        self.tokens: list[str] = []
        self.bodies: list[bytes] = []
        self.types: list[str] = []
        self.under_way = 0
        self.most = 0
        self.url = ""

    async def fine(self, _request: web.Request) -> web.Response:
        return web.json_response({"user_id": "@bot:x"})

    async def hear(self, request: web.Request) -> web.StreamResponse:
        self.paths.append(request.raw_path)
        self.tokens.append(request.headers.get("Authorization", ""))
        self.types.append(request.headers.get("Content-Type", ""))
        self.bodies.append(await request.read())
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            return await self.answer(request)
        finally:
            self.under_way -= 1

    def says(self, status: int, body: object, **headers: str) -> None:
        """Answer every request so from now on."""
        text = body if isinstance(body, str) else json.dumps(body)
        named = {name.replace("_", "-"): value for name, value in headers.items()}

        async def answer(_request: web.Request) -> web.Response:
            return web.Response(status=status, text=text, headers=named)

        self.answer = answer


async def _started() -> tuple[Server, web.AppRunner]:
    server = Server()
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", server.hear)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    return server, runner


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    running, runner = await _started()
    yield running
    await runner.cleanup()


@pytest.fixture
async def elsewhere() -> AsyncIterator[Server]:
    running, runner = await _started()
    yield running
    await runner.cleanup()


@pytest.fixture
async def http_client(server: Server) -> AsyncIterator[HttpClient]:
    async with connected(HttpClient(server.url, TOKEN, timeout_seconds=2.0)) as running:
        yield running


async def failing(http_client: HttpClient, body: Json | None = None) -> HttpError:
    """Return the error of a request, which contains no address, token or text."""
    with pytest.raises(HttpError) as caught:
        await http_client.request("POST", PATH, body or {"body": WORD})
    shown = f"{caught.value!r} {caught.value} {vars(caught.value)} {http_client!r}"
    for secret in (TOKEN, WORD, "127.0.0.1:1", PATH):
        assert secret not in f"{caught.value!r} {vars(caught.value)}"
    assert TOKEN not in shown
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value


async def test_a_request_has_the_token_in_a_header_and_the_body_as_short_json(
    server: Server, http_client: HttpClient
) -> None:
    assert await http_client.request("PUT", "/a/b?c=d", {"x": [1, "ü"]}) == {"user_id": "@bot:x"}
    assert server.paths == ["/_matrix/client/v3/a/b?c=d"]
    assert server.tokens == [f"Bearer {TOKEN}"]
    assert server.bodies == [rb'{"x":[1,"\u00fc"]}']
    await http_client.request("GET", PATH)
    assert server.bodies[-1] == b""
    http_client.token = ""
    await http_client.request("GET", PATH)
    assert server.tokens[-1] == ""


async def test_any_identifier_is_one_segment_of_the_path(
    server: Server, http_client: HttpClient
) -> None:
    for name in ("!room:example.org", "$event/+=?#&", "a b", "ü", "%2F", "a..b"):
        await http_client.request("PUT", f"/rooms/{path_segment(name)}/end", {})
        *_, rooms, shown, end = server.paths[-1].split("/")
        assert (rooms, unquote(shown), end) == ("rooms", name, "end")


async def test_a_file_is_stored_without_a_name(server: Server, http_client: HttpClient) -> None:
    server.says(200, {"content_uri": "mxc://x/y"})
    assert await http_client.upload(b"\0sealed") == "mxc://x/y"
    assert server.paths == ["/_matrix/media/v3/upload"]
    assert (server.bodies, server.types) == ([b"\0sealed"], ["application/octet-stream"])


@pytest.mark.parametrize(
    ("body", "header", "seconds"),
    [
        ({"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 2500}, "", 2.5),
        ({"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 0}, "", 0.1),
        ({"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": -7}, "", 0.1),
        (
            {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 10**15},
            "",
            http_client_module.MAX_RETRY_SECONDS,
        ),
        ({"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": float("nan")}, "4", 4.0),
        ({"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": float("inf")}, "", 1.0),
        ({"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": "soon"}, "3", 3.0),
        ({"errcode": "M_LIMIT_EXCEEDED"}, "7", 7.0),
        ({"errcode": "M_LIMIT_EXCEEDED"}, "99999999", http_client_module.MAX_RETRY_SECONDS),
        ({"errcode": "M_LIMIT_EXCEEDED"}, "Wed, 25 Nov 2026 07:28:00 GMT", 1.0),
        ({"errcode": "M_LIMIT_EXCEEDED"}, "", 1.0),
        ("<html>slow down</html>", "2", 2.0),
        ([], "0", 0.1),
    ],
)
async def test_a_rate_limited_answer_says_how_long_to_wait(
    server: Server, http_client: HttpClient, body: object, header: str, seconds: float
) -> None:
    server.says(429, body, **({"Retry_After": header} if header else {}))
    error = await failing(http_client)
    assert isinstance(error, RateLimited)
    assert error.after == seconds


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, {"errcode": "M_UNKNOWN", "error": WORD}),
        (500, {"errcode": "M_UNKNOWN_TOKEN"}),
        (503, ""),
        (502, "<html><body>502 Bad Gateway</body></html>"),
        (404, "<html>no such page</html>"),
        (403, ""),
        (401, "[]"),
        (200, ""),
        (200, "<html>log in to this hotel's network</html>"),
        (200, "[]"),
        (200, "null"),
        (200, '"a text"'),
        (200, '{"cut": '),
        (200, "[" * 100_000),
        (204, ""),
        (207, {"fine": True}),
        (302, {"errcode": "M_FORBIDDEN"}),
    ],
)
async def test_an_unusable_answer_counts_as_unreachable(
    server: Server, http_client: HttpClient, status: int, body: object
) -> None:
    server.says(status, body)
    assert type(await failing(http_client)) is ServerUnreachable


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (
            401,
            {"errcode": "M_UNKNOWN_TOKEN", "soft_logout": True},
            SessionExpired,
            "M_UNKNOWN_TOKEN",
        ),
        (401, {"errcode": "M_UNKNOWN_TOKEN"}, SessionExpired, "M_UNKNOWN_TOKEN"),
        (401, {"errcode": "M_MISSING_TOKEN", "error": TOKEN}, SessionExpired, "M_MISSING_TOKEN"),
        (401, {"session": "abc", "flows": []}, RequestDenied, "M_UNKNOWN"),
        (403, {"errcode": "M_FORBIDDEN", "error": WORD}, RequestDenied, "M_FORBIDDEN"),
        (404, {"errcode": "M_NOT_FOUND"}, RequestDenied, "M_NOT_FOUND"),
        (400, {"errcode": "ORG.EXAMPLE_WORSE"}, RequestDenied, "M_UNKNOWN"),
        (400, {"errcode": f"M_X {WORD}"}, RequestDenied, "M_UNKNOWN"),
        (400, {"errcode": ["M_UNKNOWN_TOKEN"]}, RequestDenied, "M_UNKNOWN"),
        (400, {"errcode": {"a": 1}, "session": [WORD]}, RequestDenied, "M_UNKNOWN"),
        (413, {"errcode": "M_TOO_LARGE"}, RequestDenied, "M_TOO_LARGE"),
        (413, "<html>413 Request Entity Too Large</html>", RequestDenied, "M_TOO_LARGE"),
    ],
)
async def test_a_refusal_carries_its_error_code_and_nothing_else(
    server: Server,
    http_client: HttpClient,
    status: int,
    body: Json | str,
    kind: type[RequestDenied],
    code: str,
) -> None:
    server.says(status, body)
    with pytest.raises(RequestDenied) as caught:
        await http_client.request("POST", PATH, {"body": WORD})
    error = caught.value
    assert type(error) is kind
    assert (error.status, error.code) == (status, code)
    assert str(error) == f"The server answered {status} {code}."
    assert WORD not in repr(error)
    assert TOKEN not in repr(error)
    if status == 401 and "session" in body:
        assert error.auth_session == "abc"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_not_followed(
    server: Server, elsewhere: Server, http_client: HttpClient, status: int
) -> None:
    server.says(status, "", Location=f"{elsewhere.url}/_matrix/client/v3{PATH}")
    assert type(await failing(http_client)) is ServerUnreachable
    with pytest.raises(ServerUnreachable):
        await http_client.upload(b"sealed")
    assert elsewhere.paths == []
    assert len(server.paths) == 2


async def test_a_hanging_server_times_out_and_does_not_block_the_next_request(
    server: Server, http_client: HttpClient
) -> None:
    async def hang(_request: web.Request) -> web.Response:
        await asyncio.sleep(60)
        return web.Response()

    http_client.timeout_seconds, server.answer = 0.2, hang
    began = time.monotonic()
    assert type(await failing(http_client)) is ServerUnreachable
    assert time.monotonic() - began < 1.5
    with pytest.raises(ServerUnreachable):
        await http_client.long_poll(PATH, 0.1)
    server.answer = server.fine
    assert await http_client.request("GET", PATH)


async def test_a_truncated_answer_counts_as_unreachable(
    server: Server, http_client: HttpClient
) -> None:
    async def cut(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Length": "1000"})
        await answer.prepare(request)
        await answer.write(b'{"user_id": "@bot')
        assert request.transport is not None
        request.transport.abort()
        return answer

    server.answer = cut
    assert type(await failing(http_client)) is ServerUnreachable


async def test_a_closed_port_counts_as_unreachable(server: Server) -> None:
    async with connected(
        HttpClient("http://127.0.0.1:9", TOKEN, timeout_seconds=2.0)
    ) as http_client:
        assert type(await failing(http_client)) is ServerUnreachable
        with pytest.raises(ServerUnreachable):
            await http_client.upload(b"sealed")
    async with connected(
        HttpClient("http://no-such-host.invalid", TOKEN, timeout_seconds=2.0)
    ) as http_client:
        assert type(await failing(http_client)) is ServerUnreachable


async def test_a_closed_client_sends_nothing(server: Server) -> None:
    async with connected(HttpClient(server.url, TOKEN)) as http_client:
        await http_client.request("GET", PATH)
    assert type(await failing(http_client)) is ServerUnreachable
    assert len(server.paths) == 1


async def test_a_malformed_token_is_not_shown(server: Server) -> None:
    async with connected(HttpClient(server.url, f"{TOKEN}\r\nHost: other")) as http_client:
        assert type(await failing(http_client)) is ServerUnreachable
    assert server.paths == []


async def test_concurrent_requests_are_limited_and_long_polls_are_not(
    server: Server, http_client: HttpClient
) -> None:
    async def slow(request: web.Request) -> web.Response:
        await asyncio.sleep(0.01 if "poll" in request.path else 0.3)
        return web.json_response({})

    server.answer = slow
    calls = [
        asyncio.create_task(http_client.request("GET", PATH))
        for _ in range(3 * http_client_module.MAX_CONCURRENT_REQUESTS)
    ]
    await asyncio.sleep(0.1)
    began = time.monotonic()
    await http_client.long_poll("/poll", 2.0)
    assert time.monotonic() - began < 0.25
    await asyncio.gather(*calls)
    assert server.most <= http_client_module.MAX_CONCURRENT_REQUESTS + 1


async def test_no_log_contains_an_address_a_token_or_text(
    server: Server, http_client: HttpClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        for status in (200, 401, 403, 429, 500):
            server.says(status, {"errcode": "M_FORBIDDEN", "error": WORD})
            try:
                await http_client.request("POST", PATH, {"body": WORD})
            except HttpError as error:
                logging.getLogger("bot").warning("%r", error)
    for secret in (TOKEN, WORD, PATH, server.url):
        assert secret not in caplog.text


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=8,
)
NAMES = st.sampled_from(["errcode", "retry_after_ms", "session", "error", "soft_logout"])


@given(
    st.integers(100, 599),
    st.binary(max_size=40) | st.dictionaries(NAMES, VALUES).map(lambda d: json.dumps(d).encode()),
    st.text(max_size=6),
)
def test_any_payload_is_an_answer_or_a_known_error(
    status: int, payload: bytes, later: str
) -> None:
    try:
        said = http_client_module._read(status, payload, later)
    except HttpError as error:
        after = error.after if isinstance(error, RateLimited) else 1.0
    else:
        after = 1.0 if isinstance(said, dict) else 0.0
    assert 0 < after <= http_client_module.MAX_RETRY_SECONDS


class Silent(HttpClient):
    """A homeserver that waits for ever for a server that is away."""

    async def _send_json(
        self, method: str, path: str, data: bytes | None, timeout_seconds: float
    ) -> Json:
        if "dead" in (data or b"").decode():
            await asyncio.Event().wait()
        return {}


async def test_no_other_server_keeps_requests_waiting_that_do_not_need_it() -> None:
    client = Silent("http://x")
    users = [f"@{number}:dead.example" for number in range(1000)]
    async with asyncio.TaskGroup() as group:
        waiting = [
            group.create_task(client.ask_servers("/keys/query", {"of": user}, [user]))
            for user in users
        ]
        await asyncio.sleep(0)
        async with asyncio.timeout(5):
            await client.request("GET", "/account/whoami")
            await client.ask_servers("/keys/query", {}, ["@robin:x"])
        for task in waiting:
            task.cancel()
    del waiting, group, task
    gc.collect()
    assert not client.server_slots
