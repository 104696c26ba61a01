"""The bot from outside, as Telegram and people see it: whole talks, crowds, troubles, the end."""

import asyncio
import secrets
from collections.abc import Callable
from typing import Any

import pytest

from bot.platforms.telegram.failures import WEBHOOK, Failure
from bot.runtime import inbox_worker
from handlers.reporter.typed_text import NOT_SAFE_TOKEN
from handlers.texts.english import ENGLISH
from handlers.turn import TurnProcessor
from store.model.errors import StoreError
from tests.doubles.telegram import double as double_module
from tests.doubles.telegram.double import Double
from tests.doubles.telegram.faults import Fault
from tests.doubles.telegram.kinds import KINDS
from tests.doubles.telegram.person import Person
from tests.doubles.telegram.world import Button, Message
from tests.integration.telegram import running as setup
from tests.integration.telegram.running import (
    CODE,
    HURRIED,
    Running,
    answer,
    begin,
    join,
    pieces,
    running,
)
from tests.rig import Rig

OVER = "Telegram is there again."

STORY = "It was after the rehearsal in spring."


async def hand_to_oak(
    person: Person,
    how: str = "Yes, send now",
    handed: str = "Your story is saved for Oak",
) -> None:
    """From the story to the second yes, with buttons only; kept with twelve words."""
    await person.say("/done")
    for label, then in (
        ("Let someone read it", "What would help you now?"),
        ("Nothing for now", "What would you like to happen"),
        ("Skip", "Who is your story about"),
        ("Skip", "must never read your story?"),
        ("Nobody in particular", "Who may read your story?"),
    ):
        await answer(person, label, then)
    await person.press("Oak")
    await person.wait(lambda s: any(b.label.startswith("✓ Oak") for m in s for b in m.buttons))
    await answer(person, "That's all", "How much may they read?")
    for label, then in (
        ("Everything", "What may the people who read it do"),
        ("Only read and listen", "May I keep your story"),
        ("Yes, keep it", "This is what you allow"),
        ("Yes, that's right", "Is this what you want to say"),
        (how, "How would you like to come back?"),
        ("Only the code", "Your take-back code"),
        (ENGLISH.labels["code.have"], handed),
    ):
        await answer(person, label, then)


@pytest.mark.parametrize("clean", ["As we go", "When I finish", "I'll do it myself"])
async def test_a_story_reaches_the_named_reader_only_and_the_chat_is_cleaned_as_chosen(
    rig: Rig, double: Double, clean: str
) -> None:
    robin, oak, ash = double.person(77), double.person(78, "Oak"), double.person(79, "Ash")
    async with running(rig, double) as bot:
        await join(oak, rig, "Oak")
        await join(ash, rig, "Ash")
        heard_by_ash = len(ash.received)
        await begin(robin, clean)
        told = await robin.say(STORY)
        await robin.wait("Saved. Carry on")
        if clean == "As we go":
            await robin.wait(lambda screen: told not in screen)
        await hand_to_oak(robin)
        notice = (await oak.wait(ENGLISH.readers.notice))[-1]
        assert STORY not in notice.text
        await oak.say("/inbox")
        await oak.wait("not fetched yet")
        (code,) = CODE.findall(oak.screen[-1].text)
        await oak.say(f"/fetch {code}")
        screen = await oak.wait(lambda s: s[-1].name == f"{code}.holdfast")
        delivery = screen[-1].document
        assert delivery is not None
        await ash.say(f"/fetch {code}")
        await ash.wait("nothing for you with these characters")
        await bot.settled()
    assert STORY in rig.open("Oak", delivery).text
    with pytest.raises(StoreError):
        rig.open("Ash", delivery)
    assert len(ash.received) == heard_by_ash + 1
    mine = [m for m in robin.screen if m.mine]
    if clean == "I'll do it myself":
        assert told in mine
        assert not [d for d in double.deleted if d.chat == robin.id]
    else:
        assert mine == []
        assert not any("Your take-back code" in m.text for m in robin.screen)


