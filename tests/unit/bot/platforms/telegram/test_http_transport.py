"""Requests are sent, and no error holds the URL or the parameters."""

import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from telegram import InputFile
from telegram.error import Conflict, InvalidToken, NetworkError, TelegramError, TimedOut
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot.platforms.telegram.http_transport import HttpTransport, TooManyRequests

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawx"
Serve = Callable[[web.Response], Awaitable[str]]


@pytest.fixture(name="transport")
async def _transport() -> AsyncIterator[HttpTransport]:
    transport = HttpTransport(timeout=2)
    await transport.initialize()
    yield transport
    await transport.shutdown()


@pytest.fixture(name="asked")
def _asked() -> list[dict[str, Any]]:
    return []


@pytest.fixture(name="serve")
async def _serve(asked: list[dict[str, Any]]) -> AsyncIterator[Serve]:
    servers: list[TestServer] = []

    async def serve(response: web.Response) -> str:
        async def handle(request: web.BaseRequest) -> web.Response:
            if request.content_type == "application/json":
                asked.append(await request.json())
            else:
                asked.append({key: _read(value) for key, value in (await request.post()).items()})
            return web.Response(
                status=response.status, body=response.body, headers=response.headers
            )

        server = TestServer(web.Application())
        server.app.router.add_route("*", "/{anything:.*}", handle)
        await server.start_server()
        servers.append(server)
        return f"http://127.0.0.1:{server.port}/bot{TOKEN}/getUpdates"

    yield serve
    for server in servers:
        await server.close()


def _read(value: Any) -> Any:
    return (value.filename, value.file.read()) if isinstance(value, web.FileField) else value


@pytest.mark.parametrize(
    ("status", "text", "error"),
    [
        (401, "{}", InvalidToken),
        (404, "{}", InvalidToken),
        (409, "{}", Conflict),
        (429, '{"parameters": {"retry_after": 7}}', TooManyRequests),
        (429, "<html>", TooManyRequests),
        (400, "{}", NetworkError),
        (302, "", NetworkError),
        (502, "<html>", NetworkError),
        (200, "<html>", NetworkError),
        (200, "[]", NetworkError),
        (200, '{"ok": false}', NetworkError),
        (200, '{"ok": true, "result": {}}', NetworkError),
    ],
)
async def test_an_unusable_answer_raises_an_error_without_the_url(
    transport: HttpTransport, serve: Serve, status: int, text: str, error: type[TelegramError]
) -> None:
    url = await serve(web.Response(status=status, text=text, headers={"Location": "/elsewhere"}))
    with pytest.raises(error) as caught:
        await transport.poll(url, {"offset": "5"}, 2)
    shown = "".join(traceback.format_exception(caught.value))
    assert not any(word in shown for word in (TOKEN, "127.0.0.1"))
    if isinstance(caught.value, TooManyRequests):
        assert caught.value.after == (7 if text.startswith("{") else 1)


@pytest.mark.parametrize(
    ("asked_for", "seconds"),
    [("0", 0.1), ("-5", 0.1), ("1e9", 3600), ("Infinity", 1), ("NaN", 1), ('"7"', 1), ("null", 1)],
)
async def test_a_pause_of_any_length_ends(
    transport: HttpTransport, serve: Serve, asked_for: str, seconds: float
) -> None:
    text = f'{{"parameters": {{"retry_after": {asked_for}}}}}'
    url = await serve(web.Response(status=429, text=text))
    with pytest.raises(TooManyRequests) as caught:
        await transport.poll(url, {}, 2)
    assert caught.value.after == seconds


async def test_an_answer_of_endless_depth_is_none(transport: HttpTransport, serve: Serve) -> None:
    url = await serve(web.Response(text="[" * 100_000))
    with pytest.raises(NetworkError):
        await transport.poll(url, {}, 2)


async def test_a_redirect_to_another_server_is_not_followed(
    transport: HttpTransport, serve: Serve, asked: list[dict[str, Any]]
) -> None:
    url = await serve(web.Response(status=307, headers={"Location": "/elsewhere"}))
    code, _ = await transport.do_request(url, "POST")
    assert (code, len(asked)) == (307, 1)


async def test_updates_without_an_id_are_ignored(transport: HttpTransport, serve: Serve) -> None:
    text = '{"ok": true, "result": [{"update_id": 1}, 7, {}, {"update_id": "x"}]}'
    assert await transport.poll(await serve(web.Response(text=text)), {}, 2) == [{"update_id": 1}]


async def test_files_are_sent_as_multipart_and_parameters_as_json(
    transport: HttpTransport, serve: Serve, asked: list[dict[str, Any]]
) -> None:
    url = await serve(web.Response(text="{}"))
    file = RequestParameter.from_input("document", InputFile(b"sealed", "a.age"))
    words = RequestParameter.from_input("text", "ä & b")
    await transport.do_request(url, "POST", RequestData([words]))
    await transport.do_request(url, "POST", RequestData([words, file]))
    assert asked[0] == {"text": "ä & b"}
    assert asked[1]["text"] == "ä & b"
    assert ("a.age", b"sealed") in asked[1].values()


@pytest.mark.parametrize("url", [f"http://127.0.0.1:1/bot{TOKEN}", f"http://[/bot{TOKEN}", TOKEN])
async def test_an_unreachable_server_raises_an_error_without_the_url(
    transport: HttpTransport, url: str
) -> None:
    with pytest.raises(NetworkError) as caught:
        await transport.do_request(url, "POST")
    assert TOKEN not in "".join(traceback.format_exception(caught.value))


async def test_a_closed_transport_raises_an_error(transport: HttpTransport) -> None:
    await transport.shutdown()
    with pytest.raises(NetworkError, match="closed"):
        await transport.do_request("http://127.0.0.1:1", "POST")


async def test_a_slow_answer_times_out(
    transport: HttpTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_: object, **__: object) -> None:
        raise TimeoutError(TOKEN)

    monkeypatch.setattr(aiohttp.ClientSession, "request", silent)
    assert transport.read_timeout == 2
    with pytest.raises(TimedOut):
        await transport.do_request("http://127.0.0.1:1", "POST", read_timeout=0.1)
