"""Requests pass unchanged, fail as a test wants it, and are answered with what it makes up."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.doubles.matrix.person import Clients
from tests.doubles.matrix.proxy import Fault, Proxy
from tests.doubles.matrix.synapse import Credentials, Synapse

WHOAMI = "/_matrix/client/v3/account/whoami"
ROOM = "/_matrix/client/v3/createRoom"
DROPS = (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError)


@pytest.fixture
async def proxy(synapse: Synapse) -> AsyncIterator[Proxy]:
    async with Proxy(synapse.url) as running:
        yield running


@pytest.fixture
async def robin(synapse: Synapse) -> Credentials:
    return await synapse.register()


@pytest.fixture
async def session(proxy: Proxy, robin: Credentials) -> AsyncIterator[aiohttp.ClientSession]:
    headers = {"Authorization": f"Bearer {robin.access_token}"}
    async with aiohttp.ClientSession(proxy.url, headers=headers) as running:
        yield running


async def joined(session: aiohttp.ClientSession) -> int:
    async with session.get("/_matrix/client/v3/joined_rooms") as answer:
        return len((await answer.json())["joined_rooms"])


async def test_requests_pass_and_are_noted_without_a_token(
    proxy: Proxy, session: aiohttp.ClientSession, robin: Credentials
) -> None:
    asked = f"{proxy.url}{WHOAMI}?access_token={robin.access_token}"
    async with aiohttp.ClientSession() as bare, bare.get(asked) as answer:
        assert (await answer.json())["user_id"] == robin.user_id
    async with session.post(ROOM, json={"name": "a name"}) as answer:
        room = (await answer.json())["room_id"]
    path = f"/_matrix/client/v3/rooms/{room.replace('!', '%21')}/state/m.room.name/"
    async with session.get(path) as answer:
        assert await answer.json() == {"name": "a name"}
    noted = [(r.method, r.path, r.status) for r in proxy.requests]
    assert noted[:2] == [("GET", WHOAMI, 200), ("POST", ROOM, 200)]
    assert b"a name" in proxy.requests[1].body
    assert robin.access_token not in repr(proxy.requests)
    assert "a name" not in repr(proxy.requests)


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (Fault.FLOOD, 429, "M_LIMIT_EXCEEDED"),
        (Fault.ERROR, 500, "M_UNKNOWN"),
        (Fault.LOGGED_OUT, 401, "M_UNKNOWN_TOKEN"),
    ],
)
async def test_a_refusal_has_the_form_of_matrix(
    proxy: Proxy, session: aiohttp.ClientSession, fault: Fault, status: int, code: str
) -> None:
    proxy.add(fault, "createRoom", seconds=0.3)
    async with session.post(ROOM, json={}) as answer:
        body = await answer.json()
    assert (answer.status, body["errcode"]) == (status, code)
    assert body.get("retry_after_ms") == (300 if fault is Fault.FLOOD else None)
    assert await joined(session) == 0
    assert [r.fault for r in proxy.seen("createRoom")] == [fault]


async def test_what_is_broken_answers_with_a_page(
    proxy: Proxy, session: aiohttp.ClientSession
) -> None:
    proxy.add(Fault.BROKEN)
    async with session.get(WHOAMI) as answer:
        assert (answer.status, answer.content_type) == (502, "text/html")


@pytest.mark.parametrize(("fault", "rooms"), [(Fault.DROP_BEFORE, 0), (Fault.DROP_AFTER, 1)])
async def test_a_connection_ends_before_or_after_it_happened(
    proxy: Proxy, session: aiohttp.ClientSession, fault: Fault, rooms: int
) -> None:
    proxy.add(fault, "createRoom")
    with pytest.raises(DROPS):
        await session.post(ROOM, json={})
    assert proxy.seen("createRoom")[-1].status == 0
    assert await joined(session) == rooms


async def test_a_delay_holds_a_request_up(proxy: Proxy, session: aiohttp.ClientSession) -> None:
    proxy.add(Fault.DELAY, "whoami", seconds=0.3)
    before = time.monotonic()
    async with session.get(WHOAMI) as answer:
        assert answer.status == 200
    assert time.monotonic() - before >= 0.3


async def test_a_rule_strikes_every_so_many_and_so_often(
    proxy: Proxy, session: aiohttp.ClientSession
) -> None:
    rule = proxy.add(Fault.ERROR, "whoami$", method="GET", every=2, times=2)
    statuses = []
    for _ in range(7):
        async with session.get(WHOAMI) as answer:
            statuses.append(answer.status)
    assert statuses == [200, 500, 200, 500, 200, 200, 200]
    assert (rule.asked, rule.struck) == (7, 2)
    proxy.add(Fault.ERROR, "whoami", method="POST")
    async with session.get(WHOAMI) as answer:
        assert answer.status == 200
    proxy.clear()
    assert len(proxy.seen("whoami", "GET")) == 8


async def test_an_outage_ends_what_waits_and_refuses_what_comes(
    proxy: Proxy, session: aiohttp.ClientSession
) -> None:
    sync = asyncio.create_task(_sync(session))
    while not proxy.seen("sync"):  # noqa: ASYNC110 - a list has no event
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.1)
    await proxy.go_dark()
    with pytest.raises(DROPS):
        await sync
    with pytest.raises(aiohttp.ClientConnectorError):
        await session.get(WHOAMI)
    await proxy.come_back()
    assert await joined(session) == 0


async def _sync(session: aiohttp.ClientSession) -> None:
    """The first answer at once; the second one only when something happens."""
    path = "/_matrix/client/v3/sync"
    async with session.get(path) as first:
        since = (await first.json())["next_batch"]
    await session.get(path, params={"since": since, "timeout": "30000"})


async def test_a_server_that_is_gone_ends_the_connection(own_synapse: Synapse) -> None:
    async with Proxy(own_synapse.url) as proxy, aiohttp.ClientSession(proxy.url) as session:
        await own_synapse.kill()
        with pytest.raises(DROPS):
            await session.get(WHOAMI)


async def test_an_answer_can_be_a_lie(
    synapse: Synapse, proxy: Proxy, session: aiohttp.ClientSession, clients: Clients
) -> None:
    ash = await clients.person()

    async def one_more(asked: Any, answer: Any) -> Any:
        for user in asked["device_keys"]:
            answer["device_keys"][user]["INJECTED"] = {"device_id": "INJECTED"}
        return answer

    proxy.lie("keys/query", one_more)
    body: dict[str, dict[str, list[str]]] = {"device_keys": {ash.id: []}}
    async with session.post("/_matrix/client/v3/keys/query", json=body) as answer:
        devices = (await answer.json())["device_keys"][ash.id]
    assert set(devices) == {ash.account.device_id, "INJECTED"}
    proxy.clear()
    async with session.post("/_matrix/client/v3/keys/query", json=body) as answer:
        assert set((await answer.json())["device_keys"][ash.id]) == {ash.account.device_id}


async def test_a_lie_and_a_rule_can_be_about_a_query(
    proxy: Proxy, session: aiohttp.ClientSession
) -> None:
    async def nothing(_asked: Any, _answer: Any) -> Any:
        return {}

    rule = proxy.add(Fault.DELAY, r"/sync\?.*since=", seconds=0)
    proxy.lie(r"/sync\?.*since=", nothing)
    sync = "/_matrix/client/v3/sync"
    async with session.get(sync, params={"timeout": "0"}) as answer:
        since = (await answer.json())["next_batch"]
    assert rule.asked == 0
    async with session.get(sync, params={"timeout": "0", "since": since}) as answer:
        assert await answer.json() == {}
    assert rule.asked == 1


async def test_people_talk_through_it_whatever_fails(
    synapse: Synapse, proxy: Proxy, clients: Clients
) -> None:
    robin = await clients.person()
    ash = await clients.person(synapse=synapse.behind(proxy.port))
    await robin.open_chat(ash.id, joined=False)
    await ash.join()
    for fault in (Fault.DROP_AFTER, Fault.DROP_BEFORE, Fault.ERROR):
        proxy.add(fault, "send/m.room.encrypted", times=1)
        await ash.say(fault.name)
        await robin.wait(fault.name)
    assert [m.text for m in await robin.quiet()] == ["DROP_AFTER", "DROP_BEFORE", "ERROR"]
    struck = [r.fault for r in proxy.seen("send/m.room.encrypted") if r.fault]
    assert struck == [Fault.DROP_AFTER, Fault.DROP_BEFORE, Fault.ERROR]
