"""The only types that cross between a platform and the handlers. Neither prints what it holds."""

from dataclasses import dataclass, field

from store.records import Account


@dataclass(frozen=True, slots=True)
class Text:
    """A person wrote words."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Press:
    """A person pressed a button; the platform resolved it to a question and what was chosen."""

    question: str
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unusable:
    """Something this build cannot take: a picture, a voice message, a file, an edit, a sticker."""

    kind: str


Heard = Text | Press | Unusable


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message of one account; ``id`` is the platform's own, so that it counts once."""

    id: str = field(repr=False)
    who: Account
    heard: Heard


@dataclass(frozen=True, slots=True)
class Offer:
    """One choice that can be pressed, or typed by its number or its words."""

    id: str
    label: str


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
    clear: bool = False
    """The reporter wants the chat cleaned before this appears."""
    copyable: bool = True
    """False for questions and read-back, which a platform may protect from being passed on."""


@dataclass(frozen=True, slots=True)
class Platform:
    """What a platform can do and see; the limits that are said to reporters depend on it."""

    name: str
    reads_along: str
    """Who besides this program can read what is typed, as half a sentence."""
    keeps: str
    """What the platform or device may keep after cleaning, as a sentence."""
    can_clear: bool
