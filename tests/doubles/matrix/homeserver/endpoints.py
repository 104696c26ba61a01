"""The part of the client-server API that there is: paths, and what each of them takes."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from tests.doubles.matrix.homeserver import accounts, rooms
from tests.doubles.matrix.homeserver.request import Request
from tests.doubles.matrix.homeserver.shapes import ANY, Json, ListOf, MapOf, Maybe, OneOf
from tests.doubles.matrix.homeserver.sync import TOKEN
from tests.doubles.matrix.homeserver.world import World

Handler = Callable[[World, Request], Any]
V3, MEDIA = "/_matrix/client/v3", "/_matrix/media/v3"
NOTHING: Mapping[str, Any] = {}
SIGNATURES = MapOf(MapOf(str))
USER = {"type": OneOf(frozenset({"m.id.user"})), "user": str}
ONE_TIME = MapOf({"key": str, "signatures": SIGNATURES, "fallback": Maybe(bool)})
IDENTITY = {
    "user_id": str,
    "usage": ListOf(str),
    "keys": MapOf(str),
    "signatures": Maybe(SIGNATURES),
}
DEVICE = {
    "user_id": str,
    "device_id": str,
    "algorithms": ListOf(str),
    "keys": MapOf(str),
    "signatures": SIGNATURES,
}
LOG_IN = {
    "type": OneOf(frozenset({"m.login.password"})),
    "identifier": USER,
    "password": str,
    "device_id": Maybe(str),
    "initial_device_display_name": Maybe(str),
}
KEYS = {
    "device_keys": Maybe(DEVICE),
    "one_time_keys": Maybe(ONE_TIME),
    "fallback_keys": Maybe(ONE_TIME),
}
AUTH = {"type": str, "session": str, "identifier": USER, "password": str}
SIGNING = {
    "master_key": Maybe(IDENTITY),
    "self_signing_key": Maybe(IDENTITY),
    "user_signing_key": Maybe(IDENTITY),
    "auth": Maybe(AUTH),
}
STATE = {"type": str, "content": MapOf(ANY), "state_key": Maybe(str)}
ROOM = {
    "preset": Maybe(OneOf(frozenset({"private_chat", "trusted_private_chat", "public_chat"}))),
    "is_direct": Maybe(bool),
    "invite": Maybe(ListOf(str)),
    "initial_state": Maybe(ListOf(STATE)),
    "name": Maybe(str),
}
WHOLE = re.compile(r"\d{1,9}")
SYNC = {
    "filter": re.compile(r".+", re.DOTALL),
    "since": TOKEN,
    "timeout": WHOLE,
    "set_presence": re.compile(r"offline|online|unavailable"),
    "full_state": re.compile(r"true|false"),
}
PAGE = {
    "dir": re.compile(r"[bf]"),
    "from": TOKEN,
    "to": TOKEN,
    "limit": WHOLE,
    "filter": re.compile(r".+", re.DOTALL),
}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One request of the API."""

    method: str
    path: str
    """Identifiers stand as ``*``."""
    handle: Handler | None
    """None for what is answered later, or with no JSON."""
    body: Any = None
    """The shape of the body; None for none."""
    query: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    """Parameters of the query that must be there."""
    repeatable: bool = False
    """The path ends with a transaction id: a repetition is answered as before."""
    token: bool = True
    pattern: re.Pattern[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Prepare what the path is compared with."""
        pattern = re.compile(re.escape(self.path).replace(r"\*", "([^/]+)"))
        object.__setattr__(self, "pattern", pattern)


TABLE = (
    Endpoint("POST", f"{V3}/login", accounts.log_in, LOG_IN, token=False),
    Endpoint("POST", f"{V3}/logout", accounts.log_out, NOTHING),
    Endpoint("GET", f"{V3}/account/whoami", accounts.whoami),
    Endpoint("POST", f"{V3}/keys/upload", accounts.upload_keys, KEYS),
    Endpoint(
        *("POST", f"{V3}/keys/query", accounts.query_keys),
        {"device_keys": MapOf(ListOf(str)), "timeout": Maybe(int)},
    ),
    Endpoint(
        *("POST", f"{V3}/keys/claim", accounts.claim_keys),
        {"one_time_keys": MapOf(MapOf(str)), "timeout": Maybe(int)},
    ),
    Endpoint("POST", f"{V3}/keys/device_signing/upload", accounts.upload_identity, SIGNING),
    Endpoint(
        *("POST", f"{V3}/keys/signatures/upload", accounts.upload_signatures),
        MapOf(MapOf(MapOf(ANY))),
    ),
    Endpoint(
        *("PUT", f"{V3}/sendToDevice/*/*", rooms.send_to_device),
        {"messages": MapOf(MapOf(MapOf(ANY)))},
        repeatable=True,
    ),
    Endpoint("GET", f"{V3}/sync", None, query=SYNC),
    Endpoint("POST", f"{V3}/createRoom", rooms.create, ROOM),
    Endpoint("POST", f"{V3}/rooms/*/invite", rooms.invite, {"user_id": str, "reason": Maybe(str)}),
    Endpoint("POST", f"{V3}/rooms/*/join", rooms.join, {"reason": Maybe(str)}),
    Endpoint("POST", f"{V3}/rooms/*/leave", rooms.leave, {"reason": Maybe(str)}),
    Endpoint("POST", f"{V3}/rooms/*/kick", rooms.kick, {"user_id": str, "reason": Maybe(str)}),
    Endpoint("POST", f"{V3}/rooms/*/ban", rooms.ban, {"user_id": str, "reason": Maybe(str)}),
    Endpoint("POST", f"{V3}/rooms/*/forget", rooms.forget, NOTHING),
    Endpoint("GET", f"{V3}/rooms/*/messages", rooms.messages, query=PAGE, needs=("dir",)),
    Endpoint("PUT", f"{V3}/rooms/*/send/*/*", rooms.send, MapOf(ANY), repeatable=True),
    Endpoint("PUT", f"{V3}/rooms/*/state/*", rooms.set_state, MapOf(ANY)),
    Endpoint("PUT", f"{V3}/rooms/*/state/*/*", rooms.set_state, MapOf(ANY)),
    Endpoint(
        *("PUT", f"{V3}/rooms/*/redact/*/*", rooms.redact),
        {"reason": Maybe(str)},
        repeatable=True,
    ),
    Endpoint("POST", f"{MEDIA}/upload", rooms.upload),
    Endpoint("GET", "/_matrix/client/v1/media/download/*/*", None),
)

ENCRYPTED: Mapping[str, Any] = {
    "algorithm": OneOf(frozenset({"m.megolm.v1.aes-sha2"})),
    "ciphertext": str,
    "session_id": str,
    "sender_key": Maybe(str),
    "device_id": Maybe(str),
    "m.relates_to": Maybe(MapOf(ANY)),
}
"""The content of an event in an encrypted room."""
OLM: Mapping[str, Any] = {
    "algorithm": OneOf(frozenset({"m.olm.v1.curve25519-aes-sha2"})),
    "sender_key": str,
    "ciphertext": MapOf({"type": int, "body": str}),
    "org.matrix.msgid": Maybe(str),
}
"""The content of an encrypted to-device message."""


def find(method: str, path: str) -> tuple[Endpoint, tuple[str, ...]] | None:
    """Return the endpoint of a path as it was sent, and the identifiers in it."""
    for endpoint in TABLE:
        found = endpoint.pattern.fullmatch(path) if endpoint.method == method else None
        if found is not None:
            return endpoint, tuple(map(unquote, found.groups()))
    return None


def contents_of(endpoint: Endpoint, request: Request) -> tuple[Any, list[Json]]:
    """Return the shape of encrypted contents in a request, and those contents."""
    if endpoint.handle is rooms.send and request.parts[1] == "m.room.encrypted":
        return ENCRYPTED, [request.body]
    if endpoint.handle is rooms.send_to_device and request.parts[0] == "m.room.encrypted":
        by_user = request.body["messages"].values()
        return OLM, [content for by_device in by_user for content in by_device.values()]
    return ANY, []
