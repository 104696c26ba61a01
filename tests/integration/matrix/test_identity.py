"""Strict clients trust the bot's identity, and the program never replaces it by itself."""

import asyncio
import copy
import secrets
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.platforms.matrix import device as device_module
from bot.platforms.matrix.crypto.identity import (
    SEED_NAMES,
    DeviceKeyMismatch,
    ForeignIdentity,
    OwnDevice,
    ensure_identity,
    replace_identity,
)
from bot.platforms.matrix.crypto.signing import is_signed_by, public_key
from bot.platforms.matrix.failures import Failure
from bot.platforms.matrix.http_client import (
    HttpClient,
    Json,
    RequestDenied,
    ServerUnreachable,
    connected,
)
from bot.platforms.matrix.sync import decryptor
from store.crypto.keyring import Keyring, create_keyring, open_keyring
from tests.doubles.matrix.person import Clients
from tests.doubles.matrix.synapse import Credentials, Synapse
from tests.integration.matrix.interceptor import Interceptor
from tests.integration.matrix.key_server import PATHS, KeyServer, Participant, new_device
from tests.integration.matrix.running import Running, begin, running, sealed
from tests.rig import Rig

BOT = "@bot:example.org"
IDENTITY, SIGNATURES = "/keys/device_signing", "/keys/signatures"


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    create_keyring(tmp_path / "keyring", secrets.token_bytes)
    return open_keyring(tmp_path / "keyring", secrets.token_bytes)


@pytest.fixture
async def bot(tmp_path: Path) -> Participant:
    """Publish the keys of a device whose account has no identity."""
    made = new_device(tmp_path / "bot", KeyServer(), BOT, "BOT")
    await made.replenish()
    made.client.requests.clear()
    return made


async def set_up(bot: Participant, keyring: Keyring) -> None:
    await ensure_identity(
        bot.client, keyring, secrets.token_bytes, bot.crypto.own_device(), lambda: "pw"
    )


def at_server(bot: Participant) -> Any:
    return copy.deepcopy((bot.client.server.identities, bot.client.server.devices))


def master_of(bot: Participant) -> str:
    (public,) = bot.client.server.identities[BOT]["master_key"]["keys"].values()
    return str(public)


# With a key server in memory


async def test_the_first_setup_signs_the_device_with_a_new_identity(
    bot: Participant, keyring: Keyring
) -> None:
    await set_up(bot, keyring)
    seeds = [keyring.bot[name] for name in SEED_NAMES]
    assert master_of(bot) == public_key(seeds[0])
    own = public_key(seeds[1])
    assert is_signed_by(bot.client.server.devices[BOT]["BOT"], BOT, own, own)
    assert is_signed_by(
        bot.client.server.devices[BOT]["BOT"], BOT, "BOT", bot.crypto.own_device().ed25519
    ), "its own signature stays"


async def test_a_second_setup_sends_nothing(bot: Participant, keyring: Keyring) -> None:
    await set_up(bot, keyring)
    before, bot.client.requests[:] = at_server(bot), []
    await set_up(bot, keyring)
    assert bot.client.paths() == ["/keys/query"]
    assert at_server(bot) == before


@pytest.mark.parametrize("path", ["/keys/query", IDENTITY, SIGNATURES])
@pytest.mark.parametrize("effect", [True, False], ids=["it arrived", "it did not"])
async def test_a_setup_after_lost_answers_ends_with_the_same_identity(
    bot: Participant, keyring: Keyring, path: str, effect: bool
) -> None:
    (bot.client.losing if effect else bot.client.failing)[path] = ServerUnreachable("lost")
    with pytest.raises(ServerUnreachable):
        await set_up(bot, keyring)
    begun = dict(keyring.bot)
    again = open_keyring(keyring.folder, secrets.token_bytes)
    await set_up(bot, again)
    assert all(again.bot[name] == seed for name, seed in begun.items())
    assert master_of(bot) == public_key(again.bot[SEED_NAMES[0]])


async def test_the_seeds_are_on_disk_before_anything_is_published(
    bot: Participant, keyring: Keyring
) -> None:
    found: list[int] = []
    names = keyring.folder / "bot.keys"
    bot.client.during[IDENTITY] = lambda: found.append(names.read_text().count("matrix."))
    await set_up(bot, keyring)
    assert found == [3]


@pytest.mark.parametrize(
    "lost", [SEED_NAMES, SEED_NAMES[:1], SEED_NAMES[2:]], ids=["all", "one", "another"]
)
async def test_without_its_seeds_the_bot_stops_and_changes_nothing(
    bot: Participant, keyring: Keyring, lost: tuple[str, ...]
) -> None:
    await set_up(bot, keyring)
    before, bot.client.requests[:] = at_server(bot), []
    kept = {name: keyring.bot[name] for name in lost}
    keyring.drop(lost)
    with pytest.raises(ForeignIdentity):
        await set_up(bot, keyring)
    assert bot.client.paths() == ["/keys/query"]
    assert at_server(bot) == before
    open_keyring(keyring.folder, secrets.token_bytes).keep(kept)
    await set_up(bot, keyring)


