"""Take several messages in a row as one answer, where one message answers a question.

The next question is held back for a moment. What somebody writes before it is shown cannot answer
it: it belongs to what they were saying.
"""

from dataclasses import replace

from flows import Answer, Step
from flows.folding import folded
from handlers.context import View
from handlers.messages import TextMessage
from handlers.outcome import ASK, ASK_WHEN_QUIET, Outcome, say, saying
from handlers.reporter.conversation import Conversation, conversation_of
from handlers.reporter.hold_words import wants_to_stop
from handlers.reporter.holding import may_be_hold_number
from handlers.reporter.item_ids import new_item_id
from handlers.reporter.leaving_out import leave_out, refused_step
from handlers.reporter.listening import MEANT, understood
from handlers.reporter.questions import open_question
from handlers.reporter.refusals import is_closing_sign
from handlers.reporter.telling import (
    MOST_PIECES,
    count_pieces,
    help_for,
    is_late_choice,
    remarks_on,
)
from handlers.reporter.typed_text import BARE, command_of, showable
from handlers.texts.sayings import Saying
from store.model.changes import SaveDraft, SealItem
from store.model.drafts import Draft, StoredAnswer
from store.model.outbox import TextRef


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
    return _add(view, heard, step, message) if _goes_on(view, heard) else None


def keep_from_next(
    view: View, heard: TextMessage, step: str, message: str, outcome: Outcome
) -> Outcome:
    """Add words to the answer before where they would answer the question that was not shown.

    They may have been meant for the bot. A command with a slash acts.
    """
    command = command_of(heard.text)
    acts = command is not None and command[0] in BARE
    if acts or not _answers_open_question(view, outcome):
        return outcome
    return _add(view, heard, step, message) or outcome


def _add(view: View, heard: TextMessage, step: str, message: str) -> Outcome | None:
    conversation = conversation_of(view)
    if conversation is None or view.snapshot.identity_changed:
        return None
    answer = next((a for a in conversation.answers if a.step == step), None)
    if answer is None or not answer.items or count_pieces(conversation) >= MOST_PIECES:
        return None
    refused = refused_step(conversation, step, heard.own)
    if refused is not None and not _only_ends_answer(heard.own):
        return leave_out(conversation, refused)
    if is_late_choice(conversation, heard.own):
        return saying(say("NOT_AN_ANSWER"), ASK)
    seal = SealItem(new_item_id(view, message), step, showable(heard.shown))
    return _with(conversation, answer, seal, remarks_on(conversation, step, heard))


def _goes_on(view: View, heard: TextMessage) -> bool:
    """Return whether a message is words that can be taken, and says nothing to the bot.

    Recovery words never go on with anything, nor does what may stop something that is held.
    """
    is_command = command_of(heard.text) is not None or folded(heard.own) in BARE
    stops = bool(view.snapshot.holds) and (
        may_be_hold_number(heard.own) or wants_to_stop(folded(heard.own))
    )
    fits = len(heard.shown) <= view.settings.text_length and bool(showable(heard.shown).strip())
    is_words = fits and not is_command and not stops and not heard.secret
    return is_words and understood(heard.own) not in MEANT


def _only_ends_answer(text: str) -> bool:
    """Return whether a text that would leave a question out says only that this was the answer."""
    return is_closing_sign(text) or understood(text) is Saying.SKIP


def _answers_open_question(view: View, outcome: Outcome) -> bool:
    """Return whether the question that is open has another answer after an outcome."""
    step, before = open_question(view).step, view.snapshot.draft
    if step is None or before is None:
        return False
    after = (change.draft for change in outcome.changes if isinstance(change, SaveDraft))
    return any(_answer_in(draft, step) != _answer_in(before, step) for draft in after)


def _answer_in(draft: Draft, step: Step) -> StoredAnswer | None:
    return next((answer for answer in draft.answers if answer.step == step.id), None)


def _with(
    conversation: Conversation, answer: Answer, seal: SealItem, remarks: tuple[TextRef, ...]
) -> Outcome:
    whole = replace(answer, items=(*answer.items, seal.item))
    answers = tuple(whole if a == answer else a for a in conversation.answers)
    saved = conversation.with_answers(answers).save(*remarks, ASK_WHEN_QUIET, changes=(seal,))
    return replace(saved, direct=help_for(remarks))
