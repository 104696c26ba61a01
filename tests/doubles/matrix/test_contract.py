"""The homeserver in memory answers as Synapse does, in everything that the bot relies on."""

import difflib
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

import pytest

from tests.doubles.matrix.homeserver.olm_device import OlmDevice
from tests.doubles.matrix.homeserver.server import Homeserver
from tests.doubles.matrix.homeserver.signed import SigningKey
from tests.doubles.matrix.synapse import Synapse
from tests.doubles.matrix.transcript import Bench, sealed

Script = Callable[[Bench], Awaitable[object]]


async def invited(bench: Bench) -> str:
    """Robin invites the bot and writes before it comes."""
    await bench.enter("bot", "robin")
    begin = await bench.sync("bot")
    await bench.open_room("bot")
    told = await bench.sync("bot", begin["next_batch"])
    await bench.write("robin", 1, 2)
    return str(told["next_batch"])


async def met(bench: Bench) -> str:
    """The bot has come in."""
    before = await invited(bench)
    await bench.in_room("bot", "POST", "join", {})
    told = await bench.sync("bot", before)
    return str(told["next_batch"])


async def joining(bench: Bench) -> None:
    here = await met(bench)
    await bench.sync("bot", here)
    await bench.sync("bot")
    await bench.in_room("bot", "POST", "join", {})


async def joining_after_much(bench: Bench) -> None:
    # Synapse shows the bot's invitation or its coming in, and leaves to chance which of them.
    bench.unread = frozenset({("m.room.member", "@bot")})
    before = await invited(bench)
    await bench.write("robin", *range(3, 12))
    await bench.in_room("bot", "POST", "join", {})
    await bench.write("robin", 12)
    told = await bench.sync("bot", before)
    place = told["rooms"]["join"][bench.room]["timeline"]["prev_batch"]
    await bench.in_room("bot", "GET", f"messages?dir=b&limit=9&from={place}")


async def declining(bench: Bench) -> None:
    here = await invited(bench)
    await bench.in_room("bot", "POST", "leave", {})
    told = await bench.sync("bot", here)
    await bench.in_room("bot", "POST", "forget", {})
    await bench.sync("bot", told["next_batch"])
    await bench.sync("bot")
    await bench.in_room("bot", "POST", "join", {})


async def talking(bench: Bench) -> None:
    here = await met(bench)
    await bench.write("robin", 3)
    told = await bench.sync("bot", here)
    await bench.write("bot", 4)
    told = await bench.sync("bot", told["next_batch"])
    await bench.write("robin", 5)
    await bench.write("bot", 6)
    await bench.in_room("robin", "PUT", "send/m.reaction/r1", {"m.relates_to": {"key": "x"}})
    await bench.sync("bot", told["next_batch"])


async def a_gap(bench: Bench) -> None:
    here = await met(bench)
    await bench.write("robin", *range(3, 8))
    await bench.write("bot", 8, 9)
    await bench.write("robin", *range(10, 16))
    told = await bench.sync("bot", here)
    place = told["rooms"]["join"][bench.room]["timeline"]["prev_batch"]
    for _ in range(5):
        path = f"messages?dir=b&limit=3&from={place}&to={here}"
        page = await bench.in_room("bot", "GET", path)
        place = page.get("end", place)


async def as_much_as_fits(bench: Bench) -> None:
    here = await met(bench)
    await bench.write("robin", 3, 4, 5)
    told = await bench.sync("bot", here)
    await bench.write("robin", 6, 7, 8, 9)
    await bench.write("bot", 10)
    await bench.sync("bot", told["next_batch"])


async def much_of_its_own(bench: Bench) -> None:
    here = await met(bench)
    await bench.write("robin", 3)
    await bench.write("bot", *range(4, 24))
    told = await bench.sync("bot", here)
    await bench.write("robin", 24)
    await bench.write("bot", *range(25, 28))
    await bench.sync("bot", told["next_batch"])


async def redacting(bench: Bench) -> None:
    here = await met(bench)
    (foreign,) = await bench.write("robin", 3)
    (own,) = await bench.write("bot", 4)
    for number, event in enumerate((foreign, own)):
        path = f"redact/{quote(event, safe='')}/r{number}"
        await bench.in_room("bot", "PUT", path, {})
        await bench.in_room("bot", "PUT", path, {})
    told = await bench.sync("bot", here)
    # Synapse withholds this one, and may then count the events before it wrongly.
    await bench.in_room("bot", "PUT", "redact/%24nothing/r9", {})
    await bench.in_room("bot", "GET", f"messages?dir=b&from={told['next_batch']}&to={here}")