async def test_everything_that_shows_a_question_is_protected_and_nothing_else_is_silent(
    rig: Rig, double: Double
) -> None:
    robin = double.person(77)
    async with running(rig, double) as bot:
        await begin(robin)
        await robin.say("/help")
        await robin.wait(ENGLISH.help.help_intro)
        await bot.settled()
    assert [m.protected for m in robin.received if "What would you like" in m.text] == [True]
    assert [m.protected for m in robin.received if "116 016" in m.text] == [False, False]
    assert not any(m.silent for m in robin.received)


# Crowds


async def test_a_hundred_messages_in_a_burst_are_a_whole_story_and_one_acknowledgement(
    rig: Rig, double: Double
) -> None:
    robin = double.person(77)
    said = [f"{n}: {secrets.token_hex(4)}" for n in range(100)]
    async with running(rig, double) as bot:
        await begin(robin)
        for text in said:
            await robin.say(text)
        await robin.wait("Saved. Carry on", 60)
        await bot.settled(30)
        assert await pieces(bot, robin) == said
        assert sum("Saved. Carry on" in m.text for m in robin.received) <= 3


async def test_two_people_at_the_same_second_have_a_talk_each(rig: Rig, double: Double) -> None:
    people = [double.person(n) for n in (77, 78)]
    async with running(rig, double) as bot:
        await asyncio.gather(*map(begin, people))
        for turn in range(5):
            for person in people:
                await person.say(f"{person.id} says {turn}")
        await bot.settled()
        for person in people:
            assert await pieces(bot, person) == [f"{person.id} says {n}" for n in range(5)]
            assert not any(str(155 - person.id) in m.text for m in person.received)


async def test_two_devices_of_one_person_are_one_talk(rig: Rig, double: Double) -> None:
    robin = double.person(77)
    async with running(rig, double) as bot:
        await robin.say("/start")
        await robin.wait("Could anyone else see this chat?")
        await robin.press("No, only me")
        await robin.press("No, only me")
        await robin.wait("Should I delete our messages")
        await bot.settled()
        await robin.press("When I finish")
        await robin.press("As we go")
        await robin.wait("What would you like to say?")
        await bot.settled()
        await robin.say("from the phone")
        await robin.say("from the tablet")
        await bot.settled()
        assert await pieces(bot, robin) == ["from the phone", "from the tablet"]
        assert (await bot.rig.rows())["draft"] == 1


async def test_what_comes_twice_late_or_in_disorder_counts_once(rig: Rig, double: Double) -> None:
    robin = double.person(77)
    async with running(rig, double) as bot:
        await begin(robin)
        double.delivery.twice = double.delivery.again = double.delivery.late = 0.3
        double.delivery.shuffled = True
        said = [f"piece {n}" for n in range(30)]
        for text in said:
            await robin.say(text)
            await asyncio.sleep(0.01)
        await bot.settled(30)
        assert sorted(await pieces(bot, robin)) == sorted(said)


# Whatever is pressed


async def test_no_old_button_does_anything(rig: Rig, double: Double) -> None:
    robin, other = double.person(77), double.person(78)
    async with running(rig, double) as bot:
        await begin(robin)
        await begin(other)
        await robin.say(STORY)
        await robin.wait("Saved. Carry on")
        await robin.say("/done")
        await answer(robin, "Just keep it", "This is what you allow")
        await bot.settled()
        rows = await lasting_rows(rig)
        old = [(m.id, b.data) for m in robin.received[:-1] for b in bound_buttons(m)]
        foreign = [
            (robin.received[-1].id, b.data) for m in other.received for b in bound_buttons(m)
        ]
        garbage = [(robin.received[0].id, data) for data in GARBAGE]
        for message in robin.received[:2]:
            await robin.delete(message.id)
        for number, data in (*old, *foreign, *garbage):
            await robin.press_data(number, data)
        await bot.settled(60)
        assert await pieces(bot, robin) == [STORY]
        assert await lasting_rows(rig) == rows
        assert "This is what you allow" in robin.screen[-1].text
        assert double.world.queries == {}


def bound_buttons(message: Message) -> list[Button]:
    """All but the one that brings help, which means the same in every message."""
    return [button for button in message.buttons if button.data != NOT_SAFE_TOKEN]


