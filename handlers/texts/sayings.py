"""The things that people say to the bot besides answering, as fixed patterns by language.

No model of a language is asked. A pattern is a regular expression over the folded words of a whole
message (``flows.folding``): lower case, no apostrophes, no punctuation, one blank between words.
"""

from collections.abc import Mapping
from enum import StrEnum


class Saying(StrEnum):
    """What somebody means who says something to the bot.

    None of them allows, shares or erases anything, however it is understood.
    """

    GREETING = "greeting"
    HELLO_OR_GOODBYE = "hello_or_goodbye"
    """With the same word people come and leave: *ciao*."""
    GOODBYE = "goodbye"
    RETURNED = "returned"
    YES = "yes"
    NO = "no"
    UNSURE = "unsure"
    CONFUSED = "confused"
    STOP = "stop"
    MOMENT = "moment"
    """Somebody needs a moment, or something to write with, and stays."""
    REGRET = "regret"
    """Somebody has just shared a story, and may want it undone: *no wait*, *wrong person*."""
    PAUSE = "pause"
    BACK = "back"
    ERASE = "erase"
    UNSEND = "unsend"
    NO_CONTACT = "no_contact"
    DANGER = "danger"
    HELP = "help"
    WHO = "who"
    WHO_READER = "who_reader"
    READERS = "readers"
    WAS_READ = "was_read"
    ANONYMOUS = "anonymous"
    POLICE = "police"
    CALL = "call"
    REPLY = "reply"
    JUDGE = "judge"
    LOST_WORDS = "lost_words"
    LOSING_WORDS = "losing_words"
    WROTE_DOWN = "wrote_down"
    SCREENSHOT = "screenshot"
    ADD = "add"
    ADD_ASIDE = "add_aside"
    SHOW = "show"
    SKIP = "skip"
    DONE = "done"
    MISTAKE = "mistake"
    BEFORE = "before"
    HOW_LONG = "how_long"
    HOW_MUCH = "how_much"
    LANGUAGE = "language"
    THANKS = "thanks"
    APOLOGY = "apology"
    TEST = "test"


Patterns = Mapping[Saying, tuple[str, ...]]
"""The patterns of one language, the most urgent sayings first: the first that fits counts."""
