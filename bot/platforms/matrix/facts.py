"""State what Matrix can do, see and keep."""

from handlers.messages import PlatformFacts
from handlers.texts.catalogue import Wording

PLATFORM = "matrix"
MAX_UNITS = 16_000
"""The longest message, in UTF-16 code units: a quarter of an event's 64 KiB."""

MATRIX = PlatformFacts(
    name=PLATFORM,
    reads_along=", and servers see only that you write",
    keeps="what servers keep of it, still encrypted, and what your other devices keep.",
    can_clear=True,
    single=True,
    leaves=True,
    reorders=True,
    message_units=MAX_UNITS,
    wording=Wording.ROOM,
)
