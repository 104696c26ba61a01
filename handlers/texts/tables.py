"""What people type in one language, as tables; the bot understands all languages at once.

Nobody who is in danger chooses a language first, so a message is compared with the tables of every
language that ships, English first. The phrases of a table are written as ``flows.folding`` leaves
them: small letters, no apostrophes, no punctuation, one blank between words. Where a language is
compared without accents (``TypedLanguage.accents``), its tables are written without them as well.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flows.folding import without_accents
from handlers.texts.sayings import Patterns


@dataclass(frozen=True, slots=True)
class Sayings:
    """Hold what people say to the bot besides answering, as patterns over whole messages."""

    patterns: Patterns
    leading: tuple[str, ...]
    """Up to three of these may stand before a pattern, and change nothing."""
    trailing: tuple[str, ...]
    """Up to three of these may stand behind a pattern, and change nothing."""
    in_whole_words: bool = False
    """Whether the patterns repeat and leave out whole words only, never letters of a word. Then a
    message with a word that stands in no pattern is passed over."""

    def whole(self, alternatives: tuple[str, ...], *, led_in: bool = True) -> str:
        """Return one pattern for a whole message; ``led_in`` if words may stand before it."""
        before = f"(?:(?:{'|'.join(self.leading)}) ){{0,3}}" if led_in else ""
        behind = f"(?: (?:{'|'.join(self.trailing)})){{0,3}}"
        return f"{before}(?:{'|'.join(alternatives)}){behind}"


@dataclass(frozen=True, slots=True)
class ChoiceWords:
    """Hold what is typed in place of a label that stands before somebody."""

    by_choice: Mapping[str, frozenset[str]]
    """By the question and its choice. ``{hours}`` is how long a hand-over is held."""
    changes_a_line: frozenset[str]
    """At the overview: which line is to be changed is asked for."""
    leads_in_change: frozenset[str]
    """What may stand before that."""


@dataclass(frozen=True, slots=True)
class HoldPhrases:
    """Hold what is typed to stop, or delete, what is about to be shared."""

    stops: frozenset[str]
    erases: frozenset[str]
    beside: frozenset[str]
    """What may stand before, between or behind them and changes nothing."""
    contrary: frozenset[str]
    """Where one of these stands, nobody asks to stop: "don't stop it"."""
    it: frozenset[str]
    """What may stand behind the contrary, besides ``beside``."""


@dataclass(frozen=True, slots=True)
class Refusals:
    """Hold how a question is left out, above all how to be reached, as patterns.

    What may stand before and behind them is that of the sayings of the language.
    """

    bare_no: tuple[str, ...]
    """A refusal of whatever is asked."""
    no_name: tuple[str, ...]
    """A refusal to be called anything."""
    not_to_be_reached: tuple[str, ...]
    """A refusal to be reached, however it is asked for."""
    no_way: tuple[str, ...]
    """What says, where a way is asked for, that there is none."""
    this_chat: tuple[str, ...]
    """A way that readers do not have: the chat with the bot."""
    comes_back: tuple[str, ...]
    """Who says this wants to make the first step."""
    words: frozenset[str]
    """A part of an answer with one of these gives no way, unless a number or an address does."""
    parts: str
    """A pattern of what parts an answer."""
    leaves_answer: frozenset[str]
    """Where a question is asked again whose answer stands, these give no new one."""


@dataclass(frozen=True, slots=True)
class DangerPhrases:
    """Hold the phrases of one language that call for help lines."""

    anywhere: frozenset[str]
    """They count wherever they stand."""
    sentences: frozenset[str]
    """They count where they are all of a sentence, besides words of ``around``."""
    messages: frozenset[str]
    """They count where they are all of a message, besides words of ``around``."""
    around: frozenset[str]
    """Single words that change nothing before or behind a phrase."""
    denied_by: frozenset[str] = frozenset()
    """Right behind one of these words no phrase of ``anywhere`` counts: *no quiero morir*."""


@dataclass(frozen=True, slots=True)
class TopicWords:
    """Hold the words that tell what a bot is for to whoever glances at a lock screen."""

    beginnings: tuple[str, ...]
    """They count wherever a word begins with them, and inside names without blanks."""
    words: frozenset[str]
    """They count as whole words."""


@dataclass(frozen=True, slots=True)
class AnswerWords:
    """Hold the single words by which answers are read, and the phrases that act by themselves."""

    not_safe: frozenset[str]
    """They ask for help lines wherever they cannot be part of a story."""
    halting: frozenset[str]
    """As a whole message these halt a story too: it is asked whether they were told."""
    bare_commands: Mapping[str, str]
    """Words that act outside stories, by the command that they are. All of them halt, help, go
    back or take back, so that a misunderstanding allows nothing."""
    leaving: frozenset[str]
    """They stop where recovery words are awaited: a clear answer ends that."""
    bare_answers: frozenset[str]
    """They say nothing of what they answer."""
    yes: frozenset[str]
    stressing: frozenset[str]
    """Behind a yes these say it once more. Whoever says anything else may tell something."""
    polite: frozenset[str]
    """What is only said to be friendly, as words or phrases."""
    leading_in: frozenset[str]
    """With these labels begin; what follows names the choice as well."""
    said_beside: frozenset[str]
    """Words that change nothing of what is chosen where nothing is allowed by it."""
    limiting: frozenset[str]
    """Among several choices these words turn what stands beside them."""
    answering: frozenset[str]
    """Words that try to answer a question: nothing is lost if they are only asked for anew."""
    goes_on: frozenset[str]
    """What is typed for the button beneath a question that leads on, whatever it is called."""
    joins: str
    """A pattern of the word between two of several choices."""


@dataclass(frozen=True, slots=True)
class TypedLanguage:
    """Hold all tables of one language."""

    code: str
    """The tag of the language, as in ``LANGUAGES``."""
    accents: bool
    """Whether its words are compared with their accents; people often leave them out."""
    sayings: Sayings = field(repr=False)
    choices: ChoiceWords = field(repr=False)
    hold: HoldPhrases = field(repr=False)
    refusals: Refusals = field(repr=False)
    danger: DangerPhrases = field(repr=False)
    topics: TopicWords = field(repr=False)
    answers: AnswerWords = field(repr=False)
    spellings: Mapping[str, str] = field(default_factory=dict, repr=False)
    """How single words are misspelt, and what they are: for all tables at once."""

    def compared(self, words: str) -> str:
        """Return folded words as they are compared with these tables."""
        words = words if self.accents else without_accents(words)
        if not self.spellings:
            return words
        spelt = words.split()
        if self.spellings.keys().isdisjoint(spelt):
            return words
        return " ".join(self.spellings.get(word, word) for word in spelt)
