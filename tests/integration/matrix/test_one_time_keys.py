"""A person who claims a one-time key can always begin, whatever was lost or killed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.platforms.matrix.crypto.ended_sessions import RENEWALS
from bot.platforms.matrix.crypto.one_time_keys import (
    ALGORITHM,
    COUNTS,
    RENEWAL_SECONDS,
    UNUSED,
    KeyCounts,
    OneTimeKeys,
    key_counts,
)
from bot.platforms.matrix.crypto.to_device import ToDeviceSender
from bot.platforms.matrix.http_client import Json, RequestDenied, ServerUnreachable
from tests.doubles.matrix.person import Clients
from tests.doubles.matrix.synapse import Synapse
from tests.integration.matrix.key_server import (
    KeyServer,
    Participant,
    join_server,
    new_device,
    one_time_keys,
)
from tests.integration.matrix.running import begin, running
from tests.rig import Rig

BOT, ROBIN = "@bot:example.org", "@robin:example.org"
ROOM = "!room"
UPLOAD = "/keys/upload"


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Participant]:
    """Publish a device with all its keys."""
    made = await join_server(tmp_path, KeyServer(), BOT, "BOT")
    yield made
    made.crypto.close()


def claimed(bot: Participant) -> Json:
    """Claim one key of the bot."""
    said = bot.client.server.claim(
        ("", ""), {"one_time_keys": {bot.user: {bot.device: ALGORITHM}}}
    )
    (key,) = one_time_keys(said)
    return key


def drained(bot: Participant) -> Participant:
    """Claim all keys, as the next sync says."""
    bot.client.server.one_time.clear()
    bot.crypto.one_time_keys.update(key_counts({COUNTS: {}}))
    return bot


def stored(bot: Participant) -> int:
    """Count the bot's keys at the server."""
    return len(bot.client.server.one_time[bot.user, bot.device])


async def gets_through(
    bot: Participant, folder: Path, name: str, server: KeyServer | None = None
) -> bool:
    """Return whether a new person can be read; ``server`` shows them the bot's keys."""
    robin = await join_server(folder, bot.client.server, f"@{name}:example.org")
    robin.client.server = server or bot.client.server
    robin.crypto.devices.invalidate([bot.user])
    told = await robin.write(ROOM, bot, "I am new here.")
    bot.client.server = robin.client.server
    bot.receive()
    robin.crypto.close()
    await bot.crypto.devices.refresh((robin.user,))
    return bool(bot.read(ROOM, told).content["body"] == "I am new here.")


async def test_a_new_device_publishes_all_its_keys(tmp_path: Path) -> None:
    bot = new_device(tmp_path / "bot", KeyServer(), BOT, "BOT")
    await bot.replenish()
    assert stored(bot) == 50
    assert len(bot.client.server.fallback[BOT, "BOT"]) == 1
    assert "BOT" in bot.client.server.devices[BOT]
    asked = len(bot.client.requests)
    await bot.replenish()
    assert len(bot.client.requests) == asked, "nothing is wanting"
    bot.crypto.close()


@pytest.mark.parametrize(
    ("said", "count", "has_fallback"),
    [
        ({}, 50, True),
        ({COUNTS: {ALGORITHM: 7}}, 7, True),
        ({COUNTS: {}}, 0, True),
        ({COUNTS: {ALGORITHM: None}}, 0, True),
        ({COUNTS: {"curve25519": 3}}, 0, True),
        ({COUNTS: None}, 50, True),
        ({UNUSED: []}, 50, False),
        ({UNUSED: [ALGORITHM]}, 50, True),
        ({UNUSED: None}, 50, True),
    ],
)
def test_the_counts_of_a_sync_are_taken_over(
    bot: Participant, said: Json, count: int, has_fallback: bool
) -> None:
    keys = bot.crypto.one_time_keys
    keys.update(key_counts(said))
    assert (keys.count, keys.has_fallback) == (count, has_fallback)


async def test_keys_are_refilled_when_more_than_half_are_gone(bot: Participant) -> None:
    for _ in range(25):
        claimed(bot)
    bot.crypto.one_time_keys.update(key_counts({COUNTS: {ALGORITHM: 25}}))
    await bot.replenish()
    assert stored(bot) == 25
    claimed(bot)
    bot.crypto.one_time_keys.update(key_counts({COUNTS: {ALGORITHM: 24}}))
    await bot.replenish()
    assert stored(bot) == 50


async def test_an_outdated_count_adds_no_keys(bot: Participant) -> None:
    bot.crypto.one_time_keys.update(key_counts({COUNTS: {}}))
    await bot.replenish()
    assert stored(bot) == 50


@pytest.mark.parametrize("times", [1, 2, 3])
async def test_a_new_person_gets_through_however_often_all_keys_were_claimed(
    bot: Participant, tmp_path: Path, times: int
) -> None:
    for _ in range(times):
        await drained(bot).replenish()
    assert stored(bot) == 50
    assert await gets_through(bot, tmp_path, "robin")


async def test_two_people_get_through_by_the_fallback_key_alone(
    bot: Participant, tmp_path: Path
) -> None:
    drained(bot)
    assert await gets_through(bot, tmp_path, "robin")
    assert await gets_through(bot, tmp_path, "wren")