async def test_the_button_of_somebody_who_is_not_safe_helps_in_every_message(
    rig: Rig, double: Double
) -> None:
    robin = double.person(77)
    async with running(rig, double) as bot:
        await begin(robin)
        await robin.say(STORY)
        await robin.wait("Saved. Carry on")
        await bot.settled()
        rows = await lasting_rows(rig)
        for message in [m for m in robin.received if m.buttons]:
            assert NOT_SAFE_TOKEN in [button.data for button in message.buttons]
        before = len(robin.received)
        await robin.press_data(robin.received[0].id, NOT_SAFE_TOKEN)
        await bot.settled()
        assert any("116 016" in m.text for m in robin.received[before:])
        assert await lasting_rows(rig) == rows
        assert await pieces(bot, robin) == [STORY]


async def lasting_rows(rig: Rig) -> dict[str, int]:
    """All but what remembers which messages came and went."""
    return {
        k: n
        for k, n in (await rig.rows()).items()
        if k not in {"processed_message", "deletable_message"}
    }


GARBAGE = ("x", "=" * 64, "ä" * 32, "AAAA", "\x00", "-" * 28, "{}", "999")


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - {"forwarded"}))
async def test_what_cannot_be_taken_is_said_and_the_story_stays_whole(
    rig: Rig, double: Double, kind: str
) -> None:
    robin = double.person(77)
    async with running(rig, double) as bot:
        await begin(robin)
        await robin.say(STORY)
        sent = await robin.send(kind)
        await robin.wait("I couldn't take that: I can take text only.")
        captioned: dict[str, Any] = {**sent.body, "caption": "words beneath it"}
        edited = Message(sent.id, sent.chat, sent.sender, sent.at, captioned, edited=sent.at)
        before = len(robin.received)
        double.tell("edited_message", edited.as_json())
        await bot.settled()
        assert len(robin.received) == before
        await robin.say("And then more.")
        await bot.settled()
        assert await pieces(bot, robin) == [STORY, "And then more."]


@pytest.mark.parametrize("clean", ["As we go", "When I finish"])
async def test_an_album_gets_one_answer_and_nothing_of_it_is_kept(
    rig: Rig, double: Double, clean: str
) -> None:
    robin = double.person(77)
    async with running(rig, double) as bot:
        await begin(robin, clean)
        shown = list[int]()
        for albums in (1, 2):
            shown = [part.id for part in await robin.send_album("photo", 10)]
            await robin.wait("I couldn't take that")
            await bot.settled()
            assert sum("I couldn't take that" in m.text for m in robin.received) == albums
            assert {m.id for m in robin.screen} >= set(shown)  # so that they can be sent elsewhere
        await robin.say(STORY)
        await bot.settled()
        assert await pieces(bot, robin) == [STORY]
        assert clean == "When I finish" or {m.id for m in robin.screen}.isdisjoint(shown)


@pytest.mark.parametrize("clean", ["As we go", "When I finish"])
async def test_after_something_that_is_not_taken_an_answer_is_ended_by_a_tap(
    rig: Rig, double: Double, clean: str
) -> None:
    """It takes the place of what is said to the words before it, and of its buttons."""
    robin = double.person(77)
    async with running(rig, double) as bot:
        await begin(robin, clean)
        await robin.say(STORY)
        await robin.send("sticker")
        await robin.wait("I couldn't take that")
        await bot.settled()
        assert [b.label for b in robin.screen[-1].buttons] == [
            ENGLISH.labels[f"button.{name}"]
            for name in ("done", "skip", "back", "pause", "unsafe")
        ]
        await robin.press("Done", robin.screen[-1])
        await robin.wait("What would you like to do with your story?")
        assert await pieces(bot, robin) == [STORY]


async def test_a_forwarded_text_is_told_like_any_other(rig: Rig, double: Double) -> None:
    robin = double.person(77)
    async with running(rig, double) as bot:
        await begin(robin)
        await robin.send("forwarded")
        await robin.wait("Saved. Carry on")
        told = "[Forwarded from Somebody]\nSomebody else wrote this."
        assert await pieces(bot, robin) == [told]


async def test_an_edit_changes_the_piece_while_its_question_is_open(
    rig: Rig, double: Double
) -> None:
    robin = double.person(77)
    async with running(rig, double) as bot:
        await begin(robin)
        told = await robin.say(STORY)
        await robin.wait("Saved. Carry on")
        await robin.edit(told.id, "It was in summer.")
        await robin.wait(ENGLISH.telling.edited)
        assert await pieces(bot, robin) == ["It was in summer."]
        await robin.say("/done")
        await robin.wait("What would you like to do with your story?")
        await robin.edit(told.id, "It was in autumn.")
        await robin.wait("its question is closed")
        await bot.settled()
        assert await pieces(bot, robin) == ["It was in summer."]


