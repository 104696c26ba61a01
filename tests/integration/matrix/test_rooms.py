"""Coming and going: only an encrypted room with exactly two people is a talk."""

import asyncio
import time
from collections.abc import Iterable
from functools import partial
from typing import Any

import pytest

from bot.platforms.matrix.rooms import delays
from bot.platforms.matrix.rooms.delays import MembershipDelays
from bot.platforms.matrix.rooms.invitations import MAX_ROOMS_PER_ACCOUNT
from handlers.texts.english import ENGLISH
from store.model.accounts import Account
from tests.doubles.matrix.person import Clients, Message, Person
from tests.doubles.matrix.synapse import Credentials, Synapse
from tests.integration.matrix.running import (
    NO_GREETING,
    SOON,
    Running,
    begin,
    join,
    pieces,
    running,
    sealed,
)
from tests.rig import Rig

API = "/_matrix/client/v3"
MEGOLM = {"algorithm": "m.megolm.v1.aes-sha2"}
ENCRYPTED = {"type": "m.room.encryption", "state_key": "", "content": MEGOLM}
WRONG = "I talk in encrypted chats with one person only"
HELLO = "Can you type safely here?"
HERE = "Here you were."


def wrong(bot: Running) -> str:
    return ENGLISH.matrix.wrong.format(link=f"https://matrix.to/#/{bot.id}")


def from_bot(person: Person, bot: Running) -> list[Message]:
    """What the bot said in the open chat."""
    return [m for m in person.received if m.sender == bot.id]


async def gone(person: Person, bot: Running) -> None:
    """The bot is not in the open chat, and remembers nothing of it."""
    await person.member(bot.id, "leave")
    await bot.until(lambda: forgotten(bot, person.room))
    await bot.until(lambda: not bot.connection.rooms.membership.leaving)


def forgotten(bot: Running, room: str) -> bool:
    crypto = bot.connection.device.crypto
    known = (
        bot.connection.rooms.directory.get(room),
        crypto.olm.inbound_group_store._entries.get(room),
    )
    return not any(known) and room not in crypto.store.load_encrypted_rooms()


def who(person: Person) -> Account:
    return Account("matrix", person.id, person.room)


async def raw(
    synapse: Synapse, account: Credentials, method: str, path: str, body: Any = None
) -> Any:
    """A request of somebody who has no client."""
    status, said = await synapse.call(
        method, f"{API}{path}", token=account.access_token, body={} if body is None else body
    )
    assert status == 200, said
    return said


async def room_of(synapse: Synapse, account: Credentials, *users: str, **more: Any) -> str:
    """A room that is encrypted, with invitations."""
    options = {"preset": "trusted_private_chat", "initial_state": [ENCRYPTED], "invite": users}
    said = await raw(synapse, account, "POST", "/createRoom", {**options, **more})
    return str(said["room_id"])


async def membership(synapse: Synapse, account: Credentials, room: str, user: str) -> str:
    path = f"/rooms/{room}/state/m.room.member/{user}"
    return str((await raw(synapse, account, "GET", path, None))["membership"])


async def everywhere(
    synapse: Synapse, bot: Running, rooms: Iterable[tuple[Credentials, str]]
) -> list[str]:
    return [await membership(synapse, account, room, bot.id) for account, room in rooms]


# Which rooms


