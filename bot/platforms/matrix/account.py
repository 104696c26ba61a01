"""The bot's account on Matrix as the config names it; reading it needs no library of Matrix."""

from dataclasses import dataclass, field
from pathlib import Path

from bot.config.values import Config


class PasswordMissing(Exception):
    """No password could be read from the file that the config names."""

    def __init__(self) -> None:
        super().__init__("No password could be read.")


@dataclass(frozen=True, slots=True)
class MatrixAccount:
    """The bot's account, and the file with its password."""

    homeserver: str
    user: str = field(repr=False)
    password_file: Path
    device_name: str
    folder: Path
    """Holds the file of the sessions."""

    def read_password(self) -> str:
        """Read the password, each time anew; raise ``PasswordMissing`` if there is none."""
        try:
            text = self.password_file.read_text("utf-8-sig").strip("\r\n")
        except (OSError, UnicodeDecodeError):
            raise PasswordMissing from None
        if not text:
            raise PasswordMissing
        return text


def account_of(config: Config) -> MatrixAccount | None:
    """Return the bot's account on Matrix, if the config names one."""
    if config.matrix is None:
        return None
    return MatrixAccount(
        config.matrix.homeserver,
        config.matrix.user_id,
        config.matrix.password_file,
        config.matrix.device_name,
        config.store.folder / "matrix",
    )
