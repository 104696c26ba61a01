"""The welcome, before anything was begun: hello, whether it is safe, the way back in."""

from handlers.context import View
from handlers.outcome import ASK, CaseLookup, LookupPurpose, Outcome, say, saying
from handlers.reporter.markers import KIND
from store.model.changes import BeginCase
from store.model.drafts import Draft, StoredAnswer
from store.model.phrase import CASE_WORDS, tokens_of

HELLO = saying(say("HELLO"))
NOT_BEGUN = saying(say("HELLO"), say("NOT_BEGUN"), ASK)


def choose(view: View, choice: str) -> Outcome:
    """Begin a conversation, ask for the twelve words, or leave it for now."""
    match choice:
        case "unsure":
            return saying(say("NOT_NOW"))
        case "back":
            return Outcome(says=(say("ASK_OPEN"),), waiting=LookupPurpose.OPEN)
        case _:
            return Outcome((BeginCase(_first_draft(view)),), (ASK,))


def _first_draft(view: View) -> Draft:
    """Make an empty draft; where there are several questionnaires, it asks first for which."""
    flow = view.settings.flow
    several = (StoredAnswer(KIND),) if view.settings.more else ()
    return Draft(flow.revision, flow.language, answers=several)


def greet(text: str) -> Outcome:
    """Look up the words of a kept case, or greet somebody who just writes.

    Nothing of what they write is kept: nobody has said yes to anything yet. Four words are never
    taken for a take-back code: they take back only behind a command.
    """
    if len(tokens_of(text)) == CASE_WORDS:
        return Outcome(lookup=CaseLookup(LookupPurpose.OPEN, text))
    return NOT_BEGUN
