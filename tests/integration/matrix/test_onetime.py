"""One-time keys: whoever takes one that the server has can begin, whatever was lost or killed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.platforms.matrix.crypto.one_time_keys import ALGORITHM, COUNTS, UNUSED, OneTimeKeys
from bot.platforms.matrix.http_client import Json, RequestDenied, ServerUnreachable
from tests.doubles.matrix.person import Clients
from tests.doubles.matrix.synapse import Synapse
from tests.integration.matrix.running import begin, running
from tests.integration.matrix.town import Party, Town, device_of, one_time_keys, party
from tests.rig import Rig

BOT, ROBIN = "@bot:example.org", "@robin:example.org"
ROOM = "!room"
UPLOAD = "/keys/upload"


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Party]:
    """A device that is at the server with all that belongs to it."""
    made = await party(tmp_path, Town(), BOT, "BOT")
    yield made
    made.machine.cabinet.close()


def claimed(bot: Party) -> Json:
    """One key, given away by the server."""
    said = bot.line.town.claim(("", ""), {"one_time_keys": {bot.user: {bot.device: ALGORITHM}}})
    (key,) = one_time_keys(said)
    return key


def drained(bot: Party) -> Party:
    """Somebody took all keys, and the next sync says so."""
    bot.line.town.one_time.clear()
    bot.machine.keys.heard({COUNTS: {}})
    return bot


def stored(bot: Party) -> int:
    """Keys of the bot at the server."""
    return len(bot.line.town.one_time[bot.user, bot.device])


async def gets_through(bot: Party, folder: Path, name: str, town: Town | None = None) -> bool:
    """Whether somebody new is read; ``town`` is where they see the bot's keys."""
    robin = await party(folder, bot.line.town, f"@{name}:example.org")
    robin.line.town = town or bot.line.town
    robin.machine.devices.changed([bot.user])
    told = await robin.write(ROOM, bot, "I am new here.")
    bot.line.town = robin.line.town
    bot.take()
    robin.machine.cabinet.close()
    await bot.machine.devices.refresh((robin.user,))
    return bool(bot.read(ROOM, told).content["body"] == "I am new here.")


async def test_a_new_device_is_whole_at_the_server(tmp_path: Path) -> None:
    bot = device_of(tmp_path / "bot", Town(), BOT, "BOT")
    await bot.replenish()
    assert stored(bot) == 50
    assert len(bot.line.town.fallback[BOT, "BOT"]) == 1
    assert "BOT" in bot.line.town.devices[BOT]
    asked = len(bot.line.asked)
    await bot.replenish()
    assert len(bot.line.asked) == asked, "nothing is wanting"
    bot.machine.cabinet.close()


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
def test_a_sync_is_heard(bot: Party, said: Json, count: int, has_fallback: bool) -> None:
    keys = bot.machine.keys
    keys.heard(said)
    assert (keys.count, keys.has_fallback) == (count, has_fallback)


async def test_keys_are_made_anew_when_more_than_half_are_gone(bot: Party) -> None:
    for _ in range(25):
        claimed(bot)
    bot.machine.keys.heard({COUNTS: {ALGORITHM: 25}})
    await bot.replenish()
    assert stored(bot) == 25
    claimed(bot)
    bot.machine.keys.heard({COUNTS: {ALGORITHM: 24}})
    await bot.replenish()
    assert stored(bot) == 50


async def test_a_number_from_before_the_last_keys_arrived_makes_no_more(bot: Party) -> None:
    bot.machine.keys.heard({COUNTS: {}})
    await bot.replenish()
    assert stored(bot) == 50


@pytest.mark.parametrize("times", [1, 2, 3])
async def test_somebody_new_gets_through_however_often_all_were_taken(
    bot: Party, tmp_path: Path, times: int
) -> None:
    for _ in range(times):
        await drained(bot).replenish()
    assert stored(bot) == 50
    assert await gets_through(bot, tmp_path, "robin")


async def test_two_people_get_through_by_the_fallback_key_alone(
    bot: Party, tmp_path: Path
) -> None:
    drained(bot)
    assert await gets_through(bot, tmp_path, "robin")
    assert await gets_through(bot, tmp_path, "wren")


async def test_a_fallback_key_that_was_used_is_replaced_and_still_opens(
    bot: Party, tmp_path: Path
) -> None:
    before = Town(devices=bot.line.town.devices, identities=bot.line.town.identities)
    before.fallback |= bot.line.town.fallback
    bot.machine.keys.heard({UNUSED: []})
    await bot.replenish()
    assert bot.line.town.fallback != before.fallback
    assert await gets_through(bot, tmp_path, "robin", before), "who took the key before"


# Answers that are lost, and deaths


@pytest.mark.parametrize("effect", [True, False], ids=["it arrived", "it did not"])
@pytest.mark.parametrize("dies", [True, False], ids=["killed", "goes on"])
async def test_every_key_at_the_server_opens_whatever_became_of_the_answer(
    bot: Party, tmp_path: Path, effect: bool, dies: bool
) -> None:
    (bot.line.loses if effect else bot.line.fails)[UPLOAD] = ServerUnreachable("lost")
    with pytest.raises(ServerUnreachable):
        await drained(bot).replenish()
    alive = bot.restart() if dies else bot
    if effect:
        assert await gets_through(alive, tmp_path, "robin")
    alive.machine.keys.heard({COUNTS: {ALGORITHM: stored(alive)}})
    await alive.replenish()
    assert stored(alive) >= 25
    assert await gets_through(alive, tmp_path, "wren")
    alive.machine.cabinet.close()


