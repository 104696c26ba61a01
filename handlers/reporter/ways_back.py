"""Offer the ways back: the take-back code, or twelve words of which two are checked."""

import re
from collections.abc import Sequence

from flows.folding import folded, visible
from handlers.context import Entropy
from handlers.outcome import ASK, Outcome, say, saying
from handlers.permissions.routing import consent_in
from handlers.reporter.conversation import Conversation
from handlers.reporter.markers import WORD_CHECK
from handlers.reporter.questions import cleaning_choice
from store.model.changes import EndDraft
from store.model.drafts import Phase
from store.model.outbox import TextRef

WORD_COUNT = 12
CHECKED_WORDS = 2
ENOUGH_LETTERS = 4
"""No list of BIP39 has two words that begin with the same four letters."""
_NUMBERED = re.compile(r"(?:(\d{1,2})\W*)?([^\W\d]+)")
"""A word, and the number of its place if that stands before it."""


def confirm_code(conversation: Conversation, _choice: str) -> Outcome:
    """End the conversation once the take-back code was written down.

    Where the case is kept, only a reporter who came with the twelve words is asked this.
    """
    kept = consent_in(conversation).keeps_case
    return Outcome((EndDraft(),), (goodbye(conversation, "words" if kept else "code"),))


def choose_way_back(conversation: Conversation, choice: str) -> Outcome:
    """Show the twelve words, or end the conversation with the code alone."""
    if choice == "code":
        return Outcome((EndDraft(),), (goodbye(conversation, "code"),))
    return show_words(conversation)


def show_words(conversation: Conversation) -> Outcome:
    """Show the twelve words and ask for two of them, always for the same two."""
    decided = conversation.draft.phase in {Phase.BACK, Phase.WORDS}
    if not decided or not consent_in(conversation).keeps_case:
        return saying(say("NO_WORDS_YET"), ASK)
    if not conversation.marker(WORD_CHECK):
        places = draw_places(conversation.view.draw)
        conversation = conversation.with_marker(WORD_CHECK, *places)
    return conversation.in_phase(Phase.WORDS).save(say("WORDS"), ASK)


def draw_places(draw: Entropy) -> tuple[str, str]:
    """Draw two different places among the twelve words, in ascending order."""
    draws = iter(lambda: draw(1)[0] % 16, None)
    drawn = {next(d for d in draws if d < WORD_COUNT)}
    while len(drawn) < CHECKED_WORDS:
        drawn.add(next(d for d in draws if d < WORD_COUNT))
    low, high = sorted(drawn)
    return str(low + 1), str(high + 1)


def check_words(conversation: Conversation, text: str) -> Outcome:
    """End the conversation if these are the two words that were asked for."""
    marker = conversation.marker(WORD_CHECK)
    places = [int(place) for place in marker.choices] if marker else []
    if not places or not _are_asked(text, places, conversation.snapshot.words):
        return saying(say("WRONG_WORDS"))
    return Outcome((EndDraft(),), (goodbye(conversation, "words"),))


def _are_asked(text: str, places: Sequence[int], words: Sequence[str]) -> bool:
    """Return whether these are the words at these places: in order, by their numbers, or all.

    Of a word its first letters are enough, as many as no other word of a list begins with.
    """
    wanted = [words[place - 1] for place in places]
    pairs = _NUMBERED.findall(visible(text))
    found = [(number, w) for number, word in pairs if (w := _named(word, words))]
    named = [word for _, word in found]
    if named in (wanted, [*words]):
        return True
    numbered = {int(number): word for number, word in found if number}
    return len(found) == len(numbered) and numbered == dict(zip(places, wanted, strict=True))


def _named(typed: str, words: Sequence[str]) -> str | None:
    """Return which of the words is meant, None if it is none of them."""
    token = folded(typed)
    long_enough = len(token) >= ENOUGH_LETTERS
    return next(
        (w for w in words if token == folded(w) or (long_enough and folded(w).startswith(token))),
        None,
    )


def goodbye(conversation: Conversation, way: str) -> TextRef:
    """Return the last text: what is kept, how to come back (``way``), what happens next."""
    consent = consent_in(conversation)
    readers = consent.allowed.read
    after = "" if not readers else "now" if conversation.snapshot.held is None else "held"
    until = conversation.snapshot.until
    kept = f"kept {until}" if until else "kept"
    ids = (kept if consent.keeps_case else "handed", way, after, *readers)
    return say("GOODBYE", *ids, step=cleaning_choice(conversation.view))
