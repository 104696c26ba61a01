"""Ask for recovery words, and go on awaiting them through everything that only explains.

Whoever came to take something back may ask for help first, say hello or need a moment. What they
type then must still be what they came for, and never the beginning of a story.
"""

from dataclasses import replace

from handlers.messages import ButtonPress, MessageContent, TextMessage
from handlers.outcome import ASK, HELLO_TO_WORDS, LookupPurpose, Outcome, say
from handlers.reporter.typed_text import STOP, command_of

ASKING = {
    LookupPurpose.OPEN: say("ASK_OPEN"),
    LookupPurpose.WITHDRAW: say("ASK_CODE_WITHDRAW"),
    LookupPurpose.ERASE: say("ASK_CODE_ERASE"),
    LookupPurpose.JOIN: say("ASK_JOIN"),
}
LEAVING = frozenset({"start", STOP})
"""Commands that leave it; everybody who is asked is told so of one of them."""
LEFT = "LEFT_NOTHING"
GOODBYE = say("HEARD", "goodbye")
"""Whoever says goodbye does not want to type any words now."""
IN_ITS_PLACE = frozenset({"NOT_NOW", HELLO_TO_WORDS.sentence})
"""Said where nothing is open: here the words are asked for again in their place."""


def still_awaiting(
    content: MessageContent, question: str, waiting: LookupPurpose, outcome: Outcome
) -> Outcome:
    """Have words be awaited as before, and asked for again, unless something else was begun.

    ``question`` is the one that was open: whoever presses a choice of it has begun something.
    """
    if _goes_on(content, question, outcome):
        return outcome
    if not outcome.says:  # only help was given: what was asked still stands there
        return replace(outcome, waiting=waiting)
    asks = ASKING[waiting]
    says = tuple(t for t in outcome.says if t != asks and not _is_replaced(t.sentence))
    return replace(outcome, says=(*says, asks), waiting=waiting)


def _goes_on(content: MessageContent, question: str, outcome: Outcome) -> bool:
    """Return whether an outcome begins something, leaves, or says itself what is awaited."""
    if outcome.waiting is not None or outcome.lookup is not None or outcome.changes:
        return True
    if isinstance(content, ButtonPress) and content.question == question:
        return True
    command = command_of(content.text) if isinstance(content, TextMessage) else None
    leaves = command is not None and command[0] in LEAVING
    return leaves or any(text.sentence == LEFT or text == GOODBYE for text in outcome.says)


def _is_replaced(sentence: str) -> bool:
    return sentence == ASK.sentence or sentence in IN_ITS_PLACE
