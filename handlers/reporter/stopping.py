"""Halt an open conversation: stop, pause, erase."""

from handlers.outcome import ASK, LookupPurpose, Outcome, say, saying
from handlers.reporter.awaited import ASKING
from handlers.reporter.conversation import Conversation
from handlers.reporter.markers import ASIDE_OFFERED, ERASE, LANGUAGE, PIECE, STOP
from handlers.reporter.questions import cleaning_choice
from handlers.reporter.telling import keep_pending_stop
from store.model.changes import EraseCase


def stop(conversation: Conversation) -> Outcome:
    """Halt at once and ask what should happen; nothing is sent and nothing is erased."""
    stopped = conversation.without_markers(ERASE, PIECE, LANGUAGE)
    already = stopped.marker(STOP)
    return (stopped if already else stopped.with_marker(STOP)).save(ASK)


def choose_after_stop(conversation: Conversation, choice: str) -> Outcome:
    """Carry out the choice after a *stop*: pause, ask to erase, or go on.

    Going on leaves a bare *stop* out, unless it is said to be a part of the story.
    """
    match choice:
        case "keep":
            resumed, erased = conversation.resume()
            return resumed.save(say("PAUSED"), changes=erased)
        case "erase":
            return ask_to_erase(conversation)
        case "go":
            resumed, erased = conversation.resume()
            return resumed.save(ASK, changes=erased)
        case _:
            return keep_pending_stop(conversation)


def pause(_conversation: Conversation) -> Outcome:
    """Say until when the draft waits."""
    return saying(say("PAUSED"))


def ask_to_erase(conversation: Conversation, *choices: str) -> Outcome:
    """Ask once more before erasing: a slip of the thumb must not cost a story.

    ``choices``: that of the review or the hello by which it was asked for, if it was, or what it
    makes room for. Whatever was offered right above is not any more.
    """
    resumed, erased = conversation.without_markers(ASIDE_OFFERED).resume()
    return resumed.with_marker(ERASE, *choices).save(ASK, changes=erased)


def choose_erasing(conversation: Conversation, choice: str) -> Outcome:
    """Erase the case with everything of it, or leave it as it is."""
    if choice != "yes":
        return conversation.without_markers(ERASE).save(say("NOT_ERASED"), ASK)
    asked = conversation.marker(ERASE)
    asked_by = asked.choices[0] if asked and asked.choices else ""
    cleaning = cleaning_choice(conversation.view)
    match asked_by:
        case "":
            return Outcome((EraseCase(),), (say("ERASED", step=cleaning),))
        case "unsure":
            return Outcome((EraseCase(),), (say("NOT_NOW_DROPPED"),))
        case "finish":
            return Outcome((EraseCase(),), (say("NOTHING_KEPT", step=cleaning),))
        case _:
            purpose = LookupPurpose(asked_by)
            said = (say("ASIDE_ENDED"), ASKING[purpose])
            return Outcome((EraseCase(),), said, waiting=purpose)
