"""Name what can be wrong with the bot's account on Matrix, and tell the operator the cure."""

from enum import Enum

from bot.errors import CryptoStoreError, HoldfastError
from bot.platforms.matrix.account import PasswordMissing
from bot.platforms.matrix.crypto.identity import DeviceKeyMismatch, ForeignIdentity
from bot.platforms.matrix.http_client import HttpError, RequestDenied, SessionExpired
from bot.runtime.logs import Event
from bot.runtime.status import Problem


class LoginRefused(Exception):
    """The homeserver refuses user and password, or has closed the account."""

    def __init__(self) -> None:
        super().__init__("The homeserver does not let the bot in.")


class WrongAccount(Exception):
    """The session in the keyring belongs to another account than the config names."""

    def __init__(self) -> None:
        super().__init__("The keyring's session is of another account.")


class Failure(Enum):
    """Each failure as the operator is told of it. None of them needs a restart of the bot."""

    LOGIN_REFUSED = (
        "The homeserver does not take the bot's user and password. Look at matrix.user_id, and "
        "put the password into the file that matrix.password_file names: it is tried again by "
        "itself. What people write meanwhile waits at the homeserver."
    )
    CREDENTIALS_MISSING = (
        "The file that matrix.password_file names is empty or cannot be read. Put the password of "
        "the bot's account into it, and let only the bot's user read it: it is looked for again "
        "by itself."
    )
    FOREIGN_IDENTITY = (
        "The bot's account on Matrix has an identity whose keys are not in bot.keys, so the bot "
        "does not speak there. If bot.keys was lost, restore it from its copy. If somebody else "
        "logged in to the account, change its password first. Only if neither helps: `holdfast "
        "matrix new-identity` makes a new one, and everybody who talks to the bot will see that "
        "it changed. What people write meanwhile may have to be sent again; the bot asks for it."
    )
    KEY_MISMATCH = (
        "The homeserver shows a device of the bot with keys that the bot does not have, or does "
        "not take its signature, so the bot does not speak there. Ask who runs the homeserver; "
        "docs/operators.md says what else to do."
    )
    OTHER_ACCOUNT = (
        "bot.keys holds the session of another Matrix account than matrix.user_id names. Put the "
        "right user into the config; for a new account, take the lines that begin with 'matrix.' "
        "out of bot.keys."
    )
    DENIED = (
        "The homeserver refuses something that the bot needs, although it takes the bot's "
        "password. It is tried again by itself. Ask who runs the homeserver; it must be of the "
        "year 2024 or younger (Matrix 1.11)."
    )
    UNREACHABLE = (
        "The homeserver cannot be reached. It is tried again and again, and what people write "
        "waits there. Check the network, and matrix.homeserver in the config."
    )


EVENTS = {
    Failure.LOGIN_REFUSED: Event.CREDENTIALS_REFUSED,
    Failure.CREDENTIALS_MISSING: Event.PASSWORD_MISSING,
    Failure.FOREIGN_IDENTITY: Event.FOREIGN_IDENTITY,
    Failure.KEY_MISMATCH: Event.FOREIGN_IDENTITY,
    Failure.OTHER_ACCOUNT: Event.FOREIGN_IDENTITY,
    Failure.DENIED: Event.UNREACHABLE,
    Failure.UNREACHABLE: Event.UNREACHABLE,
}

FAILURES: tuple[tuple[type[Exception], Failure], ...] = (
    (PasswordMissing, Failure.CREDENTIALS_MISSING),
    (LoginRefused, Failure.LOGIN_REFUSED),
    (WrongAccount, Failure.OTHER_ACCOUNT),
    (ForeignIdentity, Failure.FOREIGN_IDENTITY),
    (DeviceKeyMismatch, Failure.KEY_MISMATCH),
    (SessionExpired, Failure.LOGIN_REFUSED),
    (RequestDenied, Failure.DENIED),
)

ACCOUNT_ERRORS = (
    PasswordMissing,
    LoginRefused,
    WrongAccount,
    CryptoStoreError,
    ForeignIdentity,
    DeviceKeyMismatch,
    HttpError,
)
"""Every error that ends an attempt to connect and is reported to the operator."""


def failure_of(error: Exception) -> Failure:
    """Return the failure that an error stands for."""
    return next(
        (found for kind, found in FAILURES if isinstance(error, kind)), Failure.UNREACHABLE
    )


def problem_of(error: Exception) -> Problem:
    """Explain an error to the operator; a ``HoldfastError`` says itself what to do."""
    if isinstance(error, HoldfastError):
        return Problem(str(error), Event.STORE_UNUSABLE)
    failure = failure_of(error)
    return Problem(failure.value, EVENTS[failure])
