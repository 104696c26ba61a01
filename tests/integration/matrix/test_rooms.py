"""The bot stays in encrypted rooms with exactly two people, and leaves all others."""

import asyncio
import time
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import pytest

from bot.platforms.matrix.rooms import delays
from bot.platforms.matrix.rooms.delays import MembershipDelays
from bot.platforms.matrix.rooms.invitations import MAX_ROOMS_PER_ACCOUNT
from handlers.sending.cleaning import ENDING
from handlers.texts.english import ENGLISH
from store.model.accounts import Account
from store.model.outbox import (
    NOTHING_FORGOTTEN,
    ForgottenMessages,
    OutboxMessage,
    SentMessages,
)
from store.outbox.outbox_store import OutboxStore
from tests.doubles.matrix.person import Clients, Message, Person
from tests.doubles.matrix.synapse import Credentials, Synapse
from tests.integration.matrix.running import (
    NO_GREETING,
    SOON,
    TO_OAK,
    Running,
    ask,
    begin,
    join,
    pieces,
    running,
    sealed,
)
from tests.rig import Rig
from tests.stages import as_typed

API = "/_matrix/client/v3"
MEGOLM = {"algorithm": "m.megolm.v1.aes-sha2"}
ENCRYPTED = {"type": "m.room.encryption", "state_key": "", "content": MEGOLM}
WRONG = "I talk only in encrypted chats with one person"
HELLO = "Could anyone else see this chat?"
HERE = "Picking up where you left off."
HOLD = ENGLISH.review.send_later.format(12)
STOPPED = ENGLISH.handover.hold_stopped.split("\n")[0]


def farewell(bot: Running) -> str:
    return ENGLISH.matrix.wrong.format(link=f"https://matrix.to/#/{bot.id}")


def from_bot(person: Person, bot: Running) -> list[Message]:
    """Return the bot's messages in the open chat."""
    return [m for m in person.received if m.sender == bot.id]


async def wait_until_left(person: Person, bot: Running) -> None:
    """Wait until the bot has left the open chat and remembers nothing of it."""
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


async def call(
    synapse: Synapse, account: Credentials, method: str, path: str, body: Any = None
) -> Any:
    """Send a request for an account without a client."""
    status, said = await synapse.call(
        method, f"{API}{path}", token=account.access_token, body={} if body is None else body
    )
    assert status == 200, said
    return said


async def room_of(synapse: Synapse, account: Credentials, *users: str, **more: Any) -> str:
    """Create an encrypted room with invitations."""
    options = {"preset": "trusted_private_chat", "initial_state": [ENCRYPTED], "invite": users}
    said = await call(synapse, account, "POST", "/createRoom", {**options, **more})
    return str(said["room_id"])


async def membership(synapse: Synapse, account: Credentials, room: str, user: str) -> str:
    path = f"/rooms/{room}/state/m.room.member/{user}"
    return str((await call(synapse, account, "GET", path, None))["membership"])


async def everywhere(
    synapse: Synapse, bot: Running, rooms: Iterable[tuple[Credentials, str]]
) -> list[str]:
    return [await membership(synapse, account, room, bot.id) for account, room in rooms]


# Suitable rooms


