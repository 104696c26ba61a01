"""The homeserver in memory, and people with clients in memory."""

import asyncio
import base64

import aiohttp
import pytest

from tests.doubles.matrix.homeserver.people import People
from tests.doubles.matrix.homeserver.server import Homeserver
from tests.doubles.matrix.homeserver.shapes import Json
from tests.doubles.matrix.person import Person, Refused

V3 = "/_matrix/client/v3"
UNSIGNED = "UNSIGNED_SENDER_DEVICE"


async def meet(one: Person, other: Person) -> None:
    """A chat that is open on both sides."""
    await one.open_chat(other.id, joined=False)
    await other.join()
    await one.member(other.id, "join")


@pytest.fixture
async def robin(people: People) -> Person:
    return await people.person()


@pytest.fixture
async def ash(people: People) -> Person:
    return await people.person()


async def test_two_people_talk(robin: Person, ash: Person) -> None:
    await meet(robin, ash)
    await robin.say("hello")
    (seen,) = await ash.wait("hello")
    assert (seen.text, seen.sender, seen.mine) == ("hello", robin.id, False)
    assert (seen.encrypted, seen.unreadable, seen.shield) == (True, "", "")
    await ash.reply(seen.id, "and hello to you")
    *_, last = await robin.wait("and hello to you")
    assert last.replies_to == seen.id


async def test_messages_are_edited_and_taken_back(robin: Person, ash: Person) -> None:
    await meet(robin, ash)
    event = await robin.say("it was Oak")
    await ash.wait("it was Oak")
    await robin.edit(event, "it was somebody")
    (seen,) = await ash.wait("it was somebody")
    assert (seen.id, seen.edited) == (event, True)
    await robin.redact(event)
    await ash.until(lambda: ash.messages[event].redacted)


async def test_without_power_nobody_redacts_what_another_wrote(robin: Person, ash: Person) -> None:
    await robin.open_chat(ash.id, preset="private_chat", joined=False)
    await ash.join()
    event = await robin.say("this stays")
    await ash.wait("this stays")
    with pytest.raises(Refused, match="M_FORBIDDEN"):
        await ash.redact(event)


async def test_files_go_across_encrypted(
    homeserver: Homeserver, robin: Person, ash: Person
) -> None:
    await meet(robin, ash)
    await robin.send_file("note.txt", b"what happened" * 500)
    (note,) = await ash.wait(lambda screen: len(screen) == 1)
    assert await ash.fetch(note) == b"what happened" * 500
    assert not any(b"what happened" in data for data in homeserver.world.media.values())


async def test_a_strict_person_reads_no_device_that_its_owner_did_not_sign(
    people: People, robin: Person
) -> None:
    stranger = await people.person(signed=False)
    await stranger.open_chat(robin.id, joined=False)
    await robin.join()
    await stranger.say("hello")
    (seen,) = await robin.wait(lambda screen: len(screen) == 1)
    assert (seen.text, seen.unreadable) == ("", UNSIGNED)


async def test_both_devices_of_a_person_read_along(robin: Person, ash: Person) -> None:
    phone = await ash.second_device()
    await robin.open_chat(ash.id, joined=False)
    await ash.join()
    await phone.until(lambda: bool(phone.members(ash.room)))
    phone.room = ash.room
    await robin.say("to both")
    await ash.wait("to both")
    await phone.wait("to both")


async def test_hundreds_of_people_talk_in_one_process(people: People) -> None:
    ash = await people.person()
    others = await asyncio.gather(*(people.person() for _ in range(200)))
    for other in others:
        await other.open_chat(ash.id, joined=False)
        await ash.join(other.room)
        await other.say(f"I am {other.id}")
    await ash.until(lambda: len(ash.told) == 200)
    assert {text for _, text in ash.told} == {f"I am {other.id}" for other in others}


# What it refuses


@pytest.mark.parametrize(
    ("method", "path", "body", "violation"),
    [
        ("GET", f"{V3}/rooms/!a/members", None, "there is no such request"),
        ("POST", f"{V3}/keys/query", {}, "device_keys is missing"),
        ("POST", f"{V3}/keys/query", {"device_keys": ["@a:b"]}, "device_keys is no object"),
        ("POST", f"{V3}/keys/query", {"device_keys": {}, "more": 1}, "more is unknown"),
        ("GET", f"{V3}/sync?since=yesterday", None, "since is not written like that"),
        ("GET", f"{V3}/rooms/!a/messages", None, "dir is missing"),
        ("GET", f'{V3}/sync?filter={{"room":{{"timelime":{{}}}}}}', None, "timelime is unknown"),
        (
            *("PUT", f"{V3}/rooms/!a/send/m.room.encrypted/1"),
            {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "abc"},
            "session_id is missing",
        ),
    ],
)
async def test_what_the_specification_does_not_allow_is_a_violation(
    homeserver: Homeserver, method: str, path: str, body: object, violation: str
) -> None:
    account = await homeserver.register()
    await homeserver.call(method, path, token=account.access_token, body=body)
    (found,) = homeserver.violations
    assert violation in found
    homeserver.violations.clear()


