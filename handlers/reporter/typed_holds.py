"""Stop a hand-over that is held, or begin to erase it, where a typed message asks for that."""

from dataclasses import replace

from flows.folding import folded
from handlers.context import View
from handlers.messages import TextMessage
from handlers.outcome import Outcome, say
from handlers.reporter import holding
from handlers.reporter.commands import run_command
from handlers.reporter.commands_with_words import says_with
from handlers.reporter.conversation import Conversation
from handlers.reporter.hold_words import wants_it_to_go_on, wants_to_erase
from handlers.reporter.questions import Question
from handlers.reporter.telling import accepts_text
from handlers.reporter.typed_choices import read_freely
from handlers.reporter.typed_text import STOP


def stop_or_erase_held(
    view: View, conversation: Conversation | None, current: Question, typed: TextMessage
) -> Outcome | None:
    """Stop what is held or begin to erase it; return None if the message asks for neither."""
    if not view.snapshot.holds:
        return None
    stopped = holding.stop_by_number(view, typed.own) or holding.stop_again(
        view, current, typed.own
    )
    if stopped is not None or accepts_text(conversation, current):
        return stopped
    if read_freely(current, typed.own) is not None:
        return None  # "call back" names a choice here
    if holding.is_held_alone(view) and wants_to_erase(folded(typed.own)):
        return run_command(view, "erase", "")
    return holding.stop_as_typed(view, current, typed.own)


def stop_by_command(view: View, rest: str) -> Outcome | None:
    """Stop what is held, where ``/stop`` outside a conversation means that; else return None."""
    if wants_it_to_go_on(folded(rest)):
        return None  # "/stop no don't stop it"
    alone, holds = holding.is_held_alone(view), view.snapshot.holds
    stopped = holding.stop(view, holds) if alone else holding.stop_in_opened_case(view)
    if stopped is None or not rest:
        return stopped
    return replace(stopped, says=says_with(stopped, say("NOT_KEPT_BEHIND", STOP)))
