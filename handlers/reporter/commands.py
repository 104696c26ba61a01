"""Slash commands, which do the same in every question and on every platform."""

from collections.abc import Callable, Mapping

from handlers.context import View
from handlers.outcome import ASK, CaseLookup, LookupPurpose, Outcome, say, saying
from handlers.reporter import opened_case, review, stopping, welcome
from handlers.reporter.conversation import conversation_of
from handlers.reporter.navigation import navigate
from handlers.reporter.pieces import show_pieces
from handlers.reporter.standing import STILL_KEPT
from store.model.changes import TakeBack
from store.model.drafts import Phase
from store.model.permissions import RevocationBasis
from store.model.phrase import CODE_WORDS, may_be_phrase, tokens_of


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
    draft = view.snapshot.draft
    if draft is not None:
        # Leaving may have cleared the code away, and nothing else shows it again.
        given = draft.phase in {Phase.BACK, Phase.WORDS} and view.snapshot.code_words
        return saying(say("HERE_YOU_WERE"), *((say("CODE"),) if given else ()), ASK)
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


def _language(_view: View, _rest: str) -> Outcome:
    return saying(say("ONLY_ENGLISH"))


def _add(view: View, rest: str) -> Outcome:
    """Add to the opened case; ask for its words where none is open."""
    conversation = conversation_of(view)
    if conversation is not None:
        return saying(ASK) if conversation.is_adding else saying(say("NOT_YET_ADD"), ASK)
    if view.snapshot.opened is None:
        return _open(view, rest)
    return opened_case.choose(view, "add") if view.snapshot.kept else saying(ASK)


def _open(view: View, rest: str) -> Outcome:
    if view.snapshot.draft is not None:
        return saying(say("TALK_FIRST"), ASK)
    if may_be_phrase(rest):
        words = CaseLookup(LookupPurpose.OPEN, rest, behind_command=True)
        return Outcome(lookup=words, waiting=LookupPurpose.OPEN)
    return Outcome(says=(say("ASK_OPEN"),), waiting=LookupPurpose.OPEN)


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
    if snapshot.held is not None and not _shares_what_is_open(view):
        change = TakeBack(RevocationBasis.HOLD, (snapshot.held.statement, *snapshot.held.also))
        story = STILL_KEPT if snapshot.held.kept else say("WITHDRAWN_ERASED")
        return Outcome((change,), (say("WITHDRAWN"), story))
    if conversation is not None:
        return review.withdraw(conversation)
    if snapshot.opened is not None:
        return opened_case.withdraw(view)
    return Outcome(says=(say("ASK_CODE_WITHDRAW"),), waiting=LookupPurpose.WITHDRAW)


def _shares_what_is_open(view: View) -> bool:
    """Tell whether something was handed over from the open conversation or case."""
    opened = view.snapshot.opened
    return view.snapshot.shared or bool(opened and opened.shares)


def _look_up(view: View, lookup: CaseLookup) -> Outcome:
    """Look up words; twelve of them open a case, for which there is no room beside a draft."""
    if view.snapshot.draft is not None and len(tokens_of(lookup.text)) != CODE_WORDS:
        return saying(say("TALK_FIRST"), ASK)
    waiting = lookup.purpose if view.snapshot.draft is None else None
    return Outcome(lookup=lookup, waiting=waiting)


def _erase(view: View, rest: str) -> Outcome:
    conversation = conversation_of(view)
    if may_be_phrase(rest):
        return _look_up(view, CaseLookup(LookupPurpose.ERASE, rest, behind_command=True))
    if conversation is not None:
        return stopping.ask_to_erase(conversation)
    if view.snapshot.opened is not None:
        return opened_case.erase(view)
    return Outcome(says=(say("ASK_CODE_ERASE"),), waiting=LookupPurpose.ERASE)


def _stop(view: View, _rest: str) -> Outcome:
    conversation = conversation_of(view)
    if conversation is not None:
        return stopping.stop(conversation)
    if view.snapshot.opened is not None:
        return opened_case.close(view)
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
