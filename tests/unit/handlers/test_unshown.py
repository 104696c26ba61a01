"""What stands open behind another question takes no answer before it was shown."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from handlers.messages import (
    EditedMessage,
    IncomingMessage,
    Reply,
    TextMessage,
    UnresolvedPress,
    UnusableMessage,
)
from handlers.reporter.markers import (
    ERASE,
    ERASING,
    FOUND,
    PIECE,
    REVIEW,
    SAFE,
    UNSHOWN,
    find_marker,
)
from handlers.reporter.markers import STOP as HALTED
from handlers.texts.english import ENGLISH
from store.model.snapshot import Snapshot
from tests.rig import Rig
from tests.unit.handlers.chats import CHAT, Chat, Phone
from tests.unit.handlers.test_secrets_typed_unasked import shared

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


# A question that is known in memory only stands before that of the talk


async def nothing(_anna: Phone) -> None:
    """Only the program is started anew."""


async def picture(anna: Phone) -> None:
    await anna.hear(anna.incoming(UnusableMessage("picture")))


async def half_a_day(anna: Phone) -> None:
    await anna.rig.pass_time(hours=13)


def typing(text: str) -> Callable[[Phone], Awaitable[None]]:
    async def act(anna: Phone) -> None:
        await anna.type(text)

    return act


ENDS: dict[str, Callable[[Phone], Awaitable[None]]] = {
    **{text: typing(text) for text in ("/pause", "/permissions", "/history", "/language")},
    "a picture": picture,
    "half a day": half_a_day,
    "a restart": nothing,
}
"""What ends such a question without a word about it."""


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize(("asked", "answer"), [(FOUND, "1"), (ERASING, "yes"), (ERASING, "1")])
async def test_an_answer_to_a_question_in_memory_shares_nothing(
    anna: Phone, end: str, asked: str, answer: str
) -> None:
    code = await shared(anna)
    async with anna.staying():
        await to_the_last_overview(anna)
        await anna.press("right")
        assert anna.question == REVIEW
        await anna.type(code, *(("2",) if asked == ERASING else ()))
        assert anna.question == asked
        await ENDS[end](anna)
    await anna.type(answer)
    after = await snapshot(anna)
    assert not after.shared
    assert not after.holds


async def test_what_stood_behind_a_code_of_the_same_burst_was_never_shown(anna: Phone) -> None:
    code = await shared(anna)
    async with anna.staying() as conversations:
        await to_the_last_overview(anna)
        on, token = anna.button("right")
        await heard(anna, anna.incoming(UnresolvedPress(token), on=on))
        message = anna.chat.typed(anna.who, code)
        await heard(anna, anna.incoming(TextMessage(code, secret=code), message=message))
        await conversations.sender.send_waiting(anna.who, quiet=True)
        assert anna.question == FOUND
    await anna.type("1")
    assert not (await snapshot(anna)).shared


@pytest.mark.parametrize(
    "answers", [("3",), ("1",), ("2", "yes")], ids=["left", "back", "deleted"]
)
@pytest.mark.parametrize("unshown", [False, True])
async def test_behind_a_code_that_was_dealt_with_the_question_counts_at_once(
    anna: Phone, answers: tuple[str, ...], *, unshown: bool
) -> None:
    code = await shared(anna)
    async with anna.staying():
        await to_the_last_overview(anna)
        await anna.press("right")
        if unshown:
            await anna.type("/stop")
            await anna.press("keep")
        await anna.type(code, *answers)
        assert anna.question == REVIEW
        await anna.type("Yes, send now")
        assert (await snapshot(anna)).shared


async def test_the_first_choice_counts_at_once_behind_what_was_asked_in_between(
    anna: Phone,
) -> None:
    async with anna.staying():
        await anna.type("My name is Robin and he follows me home every night", "/erase", "stop")
        await anna.type("Keep it", "hello")
        assert anna.question == SAFE
        await anna.type("1")
        assert anna.question != SAFE


@pytest.mark.parametrize("said", ["/history", "/permissions", "a picture"])
async def test_a_bare_yes_to_something_else_deletes_nothing(anna: Phone, said: str) -> None:
    async with anna.staying():
        await anna.begin("self", "told")
        await anna.type("/erase")
        await (picture(anna) if said == "a picture" else typing(said)(anna))
        await anna.type("yes")
        assert await anna.pieces() == ["told"]
        assert anna.question == ERASE
        await anna.type("yes")
        assert (await anna.rig.rows())["case_file"] == 0
