"""Draw talks as tired people type them, and find what became of every word."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from handlers.context import View
from handlers.messages import EditedMessage, MessageContent, Offer, TextMessage, UnusableMessage
from handlers.outcome import LookupPurpose
from handlers.reporter.conversation import conversation_of
from handlers.reporter.questions import open_question
from tests.sayings import SAYINGS
from tests.unit.handlers.talks import Talk

MESSAGES = 16
"""Or bursts of messages, of one talk."""
SHORTEST = 4
LOOKED_UP = "words were looked up"
FREE = (
    *("he came in again {}", "i cant sleep {}", "it was {} in the hall", "😢 {} 😢", "{}"),
    *(
        "and then\n\nhe said {} to me",
        "wait {} i forgot",
        "no because {} was there",
        "THE {} ROOM",
    ),
    *("maybe {} i dont know", "yes {} but", "stop he said {}", "oak knows {}", "1 {}", "{}?"),
    *("i think its {} idk what to pick", "not sure {} both", "“{}” was what he wrote", "🙈{}"),
)
COMMANDS = (
    *("back", "skip", "done", "show", "pause", "permissions", "add", "language", "history"),
    *("stop", "erase", "words", "withdraw", "open", "start", "help", "unsafe", "privacy"),
)
RARE = frozenset({"erase", "stop"})
NOT_TAKEN = frozenset(
    {
        *("TOO_LONG", "DRAFT_FULL", "UNKNOWN_COMMAND", "NOT_KEPT_BEHIND", "UNUSABLE"),
        *("PIECE_MISSING", "NOT_BEGUN", "EDIT_STANDS", "DECIDED", "WRONG_WORDS", "NOT_ADDED"),
        *("CHOOSE_MESSAGE", "NOT_HERE", "NOT_AN_ANSWER", "NO_WAY"),
        LOOKED_UP,
    }
)
"""Sentences that say that something was not kept."""
LETS_GO = frozenset(
    {
        "ASIDE_DROPPED",
        "ASIDE_ENDED",
        "LEFT_OUT",
        "DROPPED",
        "CLEARED",
        "NOT_NOW_DROPPED",
        "ERASED",
        "ENDED_ERASED",
    }
)
"""Sentences that say that words were deleted."""


class Stage(Protocol):
    """Where a talk is held: on the decision alone, or in the whole program."""

    async def view(self) -> View:
        """Return what handlers see."""

    async def words_kept(self) -> str:
        """Return all that is sealed of the talk: told, put aside, or behind a pending *stop*."""

    async def hear(self, heard: MessageContent, message: str) -> frozenset[str]:
        """Take one message; return the names of the sentences that were said."""


@dataclass
class DecidedTalk:
    """A talk on the decision alone."""

    talk: Talk = field(default_factory=Talk)
    waiting: LookupPurpose | None = None

    async def view(self) -> View:
        """Return what handlers see."""
        return self.talk.view

    async def words_kept(self) -> str:
        """Return all that is sealed of the talk."""
        items = items_kept(self.talk.view)
        return "\n".join(self.talk.texts[item][1] for item in items if item in self.talk.texts)

    async def hear(self, heard: MessageContent, message: str) -> frozenset[str]:
        """Take one message; words that are looked up are answered for."""
        outcome = self.talk.hear(heard, message, waiting=self.waiting)
        self.waiting = outcome.waiting
        said = {text.sentence for text in (*outcome.direct, *outcome.says)}
        return frozenset({*said, *({LOOKED_UP} if outcome.lookup is not None else ())})


@dataclass
class RandomTalk:
    """One talk by chance, with every word of it that can be found again."""

    chance: random.Random
    stage: Stage
    kept: set[str] = field(default_factory=set)
    """The words that were kept when they were typed."""
    trail: list[str] = field(default_factory=list)
    drawn: int = 0
    numbers: int = 0

    async def play(self) -> list[str]:
        """Hold the talk; return what became of no words, and nothing if all went well."""
        for _ in range(MESSAGES):
            offers = open_question(await self.stage.view()).offers
            for heard, word in self._burst(offers):
                if lost := await self._hear(heard, word):
                    return [lost, *self.trail]
        return []

    def _burst(self, offers: Sequence[Offer]) -> list[tuple[MessageContent, str]]:
        return [self._draw(offers) for _ in range(self.chance.choice((1, 1, 1, 2, 4)))]

    def _draw(self, offers: Sequence[Offer]) -> tuple[MessageContent, str]:
        """Draw a message, and the word in it by which it is found again."""
        chance = self.chance.random()
        if chance < 0.42:
            return TextMessage(self._answer(offers)), ""
        if chance < 0.72:
            word = self._word()
            return TextMessage(self.chance.choice(FREE).format(word)), word
        if chance < 0.82:
            return TextMessage(f"/{self._command()}"), ""
        if chance < 0.87:
            word = self._word()
            return TextMessage(f"/{self._command()} {word} went on"), word
        if chance < 0.94:
            return TextMessage(self.chance.choice(list(SAYINGS))), ""
        if chance < 0.97:
            word = self._word()
            return EditedMessage(
                f"instead it was {word}", of=f"m{self.chance.randrange(30)}"
            ), word
        return UnusableMessage(self.chance.choice(("voice", "picture"))), ""

    def _word(self) -> str:
        self.drawn += 1
        return f"quarrel{'abcdefghij'[self.drawn % 10]}x{self.drawn}"

    def _command(self) -> str:
        name = self.chance.choice(COMMANDS)
        return name if name not in RARE or self.chance.random() < 0.2 else "back"

    def _answer(self, offers: Sequence[Offer]) -> str:
        """Draw an answer to the open question, sometimes mistyped."""
        if not offers:
            return self.chance.choice(("/done", "/skip", "ok", "yes", "no"))
        offer = self.chance.choice(offers)
        number = str(1 + list(offers).index(offer))
        typed = self.chance.choice((offer.label, offer.label.casefold(), number, f"{number}."))
        return _with_slip(typed, self.chance) if self.chance.random() < 0.15 else typed

    async def _hear(self, heard: MessageContent, word: str) -> str | None:
        self.numbers += 1
        self.trail.append(f"{type(heard).__name__} {getattr(heard, 'text', '')!r}")
        before = await self.stage.words_kept()
        said = await self.stage.hear(heard, f"m{self.numbers}")
        after = await self.stage.words_kept()
        view = await self.stage.view()
        self.trail.append(f"    {open_question(view).id}: {' '.join(sorted(said))}")
        if word and word not in after and not NOT_TAKEN & said:
            return f"lost when it was typed: {word}"
        gone = {each for each in self.kept if each in before and each not in after}
        ended = view.snapshot.draft is None or isinstance(heard, EditedMessage)
        if gone and not ended and not LETS_GO & said:
            return f"lost later: {' '.join(sorted(gone))}"
        self.kept = {each for each in {*self.kept, word} if each and each in after}
        return None


def items_kept(view: View) -> list[str]:
    """Return the items of a talk: told, put aside, or behind a pending *stop*."""
    conversation = conversation_of(view)
    if conversation is None:
        return []
    told = [item for answer in conversation.draft.answers for item in answer.items]
    return [*told, *conversation.asides, *conversation.pending_items]


def _with_slip(text: str, chance: random.Random) -> str:
    """Return a text with a letter left out, doubled or swapped."""
    if len(text) < SHORTEST:
        return text
    place = chance.randrange(1, len(text) - 1)
    before, letter, after = text[:place], text[place], text[place + 1 :]
    slips = (
        before + after,
        before + 2 * letter + after,
        before[:-1] + letter + before[-1] + after,
    )
    return chance.choice(slips)
