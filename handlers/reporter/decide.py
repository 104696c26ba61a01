"""Decide what to do on one message of one account. Pure: a view and a message in, an outcome out.

Only buttons and slash commands act. In a question that takes words, bare words are the answer.
"""

from dataclasses import replace

from flows.folding import folded, plain, without_accents
from handlers.context import View
from handlers.messages import (
    ButtonPress,
    EditedMessage,
    LastAnswer,
    MessageContent,
    TextMessage,
    UnresolvedPress,
    UnusableMessage,
)
from handlers.outcome import ASK, CaseLookup, LookupPurpose, Outcome, say, saying
from handlers.reporter import choices as conversation_choices
from handlers.reporter import erasing, holding, opened_case, other_identity, welcome
from handlers.reporter.asides import (
    is_worth_keeping,
    refusal_of,
    refuse_beside_words,
    set_aside,
)
from handlers.reporter.awaited import still_awaiting
from handlers.reporter.bare_words import BARE_COMMANDS, BARE_FOR_WORDS, BARE_OUTSIDE_STORIES
from handlers.reporter.bursts import add_to_burst, keep_from_next
from handlers.reporter.commands import run_command
from handlers.reporter.commands_with_words import run_typed_command, says_with
from handlers.reporter.conversation import (
    Conversation,
    conversation_of,
    is_reworded,
    is_unshown,
)
from handlers.reporter.edits import edit_answer, is_kept
from handlers.reporter.item_ids import item_id, new_item_id
from handlers.reporter.leaving_out import about_message
from handlers.reporter.listening import understood
from handlers.reporter.markers import ERASING, FOUND, HOLD, SAFE, WORD_CHECK
from handlers.reporter.questions import Question, asks_for_consent, question_in, question_outside
from handlers.reporter.replies import answer_coming_or_going, answer_saying, reply_instead
from handlers.reporter.standing import Standing, standing_of
from handlers.reporter.telling import accepts_text, answer_with_text
from handlers.reporter.typed_holds import stop_by_command, stop_or_erase_held
from handlers.reporter.typed_text import (
    BARE,
    GOES_ON,
    SHOWS_HELP_LINES,
    STOP,
    command_of,
    halts,
    tells_danger,
)
from handlers.reporter.unasked import is_secret, look_up_unasked, may_be_words
from handlers.reporter.ways_back import are_asked_words
from handlers.reporter.welcome import read_asked
from handlers.texts.sayings import Saying
from store.model.changes import CloseCase
from store.model.phrase import CASE_WORDS, tokens_of


def decide(
    view: View,
    content: MessageContent,
    waiting: LookupPurpose | None = None,
    message: str = "",
    refused_at: str = "",
    *,
    last_answer: LastAnswer = LastAnswer.OTHER,
    burst_of: str = "",
) -> Outcome:
    """Decide what one message changes and what is answered.

    ``waiting`` is what the account was asked to type words for, ``message`` the platform's id of
    the message, by which its item is found again when the message is edited. ``refused_at`` is the
    question at which an edited message was refused. ``last_answer``: what a bare yes may answer.
    ``burst_of``: the step that was answered just before, if the next question was not shown yet.
    """
    conversation = conversation_of(view)
    asked_in_memory = view.snapshot.asked is not None
    if conversation is not None and is_unshown(conversation) and not asked_in_memory:
        last_answer = LastAnswer.AHEAD
    heard = content if burst_of and isinstance(content, TextMessage) else None
    more = add_to_burst(view, heard, burst_of, message) if heard else None
    outcome = more or _decide_for(
        view, content, waiting, message, refused_at, last_answer=last_answer
    )
    if heard and more is None:
        outcome = keep_from_next(view, heard, burst_of, message, outcome)
    return _beside_help(content, outcome)


