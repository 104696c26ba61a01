"""Ask once more before a whole story is erased that no conversation is open about.

What is asked is known in memory only, and for some minutes: the case that words or a code led to,
never the words. Whoever goes on with something else has not said yes.
"""

from dataclasses import replace

from handlers.context import View
from handlers.messages import ButtonPress, MessageContent, TextMessage
from handlers.outcome import ASK, Outcome, say, saying
from handlers.reporter.markers import FOUND
from handlers.reporter.questions import cleaning_choice, question_outside
from handlers.reporter.standing import STILL_KEPT
from handlers.reporter.typed_choices import read_choices
from store.model.changes import AskErasure, Change, EraseCase, TakeBack, TakeBackByCode
from store.model.outbox import TextRef
from store.model.permissions import DeliveryStage, RevocationBasis
from store.model.snapshot import AskedErasure, OpenedCase

ID_BYTES = 16


def ask_to_erase_opened(view: View) -> Outcome:
    """Ask once more before the opened case is erased."""
    return _ask(AskedErasure(_draw_id(view)))


def ask_to_erase_by_code(view: View, locator: bytes) -> Outcome:
    """Ask once more before a case is erased that a take-back code led to."""
    return _ask(AskedErasure(_draw_id(view), locator=locator))


def ask_about_code(view: View, locator: bytes, *, kept: bool) -> Outcome:
    """Ask what a take-back code is for that nobody had asked for."""
    return _ask(AskedErasure(_draw_id(view), locator=locator, unasked=True, kept=kept))


def ask_to_erase_held(view: View, statements: tuple[str, ...]) -> Outcome:
    """Ask once more before stories are erased that only a hand-over keeps, which is held."""
    return _ask(AskedErasure(_draw_id(view), statements=statements))


def choose_asked(view: View, question: str, choice: str) -> Outcome:
    """Take the answer to a question that is known in memory only."""
    return choose_for_code(view, choice) if question == FOUND else choose(view, choice)


def choose(view: View, choice: str) -> Outcome:
    """Erase what was asked about, or leave it."""
    asked, again = view.snapshot.asked, _again(view)
    if asked is None or choice != "yes":
        return Outcome((AskErasure(None),), (say("NOT_ERASED"), *again))
    if asked.locator:
        return Outcome((TakeBackByCode(asked.locator, erase=True),), (say("ERASED_LATE"), *again))
    if asked.statements:
        return _erase_held(view, asked.statements)
    return erase_opened(view)


def choose_for_code(view: View, choice: str) -> Outcome:
    """Take back what a code leads to, ask once more before it is erased, or leave it."""
    asked, again = view.snapshot.asked, _again(view)
    if asked is None or choice not in {"withdraw", "erase"}:
        return Outcome((AskErasure(None),), (say("CODE_LEFT"), *again))
    if choice == "erase":
        return ask_to_erase_by_code(view, asked.locator)
    said = (say("WITHDRAWN_LATE"), STILL_KEPT if asked.kept else say("WITHDRAWN_ERASED"))
    return Outcome((TakeBackByCode(asked.locator, erase=False),), (*said, *again))


def _again(view: View) -> tuple[TextRef, ...]:
    """Ask again what is open beside the question."""
    is_open = view.snapshot.draft is not None or view.snapshot.opened is not None
    return (ASK,) if is_open else ()


def _erase_held(view: View, statements: tuple[str, ...]) -> Outcome:
    """Stop what is held and goes with it, unless it was released meanwhile."""
    holds = {hold.statement for hold in view.snapshot.holds if not hold.kept}
    held = tuple(each for each in statements if each in holds)
    if not held:
        return Outcome((AskErasure(None),), (say("HOLD_GONE"),))
    return Outcome((TakeBack(RevocationBasis.HOLD, held),), (say("HOLD_STOPPED_DELETED"),))


def erase_opened(view: View) -> Outcome:
    """Erase everything of the opened case, and say which readers have a copy that stays."""
    readers = fetched_by(view.snapshot.opened)
    stays = (say("FETCHED_STAYS", *readers),) if readers else ()
    return Outcome((EraseCase(),), (say("ERASED", step=cleaning_choice(view)), *stays))


def fetched_by(opened: OpenedCase | None) -> tuple[str, ...]:
    """Return the readers who have fetched something of the case, each once."""
    shares = opened.shares if opened else ()
    fetched = (s for s in shares if s.stage is DeliveryStage.FETCHED)
    return tuple(dict.fromkeys(r for s in fetched for r in s.readers))


def answer_of_another(view: View, content: MessageContent) -> Outcome | None:
    """Take the answer of somebody whose identity was replaced; None if it is none.

    A code counts whoever knows it.
    """
    question = question_outside(view)
    match content:
        case ButtonPress(asked, (choice,)) if asked == question.id:
            return choose_asked(view, question.id, choice)
        case TextMessage():
            choices = read_choices(view, None, question, content.own)
        case _:
            return None
    if isinstance(choices, Outcome):
        return choices
    return None if choices is None else choose_asked(view, question.id, choices[0])


def with_question_kept(view: View, outcome: Outcome) -> Outcome:
    """Have the question stay open where it is only asked again; everything else ends it."""
    asked, said = view.snapshot.asked, {text.sentence for text in outcome.says}
    again = not outcome.says or (ASK.sentence in said and "HELLO" not in said)
    if asked is None or outcome.changes or not again:
        return outcome
    return replace(outcome, changes=(AskErasure(asked),))


def _ask(asked: AskedErasure) -> Outcome:
    changes: tuple[Change, ...] = (AskErasure(asked),)
    return replace(saying(ASK), changes=changes)


def _draw_id(view: View) -> str:
    return view.draw(ID_BYTES).hex()
