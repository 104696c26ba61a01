"""The numbers of Telegram stand in our code, and are those of its library."""

from telegram.constants import FileSizeLimit, MessageLimit

from bot.platforms.telegram.facts import FILE_BYTES, MAX_UNITS


def test_the_limits_are_those_of_the_library() -> None:
    assert MessageLimit.MAX_TEXT_LENGTH == MAX_UNITS
    assert FileSizeLimit.FILESIZE_UPLOAD == FILE_BYTES
