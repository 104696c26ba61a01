"""The types that cross between a platform and the handlers. None prints what people wrote."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, IntEnum, auto

from handlers.texts.catalogue import Catalogue, Wording
from store.model.accounts import Account
from store.model.inbox import InboxRow, MessageKey


@dataclass(frozen=True, slots=True)
class TextMessage:
    """Hold what a person wrote."""

    text: str = field(repr=False)
    whole: str = field(default="", repr=False)
    """The text as the chat shows it, with what it quotes and where its links lead; empty if it is
    the text alone. It is sealed, and never read as a command or a choice."""
    forwarded: bool = False
    """Somebody else wrote it, or it was written elsewhere: it never is a choice."""
    secret: str = field(default="", repr=False)
    """What of it may be recovery words or a take-back code, without what leads into them."""

    @property
    def shown(self) -> str:
        """Return what the chat shows of it."""
        return self.whole or self.text

    @property
    def own(self) -> str:
        """Return the person's own words."""
        return "" if self.forwarded else self.text


@dataclass(frozen=True, slots=True)
class ButtonPress:
    """Hold the question and the choices that a pressed button stands for."""

    question: str
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnresolvedPress:
    """Hold the token of a pressed button, which only the open question can resolve."""

    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class EditedMessage:
    """Hold the new text of an edited message; ``of`` is the platform's id of that message."""

    text: str = field(repr=False)
    of: str = field(repr=False)
    whole: str = field(default="", repr=False)
    """As in ``TextMessage``."""
    secret: str = field(default="", repr=False)
    """As in ``TextMessage``."""


@dataclass(frozen=True, slots=True)
class UnusableMessage:
    """Stand for something that this build cannot take: a picture, a voice message, a file."""

    kind: str


ALBUM_PART = "album"
"""The kind of a further part of an album: the answer to its first part stands for all."""

MessageContent = TextMessage | ButtonPress | UnresolvedPress | EditedMessage | UnusableMessage


class LastAnswer(Enum):
    """What was last said to an account, as far as a bare *yes* may answer it."""

    WELCOME = auto()
    """The welcome, or what only explains something below it."""
    NO_QUESTION = auto()
    """Something that asks for nothing."""
    AHEAD = auto()
    """A question that was not in the chat yet when this message was written."""
    OTHER = auto()
    """Something else, or nobody knows any more."""


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """Hold one message of one account; ``id`` is the platform's own, so that it counts once."""

    id: str = field(repr=False)
    who: Account
    heard: MessageContent
    message: str = field(default="", repr=False)
    """The platform's id of the message in the chat, by which it can be deleted there."""
    on: str = field(default="", repr=False)
    """The platform's id of the message whose button was pressed."""
    helped: bool = False
    """Help is sent for it beside its turn, which does not send it again."""
    refused_at: str = ""
    """The question at which the message was refused that this one edits."""
    repeated: bool = False
    """It is the same tap once more, and the answer to the first is on its way."""
    last_answer: LastAnswer = LastAnswer.OTHER
    """What stands right above it in the chat."""
    burst_of: str = ""
    """The step that was answered just before, if the next question was not shown yet."""
    row: InboxRow | None = None
    """The row of the inbox in which it waits; None if it is handled without having waited."""

    @property
    def key(self) -> MessageKey:
        """Return by what its turn claims it."""
        return self.id if self.row is None else self.row


@dataclass(frozen=True, slots=True)
class Offer:
    """Describe one choice, which can be pressed, or typed by its number or its words."""

    id: str
    label: str
    token: str = field(default="", repr=False)
    """What its button sends; it means nothing to anybody else. Empty if there is no button."""
    ticked: bool = False
    number: int = 0
    """The number by which it can be typed; 0: its place in the list."""


class ChatClearing(IntEnum):
    """Say which messages are deleted from the chat before another one appears."""

    NOTHING = 0
    ENDED_HOLDS = 1  # the buttons that stopped what cannot be stopped any more
    PASSED = 2  # what was answered; not what must be copied first
    COPIED = 3  # what was to be copied as well: it was given back
    ALL = 4  # but for the button that stops what is held


