"""What is wrong with the connection: said once in plain words, and when it is over."""

import logging
from dataclasses import dataclass, field
from enum import Enum

from telegram.error import Conflict, InvalidToken, TelegramError

from bot.runtime.logs import Event, event
from bot.runtime.status import StatusReporter, Tell

_log = logging.getLogger(__name__)


class NoToken(TelegramError):
    """There is nothing to ask Telegram with."""

    def __init__(self) -> None:
        super().__init__("No token could be read.")


class Failure(Enum):
    """Each with what to do about it. Nobody has to start the bot again for any of them."""

    NOT_LET_IN = (
        "Telegram does not take the bot's token. Ask @BotFather for the token and put it into "
        "the file that telegram.token_file names: it is read again by itself."
    )
    RIVAL = (
        "Another program asks Telegram for this bot's messages, with the same token. Only one "
        "may: stop the other one. If you do not know it, let @BotFather revoke the token."
    )
    TOKENLESS = (
        "The file that telegram.token_file names is empty or cannot be read. Put the token that "
        "@BotFather gave you into it, and let only the bot's user read it: it is looked for again "
        "by itself."
    )
    AWAY = (
        "Telegram cannot be reached. It is tried again and again, and nothing that people write "
        "is lost for 24 hours. Check the network, and telegram.api_base in the config."
    )


EVENTS = {
    Failure.NOT_LET_IN: Event.NOT_LET_IN,
    Failure.TOKENLESS: Event.TOKENLESS,
    Failure.RIVAL: Event.SECOND_POLLER,
    Failure.AWAY: Event.UNREACHABLE,
}
WEBHOOK = (
    "Telegram was told to send this bot's messages to a web address. That is taken back now: this "
    "version asks for them. If you do not know why it was so, let @BotFather revoke the token."
)


def trouble_of(error: TelegramError) -> Failure:
    """Which it is."""
    if isinstance(error, NoToken):
        return Failure.TOKENLESS
    if isinstance(error, InvalidToken):
        return Failure.NOT_LET_IN
    return Failure.RIVAL if isinstance(error, Conflict) else Failure.AWAY


@dataclass(slots=True)
class TelegramStatus:
    """Says each change to the operator, and no more."""

    tell: Tell
    reporter: StatusReporter = field(init=False)

    def __post_init__(self) -> None:
        self.reporter = StatusReporter(self.tell, "Telegram")

    def trouble(self, error: TelegramError) -> None:
        """Something is wrong."""
        found = trouble_of(error)
        self.reporter.say(found.value, EVENTS[found], error)

    def webhook(self) -> None:
        """One was in the way of asking."""
        event(_log, Event.WEBHOOK, platform="telegram")
        self.tell(WEBHOOK)

    def fine(self) -> None:
        """An answer came."""
        self.reporter.fine()
