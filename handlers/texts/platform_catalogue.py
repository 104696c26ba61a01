"""The types of the texts of buttons and footers, of readers, of times and of single platforms."""

from collections.abc import Mapping
from dataclasses import dataclass

from handlers.texts.counted import Counted


@dataclass(frozen=True, slots=True)
class ReaderTexts:
    """Hold what readers are told in chat; it never says what was shared."""

    notice: str
    destroy: str
    inbox: str
    inbox_line: str
    new: str
    old: str
    empty: str
    unlinked: str
    invited: str
    joined: str
    wrong: str
    unknown: str
    no_delivery: str
    too_many_joins: str
    too_many_digits: str
    too_large: str
    ended: str


@dataclass(frozen=True, slots=True)
class FooterTexts:
    """Hold the commands that are shown small beneath a question."""

    text: str
    single: str
    choice: str
    frame: str
    hello: str


@dataclass(frozen=True, slots=True)
class TelegramTexts:
    """Hold what Telegram shows of the bot, and what it says in groups."""

    group: str
    menu: Mapping[str, str]
    about_short: str
    about: str
    reads_along: str
    keeps: str


@dataclass(frozen=True, slots=True)
class MatrixTexts:
    """Hold what is said about rooms and devices on Matrix."""

    left: str
    wrong: str
    replaced: str
    other_identity: Counted
    other_identity_ended: str
    device: str
    stays: str
    reads_along: str
    keeps: str


@dataclass(frozen=True, slots=True)
class TerminalTexts:
    """Hold what is said about the screen of a computer."""

    reads_along: str
    keeps: str


@dataclass(frozen=True, slots=True)
class ChatTexts:
    """Hold the texts that depend on where they are read: one value for each ``Wording``."""

    clean_chat: str
    gone_at_once: str
    goodbye: str
    uncleaned: Counted
    privacy: str


@dataclass(frozen=True, slots=True)
class TimeTexts:
    """Hold times as people say them; each stands inside a sentence."""

    within_hour: str
    in_hours: Counted
    on_day: str
    this_week: str
    last_week: str
    week: str
