"""Requests are carried, and no error says where to or what with."""

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


@pytest.fixture(name="carrier")
async def _carrier() -> AsyncIterator[HttpTransport]:
    carrier = HttpTransport(timeout=2)
    await carrier.initialize()
    yield carrier
    await carrier.shutdown()


@pytest.fixture(name="asked")
def _asked() -> list[dict[str, Any]]:
    return []


@pytest.fixture(name="serve")
async def _serve(asked: list[dict[str, Any]]) -> AsyncIterator[Serve]:
    servers: list[TestServer] = []

    async def serve(response: web.Response) -> str:
        async def handle(request: web.BaseRequest) -> web.Response:
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
async def test_every_answer_that_is_none_is_one_error_without_an_address(
    carrier: HttpTransport, serve: Serve, status: int, text: str, error: type[TelegramError]
) -> None:
    url = await serve(web.Response(status=status, text=text, headers={"Location": "/elsewhere"}))
    with pytest.raises(error) as caught:
        await carrier.poll(url, {"offset": "5"}, 2)
    shown = "".join(traceback.format_exception(caught.value))
    assert not any(word in shown for word in (TOKEN, "127.0.0.1"))
    if isinstance(caught.value, TooManyRequests):
        assert caught.value.after == (7 if text.startswith("{") else 1)


async def test_an_answer_that_names_another_server_is_not_followed(
    carrier: HttpTransport, serve: Serve, asked: list[dict[str, Any]]
) -> None:
    url = await serve(web.Response(status=307, headers={"Location": "/elsewhere"}))
    code, _ = await carrier.do_request(url, "POST")
    assert (code, len(asked)) == (307, 1)


async def test_of_updates_those_without_a_number_are_left_out(
    carrier: HttpTransport, serve: Serve
) -> None:
    text = '{"ok": true, "result": [{"update_id": 1}, 7, {}, {"update_id": "x"}]}'
    assert await carrier.poll(await serve(web.Response(text=text)), {}, 2) == [{"update_id": 1}]


async def test_files_go_in_parts_and_words_as_a_form(
    carrier: HttpTransport, serve: Serve, asked: list[dict[str, Any]]
) -> None:
    url = await serve(web.Response(text="{}"))
    file = RequestParameter.from_input("document", InputFile(b"sealed", "a.age"))
    words = RequestParameter.from_input("text", "ä & b")
    await carrier.do_request(url, "POST", RequestData([words]))
    await carrier.do_request(url, "POST", RequestData([words, file]))
    assert asked[0] == {"text": "ä & b"}
    assert asked[1]["text"] == "ä & b"
    assert ("a.age", b"sealed") in asked[1].values()


@pytest.mark.parametrize("url", [f"http://127.0.0.1:1/bot{TOKEN}", f"http://[/bot{TOKEN}", TOKEN])
async def test_where_nobody_answers_the_error_does_not_say_where(
    carrier: HttpTransport, url: str
) -> None:
    with pytest.raises(NetworkError) as caught:
        await carrier.do_request(url, "POST")
    assert TOKEN not in "".join(traceback.format_exception(caught.value))


async def test_a_closed_connection_is_said(carrier: HttpTransport) -> None:
    await carrier.shutdown()
    with pytest.raises(NetworkError, match="closed"):
        await carrier.do_request("http://127.0.0.1:1", "POST")


async def test_patience_ends(carrier: HttpTransport, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(*_: object, **__: object) -> None:
        raise TimeoutError(TOKEN)

    monkeypatch.setattr(aiohttp.ClientSession, "request", silent)
    assert carrier.read_timeout == 2
    with pytest.raises(TimedOut):
        await carrier.do_request("http://127.0.0.1:1", "POST", read_timeout=0.1)
