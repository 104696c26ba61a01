"""Take several messages in a row as one answer, where one message answers a question.

The next question is held back for a moment. What somebody writes before it is shown cannot answer
it: it belongs to what they were saying.
"""

from dataclasses import replace

from flows import Answer
from flows.folding import folded
from handlers.context import View
from handlers.messages import TextMessage
from handlers.outcome import ASK_WHEN_QUIET, Outcome
from handlers.reporter.conversation import Conversation, conversation_of
from handlers.reporter.hold_words import wants_to_stop
from handlers.reporter.item_ids import new_item_id
from handlers.reporter.leaving_out import leave_out, refused_step
from handlers.reporter.listening import MEANT, understood
from handlers.reporter.telling import MOST_PIECES, count_pieces
from handlers.reporter.typed_text import BARE, command_of, is_numbers, showable
from store.model.changes import SealItem


def burst_of(outcome: Outcome) -> str:
    """Return the step to whose answer more may be said until the next question is shown."""
    if ASK_WHEN_QUIET not in outcome.says:
        return ""
    sealed = (change.step for change in outcome.changes if isinstance(change, SealItem))
    return next(sealed, "")


def add_to_burst(view: View, heard: TextMessage, step: str, message: str) -> Outcome | None:
    """Add words to the answer that they go on with; None where they may mean something else.

    Who does not want to be reached after all says nothing about the way: it is taken back.
    """
    conversation = conversation_of(view)
    if conversation is None or view.snapshot.identity_changed or not _goes_on(view, heard):
        return None
    answer = next((a for a in conversation.answers if a.step == step), None)
    if answer is None or not answer.items or count_pieces(conversation) >= MOST_PIECES:
        return None
    refused = refused_step(conversation, step, heard.own)
    if refused is not None:
        return leave_out(conversation, refused)
    seal = SealItem(new_item_id(view, message), step, showable(heard.shown))
    return _with(conversation, answer, seal)


def _goes_on(view: View, heard: TextMessage) -> bool:
    """Return whether a message is words that can be taken, and says nothing to the bot.

    Recovery words never go on with anything, nor does what may stop something that is held.
    """
    is_command = command_of(heard.text) is not None or folded(heard.own) in BARE
    stops = bool(view.snapshot.holds) and (
        is_numbers(heard.own) or wants_to_stop(folded(heard.own))
    )
    fits = len(heard.shown) <= view.settings.text_length and bool(showable(heard.shown).strip())
    is_words = fits and not is_command and not stops and not heard.secret
    return is_words and understood(heard.own) not in MEANT


def _with(conversation: Conversation, answer: Answer, seal: SealItem) -> Outcome:
    whole = replace(answer, items=(*answer.items, seal.item))
    answers = tuple(whole if a == answer else a for a in conversation.answers)
    return conversation.with_answers(answers).save(ASK_WHEN_QUIET, changes=(seal,))
