"""Answer the steps of the questionnaire by choice, *done* or *skip*."""

import flows
from flows import Answers, ChoiceResponse, Kind, Refusal, Response, SkipResponse, Step
from handlers.outcome import ASK, Outcome, say, saying
from handlers.permissions.contact import BEING_REACHED
from handlers.reporter.asking_again import after_again, answer, drop, next_texts, steps_asked_anew
from handlers.reporter.conversation import Conversation, dropped_items, erase_items, say_dropped
from handlers.reporter.markers import ASIDE, ASIDE_LATER
from handlers.reporter.stopping import ask_to_erase
from store.model.outbox import TextRef


def answer_step(conversation: Conversation, step: Step, response: Response) -> Outcome:
    """Take an answer to a step and ask the next question, or explain why it does not fit.

    Answers that no longer apply are erased in the same transaction (see ``drop``).
    """
    if step.kind is Kind.FORK and response in {ChoiceResponse(("later",)), SkipResponse()}:
        return saying(say("LATER"), say("PAUSED"))
    if step.kind is Kind.FORK and response == ChoiceResponse(("erase",)):
        return ask_to_erase(conversation)
    if step.asks == "keep" and response == SkipResponse():
        return saying(say("CANNOT_SKIP"), ASK)  # skipping must not delete a story at the end
    before = conversation.answers
    after = answer(conversation, step, response)
    if isinstance(after, Refusal):
        return saying(_explain(step, response, after), ASK)
    answered = after_again(conversation.with_answers(after))
    if step.kind is Kind.FORK:
        return _after_another_fork(answered, step, before)
    answered, erased = drop(answered, before)
    return answered.save(*say_dropped(erased), *next_texts(answered), changes=erased)


def _after_another_fork(answered: Conversation, fork: Step, before: Answers) -> Outcome:
    """Say that a new choice took the place of an earlier one, with all that was allowed in it.

    What was told in questions that are gone with it is put aside: one tap must lose no words. How
    to be reached goes, for it is no part of a story. Of a story that was kept before nothing goes
    before the second yes.
    """
    chosen = next((given for given in before if given.step == fork.id), None)
    if chosen is None or chosen in answered.answers:
        return answered.save(ASK)
    told = dropped_items(_without_contact(before), answered.answers)
    if not told or steps_asked_anew(answered):
        changed, erased = drop(answered, before)
        return changed.save(say("FORK_ANEW"), *say_dropped(erased), ASK, changes=erased)
    beside = answered.without_markers(ASIDE_LATER)
    beside = beside.with_marker(ASIDE, *answered.asides, *told)
    gone = tuple(item for item in dropped_items(before, answered.answers) if item not in told)
    erased = erase_items(gone)
    says = (say("FORK_ANEW"), *say_dropped(erased), say("FORK_ASIDE"), ASK)
    return beside.save(*says, changes=erased)


def _without_contact(answers: Answers) -> Answers:
    """Return the answers without those that say how to be reached."""
    return tuple(answer for answer in answers if answer.step not in BEING_REACHED)


def _explain(step: Step, response: Response, refusal: Refusal) -> TextRef:
    match refusal.reason:
        case flows.Reason.ALONE if isinstance(response, ChoiceResponse):
            alone = next((c.id for c in step.choices if c.alone), step.choices[0].id)
            return say("CHOOSE_ALONE", alone, step=step.id)
        case flows.Reason.ONE_ONLY:
            return say("CHOOSE_ONE")
        case flows.Reason.CANNOT_SKIP:
            return say("CANNOT_SKIP")
        case flows.Reason.NOTHING_TOLD:
            return say("NOTHING_TOLD")
        case _:
            return say("CHOOSE")
