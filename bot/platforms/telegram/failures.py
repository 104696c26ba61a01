"""What can be wrong with the connection to Telegram, and what to do about each."""

import logging
from enum import Enum

from telegram.error import Conflict, InvalidToken, TelegramError

from bot.runtime.logs import Event, event
from bot.runtime.status import Problem, StatusReporter

_log = logging.getLogger(__name__)


class TokenMissing(TelegramError):
    """The token file is empty or cannot be read."""

    def __init__(self) -> None:
        super().__init__("No token could be read.")


class Failure(Enum):
    """Everything that can be wrong, with what to do about it; none of it needs a restart."""

    CREDENTIALS_REFUSED = (
        "Telegram does not take the bot's token. Ask @BotFather for the token and put it into "
        "the file that telegram.token_file names: it is read again by itself."
    )
    SECOND_POLLER = (
        "Another program asks Telegram for this bot's messages, with the same token. Only one "
        "may: stop the other one. If you do not know it, let @BotFather revoke the token."
    )
    CREDENTIALS_MISSING = (
        "The file that telegram.token_file names is empty or cannot be read. Put the token that "
        "@BotFather gave you into it, and let only the bot's user read it: it is looked for again "
        "by itself."
    )
    UNREACHABLE = (
        "Telegram cannot be reached. It is tried again and again, and nothing that people write "
        "is lost for 24 hours. Check the network, and telegram.api_base in the config."
    )


EVENTS = {
    Failure.CREDENTIALS_REFUSED: Event.CREDENTIALS_REFUSED,
    Failure.CREDENTIALS_MISSING: Event.TOKEN_MISSING,
    Failure.SECOND_POLLER: Event.SECOND_POLLER,
    Failure.UNREACHABLE: Event.UNREACHABLE,
}
WEBHOOK = (
    "Telegram was told to send this bot's messages to a web address. That is taken back now: this "
    "version asks for them. If you do not know why it was so, let @BotFather revoke the token."
)


def failure_of(error: Exception) -> Failure:
    """Classify an error of the connection."""
    if isinstance(error, TokenMissing):
        return Failure.CREDENTIALS_MISSING
    if isinstance(error, InvalidToken):
        return Failure.CREDENTIALS_REFUSED
    return Failure.SECOND_POLLER if isinstance(error, Conflict) else Failure.UNREACHABLE


def problem_of(error: Exception) -> Problem:
    """Explain an error of the connection to the operator."""
    failure = failure_of(error)
    return Problem(failure.value, EVENTS[failure])


def report_webhook(status: StatusReporter) -> None:
    """Tell the operator that a webhook kept the bot from polling."""
    event(_log, Event.WEBHOOK, platform="telegram")
    status.notify_operator(WEBHOOK)
