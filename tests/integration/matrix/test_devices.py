"""The bot trusts devices by what the server shows of them."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.matrix.crypto import devices as devices_module
from bot.platforms.matrix.crypto.devices import (
    MOST_DEVICES,
    DeviceDirectory,
    PublishedIdentity,
    published_identity,
)
from bot.platforms.matrix.crypto.identity import CrossSigningIdentity
from bot.platforms.matrix.crypto.signing import add_signature, public_key, sign, unpadded_base64
from bot.platforms.matrix.http_client import Json, ServerUnreachable
from handlers.messages import Reply
from handlers.texts.english import ENGLISH
from store.model.accounts import Account
from tests.doubles.matrix.person import Clients, Person
from tests.doubles.matrix.synapse import Synapse
from tests.integration.matrix.key_server import KeyServer, KeyServerClient, Participant, new_device
from tests.integration.matrix.running import begin, running, sealed
from tests.rig import Rig
from tests.talk_script import folded

ROBIN = "@robin:example.org"
BOT = "@bot:example.org"


def seed(name: str) -> bytes:
    return sha256(name.encode()).digest()


def device(name: str, *, key: str = "", by: str = "", user: str = ROBIN) -> Json:
    """Make a device's keys from ``key``, signed by an identity if one is named."""
    own = seed(f"device {key or name}")
    names = {
        f"ed25519:{name}": public_key(own),
        f"curve25519:{name}": unpadded_base64(seed(key or name)),
    }
    plain = {"user_id": user, "device_id": name, "algorithms": [], "keys": names}
    signed = add_signature(plain, user, name, sign(plain, own))
    if not by:
        return signed
    signing = seed(f"{by} self")
    return add_signature(signed, user, public_key(signing), sign(plain, signing))


def identity(name: str, *, by: str = "", user: str = ROBIN) -> Json:
    """Make the public keys of an identity, signed by a device if one is named."""
    seeds = (seed(f"{name} master"), seed(f"{name} self"), seed(f"{name} user"))
    key = seed(f"device {by}")
    keys = CrossSigningIdentity(seeds).public_objects(
        user, lambda value: sign(value, key), by or "NOBODY"
    )
    return dict(zip(("master_key", "self_signing_key", "user_signing_key"), keys, strict=True))


@dataclass
class Watch:
    """Shows the bot one state of Robin's devices after the other."""

    bot: Participant
    server: KeyServer
    devices: DeviceDirectory = field(init=False)

    def __post_init__(self) -> None:
        self.devices = self.bot.crypto.devices

    def show(self, who: str, *devices: Json, by: str = "") -> None:
        """Let the server show these devices, and this identity if one is named."""
        self.server.devices[ROBIN] = {d["device_id"]: d for d in devices}
        self.server.identities.pop(ROBIN, None)
        if who:
            self.server.identities[ROBIN] = identity(who, by=by)

    async def look(self) -> bool:
        """Query; return whether Robin's identity was replaced and nobody vouched."""
        return await self.devices.refresh((ROBIN,)) == (ROBIN,)

    async def sees(self, who: str, *devices: Json, by: str = "") -> bool:
        self.show(who, *devices, by=by)
        return await self.look()

    @property
    def trusted(self) -> set[str]:
        return {d.id for d in self.devices.trusted_devices(ROBIN)}

    @property
    def every(self) -> set[str]:
        return {d.id for d in self.devices.all_devices(ROBIN)}


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    server = KeyServer()
    bot = new_device(tmp_path / "bot", server, BOT, "BOT")
    yield Watch(bot, server)
    bot.crypto.close()


Step = tuple[str, tuple[Json, ...], str, set[str], bool]
"""Identity and devices that are shown, the device that signed the master key, the devices that are
trusted then, and whether the identity counts as replaced."""

