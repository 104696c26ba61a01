"""The welcome, before anything was begun: hello, whether it is safe, the way back in.

What is typed before the first choice is not lost: a draft keeps it aside, and nothing else.
"""

from dataclasses import replace

from flows.folding import folded
from handlers.context import View
from handlers.messages import LastAnswer, TextMessage
from handlers.outcome import ASK, HELLO_TO_WORDS, CaseLookup, LookupPurpose, Outcome, say, saying
from handlers.reporter import languages
from handlers.reporter.asides import is_worth_keeping, seal_aside
from handlers.reporter.awaited import ASKING
from handlers.reporter.conversation import Conversation, conversation_of
from handlers.reporter.hold_words import wants_it_to_go_on
from handlers.reporter.languages import LANGUAGE_PREFIX
from handlers.reporter.listening import understood
from handlers.reporter.markers import (
    ASIDE,
    ASIDE_OFFERED,
    CASE,
    FIRST_WORDS,
    KIND,
    OVERVIEW,
    SAFE,
)
from handlers.reporter.questions import Question, asks_for_consent, open_question
from handlers.reporter.stopping import ask_to_erase
from handlers.reporter.typed_choices import LEAVING_AS_IT_IS, read_choices
from handlers.reporter.typed_text import STRUCK, is_numbers
from handlers.texts.sayings import Saying
from store.model.changes import BeginCase, Change, SaveDraft
from store.model.drafts import Draft, StoredAnswer
from store.model.phrase import CASE_WORDS, tokens_of

HELLO = saying(say("HELLO"))
DECIDING_CHOICES = {
    ASIDE: frozenset({"yes", "no"}),
    OVERVIEW: frozenset({"right"}),
    CASE: frozenset({"now", "withdraw", "renew"}),
}
"""By question of the bot's own that also has choices which decide nothing: those that do."""
GREETING = saying(HELLO_TO_WORDS)
NOT_BEGUN = saying(HELLO_TO_WORDS, say("NOT_BEGUN"), ASK)
AGREEING = frozenset({Saying.YES, Saying.NO, Saying.DONE})
"""These answer whatever was asked, and nothing where nothing was."""
WAITING = frozenset({Saying.MOMENT, Saying.PAUSE})
"""Before a talk they are answered with nothing being saved; that may be untrue after one."""
NOT_SAVED = saying(say("NOT_SAVED"), ASK)


def choose(view: View, choice: str) -> Outcome:
    """Begin a conversation, ask for the twelve words, leave it for now, or speak otherwise."""
    conversation = conversation_of(view)
    match choice:
        case "unsure" if conversation is not None:
            return ask_to_erase(conversation, choice)
        case "unsure":
            return saying(say("NOT_NOW"))
        case "back":
            return ask_for_words(view, LookupPurpose.OPEN)
        case _ if choice.startswith(LANGUAGE_PREFIX):
            return languages.choose(view, choice.removeprefix(LANGUAGE_PREFIX))
        case _:
            return Outcome((_begin(view, conversation),), (ASK,))


def read_asked(
    view: View,
    conversation: Conversation | None,
    current: Question,
    typed: TextMessage,
    last_answer: LastAnswer,
) -> tuple[str, ...] | Outcome | None:
    """Return the choices that a text means, unless it would answer a welcome that nobody saw.

    Nor may it allow or delete what a question asks that came into the chat later. Otherwise as
    ``read_choices``. During a hold a bare "yes" or "no" is no answer to the welcome,
    nor is it after something that asks for nothing: then the welcome is said.
    """
    holds, greeted = bool(view.snapshot.holds), last_answer is LastAnswer.WELCOME
    unasked = holds and not greeted and not _names_a_choice(current, typed.own)
    chosen = "" if STRUCK in typed.shown or unasked else typed.own
    choices = read_choices(view, conversation, current, chosen)
    if last_answer is LastAnswer.AHEAD and _decides(current, choices):
        return saying(say("ASKED_LATER"), ASK)
    agrees = understood(typed.own) is Saying.YES
    if last_answer is LastAnswer.NO_QUESTION and agrees and _decides(current, choices):
        return saying(ASK)  # a yes to what was just said is none to what was asked before
    if (
        current.id != SAFE
        or holds
        or last_answer not in {LastAnswer.NO_QUESTION, LastAnswer.AHEAD}
    ):
        return choices
    return GREETING if _answers_welcome(current, typed.own, choices) else choices


