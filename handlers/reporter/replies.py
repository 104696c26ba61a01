"""Answer what people say to the bot besides answering its questions.

However a message is understood, it allows, shares and erases nothing: a reply stops, helps,
explains, pauses, goes back or asks.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from handlers.context import View
from handlers.messages import TextMessage
from handlers.outcome import ASK, HELLO_TO_WORDS, LookupPurpose, Outcome, say, saying
from handlers.permissions.contact import FOLLOWING
from handlers.reporter import languages, opened_case, welcome
from handlers.reporter.asides import add_asides, set_aside
from handlers.reporter.awaited import GOODBYE
from handlers.reporter.commands import run_command
from handlers.reporter.conversation import Conversation, conversation_of, is_adding, is_unbegun
from handlers.reporter.holding import has_just_shared, is_held_alone
from handlers.reporter.listening import understood, with_readers_unnamed
from handlers.reporter.markers import AGAIN, CODE, OVERVIEW, REOPENED, SAFE, WORD_CHECK
from handlers.reporter.questions import Question, begins_story, underlying_question
from handlers.reporter.refusals import asks_the_bot, leaves_answer
from handlers.reporter.typed_text import tells_danger
from handlers.reporter.ways_back import can_show_words, has_words
from handlers.texts.sayings import Saying
from store.model.drafts import Phase
from store.model.outbox import TextRef

UNDECIDED = frozenset({Phase.QUESTIONS, Phase.REVIEW})
"""In these phases nothing was allowed yet."""

LEFT_TO_THE_HOLD = frozenset(
    {
        *(Saying.GREETING, Saying.HELLO_OR_GOODBYE, Saying.RETURNED),
        *(Saying.YES, Saying.NO, Saying.DONE, Saying.CONFUSED),
        *(Saying.MOMENT, Saying.PAUSE),  # else it would be said that nothing was saved
    }
)
"""To these it is said where things stand, as long as something is held and nothing is open."""

CHANGING = frozenset({Saying.NO, Saying.MISTAKE, Saying.UNSEND})
"""At the overview they ask for another answer."""

ANSWERING_A_CHOICE = frozenset({Saying.YES, Saying.NO, Saying.DONE})
"""Where words are awaited these answer nothing, and nothing stands there to choose from."""

COMING = frozenset({Saying.RETURNED, Saying.GREETING})
PARTING = frozenset({Saying.GOODBYE, Saying.HELLO_OR_GOODBYE})
"""Where words are an answer, these tell nothing: it is said where things stand."""

WITH_HELP = frozenset({Saying.POLICE, Saying.CALL, Saying.JUDGE})
"""Beside the answers to these stand the help lines."""


def answer_saying(
    view: View, current: Question, typed: TextMessage, item: str, waiting: LookupPurpose | None
) -> Outcome | None:
    """Answer what was said to the bot; None for everything else."""
    just = has_just_shared(view)
    said = understood(typed.own, just_shared=just)
    said = said or understood(with_readers_unnamed(view, typed.own), just_shared=just)
    if said is None or (said is Saying.NO_CONTACT and not _may_be_shared(view)):
        return None
    if said in LEFT_TO_THE_HOLD and waiting is None and is_held_alone(view):
        return saying(ASK)
    if said is Saying.WROTE_DOWN and waiting is not None:
        return None  # then they can be typed
    if said in ANSWERING_A_CHOICE and waiting is not None:
        return saying(ASK)
    if said is Saying.DANGER:
        return _warn(view, current, typed, item, waiting)
    outcome = _answer(view, current, said)
    if said is Saying.THANKS and waiting is None and not _is_anything_open(view):
        return saying(*(text for text in outcome.says if text != ASK))  # it asks for nothing
    if waiting is None and current.id == SAFE and not is_held_alone(view):
        return _below_welcome(outcome)
    return outcome


def reply_instead(
    view: View, conversation: Conversation, current: Question, typed: TextMessage, item: str
) -> Outcome | None:
    """Take what leaves an answer as it is, or asks the bot for something; None for others."""
    step = current.step
    if step is None or step.many or not current.free:
        return None
    if conversation.marker(AGAIN) and leaves_answer(typed.own):
        return run_command(view, "done", "")
    asked = asks_the_bot(step, typed.own) or understood(typed.own) is Saying.GOODBYE
    return answer_saying(view, current, typed, item, None) if asked else None


def _may_be_shared(view: View) -> bool:
    """Return whether something may be shared: here, or of a story that is not open now."""
    snapshot = view.snapshot
    return bool(snapshot.holds) or snapshot.shared or _begun(view) is None


def _below_welcome(outcome: Outcome) -> Outcome:
    """Welcome first where the first choice is asked for: nobody begins without its limits.

    What changes something asks another question, which comes last.
    """
    if outcome.changes or ASK not in outcome.says or HELLO_TO_WORDS in outcome.says:
        return outcome
    rest = () if outcome.says == (ASK,) else outcome.says
    return replace(outcome, says=(HELLO_TO_WORDS, *rest))


def answer_coming_or_going(
    conversation: Conversation, current: Question, typed: TextMessage, item: str
) -> Outcome | None:
    """Say where things stand to somebody who comes or leaves; that tells nothing.

    The words are kept aside. None where they say something else, or cannot be kept, and where a
    greeting is taken for no answer anyway. As the first words of a story they are kept nowhere:
    the question about them would stand in place of the story, and a no to it delete what follows.
    """
    said, step = understood(typed.own), underlying_question(conversation).step
    if said is None or said not in COMING | PARTING:
        return None
    if step is not None and not is_adding(conversation) and begins_story(conversation, step):
        return _come_or_go(said) if typed.shown == typed.own else None
    about_reaching = step is not None and (step.skip is not None or step.id in FOLLOWING)
    if about_reaching and said is not Saying.RETURNED:
        return None
    kept = set_aside(conversation, current, typed, item)
    if kept is None:
        return None
    if said in COMING:
        return replace(kept, says=(say("HERE_YOU_WERE"), *kept.says))
    offer = tuple(text for text in kept.says if text != ASK)
    return replace(kept, says=(say("PAUSED"), *offer, GOODBYE))  # the first one clears the chat


def _come_or_go(said: Saying) -> Outcome:
    if said in PARTING:
        return saying(say("PAUSED"), GOODBYE)
    return saying(ASK) if said is Saying.GREETING else saying(say("HERE_YOU_WERE"), ASK)


def _answer(view: View, current: Question, said: Saying) -> Outcome:
    if current.id == OVERVIEW and said in CHANGING and not view.snapshot.shared:
        return saying(say("CHOOSE_LINE"), ASK)
    special = _SPECIAL.get(said)
    outcome = special(view, current) if special is not None else _explain(view, said.value)
    return replace(outcome, direct=(say("HELP_LINES"),)) if said in WITH_HELP else outcome


def _warn(
    view: View, current: Question, typed: TextMessage, item: str, waiting: LookupPurpose | None
) -> Outcome:
    """Show the help lines to somebody who may be in danger, and keep the words aside.

    Where they cannot be kept that is said.
    """
    shown = () if tells_danger(typed.own) else (say("HELP_LINES"),)  # else they come by themselves
    return replace(_beside_help_lines(view, current, typed, item, waiting), direct=shown)


def _beside_help_lines(
    view: View, current: Question, typed: TextMessage, item: str, waiting: LookupPurpose | None
) -> Outcome:
    conversation = conversation_of(view)
    if conversation is not None:
        kept = set_aside(conversation, current, typed, item)
        return kept or saying(say("NOT_ADDED"), ASK)
    if waiting is not None:
        return saying(say("NOT_SAVED"), ASK)
    if current.id == SAFE:
        return welcome.keep_first_words(view, typed, item)
    return saying(say("NOT_ADDED"), ASK)


def _explain(_view: View, name: str) -> Outcome:
    """Say the sentence of this name, then ask what is open."""
    return saying(say("HEARD", name), ASK)


def _is_anything_open(view: View) -> bool:
    return conversation_of(view) is not None or view.snapshot.opened is not None


def _begun(view: View) -> Conversation | None:
    """Return the conversation of somebody who has made the first choice."""
    conversation = conversation_of(view)
    return None if conversation is None or is_unbegun(conversation) else conversation


def _greet(view: View, _current: Question) -> Outcome:
    if view.snapshot.opened is not None:
        return saying(ASK)
    return saying(say("HERE_YOU_WERE"), ASK) if _begun(view) else welcome.GREETING


def _part(view: View, _current: Question) -> Outcome:
    """Say goodbye: in an open talk behind where things stand; who has a case open closes it."""
    if conversation_of(view) is not None:
        paused = run_command(view, "pause", "")
        return replace(paused, says=(*paused.says, GOODBYE))
    return opened_case.close(view) if view.snapshot.opened is not None else saying(GOODBYE)


def _greet_or_part(view: View, current: Question) -> Outcome:
    """Greet who has nothing open yet; of all others these words take leave."""
    is_open = _begun(view) is not None or view.snapshot.opened is not None
    return _part(view, current) if is_open else _greet(view, current)


def _welcome_back(view: View, _current: Question) -> Outcome:
    """Say where things stand; who has nothing open may have kept something before."""
    if _begun(view) is not None:
        return saying(say("HERE_YOU_WERE"), ASK)
    if view.snapshot.opened is not None:
        return saying(ASK)
    return saying(HELLO_TO_WORDS, say("HEARD", "before"), ASK)


def _stop(view: View, _current: Question) -> Outcome:
    return run_command(view, "stop", "")


def _pause(view: View, current: Question) -> Outcome:
    """Wait; who has not begun is told that nothing was kept."""
    if conversation_of(view) is not None:
        return run_command(view, "pause", "")
    return _stop(view, current) if view.snapshot.opened is not None else saying(say("NOT_NOW"))


def _wait(view: View, current: Question) -> Outcome:
    """Give time; where a secret is to be written down, say how long it can be seen."""
    if current.id in {WORD_CHECK, CODE}:
        return saying(_time_for(current), ASK)
    return saying(ASK) if view.snapshot.opened is not None else _pause(view, current)


def _regret(_view: View, current: Question) -> Outcome:
    """Say how it is taken back, and how long a secret can be seen: they may only want a moment."""
    lasts = (_time_for(current),) if current.id in {WORD_CHECK, CODE} else ()
    return saying(say("HEARD", "unsend"), *lasts, ASK)


def _time_for(current: Question) -> TextRef:
    return say("HEARD", "words_wait" if current.id == WORD_CHECK else "code_waits")


def _screenshot(_view: View, current: Question) -> Outcome:
    """Say what a picture of the chat means, and how long a secret can be seen without one."""
    lasts = (_time_for(current),) if current.id in {WORD_CHECK, CODE} else ()
    return saying(say("HEARD", "screenshot"), *lasts, ASK)


def _back(view: View, _current: Question) -> Outcome:
    return run_command(view, "back", "") if _begun(view) else saying(ASK)


def _erase(view: View, _current: Question) -> Outcome:
    """Ask once more, or for the words of what was kept."""
    return run_command(view, "erase", "")


def _unsend(view: View, _current: Question) -> Outcome:
    """Offer to take back what was shared; taking back may end a story that nobody kept."""
    opened, snapshot = view.snapshot.opened, view.snapshot
    if snapshot.holds or snapshot.shared or (opened is not None and opened.shares):
        return _explain(view, "unsend")
    if _begun(view) is not None or opened is not None:
        return saying(say("NOTHING_SHARED"), ASK)
    # Of what was only put aside nothing was shared: it can be erased, after one more question.
    return run_command(view, "erase" if conversation_of(view) else "withdraw", "")


def _help(view: View, _current: Question) -> Outcome:
    """Show who can help, and nothing else: whoever calls for help must not read commands."""
    return run_command(view, "unsafe", "")


def _was_read(view: View, _current: Question) -> Outcome:
    """Say that nobody has read it only where nothing was ever shared of it."""
    conversation = _begun(view)
    if view.snapshot.opened is not None:
        return saying(ASK)
    if conversation is None:
        return _explain(view, "was_read")
    undecided = conversation.draft.phase in UNDECIDED and conversation.draft.code is None
    shared = view.snapshot.shared or conversation.marker(REOPENED) is not None
    return _explain(view, "unread" if undecided and not shared else "was_read")


def _lost_words(view: View, _current: Question) -> Outcome:
    """Say how the words can be shown again, as long as they can."""
    conversation = _begun(view)
    shown = conversation is not None and can_show_words(conversation)
    return _explain(view, "lost_here" if shown else "lost_words")


def _losing_words(view: View, current: Question) -> Outcome:
    """Say what it means to lose the words, before they go: what they alone can do."""
    if current.id == WORD_CHECK:
        return _explain(view, "losing_shared" if view.snapshot.shared else "losing_kept")
    conversation = conversation_of(view)
    if current.id != CODE or conversation is None:
        return _explain(view, "lost_words")
    return _explain(view, "losing_code" if has_words(conversation) else "losing_code_alone")


def _wrote_down(view: View, current: Question) -> Outcome:
    """Ask for the two words; elsewhere nothing was to be written down."""
    if current.id == WORD_CHECK:
        return saying(say("WROTE_DOWN"))
    return _explain(view, "unclear") if current.offers else saying(ASK)


def _add(view: View, _current: Question) -> Outcome:
    """Say how something is added; in an opened case that is a command."""
    conversation = _begun(view)
    if conversation is None:
        opened = view.snapshot.opened is not None
        return run_command(view, "add", "") if opened else _explain(view, "before")
    undecided = conversation.draft.phase in UNDECIDED
    return _explain(view, "add") if undecided else saying(say("DECIDED"), ASK)


def _add_asides(view: View, current: Question) -> Outcome:
    """Add what was kept aside: these words answer the offer."""
    conversation = _begun(view)
    if conversation is None or not conversation.asides:
        return _add(view, current)
    return add_asides(conversation)


def _show(view: View, _current: Question) -> Outcome:
    is_open = _begun(view) is not None or view.snapshot.opened is not None
    return _explain(view, "show" if is_open else "before")


def _skip(view: View, current: Question) -> Outcome:
    return _explain(view, "skip") if current.step is not None else saying(say("CANNOT_SKIP"), ASK)


def _how_long(view: View, _current: Question) -> Outcome:
    snapshot = view.snapshot
    # What is to be kept ends with its conversation until the words for it were given back.
    if snapshot.opened is not None or snapshot.outlives_draft or snapshot.shared:
        return _explain(view, "how_long_kept")
    return _explain(view, "how_long_draft" if _begun(view) is not None else "how_long")


def _choose(view: View, current: Question) -> Outcome:
    """Ask again: these words choose nothing that is offered, where something is."""
    return _explain(view, "unclear") if current.offers else saying(ASK)


def _agree(view: View, current: Question) -> Outcome:
    """Ask for the two words of somebody who says that all is well, or done; else ask again."""
    return _wrote_down(view, current) if current.id == WORD_CHECK else _choose(view, current)


def _language(view: View, _current: Question) -> Outcome:
    return languages.ask(view)


_SPECIAL: Mapping[Saying, Callable[[View, Question], Outcome]] = {
    Saying.GREETING: _greet,
    Saying.HELLO_OR_GOODBYE: _greet_or_part,
    Saying.GOODBYE: _part,
    Saying.MOMENT: _wait,
    Saying.REGRET: _regret,
    Saying.SCREENSHOT: _screenshot,
    Saying.RETURNED: _welcome_back,
    Saying.BEFORE: _welcome_back,
    Saying.STOP: _stop,
    Saying.PAUSE: _pause,
    Saying.BACK: _back,
    Saying.ERASE: _erase,
    Saying.UNSEND: _unsend,
    Saying.HELP: _help,
    Saying.WAS_READ: _was_read,
    Saying.LOST_WORDS: _lost_words,
    Saying.LOSING_WORDS: _losing_words,
    Saying.WROTE_DOWN: _wrote_down,
    Saying.ADD: _add,
    Saying.ADD_ASIDE: _add_asides,
    Saying.SHOW: _show,
    Saying.SKIP: _skip,
    Saying.HOW_LONG: _how_long,
    Saying.YES: _agree,
    Saying.NO: _choose,
    Saying.DONE: _agree,
    Saying.LANGUAGE: _language,
}