async def test_a_used_fallback_key_is_replaced_and_still_works(
    bot: Participant, tmp_path: Path
) -> None:
    before = KeyServer(devices=bot.client.server.devices, identities=bot.client.server.identities)
    before.fallback |= bot.client.server.fallback
    bot.crypto.one_time_keys.update(key_counts({UNUSED: []}))
    await bot.replenish()
    assert bot.client.server.fallback != before.fallback
    assert await gets_through(bot, tmp_path, "robin", before), "who took the key before"


# Somebody who was forgotten


async def told_by_fallback(bot: Participant, folder: Path, name: str) -> tuple[str, list[Json]]:
    """Have a new person share a key by the fallback key; return them and what the server has."""
    drained(bot)
    robin = await join_server(folder, bot.client.server, f"@{name}:example.org")
    robin.crypto.devices.invalidate([bot.user])
    await robin.write(ROOM, bot, "I am new here.")
    robin.crypto.close()
    return robin.user, bot.fetch_messages()


async def forgotten(bot: Participant, user: str) -> None:
    """Have the bot know somebody, then forget them with their room."""
    await bot.crypto.devices.refresh((user,))
    assert bot.crypto.rooms_with_keys() == [ROOM]
    bot.crypto.forget_room(ROOM)
    bot.crypto.forget_users([user])


async def renewed(bot: Participant) -> None:
    """Let so much time pass that the fallback key is replaced."""
    before = bot.client.server.fallback[bot.user, bot.device]
    bot.clock.now += RENEWAL_SECONDS
    await bot.replenish()
    assert bot.client.server.fallback[bot.user, bot.device] != before


@pytest.mark.parametrize("renewals", [0, 1, 2])
@pytest.mark.parametrize("dies", [True, False], ids=["killed", "goes on"])
@pytest.mark.parametrize("known", [True, False], ids=["known", "of a deleted device"])
async def test_a_first_message_of_somebody_forgotten_is_not_taken_again(
    bot: Participant, tmp_path: Path, renewals: int, dies: bool, known: bool
) -> None:
    """A server that invites the bot again could play their whole talk once more."""
    robin, sent = await told_by_fallback(bot, tmp_path, "robin")
    bot.crypto.receive(sent)
    if known:
        await forgotten(bot, robin)
    else:
        bot.crypto.forget_room(ROOM)
        bot.crypto.to_device.forget_sessions_with(bot.crypto.to_device.unknown_devices())
    alive = bot.restart() if dies else bot
    for _ in range(renewals):
        await renewed(alive)
    alive.crypto.receive(sent)
    assert alive.crypto.rooms_with_keys() == []
    alive.crypto.close()


async def test_what_was_on_its_way_when_somebody_was_forgotten_is_read(
    bot: Participant, tmp_path: Path
) -> None:
    robin, sent = await told_by_fallback(bot, tmp_path, "robin")
    _, late = await told_by_fallback(bot, tmp_path, "wren")
    bot.crypto.receive(sent)
    await forgotten(bot, robin)
    await renewed(bot)
    bot.clock.now += RENEWAL_SECONDS - 1
    await bot.replenish()
    bot.crypto.receive(late)
    assert bot.crypto.rooms_with_keys() == [ROOM]


async def test_nothing_of_somebody_forgotten_stays_for_long(
    bot: Participant, tmp_path: Path
) -> None:
    robin, sent = await told_by_fallback(bot, tmp_path, "robin")
    bot.crypto.receive(sent)
    await forgotten(bot, robin)
    for _ in range(RENEWALS):
        assert bot.crypto.store.ended
        await renewed(bot)
    assert not bot.crypto.store.ended
    asked = len(bot.client.requests)
    bot.clock.now += RENEWAL_SECONDS
    await bot.replenish()
    assert len(bot.client.requests) == asked, "nothing is wanting"


# Lost answers and killed processes


@pytest.mark.parametrize("effect", [True, False], ids=["it arrived", "it did not"])
@pytest.mark.parametrize("dies", [True, False], ids=["killed", "goes on"])
async def test_every_key_at_the_server_works_after_a_lost_answer(
    bot: Participant, tmp_path: Path, effect: bool, dies: bool
) -> None:
    (bot.client.losing if effect else bot.client.failing)[UPLOAD] = ServerUnreachable("lost")
    with pytest.raises(ServerUnreachable):
        await drained(bot).replenish()
    alive = bot.restart() if dies else bot
    if effect:
        assert await gets_through(alive, tmp_path, "robin")
    alive.crypto.one_time_keys.update(key_counts({COUNTS: {ALGORITHM: stored(alive)}}))
    await alive.replenish()
    assert stored(alive) >= 25
    assert await gets_through(alive, tmp_path, "wren")
    alive.crypto.close()


