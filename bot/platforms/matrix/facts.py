"""State what Matrix can do, see and keep."""

from handlers.messages import PlatformFacts
from handlers.texts.catalogue import Wording

PLATFORM = "matrix"
MAX_UNITS = 16_000
"""The longest message, in UTF-16 code units: a quarter of an event's 64 KiB."""

MATRIX = PlatformFacts(
    name=PLATFORM,
    reads_along=lambda texts: texts.matrix.reads_along,
    keeps=lambda texts: texts.matrix.keeps,
    can_clear=True,
    single=True,
    leaves=True,
    reorders=True,
    message_units=MAX_UNITS,
    wording=Wording.ROOM,
)