async def test_in_a_room_without_encryption_it_says_how_to_start_the_right_one_and_goes(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin = await clients.person()
    async with running(rig, synapse) as bot:
        await robin.open_chat(bot.id, encrypted=False)
        await robin.say("It was in May.")
        await gone(robin, bot)
        assert [m.text for m in from_bot(robin, bot)] == [wrong(bot)]
        assert await pieces(bot, robin) == []
        await begin(robin, bot)


async def test_a_room_that_is_encrypted_a_moment_late_is_a_talk(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin = await clients.person()
    waits = MembershipDelays(grace=2.0, greet=0.5, linger=0.3)
    async with running(rig, synapse, waits=waits) as bot:
        await robin.open_chat(bot.id, encrypted=False)
        await robin.set_state("m.room.encryption", MEGOLM)
        await robin.wait(HELLO)
        await asyncio.sleep(waits.grace)
        assert robin.members()[bot.id] == "join"
        assert not [m for m in robin.screen if WRONG in m.text]


async def test_a_third_one_at_the_start_is_told_and_left(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin, ash = await clients.person(), await clients.person()
    async with running(rig, synapse) as bot:
        await robin.open_chat(bot.id, ash.id, joined=False)
        await robin.wait(WRONG)
        await gone(robin, bot)
        said = from_bot(robin, bot)
        assert [m.text for m in said] == [wrong(bot)]
        assert said[0].encrypted
        assert not said[0].shield


async def test_a_third_one_in_the_middle_ends_the_chat_and_the_talk_goes_on_in_a_new_one(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin, ash = await clients.person(), await clients.person()
    async with running(rig, synapse) as bot:
        await begin(robin, bot)
        await robin.say("It was in May.")
        await robin.wait("Sealed. Go on")
        old = robin.room
        await robin.invite(ash.id)
        await robin.wait(WRONG)
        await gone(robin, bot)
        await ash.join(old)
        await ash.quiet()
        readable = [m.text for m in ash.screen if not m.unreadable and m.sender == bot.id]
        assert [text for text in readable if "Sealed" in text or HELLO in text] == []
        await robin.open_chat(bot.id)
        await robin.say("!start")
        await robin.wait(HERE)
        await robin.say("And in June.")
        await robin.wait("Sealed. Go on")
        await sealed(bot, robin, ["It was in May.", "And in June."])


@pytest.mark.parametrize(
    "options",
    [
        {"creation_content": {"type": "m.space"}, "encrypted": False},
        {"preset": "public_chat", "encrypted": False, "name": "a public room"},
    ],
)
async def test_a_space_and_a_public_room_are_left_with_the_same_words(
    rig: Rig, synapse: Synapse, clients: Clients, options: dict[str, Any]
) -> None:
    robin = await clients.person()
    async with running(rig, synapse) as bot:
        await robin.open_chat(bot.id, **options)
        await gone(robin, bot)
        assert [m.text for m in from_bot(robin, bot)] == [wrong(bot)]


async def test_who_only_knocks_changes_nothing_and_who_comes_in_ends_the_chat(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin, ash = await clients.person(), await synapse.register()
    async with running(rig, synapse) as bot:
        await begin(robin, bot)
        await robin.set_state("m.room.join_rules", {"join_rule": "knock"})
        await raw(synapse, ash, "POST", f"/knock/{robin.room}")
        await robin.say("It was in May.")
        await robin.wait("Sealed. Go on")
        await robin.set_state("m.room.join_rules", {"join_rule": "public"})
        await raw(synapse, ash, "POST", f"/join/{robin.room}")
        await robin.wait(WRONG)
        await gone(robin, bot)
        await sealed(bot, robin, ["It was in May."])


# Invitations


STORM, ACCOUNTS = 80, 16


async def test_while_many_invite_it_whoever_talks_is_answered_at_once(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin, ash = await clients.person(), await synapse.register()
    limit = asyncio.Semaphore(4)
    async with running(rig, synapse, waits=NO_GREETING) as bot:
        await begin(robin, bot)

        async def invite(number: int) -> tuple[Credentials, str]:
            async with limit:
                account = await synapse.register() if number < ACCOUNTS else ash
                return account, await room_of(synapse, account, bot.id)

        storm = asyncio.gather(*(invite(number) for number in range(STORM)))
        slowest, said = 0.0, 0
        while not storm.done() or bot.connection.rooms.membership.invitations.pending:
            said += 1
            began = time.monotonic()
            await robin.say(f"piece {said}.")
            await bot.until(partial(_is_sealed, robin, said))
            slowest = max(slowest, time.monotonic() - began)
        wanted = 1 + ACCOUNTS + MAX_ROOMS_PER_ACCOUNT
        await bot.until(lambda: len(bot.connection.rooms.directory.by_id) == wanted)
        rooms = await storm
        assert set(await everywhere(synapse, bot, rooms[:ACCOUNTS:5])) == {"join"}
        assert set(await everywhere(synapse, bot, rooms[-30::9])) == {"leave"}
        assert len(await pieces(bot, robin)) == said >= 2
        assert slowest < 3


async def test_accounts_that_nothing_can_be_encrypted_to_hold_up_nobody(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin = await clients.person()
    async with running(rig, synapse) as bot:
        await begin(robin, bot)
        for _ in range(7):
            await room_of(synapse, await synapse.register(), bot.id)
        await bot.until(lambda: len(bot.connection.rooms.directory.by_id) == 8)
        await asyncio.sleep(SOON.greet + 0.5)  # it greets them all, and cannot
        began = time.monotonic()
        await robin.say("It was in May.")
        await robin.wait("Sealed. Go on")
        assert time.monotonic() - began < 3


def _is_sealed(person: Person, times: int) -> bool:
    return sum(text.startswith("Sealed") for _, text in person.told) == times


async def test_an_invitation_that_was_taken_back_holds_up_nobody(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin, ash = await clients.person(), await synapse.register()
    account = await synapse.register()
    room = await room_of(synapse, ash, account.user_id, preset="private_chat")
    await raw(synapse, ash, "POST", f"/rooms/{room}/kick", {"user_id": account.user_id})
    async with running(rig, synapse, account) as bot:
        bot.connection.rooms.membership.invitations.receive(room, ash.user_id)
        bot.connection.rooms.membership.invitations.receive(
            "!no-such-room:holdfast.test", ash.user_id
        )
        bot.connection.rooms.membership.invitations.receive(room, "")
        await begin(robin, bot)
        await bot.until(lambda: not bot.connection.rooms.membership.invitations.pending)
        assert bot.connection.rooms.directory.get(room) is None


async def test_an_invitation_that_came_while_it_was_down_is_taken(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin = await clients.person()
    async with running(rig, synapse) as bot:
        account = bot.account
    await robin.open_chat(account.user_id, joined=False)
    async with running(rig, synapse, account):
        await robin.wait(HELLO)


# Greeting


async def test_who_writes_nothing_is_greeted_once_and_not_again_after_a_restart(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin = await clients.person()
    async with running(rig, synapse) as bot:
        await robin.open_chat(bot.id)
        await robin.wait(HELLO)
        await bot.end()
    async with running(rig, synapse, bot.account):
        await asyncio.sleep(SOON.greet * 2)
        assert sum(HELLO in m.text for m in await robin.quiet()) == 1


async def test_who_writes_at_once_is_answered_and_not_greeted(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin = await clients.person()
    async with running(rig, synapse) as bot:
        await robin.open_chat(bot.id)
        await robin.say("!help")
        await robin.wait("116 016")
        await asyncio.sleep(SOON.greet * 2)
        assert not [m for m in await robin.quiet() if HELLO in m.text]


async def test_a_second_chat_of_the_same_person_is_not_greeted(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin = await clients.person()
    async with running(rig, synapse) as bot:
        await begin(robin, bot)
        await robin.open_chat(bot.id)
        await asyncio.sleep(SOON.greet * 2)
        assert from_bot(robin, bot) == []
        await robin.say("!start")
        await robin.wait(HERE)


# Going


@pytest.mark.parametrize("how", ["kick", "ban"])
async def test_who_sends_it_away_loses_nothing_of_what_was_told(
    rig: Rig, synapse: Synapse, clients: Clients, how: str
) -> None:
    robin = await clients.person()
    async with running(rig, synapse) as bot:
        await begin(robin, bot, preset="private_chat")
        await robin.say("It was in May.")
        await robin.wait("Sealed. Go on")
        old = robin.room
        await raw(synapse, robin.account, "POST", f"/rooms/{old}/{how}", {"user_id": bot.id})
        await bot.until(lambda: forgotten(bot, old))
        assert bot.connection.device.crypto.store.users() == frozenset()
        await robin.open_chat(bot.id)
        await robin.say("!start")
        await robin.wait(HERE)
        await sealed(bot, robin, ["It was in May."])


async def test_when_a_person_leaves_it_leaves_and_a_new_chat_goes_on(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin = await clients.person()
    async with running(rig, synapse) as bot:
        await begin(robin, bot)
        await robin.say("It was in May.")
        await robin.wait("Sealed. Go on")
        old = robin.room
        await robin.leave()
        await bot.until(lambda: forgotten(bot, old))
        assert bot.connection.device.crypto.store.users() == frozenset()
        await robin.open_chat(bot.id)
        await robin.say("And in June.")
        await robin.wait("Sealed. Go on")
        await sealed(bot, robin, ["It was in May.", "And in June."])


async def erase(person: Person) -> None:
    await person.say("!erase")
    await person.wait("cannot be brought back")
    await person.say("Yes")


async def test_when_a_talk_is_over_it_says_what_stays_and_goes(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin = await clients.person()
    async with running(rig, synapse) as bot:
        await begin(robin, bot)
        await robin.say("It was in May.")
        await robin.wait("Sealed. Go on")
        await erase(robin)
        await robin.wait("It is erased.")
        await gone(robin, bot)
        assert bot.connection.device.crypto.store.finished_rooms() == frozenset()
        assert bot.connection.device.crypto.store.users() == frozenset()
        (left,) = [m for m in robin.screen if m.sender == bot.id]
        assert ENGLISH.matrix.left in left.text
        assert [m for m in robin.screen if m.mine] == []
        await begin(robin, bot)


async def test_who_writes_on_after_the_end_is_answered_before_it_goes(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin = await clients.person()
    waits = MembershipDelays(grace=0.2, greet=60.0, linger=1.5)
    async with running(rig, synapse, waits=waits) as bot:
        await begin(robin, bot)
        await erase(robin)
        await robin.wait("It is erased.")
        await robin.say("!start")
        await robin.wait(HELLO)
        await robin.say("1")
        await robin.wait("Shall this chat be cleaned")
        await asyncio.sleep(2 * waits.linger)
        assert robin.members()[bot.id] == "join"
        assert bot.connection.device.crypto.store.finished_rooms() == frozenset()


async def test_that_a_talk_is_over_is_remembered_over_a_restart(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin = await clients.person()
    long = MembershipDelays(grace=0.2, greet=60.0, linger=60.0)
    async with running(rig, synapse, waits=long) as bot:
        await begin(robin, bot)
        await erase(robin)
        await robin.wait("It is erased.")
        await bot.until(lambda: robin.room in bot.connection.device.crypto.store.finished_rooms())
        await bot.end()
    assert robin.members()[bot.id] == "join"
    async with running(rig, synapse, bot.account, waits=long, upkeep=0.3) as bot:
        await gone(robin, bot)


async def test_a_room_that_nobody_uses_is_left_and_one_with_a_talk_or_a_reader_is_not(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin, ash, oak = [await clients.person() for _ in range(3)]
    waits = MembershipDelays(grace=0.2, greet=0.3, linger=0.3, idle=0.0)
    async with running(rig, synapse, waits=waits) as bot:
        await begin(robin, bot)
        await join(oak, rig, bot, "Oak")
        await ash.open_chat(bot.id)
        await ash.wait(HELLO)
        for _ in range(2):
            await bot.adapter.run_upkeep()
        await gone(ash, bot)
        assert robin.members()[bot.id] == "join"
        assert oak.members()[bot.id] == "join"
        await oak.say("!inbox")
        await oak.wait(ENGLISH.readers.empty.replace("/", "!"))


async def test_a_reader_who_tells_a_story_keeps_the_room_when_it_is_over(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    oak = await clients.person()
    async with running(rig, synapse) as bot:
        await join(oak, rig, bot, "Oak")
        room = oak.room
        await oak.say("!start")
        await oak.wait(HELLO)
        await oak.say("1")
        await oak.wait("Shall this chat be cleaned")
        await erase(oak)
        await oak.wait("It is erased.")
        await asyncio.sleep(SOON.linger * 3)
        assert oak.members(room)[bot.id] == "join"


def test_how_long_is_waited_is_what_was_decided() -> None:
    assert (delays.GREETING_SECONDS, delays.LINGER_SECONDS, delays.GRACE_SECONDS) == (
        3.0,
        5.0,
        2.0,
    )
    assert MembershipDelays() == MembershipDelays(2.0, 3.0, 5.0, 7 * 24 * 3600.0)
