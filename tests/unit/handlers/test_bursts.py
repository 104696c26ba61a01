"""What is written before the next question is shown belongs to the answer before it."""

from dataclasses import replace
from unittest.mock import AsyncMock

import pytest

from bot.runtime.conversations import Conversations
from handlers.messages import IncomingMessage, TextMessage
from handlers.ports.messenger import Undelivered
from handlers.reporter.bursts import add_to_burst
from handlers.reporter.questions import open_question
from tests.rig import Rig, person
from tests.talk_script import FILLS

TO_THE_FIRST = (
    *("let someone", "1", "/skip", "/skip", "nobody", "Oak", "everything", "only read"),
)
"""From the fork to what somebody is called, which one message answers."""


async def receive(conversations: Conversations, *texts: str) -> None:
    """Let messages come one right behind the other."""
    for text in texts:
        incoming = IncomingMessage(f"message {text}", person(), TextMessage(text))
        await conversations.receive(incoming)


async def answers(rig: Rig) -> dict[str, list[str]]:
    """Everything that was told, by the step that it answers."""
    async with rig.house() as house:
        snapshot = await house.stores.cases.snapshot(person(), rig.clock())
        pieces = await house.stores.cases.open_pieces(person(), rig.clock())
    texts = {item: piece.text for item, piece in pieces.items() if piece}
    given = snapshot.draft.answers if snapshot.draft else ()
    return {a.step: [texts[item] for item in a.items] for a in given if a.items}


async def question(rig: Rig) -> str:
    """The question that is open."""
    async with rig.house() as house:
        snapshot = await house.stores.cases.snapshot(person(), rig.clock())
        return open_question(
            house.conversations(rig.screen).processor.snapshots.view_of(snapshot)
        ).id


async def test_several_messages_in_a_row_are_one_answer_and_the_next_is_asked_once(
    rig: Rig,
) -> None:
    await rig.tell("a story")
    await rig.say(*TO_THE_FIRST)
    async with rig.house() as house:
        conversations = house.conversations(rig.screen)
        before = len(rig.screen.replies)
        await receive(conversations, "Kim", "but not my surname", "please")
        assert len(rig.screen.replies) == before, "nothing is asked in the middle of it"
        await conversations.settle(person())
    (asked,) = [reply for _, reply in rig.screen.replies[before:]]
    assert asked.question == "reach"
    assert (await answers(rig))["called"] == ["Kim", "but not my surname", "please"]


async def test_what_is_written_after_the_question_answers_it(rig: Rig) -> None:
    await rig.tell("a story")
    await rig.say(*TO_THE_FIRST)
    async with rig.house() as house:
        conversations = house.conversations(rig.screen)
        await receive(conversations, "Kim")
        await conversations.settle(person())
        await receive(conversations, "0151 00000000")
        await conversations.settle(person())
    told = await answers(rig)
    assert (told["called"], told["reach"]) == (["Kim"], ["0151 00000000"])


@pytest.mark.parametrize("more", ["no", "yes", "nobody", "1", "Yes, keep it"])
async def test_nothing_is_allowed_by_what_was_written_before_the_question(
    rig: Rig, more: str
) -> None:
    await rig.tell("a story")
    await rig.say(*TO_THE_FIRST, "Kim", "0151 00000000", "/skip", "/skip", "/skip")
    async with rig.house() as house:
        conversations = house.conversations(rig.screen)
        await receive(conversations, "my mum might", more)
        await conversations.settle(person())
    assert (await answers(rig))["reach_others"] == ["my mum might", more]
    assert await question(rig) == "keep"


async def test_a_command_in_a_row_acts(rig: Rig) -> None:
    await rig.tell("a story")
    await rig.say(*TO_THE_FIRST)
    async with rig.house() as house:
        conversations = house.conversations(rig.screen)
        await receive(conversations, "Kim", "/stop")
        await conversations.settle(person())
    assert (await answers(rig))["called"] == ["Kim"]
    assert await question(rig) == "bot.stop"