def _beside_help(content: MessageContent, outcome: Outcome) -> Outcome:
    """Show help lines beside whatever is answered to somebody who says that they are in danger."""
    words = content.text if isinstance(content, TextMessage | EditedMessage) else ""
    shown = any(text.sentence in SHOWS_HELP_LINES for text in outcome.direct)
    if shown or not tells_danger(words):
        return outcome
    return replace(outcome, direct=(say("DANGER"), *outcome.direct))


def _decide_for(
    view: View,
    content: MessageContent,
    waiting: LookupPurpose | None,
    message: str,
    refused_at: str,
    *,
    last_answer: LastAnswer,
) -> Outcome:
    if view.snapshot.identity_changed:
        answered = erasing.answer_of_another(view, content) if view.snapshot.asked else None
        return erasing.with_question_kept(view, answered or other_identity.decide(view, content))
    decided = _decide(view, content, waiting, message, refused_at, last_answer=last_answer)
    if waiting is not None:
        open_before = _question(view, conversation_of(view)).id
        decided = still_awaiting(content, open_before, waiting, decided)
    kept = erasing.with_question_kept(view, decided)
    return holding.with_where_things_stand(view, content, kept)


def _decide(
    view: View,
    content: MessageContent,
    waiting: LookupPurpose | None,
    message: str,
    refused_at: str,
    *,
    last_answer: LastAnswer,
) -> Outcome:
    if isinstance(content, ButtonPress) and content.question == HOLD:
        return holding.press(view, content.choices[0])
    if view.snapshot.ended:
        return _decide_ended(view, content)
    match content:
        case UnusableMessage(kind):
            return Outcome(says=(say("UNUSABLE", kind),), waiting=waiting)
        case ButtonPress(question, choices):
            return _press(view, question, choices)
        case UnresolvedPress():
            return saying(ASK)  # nothing says what the button stood for
        case EditedMessage():
            return _edit(view, content, waiting, refused_at)
        case TextMessage():
            item = new_item_id(view, message)
            return _hear(view, content, waiting, item, last_answer=last_answer)


def leave(view: View) -> Outcome:
    """Say what waits where somebody hangs up; everything stays as it was."""
    if view.snapshot.draft is None:
        return saying(say("LEFT_NOTHING"))
    lasts = standing_of(view.snapshot) in {Standing.KEPT, Standing.SHARED}
    return saying(say("LEFT_SHARED" if lasts else "LEFT"))


def _decide_ended(view: View, content: MessageContent) -> Outcome:
    """Say once that the case is gone; help is given at any time."""
    command = command_of(content.text) if isinstance(content, TextMessage) else None
    if command and command[0] in other_identity.HELP_COMMANDS:
        return run_command(view, *command)
    return Outcome((CloseCase(),), (say("ENDED"),))


def _press(view: View, question: str, choices: tuple[str, ...]) -> Outcome:
    """Take a choice of the open question; a stale button asks that question again."""
    conversation = conversation_of(view)
    current = _question(view, conversation)
    offered = {o.id for o in current.offers}
    if question != current.id or not choices or not set(choices) <= offered:
        return saying(ASK)
    return _choose(view, conversation, current, choices)


def _edit(
    view: View, edited: EditedMessage, waiting: LookupPurpose | None, refused_at: str
) -> Outcome:
    """Take an edited message as what it is now: a command, words that were asked for, an answer.

    A command acts, and leaves what stood in the message before as it was.
    """
    typed = TextMessage(edited.text, edited.whole, secret=edited.secret)
    item = item_id(view, edited.of)
    conversation = conversation_of(view)
    command, current = command_of(edited.text), _question(view, conversation)
    acts = bool(command and command[0] in BARE) or _bare_command(conversation, current, typed)
    acts = acts or is_secret(conversation, current, typed)
    if acts or waiting is not None or current.id == WORD_CHECK or _may_open(conversation, typed):
        outcome = _hear(  # nobody knows which question it was edited for
            view, typed, waiting, new_item_id(view, edited.of), last_answer=LastAnswer.AHEAD
        )
        stands = acts and is_kept(conversation, item)
        return replace(outcome, says=says_with(outcome, say("EDIT_STANDS"))) if stands else outcome
    if conversation is None:
        return saying(say("UNUSABLE", "edit_nothing"))
    if len(typed.shown) > view.settings.text_length:
        return saying(say("TOO_LONG", str(view.settings.text_length)))
    return edit_answer(conversation, typed, item, refused_at)


