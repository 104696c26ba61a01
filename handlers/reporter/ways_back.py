"""Give the ways back, one secret at a time: the twelve words, then the take-back code.

Two of the words are asked back before they disappear. From that moment the story stays, whatever
becomes of the conversation; the code follows by itself, and ends it.
"""

import re
from collections.abc import Sequence

from flows.folding import folded, visible
from handlers.context import Entropy
from handlers.outcome import ASK, Outcome, say, saying
from handlers.permissions.routing import consent_in
from handlers.reporter.conversation import Conversation
from handlers.reporter.markers import CODE, REOPENED, WORD_CHECK
from handlers.reporter.questions import cleaning_choice
from store.model.changes import EndDraft, OutliveDraft
from store.model.drafts import Phase
from store.model.outbox import TextRef

WORD_COUNT = 12
CHECKED_WORDS = 2
ENOUGH_LETTERS = 4
"""No list of BIP39 has two words that begin with the same four letters."""
_NUMBERED = re.compile(r"(?:(\d{1,2})\W*)?([^\W\d]+)")
"""A word, and the number of its place if that stands before it."""


def at_first_secret(conversation: Conversation) -> Conversation:
    """Return the conversation where it goes on after the second yes.

    Who only keeps a story gets the twelve words at once: with the code alone nobody could ever
    read it. Who shares it as well chooses. Whoever came with the words, and whoever keeps
    nothing, gets the code.
    """
    begun = conversation.without_markers(WORD_CHECK, CODE).in_phase(Phase.BACK)
    consent = consent_in(begun)
    only_kept = consent.keeps_case and not consent.readers and not begun.marker(REOPENED)
    return _at_words(begun) if only_kept else begun


def confirm_code(conversation: Conversation, _choice: str) -> Outcome:
    """End the conversation once the take-back code was written down."""
    return Outcome((EndDraft(),), (goodbye(conversation),))


def choose_way_back(conversation: Conversation, choice: str) -> Outcome:
    """Show the twelve words, or the code alone."""
    if choice == "code":
        return conversation.with_marker(CODE).save(ASK)
    return show_words(conversation)


def show_words(conversation: Conversation) -> Outcome:
    """Show the twelve words and ask for two of them, always for the same two."""
    if not _are_there_words(conversation):
        return saying(say("NO_WORDS_YET"), ASK)
    if not can_show_words(conversation):
        return saying(say("WORDS_GIVEN"), ASK)
    return _at_words(conversation).save(ASK)


def can_show_words(conversation: Conversation) -> bool:
    """Return whether whoever asks for the twelve words is shown them."""
    return _are_there_words(conversation) and not _words_came_back(conversation)


def _are_there_words(conversation: Conversation) -> bool:
    decided = conversation.draft.phase in {Phase.BACK, Phase.WORDS}
    return decided and consent_in(conversation).keeps_case


def step_back(conversation: Conversation) -> Outcome:
    """Ask the choice between the ways back again, where there was one; nothing is undone."""
    chosen = conversation.draft.phase is Phase.WORDS or conversation.marker(CODE)
    shares = consent_in(conversation).keeps_case and conversation.snapshot.shared
    had_choice = conversation.marker(REOPENED) or shares
    if not chosen or not had_choice or _words_came_back(conversation):
        return saying(say("DECIDED"), ASK)
    return conversation.without_markers(CODE).in_phase(Phase.BACK).save(ASK)


def _at_words(conversation: Conversation) -> Conversation:
    """Return the conversation with the twelve words shown and two of them asked back."""
    if not conversation.marker(WORD_CHECK):
        places = draw_places(conversation.view.draw)
        conversation = conversation.with_marker(WORD_CHECK, *places)
    return conversation.without_markers(CODE).in_phase(Phase.WORDS)


def _words_came_back(conversation: Conversation) -> bool:
    marker = conversation.marker(CODE)
    return marker is not None and marker.choices == ("words",)


def draw_places(draw: Entropy) -> tuple[str, str]:
    """Draw two different places among the twelve words, in ascending order."""
    draws = iter(lambda: draw(1)[0] % 16, None)
    drawn = {next(d for d in draws if d < WORD_COUNT)}
    while len(drawn) < CHECKED_WORDS:
        drawn.add(next(d for d in draws if d < WORD_COUNT))
    low, high = sorted(drawn)
    return str(low + 1), str(high + 1)


def check_words(conversation: Conversation, text: str) -> Outcome:
    """Go on to the code if these are the two words that were asked for.

    Whoever has the words can come back, so the story no longer ends with the conversation.
    """
    if not are_asked_words(conversation, text):
        return saying(say("WRONG_WORDS"))
    given = conversation.without_markers(WORD_CHECK).with_marker(CODE, "words")
    return given.in_phase(Phase.BACK).save(ASK, changes=(OutliveDraft(),))


def are_asked_words(conversation: Conversation, text: str) -> bool:
    """Return whether these are the two words that are asked back."""
    marker = conversation.marker(WORD_CHECK)
    places = [int(place) for place in marker.choices] if marker else []
    return bool(places) and _are_asked(text, places, conversation.snapshot.words)


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


def has_none_of_the_words(conversation: Conversation, text: str) -> bool:
    """Return whether not one of the twelve words is among these."""
    words = conversation.snapshot.words
    return not any(_named(word, words) for word in folded(text).split())


def _named(typed: str, words: Sequence[str]) -> str | None:
    """Return which of the words is meant, None if it is none of them."""
    token = folded(typed)
    long_enough = len(token) >= ENOUGH_LETTERS
    return next(
        (w for w in words if token == folded(w) or (long_enough and folded(w).startswith(token))),
        None,
    )


def has_words(conversation: Conversation) -> bool:
    """Return whether somebody has the twelve words: they came with them, or gave two back."""
    came_with_words = consent_in(conversation).keeps_case and conversation.marker(REOPENED)
    return bool(came_with_words) or _words_came_back(conversation)


def goodbye(conversation: Conversation) -> TextRef:
    """Return the last text: what is kept, how to come back, what happens next."""
    consent = consent_in(conversation)
    way = "words" if has_words(conversation) else "code"
    readers = consent.allowed.read if conversation.snapshot.shared else ()
    after, readers = _what_follows(conversation, readers)
    until = conversation.snapshot.until
    kept = f"kept {until}" if until else "kept"
    ids = (kept if consent.keeps_case else "handed", way, after, *readers)
    return say("GOODBYE", *ids, step=cleaning_choice(conversation.view))


def _what_follows(
    conversation: Conversation, readers: tuple[str, ...]
) -> tuple[str, tuple[str, ...]]:
    """Say whether readers are told at once or later, those who are told later first.

    Where that is not all of them, or their hand-over is held elsewhere, it is said how many they
    are, and when the first of them is told.
    """
    snapshot = conversation.snapshot
    held = [grant for grant in snapshot.grants if grant.due]
    later = tuple(sorted({r for grant in held for r in grant.readers} & {*readers}))
    if not readers or not later:
        waits = any(hold.here for hold in snapshot.holds)
        return ("" if not readers else "held" if waits else "now"), readers
    here = {hold.statement for hold in snapshot.holds if hold.here}
    if {*later} == {*readers} and len(held) == 1 and held[0].statement in here:
        return "held", readers
    others = tuple(reader for reader in readers if reader not in later)
    return f"held {len(later)} {min(grant.due for grant in held)}", (*later, *others)
