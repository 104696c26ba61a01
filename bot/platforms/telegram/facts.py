"""State what Telegram can do, see and keep."""

from telegram.constants import MessageLimit

from handlers.messages import PlatformFacts

DELETABLE_HOURS = 48
"""How long a bot may delete a message (Bot API, deleteMessage)."""

MAX_UNITS = int(MessageLimit.MAX_TEXT_LENGTH)
"""The longest message, in UTF-16 code units, as Telegram counts."""

TELEGRAM = PlatformFacts(
    name="telegram",
    reads_along=", and so can Telegram; it also sees recovery words that are shown here",
    keeps="what Telegram keeps on its servers.",
    can_clear=True,
    single=True,
    buttons=True,
    deletable_hours=DELETABLE_HOURS,
    message_units=MAX_UNITS,
)