def _decides(current: Question, choices: tuple[str, ...] | Outcome | None) -> bool:
    """Return whether these choices may allow, take back, erase or end something."""
    if not isinstance(choices, tuple):
        return False
    if current.id in DECIDING_CHOICES:
        return not DECIDING_CHOICES[current.id].isdisjoint(choices)
    leaves = current.step is None and LEAVING_AS_IT_IS.issuperset(choices)
    return asks_for_consent(current) and not leaves


def _names_a_choice(current: Question, text: str) -> bool:
    """Return whether a text answers the open question, and not only what was just said."""
    return current.id != SAFE or is_numbers(text) or _is_label(current, text)


def _answers_welcome(
    current: Question, text: str, choices: tuple[str, ...] | Outcome | None
) -> bool:
    """Return whether words may answer the welcome as well as what was said last.

    Only a whole label can mean nothing else.
    """
    if _is_label(current, text):
        return False
    chosen = choices in {("go",), ("unsure",)} or is_numbers(text)
    return chosen or understood(text) in AGREEING | WAITING


def _is_label(current: Question, text: str) -> bool:
    return folded(text) in {folded(offer.label) for offer in current.offers}


def _begin(view: View, conversation: Conversation | None) -> Change:
    """Begin; what was kept aside stays, and is asked about.

    Where there are several questionnaires, it is asked first for which.
    """
    flow = view.settings.flow
    empty = Draft(flow.revision, flow.language)
    begun = Conversation(view, empty) if conversation is None else conversation
    begun = begun.without_markers(FIRST_WORDS)
    draft = (begun.with_marker(KIND) if view.settings.more else begun).draft
    draft = replace(draft, revision=flow.revision, language=flow.language)
    return BeginCase(draft) if conversation is None else SaveDraft(draft)


def ask_for_words(view: View, purpose: LookupPurpose) -> Outcome:
    """Ask for the words of a kept case; for which there is no room beside words kept aside.

    Before those are erased, that is asked. To take something back nothing needs to be opened.
    """
    conversation = conversation_of(view)
    if conversation is None or purpose not in {LookupPurpose.OPEN, LookupPurpose.JOIN}:
        return Outcome(says=(ASKING[purpose],), waiting=purpose)
    return ask_to_erase(conversation, purpose)


def greet(view: View, heard: TextMessage, item: str) -> Outcome:
    """Answer somebody who just writes, and keep the words aside.

    Twelve words may be those of a case: they are looked up first.
    """
    if len(tokens_of(heard.text)) == CASE_WORDS:
        return Outcome(lookup=CaseLookup(LookupPurpose.OPEN, heard.text))
    about_hold = view.snapshot.holds and wants_it_to_go_on(folded(heard.own))
    if about_hold or not is_worth_keeping(view, heard.shown, open_question(view)):
        return NOT_BEGUN
    return keep_first_words(view, heard, item)


def keep_first_words(view: View, heard: TextMessage, item: str) -> Outcome:
    """Seal words that came before the first choice, say so, and ask what the hello asks."""
    conversation, flow = conversation_of(view), view.settings.flow
    empty = Draft(flow.revision, flow.language, answers=(StoredAnswer(FIRST_WORDS),))
    kept = seal_aside(conversation or Conversation(view, empty).with_draft(empty), heard, item)
    is_full = conversation is None and view.snapshot.cases_begun >= view.settings.cases_per_day
    # Not in place of a case that is open to somebody else: they would be locked out when they are
    # back.
    in_place = conversation is None and view.snapshot.opened_by_another
    if kept is None or is_full or in_place:
        return NOT_SAVED if view.snapshot.holds else NOT_BEGUN
    after, seal = kept[0].without_markers(ASIDE_OFFERED), kept[1]
    if view.snapshot.holds:  # the welcome was said hours ago, and where things stand comes first
        remark = say("ASIDE_HELD" if conversation is None else "ASIDE_FIRST_MORE")
        begun = BeginCase if conversation is None else SaveDraft
        return Outcome((begun(after.draft), seal), (remark, ASK))
    if conversation is None:
        return Outcome((BeginCase(after.draft), seal), (HELLO_TO_WORDS, say("ASIDE_FIRST"), ASK))
    return after.save(HELLO_TO_WORDS, say("ASIDE_FIRST_MORE"), ASK, changes=(seal,))
