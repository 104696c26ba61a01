"""What Telegram shows of the bot is asked for, and nothing waits for it."""

from bot.platforms.telegram.profile import read_names
from tests.doubles.telegram.double import Double


async def test_the_name_and_the_user_name_are_read() -> None:
    async with Double() as double:
        name, user_name = await read_names(double.root, double.token)
    assert name.text
    assert user_name.text.lower().endswith("bot")
    assert (name.joined, user_name.joined) == (False, True)


async def test_a_token_that_opens_nothing_says_nothing() -> None:
    async with Double() as double:
        assert await read_names(double.root, "1:wrong") == ()


async def test_telegram_away_says_nothing() -> None:
    assert await read_names("http://127.0.0.1:1", "1:token") == ()
