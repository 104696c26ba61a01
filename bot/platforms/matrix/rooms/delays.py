"""Set how long the bot waits before it greets, leaves, or gives up a room."""

from dataclasses import dataclass

GRACE_SECONDS = 2.0
"""Some apps turn on encryption a moment after they invite."""
GREETING_SECONDS = 3.0
"""A person who has not written by then is greeted."""
LINGER_SECONDS = 5.0
"""After the end of a conversation, for a message that is still on its way."""
PARTNER_SECONDS = 600.0
"""A room is left whose other person was invited and has not entered by then."""
IDLE_SECONDS = 7 * 24 * 3600.0
"""A room in which nothing is open and nobody writes is left after that."""


@dataclass(frozen=True, slots=True)
class MembershipDelays:
    """The delays, in seconds; tests use shorter ones."""

    grace: float = GRACE_SECONDS
    greet: float = GREETING_SECONDS
    linger: float = LINGER_SECONDS
    idle: float = IDLE_SECONDS
    partner: float = PARTNER_SECONDS
