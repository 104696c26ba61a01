"""State what Telegram can do, see and keep, without its library, which takes long to import."""

from bot.runtime.rate_limits import Pace
from handlers.messages import PlatformFacts

DELETABLE_HOURS = 48
"""How long a bot may delete a message (Bot API, deleteMessage)."""

MAX_UNITS = 4096
"""The longest message, in UTF-16 code units, as Telegram counts."""

FILE_BYTES = 50_000_000
"""The longest file that a bot may send."""

CHAT_PACE = Pace(seconds=1.0, burst=20, steady=3)
"""One message a second in a chat, and short bursts (Bot FAQ, "My bot is hitting limits").

How long a burst may be is not published; twenty are as many as a talk with one reader may have.
Telegram's own Bot API server counts changed messages like new ones, and acknowledged presses not
(tdlib/telegram-bot-api, issue 648). An answer is at most three calls: it deletes, sends, changes.
"""

TELEGRAM = PlatformFacts(
    name="telegram",
    reads_along=lambda texts: texts.telegram.reads_along,
    keeps=lambda texts: texts.telegram.keeps,
    can_clear=True,
    single=True,
    buttons=True,
    deletable_hours=DELETABLE_HOURS,
    message_units=MAX_UNITS,
    file_bytes=FILE_BYTES,
    ordered_ids=True,
)
