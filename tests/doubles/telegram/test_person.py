"""People press, write, edit, leave; what they do reaches the bot as Telegram would tell it."""

import asyncio

import pytest
import telegram
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, Forbidden

from tests.doubles.telegram.double import Double
from tests.doubles.telegram.kinds import KINDS
from tests.doubles.telegram.person import Person

ALL = ["message", "edited_message", "callback_query", "my_chat_member", "channel_post"]
Bot = telegram.Bot


def keyboard(*labels: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(label, callback_data=f"data-{label}")] for label in labels]
    )


async def newest(bot: Bot) -> telegram.Update:
    return (await bot.get_updates(timeout=0, allowed_updates=[*ALL, "inline_query"]))[-1]


@pytest.mark.parametrize("kind", sorted(KINDS))
async def test_everything_that_can_be_sent_is_as_described(
    double: Double, bot: Bot, robin: Person, kind: str
) -> None:
    await robin.send(kind)
    message = (await newest(bot)).message
    assert message is not None
    field = "forward_origin" if kind == "forwarded" else kind
    assert getattr(message, field)
    assert double.violations == []


async def test_words_come_with_what_telegram_finds_in_them(bot: Bot, robin: Person) -> None:
    await robin.say("  🎲 /stop it, see https://a.example/b  ")
    message = (await newest(bot)).message
    assert message is not None
    assert message.text == "🎲 /stop it, see https://a.example/b"
    assert message.parse_entities() == {
        message.entities[0]: "/stop",
        message.entities[1]: "https://a.example/b",
    }


async def test_a_long_text_goes_in_several_messages(double: Double, robin: Person) -> None:
    await robin.say("🎲" * 5000)
    pieces = robin.screen[1:]
    assert "".join(piece.text for piece in pieces) == "🎲" * 5000
    assert double.violations == []


async def test_what_was_edited_comes_as_an_edit(double: Double, bot: Bot, robin: Person) -> None:
    said = await robin.say("old")
    await robin.edit(said.id, "new")
    edited = (await newest(bot)).edited_message
    assert edited is not None
    assert (edited.text, edited.message_id, edited.edit_date is None) == ("new", said.id, False)
    assert robin.screen[-1].text == "new"
    assert double.violations == []


async def test_a_person_cannot_edit_the_bot(bot: Bot, robin: Person) -> None:
    sent = await bot.send_message(robin.id, "a")
    with pytest.raises(AssertionError, match="only what they wrote"):
        await robin.edit(sent.message_id, "b")


async def test_the_bot_is_not_told_what_a_person_deletes(
    double: Double, bot: Bot, robin: Person
) -> None:
    said = await robin.say("a")
    before = (await newest(bot)).update_id
    await robin.delete(said.id)
    assert (await newest(bot)).update_id == before
    assert double.deleted[-1].by == "person"
    with pytest.raises(BadRequest, match="not found"):
        await bot.delete_message(robin.id, said.id)


async def test_the_newest_button_with_the_words_is_pressed(bot: Bot, robin: Person) -> None:
    await bot.send_message(robin.id, "a", reply_markup=keyboard("Yes", "No"))
    second = await bot.send_message(robin.id, "b", reply_markup=keyboard("Yes, all of it", "Yes"))
    await robin.press("Yes")
    query = (await newest(bot)).callback_query
    assert query is not None and query.message is not None  # noqa: PT018 - for mypy
    assert (query.data, query.message.message_id) == ("data-Yes", second.message_id)
    await robin.press("Yes, a")
    assert (await newest(bot)).callback_query.data == "data-Yes, all of it"  # type: ignore[union-attr]
    await robin.press("Yes", robin.screen[1])
    assert (await newest(bot)).callback_query.message.message_id < second.message_id  # type: ignore[union-attr]


async def test_only_what_is_on_the_live_message_can_be_pressed(bot: Bot, robin: Person) -> None:
    sent = await bot.send_message(robin.id, "a", reply_markup=keyboard("Yes"))
    await bot.edit_message_reply_markup(robin.id, sent.message_id)
    with pytest.raises(AssertionError, match="no button 'Yes'"):
        await robin.press("Yes")
    await bot.edit_message_reply_markup(robin.id, sent.message_id, reply_markup=keyboard("Yes"))
    await robin.press("Yes")
    await bot.delete_message(robin.id, sent.message_id)
    with pytest.raises(AssertionError, match="no button 'Yes'"):
        await robin.press("Yes")


