"""What stands open behind another question takes no answer before it was shown."""

from dataclasses import replace

import pytest

from handlers.messages import EditedMessage, IncomingMessage, Reply, TextMessage
from handlers.reporter.markers import PIECE, REVIEW, UNSHOWN, find_marker
from handlers.reporter.markers import STOP as HALTED
from handlers.texts.english import ENGLISH
from store.model.snapshot import Snapshot
from tests.rig import Rig
from tests.unit.handlers.chats import CHAT, Chat, Phone

NUMBERED = replace(CHAT, ordered_ids=True)
"""A chat in which both sides' messages are counted together."""


@pytest.fixture(name="anna")
def _anna(rig: Rig) -> Phone:
    return Phone(rig, Chat(NUMBERED))


async def snapshot(anna: Phone) -> Snapshot:
    async with anna.running() as conversations:
        return (await conversations.snapshots.read(anna.who, pieces=True)).snapshot


async def say_all_at_once(anna: Phone, *texts: str) -> list[Reply]:
    """Messages that were all sent before any of them was answered; all that is said then."""
    ids = [anna.chat.typed(anna.who, text) for text in texts]
    before = len(anna.chat.log)
    async with anna.running() as conversations:
        for message, text in zip(ids, texts, strict=True):
            incoming = anna.incoming(TextMessage(text), message=message)
            await heard(anna, incoming)
        await conversations.sender.send_waiting(anna.who, quiet=True)
    return anna.since(before)


async def heard(anna: Phone, incoming: IncomingMessage) -> None:
    """Handle a message; nothing of what it leads to is sent yet."""
    async with anna.running() as conversations:
        for effect in await conversations.processor.process(incoming):
            await conversations.dispatcher.dispatch(effect)


async def to_the_last_overview(anna: Phone) -> None:
    await anna.begin("self", "told")
    await anna.press("done", "read", "none", "skip", "skip", "none", "Oak", "submit", "all")
    await anna.press("listen", "yes")


@pytest.mark.parametrize("then", ["1", "2", "yes", "Yes, send now"])
async def test_a_review_that_was_never_shown_hands_nothing_over(anna: Phone, then: str) -> None:
    async with anna.staying():
        await to_the_last_overview(anna)
        await say_all_at_once(anna, "1", "/stop")
        assert anna.question == HALTED
        await anna.type("1")
        before = len(anna.chat.log)
        await anna.type(then)
        after = await snapshot(anna)
        assert not after.shared
        assert not after.holds
        assert anna.since(before)[-1].question == REVIEW
        assert after.draft is not None
        assert find_marker(after.draft, UNSHOWN) is None


async def test_once_it_was_shown_the_same_words_count(anna: Phone) -> None:
    async with anna.staying():
        await to_the_last_overview(anna)
        await say_all_at_once(anna, "1", "/stop")
        await anna.type("1", "yes", "Yes, send now")
        assert (await snapshot(anna)).shared


async def test_it_stays_unshown_over_a_restart(anna: Phone) -> None:
    async with anna.staying():
        await to_the_last_overview(anna)
        await say_all_at_once(anna, "1", "/stop")
        await anna.type("1")
    await anna.type("1")
    assert not (await snapshot(anna)).shared
    assert anna.question == REVIEW


async def test_what_waits_is_not_deleted_by_a_no_to_another_question(anna: Phone) -> None:
    async with anna.staying():
        await anna.type("hello", "My name is Robin and the conductor follows me home every night")
        await say_all_at_once(anna, "1", "3", "and he wrote to my sister every single day", "no")
        await anna.type("yes")
        assert "My name is Robin" in " ".join(await anna.pieces())


async def test_an_edit_leaves_out_no_question_that_was_not_seen(anna: Phone) -> None:
    async with anna.staying():
        await anna.begin("self", "told")
        await anna.press("done", "read", "none", "skip")
        mistyped = await anna.type("/skpi")
        for content in (TextMessage("/skip"), EditedMessage("/skip", mistyped)):
            edit = isinstance(content, EditedMessage)
            message = mistyped if edit else anna.chat.typed(anna.who, "/skip")
            await heard(anna, anna.incoming(content, message=message))
        draft = (await snapshot(anna)).draft
        assert draft is not None
        assert "never" not in [answer.step for answer in draft.answers]


async def test_a_number_is_for_the_part_that_was_shown(anna: Phone) -> None:
    async with anna.staying():
        await anna.begin("self", "first part", "second part")
        await anna.press("done")
        await anna.type("/show 1")
        assert anna.question == PIECE
        await say_all_at_once(anna, "/show 2", "2")
        assert await anna.pieces() == ["first part", "second part"]


async def test_a_skip_ahead_says_that_its_words_are_not_kept(anna: Phone) -> None:
    async with anna.staying():
        await anna.begin("self", "told")
        await anna.press("done", "read", "none", "skip")
        said = await say_all_at_once(anna, "/skip", "/skip my sister was there too")
        lost = ENGLISH.telling.not_kept_behind
        assert any(lost.format(word="skip") in reply.text for reply in said)