CASES: dict[str, tuple[Step, ...]] = {
    "an identity vouches for what it signed and for nothing else": (
        ("a", (device("ONE", by="a"), device("TWO")), "", {"ONE"}, False),
    ),
    "a device that is signed later is trusted from then on": (
        ("a", (device("ONE", by="a"), device("TWO")), "", {"ONE"}, False),
        ("a", (device("ONE", by="a"), device("TWO", by="a")), "", {"ONE", "TWO"}, False),
    ),
    "without an identity the devices of the first sight are known": (
        ("", (device("ONE"), device("TWO")), "", {"ONE", "TWO"}, False),
        ("", (device("ONE"), device("TWO"), device("THREE")), "", {"ONE", "TWO"}, False),
    ),
    "an identity that a known device made is no surprise": (
        ("", (device("ONE"),), "", {"ONE"}, False),
        ("a", (device("ONE", by="a"), device("TWO", by="a")), "ONE", {"ONE", "TWO"}, False),
    ),
    "an identity where there was none, and nobody vouches": (
        ("", (device("ONE"),), "", {"ONE"}, False),
        ("a", (device("ONE"), device("TWO", by="a")), "", {"TWO"}, True),
    ),
    "an identity that is replaced counts from then on, and is said once": (
        ("a", (device("ONE", by="a"),), "", {"ONE"}, False),
        ("b", (device("ONE"), device("TWO", by="b")), "", {"TWO"}, True),
        ("b", (device("ONE"), device("TWO", by="b")), "", {"TWO"}, False),
    ),
    "an identity that is replaced by a device of its own is not": (
        ("a", (device("ONE", by="a"),), "", {"ONE"}, False),
        ("b", (device("ONE", by="b"),), "ONE", {"ONE"}, False),
    ),
    "a device that nobody vouches for vouches for nothing": (
        ("a", (device("ONE", by="a"), device("EVIL")), "", {"ONE"}, False),
        ("b", (device("ONE", by="a"), device("EVIL", by="b")), "EVIL", {"EVIL"}, True),
    ),
    "a device of an identity that took the place is not trusted when the first is back": (
        ("a", (device("ONE", by="a"),), "", {"ONE"}, False),
        ("b", (device("EVIL", by="b"),), "", {"EVIL"}, True),
        ("a", (device("ONE", by="a"), device("EVIL", by="b")), "EVIL", {"ONE"}, False),
    ),
    "nor is it when it was hidden while the first came back": (
        ("a", (device("ONE", by="a"),), "", {"ONE"}, False),
        ("b", (device("EVIL", by="b"),), "", {"EVIL"}, True),
        ("a", (device("ONE", by="a"),), "", {"ONE"}, True),
        ("a", (device("ONE", by="a"), device("EVIL", by="b")), "", {"ONE"}, False),
    ),
    "nor when another device of its own vouched for the first": (
        ("a", (device("ONE", by="a"),), "", {"ONE"}, False),
        ("b", (device("EVIL", by="b"), device("TWO", by="b")), "", {"EVIL", "TWO"}, True),
        ("a", (device("ONE", by="a"), device("TWO", by="b")), "TWO", {"ONE"}, False),
        ("a", (device("ONE", by="a"), device("EVIL", by="b")), "", {"ONE"}, False),
    ),
    "a device that the new identity brings along does not vouch for it": (
        ("a", (device("ONE", by="a"),), "", {"ONE"}, False),
        ("b", (device("EVIL", by="b"),), "EVIL", {"EVIL"}, True),
    ),
    "an identity that is hidden vouches for nobody new": (
        ("a", (device("ONE", by="a"),), "", {"ONE"}, False),
        ("", (device("ONE"), device("EVIL")), "", {"ONE"}, False),
        ("a", (device("ONE", by="a"), device("EVIL")), "", {"ONE"}, False),
    ),
    "a device that is gone is not written to, and is again when it is back": (
        ("a", (device("ONE", by="a"), device("TWO", by="a")), "", {"ONE", "TWO"}, False),
        ("a", (device("TWO", by="a"),), "", {"TWO"}, False),
        ("a", (device("ONE", by="a"), device("TWO", by="a")), "", {"ONE", "TWO"}, False),
    ),
    "the signature of another device's keys under the same name is none for these": (
        ("a", (device("ONE", by="a"), device("TWO", key="evil")), "", {"ONE"}, False),
        ("a", (device("ONE", by="a"), device("TWO", by="a")), "", {"ONE", "TWO"}, False),
    ),
    "keys under a trusted name that nobody signed are not taken": (
        ("a", (device("ONE", by="a"),), "", {"ONE"}, False),
        ("a", (device("ONE", key="evil"),), "", {"ONE"}, False),
    ),
    "a name that is used again with new keys is as good as its signature": (
        ("a", (device("ONE", by="a"),), "", {"ONE"}, False),
        ("a", (device("ONE", key="new", by="a"),), "", {"ONE"}, False),
    ),
    "what is signed for another account counts for nothing": (
        ("a", (device("ONE", by="a", user="@other:example.org"),), "", set(), False),
    ),
    "an account of which nothing was seen is seen for the first time later": (
        ("", (), "", set(), False),
        ("", (device("ONE"),), "", {"ONE"}, False),
    ),
}


