"""Whoever invites the bot waits for no storm of invitations, and for no server that is slow."""

import asyncio
from typing import TYPE_CHECKING, cast

import pytest

from bot.platforms.matrix.http_client import Json, ServerUnreachable
from bot.platforms.matrix.rooms import requests
from bot.platforms.matrix.rooms.requests import MAX_CONCURRENT_ROOMS, RoomRequests

if TYPE_CHECKING:
    from bot.platforms.matrix.http_client import HttpClient


class Server:
    """Answers for some rooms, and for others never, or only after it failed once."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.requests = RoomRequests(cast("HttpClient", self))

    async def request(self, _method: str, path: str, _body: Json) -> Json:
        self.asked.append(path)
        if "slow" in path and self.asked.count(path) == 1:
            raise ServerUnreachable
        if "slow" in path or "dead" in path:
            await asyncio.Event().wait()
        return {}


async def test_a_room_is_joined_beside_any_number_that_are_declined() -> None:
    server = Server()
    async with asyncio.TaskGroup() as group:
        declined = [group.create_task(server.requests.leave(f"!dead{n}")) for n in range(1000)]
        await asyncio.sleep(0)
        assert await asyncio.wait_for(server.requests.join("!robins"), 5)
        assert len(server.asked) == MAX_CONCURRENT_ROOMS + 1
        for task in declined:
            task.cancel()


async def test_a_room_is_joined_beside_those_that_failed_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(requests, "backoff", lambda _: 0)
    server = Server()
    async with asyncio.TaskGroup() as group:
        failing = [group.create_task(server.requests.join(f"!slow{n}")) for n in range(100)]
        while len(server.asked) < 100 + MAX_CONCURRENT_ROOMS:  # noqa: ASYNC110 - nobody rings
            await asyncio.sleep(0)
        assert await asyncio.wait_for(server.requests.join("!robins"), 5)
        for task in failing:
            task.cancel()
