"""Carry out a command that has words behind it; keep the words where the question takes words.

Whoever types ``/done and then he followed me`` has told something, and ``/stop touching me, I
said`` is a sentence of a story: the command acts, and no word is lost in silence.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from flows.folding import plain
from handlers.context import View
from handlers.messages import TextMessage
from handlers.outcome import ASK, Outcome, say, saying
from handlers.reporter.asides import is_worth_keeping, seal_aside
from handlers.reporter.commands import run_command
from handlers.reporter.conversation import Conversation, conversation_of, is_unbegun
from handlers.reporter.listening import understood
from handlers.reporter.markers import SAFE
from handlers.reporter.questions import open_question, underlying_question
from handlers.reporter.telling import accepts_text, answer_with_text, kept_as
from handlers.reporter.typed_text import NOT_SAFE, words_behind
from handlers.reporter.welcome import keep_first_words
from store.model.changes import Change, CloseCase, EraseCase, ReturnToCase, SaveDraft
from store.model.outbox import TextRef
from store.model.phrase import may_be_phrase

READS_WORDS: Mapping[str, Callable[[str], bool]] = {
    "open": may_be_phrase,
    "show": lambda rest: len(rest.split()) == 1,
    "language": lambda rest: len(rest.split()) == 1,
}
"""What may stand behind these says what is wanted: recovery words, a number, a language."""
TAKES_BACK = frozenset({"withdraw", "erase"})
"""Behind these recovery words may stand."""
TOLD_WITH = frozenset({"done", "stop", "pause", "back", "skip", "help"})
"""What stands behind these may be a part of a story; behind all others it is meant for the bot."""
ASIDE_WITH = TOLD_WITH | {"add", "start", "words", "permissions", "history"}
"""What stands behind these is kept aside where it is no answer. Not behind words that take back or
erase, nor where help is wanted: those ask for nothing to be kept."""
ENDS_ANSWER = "done"
ENDS_SENTENCE = frozenset({"done", "add", "start"})
"""These are no part of the words behind them."""
QUESTIONS = frozenset({ASK.sentence, "ADD_MORE"})
MOVES_ON = frozenset({"done", "skip", "back"})
"""These lead away from the open question, as an answer to a single question does."""


def run_typed_command(view: View, name: str, rest: str, typed: TextMessage, item: str) -> Outcome:
    """Carry out a command of reporters, with what is to become of the words behind it.

    ``rest`` are these words without the signs before them, ``typed`` is the whole message, and
    ``item`` the id under which words of it are sealed.
    """
    if not rest or _reads(name, rest) or _is_start_parameter(name, rest):
        return run_command(view, name, rest)
    kept = _keep_words(view, name, typed, item) if name in TOLD_WITH else None
    beside = _put_aside(view, name, typed, item) if kept is None else None
    outcome = kept or beside or run_without_words(view, name, rest)
    if plain(rest) in NOT_SAFE and say("HELP_LINES") not in outcome.direct:
        return replace(outcome, direct=(say("HELP_LINES"), *outcome.direct))
    return outcome


def run_without_words(view: View, name: str, rest: str = "") -> Outcome:
    """Carry out a command, and say that the words behind it were not kept.

    Words that may be those of a case are looked up instead.
    """
    outcome = run_command(view, name, rest)
    is_phrase = name in TAKES_BACK and may_be_phrase(rest)
    if outcome.lookup is not None or _reads(name, rest) or is_phrase:
        return outcome
    return replace(outcome, says=says_with(outcome, say("NOT_KEPT_BEHIND", name)))


def says_with(outcome: Outcome, remark: TextRef) -> tuple[TextRef, ...]:
    """Say what the command did first, then the remark, then the question.

    Nothing comes after what is said last in a chat.
    """
    if any(isinstance(change, EraseCase | CloseCase) for change in outcome.changes):
        return (remark, *outcome.says)
    asked = tuple(text for text in outcome.says if text.sentence in QUESTIONS)
    return (*(text for text in outcome.says if text not in asked), remark, *asked)


def _reads(name: str, rest: str) -> bool:
    """Return whether a command reads what stands behind it; other words may tell something."""
    reads = READS_WORDS.get(name)
    return reads is not None and reads(rest)


def _is_start_parameter(name: str, rest: str) -> bool:
    """Return whether a link that opens the chat put a word behind ``/start``: nobody typed it."""
    return name == "start" and len(rest.split()) == 1


def _keep_words(view: View, name: str, typed: TextMessage, item: str) -> Outcome | None:
    """Seal the words and carry out the command; None where the open question takes none."""
    conversation = conversation_of(view)
    if conversation is None or not accepts_text(conversation, open_question(view)):
        return None
    step = underlying_question(conversation).step
    single, moves_on = step is not None and not step.many, name in MOVES_ON
    if single and moves_on and name != ENDS_ANSWER:
        return None
    # The word of any other command may be a part of the sentence.
    cut = name == ENDS_ANSWER and not typed.whole
    words = TextMessage(words_behind(typed.text)) if cut else typed
    if len(words.shown) > view.settings.text_length:
        return saying(say("TOO_LONG", str(view.settings.text_length))) if moves_on else None
    told = answer_with_text(conversation, open_question(view), words, item)
    answered = _saved(conversation, told.changes)
    if answered is None:
        done = run_command(view, name, "")
        return replace(done, says=(*told.says, *done.says))
    if single and name == ENDS_ANSWER:
        return told
    remark = (say("KEPT_BEHIND", name, step=kept_as(conversation, step.id) if step else ""),)
    return _then(told, run_command(answered.view, name, ""), remark)


def _put_aside(view: View, name: str, typed: TextMessage, item: str) -> Outcome | None:
    """Keep the words aside and carry out the command; None where they cannot be kept."""
    conversation, behind = conversation_of(view), TextMessage(words_behind(typed.text))
    if name not in ASIDE_WITH or understood(behind.text) is not None:
        return None
    if not is_worth_keeping(view, behind.text, open_question(view)):
        return None
    words = behind if name in ENDS_SENTENCE and not typed.whole else typed
    if name == "start" and open_question(view).id == SAFE:
        return keep_first_words(view, words, item)
    if conversation is None or is_unbegun(conversation):
        return None
    kept = seal_aside(conversation, words, item)
    if kept is None:
        return None
    beside, seal = kept
    told, done = beside.save(changes=(seal,)), run_command(beside.view, name, "")
    after = _then(told, done, ())
    if name == "add":
        return after  # it has added them
    return replace(after, says=says_with(after, say("ASIDE_BEHIND", name)))


def _saved(conversation: Conversation, changes: Sequence[Change]) -> Conversation | None:
    """Return the conversation after these changes, or None if they do not save it."""
    draft = next((c.draft for c in changes if isinstance(c, SaveDraft)), None)
    return None if draft is None else conversation.with_draft(draft)


def _then(told: Outcome, done: Outcome, remark: tuple[TextRef, ...]) -> Outcome:
    """Put together that words were told and what the command did after it."""
    saves = any(isinstance(change, SaveDraft | ReturnToCase) for change in done.changes)
    changes = tuple(c for c in told.changes if not (saves and isinstance(c, SaveDraft)))
    drafts_last = sorted((*changes, *done.changes), key=lambda c: isinstance(c, SaveDraft))
    return replace(
        done,
        changes=tuple(drafts_last),
        says=(*remark, *done.says),
        direct=(*told.direct, *done.direct),
    )