async def redacting_without_power(bench: Bench) -> None:
    await bench.enter("bot", "robin")
    await bench.open_room("bot", preset="private_chat")
    await bench.in_room("bot", "POST", "join", {})
    (foreign,) = await bench.write("robin", 3)
    await bench.in_room("bot", "PUT", f"redact/{quote(foreign, safe='')}/r1", {})


async def repeating(bench: Bench) -> None:
    here = await met(bench)
    await bench.write("bot", 3, 3, 3)
    await bench.write("robin", 4, 4)
    await bench.sync("bot", here)
    await bench.sync("bot", here)


async def parting(bench: Bench) -> None:
    here = await met(bench)
    await bench.in_room("robin", "POST", "leave", {})
    told = await bench.sync("bot", here)
    await bench.in_room("bot", "POST", "leave", {})
    told = await bench.sync("bot", told["next_batch"])
    await bench.in_room("bot", "POST", "forget", {})
    await bench.sync("bot", told["next_batch"])
    await bench.in_room("bot", "GET", "messages?dir=b")
    await bench.in_room("bot", "PUT", "send/m.room.encrypted/x", sealed(1))
    await bench.sync("bot")


async def put_out(bench: Bench, how: str) -> None:
    bot = {"user_id": ""}
    await bench.enter("bot", "robin")
    begin = await bench.sync("bot")
    await bench.open_room("bot", preset="private_chat")
    await bench.in_room("bot", "POST", "join", {})
    told = await bench.sync("bot", begin["next_batch"])
    bot["user_id"] = bench.accounts["bot"].user_id
    await bench.in_room("bot", "POST", how, {"user_id": bench.accounts["robin"].user_id})
    await bench.write("robin", 1)
    await bench.in_room("robin", "POST", how, bot)
    await bench.write("robin", 2)
    told = await bench.sync("bot", told["next_batch"])
    await bench.in_room("bot", "PUT", "send/m.room.encrypted/x", sealed(1))
    await bench.in_room("bot", "POST", "forget", {})
    await bench.in_room("bot", "POST", "join", {})
    await bench.in_room("robin", "POST", "invite", bot)
    await bench.sync("bot", told["next_batch"])
    await bench.sync("bot")


async def kicked(bench: Bench) -> None:
    await put_out(bench, "kick")


async def banned(bench: Bench) -> None:
    await put_out(bench, "ban")


async def a_third(bench: Bench) -> None:
    here = await met(bench)
    await bench.enter("ash")
    body = {"user_id": bench.accounts["ash"].user_id}
    await bench.in_room("robin", "POST", "invite", body)
    told = await bench.sync("bot", here)
    await bench.in_room("ash", "POST", "join", {})
    told = await bench.sync("bot", told["next_batch"])
    await bench.in_room("ash", "POST", "leave", {})
    await bench.sync("bot", told["next_batch"])


async def send_to_device(bench: Bench, number: int) -> None:
    to = bench.accounts["bot"]
    body = {"messages": {to.user_id: {to.device_id: {"number": number}}}}
    await bench.ask("robin", "PUT", f"/sendToDevice/test/t{number}", body)


async def to_devices(bench: Bench) -> None:
    await bench.enter("bot", "robin")
    begin = await bench.sync("bot")
    for number in (1, 2, 2):
        await send_to_device(bench, number)
    told = await bench.sync("bot", begin["next_batch"])
    told = await bench.sync("bot", begin["next_batch"])
    await send_to_device(bench, 3)
    await bench.sync("bot", told["next_batch"])
    await bench.sync("bot", begin["next_batch"])


async def many_to_devices(bench: Bench) -> None:
    await bench.enter("bot", "robin")
    place = (await bench.sync("bot"))["next_batch"]
    for number in range(130):
        await send_to_device(bench, number)
    for _ in range(3):
        place = (await bench.sync("bot", place))["next_batch"]


def device_of(bench: Bench, name: str) -> OlmDevice:
    account = bench.accounts[name]
    return OlmDevice(account.user_id, account.device_id)


async def device_keys(bench: Bench) -> None:
    here = await met(bench)
    robin, account = device_of(bench, "robin"), bench.accounts["robin"]
    keys = robin.device_keys()
    bench.names.known |= dict.fromkeys((*keys["keys"].values(), *signatures(keys)), "a key")
    await bench.ask("robin", "POST", "/keys/upload", {"device_keys": keys})
    told = await bench.sync("bot", here)
    nobody = "@nobody:" + account.user_id.partition(":")[2]
    asked: Any = {"device_keys": {account.user_id: [], nobody: []}}
    await bench.ask("bot", "POST", "/keys/query", asked)
    await bench.ask("robin", "POST", "/keys/upload", {"device_keys": keys})
    await bench.sync("bot", told["next_batch"])


