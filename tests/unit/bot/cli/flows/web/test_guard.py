"""No other web page, computer or name can use the page."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.cli.flows.web.guard import TOKEN_HEADER
from bot.cli.flows.web.server import FILES, PAGE
from tests.unit.bot.cli.flows.conftest import folder
from tests.unit.bot.cli.flows.web.page import Visitor, contents, visiting

__all__ = ["folder"]

ACTS = (
    "files", "open", "check", "save", "begin", "say", "press", "settle", "keep", "try",
    "publication", "publish",
)  # fmt: skip


def foreign(visitor: Visitor) -> Mapping[str, Mapping[str, str]]:
    """What comes from somewhere else, by what betrays it."""
    key = {TOKEN_HEADER: visitor.token}
    return {
        "no key": {"Origin": visitor.origin},
        "a wrong key": {TOKEN_HEADER: visitor.token[:-1] + "?", "Origin": visitor.origin},
        "an empty key": {TOKEN_HEADER: ""},
        "another page": {**key, "Origin": "https://example.org"},
        "a page without an origin": {**key, "Origin": "null"},
        "the same page on another port": {**key, "Origin": "http://127.0.0.1:1"},
        "another name of this machine": {**key, "Host": "localhost"},
        "a hostile name": {**key, "Host": f"example.org:{visitor.origin.rpartition(':')[2]}"},
        "a request across sites": {**key, "Sec-Fetch-Site": "cross-site"},
        "a request of another port": {**key, "Sec-Fetch-Site": "same-site"},
    }


@pytest.mark.parametrize("act", ACTS)
async def test_what_does_not_come_from_the_page_is_refused(folder: Path, act: str) -> None:
    before = contents(folder)
    async with visiting(folder) as visitor:
        for why, headers in foreign(visitor).items():
            status, answer = await visitor.post(act, headers, name="made.toml", text="")
            assert (status, list(answer)) == (403, ["error"]), why
    assert contents(folder) == before


async def test_a_key_of_bytes_that_are_no_text_is_refused_as_any_other(folder: Path) -> None:
    async with visiting(folder) as visitor:
        host = visitor.origin.removeprefix("http://")
        reader, writer = await asyncio.open_connection(*host.split(":"))
        head = f"POST /api/files HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n"
        writer.write(head.encode() + TOKEN_HEADER.encode() + b": \xff\xfe\x80\r\n\r\n")
        answer = await reader.read()
        writer.close()
    assert answer.startswith(b"HTTP/1.1 403")


async def test_with_its_key_the_page_is_answered(folder: Path) -> None:
    async with visiting(folder) as visitor:
        assert (await visitor.ask("files"))["names"] == ["made.toml"]
        headers = {TOKEN_HEADER: visitor.token, "Sec-Fetch-Site": "same-origin"}
        assert (await visitor.post("files", headers))[0] == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS", "HEAD"])
async def test_acts_are_posted_and_nothing_else(folder: Path, method: str) -> None:
    async with visiting(folder) as visitor:
        headers = {TOKEN_HEADER: visitor.token, "Access-Control-Request-Method": "POST"}
        url = f"{visitor.origin}/api/files"
        async with visitor.http.request(method, url, headers=headers) as answer:
            assert answer.status == 405
            assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("path", [*FILES, "/api/files", "/nothing", "/../page.py", "/favicon.ico"])
async def test_every_answer_keeps_the_page_to_itself(folder: Path, path: str) -> None:
    async with visiting(folder) as visitor, visitor.http.get(f"{visitor.origin}{path}") as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "unsafe" not in policy
        assert "http" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] == "no-store"
        assert not [name for name in answer.headers if name.startswith("Access-Control")]
        assert visitor.token not in await answer.text()


async def test_a_page_in_the_frame_of_another_is_refused(folder: Path) -> None:
    async with visiting(folder) as visitor:
        headers = {"Sec-Fetch-Site": "cross-site"}
        async with visitor.http.get(f"{visitor.origin}/", headers=headers) as answer:
            assert answer.status == 403


async def test_it_is_on_this_computer_alone_and_has_another_key_each_time(folder: Path) -> None:
    async with visiting(folder) as one, visiting(folder) as other:
        assert one.origin.startswith("http://127.0.0.1:")
        assert one.token != other.token
        assert len(one.token) >= 43
        headers = {TOKEN_HEADER: one.token, "Origin": other.origin}
        assert (await other.post("files", headers))[0] == 403


def test_the_page_takes_its_key_out_of_the_address_bar() -> None:
    script = (PAGE / "page.js").read_text("utf-8")
    taken = script.index("location.hash.slice(1)")
    assert taken < script.index('history.replaceState(null, "", location.pathname)')
    assert "localStorage" not in script
    assert "sessionStorage" not in script


def test_the_page_uses_nothing_from_elsewhere() -> None:
    for name in FILES.values():
        text = (PAGE / name).read_text("utf-8")
        assert "http:" not in text.replace("http://www.w3.org/2000/svg", "")
        assert "https:" not in text
        assert "style=" not in text
        assert "innerHTML" not in text
        assert "onclick" not in text
