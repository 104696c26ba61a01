"""Remember which messages were not taken, and at which question, so that an edit can mend them."""

from collections import OrderedDict
from dataclasses import dataclass, field

from handlers.context import View
from handlers.messages import EditedMessage, IncomingMessage, TextMessage
from handlers.outcome import Outcome
from handlers.reporter.conversation import conversation_of
from handlers.reporter.questions import underlying_question

REFUSALS = frozenset({"TOO_LONG", "DRAFT_FULL"})
MOST_REMEMBERED = 1_000
"""Messages of all accounts, the newest. An edit of another one, or after a restart, is answered
with the request to send it anew."""


@dataclass(slots=True)
class RefusedMessages:
    """The refused messages of one platform, in memory only."""

    questions: "OrderedDict[tuple[str, str], str]" = field(default_factory=OrderedDict, repr=False)
    """By account and message, the question that was open."""

    def note(self, incoming: IncomingMessage, outcome: Outcome, view: View) -> None:
        """Note whether a message was refused; ``view`` is the account after its turn."""
        message, conversation = _message_of(incoming), conversation_of(view)
        key = incoming.who.name, message
        self.questions.pop(key, None)
        refused = any(text.sentence in REFUSALS for text in outcome.says)
        if refused and message and conversation is not None:
            self.questions[key] = underlying_question(conversation).id
        while len(self.questions) > MOST_REMEMBERED:
            self.questions.popitem(last=False)

    def question_of(self, incoming: IncomingMessage) -> str:
        """Return the question at which the edited message was refused; empty if it was not."""
        return self.questions.get((incoming.who.name, _message_of(incoming)), "")


def _message_of(incoming: IncomingMessage) -> str:
    """Return the message in the chat that is written or edited."""
    match incoming.heard:
        case EditedMessage():
            return incoming.heard.of
        case TextMessage():
            return incoming.message
        case _:
            return ""
