"""Effects that only Matrix knows."""

from dataclasses import dataclass, field

from handlers.effects import PlatformEffect


@dataclass(frozen=True, slots=True)
class SendToAllDevices(PlatformEffect):
    """Send a text to every device of an account, also to those that nobody vouches for.

    Anybody may read it, so it says nothing of anybody.
    """

    room: str = field(repr=False)
    user: str = field(repr=False)
    text: str
