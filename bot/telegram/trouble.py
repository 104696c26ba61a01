"""What is wrong with the connection: said once in plain words, and when it is over."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from telegram.error import Conflict, InvalidToken, TelegramError

from bot.logs import Event, event

_log = logging.getLogger(__name__)


class Trouble(Enum):
    """Each with what to do about it. Nobody has to start the bot again for any of them."""

    NOT_LET_IN = (
        "Telegram does not take the bot's token. Ask @BotFather for the token and put it into "
        "the file that telegram.token_file names: it is read again by itself."
    )
    RIVAL = (
        "Another program asks Telegram for this bot's messages, with the same token. Only one "
        "may: stop the other one. If you do not know it, let @BotFather revoke the token."
    )
    AWAY = (
        "Telegram cannot be reached. It is tried again and again, and nothing that people write "
        "is lost for 24 hours. Check the network, and telegram.api_base in the config."
    )


EVENTS = {
    Trouble.NOT_LET_IN: Event.NOT_LET_IN,
    Trouble.RIVAL: Event.SECOND_POLLER,
    Trouble.AWAY: Event.UNREACHABLE,
}
OVER = "Telegram is there again."


def trouble_of(error: TelegramError) -> Trouble:
    """Which it is."""
    if isinstance(error, InvalidToken):
        return Trouble.NOT_LET_IN
    return Trouble.RIVAL if isinstance(error, Conflict) else Trouble.AWAY


@dataclass(slots=True)
class Herald:
    """Says each change to the operator, and no more."""

    tell: Callable[[str], None]
    now: Trouble | None = None

    def trouble(self, error: TelegramError) -> None:
        """Something is wrong."""
        found = trouble_of(error)
        if found is not self.now:
            self.now = found
            event(_log, EVENTS[found], error=error)
            self.tell(found.value)

    def fine(self) -> None:
        """An answer came."""
        if self.now is not None:
            self.now = None
            event(_log, Event.REACHED, platform="telegram")
            self.tell(OVER)
