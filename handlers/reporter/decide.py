"""What to do on one message of one account. Pure: a view and a message in, an outcome out.

Only buttons and slash commands act. In a question that takes words, bare words are the answer.
"""

from collections.abc import Callable
from hashlib import sha256

from handlers.context import View
from handlers.messages import (
    ButtonPress,
    EditedMessage,
    MessageContent,
    TextMessage,
    UnresolvedPress,
    UnusableMessage,
)
from handlers.outcome import ASK, CaseLookup, LookupPurpose, Outcome, say, saying
from handlers.reporter import opened_case as opened
from handlers.reporter import telling as talk
from handlers.reporter import welcome as doorstep
from handlers.reporter.questions import Question, open_question
from handlers.reporter.typed_text import (
    BARE,
    NOT_SAFE,
    STOP,
    bare_word,
    chosen,
    command_of,
    showable,
)
from store.model.changes import CloseCase, TakeBack
from store.model.drafts import Phase
from store.model.permissions import RevocationBasis

ITEM_BYTES = 16
ALWAYS = frozenset({"help", "unsafe", "privacy"})
CODE_WORDS = 4


def decide(
    view: View, heard: MessageContent, waiting: LookupPurpose | None = None, message: str = ""
) -> Outcome:
    """The one entry. ``waiting``: what the account was asked to type words for.

    ``message``: the platform's id of what was said, by which it can be changed later.
    """
    if view.snapshot.ended:
        return _ended(view, heard)
    match heard:
        case UnusableMessage(kind):
            return saying(say("UNUSABLE", kind))
        case ButtonPress(question, choices):
            return _pressed(view, question, choices)
        case UnresolvedPress():
            return saying(ASK)  # nobody knew what it meant
        case EditedMessage(text, of):
            return _edited(view, text, item_id(view, of))
        case TextMessage(text):
            return _typed(view, text, waiting, _new_item(view, message))


def item_id(view: View, message: str) -> str:
    """The id of what is sealed of this message.

    It follows from the message and the secret of the case, so that a message that is changed, or
    comes twice, is found again; who does not have the secret cannot tie the two together.
    """
    if not message or not view.snapshot.words:
        return view.draw(ITEM_BYTES).hex()
    secret = " ".join(view.snapshot.words)
    named = f"{view.platform.name} {message}"
    return sha256(f"item {len(named)} {named} {secret}".encode()).digest()[:ITEM_BYTES].hex()


def _new_item(view: View, message: str) -> str:
    """Of its message; by chance if a platform numbers two messages alike."""
    item, draft = item_id(view, message), view.snapshot.draft
    taken = {i for a in (draft.answers if draft else ()) for i in (*a.items, *a.choices)}
    return item_id(view, "") if item in taken else item


def _ended(view: View, heard: MessageContent) -> Outcome:
    """Said once; help comes at any time."""
    command = command_of(heard.text) if isinstance(heard, TextMessage) else None
    if command and command[0] in ALWAYS:
        return on_command(view, *command)
    return Outcome((CloseCase(),), (say("ENDED"),))


def _pressed(view: View, question: str, choices: tuple[str, ...]) -> Outcome:
    """A stale button asks the current question again."""
    current = open_question(view)
    known = {o.id for o in current.offers}
    if question != current.id or not choices or not set(choices) <= known:
        return saying(ASK)
    return _choose(view, current, choices)


def _edited(view: View, text: str, item: str) -> Outcome:
    """Other words in a message that was sealed, while its question is still open."""
    if view.snapshot.draft is None:
        return saying(say("UNUSABLE", "edit"))
    if len(text) > view.settings.text_length:
        return saying(say("TOO_LONG", str(view.settings.text_length)))
    return talk.tell_anew(view, open_question(view), showable(text), item)


def _typed(view: View, text: str, waiting: LookupPurpose | None, item: str) -> Outcome:
    command = command_of(text)
    if command and command[0] in BARE:
        return on_command(view, *command)
    current = open_question(view)
    bare = _BARE_COMMANDS.get(bare_word(text))
    if bare is not None and (waiting is not None or not talk.takes_words(view, current)):
        return on_command(view, bare, "")
    if waiting is not None:
        return Outcome(lookup=CaseLookup(waiting, text), waiting=waiting)
    choices = chosen(text, current.offers, several=current.several)
    if choices is not None:
        return _choose(view, current, choices)
    return _free(view, current, text, item)


_BARE_COMMANDS = {NOT_SAFE: "unsafe", STOP: "stop"}
"""What acts without a slash, wherever it cannot be part of a story."""


def _choose(view: View, current: Question, choices: tuple[str, ...]) -> Outcome:
    if view.snapshot.draft is not None:
        return talk.choose(view, current, choices)
    if view.snapshot.opened is not None:
        return opened.choose(view, choices[0])
    return doorstep.choose(view, choices[0])


def _free(view: View, current: Question, text: str, item: str) -> Outcome:
    """Words that are neither a command nor one of the offers."""
    if len(text) > view.settings.text_length:
        return saying(say("TOO_LONG", str(view.settings.text_length)))
    if text.lstrip().startswith("/") and not talk.takes_words(view, current):
        return saying(say("UNKNOWN_COMMAND"), ASK)
    if view.snapshot.draft is not None:
        return talk.tell(view, current, showable(text), text, item)
    if view.snapshot.opened is not None:
        return saying(say("CHOOSE"), ASK)
    return doorstep.tell(text)