async def test_the_bot_explains_and_leaves_an_unencrypted_room(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin = await clients.person()
    async with running(rig, synapse) as bot:
        await robin.open_chat(bot.id, encrypted=False)
        await robin.say("It was in May.")
        await wait_until_left(robin, bot)
        assert [m.text for m in from_bot(robin, bot)] == [farewell(bot)]
        assert await pieces(bot, robin) == []
        await begin(robin, bot)


async def test_a_room_may_become_encrypted_within_the_grace_period(
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


async def test_the_bot_explains_and_leaves_a_room_of_three_people(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin, ash = await clients.person(), await clients.person()
    async with running(rig, synapse) as bot:
        await robin.open_chat(bot.id, ash.id, joined=False)
        await robin.wait(WRONG)
        await wait_until_left(robin, bot)
        said = from_bot(robin, bot)
        assert [m.text for m in said] == [farewell(bot)]
        assert said[0].encrypted
        assert not said[0].shield


async def test_a_third_member_ends_the_chat_and_the_conversation_goes_on_in_a_new_one(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin, ash = await clients.person(), await clients.person()
    async with running(rig, synapse) as bot:
        await begin(robin, bot)
        await robin.say("It was in May.")
        await robin.wait("Saved. Carry on")
        old = robin.room
        await robin.invite(ash.id)
        await robin.wait(WRONG)
        await wait_until_left(robin, bot)
        await ash.join(old)
        await ash.quiet()
        readable = [m.text for m in ash.screen if not m.unreadable and m.sender == bot.id]
        assert [text for text in readable if "Saved. Carry on" in text or HELLO in text] == []
        await robin.open_chat(bot.id)
        await robin.say("!start")
        await robin.wait(HERE)
        await robin.say("And in June.")
        await robin.wait("Saved. Carry on")
        await sealed(bot, robin, ["It was in May.", "And in June."])


@pytest.mark.parametrize(
    "options",
    [
        {"creation_content": {"type": "m.space"}, "encrypted": False},
        {"preset": "public_chat", "encrypted": False, "name": "a public room"},
    ],
)
async def test_the_bot_leaves_spaces_and_public_rooms(
    rig: Rig, synapse: Synapse, clients: Clients, options: dict[str, Any]
) -> None:
    robin = await clients.person()
    async with running(rig, synapse) as bot:
        await robin.open_chat(bot.id, **options)
        await wait_until_left(robin, bot)
        assert [m.text for m in from_bot(robin, bot)] == [farewell(bot)]


async def test_a_knock_changes_nothing_and_a_third_member_ends_the_chat(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin, ash = await clients.person(), await synapse.register()
    async with running(rig, synapse) as bot:
        await begin(robin, bot)
        await robin.set_state("m.room.join_rules", {"join_rule": "knock"})
        await call(synapse, ash, "POST", f"/knock/{robin.room}")
        await robin.say("It was in May.")
        await robin.wait("Saved. Carry on")
        await robin.set_state("m.room.join_rules", {"join_rule": "public"})
        await call(synapse, ash, "POST", f"/join/{robin.room}")
        await robin.wait(WRONG)
        await wait_until_left(robin, bot)
        await sealed(bot, robin, ["It was in May."])


# Invitations


STORM, ACCOUNTS = 80, 16
SLOWER = 10
"""How much slower than usual an answer may be on a busy machine."""


async def test_a_flood_of_invitations_delays_no_conversation(
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

        slowest, said = 0.0, 1
        usual = await answer_seconds(bot, robin, said)
        storm = asyncio.gather(*(invite(number) for number in range(STORM)))
        while not storm.done() or bot.connection.rooms.membership.invitations.pending:
            said += 1
            slowest = max(slowest, await answer_seconds(bot, robin, said))
        wanted = 1 + ACCOUNTS + MAX_ROOMS_PER_ACCOUNT
        await bot.until(lambda: len(bot.connection.rooms.directory.by_id) == wanted)
        rooms = await storm
        assert set(await everywhere(synapse, bot, rooms[:ACCOUNTS:5])) == {"join"}
        assert set(await everywhere(synapse, bot, rooms[-30::9])) == {"leave"}
        assert len(await pieces(bot, robin)) == said >= 3
        assert slowest < max(3, SLOWER * usual)


async def test_accounts_without_devices_delay_nobody(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin = await clients.person()
    async with running(rig, synapse) as bot:
        await begin(robin, bot)
        usual = await answer_seconds(bot, robin, 1)
        for _ in range(7):
            await room_of(synapse, await synapse.register(), bot.id)
        await bot.until(lambda: len(bot.connection.rooms.directory.by_id) == 8)
        await asyncio.sleep(SOON.greet + 0.5)  # it greets them all, and cannot
        assert await answer_seconds(bot, robin, 2) < max(3, SLOWER * usual)


async def answer_seconds(bot: Running, person: Person, times: int) -> float:
    """Measure one answer; ``times`` answers must have come then."""
    began = time.monotonic()
    await person.say(f"piece {times}.")
    await bot.until(partial(_is_sealed, person, times))
    return time.monotonic() - began


def _is_sealed(person: Person, times: int) -> bool:
    return sum(text.startswith("Saved. Carry on") for _, text in person.told) == times


async def test_a_revoked_invitation_delays_nobody(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin, ash = await clients.person(), await synapse.register()
    account = await synapse.register()
    room = await room_of(synapse, ash, account.user_id, preset="private_chat")
    await call(synapse, ash, "POST", f"/rooms/{room}/kick", {"user_id": account.user_id})
    async with running(rig, synapse, account) as bot:
        bot.connection.rooms.membership.invitations.receive(room, ash.user_id)
        bot.connection.rooms.membership.invitations.receive(
            "!no-such-room:holdfast.test", ash.user_id
        )
        bot.connection.rooms.membership.invitations.receive(room, "")
        await begin(robin, bot)
        await bot.until(lambda: not bot.connection.rooms.membership.invitations.pending)
        assert bot.connection.rooms.directory.get(room) is None


async def test_an_invitation_from_before_the_start_is_accepted(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin = await clients.person()
    async with running(rig, synapse) as bot:
        account = bot.account
    await robin.open_chat(account.user_id, joined=False)
    async with running(rig, synapse, account):
        await robin.wait(HELLO)


# Greeting


async def test_a_silent_person_is_greeted_once_and_not_again_after_a_restart(
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


async def test_a_person_who_writes_at_once_is_not_greeted(
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


# Leaving


@pytest.mark.parametrize("how", ["kick", "ban"])
async def test_removing_the_bot_loses_nothing_of_the_story(
    rig: Rig, synapse: Synapse, clients: Clients, how: str
) -> None:
    robin = await clients.person()
    async with running(rig, synapse) as bot:
        await begin(robin, bot, preset="private_chat")
        await robin.say("It was in May.")
        await robin.wait("Saved. Carry on")
        old = robin.room
        await call(synapse, robin.account, "POST", f"/rooms/{old}/{how}", {"user_id": bot.id})
        await bot.until(lambda: forgotten(bot, old))
        assert bot.connection.device.crypto.store.users() == frozenset()
        await robin.open_chat(bot.id)
        await robin.say("!start")
        await robin.wait(HERE)
        await sealed(bot, robin, ["It was in May."])


async def test_the_bot_leaves_after_the_person_and_a_new_chat_goes_on(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin = await clients.person()
    async with running(rig, synapse) as bot:
        await begin(robin, bot)
        await robin.say("It was in May.")
        await robin.wait("Saved. Carry on")
        old = robin.room
        await robin.leave()
        await bot.until(lambda: forgotten(bot, old))
        assert bot.connection.device.crypto.store.users() == frozenset()
        await robin.open_chat(bot.id)
        await robin.say("And in June.")
        await robin.wait("Saved. Carry on")
        await sealed(bot, robin, ["It was in May.", "And in June."])


async def erase(person: Person) -> None:
    await person.say("!erase")
    await person.wait("can't be brought back")
    await person.say(as_typed(["Yes, delete it all"], person))


async def test_the_bot_leaves_after_the_end_and_says_what_remains(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin = await clients.person()
    async with running(rig, synapse) as bot:
        await begin(robin, bot)
        await robin.say("It was in May.")
        await robin.wait("Saved. Carry on")
        await erase(robin)
        await robin.wait("It's deleted.")
        await wait_until_left(robin, bot)
        assert bot.connection.device.crypto.store.finished_rooms() == frozenset()
        assert bot.connection.device.crypto.store.users() == frozenset()
        (left,) = [m for m in robin.screen if m.sender == bot.id]
        assert ENGLISH.matrix.left in left.text
        assert [m for m in robin.screen if m.mine] == []
        await begin(robin, bot)


async def test_a_new_conversation_in_the_same_room_keeps_the_bot_there(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin = await clients.person()
    waits = MembershipDelays(grace=0.2, greet=60.0, linger=1.5)
    async with running(rig, synapse, waits=waits) as bot:
        await begin(robin, bot)
        await erase(robin)
        await robin.wait("It's deleted.")
        await robin.say("!start")
        await robin.wait(HELLO)
        await robin.say("1")
        await robin.wait("Should I delete our messages")
        await asyncio.sleep(2 * waits.linger)
        assert robin.members()[bot.id] == "join"
        assert bot.connection.device.crypto.store.finished_rooms() == frozenset()


async def test_a_finished_room_is_left_after_a_restart(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin = await clients.person()
    long = MembershipDelays(grace=0.2, greet=60.0, linger=60.0)
    async with running(rig, synapse, waits=long) as bot:
        await begin(robin, bot)
        await erase(robin)
        await robin.wait("It's deleted.")
        await bot.until(lambda: robin.room in bot.connection.device.crypto.store.finished_rooms())
        await bot.end()
    assert robin.members()[bot.id] == "join"
    async with running(rig, synapse, bot.account, waits=long, upkeep=0.3) as bot:
        await wait_until_left(robin, bot)


async def hold_for_oak(robin: Person, bot: Running) -> None:
    """Tell a story, and have it held for Oak until the goodbye."""
    await begin(robin, bot)
    await robin.say("It was in May.")
    await robin.wait("Saved. Carry on")
    way, last = TO_OAK[-2], (ENGLISH.labels["code.have"], "I'll tell Oak")
    for said, then in (*TO_OAK[:-3], (HOLD, "How would you like"), way, last):
        await ask(robin, as_typed([said], robin), then)
    assert ENGLISH.matrix.stays in robin.told[-1][1]


async def test_while_it_is_held_the_bot_stays_and_a_word_stops_it_also_after_a_restart(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin = await clients.person()
    async with running(rig, synapse, upkeep=0.3) as bot:
        await hold_for_oak(robin, bot)
        await bot.until(lambda: robin.room in bot.connection.device.crypto.store.finished_rooms())
        await asyncio.sleep(5 * SOON.linger)
        assert robin.members()[bot.id] == "join"
        await ask(robin, "hello?", ENGLISH.labels["hold.stop"])
        await bot.end()
    async with running(rig, synapse, bot.account, upkeep=0.3) as bot:
        await asyncio.sleep(5 * SOON.linger)
        assert robin.members()[bot.id] == "join"
        await ask(robin, "I changed my mind, please don't send it!!!", STOPPED)
        await wait_until_left(robin, bot)
        (left,) = [m for m in robin.screen if m.sender == bot.id and STOPPED in m.text]
        assert ENGLISH.matrix.left in left.text
        assert not [m for m in robin.screen if ENGLISH.labels["hold.stop"] in m.text]
    await rig.pass_time(hours=14)
    assert await rig.inbox("Oak") == {}


async def test_the_number_of_the_button_stops_it(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin = await clients.person()
    async with running(rig, synapse, upkeep=0.3) as bot:
        await hold_for_oak(robin, bot)
        await ask(robin, as_typed([ENGLISH.labels["hold.stop"]], robin), STOPPED)
        await wait_until_left(robin, bot)


async def test_a_room_is_left_once_nothing_is_held_any_more(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin = await clients.person()
    async with running(rig, synapse, upkeep=0.3) as bot:
        await hold_for_oak(robin, bot)
        await bot.end()
    await rig.pass_time(hours=14)
    async with running(rig, synapse, bot.account, upkeep=0.3) as bot:
        await wait_until_left(robin, bot)
        assert not [m for m in robin.screen if ENGLISH.labels["hold.stop"] in m.text]


async def test_a_finished_room_is_left_although_the_goodbye_was_confirmed_late(
    rig: Rig, synapse: Synapse, clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    robin = await clients.person()
    confirm = OutboxStore.confirm

    async def confirm_late(
        store: OutboxStore,
        messages: Sequence[OutboxMessage],
        sent: Sequence[SentMessages] = (),
        forgotten: ForgottenMessages = NOTHING_FORGOTTEN,
    ) -> None:
        if any(message.sentence in ENDING for message in messages):
            await asyncio.sleep(3 * SOON.linger)  # as on a busy disk
        await confirm(store, messages, sent, forgotten)

    monkeypatch.setattr(OutboxStore, "confirm", confirm_late)
    async with running(rig, synapse, upkeep=0.3) as bot:
        await begin(robin, bot)
        await erase(robin)
        await robin.wait("It's deleted.")
        await wait_until_left(robin, bot)


async def test_a_room_that_was_left_before_a_death_is_forgotten_after_it(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin = await clients.person()
    long = MembershipDelays(grace=0.2, greet=60.0, linger=60.0)
    async with running(rig, synapse, waits=long) as bot:
        await begin(robin, bot)
        await erase(robin)
        await robin.wait("It's deleted.")
        await bot.until(lambda: robin.room in bot.connection.device.crypto.store.finished_rooms())
        await bot.end()
        token = bot.application.keyring.bot["matrix.token"].decode()
    for action in ("leave", "forget"):  # the last that the server heard of that life
        path = f"{API}/rooms/{robin.room}/{action}"
        assert (await synapse.call("POST", path, token=token, body={}))[0] == 200
    async with running(rig, synapse, bot.account, waits=long) as bot:
        store = bot.connection.device.crypto.store
        await bot.until(lambda: forgotten(bot, robin.room))
        await bot.until(lambda: not store.finished_rooms() and not store.users())


async def test_only_idle_rooms_without_a_conversation_or_a_reader_are_left(
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
        await wait_until_left(ash, bot)
        assert robin.members()[bot.id] == "join"
        assert oak.members()[bot.id] == "join"
        await oak.say("!inbox")
        await oak.wait(ENGLISH.readers.empty.replace("/", "!"))


async def test_the_bot_stays_with_a_reader_after_their_own_conversation(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    oak = await clients.person()
    async with running(rig, synapse) as bot:
        await join(oak, rig, bot, "Oak")
        room = oak.room
        await oak.say("!start")
        await oak.wait(HELLO)
        await oak.say("1")
        await oak.wait("Should I delete our messages")
        await erase(oak)
        await oak.wait("It's deleted.")
        await asyncio.sleep(SOON.linger * 3)
        assert oak.members(room)[bot.id] == "join"


def test_the_delays_are_those_that_were_decided() -> None:
    assert (delays.GREETING_SECONDS, delays.LINGER_SECONDS, delays.GRACE_SECONDS) == (
        3.0,
        5.0,
        2.0,
    )
    assert MembershipDelays() == MembershipDelays(2.0, 3.0, 5.0, 7 * 24 * 3600.0)