async def test_a_violation_fails_the_test() -> None:
    with pytest.raises(AssertionError, match="the specification does not allow this"):
        async with Homeserver() as server:
            await server.call("GET", f"{V3}/nothing")


# What Matrix promises


async def test_a_request_with_the_same_transaction_id_counts_once(
    homeserver: Homeserver, robin: Person, ash: Person
) -> None:
    await meet(robin, ash)
    path, token = f"{V3}/rooms/{robin.room}/send/m.reaction/once", robin.account.access_token
    answers = [await homeserver.call("PUT", path, token=token, body={}) for _ in range(2)]
    assert answers[0] == answers[1]
    assert [e.type for e in homeserver.world.rooms[robin.room].events].count("m.reaction") == 1


async def test_to_device_messages_stay_until_a_sync_acknowledges_them(
    homeserver: Homeserver,
) -> None:
    one, other = await homeserver.register(), await homeserver.register()
    content = {other.user_id: {other.device_id: {"number": 1}}}
    path, body = f"{V3}/sendToDevice/test/1", {"messages": content}
    await homeserver.call("PUT", path, token=one.access_token, body=body)
    token = other.access_token
    asked = [await homeserver.call("GET", f"{V3}/sync", token=token) for _ in range(2)]
    assert [len(told["to_device"]["events"]) for _, told in asked] == [1, 1]
    since = asked[0][1]["next_batch"]
    _, later = await homeserver.call("GET", f"{V3}/sync?since={since}", token=token)
    assert "to_device" not in later


async def test_what_a_batch_left_out_is_read_backwards(
    homeserver: Homeserver, robin: Person, ash: Person
) -> None:
    await meet(robin, ash)
    token = ash.account.access_token
    _, before = await homeserver.call("GET", f"{V3}/sync", token=token)
    sent = [await robin.react("$none", str(number)) for number in range(20)]
    _, batch = await homeserver.call("GET", f"{V3}/sync?since={before['next_batch']}", token=token)
    timeline = batch["rooms"]["join"][robin.room]["timeline"]
    assert ([e["event_id"] for e in timeline["events"]], timeline["limited"]) == (sent[10:], True)
    found, place = [], timeline["prev_batch"]
    while place:
        path = f"{V3}/rooms/{robin.room}/messages?dir=b&limit=4&from={place}"
        _, page = await homeserver.call("GET", f"{path}&to={before['next_batch']}", token=token)
        found += [event["event_id"] for event in page["chunk"]]
        place = page.get("end", "")
    assert found[::-1] == sent[:10]


async def test_what_goes_over_http_can_be_tampered_with(homeserver: Homeserver) -> None:
    account = await homeserver.register()

    async def swapped(asked: Json, told: Json) -> Json:
        assert asked == {}
        return {**told, "user_id": "@oak:elsewhere"}

    homeserver.lie("/whoami$", swapped)
    headers = {"Authorization": f"Bearer {account.access_token}"}
    async with (
        aiohttp.ClientSession(homeserver.url, headers=headers) as session,
        session.get(f"{V3}/account/whoami") as answer,
    ):
        told = await answer.json()
    assert (told["user_id"], told["device_id"]) == ("@oak:elsewhere", account.device_id)
    assert [seen.status for seen in homeserver.seen("/whoami$")] == [200]


async def test_a_one_time_key_is_given_away_once(homeserver: Homeserver, robin: Person) -> None:
    token = (await homeserver.register()).access_token
    body = {"one_time_keys": {robin.id: {robin.account.device_id: "signed_curve25519"}}}
    given = [
        await homeserver.call("POST", f"{V3}/keys/claim", token=token, body=body) for _ in range(3)
    ]
    keys = [str(told["one_time_keys"]) for _, told in given]
    assert len(set(keys)) == 3


async def test_another_identity_wants_the_password(
    homeserver: Homeserver, people: People, robin: Person
) -> None:
    token = robin.account.access_token
    key = base64.b64encode(bytes(32)).decode().rstrip("=")
    master = {"user_id": robin.id, "usage": ["master"], "keys": {f"ed25519:{key}": key}}
    path, body = f"{V3}/keys/device_signing/upload", {"master_key": master}
    status, told = await homeserver.call("POST", path, token=token, body=body)
    assert status == 401
    auth = {
        "type": "m.login.password",
        "session": told["session"],
        "identifier": {"type": "m.id.user", "user": robin.id},
        "password": robin.account.password,
    }
    status, _ = await homeserver.call("POST", path, token=token, body={**body, "auth": auth})
    assert status == 200