async def test_an_inline_query_is_not_even_delivered(rig: Rig, double: Double) -> None:
    robin = double.person(77)
    async with running(rig, double) as bot:
        await begin(robin)
        await robin.ask_inline("words")
        await bot.settled()
        assert double.counted["answerInlineQuery"] == 0


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
async def test_the_bot_says_one_sentence_in_a_group_and_goes_each_time(
    rig: Rig, double: Double, kind: str
) -> None:
    robin = double.person(77)
    group = double.group(-1009988776655, kind)
    async with running(rig, double) as bot:
        for time in (1, 2):
            await group.add_bot(robin)
            await group.say(robin, "/start")
            await bot.until(lambda time=time: double.counted["leaveChat"] >= time)  # type: ignore[misc]
            await bot.settled()
        assert all(m.text == ENGLISH.telegram.group for m in group.received)
        assert len(group.received) == (0 if kind == "channel" else 2)
        await group.add_bot(robin)
        await group.remove_bot(robin)
        await bot.settled()
        assert (await rig.rows())["draft"] == (await rig.rows())["processed_message"] == 0


async def test_updates_that_nobody_can_read_hold_up_nobody(rig: Rig, double: Double) -> None:
    robin = double.person(77)
    double.validate = False
    async with running(rig, double) as bot:
        await bot.until(lambda: double.counted["getUpdates"] > 0)
        for kind, payload in UNREADABLE:
            double.tell(kind, payload)
        await begin(robin)
        await bot.settled()


UNREADABLE: tuple[tuple[str, Any], ...] = (
    ("message", {}),
    ("message", {"message_id": 1}),
    ("message", {"message_id": "x", "date": "y", "chat": 3}),
    ("message", 7),
    ("callback_query", {"id": "1"}),
    ("callback_query", []),
    ("my_chat_member", {"chat": None}),
    ("edited_message", {"message_id": 1, "date": 1, "chat": {"id": 5, "type": "unheard-of"}}),
)


# Limits and troubles


async def test_a_flooded_chat_waits_and_others_go_on(rig: Rig, double: Double) -> None:
    robin, alex = double.person(77), double.person(78)
    async with running(rig, double) as bot:
        await begin(robin)
        await begin(alex)
        await bot.settled()
        loop = asyncio.get_running_loop()
        double.faults.add(Fault.FLOOD, chat=robin.id, times=1, seconds=2)
        await robin.say(STORY)
        await bot.until(lambda: double.faults.struck[Fault.FLOOD] == 1)
        struck, before = loop.time(), to_chat(double, robin)
        await alex.say(STORY)
        await alex.wait("Saved. Carry on")
        assert loop.time() - struck < 2
        assert to_chat(double, robin) == before
        await robin.wait("Saved. Carry on")
        assert loop.time() - struck >= 2


def to_chat(double: Double, person: Person) -> int:
    return sum(c.params.get("chat_id") == person.id for c in double.calls)


async def test_when_two_chats_within_their_pace_are_flooded_everybody_waits(
    rig: Rig, double: Double
) -> None:
    people = [double.person(n) for n in (77, 78, 79)]
    async with running(rig, double) as bot:
        for person in people:
            await begin(person)
        await bot.settled()
        bot.conversations.send_queues.rate_limiter.chats.clear()  # as if they had been quiet
        for person in people[:2]:
            double.faults.add(Fault.FLOOD, chat=person.id, times=1, seconds=2)
            await person.say(STORY)
        await bot.until(lambda: double.faults.struck[Fault.FLOOD] == 2)
        before = to_chat(double, people[2])
        await people[2].say(STORY)
        await asyncio.sleep(1)
        assert to_chat(double, people[2]) == before
        await people[2].wait("Saved. Carry on")


