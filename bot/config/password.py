"""The password of the database, which lies in a file of its own."""

from bot.config.values import Store
from bot.errors import FolderError


def read_password(store: Store) -> str | None:
    """Return the password that the config names a file for; None if it names none.

    Raises ``FolderError`` with the cure if the file is empty or cannot be read.
    """
    if store.password_file is None:
        return None
    try:
        password = store.password_file.read_text("utf-8-sig").strip("\r\n")
    except (OSError, UnicodeDecodeError):
        password = ""
    if not password:
        raise FolderError(
            f"{store.password_file} is empty or cannot be read. Put the password of PostgreSQL's "
            "user into it, and let only the bot's user read it; or take store.password_file out "
            "of the config if PostgreSQL wants no password."
        )
    return password
