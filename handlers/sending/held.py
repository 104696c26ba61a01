"""What is held: which sentence has the button that stops it, and how it is said."""

from collections.abc import Sequence

from handlers.context import View
from handlers.reporter.holding import ALONE
from handlers.sending.formatting import format_readers, hold_due
from store.model.outbox import TextRef
from store.model.permissions import HeldHandover


def hold_beneath(view: View, ref: TextRef) -> HeldHandover | None:
    """Return the hand-over that is stopped by a button beneath a sentence, if it is still held."""
    match ref.sentence:
        case "HANDED_HELD" | "HANDED_HELD_ALSO":
            hold = _held_for(view, ref.ids)
        case "GOODBYE":
            _, _, after, *readers = ref.ids
            hold = _held_for(view, readers) if after.startswith("held") else None
        case "HOLD_STANDS":
            hold = _held(view, ref)
        case _:
            hold = None
    return hold if hold is not None and hold.id else None


def is_held(view: View, readers: Sequence[str]) -> bool:
    """Return whether a hand-over to these readers is still held, also where no button stops it."""
    return _held_for(view, readers) is not None


def hold_stands(view: View, ref: TextRef) -> str | None:
    """Say whom the bot will tell, and when.

    If that was stopped or done since, it is said where nothing else answers; else nothing.
    """
    hold = _held(view, ref)
    if hold is None:
        return view.texts.handover.hold_gone if ref.step == ALONE else None
    texts, snapshot = view.texts.handover, view.snapshot
    is_open = snapshot.draft is not None or snapshot.opened is not None
    stands = texts.hold_stands_beside if is_open else texts.hold_stands
    return stands.format(readers=format_readers(view, hold.readers), due=hold_due(view, hold))


def no_longer_held(view: View, readers: Sequence[str]) -> str:
    """Say what became of a hand-over that is not held any more when its sentence is sent.

    Sending may have to wait for longer than the hold, and somebody has answered a question.
    """
    texts, snapshot = view.texts.handover, view.snapshot
    if any({*readers} <= {*grant.readers} for grant in snapshot.grants):
        return texts.handed_now.format(readers=format_readers(view, readers))
    return texts.hold_gone


def _held(view: View, ref: TextRef) -> HeldHandover | None:
    return next((hold for hold in view.snapshot.holds if (hold.id,) == ref.ids), None)


def _held_for(view: View, readers: Sequence[str]) -> HeldHandover | None:
    """Return the last hand-over to these readers: who reads late may have stopped it."""
    newest_first = reversed(view.snapshot.holds)
    return next((hold for hold in newest_first if {*hold.readers} <= {*readers}), None)
