"""Whole conversations on Matrix, of a strict client with the bot, on a real homeserver."""

import asyncio
from functools import partial

import pytest
from nio.store import EncryptedRooms, MegolmInboundSessions

from bot.platforms.matrix.crypto.tables import FinishedRoom
from bot.platforms.matrix.events import MESSAGE
from handlers.texts.english import ENGLISH
from store.model.errors import StoreError
from tests.doubles.matrix.person import Clients, Person
from tests.doubles.matrix.proxy import Fault, Proxy
from tests.doubles.matrix.synapse import Synapse
from tests.integration.matrix.running import (
    Running,
    ask,
    begin,
    fetch,
    files,
    hand_over,
    hears,
    join,
    running,
    sealed,
)
from tests.rig import Rig
from tests.stages import as_typed

STORY = "It was after the rehearsal in spring."
CLIENT = "/_matrix/client/v3"


async def test_a_conversation_begins_and_the_story_is_sealed(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    async with running(rig, synapse) as bot:
        robin = await clients.person()
        await begin(robin, bot)
        await robin.say("It was after the rehearsal.")
        await robin.wait("Saved. Carry on")
        await sealed(bot, robin, ["It was after the rehearsal."])


# To the end of a conversation


@pytest.mark.parametrize("clean", ["As we go", "When I finish", "I'll do it myself"])
async def test_a_story_reaches_the_named_reader_only_and_the_chat_is_cleaned_as_chosen(
    rig: Rig, synapse: Synapse, clients: Clients, clean: str
) -> None:
    robin, oak, ash = await asyncio.gather(*(clients.person() for _ in range(3)))
    async with running(rig, synapse) as bot:
        await join(oak, rig, bot, "Oak")
        await join(ash, rig, bot, "Ash")
        heard_by_ash = len(ash.told)
        await begin(robin, bot, clean)
        told = await robin.say(STORY)
        await robin.wait("Saved. Carry on")
        if clean == "As we go":
            await robin.wait(lambda screen: told not in [m.id for m in screen])
        await hand_over(robin)
        await robin.wait("I leave now")
        await oak.wait(ENGLISH.readers.notice.replace("/", "!"))
        delivery = await fetch(oak)
        await ask(ash, f"!fetch {files(oak)[0].name[:6]}", "nothing for you with these characters")
        await robin.member(bot.id, "leave")
        assert len(ash.told) == heard_by_ash + 1
        await nothing_is_kept_of(robin, bot)
    assert STORY in rig.open("Oak", delivery).text
    with pytest.raises(StoreError):
        rig.open("Ash", delivery)
    check_cleaned(robin, told, clean)
    assert [m.shield for m in (*robin.received, *oak.received) if m.shield] == []


def check_cleaned(person: Person, story: str, clean: str) -> None:
    """Check that only the last message stays, which says what servers keep."""
    if clean == "I'll do it myself":
        assert not any(m.redacted for m in person.messages.values())
    else:
        (last,) = person.screen
        assert "Servers and your other devices may keep this, encrypted" in last.text
        assert person.messages[story].redacted


async def nothing_is_kept_of(person: Person, bot: Running) -> None:
    """Check memory, the store, and that the server does not show the room."""
    crypto = bot.connection.device.crypto
    await bot.until(lambda: bot.connection.rooms.directory.get(person.room) is None)
    olm = crypto.olm
    assert person.room not in olm.inbound_group_store._entries
    assert person.room not in olm.outbound_group_sessions
    assert person.id not in olm.device_store._entries
    assert person.id not in crypto.store.users()
    with crypto.store.database.bind_ctx(crypto.store.models):
        for table in (MegolmInboundSessions, EncryptedRooms, FinishedRoom):
            assert [row for row in table.select() if row.room_id == person.room] == []
    path = f"{CLIENT}/rooms/{person.room}/messages?dir=b"
    status, _ = await bot.synapse.call("GET", path, token=bot.connection.device.http_client.token)
    assert status == 403, "it is left, and not forgotten"


async def test_the_reporter_hears_when_the_bot_may_not_redact_their_messages(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin = await clients.person()
    async with running(rig, synapse) as bot:
        await robin.open_chat(bot.id, preset="private_chat")
        await ask(robin, "!start", "Could anyone else see this chat?")
        await ask(robin, "No, only me", "Should I delete our messages")
        await ask(robin, "When I finish", "What would you like to say?")
        await ask(robin, STORY, "Saved. Carry on")
        await ask(robin, "!erase", "It can't be brought back.")
        await ask(robin, "Yes, delete it all", "messages we wrote to each other stay")
        await robin.member(bot.id, "leave")
    mine = [m for m in robin.screen if m.mine]
    said = "\n".join(m.text for m in robin.screen if not m.mine)
    assert f"{len(mine)} messages we wrote to each other stay" in said
    assert "It's deleted. I have nothing of it any more." in said
    assert "Could anyone else see this chat?" not in said


async def test_the_bot_stays_with_a_reporter_who_is_also_a_reader(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin, oak = await asyncio.gather(clients.person(), clients.person())
    async with running(rig, synapse) as bot:
        await join(oak, rig, bot, "Oak")
        await ask(oak, "!start", "Could anyone else see this chat?")
        await ask(oak, "No, only me", "Should I delete our messages")
        await ask(oak, "When I finish", "What would you like to say?")
        await ask(oak, STORY, "Saved. Carry on")
        await hand_over(oak, "Ash")
        await begin(robin, bot)
        await ask(robin, STORY, "Saved. Carry on")
        await hears(oak, "Something was shared with you", lambda: hand_over(robin))
        assert STORY in rig.open("Oak", await fetch(oak)).text
        await robin.member(bot.id, "leave")
        assert oak.members()[bot.id] == "join"
        assert not any("I leave now" in text for _, text in oak.told)


# Sessions, devices and restarts


async def test_a_conversation_survives_new_sessions_a_second_device_and_a_restart(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin, account = await clients.person(), await synapse.register()
    async with running(rig, synapse, account) as bot:
        await begin(robin, bot)
        await ask(robin, "one", "Saved. Carry on")
        await robin.rotate()
        await ask(robin, "two", "Saved. Carry on")
        phone = await robin.second_device()
        await robin.learn_device(robin.id, phone.account.device_id)
        await ask(phone, "three", "Saved. Carry on")
        await hears(robin, "Saved. Carry on", lambda: phone.say("four"))
    await robin.say("five")
    async with running(rig, synapse, account) as bot:
        await hears(robin, "Saved. Carry on", lambda: robin.say("six"))
        await ask(phone, "!show", "six")
        await sealed(bot, robin, ["one", "two", "three", "four", "five", "six"])
        unreadable = {m.unreadable for p in (robin, phone) for m in p.received}
        assert unreadable == {"", "HISTORICAL_MESSAGE_NO_KEY_BACKUP"}  # before it had the phone
        assert bot.said == []


async def test_a_paused_conversation_goes_on_in_a_new_chat(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin, account = await clients.person(), await synapse.register()
    async with running(rig, synapse, account) as bot:
        await begin(robin, bot)
        await ask(robin, STORY, "Saved. Carry on")
        await ask(robin, "!pause", "Your story is saved and waits until")
        left = robin.room
        await robin.leave()
        await bot.until(lambda: bot.connection.rooms.directory.get(left) is None)
    async with running(rig, synapse, account) as bot:
        await robin.open_chat(bot.id)
        await ask(robin, "!start", "Picking up where you left off.")
        await ask(robin, "There is more.", "Saved. Carry on")
        await sealed(bot, robin, [STORY, "There is more."])
        await ask(robin, "!erase", "It can't be brought back.")
        await ask(robin, "Yes, delete it all", "It's deleted.")
        await robin.member(bot.id, "leave")


# Unusable messages and choices


async def test_unusable_messages_are_answered_and_the_question_stays(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin = await clients.person()
    async with running(rig, synapse) as bot:
        await begin(robin, bot)
        first = await robin.say("one")
        await robin.wait("Saved. Carry on")
        for send in (
            lambda: robin.send_file("door.png", b"a picture", kind="m.image", mime="image/png"),
            lambda: robin.send_file("notes.txt", b"notes"),
            lambda: robin.send_voice(b"a voice"),
            lambda: robin.send_sticker(b"a sticker"),
            lambda: robin.ask_poll("Was it?", "Yes", "No"),
            lambda: robin.send(MESSAGE, {"msgtype": "m.location", "body": "here"}),
            lambda: robin.send("org.example.unheard-of", {"words": "to nobody"}),
        ):
            await hears(robin, "I couldn't take that: I can take text only.", send)
        asked = {"msgtype": "m.key.verification.request", "body": "asks to verify", "to": bot.id}
        verify = partial(robin.send, MESSAGE, {**asked, "methods": [], "from_device": "A"})
        await hears(robin, "can't compare emoji with you", verify)
        ring = partial(robin.send, "m.call.invite", {"call_id": "1", "version": "1"})
        await hears(robin, "I can't take calls", ring)
        await hears(robin, "I can't take that sign", lambda: robin.react(first, "x"))
        await hears(robin, "it came without encryption", lambda: in_clear(robin, "unheard"))
        await hears(robin, "Saved. Carry on", lambda: robin.reply(first, "two"))
        await hears(robin, "Saved, with your change", lambda: robin.edit(first, "one, but better"))
        await sealed(bot, robin, ["one, but better", "two"])
        assert not any(h.sender == bot.id for h in robin.hints), "it shows that it types or reads"


async def in_clear(person: Person, text: str) -> None:
    """Send a message without encryption into an encrypted room."""
    path = f"{CLIENT}/rooms/{person.room}/send/m.room.message/in-clear"
    body, token = {"msgtype": "m.text", "body": text}, person.account.access_token
    status, _ = await person.clients.synapse.call("PUT", path, token=token, body=body)
    assert status == 200


async def test_choices_are_made_by_number_by_label_and_several_at_once(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin = await clients.person()
    async with running(rig, synapse) as bot:
        await robin.open_chat(bot.id)
        await ask(robin, "!start", "1. No, only me")
        await ask(robin, "1", "2. When I finish")
        await ask(robin, "when I FINISH", "What would you like to say?")
        await ask(robin, STORY, "Saved. Carry on")
        await ask(robin, "!DONE", "What would you like to do with your story?")
        await ask(robin, "9", "Sorry, I need one of these.")
        await ask(robin, "2", "Sorry, I need one of these.")
        await ask(robin, as_typed(["Let someone"], robin), "What would help you now?")
        await ask(robin, "1 4", "What would you like to happen")
        await ask(robin, "/skip", "Who is your story about")
        await ask(robin, " !skip", ". Nobody in particular\n")
        await ask(robin, as_typed(["Nobody in particular"], robin), "Who may read your story?")
        await ask(robin, as_typed(["Ash", "Rowan"], robin), "How much may they read?")
        await ask(robin, "Everything", "What may the people who read it do?")
        await ask(
            robin, "!permissions", "Ash and Rowan may read everything, including your story."
        )
        await sealed(bot, robin, [STORY])


async def test_a_room_missing_from_the_first_sync_is_looked_up(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin, account = await clients.person(), await synapse.register()
    left_out = iter((True,))

    async def leave_out(_asked: object, answer: dict[str, object]) -> object:
        if next(left_out, False):
            answer.pop("rooms")
        return answer

    async with Proxy(synapse.url) as proxy:
        async with running(rig, synapse, account, url=proxy.url) as bot:
            await begin(robin, bot)
        await robin.say("while it was away")
        proxy.lie("/sync$", leave_out)
        async with running(rig, synapse, account, url=proxy.url) as bot:
            await hears(robin, "Saved. Carry on", lambda: robin.say("again"))
            await bot.settled()
            await sealed(bot, robin, ["while it was away", "again"])
            assert robin.members()[bot.id] == "join"


async def test_a_rate_limited_server_redacts_everything_in_the_end(
    rig: Rig, synapse: Synapse, clients: Clients
) -> None:
    robin = await clients.person()
    async with Proxy(synapse.url) as proxy, running(rig, synapse, url=proxy.url) as bot:
        await begin(robin, bot)
        told = [await robin.say(f"{turn}: {STORY}") for turn in range(12)]
        await robin.wait("Saved. Carry on")
        await ask(robin, "!erase", "It can't be brought back.")
        flood = proxy.add(Fault.FLOOD, "/redact/", every=4, seconds=0.1)
        await ask(robin, "Yes, delete it all", "It's deleted.")
        await robin.until(lambda: all(robin.messages[event].redacted for event in told))
        asked = [
            r.path.rpartition("/redact/")[2].partition("/")[0] for r in proxy.seen("/redact/")
        ]
        assert len(asked) - flood.struck == len(set(asked)), "some were asked for twice"