async def test_a_foreign_identity_is_not_replaced(
    bot: Participant, keyring: Keyring, tmp_path: Path
) -> None:
    await set_up(bot, keyring)
    before = at_server(bot)
    create_keyring(tmp_path / "other", secrets.token_bytes)
    other = open_keyring(tmp_path / "other", secrets.token_bytes)
    other.keep({name: secrets.token_bytes(32) for name in SEED_NAMES})
    with pytest.raises(ForeignIdentity):
        await set_up(bot, other)
    assert at_server(bot) == before


@pytest.mark.parametrize("kind", ["ed25519", "curve25519"])
async def test_a_device_with_forged_keys_is_not_signed_and_nothing_else_is_published(
    bot: Participant, keyring: Keyring, kind: str
) -> None:
    bot.client.server.devices[BOT]["BOT"]["keys"][f"{kind}:BOT"] = "A" * 43
    before = at_server(bot)
    with pytest.raises(DeviceKeyMismatch):
        await set_up(bot, keyring)
    assert at_server(bot) == before


async def test_a_signature_that_the_server_refuses_is_an_error(
    bot: Participant, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PATHS, SIGNATURES, refuse)
    with pytest.raises(DeviceKeyMismatch):
        await set_up(bot, keyring)


def refuse(_town: KeyServer, _who: tuple[str, str], _body: Json) -> Json:
    return {"failures": {BOT: {"BOT": {"errcode": "M_INVALID_SIGNATURE"}}}}


async def test_no_repr_contains_keys(bot: Participant, keyring: Keyring) -> None:
    await set_up(bot, keyring)
    device = bot.crypto.own_device()
    assert repr(device) == "OwnDevice()"
    assert isinstance(device, OwnDevice)


async def test_a_refused_new_identity_leaves_the_keyring_as_it_was(
    bot: Participant, keyring: Keyring
) -> None:
    await set_up(bot, keyring)
    before = dict(keyring.bot)
    bot.client.failing[IDENTITY] = RequestDenied(403, {"errcode": "M_FORBIDDEN"})
    with pytest.raises(RequestDenied):
        await anew(bot.client, keyring, bot.crypto.own_device())
    assert open_keyring(keyring.folder, secrets.token_bytes).bot == before
    await set_up(bot, keyring)
    await anew(bot.client, keyring, bot.crypto.own_device())
    assert keyring.bot != before
    await set_up(bot, keyring)


async def anew(
    http_client: HttpClient, keyring: Keyring, device: OwnDevice, password: str = ""
) -> None:
    await replace_identity(http_client, keyring, secrets.token_bytes, device, lambda: password)


# Killed processes, with a real server


async def life(folder: Path, synapse: Synapse, account: Credentials, *how: str) -> int:
    """Run a process that sets the bot up; return its exit code."""
    arguments = (str(folder), synapse.url, account.user_id, account.password, *how)
    command = (sys.executable, "-m", "tests.integration.matrix.killed_setup", *arguments)
    return await (await asyncio.create_subprocess_exec(*command)).wait()


async def shown(synapse: Synapse, account: Credentials) -> Json:
    _, said = await synapse.call(
        "POST",
        "/_matrix/client/v3/keys/query",
        token=account.access_token,
        body={"device_keys": {account.user_id: []}},
    )
    found: Json = said
    return found


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("path", ["/keys/upload", IDENTITY, SIGNATURES])
async def test_a_setup_killed_at_any_request_keeps_identity_and_device(
    tmp_path: Path, synapse: Synapse, when: str, path: str
) -> None:
    account = await synapse.register()
    assert await life(tmp_path, synapse, account, when, path) == -signal.SIGKILL
    killed = open_keyring(tmp_path / "keyring", secrets.token_bytes).bot
    assert await life(tmp_path, synapse, account, "never", "") == 0
    kept = open_keyring(tmp_path / "keyring", secrets.token_bytes).bot
    assert killed.items() <= kept.items()
    said = await shown(synapse, account)
    device, own = kept["matrix.device"].decode(), public_key(kept[SEED_NAMES[1]])
    assert is_signed_by(said["device_keys"][account.user_id][device], account.user_id, own, own)
    (master,) = said["master_keys"][account.user_id]["keys"].values()
    assert master == public_key(kept[SEED_NAMES[0]])


# With independent clients


