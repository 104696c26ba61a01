"""The lines that say what was handed over, what was allowed, and what was told."""

from collections.abc import Sequence

from flows import Kind
from handlers.context import View
from handlers.permissions import report
from handlers.permissions.permission import find_scope
from handlers.sending.formatting import format_due, format_readers, format_week
from store.model.drafts import ADDED, Piece, StoredAnswer
from store.model.permissions import DeliveryStage, HistoryEntry, StandingHandover


def bulleted(lines: list[str]) -> str:
    """Join lines as a list with dashes."""
    return "\n".join(f"– {line}" for line in lines)


def handover_lines(view: View, shares: Sequence[StandingHandover]) -> list[str]:
    """Say to its reporter how far each hand-over has come, what readers have already first.

    Whoever was given something more later is said to have more, and nothing is said twice.
    """
    lines, first = dict[str, None](), dict[tuple[str, ...], tuple[int, int]]()
    for share in sorted(shares, key=_progress):
        began = first.setdefault(share.readers, _progress(share))
        lines[_handover_line(view, share, more=began != _progress(share))] = None
    return [*lines]


def _progress(share: StandingHandover) -> tuple[int, int]:
    stages = (DeliveryStage.FETCHED, DeliveryStage.RELEASED, DeliveryStage.HELD)
    return stages.index(share.stage), share.due


def _handover_line(view: View, share: StandingHandover, *, more: bool) -> str:
    texts = view.texts.case
    template = {
        DeliveryStage.HELD: texts.more_held if more else texts.share_held,
        DeliveryStage.RELEASED: texts.more_released if more else texts.share_released,
        DeliveryStage.FETCHED: texts.share_fetched,
    }[share.stage]
    return template.format(
        readers=format_readers(view, share.readers), due=format_due(view, share.due)
    )


def history_line(view: View, entry: HistoryEntry) -> str:
    """Say what one statement of the opened case allowed, and whether it was revoked."""
    texts = view.texts.permissions
    permission = find_scope(view.settings.permissions, entry.scope)
    readers = format_readers(view, entry.readers)
    return texts.history_line.format(
        number=entry.number,
        what=permission.history(view.texts, readers) if permission else "",
        state=texts.history_revoked if entry.revoked else "",
    )


def piece_line(view: View, number: int, piece: Piece) -> str:
    """Describe a piece by its number, part, week and length."""
    if piece.step == ADDED:
        week = format_week(view, piece.week)
        return view.texts.case.added_line.format(number=number, week=week)
    flow = view.settings.flow_of(view.snapshot)
    part = report.part_name(view.texts, flow, _step_of(view, piece))
    return view.texts.review.piece_line.format(
        number=number, part=part, week=format_week(view, piece.week)
    )


def _step_of(view: View, piece: Piece) -> str:
    """Return the step that a piece answers now: it may have been sealed before that was known."""
    return next((a.step for a in _answers(view) if piece.item in a.items), piece.step)


def piece_text(view: View, number: int, piece: Piece) -> str:
    """Write a piece below its line."""
    return f"{piece_line(view, number, piece)}\n\n{piece.text}"


def all_pieces(view: View) -> list[str]:
    """Write all pieces; those that were added stand under the week in which they were."""
    paragraphs, under = list[str](), 0
    for number, piece in enumerate(view.snapshot.pieces, 1):
        if piece.step == ADDED and piece.week != under:
            under = piece.week
            paragraphs.append(report.added_heading(view.texts, under).upper())
        paragraphs.append(piece_text(view, number, piece))
    return [*paragraphs, *chosen_lines(view, view.texts.review.choice_text, "\n")]


def chosen_lines(view: View, template: str, between: str) -> list[str]:
    """Write what was chosen in questions that are no permissions: readers see it as well."""
    taken = {answer.step: answer.choices for answer in _answers(view)}
    lines = list[str]()
    for step in view.settings.flow_of(view.snapshot).steps if taken else ():
        chosen = [choice.text for choice in step.choices if choice.id in taken.get(step.id, ())]
        if chosen and step.kind in {Kind.ONE, Kind.MANY}:
            question = " ".join(step.text.split())
            lines.append(template.format(question=question, labels=between.join(chosen)))
    return lines


def _answers(view: View) -> tuple[StoredAnswer, ...]:
    draft, opened = view.snapshot.draft, view.snapshot.opened
    return draft.answers if draft else opened.answers if opened else ()