@pytest.mark.parametrize("dies", [True, False], ids=["killed", "goes on"])
async def test_a_key_that_somebody_took_is_never_offered_again(bot: Party, dies: bool) -> None:
    bot.line.loses[UPLOAD] = ServerUnreachable("lost")
    with pytest.raises(ServerUnreachable):
        await drained(bot).replenish()
    taken = [claimed(bot)["key"] for _ in range(30)]
    alive = bot.restart() if dies else bot
    alive.machine.keys.heard({COUNTS: {ALGORITHM: 20}})
    await alive.replenish()
    there = [key["key"] for key in alive.line.town.one_time[BOT, "BOT"].values()]
    assert len(there) == 50
    assert not set(taken) & set(there)
    alive.machine.cabinet.close()


async def test_a_server_that_is_away_makes_no_heap_of_keys(bot: Party) -> None:
    drained(bot)
    for _ in range(5):
        bot.line.fails[UPLOAD] = ServerUnreachable("lost")
        with pytest.raises(ServerUnreachable):
            await bot.replenish()
    assert [body for path, body in bot.line.asked[-4:]] == [{}] * 4, "only how many there are"
    await bot.replenish()
    assert stored(bot) == 50


@pytest.mark.parametrize("dies", [True, False], ids=["killed", "goes on"])
async def test_a_fallback_key_stays_good_while_the_next_one_is_under_way(
    bot: Party, tmp_path: Path, dies: bool
) -> None:
    """Two are kept here: the server's must not be pushed out by one that never arrived."""
    at_server = Town(devices=bot.line.town.devices, identities=bot.line.town.identities)
    at_server.fallback |= bot.line.town.fallback
    bot.machine.keys.heard({UNUSED: []})
    bot.line.fails[UPLOAD] = ServerUnreachable("lost")
    with pytest.raises(ServerUnreachable):
        await bot.replenish()
    alive = bot.restart() if dies else bot
    alive.machine.keys.heard({COUNTS: {}, UNUSED: []})
    for _ in range(3):
        alive.line.fails[UPLOAD] = ServerUnreachable("lost")
        with pytest.raises(ServerUnreachable):
            await alive.replenish()
    town = alive.line.town
    assert await gets_through(alive, tmp_path, "robin", at_server)
    alive.line.town = town
    await alive.replenish()
    town.one_time.clear()
    assert await gets_through(alive, tmp_path, "wren", town)
    alive.machine.cabinet.close()


async def test_a_refused_upload_is_tried_again_with_other_keys(bot: Party) -> None:
    bot.line.fails[UPLOAD] = RequestDenied(400, {"errcode": "M_UNKNOWN"})
    with pytest.raises(RequestDenied):
        await drained(bot).replenish()
    await bot.replenish()
    assert stored(bot) == 50


# At a real server


async def test_somebody_new_gets_through_after_all_keys_were_taken_twice(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    async with running(rig, synapse) as bot:
        device = bot.house.keyring.bot["matrix.device"].decode()
        keys = bot.talks.machine.keys
        for _ in range(2):
            assert await synapse.claim_all(bot.id, device) >= 49
            await begin(await clients.person(), bot)  # by the fallback key
            await bot.until(lambda: (keys.count or 0) >= 49 and keys.has_fallback)


async def test_somebody_new_gets_through_after_all_keys_were_taken_while_the_bot_was_down(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    account = await synapse.register()
    async with running(rig, synapse, account) as bot:
        device = bot.house.keyring.bot["matrix.device"].decode()
    await synapse.claim_all(account.user_id, device)
    robin = await clients.person()
    await robin.open_chat(account.user_id, joined=False)
    await robin.say("!start")
    async with running(rig, synapse, account) as bot:
        await robin.wait("Can you type safely here?")
        await bot.until(lambda: bot.talks.machine.keys.count == 50)


def as_in_nio(self: OneTimeKeys, sync: Json) -> None:
    """What the client library does: no keys at all is taken for no news."""
    count = sync.get(COUNTS, {}).get(ALGORITHM)
    if count:
        self.count = count


async def nothing(_self: OneTimeKeys) -> None:
    """There are no fallback keys in the client library."""


@pytest.mark.parametrize("has_fallback", [True, False])
async def test_without_the_refill_only_the_fallback_key_and_without_both_nothing_gets_through(
    rig: Rig,
    synapse: Synapse,
    clients: Clients,
    monkeypatch: pytest.MonkeyPatch,
    has_fallback: bool,
) -> None:
    monkeypatch.setattr(OneTimeKeys, "heard", as_in_nio)
    if not has_fallback:
        monkeypatch.setattr(OneTimeKeys, "_upload_fallback", nothing)
    async with running(rig, synapse) as bot:
        device = bot.house.keyring.bot["matrix.device"].decode()
        assert await synapse.claim_all(bot.id, device) == 50
        robin = await clients.person()
        await robin.open_chat(bot.id)
        await robin.say("!start")
        if has_fallback:
            await robin.wait("Can you type safely here?")
        else:
            await robin.quiet(1.5)
            assert not [m for m in robin.screen if not m.mine]