async def test_when_two_chats_flood_the_bot_nobody_else_waits(rig: Rig, double: Double) -> None:
    *loud, quiet = (double.person(n) for n in (77, 78, 79))
    async with running(rig, double) as bot:
        for person in (*loud, quiet):
            await begin(person)
        await bot.settled()
        for person in loud:
            for _ in range(6):
                await person.say("/privacy")
        await bot.settled()
        for person in loud:
            double.faults.add(Fault.FLOOD, chat=person.id, times=1, seconds=600)
            await person.say("/privacy")
        await bot.until(lambda: double.faults.struck[Fault.FLOOD] == 2)
        await quiet.say(STORY)
        await quiet.wait("Saved. Carry on")


async def test_a_block_empties_what_waits_and_an_unblock_goes_on(rig: Rig, double: Double) -> None:
    robin = double.person(77)
    async with running(rig, double) as bot:
        await begin(robin)
        await robin.say(STORY)
        await robin.wait("Saved. Carry on")
        double.faults.add(Fault.FLOOD, chat=robin.id, times=1, seconds=600)
        await robin.say("/done")
        await bot.until(lambda: double.faults.struck[Fault.FLOOD] == 1)
        await robin.block()
        await bot.until(lambda: not bot.conversations.send_queues.queues)
        await bot.settled()
        rows = await rig.rows()
        assert (rows["outbox"], rows["draft"]) == (0, 1)
        assert await pieces(bot, robin) == [STORY]
        await robin.unblock()
        bot.conversations.send_queues.rate_limiter.chats.clear()
        await robin.say("/start")
        await robin.wait("Picking up where you left off.")
        await robin.wait("What would you like to do with your story?")


async def test_an_account_that_is_gone_leaves_nothing_waiting(rig: Rig, double: Double) -> None:
    robin = double.person(77)
    async with running(rig, double) as bot:
        await begin(robin)
        await robin.deactivate()
        robin.chat.refusal, gone = "", robin.chat.refusal
        await robin.say(STORY)
        robin.chat.refusal = gone
        await bot.settled()
        assert (await rig.rows())["outbox"] == 0


@pytest.mark.parametrize("fault", [Fault.BROKEN, Fault.ERROR, Fault.DROP_BEFORE, Fault.DROP_AFTER])
async def test_with_every_third_call_failing_the_story_is_whole_and_every_question_comes(
    rig: Rig, double: Double, fault: Fault
) -> None:
    robin = double.person(77)
    async with running(rig, double) as bot:
        double.faults.add(fault, every=3, polls=True)
        await begin(robin)
        await robin.say(STORY)
        await robin.wait("Saved. Carry on")
        await robin.say("/done")
        await robin.wait("What would you like to do with your story?")
        await bot.settled(30)
        double.faults.clear()
        assert await pieces(bot, robin) == [STORY]
        assert (await rig.rows())["outbox"] == 0


