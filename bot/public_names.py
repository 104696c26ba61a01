"""Find words in what a platform shows of the bot that tell its topic to whoever sees the phone.

A name stands on lock screens, in lists of chats and in notifications, where others look as well.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bot.config.values import Config
from flows.folding import folded
from handlers.texts.languages import FIRST_LANGUAGE
from handlers.texts.languages import LANGUAGES as SPOKEN
from handlers.texts.platform_catalogue import TelegramTexts
from handlers.texts.typed_languages import TYPED_LANGUAGES

FEWEST_LETTERS = 6
"""Shorter words stand inside of others that mean something else: *grape* is a fruit."""

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[_\d.:@-]+")
"""Where a name that has no blanks is put together."""


@dataclass(frozen=True, slots=True)
class PublicName:
    """Hold one thing that a platform shows of the bot, and where it is changed."""

    what: str
    text: str = field(repr=False)
    cure: str
    joined: bool = False
    """It is a name without blanks, in which words stand one behind the other."""


def topic_words_in(name: PublicName) -> tuple[str, ...]:
    """Return the words of a name that tell its topic, as they were found, each once.

    All languages are looked through, whatever the bot speaks: whoever looks at the phone may read
    any of them.
    """
    found: dict[str, None] = {}
    for language in TYPED_LANGUAGES:
        topics = language.topics
        words = language.compared(folded(_CAMEL.sub(" ", name.text))).split()
        text = f" {' '.join(words)} "
        run_together = text.replace(" ", "")
        found |= dict.fromkeys(w for w in words if w.startswith(topics.beginnings))
        found |= dict.fromkeys(each for each in sorted(topics.words) if f" {each} " in text)
        if name.joined and not found:
            inside = (b for b in topics.beginnings if b in run_together)
            long = (w for w in sorted(topics.words) if len(w) >= FEWEST_LETTERS)
            edge = (w for w in long if _is_at_the_edge(run_together, w))
            found |= dict.fromkeys((*inside, *edge))
    return tuple(found)


def _is_at_the_edge(run_together: str, word: str) -> bool:
    """Return whether a name begins or ends with a word, the usual ``bot`` behind it left out."""
    name, plain = run_together.removesuffix("bot"), word.replace(" ", "")
    return name.startswith(plain) or name.endswith(plain)


def topic_notes(names: Iterable[PublicName]) -> list[str]:
    """Say of each name that tells its topic which words do, why that matters, and the cure."""
    return [
        f"{name.what}, “{name.text}”, tells what the bot is for ({', '.join(words)}). It stands "
        f"on lock screens and in lists of chats, where somebody else may see it. {name.cure}"
        for name in names
        if (words := topic_words_in(name))
    ]


def configured_names(config: Config) -> Sequence[PublicName]:
    """Return what the platforms that are configured show of the bot, as far as the config says."""
    organisation = config.organisation.name
    names: list[PublicName] = []
    if config.telegram is not None or config.matrix is not None:
        cure = "A neutral name is safer: change `name` below [organisation]."
        names.append(PublicName("The organisation's name", organisation, cure))
    if config.telegram is not None:
        names += _texts_on_telegram(SPOKEN[FIRST_LANGUAGE].texts.telegram)
    if (matrix := config.matrix) is not None:
        local = matrix.user_id.partition(":")[0]
        cure = "An account with a neutral name is safer."
        names.append(PublicName("The bot's user id on Matrix", local, cure, joined=True))
        cure = "A neutral name is safer: change `device_name` below [matrix]."
        names.append(
            PublicName("The name of the bot's device on Matrix", matrix.device_name, cure)
        )
    return names


def _texts_on_telegram(texts: TelegramTexts) -> list[PublicName]:
    """Return the bot's own texts in its profile; whose it is, is looked at by itself."""
    cure = "Report this fault of Holdfast."
    return [
        PublicName("The bot's description on Telegram", texts.about.format(organisation=""), cure),
        PublicName(
            "The bot's short description on Telegram",
            texts.about_short.format(organisation=""),
            cure,
        ),
        *(
            PublicName(f"The line of /{name} in the bot's menu", f"{name} {about}", cure)
            for name, about in texts.menu.items()
        ),
    ]
