"""Answer somebody who proves to be another one than who began the conversation that is open.

A server can take an account's place. So nothing of the conversation is shown, changed or handed
over, until its reporter is there again; or they say that it may end, because their keys are lost.
"""

from handlers.context import View
from handlers.messages import MessageContent, TextMessage
from handlers.outcome import Outcome, say, saying
from handlers.reporter.commands import run_command
from handlers.reporter.typed_text import command_of
from store.model.changes import EndDraft
from store.model.phrase import CODE_WORDS, may_be_phrase, tokens_of

HELP_COMMANDS = frozenset({"help", "unsafe", "ground", "privacy"})
"""Answered to everybody, whatever is open."""
BY_CODE = frozenset({"withdraw", "erase"})
"""Behind these the four words of a take-back code count, whoever knows them."""


def decide(view: View, content: MessageContent) -> Outcome:
    """Say that the identity changed; help, a take-back code and ending are all that counts."""
    command = command_of(content.text) if isinstance(content, TextMessage) else None
    if command is not None:
        name, rest = command
        is_code = may_be_phrase(rest) and len(tokens_of(rest)) == CODE_WORDS
        if name in HELP_COMMANDS or (name in BY_CODE and is_code):
            return run_command(view, name, rest)
        if name == "erase" and not rest:
            return Outcome((EndDraft(),), (say("OTHER_IDENTITY_ENDED"),))
    return saying(say("OTHER_IDENTITY", str(view.settings.draft_days)))
