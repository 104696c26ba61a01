"""Rooms count for those who make them, not for those who are invited into them."""

import asyncio
from collections.abc import Collection
from typing import TYPE_CHECKING, cast

import pytest

from bot.platforms.matrix.rooms import invitations
from bot.platforms.matrix.rooms.directory import MEMBER, RoomDirectory
from bot.platforms.matrix.rooms.invitations import MAX_ROOMS_PER_ACCOUNT, Invitations
from bot.platforms.matrix.rooms.tasks import BackgroundTasks

if TYPE_CHECKING:
    from bot.platforms.matrix.rooms.requests import RoomRequests

OWN, ROBIN, ABUSER = "@bot:x", "@robin:x", "@abuser:x"


class Server:
    """Takes requests to join and to leave."""

    def __init__(self) -> None:
        self.joined: list[str] = []
        self.declined: list[str] = []
        self.introduced: list[tuple[str, int]] = []
        self.forgotten = set[str]()
        self.silent = self.refuses = False
        self.rooms = RoomDirectory(OWN)
        self.tasks = BackgroundTasks()
        requests = cast("RoomRequests", self)
        self.invitations = Invitations(requests, self.rooms, self.tasks, self)

    async def join(self, room_id: str) -> bool:
        if not self.refuses:
            self.joined.append(room_id)
        return not self.refuses

    async def introduce(self, user: str) -> None:
        self.introduced.append((user, len(self.joined)))
        if self.silent:
            await asyncio.Event().wait()

    def forget_users(self, users: Collection[str]) -> None:
        self.forgotten |= set(users)

    async def leave(self, room_id: str) -> None:
        self.declined.append(room_id)

    async def invite(self, room_id: str, inviter: str, **members: str) -> None:
        """Invite the bot, and show it the room if it joins."""
        self.invitations.receive(room_id, inviter)
        await asyncio.gather(*self.tasks.running)
        if room_id in self.joined:
            room = self.rooms.add(room_id)
            for name, membership in {OWN: "join", **members}.items():
                content = {"membership": membership}
                room.apply({"type": MEMBER, "state_key": name, "content": content})
            self.invitations.settle(room_id)


async def test_the_devices_of_whoever_invites_know_the_bot_before_it_joins() -> None:
    server = Server()
    await server.invite("!own", ROBIN, **{ROBIN: "join"})
    assert server.introduced == [(ROBIN, 0)]
    assert server.joined == ["!own"]


async def test_a_server_that_never_answers_keeps_the_bot_from_no_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(invitations, "INTRODUCTION_SECONDS", 0.01)
    server = Server()
    server.silent = True
    await server.invite("!own", ROBIN, **{ROBIN: "join"})
    assert server.joined == ["!own"]


async def test_of_an_invitation_that_came_to_nothing_nothing_stays() -> None:
    server = Server()
    server.refuses = True
    await server.invite("!own", ROBIN, **{ROBIN: "join"})
    assert server.forgotten == {ROBIN}


async def test_who_is_invited_into_rooms_of_others_can_still_open_their_own() -> None:
    server = Server()
    for number in range(MAX_ROOMS_PER_ACCOUNT):
        await server.invite(f"!{number}", ABUSER, **{ABUSER: "join", ROBIN: "invite"})
    await server.invite("!own", ROBIN, **{ROBIN: "join"})
    assert "!own" in server.joined


async def test_rooms_count_for_their_inviter_also_when_they_left() -> None:
    server = Server()
    for number in range(MAX_ROOMS_PER_ACCOUNT + 2):
        await server.invite(f"!{number}", ABUSER, **{ROBIN: "invite"})
    assert server.joined == [f"!{number}" for number in range(MAX_ROOMS_PER_ACCOUNT)]
    assert server.declined == ["!3", "!4"]
    server.rooms.remove("!0")
    server.invitations.forget("!0")
    await server.invite("!again", ABUSER, **{ABUSER: "join"})
    assert server.joined[-1] == "!again"
    assert server.invitations.inviters.keys() == {"!1", "!2", "!again"}