def _may_open(conversation: Conversation | None, typed: TextMessage) -> bool:
    """Return whether these may be the words of a case, where none is open."""
    return conversation is None and len(tokens_of(typed.text)) == CASE_WORDS


def _bare_command(
    conversation: Conversation | None, current: Question, typed: TextMessage
) -> bool:
    """Return whether words act without a slash, or halt a story."""
    word = plain(typed.own)
    return halts(typed.own) or (word in BARE_COMMANDS and not accepts_text(conversation, current))


def _hear(
    view: View,
    typed: TextMessage,
    waiting: LookupPurpose | None,
    item: str,
    *,
    last_answer: LastAnswer,
) -> Outcome:
    """Look up recovery words that nobody asked for; else do what was typed."""
    if waiting is None and typed.secret:
        conversation = conversation_of(view)
        unasked = look_up_unasked(conversation, _question(view, conversation), typed)
        if unasked is not None:
            return unasked
    return _type(view, typed, waiting, item, last_answer=last_answer)


def _type(
    view: View,
    typed: TextMessage,
    waiting: LookupPurpose | None,
    item: str,
    *,
    last_answer: LastAnswer,
) -> Outcome:
    """Carry out a command, look up words that were asked for, or answer the open question."""
    command = command_of(typed.text)
    if command and command[0] in (FORWARDED if typed.forwarded else BARE):
        instead = _instead_of_command(view, *command, waiting, last_answer)
        return instead or run_typed_command(view, *command, typed, item)
    conversation, word = conversation_of(view), folded(typed.own)
    current = _question(view, conversation)
    held = stop_or_erase_held(view, conversation, current, typed)
    if held is not None:
        return held
    button = _button_as_typed(view, conversation, current, word)
    if button is not None:
        return run_command(view, button, "")
    acting = BARE_COMMANDS if waiting is None else BARE_FOR_WORDS
    bare = acting.get(without_accents(word))
    if bare is not None and (waiting is not None or not accepts_text(conversation, current)):
        return run_command(view, bare, "")
    if waiting is not None:
        heard = None if may_be_words(typed) else answer_saying(view, current, typed, item, waiting)
        return heard or Outcome(
            lookup=CaseLookup(waiting, typed.secret or typed.text), waiting=waiting
        )
    choices = read_asked(view, conversation, current, typed, last_answer)
    if isinstance(choices, Outcome):
        return _erasure_asked_for(view, typed, choices) or choices
    if choices is not None:
        return _choose(view, conversation, current, choices)
    bare = BARE_OUTSIDE_STORIES.get(without_accents(word))
    given = conversation is not None and are_asked_words(conversation, typed.own)
    if bare is not None and not given and not accepts_text(conversation, current):
        return run_command(view, bare, "")  # unless "please help" are the words asked back
    return _take_words(view, conversation, current, typed, item)


def _instead_of_command(
    view: View, name: str, behind: str, waiting: LookupPurpose | None, last_answer: LastAnswer
) -> Outcome | None:
    """Stop what is held by *stop*, and leave out no question of consent that nobody has seen."""
    if name == STOP and waiting is None:
        return stop_by_command(view, behind)
    unseen = name == SKIP and last_answer is LastAnswer.AHEAD
    if unseen and asks_for_consent(_question(view, conversation_of(view))):
        lost = (say("NOT_KEPT_BEHIND", SKIP),) if behind else ()
        return saying(say("ASKED_LATER"), *lost, ASK)
    return None


def _erasure_asked_for(view: View, typed: TextMessage, refused: Outcome) -> Outcome | None:
    """Ask about erasing, where that is wanted in words that several questions offer."""
    wanted = understood(typed.own) is Saying.ERASE and not refused.changes
    return run_command(view, "erase", "") if wanted else None


