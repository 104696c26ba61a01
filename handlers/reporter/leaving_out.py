"""Leave a question out that takes one message: by a choice, or by words that refuse it."""

from dataclasses import replace

from flows import Refusal, SkipResponse, Step
from flows.folding import plain
from handlers.messages import TextMessage
from handlers.outcome import ASK, Outcome, say, saying
from handlers.permissions.contact import MESSAGE, REACH
from handlers.reporter.asking_again import after_again, answer, next_texts
from handlers.reporter.conversation import Conversation, erase_dropped
from handlers.reporter.listening import understood
from handlers.reporter.questions import Question
from handlers.reporter.refusals import (
    EXPLAINED,
    gives_no_way,
    is_no_answer,
    leaves_out,
    names_this_chat,
    takes_back_way,
)
from handlers.reporter.typed_text import NOT_SAFE, tells_danger

MOST_WORDS_ABOUT = 8
"""Words with which somebody answers a question about a message; more tell something."""


def leave_out(conversation: Conversation, step: Step) -> Outcome:
    """Skip a question that takes one message, say what follows, and erase what was told there."""
    after = answer(conversation, step, SkipResponse())
    if isinstance(after, Refusal):
        return saying(say("CHOOSE"), ASK)
    answered = after_again(conversation.with_answers(after))
    erased = erase_dropped(conversation.answers, after)
    declined = (say("DECLINED", step=step.id),) if step.skip is not None else ()
    cleared = (say("CLEARED"),) if erased else ()
    return answered.save(*declined, *cleared, *next_texts(answered), changes=erased)


def refused_step(conversation: Conversation, step_id: str, own: str) -> Step | None:
    """Return the question that words leave out which answer this one: it, or how to be reached."""
    step = conversation.flow.step(step_id)
    if step is None or leaves_out(step, own):
        return step
    return conversation.flow.step(REACH) if takes_back_way(step, own) else None


def answer_refusal(
    conversation: Conversation, current: Question, step: Step, own: str
) -> Outcome | None:
    """Take words that leave the question out, or are no way to reach somebody; None for others.

    Where something was asked in between they may be meant for that, and change nothing. A call
    for help is no way either, and help is shown.
    """
    if plain(own) in NOT_SAFE:
        unsafe = replace(saying(say("NO_WAY"), ASK), direct=(say("HELP_LINES"),))
        return unsafe if step.id == REACH else None
    refused = refused_step(conversation, step.id, own)
    if refused is not None:
        is_asked = current.step == step
        return leave_out(conversation, refused) if is_asked else saying(say("CHOOSE"), ASK)
    if names_this_chat(step, own):
        return saying(say("NOT_HERE"), ASK)
    said = is_no_answer(step, own)
    if said is not None:
        heard = say("HEARD", said.value) if said in EXPLAINED else say("NOT_AN_ANSWER")
        return saying(heard, ASK)
    return saying(say("NO_WAY"), ASK) if gives_no_way(step, own) else None


def about_message(
    conversation: Conversation, current: Question, heard: TextMessage
) -> Outcome | None:
    """Take words about the message that may be left: they belong to no story; None for others."""
    if current.step is None or current.id != MESSAGE:
        return None
    refused = answer_refusal(conversation, current, current.step, heard.own)
    said = understood(heard.own) is None and not tells_danger(heard.own)
    about = said and heard.own and len(heard.shown.split()) <= MOST_WORDS_ABOUT
    return refused or (saying(say("CHOOSE_MESSAGE"), ASK) if about else None)
