"""Somebody who is forgotten is in no table any more: no id, no key and no time of theirs."""

import base64
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
import vodozemac
from sqlalchemy import Select, select

from bot.platforms.matrix.rooms import unjoined_keys
from store.db.connection import Connection
from store.db.schema import metadata
from store.model.accounts import Account
from tests.doubles.matrix.homeserver.client import Client
from tests.doubles.matrix.homeserver.people import People
from tests.doubles.matrix.homeserver.server import Homeserver
from tests.doubles.matrix.person import Person
from tests.integration.matrix.running import (
    NO_GREETING,
    Running,
    ask,
    begin,
    keep_story,
    running,
    sealed,
)
from tests.rig import Rig

STORY = "It was after the rehearsal in spring."


def keys_of(client: Client) -> Iterator[str]:
    """Yield all public keys and session ids of a client."""
    yield from (client.olm.ed25519, client.olm.curve25519)
    yield from (s.session_id for sessions in client.olm.sessions.values() for s in sessions)
    yield from (session for _, session in client.olm.inbound)
    assert client.identity is not None
    made = client.identity
    yield from (key.public for key in (made.master, made.own, made.user))


def forms_of(key: str) -> Iterator[bytes]:
    """Yield a key as it is written, and as raw bytes in either order."""
    raw = base64.b64decode(key + "=" * (-len(key) % 4))
    yield from (key.encode(), raw, raw[::-1])


def times_of(event_millis: int) -> Iterator[bytes]:
    """Yield a time in milliseconds, and in seconds of the days before and after as text."""
    for size in (6, 8):
        for order in ("big", "little"):
            yield event_millis.to_bytes(size, "big" if order == "big" else "little")
    yield str(event_millis).encode()
    yield f"{datetime.fromtimestamp(event_millis / 1000, UTC):%Y-%m-%d %H:%M:%S}".encode()


def needles(homeserver: Homeserver, people: People, person: Person) -> dict[bytes, str]:
    """Return everything that would name a person, and what it is."""
    found = {person.id.encode(): "account", person.room.encode(): "room"}
    found[person.account.device_id.encode()] = "device"
    for key in keys_of(people.clients[person.key]):
        found |= dict.fromkeys(forms_of(key), "key")
    for event in homeserver.world.rooms[person.room].events:
        found[event.id.encode()] = "event"
        found |= dict.fromkeys(times_of(event.at), "time")
    return found


async def rows(bot: Running) -> list[tuple[str, bytes]]:
    """Return each row of each table, of the database and of the file of the keys, as bytes."""
    found = list[tuple[str, bytes]]()
    database = bot.application.stores.cases.database
    for table in metadata.sorted_tables:
        query = select(table)
        stored = await database.read(partial(_all, query=query))
        found += ((table.name, _bytes(row)) for row in stored)
    store = bot.connection.device.crypto.store
    for table_name in store.database.get_tables():
        for row in store.database.execute_sql("SELECT * FROM " + table_name).fetchall():  # noqa: S608
            found.append((table_name, _bytes(row)))
    position = await bot.application.stores.cursors.position("matrix")
    return [*found, ("cursor, opened", str(position).encode())]


def _all(connection: Connection, query: "Select[Any]") -> Sequence[Sequence[Any]]:
    return connection.execute(query).all()


def _bytes(values: Sequence[Any]) -> bytes:
    return b"\0".join(v if isinstance(v, bytes) else str(v).encode() for v in values)


def places(found: dict[bytes, str], stored: list[tuple[str, bytes]]) -> set[tuple[str, str]]:
    """Return which kind of needle stands in which table."""
    return {(n, kind) for n, data in stored for part, kind in found.items() if part in data}


@pytest.mark.parametrize("end", ["erased", "kept"])
async def test_nothing_names_somebody_who_is_forgotten(
    rig: Rig, homeserver: Homeserver, people: People, end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unjoined_keys, "KEPT_SECONDS", 0.0)
    robin, wren = await people.person(), await people.person()
    async with running(rig, homeserver, waits=NO_GREETING) as bot:
        for person in (robin, wren):
            await begin(person, bot)
            await person.say(STORY)
            await person.wait("Saved. Carry on")
        await sealed(bot, robin, [STORY])
        before = places(needles(homeserver, people, robin), await rows(bot))
        assert {kind for _, kind in before} >= {"account", "room", "device", "key"}
        if end == "erased":
            await ask(robin, "!erase", "It can't be brought back.")
            await ask(robin, "Yes, delete it all", "It's deleted.")
        else:
            await keep_story(bot, robin)
        await robin.member(bot.id, "leave")
        await forgotten(bot, robin)
        crypto = bot.connection.device.crypto
        # A key that comes late, after the bot has left, is dropped by the upkeep of minutes.
        client = people.clients[robin.key]
        client.olm.sessions.clear()
        device = next(d for d in await client.devices_of([bot.id]) if d.signed)
        content = {"algorithm": "m.megolm.v1.aes-sha2", "room_id": robin.room}
        await client.share([device], {**content, **_session_key(client, robin.room)})
        await bot.until(lambda: robin.room in crypto.rooms_with_keys())
        await ask(wren, "More.", "Saved. Carry on")
        bot.connection.rooms.unjoined_keys.drop()
        others = needles(homeserver, people, wren)
        own = needles(homeserver, people, robin)
        assert places({n: k for n, k in own.items() if n not in others}, await rows(bot)) == set()
        assert places(needles(homeserver, people, wren), await rows(bot)) != set()
        who = Account("matrix", robin.id, robin.room)
        assert await bot.application.stores.outbox.messages_for(who) == []


async def forgotten(bot: Running, person: Person) -> None:
    crypto = bot.connection.device.crypto
    await bot.until(lambda: person.id not in crypto.store.users())


def _session_key(client: Client, room: str) -> dict[str, str]:
    session = vodozemac.GroupSession()
    key = {"session_id": session.session_id, "session_key": session.session_key.to_base64()}
    client.olm.take_key(client.user, client.olm.curve25519, {"room_id": room, **key})
    return key


async def test_somebody_who_was_forgotten_is_understood_at_once_when_they_come_back(
    rig: Rig, homeserver: Homeserver, people: People
) -> None:
    robin = await people.person()
    async with running(rig, homeserver, waits=NO_GREETING) as bot:
        for _ in range(2):
            await begin(robin, bot)
            await ask(robin, "!erase", "It can't be brought back.")
            await ask(robin, "Yes, delete it all", "It's deleted.")
            await robin.member(bot.id, "leave")
            await forgotten(bot, robin)
        assert [t for _, t in robin.told if "couldn't read" in t] == []