SKIP = "skip"
FORWARDED = frozenset({"help", "unsafe", "ground", "stop", "withdraw", "erase", "open"})
"""Commands that act in a message that was sent on, because people keep their words like that."""


IN_MEMORY = frozenset({ERASING, FOUND})
"""Questions that are asked in memory only, whatever else is open."""


def _button_as_typed(
    view: View, conversation: Conversation | None, current: Question, word: str
) -> str | None:
    """Return the command of the button that a question has beneath it, if its label is typed.

    *Next* is what people say to both of them: it leaves out what nothing was told to.
    """
    step = current.step if view.platform.buttons else None
    if conversation is None or step is None or not accepts_text(conversation, current):
        return None
    offered = {folded(view.texts.labels[f"button.{name}"]): name for name in ("done", "skip")}
    told = any(answer.step == step.id and answer.items for answer in conversation.answers)
    named = ("done" if told else "skip") if word in GOES_ON else offered.get(word)
    return None if named == "done" and not step.many else named


def _question(view: View, conversation: Conversation | None) -> Question:
    return question_outside(view) if conversation is None else question_in(conversation)


def _choose(
    view: View, conversation: Conversation | None, current: Question, choices: tuple[str, ...]
) -> Outcome:
    if conversation is not None and is_reworded(conversation):
        return conversation.save(say("LIST_CHANGED"), ASK)
    if current.id in IN_MEMORY:
        return erasing.choose_asked(view, current.id, choices[0])
    if conversation is not None and current.id != SAFE:
        return conversation_choices.choose(conversation, current, choices)
    if view.snapshot.opened is not None:
        return opened_case.choose(view, choices[0])
    return welcome.choose(view, choices[0])


def _take_words(
    view: View,
    conversation: Conversation | None,
    current: Question,
    typed: TextMessage,
    item: str,
) -> Outcome:
    """Take words that are neither a command nor one of the offers."""
    if len(typed.shown) > view.settings.text_length:
        return saying(say("TOO_LONG", str(view.settings.text_length)))
    if command_of(typed.own) is not None and not accepts_text(conversation, current):
        return saying(say("UNKNOWN_COMMAND"), ASK)
    if conversation is not None and _answers(conversation, current):
        return _take_answer(view, conversation, current, typed, item)
    if current.id in IN_MEMORY:
        return saying(say("CHOOSE"), ASK)
    about = about_message(conversation, current, typed) if conversation else None
    if about is not None:
        return about
    heard = answer_saying(view, current, typed, item, None)
    if heard is not None:
        return heard
    if current.id == SAFE:
        return welcome.greet(view, typed, item)
    if conversation is None:
        told = is_worth_keeping(view, typed.shown, current)
        return opened_case.refuse_words(view, typed.own, told=told)
    beside = set_aside(conversation, current, typed, item)
    return beside or saying(say(refusal_of(conversation, current, typed)), ASK)


def _take_answer(
    view: View, conversation: Conversation, current: Question, typed: TextMessage, item: str
) -> Outcome:
    """Take words that answer the open question, unless they only say something to the bot."""
    if current.id != WORD_CHECK:
        beside = _comes_or_goes(conversation, current, typed, item) or reply_instead(
            view, conversation, current, typed, item
        )
        return beside or answer_with_text(conversation, current, typed, item)
    outcome = answer_with_text(conversation, current, typed, item)
    if outcome.changes:
        return outcome
    heard = answer_saying(view, current, typed, item, None)
    return heard or refuse_beside_words(conversation, current, typed) or outcome


def _comes_or_goes(
    conversation: Conversation, current: Question, typed: TextMessage, item: str
) -> Outcome | None:
    if folded(typed.own) in BARE:
        return None
    return answer_coming_or_going(conversation, current, typed, item)


def _answers(conversation: Conversation, current: Question) -> bool:
    """Return whether any words may answer the open question."""
    return current.free or accepts_text(conversation, current)
