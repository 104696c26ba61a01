"""Slash commands, which do the same in every question and on every platform."""

from collections.abc import Callable, Mapping

from handlers.context import View
from handlers.outcome import ASK, CaseLookup, LookupPurpose, Outcome, say, saying
from handlers.reporter import (
    erasing,
    holding,
    languages,
    opened_case,
    review,
    stopping,
    welcome,
)
from handlers.reporter.asides import add_asides
from handlers.reporter.conversation import Conversation, conversation_of, is_adding, is_unbegun
from handlers.reporter.navigation import navigate
from handlers.reporter.pieces import show_pieces
from handlers.reporter.standing import Standing, standing_of
from store.model.drafts import Phase
from store.model.phrase import may_be_phrase


def run_command(view: View, name: str, rest: str) -> Outcome:
    """Carry out a command of reporters; ``rest`` is what was typed behind it."""
    command = _COMMANDS.get(name)
    if command is not None:
        return command(view, rest)
    conversation = conversation_of(view)
    if conversation is not None:
        return navigate(conversation, name)
    return saying(ASK if view.snapshot.opened is not None else say("NOTHING_OPEN"))


def _start(view: View, _rest: str) -> Outcome:
    if _is_unbegun(view):
        return saying(say("HELLO"), say("HERE_YOU_WERE"), ASK)
    if view.snapshot.draft is not None:
        return saying(say("HERE_YOU_WERE"), ASK)
    return saying(ASK) if view.snapshot.opened is not None else welcome.HELLO


def _help(_view: View, _rest: str) -> Outcome:
    return Outcome(direct=(say("HELP"),))


def _unsafe(_view: View, _rest: str) -> Outcome:
    """Show the help lines; ask nothing and store nothing."""
    return Outcome(direct=(say("HELP_LINES"),))


def _ground(_view: View, _rest: str) -> Outcome:
    """Show the grounding text; ask nothing and store nothing."""
    return Outcome(direct=(say("GROUND"),))


def _privacy(_view: View, _rest: str) -> Outcome:
    return Outcome(direct=(say("PRIVACY"),))


def _language(view: View, rest: str) -> Outcome:
    return languages.ask_or_choose(view, rest)


def _add_in_talk(conversation: Conversation) -> Outcome:
    """Say how something is added to the story that is told here, where it still can be."""
    if conversation.draft.phase in {Phase.BACK, Phase.WORDS}:
        return saying(say("DECIDED"), ASK)
    untold = standing_of(conversation.snapshot) is Standing.UNTOLD
    return saying(ASK) if untold or is_adding(conversation) else saying(say("NOT_YET_ADD"), ASK)


def _add(view: View, rest: str) -> Outcome:
    """Add what was kept aside, or add to the opened case; ask for its words where none is open."""
    conversation = conversation_of(view)
    if conversation is not None and conversation.asides:
        return saying(ASK) if is_unbegun(conversation) else add_asides(conversation)
    if conversation is not None:
        return _add_in_talk(conversation)
    if view.snapshot.opened is None:
        return _open(view, rest)
    return opened_case.choose(view, "add") if view.snapshot.kept else saying(ASK)


def _is_unbegun(view: View) -> bool:
    """Return whether there is a draft only for words that were typed before the first choice."""
    conversation = conversation_of(view)
    return conversation is not None and is_unbegun(conversation)


def _open(view: View, rest: str) -> Outcome:
    if _is_unbegun(view):
        return welcome.ask_for_words(view, LookupPurpose.OPEN)
    if view.snapshot.draft is not None:
        return saying(say("TALK_FIRST"), ASK)
    if rest:
        words = CaseLookup(LookupPurpose.OPEN, rest, behind_command=True)
        return Outcome(lookup=words, waiting=LookupPurpose.OPEN)
    return welcome.ask_for_words(view, LookupPurpose.OPEN)


def _show(view: View, rest: str) -> Outcome:
    if view.snapshot.draft is None and view.snapshot.opened is None:
        return saying(say("NOTHING_OPEN"))
    return show_pieces(view, rest)


def _permissions(view: View, _rest: str) -> Outcome:
    if view.snapshot.opened is not None:
        return saying(ASK)
    draft = view.snapshot.draft
    return saying(say("PERMISSIONS" if draft else "NOTHING_OPEN"))


def _history(view: View, rest: str) -> Outcome:
    """Show the history of an opened case; an open conversation has only what it allows so far."""
    if view.snapshot.opened is None:
        return _permissions(view, rest)
    return saying(say("HISTORY"))


def _withdraw(view: View, rest: str) -> Outcome:
    """Take back with one word what this account can take back, or ask for the words.

    What is open comes first; if nothing of it was handed over, an older hand-over still held.
    """
    snapshot, conversation = view.snapshot, conversation_of(view)
    if may_be_phrase(rest):
        return _look_up(view, CaseLookup(LookupPurpose.WITHDRAW, rest, behind_command=True))
    if snapshot.holds and not _shares_what_is_open(view):
        return holding.stop(view, snapshot.holds)
    if conversation is not None and not is_unbegun(conversation):
        return review.withdraw(conversation)
    if snapshot.opened is not None:
        return opened_case.withdraw(view)
    return welcome.ask_for_words(view, LookupPurpose.WITHDRAW)


def _shares_what_is_open(view: View) -> bool:
    """Tell whether something was handed over from the open conversation or case."""
    opened = view.snapshot.opened
    return view.snapshot.shared or bool(opened and opened.shares)


def _look_up(view: View, lookup: CaseLookup) -> Outcome:
    """Look up words. Beside a draft none are awaited, and twelve of them open nothing."""
    waiting = lookup.purpose if view.snapshot.draft is None else None
    return Outcome(lookup=lookup, waiting=waiting)


def _erase(view: View, rest: str) -> Outcome:
    conversation = conversation_of(view)
    if may_be_phrase(rest):
        return _look_up(view, CaseLookup(LookupPurpose.ERASE, rest, behind_command=True))
    if conversation is not None:
        return stopping.ask_to_erase(conversation)
    if view.snapshot.opened is not None:
        return erasing.ask_to_erase_opened(view)
    if view.snapshot.holds:
        return holding.erase(view)
    return welcome.ask_for_words(view, LookupPurpose.ERASE)


def _stop(view: View, _rest: str) -> Outcome:
    conversation = conversation_of(view)
    if conversation is not None:
        return stopping.stop(conversation)
    if view.snapshot.opened is not None:
        return holding.stop_in_opened_case(view) or opened_case.close(view)
    return saying(say("LEFT_NOTHING"))


_COMMANDS: Mapping[str, Callable[[View, str], Outcome]] = {
    "start": _start,
    "help": _help,
    "unsafe": _unsafe,
    "ground": _ground,
    "privacy": _privacy,
    "language": _language,
    "add": _add,
    "open": _open,
    "show": _show,
    "permissions": _permissions,
    "history": _history,
    "withdraw": _withdraw,
    "erase": _erase,
    "stop": _stop,
}
