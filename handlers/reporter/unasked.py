"""Keep recovery words and take-back codes that nobody asked for out of every story.

Whoever types them wants something: they are looked up, and it is asked what. Twelve words have a
checksum. Four have none, so a sentence of four listed words is looked up as well: as each try with
a code, and only where it can be nothing else that is understood.
"""

from flows.folding import folded
from handlers.messages import TextMessage
from handlers.outcome import CaseLookup, LookupPurpose, Outcome
from handlers.reporter.conversation import Conversation
from handlers.reporter.listening import understood
from handlers.reporter.markers import WORD_CHECK
from handlers.reporter.questions import Question
from handlers.reporter.typed_text import RECOVERY_COMMANDS, command_of
from store.model.drafts import Phase
from store.model.phrase import CASE_WORDS, CODE_WORDS, tokens_of

SHORTEST = 2
"""Letters: recovery words have more."""


def look_up_unasked(
    conversation: Conversation | None, current: Question, typed: TextMessage
) -> Outcome | None:
    """Look up words that may open a story or take one back; None for all other words."""
    if not is_secret(conversation, current, typed):
        return None
    return Outcome(lookup=CaseLookup(LookupPurpose.OPEN, typed.secret, unasked=True))


def is_secret(conversation: Conversation | None, current: Question, typed: TextMessage) -> bool:
    """Return whether words may open a story or take one back, and nobody asked for them.

    Not those that stand here to be written down, nor what answers the question or says something
    to the bot. Behind some commands they are looked up anyway.
    """
    command = command_of(typed.text)
    if not typed.secret or (command is not None and command[0] in RECOVERY_COMMANDS):
        return False
    if current.id == WORD_CHECK or understood(typed.own) is not None:
        return False
    if conversation is not None and conversation.draft.phase is Phase.BACK:
        shown = conversation.snapshot
        if tokens_of(typed.secret.casefold()) in (shown.words, shown.code_words):
            return False
    return folded(typed.own) not in {folded(offer.label) for offer in current.offers}


def may_be_words(typed: TextMessage) -> bool:
    """Return whether these may be recovery words, none of which is shorter than three letters."""
    words = tokens_of(typed.text)
    return len(words) in {CODE_WORDS, CASE_WORDS} and all(len(word) > SHORTEST for word in words)