def leave(view: View) -> Outcome:
    """Somebody hung up: one sentence, and everything as it was."""
    if view.snapshot.draft is None:
        return saying(say("LEFT_NOTHING"))
    return saying(say("LEFT_SHARED" if view.snapshot.shared else "LEFT"))


def on_command(view: View, name: str, rest: str) -> Outcome:
    """Slash commands do the same in every question, on every platform."""
    special = _COMMANDS.get(name)
    if special is not None:
        return special(view, rest)
    if view.snapshot.draft is not None:
        return talk.on_command(view, name)
    return saying(ASK if view.snapshot.opened is not None else say("NOTHING_OPEN"))


def _start(view: View, _rest: str) -> Outcome:
    draft = view.snapshot.draft
    if draft is not None:
        # Leaving may have cleared it away, and nothing else shows it again.
        given = draft.phase in {Phase.BACK, Phase.WORDS} and view.snapshot.code_words
        return saying(say("HERE_YOU_WERE"), *((say("CODE"),) if given else ()), ASK)
    return saying(ASK) if view.snapshot.opened is not None else doorstep.HELLO


def _help(_view: View, _rest: str) -> Outcome:
    return Outcome(direct=(say("HELP"),))


def _unsafe(_view: View, _rest: str) -> Outcome:
    """Asks nothing and stores nothing."""
    return Outcome(direct=(say("HELP_LINES"),))


def _privacy(_view: View, _rest: str) -> Outcome:
    return Outcome(direct=(say("PRIVACY"),))


def _language(_view: View, _rest: str) -> Outcome:
    return saying(say("ONLY_ENGLISH"))


def _add(view: View, _rest: str) -> Outcome:
    return saying(say("NOT_YET_ADD"), *((ASK,) if view.snapshot.draft else ()))


def _open(view: View, rest: str) -> Outcome:
    if view.snapshot.draft is not None:
        return saying(say("TALK_FIRST"), ASK)
    if rest:
        return Outcome(lookup=CaseLookup(LookupPurpose.OPEN, rest), waiting=LookupPurpose.OPEN)
    return Outcome(says=(say("ASK_OPEN"),), waiting=LookupPurpose.OPEN)


def _show(view: View, rest: str) -> Outcome:
    if view.snapshot.draft is None and view.snapshot.opened is None:
        return saying(say("NOTHING_OPEN"))
    return talk.show(view, rest)


def _permissions(view: View, _rest: str) -> Outcome:
    if view.snapshot.opened is not None:
        return saying(ASK)
    draft = view.snapshot.draft
    return saying(say("PERMISSIONS" if draft else "NOTHING_OPEN"))


def _history(view: View, rest: str) -> Outcome:
    """Of a talk that is going on there is nothing but what it allows so far."""
    if view.snapshot.opened is None:
        return _permissions(view, rest)
    return saying(say("HISTORY"))


def _withdraw(view: View, rest: str) -> Outcome:
    """One word where the account is known; otherwise the words first.

    What is open comes first; if nothing of it was handed over, what this account may still stop.
    """
    snapshot = view.snapshot
    if rest:
        return _with_words(view, CaseLookup(LookupPurpose.WITHDRAW, rest))
    if snapshot.held is not None and not _stands(view):
        taken = TakeBack(RevocationBasis.HOLD, (snapshot.held.statement,))
        gone = () if snapshot.held.kept else (say("WITHDRAWN_ERASED"),)
        return Outcome((taken,), (say("WITHDRAWN"), *gone))
    if snapshot.draft is not None:
        return talk.withdraw(view)
    if snapshot.opened is not None:
        return opened.choose(view, "withdraw")
    return Outcome(says=(say("ASK_CODE_WITHDRAW"),), waiting=LookupPurpose.WITHDRAW)


def _stands(view: View) -> bool:
    """Something was handed over from the talk or the case that is open."""
    opened_now = view.snapshot.opened
    return view.snapshot.shared or bool(opened_now and opened_now.shares)


def _with_words(view: View, lookup: CaseLookup) -> Outcome:
    """Twelve words open a case, and beside an open talk there is no room for one."""
    if view.snapshot.draft is not None and len(lookup.text.split()) != CODE_WORDS:
        return saying(say("TALK_FIRST"), ASK)
    waiting = lookup.purpose if view.snapshot.draft is None else None
    return Outcome(lookup=lookup, waiting=waiting)


def _erase(view: View, rest: str) -> Outcome:
    snapshot = view.snapshot
    if rest:
        return _with_words(view, CaseLookup(LookupPurpose.ERASE, rest))
    if snapshot.draft is not None:
        return talk.ask_erase(view)
    if snapshot.opened is not None:
        return opened.choose(view, "erase")
    return Outcome(says=(say("ASK_CODE_ERASE"),), waiting=LookupPurpose.ERASE)


def _stop(view: View, _rest: str) -> Outcome:
    if view.snapshot.draft is not None:
        return talk.stop(view)
    if view.snapshot.opened is not None:
        return opened.choose(view, "close")
    return saying(say("LEFT_NOTHING"))


_COMMANDS: dict[str, Callable[[View, str], Outcome]] = {
    "start": _start,
    "help": _help,
    "unsafe": _unsafe,
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
