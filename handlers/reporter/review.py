"""The overview, the review with its second yes, and withdrawing while the draft is open."""

import flows
from flows import ChoiceResponse
from handlers.outcome import ASK, Outcome, say, saying, take_back
from handlers.permissions.contact import BEING_REACHED
from handlers.permissions.routing import consent_in, hand_over
from handlers.permissions.sharing import sharing_change
from handlers.reporter import additions
from handlers.reporter.answers import answer_step
from handlers.reporter.asking_again import erase_at_second_yes
from handlers.reporter.conversation import (
    Conversation,
    erase_dropped,
    is_adding,
    say_dropped,
)
from handlers.reporter.markers import AGAIN, ASIDE_LATER, CODE, INTERRUPTIONS, WORD_CHECK
from handlers.reporter.questions import keeping_choice
from handlers.reporter.standing import what_stands
from handlers.reporter.stopping import ask_to_erase
from handlers.reporter.ways_back import at_first_secret
from store.model.changes import Change, StopKeeping
from store.model.drafts import Phase
from store.model.errors import UnknownRevision
from store.model.outbox import TextRef

SECOND_YES = frozenset({"hold", "now", "keep"})


def choose_in_overview(conversation: Conversation, choice: str) -> Outcome:
    """Go on to the review, or ask one of the steps once more."""
    if choice == "right":
        return conversation.without_markers(ASIDE_LATER).in_phase(Phase.REVIEW).save(ASK)
    step = choice.removeprefix("change.")
    answered = {answer.step for answer in conversation.answers}
    also = BEING_REACHED if step in BEING_REACHED else ()
    again = (step, *(each for each in also if each in answered - {step}))
    return conversation.with_marker(AGAIN, *again).save(say("AGAIN"), ASK)


def choose_in_review(conversation: Conversation, choice: str) -> Outcome:
    """Show everything, change something, finish with nothing, or give the second yes.

    Before a yes it is asked about words that came meanwhile: they may belong to what is shared.
    """
    if choice in SECOND_YES and conversation.asides:
        return conversation.without_markers(ASIDE_LATER).save(ASK)
    match choice:
        case "show":
            return saying(say("SHOW_ALL"), ASK)
        case "change" if is_adding(conversation):
            return additions.go_on(conversation)
        case "change":
            return conversation.in_phase(Phase.QUESTIONS).save(ASK)
        case "just_keep":
            return _just_keep(conversation)
        case "finish":
            return ask_to_erase(conversation, choice)
        case "now":
            return _second_yes(conversation, hold_hours=0)
        case _:
            return _second_yes(conversation, hold_hours=conversation.settings.hold_hours)


def _just_keep(conversation: Conversation) -> Outcome:
    """Answer the fork anew for somebody who allowed nothing and wants to keep the story."""
    flow = conversation.flow
    fork, keeping = flow.fork, keeping_choice(flow)
    if fork is None or keeping is None:
        return saying(ASK)
    return answer_step(conversation.in_phase(Phase.QUESTIONS), fork, ChoiceResponse((keeping,)))


def withdraw(conversation: Conversation, statements: tuple[str, ...] = ()) -> Outcome:
    """Take back what was handed over in this conversation and ask the fork again.

    ``statements``: those that are taken back; all of them if none is named.
    """
    snapshot = conversation.snapshot
    if not snapshot.shared:
        return saying(say("NOTHING_SHARED"), ASK)
    withdrawn = (_withdrawn(conversation, statements), *what_stands(snapshot))
    if is_adding(conversation):
        return additions.withdraw(conversation, statements, *withdrawn)
    taken_back = take_back(conversation.view.texts, *statements)
    try:
        fork = conversation.flow.fork
    except UnknownRevision:  # nothing can be asked any more, and this needs no question
        return Outcome((taken_back,), withdrawn)
    markers = (*INTERRUPTIONS, WORD_CHECK, CODE)
    reopened = conversation.without_markers(*markers).in_phase(Phase.QUESTIONS)
    unforked = tuple(a for a in reopened.answers if fork is None or a.step != fork.id)
    settled = flows.settle(reopened.flow, unforked)
    erased = erase_dropped(unforked, settled)
    changes: tuple[Change, ...] = (taken_back, *erased)
    said = (*withdrawn, *say_dropped(erased), ASK)
    return reopened.with_answers(settled).save(*said, changes=changes)


def _withdrawn(conversation: Conversation, statements: tuple[str, ...]) -> TextRef:
    """Say what has become of what was shared: nobody had it while all of it ever was held."""
    snapshot = conversation.snapshot
    held = {hold.statement for hold in snapshot.holds if hold.here}
    standing = {grant.statement for grant in snapshot.grants}
    if statements and standing - {*statements}:
        return say("HOLD_STOPPED_REST")
    unread = held and standing <= held and not snapshot.taken_back
    return say("WITHDRAWN" if unread else "WITHDRAWN_LATE")


def _second_yes(conversation: Conversation, *, hold_hours: int) -> Outcome:
    """Hand over everything that was allowed, and go on to the ways back."""
    cleared, erased = erase_at_second_yes(conversation)
    act = hand_over(at_first_secret(cleared), hold_hours)
    readers = next((p.readers for p in act.permissions if p.scope == "named"), ())
    change = sharing_change(conversation, consent_in(conversation))
    ended = (say("TAKEN_BACK_FROM", *change.ended),) if change.ended else ()
    beside = conversation.snapshot.shared or conversation.snapshot.taken_back
    later = say("HANDED_HELD_ALSO" if beside else "HANDED_HELD", *readers)
    handed = (later if hold_hours else say("HANDED_NOW", *readers),) if readers else ()
    unkept = conversation.snapshot.kept and not consent_in(conversation).keeps_case
    unkeeps: tuple[Change, ...] = (
        (StopKeeping(conversation.view.texts.handover.unkept),) if unkept else ()
    )
    said = (say("UNKEPT"),) if unkept else ()
    said = (*said, *say_dropped(erased))
    return Outcome((*unkeeps, *erased, act), (*ended, *handed, *said, ASK))