async def test_a_changed_app_presses_anything(double: Double, bot: Bot, robin: Person) -> None:
    sent = await bot.send_message(robin.id, "a")
    await robin.press_data(sent.message_id, "forged")
    query = (await newest(bot)).callback_query
    assert query is not None
    assert query.data == "forged"
    await bot.delete_message(robin.id, sent.message_id)
    await robin.press_data(sent.message_id, "stale")
    query = (await newest(bot)).callback_query
    assert query is not None
    assert query.data == "stale"
    # The library reads it as a Message all the same; only this tells them apart.
    assert query.message is not None
    assert not query.message.is_accessible
    assert double.violations == []


async def test_blocking_is_told_and_so_is_coming_back(
    double: Double, bot: Bot, robin: Person
) -> None:
    await robin.block()
    blocked = (await newest(bot)).my_chat_member
    assert blocked is not None
    assert (blocked.old_chat_member.status, blocked.new_chat_member.status) == ("member", "kicked")
    with pytest.raises(AssertionError, match="cannot write"):
        await robin.say("a")
    await robin.unblock()
    back = (await newest(bot)).my_chat_member
    assert back is not None
    assert back.new_chat_member.status == "member"
    await robin.say("a")
    assert double.violations == []


async def test_waiting_ends_when_the_screen_shows_it(bot: Bot, robin: Person) -> None:
    waiting = asyncio.create_task(robin.wait("it is\nkept"))
    counted = asyncio.create_task(robin.wait(lambda screen: len(screen) == 3))
    sent = await bot.send_message(robin.id, "it was kept")
    await bot.edit_message_text("Yes, it\nis kept.", robin.id, sent.message_id)
    assert [m.id for m in await waiting] == [1, sent.message_id]
    assert not counted.done()
    await bot.send_message(robin.id, "more")
    assert len(await counted) == 3
    assert len(await robin.quiet(0.05)) == 3


async def test_waiting_in_vain_says_what_stands_there(robin: Person) -> None:
    with pytest.raises(AssertionError, match=r"(?s)no 'kept' within 0\.1 s.*person.*/start"):
        await robin.wait("kept", seconds=0.1)


async def test_a_second_device_is_the_same_person(double: Double, robin: Person) -> None:
    phone = double.person(robin.id)
    await phone.say("from the phone")
    assert robin.screen == phone.screen
    assert phone.user == robin.user


async def test_what_was_received_stays_known(bot: Bot, robin: Person) -> None:
    sent = await bot.send_message(robin.id, "a")
    await bot.delete_message(robin.id, sent.message_id)
    assert [m.text for m in robin.screen] == ["/start"]
    assert [m.text for m in robin.received] == ["a"]
    assert "'a'" not in repr(robin.received)


async def test_an_inline_query_comes_from_anywhere(
    double: Double, bot: Bot, robin: Person
) -> None:
    await robin.ask_inline("words")
    asked = (await newest(bot)).inline_query
    assert asked is not None
    assert asked.query == "words"
    assert double.violations == []


async def test_a_group_may_take_the_bot_in_and_put_it_out(
    double: Double, bot: Bot, robin: Person
) -> None:
    group = double.group(-100_200)
    await group.add_bot(robin)
    added = (await newest(bot)).my_chat_member
    assert added is not None
    assert (added.chat.type, added.new_chat_member.status) == ("supergroup", "member")
    said = await group.say(robin, "hello")
    await bot.send_message(-100_200, "Please write to me alone.")
    assert [m.text for m in group.received] == ["Please write to me alone."]
    with pytest.raises(BadRequest, match=r"(?i)can't be deleted"):
        await bot.delete_message(-100_200, said.id)
    await bot.leave_chat(-100_200)
    with pytest.raises(Forbidden, match="not a member of the supergroup"):
        await bot.send_message(-100_200, "a")
    await group.add_bot(robin)
    await group.remove_bot(robin)
    with pytest.raises(Forbidden, match="kicked from the supergroup"):
        await bot.send_message(-100_200, "a")
    assert robin.received == ()
    assert double.violations == []


async def test_a_channel_posts_and_takes_nothing(double: Double, bot: Bot) -> None:
    channel = double.group(-100_300, "channel", "News")
    await channel.post("news")
    post = (await newest(bot)).channel_post
    assert post is not None
    assert (post.text, post.from_user) == ("news", None)
    with pytest.raises(BadRequest, match=r"(?i)need administrator rights"):
        await bot.send_message(-100_300, "a")
    assert double.violations == []
