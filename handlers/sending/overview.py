"""The lines that say what was handed over, what was allowed, and what was told."""

from handlers.context import View
from handlers.permissions import report
from handlers.permissions.permission import find_scope
from handlers.sending.formatting import format_due, format_readers, format_week
from handlers.texts.english import ENGLISH
from store.model.drafts import Piece
from store.model.permissions import DeliveryStage, HistoryEntry, StandingHandover


def bulleted(lines: list[str]) -> str:
    """Join lines as a list with dashes."""
    return "\n".join(f"– {line}" for line in lines)


def handover_line(view: View, share: StandingHandover) -> str:
    """Say to its reporter how far a hand-over has come."""
    template = {
        DeliveryStage.HELD: ENGLISH.case.share_held,
        DeliveryStage.RELEASED: ENGLISH.case.share_released,
        DeliveryStage.FETCHED: ENGLISH.case.share_fetched,
    }[share.stage]
    return template.format(
        readers=format_readers(view, share.readers), due=format_due(view, share.due)
    )


def history_line(view: View, entry: HistoryEntry) -> str:
    """Say what one statement of the opened case allowed, and whether it was revoked."""
    texts = ENGLISH.permissions
    permission = find_scope(view.settings.permissions, entry.scope)
    return texts.history_line.format(
        number=entry.number,
        what=permission.history(format_readers(view, entry.readers)) if permission else "",
        state=texts.history_revoked if entry.revoked else "",
    )


def piece_line(view: View, number: int, piece: Piece) -> str:
    """Describe a piece by its number, part, week and length."""
    part = report.part_name(view.settings.flow_of(view.snapshot), _step_of(view, piece))
    return ENGLISH.review.piece_line.format(
        number=number, part=part, week=format_week(view, piece.week)
    )


def _step_of(view: View, piece: Piece) -> str:
    """Return the step that a piece answers now: it may have been sealed before that was known."""
    draft, opened = view.snapshot.draft, view.snapshot.opened
    answers = draft.answers if draft else opened.answers if opened else ()
    return next((a.step for a in answers if piece.item in a.items), piece.step)


def piece_text(view: View, number: int, piece: Piece) -> str:
    """Write a piece below its line."""
    return f"{piece_line(view, number, piece)}\n\n{piece.text}"