@pytest.mark.parametrize("dies", [True, False], ids=["killed", "goes on"])
async def test_a_claimed_key_is_never_uploaded_again(bot: Participant, dies: bool) -> None:
    bot.client.losing[UPLOAD] = ServerUnreachable("lost")
    with pytest.raises(ServerUnreachable):
        await drained(bot).replenish()
    taken = [claimed(bot)["key"] for _ in range(30)]
    alive = bot.restart() if dies else bot
    alive.crypto.one_time_keys.update(key_counts({COUNTS: {ALGORITHM: 20}}))
    await alive.replenish()
    there = [key["key"] for key in alive.client.server.one_time[BOT, "BOT"].values()]
    assert len(there) == 50
    assert not set(taken) & set(there)
    alive.crypto.close()


async def test_an_unreachable_server_accumulates_no_keys(bot: Participant) -> None:
    drained(bot)
    for _ in range(5):
        bot.client.failing[UPLOAD] = ServerUnreachable("lost")
        with pytest.raises(ServerUnreachable):
            await bot.replenish()
    assert [body for path, body in bot.client.requests[-4:]] == [{}] * 4, "only how many there are"
    await bot.replenish()
    assert stored(bot) == 50


@pytest.mark.parametrize("dies", [True, False], ids=["killed", "goes on"])
async def test_a_fallback_key_stays_valid_while_the_next_is_uploaded(
    bot: Participant, tmp_path: Path, dies: bool
) -> None:
    """Only two are kept: one that never arrived must not push out the server's."""
    at_server = KeyServer(
        devices=bot.client.server.devices, identities=bot.client.server.identities
    )
    at_server.fallback |= bot.client.server.fallback
    bot.crypto.one_time_keys.update(key_counts({UNUSED: []}))
    bot.client.failing[UPLOAD] = ServerUnreachable("lost")
    with pytest.raises(ServerUnreachable):
        await bot.replenish()
    alive = bot.restart() if dies else bot
    alive.crypto.one_time_keys.update(key_counts({COUNTS: {}, UNUSED: []}))
    for _ in range(3):
        alive.client.failing[UPLOAD] = ServerUnreachable("lost")
        with pytest.raises(ServerUnreachable):
            await alive.replenish()
    server = alive.client.server
    assert await gets_through(alive, tmp_path, "robin", at_server)
    alive.client.server = server
    await alive.replenish()
    server.one_time.clear()
    assert await gets_through(alive, tmp_path, "wren", server)
    alive.crypto.close()


async def test_a_refused_upload_is_repeated_with_other_keys(bot: Participant) -> None:
    bot.client.failing[UPLOAD] = RequestDenied(400, {"errcode": "M_UNKNOWN"})
    with pytest.raises(RequestDenied):
        await drained(bot).replenish()
    await bot.replenish()
    assert stored(bot) == 50


# With a real server


async def test_a_new_person_gets_through_after_all_keys_were_claimed_twice(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    async with running(rig, synapse) as bot:
        device = bot.application.keyring.bot["matrix.device"].decode()
        keys = bot.connection.device.crypto.one_time_keys
        for _ in range(2):
            assert await synapse.claim_all(bot.id, device) >= 49
            await begin(await clients.person(), bot)  # by the fallback key
            await bot.until(lambda: (keys.count or 0) >= 49 and keys.has_fallback)


async def test_a_new_person_gets_through_after_all_keys_were_claimed_during_downtime(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    account = await synapse.register()
    async with running(rig, synapse, account) as bot:
        device = bot.application.keyring.bot["matrix.device"].decode()
    await synapse.claim_all(account.user_id, device)
    robin = await clients.person()
    await robin.open_chat(account.user_id, joined=False)
    await robin.say("!start")
    async with running(rig, synapse, account) as bot:
        await robin.wait("Could anyone else see this chat?")
        keys = bot.connection.device.crypto.one_time_keys
        await bot.until(lambda: (keys.count or 0) >= 49)  # a client may claim one of them


def update_as_nio_does(self: OneTimeKeys, counts: KeyCounts) -> None:
    """Take no keys at all for no news, as the client library does."""
    if counts.one_time:
        self.count = counts.one_time


async def nothing(_self: OneTimeKeys) -> None:
    """Do nothing: the client library has no fallback keys."""


async def no_introduction(_self: ToDeviceSender, _devices: object) -> None:
    """Leave it to the person to begin a session."""


@pytest.mark.parametrize("has_fallback", [True, False])
async def test_the_fallback_key_alone_lets_people_through(
    rig: Rig,
    synapse: Synapse,
    clients: Clients,
    monkeypatch: pytest.MonkeyPatch,
    has_fallback: bool,
) -> None:
    monkeypatch.setattr(OneTimeKeys, "update", update_as_nio_does)
    monkeypatch.setattr(ToDeviceSender, "introduce", no_introduction)
    if not has_fallback:
        monkeypatch.setattr(OneTimeKeys, "_upload_fallback", nothing)
    async with running(rig, synapse) as bot:
        device = bot.application.keyring.bot["matrix.device"].decode()
        assert await synapse.claim_all(bot.id, device) == 50
        robin = await clients.person()
        await robin.open_chat(bot.id)
        await robin.say("!start")
        if has_fallback:
            await robin.wait("Could anyone else see this chat?")
        else:
            await robin.quiet(1.5)
            assert not [m for m in robin.screen if not m.mine]
