"""The blanks of sentences, and what stands in them when a sentence is said."""

from collections.abc import Callable

from handlers.context import View
from handlers.sending.formatting import (
    draft_expiry,
    draft_gone,
    format_help_lines,
    format_readers,
    handover_due,
    how_to_end_answer,
)
from handlers.texts.counted import Counted
from store.model.outbox import TextRef


def filled(view: View, ref: TextRef, template: str | Counted) -> str:
    """Fill in the blanks; what is counted is the number in the row, or else days of a draft."""
    blanks = _Blanks(view, ref)
    if isinstance(template, str):
        return template.format_map(blanks)
    first = first_id(ref)
    count = int(first) if first.isdecimal() else view.settings.draft_days
    blanks["count"] = str(count)
    return template.form(count).format_map(blanks)


class _Blanks(dict[str, str]):
    """What stands in the blanks of a sentence, worked out as far as it has them."""

    def __init__(self, view: View, ref: TextRef) -> None:
        super().__init__()
        self.view, self.ref = view, ref

    def __missing__(self, blank: str) -> str:
        return _BLANKS[blank](self.view, self.ref)


def first_id(ref: TextRef) -> str:
    """Return the first of the references in a row; empty if it has none."""
    return ref.ids[0] if ref.ids else ""


_BLANKS: dict[str, Callable[[View, TextRef], str]] = {
    "organisation": lambda view, _ref: view.settings.organisation,
    "reads_along": lambda view, _ref: view.platform.reads_along(view.texts),
    "keeps": lambda view, _ref: view.platform.keeps(view.texts),
    **dict.fromkeys(("count", "code", "word"), lambda _view, ref: first_id(ref)),
    "readers": lambda view, ref: format_readers(view, ref.ids),
    "until": lambda view, _ref: draft_expiry(view),
    "gone": lambda view, _ref: draft_gone(view),
    "due": lambda view, _ref: handover_due(view),
    "done": lambda view, _ref: how_to_end_answer(view),
    "help": lambda view, _ref: format_help_lines(view.settings.help_lines),
}
"""By the name of a blank: what stands in it."""