@pytest.mark.parametrize("steps", CASES.values(), ids=CASES.keys())
async def test_devices_are_trusted_by_signature(watch: Watch, steps: tuple[Step, ...]) -> None:
    for who, devices, by, trusted, replaced in steps:
        assert await watch.sees(who, *devices, by=by) is replaced
        assert watch.trusted == trusted


async def test_what_a_hidden_device_wrote_counts_for_nobody_else_than_it_was_signed_by(
    watch: Watch,
) -> None:
    """A message is believed of a device that was deleted since, as it may have waited."""
    await watch.sees("b", device("EVIL", by="b"))
    (evil,) = watch.devices.trusted_devices(ROBIN)
    keys = (ROBIN, evil.curve25519, evil.ed25519)
    await watch.sees("b", device("TWO", by="b"))
    found = watch.devices.find_by_keys(*keys)
    assert found is not None
    assert watch.devices.is_trusted(found)
    await watch.sees("a", device("ONE", by="a"))
    again = Watch(watch.bot.restart(), watch.server)
    for seen in (watch, again):
        found = seen.devices.find_by_keys(*keys)
        assert found is not None
        assert not seen.devices.is_trusted(found)
    again.bot.crypto.close()


async def test_an_account_is_who_it_was_as_long_as_a_trusted_device_vouches(
    watch: Watch,
) -> None:
    key = {name: identity(name)["master_key"]["keys"] for name in "abc"}
    first, second, third = (next(iter(key[name].values())) for name in "abc")
    await watch.sees("a", device("ONE", by="a"))
    assert watch.devices.identity_of(ROBIN) == (first,)
    await watch.sees("b", device("ONE", by="b"), by="ONE")
    assert watch.devices.identity_of(ROBIN) == (second, first)
    await watch.sees("", device("ONE"))
    assert watch.devices.identity_of(ROBIN) == (second, first), "hiding one changes nothing"
    again = Watch(watch.bot.restart(), watch.server)
    assert again.devices.identity_of(ROBIN) == (second, first)
    await again.sees("c", device("EVIL", by="c"), by="EVIL")
    assert again.devices.identity_of(ROBIN) == (third,)
    again.bot.crypto.close()


async def test_without_an_identity_an_account_is_who_it_was_with_the_same_devices(
    watch: Watch,
) -> None:
    named = list[tuple[str, ...]]()
    for shown in (("ONE",), ("ONE",), ("ONE", "EVIL"), ("EVIL",)):
        watch.devices.forget_users([ROBIN])
        await watch.sees("", *map(device, shown))
        named.append(watch.devices.identity_of(ROBIN))
    assert named[0] == named[1]
    assert len(set(named)) == 3


async def test_a_later_signature_does_not_trust_other_keys_shown_before(
    watch: Watch,
) -> None:
    await watch.sees("a", device("TWO", key="evil"))
    await watch.sees("a", device("TWO", by="a"))
    (found,) = watch.devices.trusted_devices(ROBIN)
    assert found.curve25519 == unpadded_base64(seed("TWO"))


