"""Effects that only Telegram knows."""

from dataclasses import dataclass, field

from handlers.effects import PlatformEffect


@dataclass(frozen=True, slots=True)
class AcknowledgePress(PlatformEffect):
    """Tell the client that a button was pressed, so that it stops waiting."""

    press: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ExplainToGroup(PlatformEffect):
    """Say in a group that the bot does not belong there."""

    chat: int = field(repr=False)


@dataclass(frozen=True, slots=True)
class LeaveGroup(PlatformEffect):
    """Leave a group."""

    chat: int = field(repr=False)