async def claims(bench: Bench) -> None:
    await bench.enter("bot", "robin")
    robin, account = device_of(bench, "robin"), bench.accounts["robin"]
    await bench.ask("robin", "POST", "/keys/upload", {"device_keys": robin.device_keys()})
    (name, key), *_ = robin.fresh_keys().items()
    fallback = robin.sign({"key": key["key"], "fallback": True})
    bench.names.known |= {name: "one-time key", "signed_curve25519:F": "fallback key"}
    bench.names.known |= dict.fromkeys((*signatures(key), *signatures(fallback)), "a signature")
    bench.names.known[key["key"]] = "a key"
    await bench.ask("robin", "POST", "/keys/upload", {"one_time_keys": {name: key}})
    body = {"fallback_keys": {"signed_curve25519:F": fallback}}
    await bench.ask("robin", "POST", "/keys/upload", body)
    told = await bench.sync("robin")
    claim = {"one_time_keys": {account.user_id: {account.device_id: "signed_curve25519"}}}
    for _ in range(3):
        await bench.ask("bot", "POST", "/keys/claim", claim)
    await bench.sync("robin", told["next_batch"])
    await bench.ask("robin", "POST", "/keys/upload", {})
    await bench.ask("robin", "POST", "/keys/upload", {"one_time_keys": {name: key}})
    await bench.ask("robin", "POST", "/keys/upload", {"one_time_keys": {name: fallback}})


def signatures(value: Any) -> list[str]:
    return [s for own in value["signatures"].values() for s in own.values()]


async def identities(bench: Bench) -> None:
    here = await met(bench)
    robin, user = device_of(bench, "robin"), bench.accounts["robin"].user_id
    await bench.ask("robin", "POST", "/keys/upload", {"device_keys": robin.device_keys()})
    for _ in range(2):
        master, own, other = SigningKey(), SigningKey(), SigningKey()
        keys = {
            f"{usage}_key": {
                "user_id": user,
                "usage": [usage],
                "keys": {f"ed25519:{key.public}": key.public},
            }
            for usage, key in (("master", master), ("self_signing", own), ("user_signing", other))
        }
        keys |= {n: master.sign(keys[n], user) for n in ("self_signing_key", "user_signing_key")}
        await bench.ask("robin", "POST", "/keys/device_signing/upload", keys)
        await bench.ask("robin", "POST", "/keys/device_signing/upload", keys)
        signed = own.sign(robin.device_keys(), user)
        body = {user: {robin.id: signed, "NOBODY": signed}}
        told = await bench.server.call(
            *("POST", "/_matrix/client/v3/keys/signatures/upload"),
            token=bench.accounts["robin"].access_token,
            body=body,
        )
        failures = sorted(map(bench.names.name, told[1]["failures"].get(user, {})))
        bench.lines.append(f"failures: {failures}")
    await bench.sync("bot", here)


async def tokens(bench: Bench) -> None:
    await bench.enter("bot", "robin")
    await bench.ask("bot", "GET", "/account/whoami")
    account = bench.accounts["bot"]
    whose = {"type": "m.id.user", "user": account.user_id}
    body = {"type": "m.login.password", "identifier": whose, "device_id": account.device_id}
    path = "/_matrix/client/v3/login"
    for password in ("wrong", account.password):
        told = await bench.server.call("POST", path, body={**body, "password": password})
        device = bench.names.name(told[1].get("device_id", ""))
        bench.lines.append(f"{told[0]} {told[1].get('errcode')} {device}")
    await bench.ask("bot", "GET", "/account/whoami")
    await bench.ask("robin", "POST", "/logout", {})
    await bench.ask("robin", "GET", "/account/whoami")


SCRIPTS = (
    joining,
    joining_after_much,
    declining,
    talking,
    a_gap,
    as_much_as_fits,
    much_of_its_own,
    redacting,
    redacting_without_power,
    repeating,
    parting,
    kicked,
    banned,
    a_third,
    to_devices,
    many_to_devices,
    device_keys,
    claims,
    identities,
    tokens,
)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.__name__)
async def test_both_servers_answer_alike(
    synapse: Synapse, homeserver: Homeserver, script: Script
) -> None:
    real, double = Bench(synapse), Bench(homeserver)
    await script(real)
    await script(double)
    assert homeserver.violations == []
    differences = difflib.unified_diff(real.lines, double.lines, "Synapse", "the double", n=8)
    told = "\n".join(differences)
    assert not told, told