async def test_the_question_comes_although_something_is_said_before_it(rig: Rig) -> None:
    await rig.tell("a story")
    await rig.say(*TO_THE_FIRST)
    async with rig.house() as house:
        conversations = house.conversations(rig.screen)
        before = len(rig.screen.replies)
        await receive(conversations, "Kim", "/help")
        await conversations.settle(person())
    assert [reply.question for _, reply in rig.screen.replies[before:]].count("reach") == 1


async def test_who_writes_nothing_more_is_asked_once_it_is_quiet(rig: Rig) -> None:
    await rig.tell("a story")
    replies = await rig.say(*TO_THE_FIRST, "Kim")
    assert replies[-1].question == "reach"


@pytest.mark.parametrize(
    "more",
    ["actually no, please dont call me", "dont contact me", "no wait please don't reach me"],
)
async def test_who_does_not_want_to_be_reached_after_all_is_not(rig: Rig, more: str) -> None:
    await rig.tell("a story")
    await rig.say(*TO_THE_FIRST, "Kim")
    async with rig.house() as house:
        conversations = house.conversations(rig.screen)
        await receive(conversations, "0151 00000000", more)
        await conversations.settle(person())
    assert "reach" not in await answers(rig)
    assert await question(rig) == "keep"


async def test_a_code_goes_on_with_nothing(rig: Rig) -> None:
    await rig.tell("an earlier story")
    await rig.share("Oak", keep=False, now=False)
    code = FILLS["four words"](rig.shown())
    await rig.say("I've written them down")
    await rig.tell("a story")
    await rig.say(*TO_THE_FIRST)
    async with rig.house() as house:
        conversations = house.conversations(rig.screen)
        await receive(conversations, "Kim", code)
        await conversations.settle(person())
    assert (await answers(rig))["called"] == ["Kim"]
    assert code not in [each for told in (await answers(rig)).values() for each in told]


@pytest.mark.parametrize("stops", ["7948", "please stop it", "Wrong person!", "¡No la envíes!"])
async def test_what_may_stop_a_hold_goes_on_with_nothing(rig: Rig, stops: str) -> None:
    await rig.tell("an earlier story")
    await rig.share("Oak", keep=False, now=False)
    await rig.say("I've written them down")
    await rig.tell("a story")
    await rig.say(*TO_THE_FIRST, "Kim")
    async with rig.house() as house:
        snapshot = await house.stores.cases.snapshot(person(), rig.clock())
        view = house.conversations(rig.screen).processor.snapshots.view_of(snapshot)
    assert snapshot.holds
    assert add_to_burst(view, TextMessage("and more"), "called", "message") is not None
    assert add_to_burst(view, TextMessage(stops), "called", "message") is None


async def test_nothing_answers_a_question_that_could_not_be_sent(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    await rig.tell("a story")
    await rig.say(*TO_THE_FIRST, "Kim", "0151 00000000", "/skip", "/skip", "/skip")
    async with rig.house() as house:
        conversations = house.conversations(rig.screen)
        await receive(conversations, "my mum might")
        with monkeypatch.context() as context:
            context.setattr(rig.screen, "send", AsyncMock(side_effect=Undelivered("away")))
            with pytest.raises(Undelivered):
                await conversations.settle(person())
        await receive(conversations, "2")
        await conversations.settle(person())
    assert (await answers(rig))["reach_others"] == ["my mum might", "2"]
    assert await question(rig) == "keep"


async def test_a_question_that_was_held_back_is_not_shown_to_who_took_the_account_over(
    rig: Rig,
) -> None:
    reporter = replace(person(), identity=("own key",))
    other = replace(person(), identity=("other key",))
    await rig.tell("a story", who=reporter)
    await rig.say(*TO_THE_FIRST, who=reporter)
    async with rig.house() as house:
        conversations = house.conversations(rig.screen)
        before = len(rig.screen.replies)
        kim = IncomingMessage("message", reporter, TextMessage("Kim"))
        await conversations.receive(kim)
        await replace(conversations.sender, identify=lambda _: other).settle(other)
    shown = [reply for _, reply in rig.screen.replies[before:]]
    assert not [reply for reply in shown if reply.question]
    assert not [reply for reply in shown if "reach" in reply.text]
