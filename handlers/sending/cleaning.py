"""The marks of a sentence that decide what stays in the chat, and for how long."""

from handlers.context import View
from handlers.messages import ChatClearing
from handlers.reporter import questions
from handlers.reporter.markers import CODE, find_marker
from handlers.texts.names import SentenceName
from store.model.drafts import Phase
from store.model.outbox import TextRef

LEAVING: frozenset[SentenceName] = frozenset(
    {"GOODBYE", "ERASED", "NOTHING_KEPT", "CLOSED", "PAUSED", "LEFT", "LEFT_SHARED"}
)
"""The reporter leaves, for now or for good."""
ENDING: frozenset[SentenceName] = frozenset({"GOODBYE", "ERASED", "NOTHING_KEPT", "CLOSED"})
"""Nothing is open after these."""
STOPPED: frozenset[SentenceName] = frozenset(
    {
        *("HOLD_OVER", "HOLD_STOPPED", "HOLD_STOPPED_DELETED", "HOLD_STOPPED_MIXED"),
        "HOLD_STOPPED_REST",
    }
)
"""Nothing is held after these; something else may be open."""
AFTER_HOLD: frozenset[SentenceName] = STOPPED | {
    *("HOLD_ASKS_WORDS", "RELEASED", "WITHDRAWN", "WITHDRAWN_FETCHED", "WITHDRAWN_LATE"),
    *("ERASED", "HOLD_GONE", "HOLD_STOPPED_KEPT"),
}
"""With these the button goes that stopped what cannot be stopped any more."""
READ_BACK: frozenset[SentenceName] = frozenset({"SHOW_ALL", "SHOW_PIECE"})
"""These repeat what the reporter told: a platform may protect them from being forwarded."""
LASTING: frozenset[SentenceName] = frozenset(
    {"CODE", "WORDS", "HELP", "HELP_LINES", "DANGER", "GROUND", "PRIVACY"}
)
"""These must be copied before they go, or were asked for to be read in peace."""
SEALED: frozenset[SentenceName] = frozenset(
    {
        *(
            "ACK",
            "EDITED",
            "HEARD_KEPT",
            "KEPT_BEHIND",
            "KEPT_COMMAND",
            "KEPT_UNKNOWN",
            "KEPT_SAFE",
        ),
        "CHARACTERS_LEFT_OUT",
    }
)
"""These say that a message was sealed. With *as I go* that message is deleted now, and the
question with it; so these carry the question's buttons. All others leave the question open."""


def ends_chat(view: View, sentence: str) -> bool:
    """Return whether nothing is open in the chat after a sentence, but for what is held."""
    is_open = view.snapshot.draft is not None or view.snapshot.opened is not None
    return sentence in ENDING or (sentence in STOPPED and not is_open)


def cleaning_choice_of(view: View, ref: TextRef) -> str:
    """Return how the reporter wants the chat cleaned: ``go``, ``end``, ``self`` or nothing yet.

    When the conversation has just ended, the choice stands in the row.
    """
    return questions.cleaning_choice(view) or (ref.step if ref.sentence in LEAVING else "")


def cleared_before_sentence(view: View, ref: TextRef) -> ChatClearing:
    """Return what goes from the chat before a sentence appears.

    On leaving, everything goes unless the reporter chose to delete it alone.
    """
    choice = cleaning_choice_of(view, ref)
    if choice == "go" and ref.sentence in (SEALED if view.platform.single else {"ACK"}):
        return ChatClearing.PASSED
    leaves = choice != "self" and ref.sentence in LEAVING
    return ChatClearing.ALL if leaves else ChatClearing.NOTHING


def cleared_before_question(view: View) -> ChatClearing:
    """Return what goes from the chat before a question appears: with *as I go*, what is answered.

    The twelve words go when two of them were given back. A screen that can only be cleared whole
    is left as it is as long as something on it is to be copied.
    """
    draft = view.snapshot.draft
    if draft is None or questions.cleaning_choice(view) != "go":
        return ChatClearing.NOTHING
    if find_marker(draft, CODE) is not None:
        return ChatClearing.COPIED
    shows_words = draft.phase in {Phase.BACK, Phase.WORDS}
    return (
        ChatClearing.NOTHING if shows_words and not view.platform.single else ChatClearing.PASSED
    )
