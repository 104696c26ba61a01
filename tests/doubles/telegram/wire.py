"""How a call arrives and how it is answered (Bot API, "Making requests")."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

MOST_BYTES = 50 * 1024 * 1024
"""What a bot may upload (Bot API, "Sending files")."""

WORDS = frozenset(
    {
        "action",
        "business_connection_id",
        "callback_query_id",
        "caption",
        "description",
        "file_id",
        "inline_message_id",
        "ip_address",
        "language_code",
        "message_effect_id",
        "parse_mode",
        "secret_token",
        "short_description",
        "text",
        "url",
    }
)
"""Parameters that are text whatever they look like; all others are JSON, if they can be."""

Json = dict[str, Any]


class Refused(Exception):
    """A call that Telegram answers with ``ok: false``, in Telegram's own words."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


def bad(description: str) -> Refused:
    """The commonest refusal; PTB raises it as BadRequest."""
    return Refused(400, f"Bad Request: {description}")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came in a multipart form."""

    name: str
    data: bytes = field(repr=False)
    media: str = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Target:
    """What a path asks for; ``file`` is set where it is a download."""

    token: str = field(repr=False)
    method: str = ""
    file: str = ""


PATH = re.compile(r"/(?P<file>file/)?bot(?P<token>[^/]+)/(?P<rest>.+)")


def target_of(path: str) -> Target | None:
    """``/bot<token>/<method>`` or ``/file/bot<token>/<path>``, or neither."""
    found = PATH.fullmatch(path)
    if found is None:
        return None
    if found["file"]:
        return Target(found["token"], file=found["rest"])
    return Target(found["token"], found["rest"])


async def read_params(request: web.BaseRequest) -> Json:
    """Everything a call says, from wherever Telegram accepts it, each value as what it means."""
    said = dict(request.query)
    kind = request.content_type
    if request.method == "POST":
        said.update(await _body(request, kind))
    return _attached({key: decoded(key, value) for key, value in said.items()})


async def _body(request: web.BaseRequest, kind: str) -> Mapping[str, Any]:
    if kind == "application/x-www-form-urlencoded":
        return dict(parse_qsl((await request.read()).decode(), keep_blank_values=True))
    if kind == "multipart/form-data":
        return {key: _part(value) for key, value in (await request.post()).items()}
    body = await request.read()
    try:
        read = json.loads(body) if body and kind == "application/json" else {}
    except ValueError:
        raise bad("can't parse JSON object") from None
    return read if isinstance(read, dict) else {}


def _part(value: Any) -> Any:
    if isinstance(value, web.FileField):
        with value.file as file:
            return Upload(value.filename, file.read(), value.content_type)
    return value


def decoded(key: str, value: Any) -> Any:
    """A parameter as the JSON it is, or as the text it is."""
    if not isinstance(value, str) or key in WORDS:
        return value
    try:
        return json.loads(value)
    except ValueError:
        return {"True": True, "False": False}.get(value, value)


def _attached(said: Json) -> Json:
    """``attach://name`` stands for the part of that name (Bot API, InputFile)."""
    names = {v.removeprefix("attach://") for v in said.values() if _points(v)}
    whole = {
        k: said.get(v.removeprefix("attach://"), v) if _points(v) else v for k, v in pairs(said)
    }
    return {key: value for key, value in whole.items() if key not in names}


def _points(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("attach://")


def pairs(said: Json) -> Iterator[tuple[str, Any]]:
    """Names and values."""
    yield from said.items()


BROKEN = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    "<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.18.0</center>\r\n"
    "</body>\r\n</html>\r\n"
)
"""What stands before Telegram's servers answers in HTML, and not as the Bot API does."""


def broken() -> web.Response:
    """A gateway that found nobody behind it."""
    return web.Response(status=502, text=BROKEN, content_type="text/html")


def answered(result: Any) -> web.Response:
    """``ok: true``."""
    return _envelope(200, {"ok": True, "result": result})


def refused(refusal: Refused) -> web.Response:
    """``ok: false``; the HTTP status is the error code."""
    body: Json = {"ok": False, "error_code": refusal.code, "description": refusal.description}
    if refusal.parameters:
        body["parameters"] = refusal.parameters
    return _envelope(refusal.code, body)


def _envelope(status: int, body: Json) -> web.Response:
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
    return web.Response(status=status, body=text.encode(), content_type="application/json")
