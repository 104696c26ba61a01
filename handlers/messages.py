"""The only types that cross between a platform and the handlers. Neither prints what it holds."""

from dataclasses import dataclass, field
from enum import IntEnum

from handlers.texts.catalogue import Wording
from store.model.accounts import Account


@dataclass(frozen=True, slots=True)
class TextMessage:
    """A person wrote words."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ButtonPress:
    """A person pressed a button; the platform resolved it to a question and what was chosen."""

    question: str
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnresolvedPress:
    """A person pressed a button; what it stands for is only known beside the open question."""

    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class EditedMessage:
    """A person changed what they had written; ``of`` is the platform's id of that message."""

    text: str = field(repr=False)
    of: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class UnusableMessage:
    """Something this build cannot take: a picture, a voice message, a file, a sticker."""

    kind: str


MessageContent = TextMessage | ButtonPress | UnresolvedPress | EditedMessage | UnusableMessage


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """One message of one account; ``id`` is the platform's own, so that it counts once."""

    id: str = field(repr=False)
    who: Account
    heard: MessageContent
    message: str = field(default="", repr=False)
    """The platform's id of what stands in the chat now, so that it can be cleaned from there."""
    on: str = field(default="", repr=False)
    """The platform's id of the message whose button was pressed."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One choice that can be pressed, or typed by its number or its words."""

    id: str
    label: str
    token: str = field(default="", repr=False)
    """What a button of it says to the program; means nothing to anybody else. Empty: no button."""
    ticked: bool = False


class ChatClearing(IntEnum):
    """What goes from the chat before a message appears."""

    NOTHING = 0
    PASSED = 1  # what is answered; not what must be copied first
    ALL = 2


@dataclass(frozen=True, slots=True)
class Reply:
    """One message to an account, rendered."""

    text: str = field(repr=False)
    question: str = ""
    """Id of the question it asks; empty if it asks nothing."""
    offers: tuple[Offer, ...] = ()
    several: bool = False
    """More than one offer may be chosen."""
    footer: str = ""
    """What can be done besides answering; shown small."""
    silent: bool = False
    """Late or repeated: no sound."""
    clear: ChatClearing = ChatClearing.NOTHING
    """How far the reporter wants the chat cleaned before this appears."""
    copyable: bool = True
    """False for questions and read-back, which a platform may protect from being passed on."""
    lasting: bool = False
    """It stays until the end of the talk, however the chat is cleaned: it must be copied first."""
    traced: bool = True
    """It may be cleaned away later; False where the reporter does that without help."""
    commands: tuple[Offer, ...] = ()
    """What a platform with buttons offers besides the answers."""
    told: bool = False
    """What the reporter told stands in it: a platform may not change a sign of it."""
    for_reader: bool = False
    """A notice to a reader: where silence would hide it, it may make a sound."""
    once: str = field(default="", repr=False)
    """Names this message for a platform that takes each only once; means nothing to others."""


@dataclass(frozen=True, slots=True)
class PlatformFacts:
    """What a platform can do and see; the limits that are said to reporters depend on it."""

    name: str
    reads_along: str
    """Who besides this program can read what is typed, as half a sentence."""
    keeps: str
    """What the platform or device may keep after cleaning, as a sentence."""
    can_clear: bool
    single: bool = False
    """Single messages can be deleted: a chat, rather than a screen."""
    buttons: bool = False
    """Choices can be pressed, and ticked."""
    leaves: bool = False
    """The program goes from the chat when a talk is over."""
    deletable_hours: int | None = None
    """How long after it was sent a message can still be deleted; None: always."""
    message_units: int | None = None
    """The longest message, in UTF-16 code units; None: there is no limit."""
    wording: Wording = Wording.CHAT
    """Which variant of the texts that depend on the platform is used."""

    @property
    def ages(self) -> bool:
        """Old messages cannot be deleted any more."""
        return self.deletable_hours is not None