async def test_keys_that_replace_a_trusted_device_must_be_signed(watch: Watch) -> None:
    await watch.sees("a", device("ONE", by="a"))
    await watch.sees("a", device("ONE", key="evil"))
    (found,) = watch.devices.trusted_devices(ROBIN)
    assert found.curve25519 == unpadded_base64(seed("ONE"))
    await watch.sees("a", device("ONE", key="new", by="a"))
    (found,) = watch.devices.trusted_devices(ROBIN)
    assert found.curve25519 == unpadded_base64(seed("new"))


async def test_of_a_thousand_devices_few_are_looked_at_and_the_signed_ones_first(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked = list[str]()
    is_whole = devices_module._is_whole

    def check(keys: Any, user: str, name: str) -> bool:
        checked.append(name)
        return is_whole(keys, user, name)

    monkeypatch.setattr(devices_module, "_is_whole", check)
    made_up = [{**device("EVIL"), "device_id": f"EVIL{number}"} for number in range(1000)]
    assert not await watch.sees("a", *made_up, device("ONE", by="a"))
    assert watch.trusted == {"ONE"}
    assert len(checked) == MOST_DEVICES


async def test_the_devices_that_are_known_come_first_among_those_that_are_signed(
    watch: Watch,
) -> None:
    await watch.sees("a", device("ONE", by="a"))
    many = [device(f"N{number}", by="a") for number in range(MOST_DEVICES + 5)]
    await watch.sees("a", *many, device("ONE", by="a"))
    assert "ONE" in watch.trusted
    assert len(watch.every) == MOST_DEVICES


async def test_trust_survives_a_restart(watch: Watch) -> None:
    await watch.sees("a", device("ONE", by="a"), device("TWO"))
    again = Watch(watch.bot.restart(), watch.server)
    assert (again.trusted, again.every) == ({"ONE"}, {"ONE", "TWO"})
    assert await again.sees("b", device("ONE"))
    again.bot.crypto.close()


async def test_forgetting_a_user_deletes_devices_and_identity(watch: Watch) -> None:
    await watch.sees("a", device("ONE", by="a"))
    watch.devices.forget_users([ROBIN])
    assert watch.every == set()
    assert ROBIN not in watch.bot.crypto.store.users()
    assert not await watch.sees("b", device("ONE", by="b")), "seen for the first time"
    assert watch.trusted == {"ONE"}


async def test_device_names_are_not_stored(watch: Watch) -> None:
    named = {**device("ONE", by="a"), "unsigned": {"device_display_name": "Robin's phone"}}
    await watch.sees("a", named)
    assert [d.display_name for d in watch.devices.all_devices(ROBIN)] == [""]


async def test_a_change_during_a_query_is_queried_again(watch: Watch) -> None:
    client = client_of(watch)
    watch.devices.invalidate([ROBIN])
    client.during["/keys/query"] = lambda: watch.devices.invalidate([ROBIN])
    await watch.look()
    assert watch.devices.is_outdated(ROBIN)
    await watch.look()
    assert not watch.devices.is_outdated(ROBIN)


async def test_a_failed_query_is_repeated(watch: Watch) -> None:
    watch.devices.invalidate([ROBIN])
    client_of(watch).failing["/keys/query"] = ServerUnreachable("lost")
    with pytest.raises(ServerUnreachable):
        await watch.look()
    assert watch.devices.is_outdated(ROBIN)


async def test_an_account_whose_server_does_not_answer_keeps_its_devices(watch: Watch) -> None:
    await watch.sees("a", device("ONE", by="a"))
    watch.devices.invalidate([ROBIN])
    watch.server.falsify = lambda answer: answer["device_keys"].clear()
    assert not await watch.look()
    assert watch.trusted == {"ONE"}
    assert watch.devices.is_outdated(ROBIN)


async def test_queries_for_one_account_run_one_after_the_other(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise an old answer could undo a newer one."""
    under_way: list[int] = []
    most = 0
    send = KeyServerClient.request

    async def slowly(
        self: KeyServerClient, method: str, path: str, body: Json | None = None
    ) -> Json:
        nonlocal most
        under_way.append(1)
        most = max(most, len(under_way))
        await asyncio.sleep(0.01)
        under_way.pop()
        return await send(self, method, path, body)

    monkeypatch.setattr(KeyServerClient, "request", slowly)
    await asyncio.gather(*(watch.devices.refresh((BOT, ROBIN)) for _ in range(3)), watch.look())
    assert most == 1


def client_of(watch: Watch) -> KeyServerClient:
    assert isinstance(watch.devices.http_client, KeyServerClient)
    return watch.devices.http_client


# Malformed answers

junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
PLACES: tuple[Callable[[Json, Any], None], ...] = (
    lambda answer, what: answer["device_keys"].update({ROBIN: what}),
    lambda answer, what: answer["device_keys"][ROBIN].update(TWO=what),
    lambda answer, what: answer["device_keys"][ROBIN]["TWO"].update(keys=what),
    lambda answer, what: answer["device_keys"][ROBIN]["TWO"].update(signatures=what),
    lambda answer, what: answer["device_keys"][ROBIN]["TWO"].update(unsigned=what),
    lambda answer, what: answer["device_keys"][ROBIN]["TWO"].update(more=what),
    lambda answer, what: answer["device_keys"][ROBIN]["TWO"]["keys"].update({"ed25519:TWO": what}),
    lambda answer, what: answer["device_keys"][ROBIN]["TWO"]["keys"].update(
        {"curve25519:TWO": what}
    ),
    lambda answer, what: answer.update(master_keys=what),
    lambda answer, what: answer["master_keys"].update({ROBIN: what}),
    lambda answer, what: answer["master_keys"][ROBIN].update(keys=what),
    lambda answer, what: answer["self_signing_keys"].update({ROBIN: what}),
    lambda answer, what: answer["self_signing_keys"][ROBIN].update(signatures=what),
)


def copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: copied(item) for key, item in value.items()}
    return value


@pytest.fixture(scope="module")
def long_watch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    server = KeyServer()
    bot = new_device(tmp_path_factory.mktemp("bot"), server, BOT, "BOT")
    yield Watch(bot, server)
    bot.crypto.close()


@given(st.sampled_from(PLACES), junk)
async def test_a_broken_device_never_raises_and_never_hides_the_good_one(
    long_watch: Watch, place: Callable[[Json, Any], None], what: Any
) -> None:
    watch = long_watch
    watch.devices.forget_users([ROBIN])
    watch.server.falsify = lambda _answer: None
    await watch.sees("a", device("ONE", by="a"))
    watch.show("a", device("ONE", by="a"), device("TWO"))

    def lie(answer: Json) -> None:
        shown = copied(answer)
        answer.clear()
        answer.update(shown)
        place(answer, what)

    watch.server.falsify = lie
    await watch.look()
    watch.server.falsify = lambda _answer: None
    await watch.look()
    assert watch.trusted == {"ONE"}


async def test_deeply_nested_keys_hide_no_other_device(watch: Watch) -> None:
    deep: Any = {}
    for _ in range(3000):
        deep = {"a": deep}
    await watch.sees("a", device("ONE", by="a"), {**device("TWO"), "more": deep})
    assert watch.trusted == {"ONE"}


@pytest.mark.parametrize(
    "change",
    [
        {"usage": ["user_signing"]},
        {"usage": []},
        {"user_id": "@other:example.org"},
        {"keys": {}},
        {"keys": {"a": "b", "c": "d"}},
        {"signatures": {}},
    ],
)
@pytest.mark.parametrize("kind", ["master", "self_signing"])
def test_keys_of_another_usage_or_user_make_no_identity(kind: str, change: Json) -> None:
    shown = identity("a")
    whole = {f"{k}_keys": {ROBIN: shown[f"{k}_key"]} for k in ("master", "self_signing")}
    assert published_identity(whole, ROBIN).self_signing_key == public_key(seed("a self"))
    whole[f"{kind}_keys"][ROBIN] = {**whole[f"{kind}_keys"][ROBIN], **change}
    found = published_identity(whole, ROBIN)
    assert found == PublishedIdentity() or (kind, change) == ("master", {"signatures": {}})


# With independent clients


def count_of(person: Person, text: str) -> int:
    """Count how often the bot said it."""
    return sum(folded(text) in folded(m.text) for m in person.screen if not m.mine)


async def test_a_signed_second_device_reads_and_writes(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    async with running(rig, synapse) as bot:
        robin = await clients.person()
        await begin(robin, bot)
        tablet = await robin.second_device()
        await robin.learn_device(robin.id, tablet.account.device_id)
        await robin.say("It was after the rehearsal.")
        await tablet.wait("Saved. Carry on")
        await tablet.say("Two people saw it.")
        await robin.wait(lambda _: count_of(robin, "Saved. Carry on") == 2)
        await sealed(bot, robin, ["It was after the rehearsal.", "Two people saw it."])


async def test_a_device_added_by_the_server_is_neither_written_to_nor_believed(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    async with running(rig, synapse) as bot:
        robin = await clients.person()
        await begin(robin, bot)
        evil = await robin.second_device(signed=False, strict=False)
        await robin.say("It was after the rehearsal.")
        await robin.wait("Saved. Carry on")
        for text in ("I am Robin.", "!erase"):
            await evil.say(text)
        await robin.wait(ENGLISH.matrix.device)
        await evil.wait(ENGLISH.matrix.device)
        await robin.say("Two people saw it.")
        await robin.wait(lambda _: count_of(robin, "Saved. Carry on") == 2)
        assert count_of(robin, ENGLISH.matrix.device) == 1
        assert [m.text for m in evil.screen if m.text and not m.mine] == [ENGLISH.matrix.device]
        await sealed(bot, robin, ["It was after the rehearsal.", "Two people saw it."])


async def test_a_device_works_once_it_is_verified(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    async with running(rig, synapse) as bot:
        robin = await clients.person()
        await begin(robin, bot)
        tablet = await robin.second_device(signed=False, strict=False)
        await tablet.say("It was after the rehearsal.")
        await tablet.wait(ENGLISH.matrix.device)
        await robin.wait(ENGLISH.matrix.device)
        await robin.sign(tablet)
        await tablet.say("It was after the rehearsal.")
        await tablet.wait("Saved. Carry on")
        await sealed(bot, robin, ["It was after the rehearsal."])


async def test_a_replaced_identity_is_announced_before_the_bot_writes(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    async with running(rig, synapse) as bot:
        robin = await clients.person()
        await begin(robin, bot)
        again = await clients.person(await synapse.log_in(robin.account), strict=False)
        again.room = robin.room
        await bot.until(lambda: bot.connection.device.crypto.devices.is_outdated(robin.id))
        who = Account("matrix", robin.id, robin.room)
        await bot.connection.messenger.send(who, Reply("Something waits for you."))
        await again.wait(ENGLISH.matrix.replaced)
        await again.quiet(0.5)
        assert count_of(again, ENGLISH.matrix.replaced) == 1


async def test_a_replaced_identity_is_announced_and_its_conversation_is_closed_to_others(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    async with running(rig, synapse) as bot:
        robin = await clients.person()
        await begin(robin, bot)
        await robin.say("It was after the rehearsal.")
        await robin.wait("Saved. Carry on")
        again = await clients.person(await synapse.log_in(robin.account), strict=False)
        await again.learn_device(again.id, again.account.device_id)
        again.room = robin.room
        await again.say("Two people saw it.")
        await again.wait(ENGLISH.matrix.replaced)
        await again.wait("I show none of it")
        assert count_of(again, ENGLISH.matrix.replaced) == 1
        await sealed(bot, robin, ["It was after the rehearsal."])