async def test_a_strict_client_sees_the_bot_as_signed_and_warns_of_nothing(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    async with running(rig, synapse) as bot:
        robin = await clients.person()
        await begin(robin, bot)
        device = bot.application.keyring.bot["matrix.device"].decode()
        await robin.learn_device(bot.id, device)
        assert {m.shield for m in robin.screen if not m.mine} == {""}


async def test_without_an_identity_a_strict_client_gives_the_bot_no_key(
    rig: Rig, synapse: Synapse, clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing(*_: object) -> None:
        """Do nothing, as the client library does."""

    monkeypatch.setattr(device_module, "ensure_identity", nothing)
    async with running(rig, synapse) as bot:
        robin = await clients.person()
        await robin.open_chat(bot.id)
        await robin.say("!start")
        await robin.quiet(1.5)
        assert not list(bot.connection.device.crypto.olm.inbound_group_store)
        assert not [m for m in robin.screen if not m.mine and not m.unreadable]


async def test_a_restart_sends_nothing_of_the_identity(
    rig: Rig, synapse: Synapse, interceptor: Interceptor
) -> None:
    account = await synapse.register()
    async with running(rig, synapse, account):
        assert (interceptor.count(IDENTITY), interceptor.count(SIGNATURES)) == (1, 1)
    interceptor.requests.clear()
    async with running(rig, synapse, account):
        assert (interceptor.count(IDENTITY), interceptor.count(SIGNATURES)) == (0, 0)
        assert interceptor.count("/login") == 0
        assert interceptor.count("/keys/upload") == 0


def told(bot: Running, trouble: Failure) -> int:
    return sum(trouble.value in said for said in bot.said)


async def test_replacing_the_identity_while_the_bot_runs_stops_it(
    rig: Rig, synapse: Synapse, clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decryptor, "KEY_WAIT_SECONDS", 1.0)
    async with running(rig, synapse) as bot:
        robin = await clients.person()
        await begin(robin, bot)
        await clients.person(await synapse.log_in(bot.account), strict=False)
        await bot.until(
            lambda: told(bot, Failure.FOREIGN_IDENTITY) == 1 and bot.adapter.connection is None
        )
        ours = bot.application.keyring.bot["matrix.device"].decode()
        await robin.learn_device(bot.id, ours, signed=False)  # until then it is still given keys
        before = len(robin.screen)
        await robin.say("It was after the rehearsal.")
        await robin.quiet(1.0)
        assert len(robin.screen) == before + 1, "the bot says nothing"
        assert told(bot, Failure.FOREIGN_IDENTITY) == 1
        await mend(bot, synapse)
        # Robin's client gave no key to a device that the other identity had not signed.
        await robin.wait("I couldn't read your last message", 15)
        await robin.say("It was after the rehearsal.")
        await robin.wait("Saved. Carry on")
        await sealed(bot, robin, ["It was after the rehearsal."])
        assert (await robin.identity(bot.id))["changed"]


async def mend(bot: Running, synapse: Synapse) -> None:
    """Replace the identity as an operator does, in another process on the same keyring."""
    keyring = open_keyring(bot.application.keyring.folder, secrets.token_bytes)
    said = await shown(synapse, bot.account)
    name = keyring.bot["matrix.device"].decode()
    keys = said["device_keys"][bot.id][name]["keys"]
    device = OwnDevice(bot.id, name, keys[f"ed25519:{name}"], keys[f"curve25519:{name}"], unsigned)
    async with connected(
        HttpClient(synapse.url, keyring.bot["matrix.token"].decode())
    ) as http_client:
        with pytest.raises(RequestDenied):
            await anew(http_client, keyring, device, "not the password")
        await anew(http_client, keyring, device, bot.account.password)


def unsigned(_value: Json) -> str:
    """Return any signature: the master key needs none of the device."""
    return "A" * 86


async def test_a_foreign_identity_stops_the_start_and_is_reported_once(
    rig: Rig, synapse: Synapse, clients: Clients, interceptor: Interceptor
) -> None:
    account = await synapse.register()
    await clients.person(account, strict=False)
    async with running(rig, synapse, account, connected=False) as bot:
        await bot.until(lambda: interceptor.count("/keys/query") >= 3)
        assert bot.adapter.connection is None
        assert told(bot, Failure.FOREIGN_IDENTITY) == 1
        assert interceptor.count(IDENTITY) == 0
        await mend(bot, synapse)
        await bot.ready()


async def test_forged_keys_of_the_bots_device_stop_it_until_the_server_is_honest(
    rig: Rig, synapse: Synapse, interceptor: Interceptor
) -> None:
    async with running(rig, synapse, connected=False) as bot:

        def lie(answer: Json) -> None:
            for name, keys in answer["device_keys"].get(bot.id, {}).items():
                if name != bot.account.device_id:
                    keys["keys"][f"curve25519:{name}"] = "A" * 43

        interceptor.falsify["/keys/query"] = lie
        await bot.until(lambda: told(bot, Failure.KEY_MISMATCH) == 1)
        assert interceptor.count(SIGNATURES) == 0
        interceptor.falsify.clear()
        await bot.ready()


async def test_a_device_deleted_by_an_admin_comes_back(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    async with running(rig, synapse) as bot:
        robin = await clients.person()
        await begin(robin, bot)
        before = dict(bot.application.keyring.bot)
        device, connection = before["matrix.device"].decode(), bot.connection
        path = f"/_synapse/admin/v2/users/{bot.id}/devices/{device}"
        status, _ = await synapse.call("DELETE", path, token=(await synapse.admin()).access_token)
        assert status == 200
        await bot.reconnected(connection)
        after = bot.application.keyring.bot
        assert after["matrix.device"] == before["matrix.device"]
        assert after["matrix.token"] != before["matrix.token"]
        await robin.learn_device(bot.id, device)
        await robin.say("It was after the rehearsal.")
        await robin.wait("Saved. Carry on")
        assert bot.said == []
