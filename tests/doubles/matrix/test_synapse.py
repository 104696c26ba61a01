"""One server for all who use it at the same time, gone with the last of them; and own ones."""

import asyncio
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.doubles.matrix.synapse import ROOT, Synapse, shared

WHOAMI = "/_matrix/client/v3/account/whoami"
USER = """
import sys
from pathlib import Path
from tests.doubles.matrix.synapse import shared
with shared(Path(sys.argv[1])) as server:
    print(server.port, flush=True)
    sys.stdin.read()
"""
OWNER = """
import asyncio, sys
from pathlib import Path
from tests.doubles.matrix.synapse import Synapse
server = Synapse(Path(sys.argv[1]))
asyncio.run(server.start())
print(server.port, flush=True)
sys.stdin.read()
"""


def user(folder: Path, program: str = USER) -> "subprocess.Popen[bytes]":
    """Another process that uses a server."""
    return subprocess.Popen(
        [sys.executable, "-c", program, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def port_of(process: "subprocess.Popen[bytes]") -> int:
    """What it was given."""
    assert process.stdout is not None
    return int(process.stdout.readline())


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def gone(port: int) -> None:
    async with asyncio.timeout(15):
        while listens(port):  # noqa: ASYNC110 - a port has no event
            await asyncio.sleep(0.05)


async def test_an_account_can_be_used_at_once(synapse: Synapse) -> None:
    one, other = await synapse.register(), await synapse.register()
    assert one.user_id != other.user_id
    assert one.user_id.endswith(f":{synapse.server_name}")
    status, answer = await synapse.call("GET", WHOAMI, token=one.access_token)
    assert status == 200
    assert (answer["user_id"], answer["device_id"]) == (one.user_id, one.device_id)
    assert one.password not in repr(one)
    assert one.access_token not in repr(one)


async def test_only_an_admin_may_use_the_admin_api(synapse: Synapse) -> None:
    path = "/_synapse/admin/v2/users"
    admin, other = await synapse.admin(), await synapse.register()
    assert (await synapse.call("GET", path, token=admin.access_token))[0] == 200
    assert (await synapse.call("GET", path, token=other.access_token))[0] == 403
    assert await synapse.admin() == admin


async def test_all_keys_of_a_device_can_be_taken(synapse: Synapse) -> None:
    robin = await synapse.register()
    keys = {f"signed_curve25519:{n}": {"key": f"k{n}", "signatures": {}} for n in range(3)}
    spare = {"signed_curve25519:spare": {"key": "spare", "fallback": True, "signatures": {}}}
    path, body = "/_matrix/client/v3/keys/upload", {"one_time_keys": keys, "fallback_keys": spare}
    assert (await synapse.call("POST", path, token=robin.access_token, body=body))[0] == 200
    assert await synapse.claim_all(robin.user_id, robin.device_id) == 3
    assert await synapse.claim_all(robin.user_id, robin.device_id) == 0


async def test_users_share_a_server_and_the_last_one_ends_it(tmp_path: Path) -> None:
    with user(tmp_path) as one, user(tmp_path) as other:
        port = port_of(one)
        assert port == port_of(other)
        one.kill()  # nobody tidies up after a kill
        one.wait()
        await asyncio.sleep(0.3)
        assert listens(port)
        other.kill()
        other.wait()
    with user(tmp_path) as third:
        assert port_of(third) != port
        assert not listens(port)


async def test_a_server_ends_with_whoever_started_it(tmp_path: Path) -> None:
    with user(tmp_path, OWNER) as owner:
        port = port_of(owner)
        assert listens(port)
        owner.kill()
        await gone(port)


async def test_a_server_of_its_own_keeps_accounts_and_port(own_synapse: Synapse) -> None:
    robin, url = await own_synapse.register("robin"), own_synapse.url
    await own_synapse.kill()
    assert not listens(own_synapse.port)
    await own_synapse.start()
    assert own_synapse.url == url
    status, _ = await own_synapse.call("GET", WHOAMI, token=robin.access_token)
    assert status == 200
    await own_synapse.restart()
    assert (await own_synapse.call("GET", WHOAMI, token=robin.access_token))[0] == 200


async def test_a_server_can_be_strict_where_a_test_wants_it(tmp_path: Path) -> None:
    limited = {"rc_message": {"per_second": 0.5, "burst_count": 1}}
    async with Synapse(tmp_path / "synapse", limited) as server:
        token = (await server.register()).access_token
        _, room = await server.call("POST", "/_matrix/client/v3/createRoom", token=token, body={})
        send = f"/_matrix/client/v3/rooms/{room['room_id']}/send/m.room.message/"
        body = {"msgtype": "m.text", "body": "a"}
        sent = [
            (await server.call("PUT", f"{send}{n}", token=token, body=body))[0] for n in range(4)
        ]
    assert 429 in sent
    assert not listens(server.port)


async def test_a_server_that_does_not_start_says_where_to_read_why(tmp_path: Path) -> None:
    broken = Synapse(tmp_path, {"server_name": 7})
    with pytest.raises(AssertionError, match=r"did not start; read .*output\.log"):
        await broken.start()
    assert broken.process is None


async def test_a_server_that_is_shared_can_be_stopped_by_nobody(synapse: Synapse) -> None:
    with pytest.raises(AssertionError, match="own server"):
        await synapse.kill()


async def test_one_process_may_use_the_shared_server_twice(synapse: Synapse) -> None:
    with shared(synapse.folder) as again:
        assert again.url == synapse.url
