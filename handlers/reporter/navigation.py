"""Commands that move through an open conversation: skip, done, back, pause, words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from flows import DoneResponse, SkipResponse
from handlers.outcome import ASK, Outcome, say, saying
from handlers.reporter import additions
from handlers.reporter.answers import answer_step
from handlers.reporter.asking_again import after_again, next_texts
from handlers.reporter.choices import choose_cleaning, choose_flow
from handlers.reporter.conversation import Conversation, is_adding, is_unbegun
from handlers.reporter.leaving_out import leave_out
from handlers.reporter.markers import AGAIN, CLEAN, KIND, MARKER_PREFIX
from handlers.reporter.questions import question_in, underlying_question
from handlers.reporter.stopping import pause
from handlers.reporter.telling import keep_pending_stop
from handlers.reporter.ways_back import show_words, step_back
from store.model.changes import EraseItems, ReturnToCase, SaveDraft
from store.model.drafts import ADDED, Draft, Phase


def navigate(conversation: Conversation, command: str) -> Outcome:
    """Carry out one of these commands; whatever was asked in between is over."""
    if command in _CONTINUING and conversation.pending_items:
        return _continue_after_stop(conversation, command)
    resumed, erased = conversation.resume()
    halted = command in _CONTINUING and resumed.is_halted_by_recall
    if halted or (command in _LEAVING and resumed.draft != conversation.draft):
        return resumed.save(ASK, changes=erased)
    outcome = _COMMANDS[command](resumed)
    if resumed.draft == conversation.draft:
        return outcome
    return _and_save(outcome, resumed.draft, erased)


_CONTINUING = frozenset({"done", "skip", "back"})
"""After a bare *stop* these say that it was told: somebody who meant it would not go on."""

_LEAVING = frozenset({"skip", "back"})
"""These leave a question that was asked in between, and answer nothing behind it."""


def _continue_after_stop(conversation: Conversation, command: str) -> Outcome:
    """Add the *stop* to what was told, then carry out the command."""
    kept, step = keep_pending_stop(conversation), underlying_question(conversation).step
    if step is None or not step.many:
        return kept
    draft = next(c.draft for c in kept.changes if isinstance(c, SaveDraft))
    erased = [c for c in kept.changes if isinstance(c, EraseItems)]
    return _and_save(navigate(conversation.with_draft(draft), command), draft, erased)


def _and_save(outcome: Outcome, draft: Draft, erased: Sequence[EraseItems]) -> Outcome:
    """Erase these items first, and save this draft unless the outcome saves a later one."""
    saves = any(isinstance(change, SaveDraft | ReturnToCase) for change in outcome.changes)
    saved = () if saves else (SaveDraft(draft),)
    return replace(outcome, changes=(*erased, *outcome.changes, *saved))


def _skip(conversation: Conversation) -> Outcome:
    current = question_in(conversation)
    if current.id == ADDED:
        return additions.finish(conversation)
    if current.id == CLEAN:
        return choose_cleaning(conversation, "self")
    if current.id == KIND:
        return choose_flow(conversation, conversation.settings.flow.name)
    if current.step is None:
        return saying(say("CANNOT_SKIP"), ASK)
    if current.free and not current.step.many:
        return leave_out(conversation, current.step)
    if current.step.takes_text and conversation.marker(AGAIN):
        return _done(conversation)
    skipped = answer_step(conversation, current.step, SkipResponse())
    told = any(a.step == current.step.id and a.items for a in conversation.answers)
    if not told or not skipped.changes:
        return skipped
    return replace(skipped, says=(say("SKIP_KEPT"), *skipped.says))


def _done(conversation: Conversation) -> Outcome:
    if conversation.marker(AGAIN):
        left = after_again(conversation)
        return left.save(*next_texts(left))
    current = question_in(conversation)
    if current.id == ADDED:
        return additions.finish(conversation)
    if current.step is None or not current.step.many or not current.free:
        return saying(say("NOT_A_TEXT"), ASK)
    return answer_step(conversation, current.step, DoneResponse())


def _back(conversation: Conversation) -> Outcome:
    match conversation.draft.phase:
        case Phase.QUESTIONS | Phase.REVIEW if is_adding(conversation):
            return _back_while_adding(conversation)
        case Phase.QUESTIONS:
            return _back_one_step(conversation)
        case Phase.REVIEW:
            return conversation.in_phase(Phase.QUESTIONS).save(ASK)
        case Phase.BACK | Phase.WORDS:
            return step_back(conversation)


def _back_while_adding(conversation: Conversation) -> Outcome:
    """Go back to adding from what was asked about it, and from adding to the opened case."""
    is_asked = question_in(conversation).id != ADDED
    return additions.go_on(conversation) if is_asked else additions.leave(conversation)


def _back_one_step(conversation: Conversation) -> Outcome:
    """Ask the step before the open question again; its answer stands until another is given."""
    answers = conversation.draft.answers
    answered = [a.step for a in answers if a.closed and not a.step.startswith(MARKER_PREFIX)]
    again = conversation.marker(AGAIN)
    if again and again.choices[0] in answered:
        answered = answered[: answered.index(again.choices[0])]
    if is_unbegun(conversation):
        return saying(say("FIRST"), ASK)
    if not answered and conversation.settings.more and not conversation.answers:
        # Nothing was told yet, so another questionnaire can still be chosen.
        return conversation.with_marker(KIND).save(ASK)
    if not answered:
        return saying(say("FIRST"), ASK)
    step = conversation.flow.step(answered[-1])
    reopened = conversation.with_marker(AGAIN, answered[-1])
    if step is not None and step.takes_text and step.many:
        return reopened.save(say("ADD_MORE"))
    return reopened.save(say("AGAIN"), ASK)


_COMMANDS: Mapping[str, Callable[[Conversation], Outcome]] = {
    "skip": _skip,
    "done": _done,
    "back": _back,
    "pause": pause,
    "words": show_words,
}