async def test_a_server_that_does_not_know_the_menu_does_not_matter(
    rig: Rig, double: Double, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget(monkeypatch, "setmycommands", "setmydescription", "getwebhookinfo")
    robin = double.person(77)
    async with running(rig, double) as bot:
        await begin(robin)
        double.violations.clear()
        assert bot.said == []


def forget(monkeypatch: pytest.MonkeyPatch, *methods: str) -> None:
    """A server of an older version."""
    known = {k: v for k, v in double_module.NAMES.items() if k not in methods}
    monkeypatch.setattr(double_module, "NAMES", known)


async def test_a_server_without_delete_messages_deletes_them_one_by_one(
    rig: Rig, double: Double, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget(monkeypatch, "deletemessages")
    robin = double.person(77)
    async with running(rig, double):
        await begin(robin)
        for text in ("one", "two"):
            await robin.say(text)
        await robin.wait("Saved. Carry on")
        await robin.say("/erase")
        await answer(robin, "Yes, delete it all", "It's deleted.")
        await robin.wait(lambda screen: not any(m.mine for m in screen))
        double.violations.clear()


async def test_what_becomes_too_old_is_deleted_before_that(rig: Rig, double: Double) -> None:
    robin, alex = double.person(77), double.person(78)
    async with running(rig, double, HURRIED) as bot:
        await begin(robin)
        await begin(alex)
        told = await robin.say(STORY)
        await robin.wait("Saved. Carry on")
        await bot.settled()
        alex.chat.opened = False  # "chat not found": whoever comes after is cleaned all the same
        rig.clock.forward(hours=45)
        await bot.until(lambda: not told.live)
        await bot.until(lambda: not any(m.live for m in robin.received))
        await bot.settled()
        assert await pieces(bot, robin) == [STORY]


async def test_a_turn_that_fails_is_said_to_its_sender_and_the_next_is_taken(
    rig: Rig, double: Double, monkeypatch: pytest.MonkeyPatch
) -> None:
    robin = double.person(77)
    async with running(rig, double) as bot:
        await begin(robin)
        process = TurnProcessor._process
        fails(monkeypatch)
        await robin.say(STORY)
        await robin.wait("Something went wrong on my side.")
        monkeypatch.setattr(TurnProcessor, "_process", process)
        await robin.say("again")
        await robin.wait("Saved. Carry on")
        assert await pieces(bot, robin) == ["again"]


def fails(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(_processor: object, incoming: Any) -> None:
        raise ValueError(incoming.heard)

    monkeypatch.setattr(TurnProcessor, "_process", fail)


# The connection


WRONG = "110201543:AAwrongwrongwrongwrongwrongwrongwrong"


@pytest.mark.parametrize(
    ("token", "trouble"),
    [
        (WRONG, Failure.CREDENTIALS_REFUSED),
        ("", Failure.CREDENTIALS_MISSING),
        (" \n", Failure.CREDENTIALS_MISSING),
        ("no token", Failure.CREDENTIALS_REFUSED),
        ("../x", Failure.CREDENTIALS_REFUSED),
    ],
)
async def test_a_token_that_does_not_open_is_said_once_and_mended_without_a_restart(
    rig: Rig, double: Double, token: str, trouble: Failure
) -> None:
    robin = double.person(77)
    async with running(rig, double, token=token) as bot:
        await bot.until(lambda: bool(bot.said))
        await asyncio.sleep(0.2)
        assert bot.said == [trouble.value]
        bot.token_file.write_text(double.token)
        await begin(robin)
        assert bot.said == [trouble.value, OVER]


async def test_a_token_that_is_taken_away_while_it_runs_is_said_and_mended(
    rig: Rig, double: Double
) -> None:
    robin = double.person(77)
    async with running(rig, double) as bot:
        await begin(robin)
        await bot.settled()
        right, double.token = double.token, WRONG
        await double.go_dark()
        await double.come_back()
        await bot.until(lambda: Failure.CREDENTIALS_REFUSED.value in bot.said)
        double.token = right
        await robin.say(STORY)
        await robin.wait("Saved. Carry on")
        assert bot.said[-1] == OVER
        assert await pieces(bot, robin) == [STORY]


async def test_a_second_poller_is_said_once_and_over_when_it_stops(
    rig: Rig, double: Double
) -> None:
    robin = double.person(77)
    async with running(rig, double) as bot:
        await begin(robin)
        await bot.settled()
        double.updates.rival(4)
        await bot.until(lambda: double.updates.conflicts == 0)
        await robin.say(STORY)
        await robin.wait("Saved. Carry on")
        assert bot.said == [Failure.SECOND_POLLER.value, OVER]


async def test_a_server_that_is_down_at_the_start_is_waited_for(rig: Rig, double: Double) -> None:
    robin = double.person(77)
    await double.go_dark()
    async with running(rig, double) as bot:
        await bot.until(lambda: bool(bot.said))
        await double.come_back()
        await begin(robin)
        assert bot.said == [Failure.UNREACHABLE.value, OVER]


@pytest.mark.parametrize("when", ["before", "meanwhile"])
async def test_a_webhook_is_taken_away_and_said(rig: Rig, double: Double, when: str) -> None:
    robin = double.person(77)
    if when == "before":
        double.updates.call_back("https://example.org/hook")
    async with running(rig, double) as bot:
        if when == "meanwhile":
            await begin(robin)
            double.updates.call_back("https://example.org/hook")
            await bot.until(lambda: double.updates.webhook == "")
            await robin.say(STORY)
            await robin.wait("Saved. Carry on")
            assert bot.said == [Failure.SECOND_POLLER.value, OVER]
        else:
            await begin(robin)
            assert bot.said == [WEBHOOK]
        (*_, last) = double.called("deleteWebhook")
        assert not last.params.get("drop_pending_updates", False)


async def test_what_is_due_is_done_also_while_telegram_is_away(rig: Rig, double: Double) -> None:
    robin = double.person(77)
    async with running(rig, double, HURRIED) as bot:
        await begin(robin)
        await robin.say(STORY)
        await robin.wait("Saved. Carry on")
        await bot.settled()
    await double.go_dark()
    async with running(rig, double, HURRIED) as bot:
        await bot.until(lambda: bool(bot.said))
        rig.clock.forward(days=8)
        await asyncio.sleep(0.5)
        assert (await rig.rows())["draft"] == 0
        await double.come_back()


# The end


async def in_a_burst(bot: Running, robin: Person) -> None:
    for number in range(100):
        await robin.say(f"piece {number}")
    await asyncio.sleep(0.1)


async def in_a_flood_wait(bot: Running, robin: Person) -> None:
    bot.double.faults.add(Fault.FLOOD, seconds=600)
    await robin.say(STORY)
    await bot.until(lambda: bot.double.faults.struck[Fault.FLOOD] > 0)


async def in_a_long_poll(bot: Running, robin: Person) -> None:
    await bot.settled()


async def while_sends_are_not_answered(bot: Running, robin: Person) -> None:
    bot.double.faults.add(Fault.SILENT)
    await robin.say(STORY)
    await bot.until(lambda: bot.double.faults.struck[Fault.SILENT] > 0)


@pytest.mark.parametrize(
    "moment", [in_a_burst, in_a_flood_wait, in_a_long_poll, while_sends_are_not_answered]
)
async def test_it_ends_within_seconds_with_everything_confirmed(
    rig: Rig, double: Double, moment: Callable[[Running, Person], Any]
) -> None:
    robin = double.person(77)
    async with running(rig, double) as bot:
        await begin(robin)
        await moment(bot, robin)
        loop = asyncio.get_running_loop()
        began, given = loop.time(), set(double.updates.given)
        await bot.end()
        assert loop.time() - began < 4
        waiting = {w.id for w in double.updates.pending}
        assert not waiting & given
    double.faults.clear()
    async with running(rig, double) as bot:
        await robin.say("/show")
        await bot.settled(60)
        told = await pieces(bot, robin)
        assert told == [m.text for m in robin.chat.history if m.mine and is_story(m)]


def is_story(message: Message) -> bool:
    return not message.text.startswith("/")


@pytest.mark.parametrize("connected", [True, False])
async def test_it_ends_within_seconds_while_the_server_is_silent(
    rig: Rig, double: Double, connected: bool
) -> None:
    if not connected:
        await double.go_dark(silent=True)
    async with running(rig, double) as bot:
        if connected:
            await begin(double.person(77))
            await double.go_dark(silent=True)
        await asyncio.sleep(0.3)
        loop = asyncio.get_running_loop()
        began = loop.time()
        await bot.end()
        assert loop.time() - began < 4


async def test_a_turn_that_goes_on_failing_does_not_delay_the_end(
    rig: Rig, double: Double, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_worker, "RETRY_SECONDS", 60)
    robin = double.person(77)
    async with running(rig, double) as bot:
        await begin(robin)
        with monkeypatch.context() as failing:
            fails(failing)
            await robin.say(STORY)
            await asyncio.sleep(0.2)
            await asyncio.wait_for(bot.end(), 3)
    assert double.unconfirmed == 0, "it waits here, not at Telegram"
    async with running(rig, double) as bot:
        async with asyncio.timeout(10):
            while await pieces(bot, robin) != [STORY]:  # noqa: ASYNC110 - a disk rings for nobody
                await asyncio.sleep(0.01)


async def test_an_acknowledgement_that_waited_for_its_burst_is_sent_at_the_next_start(
    rig: Rig, double: Double, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup, "QUIET", 3600.0)
    robin = double.person(77)
    async with running(rig, double) as bot:
        await begin(robin)
        await robin.say(STORY)
        await bot.until(lambda: not double.unconfirmed and not bot.waiting)
        await double.go_dark()
    assert not any("Saved. Carry on" in message.text for message in robin.received)
    await double.come_back()
    async with running(rig, double):
        await robin.wait("Saved. Carry on")