@dataclass(frozen=True, slots=True)
class CopiedNumber:
    """Hold a telephone number that a button copies."""

    number: str
    label: str


@dataclass(frozen=True, slots=True)
class Reply:
    """Hold one rendered message to an account."""

    text: str = field(repr=False)
    question: str = ""
    """Id of the question it asks; empty if it asks nothing."""
    offers: tuple[Offer, ...] = ()
    several: bool = False
    """More than one offer may be chosen."""
    footer: str = ""
    """The commands that can be used besides answering; shown small."""
    silent: bool = False
    """It makes no sound, because it is late or repeated."""
    clear: ChatClearing = ChatClearing.NOTHING
    """What the reporter wants deleted from the chat before this appears."""
    copyable: bool = True
    """False for questions and for what was told, which a platform may protect from forwarding."""
    lasting: bool = False
    """It stays until the conversation ends, however the chat is cleaned: it must be copied."""
    traced: bool = True
    """It may be deleted later; False if the reporter chose to do that alone."""
    commands: tuple[Offer, ...] = ()
    """The commands that a platform with buttons offers besides the answers."""
    told: bool = False
    """It repeats what the reporter told: a platform may not change a character of it."""
    for_reader: bool = False
    """It is a notice to a reader: where silence would hide it, it may make a sound."""
    to_copy: tuple[CopiedNumber, ...] = ()
    """Telephone numbers in it, which a platform may offer to copy by a tap."""
    hold: str = field(default="", repr=False)
    """The hand-over that its button stops: it stays in the chat as long as that is possible."""
    once: str = field(default="", repr=False)
    """Idempotency key for platforms that take each message only once."""

    def in_parts(self, texts: Sequence[str]) -> tuple["Reply", ...]:
        """Say it in several texts: before the first one the chat is cleaned, the last one asks."""
        *before, last = texts
        whole = replace(self, text=last)
        if not before:
            return (whole,)
        plain = replace(self, question="", offers=(), several=False, footer="", commands=())
        quiet = replace(plain, to_copy=(), hold="")
        first, *others = (*(replace(quiet, text=text) for text in before), whole)
        return (first, *(replace(part, clear=ChatClearing.NOTHING) for part in others))


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """Hold one file to an account."""

    name: str
    data: bytes = field(repr=False)
    silent: bool = False
    """It makes no sound where a file can do without, because it is late or repeated."""
    once: str = field(default="", repr=False)
    """Idempotency key for platforms that take each message only once."""


@dataclass(frozen=True, slots=True)
class PlatformFacts:
    """Describe what a platform can do and see; what reporters are told depends on it."""

    name: str
    reads_along: Callable[[Catalogue], str]
    """Says who besides this program can read what is typed, as half a sentence."""
    keeps: Callable[[Catalogue], str]
    """Says what the platform or device may keep after cleaning, as a sentence."""
    can_clear: bool
    single: bool = False
    """Single messages can be deleted: it is a chat, rather than a screen."""
    buttons: bool = False
    """Choices can be pressed, and ticked."""
    leaves: bool = False
    """The bot leaves the chat when a conversation is over."""
    reorders: bool = False
    """Messages are carried by somebody who cannot read them, and can still hold them back, repeat
    them or change their order. Where it is False, whoever can do that could also write them."""
    deletable_hours: int | None = None
    """How long after it was sent a message can still be deleted; None: always."""
    message_units: int | None = None
    """The longest message, in UTF-16 code units; None: there is no limit."""
    file_bytes: int | None = None
    """The largest file that the bot can send; None: only the server knows."""
    ordered_ids: bool = False
    """The ids of messages are numbers that grow in the order in which they came into the chat."""
    wording: Wording = Wording.CHAT
    """The variant of the texts that depend on the platform."""

    @property
    def ages(self) -> bool:
        """Return whether old messages cannot be deleted any more."""
        return self.deletable_hours is not None
